//! A whole system in memory: the vault as a map, the sequencer as a function call.

mod check;
pub mod data;
pub mod names;
mod world;

use aggregates::Refusal;
use aggregates::refusal::Code;
pub use check::split;
pub use data::*;
pub use names::*;
pub use world::{Accepted, World, doctor};

/// The refusal is of this code and names this member.
#[track_caller]
pub fn refused<T: std::fmt::Debug>(result: Result<T, Refusal>, code: Code, pointer: &str) {
    let refusal = result.expect_err("accepted");
    assert_eq!((refusal.code, refusal.pointer.as_deref().unwrap_or("-")), (code, pointer), "{refusal} {:?}", refusal.faults);
    for language in ["uk", "en"] {
        assert!(!refusal.text(language).contains('{'), "a parameter is missing: {}", refusal.text(language));
    }
}
