//! The tables beside the entries: each row is held against what the entries give.

use aggregates::Event;
use rusqlite::params;
use tlog::Verifier;
use uuid::Uuid;

use super::AuditError;
use super::found::Found;
use super::scan::Scan;
use super::source::{Cell, PAGE, Row, Source, Unread};
use crate::sequencer::RefusalNote;

impl Scan<'_> {
    /// The streams that these events begin.
    pub(super) fn check_streams(&mut self, events: &[Event]) -> Result<(), AuditError> {
        for event in events.iter().filter(|event| event.version == 1) {
            let (number, name) = (self.streams_seen, event.stream.to_string());
            self.streams_seen += 1;
            loop {
                let row = self.streams.up_to(&self.source, number);
                let Some(row) = self.read("streams", row)? else { return Ok(()) };
                match row {
                    None => self.findings.add("streams", number, "", "stream_missing", format!("{name} is not listed")),
                    Some(row) if row.first().and_then(Cell::size) != Some(number) => {
                        let key = row.first().map(Cell::to_string).unwrap_or_default();
                        self.findings.add("streams", key, "number", "stream_surplus", "numbers begin at 0");
                        continue;
                    }
                    Some(row) if row.get(1).and_then(Cell::text) != Some(&name) => {
                        self.findings.add("streams", number, "name", "stream_altered", format!("by first appearance it is {name}"));
                    }
                    Some(_) => {}
                }
                break;
            }
        }
        Ok(())
    }

    /// The outcomes of the commands since the last checkpoint; `size` is that of the one just reached.
    pub(super) fn check_outcomes(&mut self, size: Option<u64>) -> Result<(), AuditError> {
        for (index, id, payload_hash) in std::mem::take(&mut self.pending) {
            loop {
                let row = self.outcomes.up_to(&self.source, index);
                let Some(row) = self.read("outcomes", row)? else { return Ok(()) };
                match row {
                    None => self.findings.add("outcomes", index, "", "outcome_missing", "the command of this entry has no outcome"),
                    Some(row) if row.first().and_then(Cell::size) != Some(index) => {
                        self.surplus_outcome(&row);
                        continue;
                    }
                    Some(row) => self.check_outcome(&row, index, id, payload_hash, size)?,
                }
                break;
            }
        }
        Ok(())
    }

    fn surplus_outcome(&mut self, row: &Row) {
        let key = row.first().map(Cell::to_string).unwrap_or_default();
        self.findings.add("outcomes", key, "index", "outcome_surplus", "no command has its first entry there");
    }

    fn check_outcome(&mut self, row: &Row, index: u64, id: Uuid, payload_hash: [u8; 32], size: Option<u64>) -> Result<(), AuditError> {
        for (column, place, right) in [("id", 1, &id.as_bytes()[..]), ("payload_hash", 2, &payload_hash[..])] {
            if row.get(place).and_then(Cell::blob) != Some(right) {
                self.findings.add("outcomes", index, column, "outcome_altered", "it is not that of the entry's command");
            }
        }
        let told = row.get(3).and_then(Cell::size);
        if size.is_none() || told == size {
            return Ok(());
        }
        let told = row.get(3).map(Cell::to_string).unwrap_or_default();
        let next = size.unwrap_or_default();
        self.findings.add("outcomes", index, "size", "outcome_altered", format!("it says {told}, the next checkpoint is of size {next}"));
        // Or the row is right and the checkpoint is gone.
        let named = row.get(3).and_then(Cell::integer).unwrap_or_default();
        let known = self.source.row("SELECT 1 FROM checkpoints WHERE size = ?1", params![named]);
        if self.read("checkpoints", known)?.is_some_and(|row| row.is_none()) {
            self.findings.add("checkpoints", named, "size", "checkpoint_missing", "outcomes name it");
        }
        Ok(())
    }

    /// Everything that can be judged once all entries are known.
    pub(super) fn finish_tables(&mut self, found: Result<Found, Unread>) -> Result<(), AuditError> {
        self.check_outcomes(None)?;
        self.check_head()?;
        self.check_rests()?;
        self.check_tile_keys()?;
        self.check_refusals()?;
        self.check_keys();
        if self.following {
            let compared = match self.rows.take() {
                Some(rows) => rows.compare(found, &self.source, self.tree.size(), &mut self.findings)?,
                None => Ok(()),
            };
            self.read("row_versions", compared)?;
        }
        self.check_live_codes()
    }

    /// The size that the ledger has by now: it may have grown since the audit began.
    fn now(&mut self) -> Result<u64, AuditError> {
        let size = self.source.integer("SELECT size FROM head", []);
        let size = self.read("head", size)?.flatten().and_then(|size| u64::try_from(size).ok());
        Ok(size.unwrap_or_default().max(self.tree.size()))
    }

    fn check_head(&mut self) -> Result<(), AuditError> {
        let greatest = self.source.integer(r#"SELECT max("index") FROM entries"#, []);
        let least = self.source.integer(r#"SELECT min("index") FROM entries"#, []);
        let (greatest, least) = (self.read("entries", greatest)?.flatten(), self.read("entries", least)?.flatten());
        let now = self.now()?;
        let hashed = self.tree.size();
        if least.is_some_and(|least| least < 0) {
            self.findings.add("entries", least.unwrap_or_default(), "index", "entry_surplus", "indexes begin at 0");
        }
        let surplus = greatest.is_some_and(|greatest| greatest >= 0 && greatest as u64 >= now);
        if surplus {
            self.findings.add("entries", now, "index", "entry_surplus", "entries stand beyond the head");
        }
        let Some(head) = &self.head else { return Ok(()) };
        let (size, root, epoch) = (head.size, head.root, head.epoch);
        if size != hashed || surplus {
            self.findings.add("head", 1, "size", "head_altered", format!("it says {size}, but {hashed} entries could be hashed"));
        }
        if root != Some(self.tree.root().0) {
            self.findings.add("head", 1, "root", "other_root", format!("the entries give {}", self.tree.root()));
        }
        if size > 0 && epoch.is_none_or(|epoch| epoch == 0) {
            self.findings.add("head", 1, "epoch", "head_altered", "nobody has led, yet there are entries");
        }
        if size > 0 && self.last_checkpoint != size {
            self.findings.add("checkpoints", size, "size", "checkpoint_missing", "the head has no checkpoint");
        }
        for pin in self.pins.heads.iter().filter(|pin| pin.size > hashed) {
            let text = format!("{} entries were published, the ledger has {hashed}: it was rolled back", pin.size);
            self.findings.add("pinned", &pin.from, "", "rolled_back", text);
        }
        for pin in self.pins.entries.iter().filter(|pin| pin.index >= hashed) {
            self.findings.add("pinned", &pin.from, "", "rolled_back", format!("entry {} was published and is not there", pin.index));
        }
        Ok(())
    }

    /// Ledger and vault were created together.
    pub(super) fn check_pair(&mut self) -> Result<(), AuditError> {
        let Some((vault, head)) = self.vault.as_ref().zip(self.head.as_ref()) else { return Ok(()) };
        let pair = match &self.options.vault {
            None => self.source.vault_pair(),
            Some(path) => match Source::open(path)?.row("SELECT pair FROM head", []) {
                Ok(row) => row.and_then(|row| row.first().and_then(Cell::blob).map(<[u8]>::to_vec)),
                Err(Unread::Failed(error)) => return Err(error),
                Err(Unread::Damaged(_)) => None,
            },
        };
        if pair.is_none() || pair != head.pair {
            self.findings.add("head", 1, "pair", "head_altered", "the vault belongs to another ledger");
        }
        match vault.reader().head() {
            Ok(vault) if vault.size < head.size => {
                let text = format!("it goes to {}, the ledger to {}", vault.size, head.size);
                self.findings.add("vault/head", 1, "size", "vault_behind", text);
            }
            // Whoever leads takes the lead of the ledger first.
            Ok(vault) if head.epoch.is_none_or(|epoch| epoch < vault.epoch) => {
                self.findings.add("head", 1, "epoch", "head_altered", "the vault was led more often than the ledger");
            }
            Ok(_) => {}
            Err(error) => self.findings.add("vault/head", 1, "", "table_damaged", error),
        }
        Ok(())
    }

    /// Rows that no entry gives.
    fn check_rests(&mut self) -> Result<(), AuditError> {
        let all = i64::MAX as u64;
        let mut rests: Vec<(&'static str, i64)> = Vec::new();
        for (table, cursor) in [("checkpoints", &mut self.checkpoints), ("outcomes", &mut self.outcomes), ("streams", &mut self.streams)] {
            // Those of one page tell; a rest that long is of a ledger that grows, or named by its first rows.
            for _ in 0..PAGE {
                match cursor.up_to(&self.source, all) {
                    Ok(Some(row)) => rests.push((table, row.first().and_then(Cell::integer).unwrap_or_default())),
                    Ok(None) => break,
                    Err(Unread::Failed(error)) => return Err(error),
                    Err(Unread::Damaged(what)) => {
                        self.findings.add(table, "-", "", "table_damaged", what);
                        break;
                    }
                }
            }
        }
        let now = self.now()?;
        let (hashed, followed) = (self.tree.size(), self.followed);
        for (table, key) in rests {
            let place = u64::try_from(key).unwrap_or_default();
            match table {
                "checkpoints" if key < 0 || place > now || place <= hashed => {
                    self.findings.add(table, key, "size", "checkpoint_surplus", "no tree has this size");
                }
                // Beyond what could be followed nothing is known.
                "outcomes" if key < 0 || place >= now || place < followed => {
                    self.findings.add(table, key, "index", "outcome_surplus", "no command has its first entry there");
                }
                "streams" if now == hashed && followed == hashed => {
                    self.findings.add(table, key, "number", "stream_surplus", "no entry begins this stream");
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Full tiles to spare; those due have been compared.
    fn check_tile_keys(&mut self) -> Result<(), AuditError> {
        let mut after = (i64::MIN, i64::MIN);
        loop {
            let sql = r#"SELECT level, "index" FROM tiles WHERE (level, "index") > (?1, ?2) ORDER BY level, "index" LIMIT ?3"#;
            let page = self.source.rows(sql, params![after.0, after.1, PAGE as i64]);
            let Some(page) = self.read("tiles", page)? else { return Ok(()) };
            let now = self.now()?;
            let mut keys = page.iter().filter_map(|row| Some((row.first()?.integer()?, row.get(1)?.integer()?)));
            for (level, index) in keys.clone() {
                let due = match (u32::try_from(level), u64::try_from(index)) {
                    (Ok(level @ 0..8), Ok(index)) => now.checked_shr(8 * (level + 1)).is_some_and(|full| index < full),
                    _ => false,
                };
                if !due {
                    self.findings.add("tiles", format!("{level}/{index}"), "", "tile_surplus", "no full tile has this place");
                }
            }
            match keys.next_back() {
                Some(last) if last > after => after = last,
                _ => return Ok(()),
            }
        }
    }

    /// Final refusals: the signed note says what the row says, and nobody was both refused and entered.
    fn check_refusals(&mut self) -> Result<(), AuditError> {
        let named = self.source.row("SELECT name FROM pragma_table_info('refusals') WHERE cid = 2", []);
        let named = self.read("refusals", named)?.flatten().and_then(|row| row.first().and_then(Cell::text).map(str::to_owned));
        let columns = ["id", "payload_hash", named.as_deref().unwrap_or("refusal"), "size", "time", "note"];
        let genesis_key = self.registry.policy_state().state.refusal_key.parse::<Verifier>().ok();
        let key = self.options.pinned.refusal_key.clone().or(genesis_key);
        let mut after: Vec<u8> = Vec::new();
        loop {
            let page = self.source.rows("SELECT * FROM refusals WHERE id > ?1 ORDER BY id LIMIT ?2", params![after, PAGE as i64]);
            let Some(page) = self.read("refusals", page)? else { return Ok(()) };
            let now = self.now()?;
            for row in &page {
                let before = self.findings.total();
                self.check_refusal(row, &columns, key.as_ref(), now)?;
                self.good_refusals += u64::from(before == self.findings.total());
            }
            match page.last().and_then(|row| row.first()?.blob()) {
                Some(last) if *last > *after => after = last.to_vec(),
                Some(_) => return self.read::<()>("refusals", Err(Unread::Damaged("keys are out of order".into()))).map(drop),
                None => return Ok(()),
            }
        }
    }

    fn check_refusal(&mut self, row: &Row, columns: &[&str; 6], key: Option<&Verifier>, now: u64) -> Result<(), AuditError> {
        let [id, payload_hash, stored, size, time, note] = &row[..] else { return Ok(()) };
        let name = id.blob().and_then(|id| Uuid::from_slice(id).ok()).map_or_else(|| id.to_string(), |id| id.to_string());
        let opened = key.ok_or("no refusal key is known".to_owned()).and_then(|key| {
            RefusalNote::open(note.text().unwrap_or_default(), key, &self.options.pinned.origin).map_err(|error| error.to_string())
        });
        let told = match opened {
            Ok(told) => told,
            Err(error) => {
                self.findings.add("refusals", name, columns[5], "refusal_unsigned", error);
                return Ok(());
            }
        };
        let right = [
            id.blob() == Some(told.id.as_bytes()),
            payload_hash.hash() == Some(told.payload_hash),
            stored.text().is_some_and(|text| told.says(text)),
            size.size() == Some(told.size),
            time.integer() == Some(told.time.ms()),
        ];
        for (column, _) in columns.iter().zip(right).filter(|(_, right)| !right) {
            self.findings.add("refusals", &name, column, "refusal_altered", "it is not what the signed note says");
        }
        if told.size > now {
            self.findings.add("refusals", &name, "size", "refusal_ahead", "it was decided on a registry that never was");
        } else if told.size > 0 {
            let sql = r#"SELECT time FROM entries WHERE "index" = ?1"#;
            let last = self.source.integer(sql, params![i64::try_from(told.size - 1).unwrap_or(i64::MAX)]);
            if self.read("entries", last)?.flatten().is_some_and(|last| last > told.time.ms()) {
                self.findings.add("refusals", &name, "time", "time_backwards", "it is before the last entry that it was decided on");
            }
        }
        if let Some(index) = self.ids.get(&told.id) {
            let text = format!("the operator signed that this command was refused for good, and entered it as entry {index}");
            self.findings.add("refusals", name, "id", "refused_and_entered", text);
        }
        Ok(())
    }

    /// The keys that genesis names are the pinned ones.
    fn check_keys(&mut self) {
        let policy = &self.registry.policy_state().state;
        let pinned = &self.options.pinned;
        let keys = [("log_key", &policy.log_key, Some(&pinned.log_key)), ("refusal_key", &policy.refusal_key, pinned.refusal_key.as_ref())];
        for (name, told, pinned) in keys {
            if let Some(pinned) = pinned
                && self.followed > 0
                && pinned.to_string() != *told
            {
                self.findings.entry(0, "other_key", format!("the {name} that genesis names is not the pinned one"));
            }
        }
    }

    /// Codes that have not ended: the vault knows them, or they stay open.
    fn check_live_codes(&mut self) -> Result<(), AuditError> {
        let codes = std::mem::take(&mut self.codes);
        for (request, live) in codes.into_live() {
            let code = match &self.vault {
                Some(vault) => vault.reader().code(&request),
                None => Ok(None),
            };
            match code {
                Ok(Some(code)) if code.entry == live.entry => {
                    let salt = aggregates::words::Bytes32(code.salt);
                    if live.is(request, &code.code, salt) {
                        let shown = live.judge(request, salt);
                        self.facts.verified += 1 + shown.verified.min(live.facts() - 1);
                        for entry in shown.wrong {
                            self.facts.wrong += 1;
                            self.findings.entry(entry, "fact_wrong", "code_matches is not true, as the code in the vault shows");
                        }
                    } else {
                        self.facts.wrong += 1;
                        self.findings.add(
                            "vault/codes",
                            request,
                            "code",
                            "code_altered",
                            format!("entry {} commits to another code", live.entry),
                        );
                    }
                }
                // A request that lapsed may still have its code; one whose end could not be followed may not.
                Ok(_) => self.facts.not_verifiable += live.facts(),
                Err(error) => {
                    self.facts.not_verifiable += live.facts();
                    self.findings.add("vault/codes", request, "", "table_damaged", error);
                }
            }
        }
        Ok(())
    }
}
