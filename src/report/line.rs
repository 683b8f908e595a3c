//! One declaration as reports see it.

use aggregates::patient::{DeclarationStatus, EndReason};
use aggregates::policy::Capitation;
use aggregates::words::Date;
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

/// The age at which a paediatrician's patient must choose anew.
const MAJORITY: i16 = 18;

/// A declaration's row.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Declared {
    pub(super) patient: Uuid,
    pub(super) practitioner: Uuid,
    pub(super) employee: Uuid,
    pub(super) legal_entity: Uuid,
    pub(super) division: Uuid,
    start_date: Date,
    last_day: Date,
    #[serde(default)]
    pub(super) at_majority: bool,
    status: DeclarationStatus,
    reason: Option<EndReason>,
    ended_on: Option<Date>,
    entries: Vec<u64>,
}

/// Whether a provider is paid for a declaration, or why not. Of several reasons the first here is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// It is not in force.
    NotInForce,
    /// The provider does not work: it is suspended or closed.
    ProviderNotActive,
    /// The regulator has not verified the provider.
    ProviderNotVerified,
    /// The doctor has more declarations than he may, and others come before it.
    OverLimit,
    /// Nobody knows the patient's age: the birth date is erased.
    BirthDateUnknown,
    /// It is paid.
    Paid,
}

/// One declaration on a day.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// Its id.
    pub declaration: Uuid,
    /// Whose.
    pub patient: Uuid,
    /// Whom he chose.
    pub practitioner: Uuid,
    /// In which post.
    pub employee: Uuid,
    /// At which provider.
    pub legal_entity: Uuid,
    /// Where.
    pub division: Uuid,
    /// In which area (oblast), by the division's first address.
    pub area: Option<String>,
    /// Whether the division is in the mountains.
    pub mountain: bool,
    /// How it stands on the day: past its term it is closed, recorded or not.
    pub status: DeclarationStatus,
    /// The first day.
    pub started: Date,
    /// The day from which it is no longer in force.
    pub ended: Option<Date>,
    /// Why it ended.
    pub reason: Option<EndReason>,
    /// The patient's age group on the day; only of what is in force, and only where ages are asked for.
    pub age_group: Option<Ages>,
    /// Whether it is paid.
    pub counted: Counted,
    /// The entry that signed it.
    pub signed_entry: u64,
    /// The entry that ended it, if one did.
    pub ended_entry: Option<u64>,
}

/// What stands beside a declaration when it is judged.
pub(super) struct Beside {
    pub(super) area: Option<String>,
    pub(super) mountain: bool,
    pub(super) birth_date: Option<Date>,
    pub(super) provider: Provider,
}

/// How a provider stands.
#[derive(Clone, Copy)]
pub(super) struct Provider {
    pub(super) active: bool,
    pub(super) verified: bool,
}

impl Declared {
    /// The declaration on a day; whether it is over the doctor's limit is judged later.
    pub(super) fn on(self, id: Uuid, date: Date, beside: Beside) -> Line {
        let majority = beside.birth_date.filter(|_| self.at_majority).map(|born| born.birthday(MAJORITY).plus_days(-1));
        let last_day = majority.map_or(self.last_day, |day| day.min(self.last_day));
        let lapsed = self.status.in_force() && last_day < date;
        let status = if lapsed { DeclarationStatus::Closed } else { self.status };
        let closed = (status == DeclarationStatus::Closed).then(|| last_day.plus_days(1));
        let counted = match beside.provider {
            _ if status != DeclarationStatus::Active => Counted::NotInForce,
            Provider { active: false, .. } => Counted::ProviderNotActive,
            Provider { verified: false, .. } => Counted::ProviderNotVerified,
            _ => Counted::Paid,
        };
        Line {
            declaration: id,
            patient: self.patient,
            practitioner: self.practitioner,
            employee: self.employee,
            legal_entity: self.legal_entity,
            division: self.division,
            area: beside.area,
            mountain: beside.mountain,
            status,
            started: self.start_date,
            ended: self.ended_on.or(closed),
            reason: self.reason,
            age_group: None,
            counted,
            signed_entry: self.entries.first().copied().unwrap_or_default(),
            ended_entry: self.entries.last().copied().filter(|_| !status.in_force() && !lapsed),
        }
    }

