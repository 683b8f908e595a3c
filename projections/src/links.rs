//! Which entries are about what: the index of the feed.

use std::collections::BTreeMap;
use std::ops::Range;

use aggregates::Event;
use aggregates::words::Stream;
use uuid::Uuid;

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

    /// A set of this kind alone.
    fn bit(self) -> u8 {
        1 << self.number()
    }
}

/// How many entries, from a multiple of this number on, a block of links is about.
pub const LINK_BLOCK: u64 = 256;

/// Links as stores keep them: for each stream and block the entries about it in their order, each as two bytes, its place in the block
/// and the set of its kinds (1 shifted by their numbers).
///
/// What later entries of the same block add stands behind what is there, so that it makes no difference how entries were cut into
/// batches.
pub fn link_blocks<'a>(links: impl IntoIterator<Item = &'a Link>) -> BTreeMap<(&'a str, u64), Vec<u8>> {
    let mut links: Vec<_> = links.into_iter().map(|link| (link.stream.as_str(), link.entry, link.kind)).collect();
    links.sort_unstable();
    let mut blocks: Vec<((&str, u64), Vec<u8>)> = Vec::new();
    for (stream, entry, kind) in links {
        let key = (stream, entry / LINK_BLOCK);
        match blocks.last_mut() {
            Some((last, block)) if *last == key => add_to_block(block, entry, kind),
            _ => blocks.push((key, vec![(entry % LINK_BLOCK) as u8, kind.bit()])),
        }
    }
    blocks.into_iter().collect()
}

/// Adds to the block of a stream in what way an entry is about it; entries come in their order.
pub fn add_to_block(block: &mut Vec<u8>, entry: u64, kind: LinkKind) {
    let place = (entry % LINK_BLOCK) as u8;
    match block.last_chunk_mut() {
        Some([last, kinds]) if *last == place => *kinds |= kind.bit(),
        _ => block.extend([place, kind.bit()]),
    }
}

/// The entries of a block that are about its stream in one of these ways, as far as they are in a span.
pub fn linked_in(block: u64, bytes: &[u8], kinds: &[LinkKind], span: Range<u64>) -> impl Iterator<Item = u64> {
    let asked = kinds.iter().fold(0, |set, kind| set | kind.bit());
    let pairs = bytes.chunks_exact(2).map(|pair| (pair[0], pair[1]));
    let entries = pairs.filter(move |(_, kinds)| kinds & asked != 0).map(move |(place, _)| block * LINK_BLOCK + u64::from(place));
    entries.filter(move |entry| span.contains(entry))
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

/// The links of an entry that its events and signers make, in the order of those; links to providers come from the rows.
///
/// `signers` are the streams in whose right the command was signed; a continuation has those of the command that it
/// continues.
pub fn links(entry: u64, signers: &[Stream], events: &[Event]) -> Vec<Link> {
    let of_events = events.iter().map(|event| (event.stream, LinkKind::Event));
    let of_signers = signers.iter().map(|stream| (*stream, LinkKind::Signer));
    of_events.chain(of_signers).map(|(stream, kind)| Link { stream: written(&stream), kind, entry }).collect()
}

/// A stream as it is written; what `to_string` says of it, at a third of the time.
fn written(stream: &Stream) -> String {
    match stream {
        Stream::Of(kind, id) => [kind.name(), "/", id.hyphenated().encode_lower(&mut Uuid::encode_buffer())].concat(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_say_which_entries_are_about_a_stream_however_they_were_cut() {
        let link = |stream: &str, kind, entry| Link { stream: stream.into(), kind, entry };
        let all = [
            link("mis/a", LinkKind::Signer, 3),
            link("mis/a", LinkKind::Event, 3),
            link("mis/a", LinkKind::Signer, 255),
            link("mis/a", LinkKind::Signer, 256),
            link("mis/b", LinkKind::Provider, 3),
        ];
        let whole = link_blocks(&all);
        assert_eq!(whole[&("mis/a", 0)], [3, 0b011, 255, 0b010]);
        assert_eq!(whole[&("mis/a", 1)], [0, 0b010]);
        assert_eq!(whole[&("mis/b", 0)], [3, 0b100]);
        let mut cut = link_blocks(&all[..2]);
        for (key, more) in link_blocks(&all[2..]) {
            cut.entry(key).or_default().extend(more);
        }
        assert_eq!(cut, whole);
        let found = |kinds: &[LinkKind], span| linked_in(0, &whole[&("mis/a", 0)], kinds, span).collect::<Vec<_>>();
        assert_eq!(found(&[LinkKind::Signer], 0..999), [3, 255]);
        assert_eq!(found(&[LinkKind::Event], 0..999), [3]);
        assert_eq!(found(&[LinkKind::Provider], 0..999), [0; 0]);
        assert_eq!(found(&[LinkKind::Signer], 4..255), [0; 0]);
    }
}
