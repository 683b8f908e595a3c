//! The scanner against examples, serde_json and its own limits.

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn refused(text: impl AsRef<[u8]>) -> (JsonCode, usize, String) {
    let text = text.as_ref();
    let fault = parse(text).expect_err(&String::from_utf8_lossy(text));
    (fault.code, fault.offset, fault.pointer)
}

#[test]
fn each_rule_has_its_code_and_place() {
    use JsonCode::*;
    for (text, code, offset, pointer) in [
        ("\u{feff}{}", ByteOrderMark, 0, ""),
        ("", Incomplete, 0, ""),
        ("{\"a\":", Incomplete, 5, "/a"),
        ("\"a", Incomplete, 2, ""),
        ("\"\\", Incomplete, 2, ""),
        ("tru", Incomplete, 3, ""),
        ("-", Incomplete, 1, ""),
        ("{} {}", Trailing, 3, ""),
        ("{\"a\":1,}", Syntax, 7, ""),
        ("[1,]", Syntax, 3, "/1"),
        ("{\"a\" 1}", Syntax, 5, ""),
        ("[1 2]", Syntax, 3, ""),
        ("nil", Syntax, 1, ""),
        ("'a'", Syntax, 0, ""),
        ("+1", Syntax, 0, ""),
        ("-a", Syntax, 1, ""),
        ("\"\\x\"", Syntax, 2, ""),
        ("\"\\u00g0\"", Syntax, 5, ""),
        ("\"a\tb\"", ControlCharacter, 2, ""),
        ("[[[[[[[[[]]]]]]]]]", TooDeep, 8, "/0/0/0/0/0/0/0/0"),
        ("{\"a\":1,\"\\u0061\":2}", DuplicateName, 7, "/a"),
        ("{\"a/b~\":[0,1.0]}", NotInteger, 11, "/a~1b~0/1"),
        ("1e2", NotInteger, 0, ""),
        ("-0.5", NotInteger, 0, ""),
        ("9007199254740992", OutOfRange, 0, ""),
        ("-9007199254740992", OutOfRange, 0, ""),
        ("123456789012345678901234567890", OutOfRange, 0, ""),
        ("-0", NegativeZero, 0, ""),
        ("01", LeadingZero, 0, ""),
        ("-00", LeadingZero, 0, ""),
        ("\"\\ud800\"", LoneSurrogate, 1, ""),
        ("\"x\\udc00\"", LoneSurrogate, 2, ""),
        ("\"\\ud800\\u0041\"", LoneSurrogate, 1, ""),
        ("\"\\ud800\\ud800\"", LoneSurrogate, 1, ""),
        ("\"\\u0000\"", Nul, 1, ""),
        ("\"\0\"", Nul, 1, ""),
        ("{\"a\":\"\u{438}\u{306}\"}", NotNfc, 5, "/a"),
        ("{\"\\u0438\\u0306\":1}", NotNfc, 1, ""),
        ("{\"a\":null}", Null, 5, "/a"),
    ] {
        assert_eq!(refused(text), (code, offset, pointer.to_owned()), "{text:?}");
    }
    assert_eq!(refused(b"\"\xff\""), (NotUtf8, 1, String::new()));
}

#[test]
fn what_the_profile_allows_is_read() {
    for (text, value) in [
        (" {\r\n\t} ", json!({})),
        ("[[[[[[[[7]]]]]]]]", json!([[[[[[[[7]]]]]]]])),
        ("[9007199254740991,-9007199254740991,0]", json!([MAX_INTEGER, -MAX_INTEGER, 0])),
        (r#""\"\\\/\b\f\n\r\t\u0456\ud83d\uDE00""#, json!("\"\\/\u{8}\u{c}\n\r\tі😀")),
        ("{\"\":true,\"їжак\":false}", json!({"": true, "їжак": false})),
    ] {
        assert_eq!(parse(text.as_bytes()), Ok(value), "{text}");
    }
}

/// Texts near the profile: valid JSON of many kinds, whose bytes are then cut and changed.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<i64>().prop_map(|n| n.to_string()),
        (-99i64..99).prop_map(|n| n.to_string()),
        any::<f64>().prop_map(|n| n.to_string()),
        any::<String>().prop_map(|text| Value::from(text).to_string()),
        "\"(\\\\u[0-9a-fD]{4}|[a-c])*\"",
    ];
    let text = leaf.prop_recursive(10, 40, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(|all| format!("[{}]", all.join(","))),
            prop::collection::vec(("[a-d]{1}", inner), 0..4).prop_map(|all| {
                let members: Vec<_> = all.iter().map(|(name, value)| format!("{name:?} : {value}")).collect();
                format!("{{{}}}", members.join(" ,"))
            }),
        ]
    });
    (text, prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..2)).prop_map(|(text, changes)| {
        let mut bytes = text.into_bytes();
        for (place, byte) in changes {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn accepted_texts_mean_the_same_to_serde_json(bytes in texts()) {
        if let Ok(value) = parse(&bytes) {
            prop_assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), value);
        }
    }

    #[test]
    fn grammar_faults_are_faults_to_serde_json_too(bytes in texts()) {
        use JsonCode::{ControlCharacter, Incomplete, LeadingZero, LoneSurrogate, NotUtf8, Syntax, Trailing};
        if let Err(fault) = parse(&bytes) {
            prop_assert!(fault.offset <= bytes.len());
            if let NotUtf8 | Incomplete | Trailing | Syntax | ControlCharacter | LeadingZero | LoneSurrogate = fault.code {
                prop_assert!(serde_json::from_slice::<Value>(&bytes).is_err(), "{fault}");
            }
        }
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(value) = parse(&bytes) {
            prop_assert_eq!(serde_json::from_slice::<Value>(&bytes).unwrap(), value);
        }
    }

    #[test]
    fn values_of_the_profile_are_read_back(names in prop::collection::vec("[a-zа-яіїєґ]{0,5}", 0..5), n in -MAX_INTEGER..=MAX_INTEGER) {
        let value = Value::Object(names.into_iter().map(|name| (name.clone(), json!([n, name, {"deep": true}]))).collect());
        prop_assert_eq!(parse(value.to_string().as_bytes()), Ok(value));
    }
}
