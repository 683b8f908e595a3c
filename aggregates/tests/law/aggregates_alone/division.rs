//! Divisions, alone.

use aggregates::division::{Division, DivisionCommand, DivisionEvent};
use aggregates::refusal::Code;

use super::{accepts, ask};
use crate::support::*;

#[test]
fn a_division_opens_once_at_a_provider_that_works() {
    let registry = World::practice().registry;
    let open = DivisionCommand::Open { legal_entity: id("clinic") };
    let opened = DivisionEvent::Opened { legal_entity: id("clinic") };
    accepts::<Division>(&registry, &[], open, std::slice::from_ref(&opened));
    refused(ask::<Division>(&registry, &[opened], open), Code::IdTaken, "/data/division");
    let nowhere = DivisionCommand::Open { legal_entity: id("nowhere") };
    refused(ask::<Division>(&registry, &[], nowhere), Code::NotFound, "-");
}
