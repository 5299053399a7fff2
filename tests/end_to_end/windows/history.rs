//! What was left over time.

use serde_json::json;

use super::{App, account};
use crate::bench::Bench;

#[test]
fn readings_are_listed_by_account_newest_first() {
    let bench = Bench::new();
    account(&bench, "images", "Images", 1000);
    account(&bench, "video", "Video", 500);
    for credits in [50, 30] {
        bench.spend("images", credits);
        bench.ask().succeeds();
    }
    let app = App::open(&bench, "history");
    app.shows("920 credits");
    let left = "return [...document.querySelectorAll('tbody tr')].map((row) => row.cells[2].innerText)";
    let left = |app: &App| app.browser.execute(left, &[]).unwrap();
    assert_eq!(left(&app), json!(["920\u{a0}credits", "950\u{a0}credits", "1,000\u{a0}credits"]));

    app.choose("Account", "Stability AI · Video");
    app.shows("500 credits");
    assert_eq!(left(&app), json!(["500\u{a0}credits"]));
    bench.spend("video", 1);
    bench.ask().succeeds();
    app.shows("499 credits");
    assert_eq!(left(&app), json!(["499\u{a0}credits", "500\u{a0}credits"]));
    app.is_calm();
}
