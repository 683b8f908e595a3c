//! Access to reads: who may see what.

mod viewer;

pub use viewer::{View, Viewer};
