//! First chapter: who stands around the ledger.

use aggregates::words::{Instant, Role, StreamType};
use serde_json::{Value, json};

use super::{Reply, Story, StoryError};
use crate::demo::actors::{Hand, Party, Staff};
use crate::keys::{SecretKey, to_jwk};

/// How long keys of parties and people are valid, in days.
const KEY_DAYS: i64 = 730;

impl<'a> Story<'a> {
    pub(super) fn founding(&self) -> Result<(), StoryError> {
        let cast = self.cast;
        let regulator: Hand<'_> = (&cast.regulator, Role::Regulator, None);
        self.say("The regulator admits an auditor and accredits a trust provider.");
        let auditor = &cast.auditor;
        let data = json!({"auditor": auditor.id, "name": auditor.name, "key": to_jwk(&auditor.key.public()), "key_until": self.until()});
        self.must("auditor", "auditor.admit", data, &[regulator, holder(auditor)])?;
        let trust = &cast.trust_provider;
        let data = json!({
            "trust_provider": trust.id, "name": trust.name, "edrpou": trust.edrpou, "website": "https://pidpys.example",
            "key": to_jwk(&trust.key.public()), "key_until": self.until(),
        });
        self.must("trust provider", "trust_provider.accredit", data, &[regulator, holder(trust)])?;
        let [first, second] = &cast.mis;
        self.apply("first MIS", first)?;
        self.record_test("first MIS's test", first, true)?;
        self.must("first MIS accredited", "mis.accredit", json!({"mis": first.id}), &[regulator])?;
        self.say(format!("{} applies, passes the recorded tests and is accredited.", first.name));
        let told_before = self.apply("second MIS", second)?.replayed;
        self.record_test("second MIS's first test", second, false)?;
        self.refused("second MIS too early", "mis.accredit", json!({"mis": second.id}), &[regulator], "test_not_passed")?;
        self.say(format!("{} fails the tests: its accreditation is refused, and the refusal is a signed note.", second.name));
        self.enrol_staff(&cast.clinics[1].owner, "owner of the private clinic", &[&cast.clinics[1].edrpou])?;
        let clinic = &cast.clinics[1];
        let hands = [second.hand(Role::Mis, StreamType::Mis), clinic.owner.himself(Role::Owner)];
        // By the time that a story is told again the MIS is accredited.
        if !told_before {
            self.refused(
                "private clinic through a MIS not accredited",
                "legal_entity.register",
                clinic.registration(),
                &hands,
                "mis_not_accredited",
            )?;
        }
        self.record_test("second MIS's second test", second, true)?;
        self.must("second MIS accredited", "mis.accredit", json!({"mis": second.id}), &[regulator])?;
        self.say(format!("{} tries again, passes and is accredited.", second.name));
        Ok(())
    }

    /// When keys cease to be valid.
    fn until(&self) -> Instant {
        self.at.plus_seconds(KEY_DAYS * 86_400)
    }

    fn apply(&self, name: &str, mis: &Party) -> Result<Reply, StoryError> {
        let data = json!({
            "mis": mis.id, "name": mis.name, "edrpou": mis.edrpou, "product": format!("{} 1.0", mis.name), "email": "support@mis.example",
            "key": to_jwk(&mis.key.public()), "key_until": self.until(),
        });
        self.must(name, "mis.apply", data, &[holder(mis), self.trust_provider()])
    }

    fn record_test(&self, name: &str, mis: &Party, passed: bool) -> Result<(), StoryError> {
        let data = json!({"mis": mis.id, "programme": "Первинна допомога 2026", "held_on": self.at.date(), "passed": passed});
        self.must(name, "mis.record_test", data, &[(&self.cast.regulator, Role::Regulator, None)])?;
        Ok(())
    }

    fn trust_provider(&self) -> Hand<'a> {
        self.cast.trust_provider.hand(Role::TrustProvider, StreamType::TrustProvider)
    }

    /// The trust provider identifies somebody of a provider and enrols his key.
    pub(super) fn enrol_staff(&self, staff: &Staff, name: &str, represents: &[&str]) -> Result<(), StoryError> {
        let mut data = self.key_data(to_jwk(&staff.key.public()));
        data["practitioner"] = staff.person.as_practitioner(staff.practitioner);
        if !represents.is_empty() {
            data["represents"] = json!(represents);
        }
        self.must(&format!("key of {name}"), "key.enrol", data, &self.enrolment(&staff.key))?;
        Ok(())
    }

    /// What every enrolment says of the key.
    pub(super) fn key_data(&self, key: Value) -> Value {
        json!({"key": key, "from": self.at.plus_seconds(-3600), "until": self.until(), "evidence": "presence"})
    }

    /// The trust provider as a signer with the holder of a key.
    pub(super) fn enrolment<'b>(&'b self, key: &'b SecretKey) -> [Hand<'b>; 2] {
        [self.trust_provider(), (key, Role::Holder, None)]
    }
}

/// A party as holder of the key that its own command carries.
fn holder(party: &Party) -> Hand<'_> {
    (&party.key, Role::Holder, None)
}
