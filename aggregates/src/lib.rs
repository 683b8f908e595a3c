//! The law of Litopys: what a command may do to the registry.
//!
//! Pure: no I/O, no clock, no randomness, and no knowledge of envelopes, databases or HTTP.
//! The same entries give the same registry on every machine.
//!
//! The way of a command through this crate: [`commands::read`] checks its form, [`authority::check`] its signers,
//! [`gather()`] computes its facts, [`decide()`] says what it causes, [`Registry::apply`] changes the registry.

pub mod auditor;
pub mod authority;
pub mod commands;
mod decide;
pub mod division;
pub mod employee;
pub mod event;
pub mod facts;
mod foresee;
pub mod form;
mod gather;
pub mod identity;
pub mod key_ring;
pub mod legal_entity;
pub mod mis;
pub mod patient;
pub mod policy;
pub mod practitioner;
pub mod refusal;
mod registry;
pub mod trust_provider;
pub mod values;
pub mod words;

pub use decide::{Context, MAX_EFFECTS, decide};
pub use event::Event;
pub use foresee::Foreseen;
pub use gather::{Archive, Gathered, OneTimeCode, Unavailable, Ungathered, age_class, gather};
pub use refusal::Refusal;
pub use registry::{At, BrokenStream, Registry};
