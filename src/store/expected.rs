//! The rows that entries make, as far as their sums ask.
//!
//! In memory is what later entries may change: the open version of every row as text, and the numbers of streams. A patient with a key, a
//! request and a declaration takes some 2 kB: a million of them 2 GB, thirty millions 60 GB.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use projections::{Change, Changed, LINK_BLOCK, Link, LinkKind, Resource, add_to_block};

use super::StoreError;
use super::packed::Packed;
use super::sums::{CellRef, LINKS, RowBytes, SumKey, Sums, VALUES, VERSIONS};

/// Sums of the rows of some entries, to be followed by those of the next.
pub(crate) struct Expected {
    key: SumKey,
    open: HashMap<(Resource, Packed<'static>), (u64, Box<str>)>,
    /// Values by which rows were once found and now are not: having one again adds none.
    lost: HashSet<u128>,
    /// Numbers of streams, which are given by first appearance.
    streams: HashMap<String, i64>,
    /// The block of links at hand, and what it has of each stream, with the stream's number.
    block: u64,
    links: HashMap<String, (i64, Vec<u8>)>,
    sums: Sums,
    row: RowBytes,
}

/// Sizes and numbers of rows are stored as such integers.
fn integer(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| StoreError::invalid(format!("{number} is too large")))
}

impl Expected {
    /// Without entries.
    pub(crate) fn new(key: SumKey) -> Expected {
        Expected {
            key,
            open: HashMap::new(),
            lost: HashSet::new(),
            streams: HashMap::new(),
            block: 0,
            links: HashMap::new(),
            sums: Sums::default(),
            row: RowBytes::default(),
        }
    }

    /// Folds what the next entry changes.
    ///
    /// # Errors
    /// Its changes or links are not those of an entry that comes next.
    pub(crate) fn fold(&mut self, changes: &[Change], links: impl IntoIterator<Item = Link>) -> Result<(), StoreError> {
        for link in links {
            self.link(link)?;
        }
        for change in changes {
            let link = self.change(change)?;
            link.map_or(Ok(()), |link| self.link(link))?;
        }
        Ok(())
    }

    /// Makes a change. Says which provider's row it is.
    fn change(&mut self, change: &Change) -> Result<Option<Link>, StoreError> {
        let Expected { key, open, lost: gone, sums, row, .. } = self;
        let resource = change.resource;
        let id = Packed::of(&change.id);
        let mut version = |from_size: u64, body: &str| -> Result<u128, StoreError> {
            row.begin(VERSIONS);
            row.add(CellRef::Integer(resource.number()));
            row.add(CellRef::of(&id));
            row.add(CellRef::Integer(integer(from_size)?));
            row.add_last(CellRef::Text(body.as_bytes()));
            Ok(key.number(row))
        };
        let place = open.entry((resource, id.clone().into_owned()));
        let before = match &place {
            Entry::Occupied(known) => Some((known.get().0, &*known.get().1)),
            Entry::Vacant(_) => None,
        };
        let Changed { open: (from_size, body), found, lost, link } = projections::changed(before, change)?;
        sums[VERSIONS].add(version(from_size, &body)?);
        if let Some((_, replaced)) = before.filter(|(last, _)| *last == from_size) {
            sums[VERSIONS].take_away(version(from_size, replaced)?);
        }
        place.insert_entry((from_size, body.into()));
        let mut value = |(member, value): (i64, String)| {
            row.begin(VALUES);
            row.add(CellRef::Integer(member));
            row.add(CellRef::of(&Packed::of(&value)));
            row.add_last(CellRef::of(&id));
            key.number(row)
        };
        for number in found.into_iter().map(&mut value) {
            if !gone.remove(&number) {
                sums[VALUES].add(number);
            }
        }
        gone.extend(lost.into_iter().map(value));
        Ok(link)
    }

    fn link(&mut self, link: Link) -> Result<(), StoreError> {
        let block = link.entry / LINK_BLOCK;
        if block != self.block {
            self.end_block()?;
            self.block = block;
        }
        let (_, block) = match self.links.entry(link.stream) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let stream = new.key();
                let number = match self.streams.get(stream) {
                    Some(number) => *number,
                    None if link.kind == LinkKind::Event => {
                        let number = self.streams.len() as i64;
                        self.streams.insert(stream.clone(), number);
                        number
                    }
                    None => return Err(StoreError::invalid(format!("{stream} is no stream of the ledger"))),
                };
                new.insert((number, Vec::new()))
            }
        };
        add_to_block(block, link.entry, link.kind);
        Ok(())
    }

    /// The links of a block are all known.
    fn end_block(&mut self) -> Result<(), StoreError> {
        for (number, entries) in self.links.drain().map(|(_, block)| block) {
            self.row.begin(LINKS);
            self.row.add(CellRef::Integer(number));
            self.row.add(CellRef::Integer(integer(self.block)?));
            self.row.add_last(CellRef::Blob(&entries));
            self.sums[LINKS].add_row(&self.key, &self.row);
        }
        Ok(())
    }

    /// The sums, with the links of the last block.
    ///
    /// # Errors
    /// A link is to no stream.
    pub(crate) fn sums(mut self) -> Result<Sums, StoreError> {
        self.end_block()?;
        Ok(self.sums)
    }
}
