//! How many patients a doctor has.

use std::collections::BTreeMap;

use serde::Serialize;
use uuid::Uuid;

use crate::words::Date;

/// The declarations in force of one post, by their last day, so that the lapsed ones stand in front.
#[derive(Clone, Debug, Default)]
pub(super) struct Load {
    by_last_day: BTreeMap<(Date, Uuid), Uuid>,
}

impl Load {
    pub(super) fn add(&mut self, last_day: Date, declaration: Uuid, patient: Uuid) {
        self.by_last_day.insert((last_day, declaration), patient);
    }

    pub(super) fn remove(&mut self, last_day: Date, declaration: Uuid) {
        self.by_last_day.remove(&(last_day, declaration));
    }

    /// How many have not lapsed by `today`; a last day still counts.
    pub(super) fn count(&self, today: Date) -> usize {
        self.by_last_day.len() - self.by_last_day.range(..(today, Uuid::nil())).count()
    }

    /// Those that have not lapsed by `today`, with their patients.
    pub(super) fn each(&self, today: Date) -> impl Iterator<Item = (Uuid, Uuid)> + '_ {
        self.by_last_day.range((today, Uuid::nil())..).map(|((_, declaration), patient)| (*declaration, *patient))
    }
}

impl Serialize for Load {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.by_last_day.iter())
    }
}
