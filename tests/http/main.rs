//! The interface, through its router. One file per family of routes.

mod batch;
mod commands;
mod directory;
mod log;
mod overload;
mod world;
