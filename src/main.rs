//! The `litopys` program.
fn main() {}
