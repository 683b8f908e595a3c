//! How many patients a doctor has.

use super::table::Place;
use crate::words::Date;

/// The declarations in force of one post, by their last day, so that the lapsed ones stand in front.
#[derive(Clone, Debug, Default)]
pub(super) struct Load {
    by_last_day: Vec<(Date, Place)>,
}

impl Load {
    /// New declarations have the highest places and nearly always the latest day, so that they come last.
    pub(super) fn add(&mut self, last_day: Date, declaration: Place) {
        let new = (last_day, declaration);
        match self.by_last_day.last() {
            Some(last) if *last > new => self.by_last_day.insert(self.by_last_day.partition_point(|one| *one < new), new),
            _ => self.by_last_day.push(new),
        }
    }

    pub(super) fn remove(&mut self, last_day: Date, declaration: Place) {
        if let Ok(at) = self.by_last_day.binary_search(&(last_day, declaration)) {
            self.by_last_day.remove(at);
        }
    }

    /// How many have not lapsed by `today`; a last day still counts.
    pub(super) fn count(&self, today: Date) -> usize {
        self.each(today).len()
    }

    /// Those that have not lapsed by `today`.
    pub(super) fn each(&self, today: Date) -> &[(Date, Place)] {
        &self.by_last_day[self.by_last_day.partition_point(|(last_day, _)| *last_day < today)..]
    }

    /// All of them.
    pub(super) fn all(&self) -> &[(Date, Place)] {
        &self.by_last_day
    }
}
