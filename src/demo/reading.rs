//! What everybody reads once the story has been told: who sees what, a past state, a report, and the feed.

use std::collections::BTreeMap;
use std::io::BufRead as _;

use aggregates::words::{Instant, Stream, StreamType};
use serde::Serialize;
use serde_json::Value;

use super::actors::{ACCOUNTANT, ASSISTANT, COLLEAGUE, Cast, HR, Patient, RECEPTIONIST, Staff};
use super::client::Client;
use super::story::{Numbers, StoryError};
use crate::access::ask::{Speaker, form};
use crate::keys::SecretKey;
use crate::node::new_id;
use crate::sequencer::system_clock;

/// What was read.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Reading {
    /// How many declarations in force each sees; none to whom the list is not shown.
    pub seen: BTreeMap<String, Option<u64>>,
    /// The size of a past state.
    pub past_size: u64,
    /// How many declarations were in force then.
    pub past_declarations: u64,
    /// How many declarations are paid.
    pub paid: u64,
    /// For how much a month, in kopiykas.
    pub amount_month: u64,
    /// How many are not paid, as their provider is not verified.
    pub not_verified: u64,
    /// How many entries a reader of the feed saw who was cut off on the way.
    pub feed_entries: u64,
    /// How many times he was cut off.
    pub feed_cuts: u64,
}

/// Everybody who reads, with the way to the ledger.
pub struct Readers<'a> {
    /// Who plays.
    pub cast: &'a Cast,
    /// The way.
    pub client: &'a Client,
    /// The ledger's origin.
    pub origin: &'a str,
    /// Which MIS the state clinic works with.
    pub mis: usize,
    /// Told what was read.
    pub tell: &'a (dyn Fn(&str) + Sync),
}

