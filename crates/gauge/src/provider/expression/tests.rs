use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn scope() -> Scope<'static> {
    Scope {
        answers: BTreeSet::from(["a", "b"]),
        later: BTreeSet::from(["c"]),
        inputs: BTreeSet::from(["budget"]),
        one_answer: false,
    }
}

fn compile(text: &str) -> Result<Expression, Fault> {
    on_deep_stack(|| Expression::compile(text, &scope())).unwrap()
}

fn facts() -> Facts {
    let answer = json!({
        "total": 25.0, "used": "8.45", "none": null, "flag": true,
        "items": [{ "n": 1 }, { "n": "2" }, { "n": 3.5 }],
        "text": "monthly",
    });
    Facts {
        now: "2026-11-21T10:00:00Z".parse().unwrap(),
        variables: vec![
            ("a".to_owned(), value::from_json(&answer)),
            ("b".to_owned(), value::from_json(&json!({}))),
            ("inputs".to_owned(), value::map([("budget", Value::from("40".to_owned()))])),
            ("status".to_owned(), value::map([("a", Value::Int(200)), ("b", Value::Int(403))])),
        ],
    }
}

fn evaluate(text: &str) -> Result<Value, EvaluationError> {
    let expression = compile(text).unwrap_or_else(|fault| panic!("{text}: {}", fault.reason));
    facts().evaluate(|evaluation| evaluation.value(&expression))?
}

#[test]
fn expressions_compute_over_the_answers() {
    let number = |text: &str| match evaluate(text).unwrap() {
        Value::Float(number) => number,
        other => panic!("{text}: {other:?}"),
    };
    assert!((number("num(a.total) - num(a.used)") - 16.55).abs() < 1e-9);
    assert!((number("sum(a.items.map(i, num(i.n)))") - 6.5).abs() < 1e-9);
    assert!((number("num(inputs.budget)") - 40.0).abs() < 1e-9);
    assert!((number("a.?missing.orValue(7.0)") - 7.0).abs() < 1e-9);
    assert!((number("next_reset(a.text) - now") - 10.0 * 86400.0 + 10.0 * 3600.0).abs() < 1e-9);
    for (text, truth) in [
        ("status.b == 403 && !has(b.data)", true),
        ("a.none == null", true),
        ("a.items.exists(i, num(i.n) > 3.0)", true),
        ("a.text in ['daily', 'weekly']", false),
        ("a.flag && a.text.startsWith('month')", true),
    ] {
        assert_eq!(evaluate(text).unwrap(), Value::Bool(truth), "{text}");
    }
}

#[test]
fn what_is_wrong_is_said_without_the_values() {
    for (text, said) in [
        ("b.data.credits", "no field “data”"),
        ("num(a.none)", "num(): it is null and not a number"),
        ("num(a.text)", "num(): it is a text that holds no number"),
        ("a.items[9]", "shorter than expected"),
        ("a.total - 5", "another type"),
        ("a.text + 1", "another type"),
        ("a[a.text]", "another type"),
        ("int(a.text)", "another type"),
    ] {
        let error = evaluate(text).unwrap_err().to_string();
        assert!(error.contains(said), "{text}: {error}");
        assert!(!error.contains("monthly"), "{text}: {error}");
    }
}

#[test]
fn faults_are_found_when_compiling_and_have_a_place() {
    for (text, offset, said) in [
        ("a.x +", 5, "ends too early"),
        ("a.x b", 4, "“b” is not expected"),
        ("a.x @ 1", 4, "“@” cannot be read"),
        ("'abc", 0, "cannot be read"),
        ("1.0 + nope.x", 6, "no request “nope”"),
        ("c.x", 0, "the request “c” is made later"),
        ("inputs.other", 6, "no input “other”"),
        ("status.c", 6, "no request “c” before"),
        ("number(a.x)", 6, "no function “number”"),
        ("num(a.x, 2)", 3, "takes 1 value"),
        ("a.x.matches('a')", 11, "no function “matches”"),
        ("a.items.map(i, j)", 15, "no request “j”"),
        ("", 0, "empty"),
        ("Foo{x: 1}", 3, "messages"),
    ] {
        let fault = compile(text).unwrap_err();
        assert!(fault.reason.contains(said), "{text}: {}", fault.reason);
        assert_eq!(fault.offset, offset, "{text}: {}", fault.reason);
    }
}

#[test]
fn one_answer_has_its_own_names() {
    let scope = Scope { one_answer: true, inputs: BTreeSet::from(["budget"]), ..Scope::default() };
    let compile = |text: &str| on_deep_stack(|| Expression::compile(text, &scope)).unwrap();
    assert!(compile("status == 403 && body.error.code == 'X' && inputs.budget == ''").is_ok());
    assert!(compile("a.x == 1.0").unwrap_err().reason.contains("only `status`, `body`"));
    assert!(compile("status.a == 403").unwrap_err().reason.contains("is the number"));
}

