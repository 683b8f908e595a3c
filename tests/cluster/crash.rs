//! The crash tests of the spine, on PostgreSQL.
