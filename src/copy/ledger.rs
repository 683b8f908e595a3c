//! The ledger's half: batches as they were committed, made anew from their entries.

use tlog::{Checkpoint, Hash, Tree, leaf_hash};

use super::{Copied, CopyError};
use crate::entry::{Cause, Effects, Entry};
use crate::envelope::Envelope;
use crate::node::Trust;
use crate::sequencer::RefusalNote;
use crate::store::{FullTile, Head, Ledger, LedgerBatch, LedgerReader, MAX_PAGE_ROWS, Outcome, RefusalRow, StoredEntry};

/// Batches are committed together up to this many of them, and of their entries.
const TOGETHER: (usize, usize) = (256, 2_000);

/// How many checkpoints are read at once.
const PAGE: usize = 256;

/// A copy under way.
struct Copying<'a> {
    from: &'a dyn LedgerReader,
    trust: &'a Trust,
    tree: Tree,
    effects: Effects,
    /// The head of the copy after the batches made so far.
    head: Head,
}

/// Copies all that is committed. `told` hears how far it has come after each transaction, and may stop it.
pub(super) fn copy(
    from: &dyn LedgerReader,
    to: &mut dyn Ledger,
    trust: &Trust,
    told: &mut dyn FnMut(u64, u64) -> Result<(), CopyError>,
) -> Result<Copied, CopyError> {
    let end = from.head().map_err(CopyError::Source)?;
    let head = to.lead().map_err(CopyError::Target)?;
    let mut copying = Copying { from, trust, tree: Tree::new(), effects: Effects::default(), head };
    let mut checkpoints = 0;
    let mut together: Vec<LedgerBatch> = Vec::new();
    while copying.head.size < end.size {
        let page = from.checkpoints(copying.head.size + 1, PAGE).map_err(CopyError::Source)?;
        if page.is_empty() {
            return Err(CopyError::Differs { table: "checkpoints", key: end.size.to_string() });
        }
        for (size, note) in page.into_iter().filter(|(size, _)| *size <= end.size) {
            together.push(copying.batch(size, note)?);
            checkpoints += 1;
            if together.len() >= TOGETHER.0 || together.iter().map(|batch| batch.entries.len()).sum::<usize>() >= TOGETHER.1 {
                to.commit_together(&std::mem::take(&mut together)).map_err(CopyError::Target)?;
                to.maintain().map_err(CopyError::Target)?;
                told(copying.head.size, end.size)?;
            }
        }
    }
    if !together.is_empty() {
        to.commit_together(&together).map_err(CopyError::Target)?;
    }
    told(end.size, end.size)?;
    if (copying.head.size, copying.head.root) != (end.size, end.root) {
        return Err(CopyError::Differs { table: "head", key: "1".into() });
    }
    let refusals = copy_refusals(from, to, trust, &copying.head)?;
    let root = Hash(end.root).to_string();
    Ok(Copied { size: end.size, root, checkpoints, refusals, vault_rows: 0, accesses: 0 })
}

impl Copying<'_> {
    /// The batch that ended at a size.
    fn batch(&mut self, size: u64, note: String) -> Result<LedgerBatch, CopyError> {
        let wrong = |source| CopyError::Checkpoint { size, source };
        let (checkpoint, _) = Checkpoint::open(&note, std::slice::from_ref(&self.trust.log_key), &self.trust.origin).map_err(wrong)?;
        if checkpoint.size != size {
            return Err(CopyError::Differs { table: "checkpoints", key: size.to_string() });
        }
        let mut batch = LedgerBatch::on(&self.head);
        while self.tree.size() < size {
            let limit = MAX_PAGE_ROWS.min(usize::try_from(size - self.tree.size()).unwrap_or(MAX_PAGE_ROWS));
            let page = self.from.entries(self.tree.size(), limit).map_err(CopyError::Source)?;
            if page.is_empty() {
                return Err(CopyError::entry(self.tree.size(), "it is missing"));
            }
            for stored in page {
                self.take(stored, size, &mut batch)?;
            }
        }
        let computed = self.tree.root();
        if computed != checkpoint.root {
            return Err(CopyError::OtherRoot { first: batch.old.size, size, computed, signed: checkpoint.root });
        }
        batch.new = Head { size, root: computed.0, epoch: batch.old.epoch, checkpoint: note };
        self.head = batch.new.clone();
        Ok(batch)
    }

    /// Takes the next entry with all that follows from it.
    fn take(&mut self, stored: StoredEntry, size: u64, batch: &mut LedgerBatch) -> Result<(), CopyError> {
        let index = self.tree.size();
        let entry: Entry = serde_json::from_slice(&stored.bytes).map_err(|error| CopyError::entry(index, error))?;
        if stored.index != index || entry.index != index || entry.time.ms() != stored.time {
            return Err(CopyError::entry(index, "its index or time is not that of its row"));
        }
        if let Cause::Command(command) = &entry.cause {
            let envelope = Envelope::from_entry(command).map_err(|fault| CopyError::entry(index, fault))?;
            batch.outcomes.push(Outcome { id: envelope.payload.id, payload_hash: envelope.payload_hash, index, size });
        }
        batch.streams.extend(entry.events.iter().filter(|event| event.version == 1).map(|event| event.stream.to_string()));
        let (changes, links) = self.effects.of(&entry).map_err(|fault| CopyError::entry(index, fault))?;
        batch.changes.extend(changes);
        batch.links.extend(links);
        let mut full = Vec::new();
        self.tree.push(leaf_hash(&stored.bytes), &mut full);
        batch.tiles.extend(full.into_iter().map(|tile| FullTile { level: tile.level, index: tile.index, hashes: tile.hashes.into_vec() }));
        batch.entries.push(stored);
        Ok(())
    }
}

/// Copies final refusals, which stand between batches or in them: where, says nothing about them. Each is what its signed note says.
fn copy_refusals(from: &dyn LedgerReader, to: &mut dyn Ledger, trust: &Trust, head: &Head) -> Result<u64, CopyError> {
    let (mut after, mut count) = (None, 0);
    loop {
        let page = from.refusals(i64::MIN..i64::MAX, after, MAX_PAGE_ROWS).map_err(CopyError::Source)?;
        let Some(last) = page.last() else { return Ok(count) };
        after = Some((last.time, last.id));
        count += page.len() as u64;
        for row in &page {
            let sound = is_signed(row, trust) && row.size <= head.size && from.outcome(&row.id).map_err(CopyError::Source)?.is_none();
            if !sound {
                return Err(CopyError::Differs { table: "refusals", key: row.id.to_string() });
            }
        }
        to.commit(&LedgerBatch { refusals: page, ..LedgerBatch::on(head) }).map_err(CopyError::Target)?;
        to.maintain().map_err(CopyError::Target)?;
    }
}

/// Whether the refusal key signed what this row says.
fn is_signed(row: &RefusalRow, trust: &Trust) -> bool {
    let RefusalRow { id, payload_hash, refusal, size, time, note } = row;
    RefusalNote::open(note, &trust.refusal_key, &trust.origin).is_ok_and(|told| {
        (told.id, told.payload_hash, told.size, told.time.ms()) == (*id, *payload_hash, *size, *time) && told.says(refusal)
    })
}
