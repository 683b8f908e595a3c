//! The running system of Litopys.
