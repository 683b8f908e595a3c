//! The form of commands: every kind of value, every rule across members, the order and number of faults.

mod arbitrary;
mod kinds;
mod rules;
mod whole;

use aggregates::Refusal;
use aggregates::commands;
use aggregates::refusal::Code;
use serde_json::Value;

use crate::support::split;

/// The faults of a command's data, disclosed members taken out as a sender does.
pub fn faults(kind: &str, whole: &Value) -> Vec<(String, Code)> {
    let (data, disclosed) = split(kind, whole.clone(), 0);
    listed(commands::read(kind, &data, Some(&disclosed)).map(|_| ()))
}

/// The faults in a refusal; none for what is accepted.
pub fn listed(result: Result<(), Refusal>) -> Vec<(String, Code)> {
    let Err(refusal) = result else { return Vec::new() };
    assert_eq!(refusal.code, Code::FormInvalid, "{refusal}");
    assert_eq!(refusal.pointer.as_ref(), refusal.faults.first().map(|fault| &fault.pointer), "{refusal}");
    for fault in &refusal.faults {
        for language in ["uk", "en"] {
            assert!(!fault.code.text(language, &fault.params).contains('{'), "a parameter is missing: {fault:?}");
        }
    }
    refusal.faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
}
