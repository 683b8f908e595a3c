//! Whole stories through the way that commands take: form, authority, facts, decision, registry.

mod codes;
mod declarations;
mod founding;
mod identity;
mod keys;
mod limits;
mod neutrality;
mod staff;
mod written;
