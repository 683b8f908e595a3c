//! The transparency log of Litopys.
