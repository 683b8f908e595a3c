//! Every refusal of the catalogue is reached by some test.
#![expect(clippy::disallowed_methods, reason = "a test reads the tests; the law does not")]

use std::fs;
use std::path::Path;

use aggregates::refusal::Code;

/// Nothing in the first cut of the law leaves the states that these speak of: there is no command yet that suspends a
/// provider or a trust provider, or closes a division.
const OUT_OF_REACH: [Code; 3] = [Code::TrustProviderInactive, Code::LegalEntityState, Code::DivisionState];

fn text_of(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| if path.is_dir() { text_of(&path) } else { fs::read_to_string(path).unwrap() }).collect()
}

#[test]
fn every_code_is_expected_by_a_test_or_out_of_reach() {
    let text = text_of(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/law"));
    let mentioned = |code: &Code| {
        let name = format!("{code:?}");
        let words = text.split(|c: char| !c.is_alphanumeric());
        words.filter(|word| *word == name).count() > usize::from(OUT_OF_REACH.contains(code))
    };
    let missing: Vec<&Code> = Code::ALL.iter().filter(|code| !mentioned(code) && !OUT_OF_REACH.contains(code)).collect();
    assert_eq!(missing, Vec::<&Code>::new());
    let reached: Vec<&Code> = OUT_OF_REACH.iter().filter(|code| mentioned(code)).collect();
    assert_eq!(reached, Vec::<&Code>::new(), "they are in reach now");
}
