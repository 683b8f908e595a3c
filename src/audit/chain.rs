//! The command at hand, while its entries are followed.

use std::mem::take;
use std::sync::Arc;

use aggregates::words::Stream;
use serde_json::{Map, Value};

use super::item::Signed;

/// The command that entries come from, as far as read models ask: until the next command it is that of its continuations too.
#[derive(Clone, Default)]
pub(super) struct Chain {
    /// The payload's data.
    pub(super) data: Arc<Map<String, Value>>,
    /// In whose right it was signed.
    pub(super) rights: Arc<[Stream]>,
}

impl Chain {
    /// That of a command; nothing is known of one that cannot be read.
    pub(super) fn of(signed: Option<&mut Signed>) -> Chain {
        let payload = signed.map(|signed| &mut signed.envelope.payload);
        payload.map_or_else(Chain::default, |payload| Chain { rights: payload.rights().into(), data: Arc::new(take(&mut payload.data)) })
    }
}
