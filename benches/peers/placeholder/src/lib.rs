//! Nothing. It stands in the lockfile for the crate of this name, which sqlx names among its features and which links another SQLite
//! than Litopys does; a program may link one only. No feature that would need it is on.
