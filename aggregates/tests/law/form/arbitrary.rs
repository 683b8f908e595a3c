//! Whatever is sent as data: an answer, never a panic, and never a defect that the table has missed.

use aggregates::commands;
use aggregates::form::Disclosed;
use aggregates::refusal::Code;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::whole::examples;
use crate::support::*;

fn json_value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        "\\PC{0,12}",
        Just("2026-01-01".to_owned()),
        Just("doctor".to_owned()),
        Just(id("x").to_string()),
        Just("national_id".to_owned()),
        Just(FAR.to_owned()),
    ];
    let leaf =
        prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), any::<i64>().prop_map(Value::from), text.prop_map(Value::from)];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(prop_oneof!["[a-z_]{1,8}", Just("type".to_owned()), Just("number".to_owned())], inner, 0..4)
                .prop_map(|map| map.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// Reads, and sees that a refusal is one of form with at least one fault: data that passes the table is data the law reads.
fn judged(kind: &str, data: &Map<String, Value>, disclosed: &[Disclosed]) -> Result<(), TestCaseError> {
    if let Err(refusal) = commands::read(kind, data, Some(disclosed)) {
        prop_assert_eq!(refusal.code, Code::FormInvalid);
        prop_assert!(!refusal.faults.is_empty(), "the table let through what the law cannot read: {}", refusal);
    }
    let _ = commands::read(kind, data, None);
    Ok(())
}

/// The places of a value, as pointers.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    all.push(at.to_owned());
    match value {
        Value::Object(map) => map.iter().for_each(|(name, inner)| places(inner, &format!("{at}/{name}"), all)),
        Value::Array(list) => list.iter().enumerate().for_each(|(place, inner)| places(inner, &format!("{at}/{place}"), all)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_data_is_answered(members in prop::collection::btree_map("[a-z_]{1,12}", json_value(), 0..6), hidden in prop::collection::vec(("(/data|/data/patient)", "[a-z_]{1,12}", json_value()), 0..4)) {
        let data: Map<String, Value> = members.into_iter().collect();
        let disclosed: Vec<Disclosed> =
            hidden.into_iter().map(|(object, name, value)| Disclosed { object, name, value, digest: [0; 32] }).collect();
        for (kind, _) in examples() {
            judged(kind, &data, &disclosed)?;
        }
    }

    #[test]
    fn good_data_with_one_value_replaced_is_answered(which in 0..24_usize, place: prop::sample::Index, value in json_value()) {
        let (kind, mut whole) = examples().swap_remove(which);
        let mut all = Vec::new();
        places(&whole, "", &mut all);
        let pointer = place.get(&all[1..]);
        *whole.pointer_mut(pointer).unwrap() = value;
        let (data, disclosed) = split(kind, whole, 0);
        judged(kind, &data, &disclosed)?;
    }

    #[test]
    fn representatives_of_any_shape_are_answered(representatives in json_value()) {
        let mut whole = child_register("child", "2020-01-02");
        whole["representatives"] = json!([representatives, whole["representatives"][0]]);
        let (data, disclosed) = split("patient.register", whole, 0);
        judged("patient.register", &data, &disclosed)?;
    }
}
