//! The built-in definitions against recorded answers.

use std::path::Path;

use gauge::provider::Catalogue;

#[test]
fn every_built_in_definition_is_sound() {
    let (catalogue, errors) = Catalogue::load(Path::new("/nonexistent"));
    assert_eq!(errors, []);
    assert_eq!(catalogue.iter().count(), 4);
}
