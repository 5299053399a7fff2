//! The provider's own words about an error: found tolerantly, and made safe to show.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// How much of a provider's message is quoted.
const MAX_CHARACTERS: usize = 200;
/// Where providers put their messages, best first.
const PLACES: [&str; 8] = [
    "/error/message",
    "/message",
    "/error",
    "/errors/0/message",
    "/errors/0",
    "/detail",
    "/detail/0/msg",
    "/msg",
];

/// Takes secrets out of texts.
#[derive(Clone, Debug, Default)]
pub struct Redaction {
    secrets: Vec<SecretString>,
}

impl Redaction {
    /// Takes these secrets out, also as they are written in an address, which some servers repeat.
    pub fn of<'a>(secrets: impl IntoIterator<Item = &'a SecretString>) -> Self {
        let mut secrets: Vec<_> = secrets
            .into_iter()
            .filter(|secret| !secret.expose_secret().is_empty())
            .flat_map(|secret| [secret.clone(), in_address(secret)])
            .collect();
        // A secret within another would leave the other's ends.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.expose_secret().len()));
        Self { secrets }
    }

    /// The text with `[key]` in place of every secret.
    #[must_use]
    pub fn apply(&self, text: &str) -> String {
        self.secrets
            .iter()
            .fold(text.to_owned(), |text, secret| text.replace(secret.expose_secret(), "[key]"))
    }

    /// The provider's own words in the body of an answer, if it has any: one line, short, without secrets.
    #[must_use]
    pub fn quote(&self, body: &Value) -> Option<String> {
        PLACES
            .iter()
            .filter_map(|place| body.pointer(place)?.as_str())
            .map(|words| self.presentable(words))
            .find(|words| !words.is_empty())
    }

    fn presentable(&self, words: &str) -> String {
        // Pages and fragments of them say nothing to a person.
        if words.trim_start().starts_with('<') {
            return String::new();
        }
        let visible: String =
            self.apply(words).chars().map(|c| if is_invisible(c) { ' ' } else { c }).collect();
        let mut words = visible.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((cut, _)) = words.char_indices().nth(MAX_CHARACTERS) {
            words.truncate(cut);
            words.push('…');
        }
        words
    }
}

fn in_address(secret: &SecretString) -> SecretString {
    url::form_urlencoded::byte_serialize(secret.expose_secret().as_bytes()).collect::<String>().into()
}

/// Control characters, and those that reorder or hide text.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn quote(body: &Value) -> Option<String> {
        Redaction::of([&"sk-secret-1".into()]).quote(body)
    }

    #[test]
    fn a_secret_is_taken_out_of_an_address_too() {
        let redaction = Redaction::of([&"sk/one+two=".into()]);
        let body = json!({"message": "Cannot GET /balance?key=sk%2Fone%2Btwo%3D for sk/one+two="});
        assert_eq!(redaction.quote(&body).unwrap(), "Cannot GET /balance?key=[key] for [key]");
    }

    #[test]
    fn messages_are_found_in_the_usual_places() {
        let bodies = [
            json!({"error": {"code": 401, "message": "said"}}),
            json!({"error": {"message": "said"}, "message": "other"}),
            json!({"error": "Unauthorized", "message": "said"}),
            json!({"success": false, "error": "said"}),
            json!({"errors": [{"code": "x", "message": "said"}]}),
            json!({"errors": ["said", "other"]}),
            json!({"detail": "said"}),
            json!({"detail": [{"loc": ["body"], "msg": "said"}]}),
            json!({"code": 401, "msg": "said"}),
            json!({"error": {"message": {"en": "other"}}, "message": null, "msg": "said"}),
        ];
        for body in bodies {
            assert_eq!(quote(&body).as_deref(), Some("said"), "{body}");
        }
    }

    #[test]
    fn anything_else_is_no_message() {
        let bodies = [
            json!(null),
            json!(7),
            json!("text"),
            json!([]),
            json!({"error": null}),
            json!({"error": {"message": 5}, "message": ["x"], "errors": {}}),
            json!({"message": "  \n"}),
            json!({"message": "<html><body>Forbidden</body></html>"}),
        ];
        for body in bodies {
            assert_eq!(quote(&body), None, "{body}");
        }
    }

    #[test]
    fn secrets_control_characters_and_novels_are_taken_out() {
        let said = |message: &str| quote(&json!({ "message": message })).unwrap();
        assert_eq!(said("bad key sk-secret-1!"), "bad key [key]!");
        assert_eq!(said("a\u{1b}[31m\r\nb\u{202e}c"), "a [31m b c");
        assert_eq!(said(&"ä".repeat(500)), format!("{}…", "ä".repeat(200)));
        // Cutting comes after redacting, so that no part of a key is left at the end.
        assert!(!said(&format!("{}sk-secret-1", "x".repeat(195))).contains("sk-"));
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            "\\PC{0,20}|sk-secret-1".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("error|errors|message|detail|msg|[a-z]{1,4}", inner, 0..4)
                    .prop_map(Value::from_iter),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_body_breaks_it_and_no_quote_holds_the_key(body in any_json()) {
            if let Some(said) = quote(&body) {
                prop_assert!(!said.contains("sk-secret-1"));
                prop_assert!(!said.chars().any(char::is_control));
                prop_assert!((1..=MAX_CHARACTERS + 1).contains(&said.chars().count()));
            }
        }
    }
}
