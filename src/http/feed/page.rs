//! A page of the feed.

use aggregates::words::Stream;
use projections::LinkKind;

use super::filter::{Form, Question};
use super::line::{self, Line};
use crate::entry::{Cause, Entry};
use crate::http::problem::Problem;
use crate::service::ServiceCode;
use crate::store::{LedgerReader, StoredEntry};

/// The most entries that one page looks at.
const LOOKS: usize = 1_000;

/// Entries that an index gives at a time.
const AHEAD: usize = 256;

/// A page ends once it has this many bytes.
const MAX_BYTES: usize = 4 << 20;

/// What was found, and how far was looked.
pub(super) struct Page {
    pub(super) lines: Vec<Line>,
    /// How many entries are examined: the cursor to go on from.
    pub(super) next: u64,
}

/// Looks at entries from `from` on, below `size`, for at most about `limit` that match.
pub(super) fn read(reader: &dyn LedgerReader, question: &Question, from: u64, size: u64, limit: usize) -> Result<Page, Problem> {
    let mut page = Page { lines: Vec::new(), next: from };
    let (mut found, mut bytes, mut looks) = (0, 0, 0);
    let mut candidates = Candidates::new(question, size);
    while found < limit && bytes < MAX_BYTES && looks < LOOKS {
        let Some(index) = candidates.after(reader, page.next)? else {
            page.next = size;
            break;
        };
        looks += 1;
        let before = page.lines.len();
        page.next = take(reader, question, index, &mut page.lines)?;
        found += usize::from(page.lines.len() > before);
        bytes += page.lines[before..].iter().map(|line| line.json.len()).sum::<usize>();
    }
    // No page ends inside a chain; chains are committed whole, so each ends below the published size.
    while page.next < size {
        let Some(entry) = reader.entry(page.next)? else { break };
        if !matches!(parsed(&entry)?.cause, Cause::Continues(_)) {
            break;
        }
        page.next = if candidates.has(reader, page.next)? { take(reader, question, page.next, &mut page.lines)? } else { page.next + 1 };
    }
    Ok(page)
}

/// The entries that may match, in their order.
struct Candidates {
    link: Option<(String, &'static [LinkKind])>,
    size: u64,
    /// Those read ahead, latest first.
    ahead: Vec<u64>,
}

impl Candidates {
    /// The narrowest index that the question has: what the reader may see, then the stream, then who submitted.
    fn new(question: &Question, size: u64) -> Candidates {
        let event = question.stream.map(|stream| (stream, &[LinkKind::Event][..]));
        let signer = question.submitted_by.map(|stream| (stream, &[LinkKind::Signer][..]));
        let link = question.scope.link().or(event).or(signer);
        Candidates { link: link.map(|(stream, kinds)| (stream.to_string(), kinds)), size, ahead: Vec::new() }
    }

    /// The next one from `from` on: an index leads over any distance.
    fn after(&mut self, reader: &dyn LedgerReader, from: u64) -> Result<Option<u64>, Problem> {
        let Some((stream, kinds)) = &self.link else { return Ok((from < self.size).then_some(from)) };
        while self.ahead.pop_if(|next| *next < from).is_some() {}
        if self.ahead.is_empty() {
            self.ahead = reader.linked(stream, kinds, from..self.size, AHEAD)?;
            self.ahead.reverse();
        }
        Ok(self.ahead.last().copied())
    }

    fn has(&self, reader: &dyn LedgerReader, index: u64) -> Result<bool, Problem> {
        match &self.link {
            None => Ok(true),
            Some((stream, kinds)) => Ok(!reader.linked(stream, kinds, index..index + 1, 1)?.is_empty()),
        }
    }
}

/// Adds the lines of one entry; answers the cursor after it.
fn take(reader: &dyn LedgerReader, question: &Question, index: u64, lines: &mut Vec<Line>) -> Result<u64, Problem> {
    let stored = reader.entry(index)?.ok_or_else(|| Problem::failed(ServiceCode::NotReady, format!("entry {index} is missing")))?;
    let entry = parsed(&stored)?;
    if let Some(by) = question.submitted_by
        && reader.linked(&by.to_string(), &[LinkKind::Signer], index..index + 1, 1)?.is_empty()
    {
        return Ok(index + 1);
    }
    let asked = |stream: Stream, kind: &str| {
        question.stream.is_none_or(|wanted| wanted == stream)
            && (question.types.is_empty() || question.types.iter().any(|wanted| wanted == kind))
    };
    let before = lines.len();
    match question.form {
        Form::Entry if entry.events.iter().any(|event| asked(event.stream, &event.kind())) => lines.push(line::whole(index, &stored.bytes)),
        Form::Entry => {}
        Form::CloudEvents => {
            for (place, event) in entry.events.iter().enumerate().filter(|(_, event)| asked(event.stream, &event.kind())) {
                if let Some(event) = question.scope.shown(reader, event, index + 1)? {
                    lines.push(line::cloud_event(&question.origin, &entry, place, &event));
                }
            }
        }
    }
    if let Some(last) = lines[before..].last_mut() {
        last.last = true;
    }
    Ok(index + 1)
}

fn parsed(stored: &StoredEntry) -> Result<Entry, Problem> {
    Entry::from_bytes(&stored.bytes).map_err(|error| Problem::failed(ServiceCode::NotReady, format!("entry {}: {error}", stored.index)))
}
