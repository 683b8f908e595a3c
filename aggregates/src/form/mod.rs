//! The form of commands: one table says for each command and member what it is, and whether it stands in clear or disclosed.

mod check;
mod kind;
mod schema;
mod table;

pub use check::{Disclosed, check, merged};
pub use kind::Kind;
pub use schema::schema;
pub use table::{Member, Need, Place};
