//! Each aggregate by cqrs-es's test framework: every command accepted once, every refusal reached once.

mod division;
mod employee;
mod institutions;
mod key_ring;
mod legal_entity;
mod patient;
mod patient_requests;
mod policy;

use aggregates::{Refusal, Registry};
use cqrs_es::Aggregate;
use cqrs_es::test::TestFramework;

/// What an aggregate answers after these events.
pub fn ask<A>(registry: &Registry, given: &[A::Event], command: A::Command) -> Result<Vec<A::Event>, Refusal>
where
    A: Aggregate<Services = Registry, Error = Refusal>,
{
    TestFramework::<A>::with(registry.clone()).given(given.to_vec()).when(command).inspect_result()
}

/// The aggregate accepts the command with these events.
#[track_caller]
pub fn accepts<A>(registry: &Registry, given: &[A::Event], command: A::Command, expected: &[A::Event])
where
    A: Aggregate<Services = Registry, Error = Refusal>,
{
    TestFramework::<A>::with(registry.clone()).given(given.to_vec()).when(command).then_expect_events(expected.to_vec());
}
