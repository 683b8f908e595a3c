//! Rows that never move, found by the ids that stand in them.

use std::num::NonZeroU32;
use std::ops::{Index, IndexMut};

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use uuid::Uuid;

use super::super::map::scatter;

/// Where a row stands in its table: rows are counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(NonZeroU32);

/// How many rows a page has.
const PAGE: usize = 1_024;

/// Rows in pages, so that a table that grows neither moves its rows nor keeps room for twice as many.
#[derive(Clone, Debug)]
pub(super) struct Table<R> {
    pages: Vec<Vec<R>>,
    rows: u32,
}

impl<R> Table<R> {
    pub(super) fn new() -> Table<R> {
        Table { pages: Vec::new(), rows: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.rows as usize
    }

    /// Adds a row. There can be 2³² - 1 of them.
    pub(super) fn push(&mut self, row: R) -> Place {
        let at = self.len();
        if at.is_multiple_of(PAGE) {
            self.pages.push(Vec::with_capacity(PAGE));
        }
        self.pages[at / PAGE].push(row);
        let place = NonZeroU32::MIN.checked_add(self.rows).expect("memory ends before numbers do");
        self.rows = place.get();
        Place(place)
    }
}

impl<R> Index<Place> for Table<R> {
    type Output = R;

    fn index(&self, place: Place) -> &R {
        let at = place.0.get() as usize - 1;
        &self.pages[at / PAGE][at % PAGE]
    }
}

impl<R> IndexMut<Place> for Table<R> {
    fn index_mut(&mut self, place: Place) -> &mut R {
        let at = place.0.get() as usize - 1;
        &mut self.pages[at / PAGE][at % PAGE]
    }
}

/// Which row an id is of. Only places are kept, five bytes with what the table needs: the ids are looked at in the rows.
#[derive(Clone, Debug)]
pub(super) struct Places {
    all: HashTable<Place>,
    scatter: ahash::RandomState,
}

impl Places {
    pub(super) fn new(seed: u64) -> Places {
        Places { all: HashTable::new(), scatter: scatter(seed) }
    }

    /// The place of an id; `id_at` says whose a place is.
    pub(super) fn find(&self, id: Uuid, id_at: impl Fn(Place) -> Uuid) -> Option<Place> {
        self.all.find(self.scatter.hash_one(id.as_u128()), |place| id_at(*place) == id).copied()
    }

    /// Has the id at a place stand for that place and for no other.
    pub(super) fn put(&mut self, place: Place, id_at: impl Fn(Place) -> Uuid) {
        let (id, scattered) = (id_at(place), |place: &Place| self.scatter.hash_one(id_at(*place).as_u128()));
        match self.all.entry(scattered(&place), |one| id_at(*one) == id, scattered) {
            Entry::Occupied(mut entry) => *entry.get_mut() = place,
            Entry::Vacant(entry) => drop(entry.insert(place)),
        }
    }

    /// The places of all ids, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = Place> {
        self.all.iter().copied()
    }
}

/// Ids that come again and again, each kept once.
#[derive(Clone, Debug)]
pub(super) struct Ids {
    all: Table<Uuid>,
    places: Places,
}

impl Ids {
    pub(super) fn new(seed: u64) -> Ids {
        Ids { all: Table::new(), places: Places::new(seed) }
    }

    /// What stands for an id.
    pub(super) fn place(&mut self, id: Uuid) -> Place {
        self.places.find(id, |place| self.all[place]).unwrap_or_else(|| {
            let place = self.all.push(id);
            self.places.put(place, |place| self.all[place]);
            place
        })
    }
}

impl Index<Place> for Ids {
    type Output = Uuid;

    fn index(&self, place: Place) -> &Uuid {
        &self.all[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_id_is_found_where_it_was_put_last() {
        let (mut table, mut places) = (Table::new(), Places::new(7));
        let rows = 3 * PAGE as u128 + 1;
        for row in 0..rows {
            let place = table.push(Uuid::from_u128(row % 5_000));
            places.put(place, |place| table[place]);
        }
        for row in 0..rows {
            let place = table.push(Uuid::from_u128(row));
            assert_eq!(places.find(Uuid::from_u128(row), |place| table[place]).map(|place| place.0.get() as u128), Some(row + 1));
            places.put(place, |place| table[place]);
            assert_eq!(places.find(Uuid::from_u128(row), |place| table[place]), Some(place));
        }
        assert_eq!(places.find(Uuid::from_u128(rows), |place| table[place]), None);
        assert_eq!((table.len() as u128, places.iter().count() as u128), (2 * rows, rows));
    }

    #[test]
    fn an_id_has_one_place() {
        let mut ids = Ids::new(7);
        let places: Vec<Place> = (0..3_000).map(|number| ids.place(Uuid::from_u128(number % 1_500))).collect();
        assert_eq!(places[..1_500], places[1_500..]);
        assert!((0..1_500).zip(&places).all(|(number, place)| ids[*place] == Uuid::from_u128(number)));
    }
}