    /// Whether it is in force on the ledger; on a day it may have lapsed.
    pub(super) fn in_force(&self) -> bool {
        self.status.in_force()
    }
}

impl Line {
    /// Whether it is or was in force: a declaration that waits for the regulator, or was rejected, never bound anybody.
    pub fn binds(&self) -> bool {
        !matches!(self.status, DeclarationStatus::PendingVerification | DeclarationStatus::Rejected)
    }

    /// Whether it was in force when this day began.
    pub fn in_force_at(&self, day: Date) -> bool {
        self.binds() && self.started < day && self.ended.is_none_or(|ended| ended >= day)
    }
}

/// An age group of the policy; on the wire its name, `0-5` or `65+`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ages {
    /// Its place in the policy.
    pub place: usize,
    /// Its name.
    pub name: String,
}

impl Ages {
    /// The group of an age; none of one not born yet.
    pub(super) fn of(capitation: &Capitation, age: i16) -> Option<Ages> {
        let age = u32::try_from(age).ok()?;
        let groups = &capitation.age_groups;
        let place = groups.iter().rposition(|group| group.from <= age)?;
        let from = groups[place].from;
        let name = groups.get(place + 1).map_or_else(|| format!("{from}+"), |next| format!("{from}-{}", next.from - 1));
        Some(Ages { place, name })
    }
}

impl Serialize for Ages {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect(text)
    }

    fn line(at_majority: bool, date: &str) -> Line {
        let declared = Declared {
            patient: Uuid::nil(),
            practitioner: Uuid::nil(),
            employee: Uuid::nil(),
            legal_entity: Uuid::nil(),
            division: Uuid::nil(),
            start_date: day("2026-01-10"),
            last_day: day("2027-01-10"),
            at_majority,
            status: DeclarationStatus::Active,
            reason: None,
            ended_on: None,
            entries: vec![7],
        };
        let provider = Provider { active: true, verified: true };
        let beside = Beside { area: None, mountain: false, birth_date: Some(day("2008-12-01")), provider };
        declared.on(Uuid::nil(), day(date), beside)
    }

    #[test]
    fn what_lapsed_unrecorded_has_ended() {
        assert_eq!((line(false, "2027-01-10").status, line(false, "2027-01-10").ended), (DeclarationStatus::Active, None));
        let lapsed = line(false, "2027-01-11");
        assert_eq!(
            (lapsed.status, lapsed.ended, lapsed.counted),
            (DeclarationStatus::Closed, Some(day("2027-01-11")), Counted::NotInForce)
        );
        assert_eq!(lapsed.ended_entry, None, "no entry has ended it");
        assert!(lapsed.in_force_at(day("2027-01-11")) && !lapsed.in_force_at(day("2027-01-12")));
        assert!(!lapsed.in_force_at(day("2026-01-10")) && lapsed.in_force_at(day("2026-01-11")));
    }

    #[test]
    fn a_childs_declaration_lasts_until_the_day_before_majority() {
        assert_eq!(line(true, "2026-11-30").counted, Counted::Paid);
        assert_eq!(line(true, "2026-12-01").ended, Some(day("2026-12-01")));
    }

    #[test]
    fn every_age_has_one_group() {
        let capitation = Capitation::default();
        let names = [0, 5, 6, 17, 18, 39, 40, 64, 65, 120].map(|age| Ages::of(&capitation, age).expect("an age").name);
        assert_eq!(names, ["0-5", "0-5", "6-17", "6-17", "18-39", "18-39", "40-64", "40-64", "65+", "65+"]);
        assert_eq!(Ages::of(&capitation, -1), None, "not born yet on the day");
    }
}
