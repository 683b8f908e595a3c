//! Which entries are about what: the index of the feed.

use std::collections::BTreeSet;

use aggregates::Event;
use aggregates::words::Stream;

/// In what way an entry is about a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LinkKind {
    /// It has an event of the stream.
    Event,
    /// Its command was signed in the right of the stream, or the entry continues such a one.
    Signer,
    /// It changes a row of this provider.
    Provider,
}

impl LinkKind {
    /// Every kind with its number in stores.
    pub const ALL: [(LinkKind, i64); 3] = [(LinkKind::Event, 0), (LinkKind::Signer, 1), (LinkKind::Provider, 2)];

    /// The number in stores.
    pub fn number(self) -> i64 {
        LinkKind::ALL[self as usize].1
    }
}

/// One entry about one stream.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// The stream, which had an event in this entry or an earlier one.
    pub stream: String,
    /// In what way.
    pub kind: LinkKind,
    /// The entry.
    pub entry: u64,
}

/// The links of an entry that its events and signers make; those to providers come from the rows.
///
/// `signers` are the streams in whose right the command was signed; a continuation has those of the command that it
/// continues.
pub fn links(entry: u64, signers: &[Stream], events: &[Event]) -> BTreeSet<Link> {
    let of_events = events.iter().map(|event| (event.stream, LinkKind::Event));
    let of_signers = signers.iter().map(|stream| (*stream, LinkKind::Signer));
    of_events.chain(of_signers).map(|(stream, kind)| Link { stream: stream.to_string(), kind, entry }).collect()
}
