//! What our scanner accepts, serde_json accepts with an equal value; a broken grammar is broken for both.
#![no_main]

use libfuzzer_sys::fuzz_target;
use litopys::json::{self, JsonCode};
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let theirs = serde_json::from_slice::<Value>(bytes);
    match json::parse(bytes) {
        Ok(value) => assert_eq!(theirs.expect("we accept it"), value),
        Err(fault) => {
            assert!(fault.offset <= bytes.len());
            use JsonCode::{ByteOrderMark, ControlCharacter, Incomplete, LeadingZero, LoneSurrogate, NotUtf8, Syntax, Trailing};
            if let ByteOrderMark | ControlCharacter | Incomplete | LeadingZero | LoneSurrogate | NotUtf8 | Syntax | Trailing = fault.code {
                assert!(theirs.is_err(), "{fault}");
            }
        }
    }
});
