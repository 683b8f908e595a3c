//! The vault beside the entries: disclosures against digests, and facts recomputed from them.
//!
//! Facts are recomputed with an archive of the auditor's own, built from the disclosures of the entries before, never with the
//! vault's index: what the index says today is not what it said then.

use std::collections::{BTreeSet, HashMap, HashSet};

use aggregates::authority::Acting;
use aggregates::commands::{self, Data};
use aggregates::facts::{Facts, Match};
use aggregates::form::Disclosed;
use aggregates::words::{Bytes32, Instant, Stream, StreamType};
use aggregates::{Archive, OneTimeCode, Registry, Unavailable, Ungathered, gather};
use serde_json::Value;

use super::facts::{OF_CODES, named};
use super::item::{Signed, refused};
use super::report::{FactCounts, Findings};
use crate::admission::disclosed;
use crate::store::{DisclosureRow, StoreError, VaultReader};

/// The only member that facts ask of earlier disclosures.
const BIRTH_DATE: &str = "birth_date";

/// What the disclosures of the entries so far say.
#[derive(Default)]
struct Known {
    index: HashMap<String, BTreeSet<Stream>>,
    birth_dates: HashMap<Stream, Value>,
    /// Subjects of whom a disclosure is missing.
    holes: HashSet<Stream>,
}

impl Archive for Known {
    fn find(&self, key: &str) -> Result<Vec<Stream>, Unavailable> {
        Ok(self.index.get(key).into_iter().flatten().copied().collect())
    }

    fn value(&self, subject: Stream, name: &str) -> Result<Option<Value>, Unavailable> {
        if name != BIRTH_DATE {
            return Err(Unavailable(format!("the audit keeps no {name}")));
        }
        Ok(self.birth_dates.get(&subject).cloned())
    }

    /// Codes are judged by their commitments.
    fn code(&self, _: uuid::Uuid) -> Result<Option<OneTimeCode>, Unavailable> {
        Ok(None)
    }
}

fn misplaced(row: &DisclosureRow, column: &str, findings: &mut Findings) {
    let key = format!("{}/{}", row.entry, row.ordinal);
    findings.add("vault/disclosures", key, column, "disclosure_misplaced", "it is not what the entry says of this disclosure");
}

/// One command with its facts, and who acts by it.
pub(super) struct Case<'a> {
    pub(super) signed: &'a Signed,
    pub(super) acting: &'a Acting,
    pub(super) index: u64,
    pub(super) time: Instant,
    pub(super) facts: &'a Facts,
}

impl Case<'_> {
    /// Whose the disclosures are, by the facts.
    fn subject(&self) -> Option<Stream> {
        subject_of(&self.signed.command.data, self.acting, self.facts)
    }
}

/// A vault being compared.
pub(super) struct VaultAudit {
    reader: Box<dyn VaultReader>,
    known: Known,
    /// Reading it failed; nothing more is asked of it.
    lost: bool,
}

impl VaultAudit {
    pub(super) fn new(reader: Box<dyn VaultReader>) -> VaultAudit {
        VaultAudit { reader, known: Known::default(), lost: false }
    }

    pub(super) fn reader(&self) -> &dyn VaultReader {
        &*self.reader
    }

    /// Compares one command's disclosures and facts; the facts of codes are left to their commitments.
    pub(super) fn compare(&mut self, registry: &Registry, case: &Case<'_>, counts: &mut FactCounts, findings: &mut Findings) {
        let Case { signed, acting, index, time, facts } = *case;
        let judged: Vec<(String, Value)> = named(facts).into_iter().filter(|(name, _)| !OF_CODES.contains(&name.as_str())).collect();
        let Some((rows, opened)) = self.disclosures(case, findings) else {
            counts.not_verifiable += judged.len() as u64;
            return;
        };
        let payload = &signed.envelope.payload;
        if let Err(refusal) = commands::read(&payload.kind, &payload.data, Some(&opened)) {
            findings.entry(index, "fact_wrong", format!("forms_ok: the disclosures show {}", refused(&refusal)));
        }
        let mut draw = || OneTimeCode { digits: "000000".into(), salt: Bytes32([0; 32]) };
        let gathered = gather(registry, &signed.command, acting, &payload.data, &opened, &self.known, time, &mut draw);
        let gathered = match gathered {
            Ok(gathered) => gathered,
            Err(Ungathered::Unavailable(_)) => {
                counts.not_verifiable += judged.len() as u64;
                return;
            }
            Err(Ungathered::Refused(refusal)) => {
                counts.wrong += judged.len() as u64;
                findings.entry(index, "fact_wrong", format!("the disclosures show that the law refuses it: {}", refused(&refusal)));
                return;
            }
        };
        let recomputed: HashMap<String, Value> = named(&gathered.facts).into_iter().collect();
        let subject = case.subject();
        for (name, told) in judged {
            match recomputed.get(&name) {
                Some(found) if *found == told => counts.verified += 1,
                found if self.excused(&name, facts, subject, found) => counts.not_verifiable += 1,
                found => {
                    counts.wrong += 1;
                    let found = found.map_or("nothing".into(), Value::to_string);
                    findings.entry(index, "fact_wrong", format!("{name} says {told}, the disclosures say {found}"));
                }
            }
        }
        for row in rows.iter().filter(|row| row.on_file != gathered.on_file) {
            misplaced(row, "on_file", findings);
        }
        // Whoever is merely recognised changes nothing on file.
        let on_file = if gathered.on_file { &opened[..] } else { &[] };
        self.learn(index, on_file, subject, &gathered.index, findings);
    }

