//! The law's tests: each aggregate by given, when, then; whole stories through the way that commands take; the forms;
//! what is published; and that the law is pure.
#![allow(missing_docs, reason = "tests are read, not called")]
#![allow(clippy::unwrap_used, reason = "what helps a test fails the test")]

mod support;

mod aggregates_alone;
mod authority;
mod form;
mod published;
mod purity;
mod refusals;
mod story;
mod values;
