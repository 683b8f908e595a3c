//! The pass over the entries: hashes, tiles, checkpoints and pins, while [`super::follow`] follows the law.

use std::collections::{HashMap, VecDeque};
use std::mem::take;

use aggregates::Registry;
use aggregates::words::Instant;
use rusqlite::params;
use tlog::{Checkpoint, FullTile, Hash, Note, Tree};
use uuid::Uuid;

use super::chain::Chain;
use super::codes::Codes;
use super::found::found;
use super::item::{self, Item, KnownKeys, Verified};
use super::pins::{self, Pins};
use super::report::{FactCounts, Findings};
use super::rows::RowAudit;
use super::source::{Cell, Cursor, ENTRIES, Row, Source, Unread};
use super::vault::VaultAudit;
use super::{AuditError, Options, Report, Verdict, WithVault};
use crate::crew::{Crew, Due, cores, with_crew};
use crate::entry::Entry;
use crate::store::{StoreError, SumKey, sqlite};

const CHECKPOINTS: &str = "SELECT size, note FROM checkpoints WHERE size >= ?1 ORDER BY size LIMIT ?2";
const OUTCOMES: &str = r#"SELECT "index", id, payload_hash, size FROM outcomes WHERE "index" >= ?1 ORDER BY "index" LIMIT ?2"#;
const STREAMS: &str = "SELECT number, name FROM streams WHERE number >= ?1 ORDER BY number LIMIT ?2";

/// How many entries are parsed, followed and verified at a time.
const ENTRIES_PAGE: usize = 128;

/// An audit under way.
pub(super) struct Scan<'a> {
    pub(super) options: &'a Options,
    pub(super) source: Source,
    pub(super) findings: Findings,
    pub(super) pins: Pins,
    /// The head as it was read first; none if it cannot be read.
    pub(super) head: Option<StoredHead>,
    pub(super) tree: Tree,
    full: Vec<FullTile>,
    pub(super) checkpoints: Cursor,
    pub(super) outcomes: Cursor,
    pub(super) streams: Cursor,
    /// The size of the last checkpoint passed.
    pub(super) last_checkpoint: u64,
    pub(super) good_checkpoints: u64,
    pub(super) good_refusals: u64,
    /// Commands since then: index, id, payload hash.
    pub(super) pending: Vec<(u64, Uuid, [u8; 32])>,
    /// Whether the law can still be followed.
    pub(super) following: bool,
    /// How many entries were followed.
    pub(super) followed: u64,
    pub(super) registry: Registry,
    pub(super) last_time: Option<Instant>,
    pub(super) last_stored_time: i64,
    /// What the chain at hand must go on with.
    pub(super) expected: VecDeque<Entry>,
    /// The first entry of a chain whose going on is not known, since the law would not have begun it.
    pub(super) unknown_chain: Option<u64>,
    /// The command at hand.
    pub(super) chain: Chain,
    pub(super) ids: HashMap<Uuid, u64>,
    pub(super) streams_seen: u64,
    /// Until it is compared.
    pub(super) rows: Option<RowAudit>,
    /// What rows are summed under.
    key: SumKey,
    pub(super) codes: Codes,
    pub(super) vault: Option<VaultAudit>,
    known_keys: KnownKeys,
    pub(super) facts: FactCounts,
    pub(super) events: u64,
    pub(super) terminated: u64,
    signatures: u64,
}

/// The columns of the head's row.
pub(super) struct StoredHead {
    pub(super) size: u64,
    pub(super) root: Option<[u8; 32]>,
    pub(super) epoch: Option<u64>,
    pub(super) pair: Option<Vec<u8>>,
}