    /// An entry's disclosures, if every digest has its own; each is held against its digest and its row.
    fn disclosures(&mut self, case: &Case<'_>, findings: &mut Findings) -> Option<(Vec<DisclosureRow>, Vec<Disclosed>)> {
        let (signed, index, subject) = (case.signed, case.index, case.subject());
        if self.lost {
            return None;
        }
        let rows = match self.reader.disclosures(index) {
            Ok(rows) => rows,
            Err(error) => {
                match &error {
                    // What is wrong with one row hides none of the others.
                    StoreError::Corrupt { .. } => self.known.holes.extend(subject),
                    _ => self.lost = true,
                }
                findings.add("vault/disclosures", index, "", "table_damaged", error);
                return None;
            }
        };
        let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        let opened = match signed.envelope.open(&texts) {
            Ok(opened) => opened,
            Err(fault) => {
                self.known.holes.extend(subject);
                findings.add("vault/disclosures", format!("{index}{}", fault.pointer), "text", "disclosure_wrong", fault.code);
                return None;
            }
        };
        for (row, one) in rows.iter().zip(&opened) {
            let DisclosureRow { ordinal, object, name, .. } = row;
            for (column, right) in
                [("ordinal", *ordinal as usize == one.ordinal), ("object", *object == one.object), ("name", *name == one.name)]
            {
                if !right {
                    misplaced(row, column, findings);
                }
            }
            if subject.is_some_and(|subject| subject.to_string() != row.subject) {
                misplaced(row, "subject", findings);
            }
        }
        if opened.len() < signed.envelope.digests.len() {
            self.known.holes.extend(subject);
            let missing = signed.envelope.digests.len() - opened.len();
            findings.add("vault/disclosures", index, "", "disclosure_missing", format!("{missing} are missing, and no entry erased them"));
            return None;
        }
        let opened = opened.iter().map(disclosed).collect();
        Some((rows, opened))
    }

    /// Whether a fact that is recomputed otherwise may be so because of disclosures that are missing: what is missing can only
    /// hide somebody.
    fn excused(&self, name: &str, facts: &Facts, subject: Option<Stream>, found: Option<&Value>) -> bool {
        let hides = |stream: Option<Stream>| stream.is_some_and(|stream| self.known.holes.contains(&stream));
        let matched = |kind: StreamType, told: Option<Match>| match told {
            Some(Match::One(id)) => found == Some(&Value::from("none")) && hides(Some(Stream::Of(kind, id))),
            Some(Match::Several) => !self.known.holes.is_empty(),
            Some(Match::None) | None => false,
        };
        match name {
            "patient_match" => matched(StreamType::Patient, facts.patient_match),
            "same_practitioner" => matched(StreamType::Practitioner, facts.same_practitioner),
            "owner_code_matches" => facts.owner_code_matches == Some(true) && hides(subject),
            "phone_reuse_ok" => facts.phone_reuse_ok == Some(false) && !self.known.holes.is_empty(),
            "age_class" => found.is_none() && !self.known.holes.is_empty(),
            _ => false,
        }
    }

    fn learn(&mut self, index: u64, opened: &[Disclosed], subject: Option<Stream>, keys: &[String], findings: &mut Findings) {
        let Some(subject) = subject else { return };
        if let Some(born) = opened.iter().rfind(|one| one.name == BIRTH_DATE) {
            self.known.birth_dates.insert(subject, born.value.clone());
        }
        for key in keys {
            self.known.index.entry(key.clone()).or_default().insert(subject);
            // The live index must know whoever is not forgotten, or the next registration makes a second record.
            match self.reader.find(key) {
                Ok(found) if found.contains(&subject.to_string()) => {}
                Ok(_) => findings.add("vault/matches", index, "mac", "match_missing", format!("{subject} is not found by an identity key")),
                Err(error) => findings.add("vault/matches", index, "", "table_damaged", error),
            }
        }
    }
}

/// Whose the disclosures of a command are, by its facts.
fn subject_of(data: &Data, acting: &Acting, facts: &Facts) -> Option<Stream> {
    let matched = |kind, told: Option<Match>, proposed| match told {
        Some(Match::One(known)) => Some(Stream::Of(kind, known)),
        _ => Some(Stream::Of(kind, proposed)),
    };
    match data {
        Data::KeyEnrol(enrol) => match (&enrol.practitioner, &enrol.patient) {
            (Some(person), _) => matched(StreamType::Practitioner, facts.same_practitioner, person.id),
            (None, Some(person)) => matched(StreamType::Patient, facts.patient_match, person.id),
            (None, None) => None,
        },
        Data::PatientRegister(register) => matched(StreamType::Patient, facts.patient_match, register.patient),
        Data::LegalEntityRegister(_) => acting.practitioner.map(|id| Stream::Of(StreamType::Practitioner, id)),
        Data::DeclarationTerminate(terminate) => Some(Stream::Of(StreamType::Patient, terminate.patient)),
        _ => None,
    }
}
