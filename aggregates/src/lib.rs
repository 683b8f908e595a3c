//! The law of Litopys.
