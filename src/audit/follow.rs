//! Following the law: every command is judged and decided anew, and what it causes is held against what is written.

use std::panic::{AssertUnwindSafe, catch_unwind};

use aggregates::authority::{self, Acting};
use aggregates::commands::Data;
use aggregates::event::Body;
use aggregates::facts::Facts;
use aggregates::patient::PatientEvent;
use aggregates::words::PublicKey;
use aggregates::{Context, Event, Refusal, decide};
use rusqlite::params;
use serde_json::Value;
use tlog::{Checkpoint, Hash};

use super::chain::Chain;
use super::item::{Item, Signed, refused};
use super::rows::Folding;
use super::scan::Scan;
use super::source::Cell;
use super::vault::Case;
use super::{AuditError, facts};
use crate::entry::{self, Cause, Entry};
use crate::envelope::Seen;

/// What the law says to a command.
struct Judged {
    acting: Acting,
    entries: Vec<Entry>,
}

impl Scan<'_> {
    /// Follows one entry.
    pub(super) fn follow(&mut self, item: &mut Item) -> Result<(), AuditError> {
        let Some(entry) = item.entry.take() else { return Ok(()) };
        self.check_frame(item.place, &entry);
        let events = match &entry.cause {
            Cause::Continues(first) => self.go_on(item.place, *first, &entry),
            Cause::Command(_) => {
                if !self.expected.is_empty() {
                    self.findings.entry(item.place, "chain_incomplete", "continuations of the command before are missing");
                    self.expected.clear();
                }
                self.command(item, &entry)?
            }
        };
        self.last_time = Some(entry.time);
        if let Err(broken) = self.apply(&events) {
            self.findings.entry(item.place, "not_followed", format!("{broken}; the law is not followed beyond this entry"));
            self.following = false;
            return Ok(());
        }
        self.followed = item.place + 1;
        self.events += events.len() as u64;
        let ended = |event: &&Event| matches!(event.body, Body::Patient(PatientEvent::DeclarationTerminated { .. }));
        self.terminated += events.iter().filter(ended).count() as u64;
        self.check_streams(&events)?;
        if entry.command().is_some() {
            self.chain = Chain::of(item.signed.as_mut());
        }
        let lawful = (events != entry.events).then(|| events.clone());
        if let Some(rows) = &mut self.rows {
            rows.fold(Folding { place: item.place, chain: self.chain.clone(), events }, lawful);
        }
        Ok(())
    }

    /// The members of an entry that are about its place.
    fn check_frame(&mut self, place: u64, entry: &Entry) {
        if entry.v != entry::FORMAT {
            self.findings.entry(place, "entry_version", format!("its format is {}, not {}", entry.v, entry::FORMAT));
        }
        if entry.law != entry::LAW {
            self.findings.entry(place, "law_version", format!("its law is {}, but {} is in force", entry.law, entry::LAW));
        }
        if entry.index != place {
            self.findings.entry(place, "entry_index", format!("it says that it is entry {}", entry.index));
        }
        if self.last_time.is_some_and(|last| entry.time < last) {
            self.findings.entry(place, "time_backwards", "it is before the entry that it follows");
        }
        let sorted = entry.events.len() == 1 || entry.events.is_sorted_by_key(|event| (event.stream.to_string(), event.version));
        if !sorted || entry.events.is_empty() || entry.events.len() > entry::MAX_EVENTS {
            self.findings.entry(place, "events_order", "its events are not 1 to 64 in the order of their streams");
        }
        if entry.facts.is_some() != entry.command().is_some() {
            self.findings.entry(place, "facts", "a command has facts, a continuation has none");
        }
    }

    /// A continuation: what it must hold, else what it holds.
    fn go_on(&mut self, place: u64, first: u64, entry: &Entry) -> Vec<Event> {
        if place > 0 && self.last_checkpoint == place {
            self.findings.add("checkpoints", place, "size", "checkpoint_in_chain", "a command's entries go on beyond it");
        }
        match self.expected.pop_front() {
            Some(expected) => {
                if expected != *entry {
                    self.findings.entry(place, "decision", "it does not go on as the law decides");
                }
                expected.events
            }
            None => {
                if self.unknown_chain != Some(first) {
                    self.findings.entry(place, "continuation_unexpected", format!("the command of entry {first} has no further effects"));
                }
                entry.events.clone()
            }
        }
    }

    /// A command: what it causes by the law, else what is written.
    fn command(&mut self, item: &mut Item, entry: &Entry) -> Result<Vec<Event>, AuditError> {
        let place = item.place;
        self.unknown_chain = Some(place);
        let Some(signed) = &mut item.signed else { return Ok(entry.events.clone()) };
        signed.keys = self.keys_of(signed);
        self.check_payload(place, signed, entry)?;
        let command_facts = entry.facts.unwrap_or_default();
        let judged = catch_unwind(AssertUnwindSafe(|| self.judge(place, signed, entry, command_facts)));
        let events = match judged {
            Ok(Ok(Judged { acting, entries })) => {
                self.check_facts(place, signed, entry, &command_facts, Some(&acting));
                let mut entries = entries.into_iter();
                let first = entries.next().map(|first| first.events).unwrap_or_default();
                if first != entry.events {
                    self.findings.entry(place, "decision", "its events are not those that the law decides");
                }
                self.expected = entries.collect();
                self.unknown_chain = None;
                first
            }
            Ok(Err(refusal)) => {
                self.findings.entry(place, "law_refuses", format!("the law refuses the command: {}", refused(&refusal)));
                self.check_facts(place, signed, entry, &command_facts, None);
                entry.events.clone()
            }
            Err(_) => {
                self.findings.entry(place, "law_refuses", "deciding it failed in a way that nobody foresaw");
                entry.events.clone()
            }
        };
        Ok(events)
    }

    /// For each signer its key: what the payload carries, or what is enrolled before this entry.
    fn keys_of(&self, signed: &Signed) -> Vec<Option<PublicKey>> {
        let carried = signed.command.carried_keys();
        let key = |signer: &aggregates::commands::Signer| {
            let own = carried.iter().find(|key| key.kid() == signer.kid).copied();
            own.or_else(|| self.registry.key(&signer.kid).map(|key| key.x))
        };
        signed.command.signers.iter().map(key).collect()
    }

    /// What the payload says about itself: ledger, id, window, checkpoint seen.
    fn check_payload(&mut self, place: u64, signed: &Signed, entry: &Entry) -> Result<(), AuditError> {
        let payload = &signed.envelope.payload;
        if payload.ledger != self.options.pinned.origin {
            self.findings.entry(place, "wrong_ledger", format!("the command is made for {:?}", payload.ledger));
        }
        if let Some(earlier) = self.ids.insert(payload.id, place) {
            self.findings.entry(place, "id_reused", format!("the command's id was used by entry {earlier}"));
        }
        self.pending.push((place, payload.id, signed.envelope.payload_hash));
        let window = self.registry.policy().issued_at;
        // Before genesis the default window is in force.
        let (from, until) = (entry.time.plus_seconds(-window.past_seconds), entry.time.plus_seconds(window.future_seconds));
        if payload.issued_at < from || payload.issued_at > until {
            self.findings.entry(place, "outside_window", "issued_at lies outside the window that policy sets");
        }
        match payload.seen {
            Some(seen) if !self.was_published(seen)? => {
                self.findings.entry(
                    place,
                    "view_conflict",
                    format!("the sender saw a checkpoint of size {} that is not this log's", seen.size),
                );
            }
            _ => {}
        }
        Ok(())
    }

    /// Whether the checkpoint seen was there before this entry. Those passed have been held against the entries.
    fn was_published(&mut self, seen: Seen) -> Result<bool, AuditError> {
        if seen.size > self.last_checkpoint {
            return Ok(false);
        }
        let row = self.source.row("SELECT note FROM checkpoints WHERE size = ?1", params![i64::try_from(seen.size).unwrap_or(i64::MAX)]);
        let row = self.read("checkpoints", row)?.flatten();
        let note = row.as_ref().and_then(|row| row.first().and_then(Cell::text)).unwrap_or_default();
        let pinned = &self.options.pinned;
        let opened = Checkpoint::open(note, std::slice::from_ref(&pinned.log_key), &pinned.origin);
        Ok(opened.is_ok_and(|(checkpoint, _)| checkpoint.root == Hash(seen.root)))
    }

    fn judge(&self, place: u64, signed: &Signed, entry: &Entry, facts: Facts) -> Result<Judged, Refusal> {
        let acting = authority::check(&self.registry, &signed.command, entry.time)?;
        let context = Context { index: place, time: entry.time, facts };
        let events = decide(&self.registry, &signed.command, &context)?;
        // Of the first entry only the events are compared: its command is what was decided on.
        let entries = entry::chain(entry::LAW, place, entry.time, Value::Null, facts, events);
        Ok(Judged { acting, entries })
    }

    fn check_facts(&mut self, place: u64, signed: &Signed, entry: &Entry, facts: &Facts, acting: Option<&Acting>) {
        for fault in facts::faults(&self.registry, &signed.command, &signed.envelope, facts, entry.time) {
            self.findings.entry(place, "facts", fault);
        }
        self.check_codes(place, signed, entry, facts);
        match (&mut self.vault, acting) {
            (Some(vault), Some(acting)) => {
                let case = Case { signed, acting, index: place, time: entry.time, facts };
                vault.compare(&self.registry, &case, &mut self.facts, &mut self.findings);
            }
            _ => {
                let known = facts::named(facts);
                let others = known.iter().filter(|(name, _)| !facts::OF_CODES.contains(&name.as_str()));
                // The payload's digests show whether an application is attached.
                let (shown, open): (Vec<_>, Vec<_>) = others.partition(|(name, _)| name == "application_attached");
                self.facts.verified += shown.len() as u64;
                self.facts.not_verifiable += open.len() as u64;
            }
        }
    }

    fn check_codes(&mut self, place: u64, signed: &Signed, entry: &Entry, facts: &Facts) {
        if let (Data::ConfirmByCode(confirm), Some(matches)) = (&signed.command.data, facts.code_matches) {
            self.codes.tried(confirm.request, place, &confirm.code, matches);
        }
        if let Some(salt) = facts.code_salt {
            let request = facts::ends_code(&self.registry, &signed.command, facts, entry.time);
            match request.and_then(|request| self.codes.revealed(request, salt)) {
                None => self.facts.not_verifiable += 1,
                Some(shown) => self.count_shown(place, &shown),
            }
        }
        if let (Data::SendCode(send), Some(commitment)) = (&signed.command.data, facts.code_commitment) {
            let phone = self.registry.patient(send.patient).state.phone_disclosure;
            self.codes.drawn(send.request, place, commitment, phone.unwrap_or(aggregates::words::Bytes32([0; 32])));
        }
    }

    pub(super) fn count_shown(&mut self, place: u64, shown: &super::codes::Shown) {
        self.facts.verified += shown.verified;
        self.facts.not_verifiable += shown.open;
        for entry in &shown.wrong {
            self.facts.wrong += 1;
            self.findings.entry(*entry, "fact_wrong", format!("code_matches is not true, as the salt in entry {place} shows"));
        }
        if shown.opens_nothing {
            self.facts.wrong += 2;
            self.findings.entry(place, "fact_wrong", "code_salt: no code goes with this salt and the commitment");
        }
    }

    fn apply(&mut self, events: &[Event]) -> Result<(), String> {
        for event in events {
            match catch_unwind(AssertUnwindSafe(|| self.registry.apply(event))) {
                Ok(Ok(())) => {}
                Ok(Err(broken)) => return Err(broken.to_string()),
                Err(_) => return Err(format!("applying an event of {} failed in a way that nobody foresaw", event.stream)),
            }
        }
        Ok(())
    }
}