impl Readers<'_> {
    /// Reads all of it, and compares what must agree.
    ///
    /// # Errors
    /// [`StoryError`], where an answer is otherwise than the story says.
    pub fn read(&self, numbers: Numbers, size: u64) -> Result<Reading, StoryError> {
        let mut reading = Reading::default();
        let regulator = self.token((&self.cast.regulator, "regulator"), None)?;
        self.as_each(&mut reading, &regulator, numbers)?;
        self.past(&mut reading, &regulator, size)?;
        self.report(&mut reading, &regulator, numbers)?;
        self.feed(&mut reading, size)?;
        Ok(reading)
    }

    /// The same question asked by everybody.
    fn as_each(&self, reading: &mut Reading, regulator: &str, numbers: Numbers) -> Result<(), StoryError> {
        let [state, private, sole] = &self.cast.clinics;
        let auditor = format!("auditor/{}", self.cast.auditor.id);
        let mis = &self.cast.mis[self.mis];
        let mis = (&mis.key, format!("mis/{}", mis.id));
        let mut tokens = vec![
            ("nobody", None),
            ("a MIS for itself", Some(self.token((mis.0, &mis.1), None)?)),
            ("the state clinic's head", Some(self.of_staff(&state.owner)?)),
            ("the operator", Some(self.token((&self.cast.operator, "operator"), None)?)),
            ("the state clinic's personnel officer", Some(self.of_staff(&state.staff[HR])?)),
            ("the state clinic's accountant", Some(self.of_staff(&state.staff[ACCOUNTANT])?)),
            ("a receptionist of the state clinic", Some(self.of_staff(&state.staff[RECEPTIONIST])?)),
            ("an assistant of the state clinic", Some(self.of_staff(&state.staff[ASSISTANT])?)),
            ("a doctor of the state clinic", Some(self.of_staff(&state.staff[COLLEAGUE])?)),
            ("the private clinic's head", Some(self.of_staff(&private.owner)?)),
            ("the sole proprietor", Some(self.of_staff(&sole.owner)?)),
            ("the regulator", Some(regulator.to_owned())),
            ("an auditor", Some(self.token((&self.cast.auditor.key, &auditor), None)?)),
        ];
        if let Some(patient) = self.cast.patients.iter().find(|patient| stays(patient)) {
            tokens.push(("a patient", Some(self.of_patient(patient)?)));
        }
        for (who, token) in tokens {
            let seen = self.count("/v1/declarations?status=active&limit=100", token.as_deref())?;
            (self.tell)(&match seen {
                Some(count) => format!("  {who} sees {count} declaration(s) in force."),
                None => format!("  To {who} declarations are not shown."),
            });
            reading.seen.insert(who.to_owned(), seen);
        }
        let seen = |who: &str| reading.seen.get(who).copied().flatten().unwrap_or_default();
        let of_providers = ["the state clinic's head", "the private clinic's head", "the sole proprietor"].map(seen).iter().sum();
        let all = numbers.signed - numbers.terminated;
        agrees("what the regulator sees", all, seen("the regulator"))?;
        agrees("what the three providers see", all, of_providers)
    }

    /// How the registry was in the middle of the story.
    fn past(&self, reading: &mut Reading, regulator: &str, size: u64) -> Result<(), StoryError> {
        let mut past = size / 2;
        // A size inside a chain is none to stop at.
        while self.client.read(&format!("/v1/mis?as_of={past}"), None)?.0 == 400 && past < size {
            past += 1;
        }
        let listed = self.count(&format!("/v1/declarations?status=active&limit=100&as_of={past}"), Some(regulator))?.unwrap_or_default();
        let (_, counted) = self.client.read(&format!("/v1/reports/statistics?as_of={past}"), None)?;
        agrees("the statistics of a past size", listed, counted["data"][0]["declarations"].as_u64().unwrap_or_default())?;
        (reading.past_size, reading.past_declarations) = (past, listed);
        (self.tell)(&format!("At size {past}, halfway, {listed} declarations were in force; every question can be asked of any size."));
        Ok(())
    }

    /// What the providers are paid.
    fn report(&self, reading: &mut Reading, regulator: &str, numbers: Numbers) -> Result<(), StoryError> {
        let (_, report) = self.client.read("/v1/reports/capitation", Some(regulator))?;
        let number = |value: &Value| value.as_u64().unwrap_or_default();
        let totals = &report["totals"];
        reading.paid = number(&totals["declarations"]);
        reading.amount_month = number(&totals["amount_month"]);
        reading.not_verified = number(&totals["left_out"]["provider_not_verified"]);
        agrees("declarations paid and not", numbers.signed - numbers.terminated, reading.paid + reading.not_verified)?;
        (self.tell)(&format!(
            "Capitation: {} declarations bring {}.{:02} hryvnias a month; {} of the unverified provider are not paid.",
            reading.paid,
            reading.amount_month / 100,
            reading.amount_month % 100,
            reading.not_verified
        ));
        Ok(())
    }

    /// A reader of the feed who is cut off and goes on where he was.
    fn feed(&self, reading: &mut Reading, size: u64) -> Result<(), StoryError> {
        let auditor = format!("auditor/{}", self.cast.auditor.id);
        let token = self.token((&self.cast.auditor.key, &auditor), None)?;
        let (mut last, mut next) = (None::<String>, 0);
        while next < size {
            // Three lives: the connection goes after a third of the entries.
            let until = (next + size.div_ceil(3)).min(size);
            let mut lines = self.client.listen(last.as_deref(), &token)?.lines();
            while next < until {
                let Some(Ok(line)) = lines.next() else { break };
                if let Some(id) = line.strip_prefix("id: ") {
                    agrees("the feed's next entry", next + 1, id.parse().unwrap_or_default())?;
                    (next, last) = (next + 1, Some(id.to_owned()));
                }
            }
            reading.feed_cuts += u64::from(next < size);
        }
        reading.feed_entries = next;
        (self.tell)(&format!("A reader of the feed was cut off {} times and saw all {next} entries, each once.", reading.feed_cuts));
        Ok(())
    }

    /// How many rows all pages of a list have; none where it is not shown.
    fn count(&self, path: &str, token: Option<&str>) -> Result<Option<u64>, StoryError> {
        let (mut count, mut cursor) = (0, String::new());
        loop {
            let (status, page) = self.client.read(&format!("{path}{cursor}"), token)?;
            let Some(rows) = page["data"].as_array().filter(|_| status == 200) else { return Ok(None) };
            count += rows.len() as u64;
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(Some(count)),
            }
        }
    }

    fn of_staff(&self, staff: &Staff) -> Result<String, StoryError> {
        self.through_mis((&staff.key, &format!("employee/{}", staff.employee)))
    }

    fn of_patient(&self, patient: &Patient) -> Result<String, StoryError> {
        let key = patient.key.as_ref().unwrap_or(&self.cast.regulator);
        self.through_mis((key, &format!("patient/{}", patient.id)))
    }

    fn through_mis(&self, person: Speaker<'_>) -> Result<String, StoryError> {
        let mis = &self.cast.mis[self.mis];
        self.token((&mis.key, &format!("mis/{}", mis.id)), Some((person, Stream::Of(StreamType::Mis, mis.id))))
    }

    fn token(&self, client: Speaker<'_>, person: Option<(Speaker<'_>, Stream)>) -> Result<String, StoryError> {
        let now = Instant::from_ms(system_clock()()).unwrap_or(Instant::EPOCH).ms() / 1000;
        let answer = self.client.ask_for_token(&form(self.origin, client, person, now, || new_id().to_string()))?;
        let token = answer["access_token"].as_str().map(str::to_owned);
        token.ok_or_else(|| otherwise(&format!("the token of {}", client.1), "a token", &answer))
    }
}

/// A patient with a key of his own whose declaration is still in force.
pub(super) fn stays(patient: &Patient) -> bool {
    patient.key.is_some() && !patient.leaves && patient.clinic == 1
}

/// Two figures that must be one.
fn agrees(what: &str, expected: u64, found: u64) -> Result<(), StoryError> {
    if expected == found { Ok(()) } else { Err(otherwise(what, &expected.to_string(), &Value::from(found))) }
}

fn otherwise(name: &str, expected: &str, found: &Value) -> StoryError {
    StoryError::Otherwise { name: name.to_owned(), expected: expected.to_owned(), status: 200, text: found.to_string() }
}

/// Whose keys are kept for whoever goes on by hand, with the name that each speaks as.
pub(super) fn hands(cast: &Cast, mis: usize) -> Vec<(&'static str, &SecretKey, String)> {
    let state = &cast.clinics[0];
    let post = |staff: &Staff| format!("employee/{}", staff.employee);
    let staff = [
        ("owner", &state.owner),
        ("accountant", &state.staff[ACCOUNTANT]),
        ("receptionist", &state.staff[RECEPTIONIST]),
        ("doctor", &state.staff[COLLEAGUE]),
    ];
    let party = |id: uuid::Uuid, kind: &str| format!("{kind}/{id}");
    let parties = [
        ("mis", &cast.mis[mis].key, party(cast.mis[mis].id, "mis")),
        ("auditor", &cast.auditor.key, party(cast.auditor.id, "auditor")),
        ("regulator", &cast.regulator, "regulator".to_owned()),
    ];
    let staff = staff.into_iter().map(|(name, staff)| (name, &staff.key, post(staff)));
    parties.into_iter().chain(staff).collect()
}