#[test]
fn the_deepest_and_longest_within_the_limits_neither_overflow_nor_hang() {
    let hostile = [
        format!("a{}", ".b".repeat(499)),
        format!("1{}", "+1".repeat(499)),
        format!("1{}", "<1".repeat(499)),
        format!("a{}", "[0]".repeat(333)),
        format!("a{}", ".?b".repeat(332)),
        format!("a{}", ".size()".repeat(142)),
        format!("{}a", "!".repeat(999)),
        format!("{}1", "-".repeat(999)),
        format!("{}c", "a?b:".repeat(249)),
        format!("a{}", "&&a".repeat(333)),
        format!("{}1{}", "(".repeat(32), ")".repeat(32)),
        format!("{}1{}", "size([".repeat(16), "])".repeat(16)),
        format!("{}1{}", "{1:".repeat(32), "}".repeat(32)),
        format!("{}1{}", "[".repeat(32), "]".repeat(32)),
        format!("{}1{}", "[1].map(x,".repeat(30), ")".repeat(30)),
        format!("[1]{}", ".map(x,x)".repeat(100)),
        "(".repeat(1000),
        "'".repeat(1000),
        "\\".repeat(1000),
        "a ".repeat(500),
        "?:".repeat(500),
    ];
    for text in hostile {
        if let Ok(expression) = compile(&text) {
            let _ = facts().evaluate(|evaluation| evaluation.value(&expression));
        }
    }
}

#[test]
fn limits_are_told() {
    for (text, said) in [
        ("1".repeat(1001), "longer than 1000"),
        (format!("{}1{}", "(".repeat(33), ")".repeat(33)), "more than 32 brackets"),
        (format!("1{}", "+1".repeat(60)), "nested too deep"),
        ("[1].map(x, [2].map(y, y))".to_owned(), "none inside another"),
        (format!("[1]{}", ".map(x, x)".repeat(5)), "at most 4"),
    ] {
        assert!(compile(&text).unwrap_err().reason.contains(said), "{text}");
    }
    let many = compile("a.items.map(x, a.items + a.items)").unwrap();
    let mut long = facts();
    long.variables[0].1 = value::from_json(&json!({ "items": vec![1; 1001] }));
    let error = long.evaluate(|evaluation| evaluation.value(&many)).unwrap().unwrap_err();
    assert!(error.to_string().contains("more than 1000 items"));
}

#[test]
fn lists_and_empty_answers_do_no_harm() {
    for body in [json!([]), json!(null), json!(5), json!("text"), json!([[[]]])] {
        let mut odd = facts();
        odd.variables[0].1 = value::from_json(&body);
        for text in
            ["a.total", "has(a.total)", "num(a.items[0].n)", "a.items.map(i, i.n)", "a.?total.orValue(null)"]
        {
            let expression = compile(text).unwrap();
            let _ = odd.evaluate(|evaluation| evaluation.value(&expression)).unwrap();
        }
    }
    let infinite = facts().evaluate(|e| e.value(&compile("1.0 / 0.0").unwrap())).unwrap().unwrap();
    assert!(value::amount(&infinite).is_err());
    assert!(facts().evaluate(|e| e.value(&compile("1 / 0").unwrap())).unwrap().is_err());
    assert!(facts().evaluate(|e| e.value(&compile("9223372036854775807 + 1").unwrap())).unwrap().is_err());
}

proptest! {
    #[test]
    fn any_text_compiles_or_has_a_fault_within_it(text in "\\PC{0,60}") {
        if let Err(fault) = compile(&text) {
            prop_assert!(fault.offset <= text.len().max(1), "{} of {}", fault.offset, text.len());
        }
    }

    #[test]
    fn any_expression_ends_in_a_value_or_an_error(parts in prop::collection::vec(
        prop::sample::select(vec![
            "a", "b", "inputs", "status", "now", ".items", ".total", ".?none", ".text", "[0]", "['x']", "num(", "time(",
            "sum(", "size(", "next_reset(", "has(", ".map(x, ", ".filter(x, ", ".exists(x, ", "x", ")", "(", " + ", " - ",
            " / ", " * ", " == ", " && ", " || ", " ? ", " : ", "!", "-", "1", "1.5", "'t'", "null", "true", "[", "]", "{",
            "}", ", ", ".orValue(", ".startsWith(", ".contains(", "int(", "double(", "string(", " in ",
        ]),
        0..14,
    )) {
        if let Ok(expression) = compile(&parts.concat()) {
            let value = facts().evaluate(|evaluation| {
                let value = evaluation.value(&expression)?;
                let _ = (value::amount(&value), value::time(&value), value::truth(&value));
                Ok::<_, EvaluationError>(())
            });
            prop_assert!(!matches!(value, Err(EvaluationError::Stack(_))));
        }
    }
}