/// Randomness that only scatters keys in memory; without it the maps still work.
fn seed() -> u64 {
    let mut bytes = [0; 8];
    let _ = getrandom::fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

/// Opens the vault's file, if it was given.
fn open_vault(options: &Options, findings: &mut Findings) -> Result<Option<VaultAudit>, AuditError> {
    let Some(path) = &options.vault else { return Ok(None) };
    match sqlite::open_vault_reader(path) {
        Ok(reader) => Ok(Some(VaultAudit::new(Box::new(reader)))),
        Err(StoreError::NotFound { .. }) => Err(AuditError::NotFound(path.clone())),
        Err(error @ (StoreError::NotALedger { .. } | StoreError::Corrupt { .. })) => {
            findings.add("vault/file", path.display(), "", "file_damaged", error);
            Ok(None)
        }
        Err(error) => Err(AuditError::Io(format!("{}: {error}", path.display()))),
    }
}

impl<'a> Scan<'a> {
    pub(super) fn new(options: &'a Options) -> Result<Scan<'a>, AuditError> {
        let mut findings = Findings::default();
        // What was published is read before the head, which may go on growing.
        let pins = pins::read(options, &mut findings)?;
        let (source, vault) = match &options.database {
            None => (Source::open(&options.ledger)?, open_vault(options, &mut findings)?),
            Some((store, with_vault)) => {
                let unread = |error: StoreError| AuditError::Io(error.to_string());
                let vault = (*with_vault == WithVault::Yes).then(|| store.vault_reader()).transpose().map_err(unread)?;
                (Source::copy(&**store).map_err(unread)?, vault.map(VaultAudit::new))
            }
        };
        let key = SumKey::drawn().map_err(|error| AuditError::Io(error.to_string()))?;
        Ok(Scan {
            options,
            source,
            findings,
            pins,
            head: None,
            tree: Tree::new(),
            full: Vec::new(),
            checkpoints: Cursor::new(CHECKPOINTS),
            outcomes: Cursor::new(OUTCOMES),
            streams: Cursor::new(STREAMS),
            last_checkpoint: 0,
            good_checkpoints: 0,
            good_refusals: 0,
            pending: Vec::new(),
            following: true,
            followed: 0,
            registry: Registry::new(options.seed.unwrap_or_else(seed)),
            last_time: None,
            last_stored_time: i64::MIN,
            expected: VecDeque::new(),
            unknown_chain: None,
            chain: Chain::default(),
            ids: HashMap::new(),
            streams_seen: 0,
            rows: Some(RowAudit::new(key.clone())?),
            key,
            codes: Codes::default(),
            vault,
            known_keys: KnownKeys::default(),
            facts: FactCounts::default(),
            events: 0,
            terminated: 0,
            signatures: 0,
        })
    }

    /// The whole audit.
    pub(super) fn run(self) -> Result<Report, AuditError> {
        with_crew(|crew| self.run_with(crew))
    }

    fn run_with(mut self, crew: &Crew<'_>) -> Result<Report, AuditError> {
        let pinned = take(&mut self.findings);
        self.head = self.read_head()?;
        // What looks at the file as a whole needs nothing but a connection of its own; what it finds is told first.
        let (file, size, key) = (self.source.file().to_owned(), self.head.as_ref().map_or(0, |head| head.size), self.key.clone());
        let faults = match self.source.copied() {
            true => None,
            false => Some(crew.start({
                let file = file.clone();
                move || Source::open(&file)?.faults()
            })),
        };
        let found = crew.start(move || found(&Source::open(&file)?.connection, &key, size));
        self.check_pair()?;
        self.scan(crew)?;
        let later = std::mem::replace(&mut self.findings, pinned);
        let faults = faults.map_or_else(|| self.source.faults(), Due::wait);
        for (code, text) in self.read("file", faults)?.unwrap_or_default() {
            self.findings.add("file", self.options.ledger.display(), "", code, text);
        }
        self.findings.absorb(later);
        self.finish_tables(found.wait())?;
        let Scan { tree, registry, findings, .. } = &self;
        let today = self.last_time.unwrap_or(Instant::EPOCH).date();
        Ok(Report {
            size: tree.size(),
            root: tree.root().to_string(),
            events: self.events,
            entries: self.followed,
            signatures_verified: self.signatures,
            checkpoints: self.good_checkpoints,
            refusals: self.good_refusals,
            declarations_active: registry.declarations_total(today).1 as u64,
            declarations_terminated: self.terminated,
            facts: self.facts,
            registry_digest: Hash(registry.digest()).to_string(),
            findings_total: findings.total(),
            verdict: if findings.total() == 0 { Verdict::Sound } else { Verdict::Unsound },
            findings: self.findings.into_listed(),
        })
    }

    /// What was read, or none with a finding if the table is damaged.
    pub(super) fn read<T>(&mut self, table: &str, read: Result<T, Unread>) -> Result<Option<T>, AuditError> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(Unread::Failed(error)) => Err(error),
            Err(Unread::Damaged(what)) => {
                self.findings.add(table, "-", "", "table_damaged", what);
                Ok(None)
            }
        }
    }

    fn read_head(&mut self) -> Result<Option<StoredHead>, AuditError> {
        let rows = self.source.rows("SELECT one, size, root, epoch, pair FROM head", []);
        let rows = self.read("head", rows)?.unwrap_or_default();
        if rows.len() != 1 {
            self.findings.add("head", "-", "", "head_rows", format!("there are {} rows, not one", rows.len()));
        }
        let Some(row) = rows.into_iter().next() else { return Ok(None) };
        let [one, size, root, epoch, pair] = &row[..] else { return Ok(None) };
        if *one != Cell::Integer(1) {
            self.findings.add("head", one, "one", "head_altered", "the key of the one row is 1");
        }
        let Some(size) = size.size() else {
            self.findings.add("head", 1, "size", "head_altered", "it is no size");
            return Ok(None);
        };
        Ok(Some(StoredHead { size, root: root.hash(), epoch: epoch.size(), pair: pair.blob().map(<[u8]>::to_vec) }))
    }

    /// Reads, follows and verifies the entries: this thread follows one after the other, while the crew parses those that come and verifies those
    /// that were followed. What is found is told in the order of the pages.
    fn scan(&mut self, crew: &Crew<'_>) -> Result<(), AuditError> {
        let limit = self.head.as_ref().map_or(u64::MAX, |head| head.size);
        // Pages that may wait to be followed, and as many to be verified.
        let pages = 2 * cores();
        let (mut next, mut ended) = (0, false);
        let (mut parsed, mut verified) = (VecDeque::new(), VecDeque::new());
        let mut found = take(&mut self.findings);
        loop {
            while !ended && parsed.len() < pages && next < limit {
                let page = self.source.rows(ENTRIES, params![i64::try_from(next).unwrap_or(i64::MAX), ENTRIES_PAGE as i64]);
                let items = match self.read("entries", page)? {
                    Some(page) => self.items(next, limit, page),
                    None => (Vec::new(), true),
                };
                ended = items.1;
                next += items.0.len() as u64;
                parsed.push_back((take(&mut self.findings), crew.start(move || item::read_all(items.0))));
            }
            let Some((of_reading, items)) = parsed.pop_front() else { break };
            self.findings = of_reading;
            let mut items = items.wait();
            for item in &mut items {
                self.take(item)?;
            }
            let known = self.known_keys.clone();
            verified.push_back((take(&mut self.findings), crew.start(move || item::verify_all(items, &known))));
            if verified.len() > pages
                && let Some((of_following, verified)) = verified.pop_front()
            {
                self.settle(&mut found, of_following, verified.wait());
            }
        }
        for (of_following, verified) in verified {
            self.settle(&mut found, of_following, verified.wait());
        }
        self.findings = found;
        if self.tree.size() == self.followed && !self.expected.is_empty() {
            let missing = self.expected.len();
            self.findings.entry(self.followed, "chain_incomplete", format!("{missing} continuations of the last command are missing"));
        }
        Ok(())
    }

    /// Counts what following and verifying a page gave.
    fn settle(&mut self, found: &mut Findings, of_following: Findings, verified: Verified) {
        found.absorb(of_following);
        self.signatures += verified.good;
        for (place, code, text) in verified.faults {
            found.entry(place, code, text);
        }
    }

    /// The entries of a page that stand where they must, and whether the ledger cannot be read beyond them.
    fn items(&mut self, from: u64, limit: u64, page: Vec<Row>) -> (Vec<Item>, bool) {
        let mut items = Vec::with_capacity(page.len());
        let empty = page.is_empty();
        for (row, place) in page.into_iter().zip(from..limit) {
            let [index, time, bytes] = <[Cell; 3]>::try_from(row).unwrap_or([Cell::Strange, Cell::Strange, Cell::Strange]);
            if index.size() != Some(place) {
                self.findings.add("entries", place, "index", "entry_missing", format!("there is no such entry; the next one is {index}"));
                return (items, true);
            }
            let Cell::Blob(bytes) = bytes else {
                self.findings.add("entries", place, "bytes", "entry_unreadable", "they are no bytes");
                return (items, true);
            };
            items.push(Item::new(place, time.integer(), bytes));
        }
        if empty && self.head.is_some() {
            self.findings.add("entries", from, "index", "entry_missing", "there is no such entry, though the head counts it");
        }
        (items, empty)
    }

    fn take(&mut self, item: &mut Item) -> Result<(), AuditError> {
        self.tree.push(item.leaf, &mut self.full);
        for tile in take(&mut self.full) {
            self.check_tile(&tile)?;
        }
        self.check_pinned_entries(item);
        self.check_time_column(item);
        if self.following && item.entry.is_some() {
            self.follow(item)?;
        } else {
            self.following = false;
            item.signed = None;
        }
        self.check_pinned_heads();
        self.check_checkpoint()
    }

    fn check_time_column(&mut self, item: &mut Item) {
        let time = item.time;
        let told = item.entry.as_ref().map(|entry| entry.time.ms());
        if told.is_some() && told != time {
            self.findings.add("entries", item.place, "time", "time_column", "the column says another time than the entry");
        }
        let time = time.unwrap_or(i64::MIN);
        if time < self.last_stored_time {
            self.findings.add("entries", item.place, "time", "time_backwards", "it is before the entry that it follows");
        }
        self.last_stored_time = self.last_stored_time.max(time);
    }

    fn check_tile(&mut self, tile: &FullTile) -> Result<(), AuditError> {
        let sql = r#"SELECT hashes FROM tiles WHERE level = ?1 AND "index" = ?2"#;
        let row = self.source.row(sql, params![tile.level, i64::try_from(tile.index).unwrap_or(i64::MAX)]);
        let Some(row) = self.read("tiles", row)? else { return Ok(()) };
        let key = format!("{}/{}", tile.level, tile.index);
        match row.as_ref().and_then(|row| row.first()?.blob()) {
            None => self.findings.add("tiles", key, "", "tile_missing", "the tile is full and not stored"),
            Some(stored) if stored == &*tile.hashes => {}
            Some(stored) => {
                let place = stored.chunks(32).zip(tile.hashes.chunks(32)).position(|(stored, computed)| stored != computed);
                let text = match (place, tile.level) {
                    (Some(place), 0) => format!("it differs from the entries, first at entry {}", tile.index * 256 + place as u64),
                    (Some(place), _) => format!("it differs from the entries, first at hash {place}"),
                    (None, _) => "it is not 256 hashes".into(),
                };
                self.findings.add("tiles", key, "hashes", "tile_altered", text);
            }
        }
        Ok(())
    }

    fn check_pinned_entries(&mut self, item: &Item) {
        for pin in self.pins.entries.iter().filter(|pin| pin.index == item.place && pin.leaf != item.leaf) {
            let code = if pin.from == "genesis" { "other_genesis" } else { "other_entry" };
            self.findings.entry(item.place, code, format!("it is not the entry known from {}", pin.from));
        }
    }

    fn check_pinned_heads(&mut self) {
        let size = self.tree.size();
        if !self.pins.heads.iter().any(|pin| pin.size == size) {
            return;
        }
        let root = self.tree.root();
        for pin in self.pins.heads.iter().filter(|pin| pin.size == size && pin.root != root) {
            let text = format!("the root at size {size} is another one: history was rewritten at an entry below it");
            self.findings.add("pinned", &pin.from, "", "other_history", text);
        }
    }

    /// The checkpoint of the size just reached, if there is one.
    fn check_checkpoint(&mut self) -> Result<(), AuditError> {
        let size = self.tree.size();
        loop {
            let row = self.checkpoints.up_to(&self.source, size);
            let Some(Some(row)) = self.read("checkpoints", row)? else { return Ok(()) };
            if row.first().and_then(Cell::size) != Some(size) {
                let key = row.first().map(Cell::to_string).unwrap_or_default();
                self.findings.add("checkpoints", key, "size", "checkpoint_surplus", "no tree has this size");
                continue;
            }
            self.last_checkpoint = size;
            self.check_outcomes(Some(size))?;
            match self.judge_note(row.get(1).and_then(Cell::text).unwrap_or_default(), size) {
                Ok(()) => self.good_checkpoints += 1,
                Err((code, text)) => self.findings.add("checkpoints", size, "note", code, text),
            }
        }
    }

    fn judge_note(&self, note: &str, size: u64) -> Result<(), (&'static str, String)> {
        let pinned = &self.options.pinned;
        let (checkpoint, signatures) = Checkpoint::open(note, std::slice::from_ref(&pinned.log_key), &pinned.origin)
            .map_err(|error| ("checkpoint_unsigned", error.to_string()))?;
        if Note::parse(note).is_ok_and(|note| note.signatures().len() != signatures.len()) {
            return Err(("checkpoint_unsigned", "it has a signature of a key that is not known".into()));
        }
        if checkpoint.size != size {
            return Err(("checkpoint_misplaced", format!("it is signed for size {}", checkpoint.size)));
        }
        if checkpoint.root != self.tree.root() {
            let text = format!("it is signed for the root {}, but the entries give {}", checkpoint.root, self.tree.root());
            return Err(("other_root", text));
        }
        Ok(())
    }
}
