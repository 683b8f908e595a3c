//! The read models of Litopys.
