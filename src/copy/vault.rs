//! The vault's half: its rows as they stand, with the key of its index.

use super::CopyError;
use crate::store::{MAX_PAGE_ROWS, Store, Vault};

/// The rows of this many entries are copied in one transaction: an entry has at most 64 disclosures of 4 KiB.
const ENTRIES: u64 = 256;

/// Copies the rows of entries below a size, and answers how many. Only with the last of them does the copy serve.
pub(super) fn copy(
    from: &dyn Vault,
    to: &mut dyn Vault,
    size: u64,
    beat: &mut dyn FnMut() -> Result<(), CopyError>,
) -> Result<u64, CopyError> {
    let edited = from.head().map_err(CopyError::Source)?.edited.min(size);
    let mut head = to.lead().map_err(CopyError::Target)?;
    let mut count = 0;
    while head.size < size {
        let until = (head.size + ENTRIES).min(size);
        let stamped = from.stamped(head.size..until).map_err(CopyError::Source)?;
        count += stamped.disclosures.len() + stamped.matches.len() + stamped.codes.len() + stamped.outbox.len();
        head = to.receive(head, until, stamped.rows()).map_err(CopyError::Target)?;
        to.maintain().map_err(CopyError::Target)?;
        beat()?;
    }
    to.edit(edited, &[]).map_err(CopyError::Target)?;
    Ok(count as u64)
}

/// Copies the access log, and answers how many records it has.
pub(super) fn copy_accesses(from: &dyn Store, to: &dyn Store, beat: &mut dyn FnMut() -> Result<(), CopyError>) -> Result<u64, CopyError> {
    let source = from.access_log().map_err(CopyError::Source)?;
    let target = to.access_log().map_err(CopyError::Target)?;
    let (mut after, mut count) = (0, 0);
    loop {
        let page = source.after(after, MAX_PAGE_ROWS).map_err(CopyError::Source)?;
        let Some((last, _)) = page.last() else { return Ok(count) };
        after = *last;
        count += page.len() as u64;
        let records = page.into_iter().map(|(_, record)| record.into()).collect();
        let gone = |error: &dyn std::fmt::Display| CopyError::Target(crate::store::StoreError::Io(error.to_string().into()));
        let written = target.record(records).map_err(|full| gone(&full))?;
        written.blocking_recv().map_err(|closed| gone(&closed))?.map_err(CopyError::Target)?;
        beat()?;
    }
}
