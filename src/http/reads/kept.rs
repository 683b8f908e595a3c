//! Answers that are kept in memory until one of their rows changes.
//!
//! **Invariant:** an answer is given again only at a size at which the store would give the same. What a row was at one size never changes; what
//! it is now changes by what commits tell ([`crate::sequencer::Lately`]), and where that has a gap all is forgotten.
//!
//! **Invariant:** only what is shown alike to all who may see all of it is kept: nothing personal, nothing of which some rows are somebody's own.
//! Who asks is examined and recorded each time.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use projections::{Change, Resource};
use serde_json::Value;

use super::answer::Written;
use super::personal;
use crate::access::{View, Viewer};
use crate::sequencer::{Lately, Told};

/// How many bytes of answers, and of what they wait for, are kept before all are forgotten.
const ROOM: usize = 64 << 20;

/// What an answer to be watched takes beside its bytes, about.
const WATCH: usize = 200;

/// Whether a viewer is shown all rows of a resource, and all that the ledger holds of each, with nothing of the vault.
pub(super) fn alike(viewer: &Viewer, resource: Resource) -> bool {
    let (own, other) = viewer.views(resource);
    let personal = own == View::Whole && personal::has(resource);
    // Of what staff is shown of others' posts, some members depend on the provider.
    own == other && own >= View::Clear && !personal && !matches!(viewer, Viewer::Staff { .. })
}

/// What an answer depends on.
pub(super) struct Basis {
    pub(super) resource: Resource,
    /// At which size it is true.
    pub(super) size: u64,
    /// It was asked for as of that size, and stays true of it.
    pub(super) past: bool,
    /// The rows that it shows, and the one after them that says that there are more.
    pub(super) rows: Vec<String>,
    /// The conditions that each row holds: any of these values of each member. None where one row was asked for.
    pub(super) filters: Vec<(&'static str, Vec<String>)>,
    /// Rows with greater ids are on later pages.
    pub(super) last: Option<String>,
}

/// The answers of one interface.
#[derive(Default)]
pub(in crate::http) struct Kept(Mutex<Answers>);

impl Kept {
    /// The answer to a question, if it is true at this size; with the size.
    pub(super) fn get(&self, question: &str, size: u64, lately: &Lately) -> Option<(u64, Arc<Written>)> {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.follow(lately.take());
        let answer = answers.answers.get(question)?;
        let holds = if answer.past { size == answer.size } else { (answer.size..=answers.size).contains(&size) };
        holds.then(|| (size, Arc::clone(&answer.written)))
    }

    /// Keeps an answer, unless something changed since it was read.
    pub(super) fn put(&self, question: &str, written: &Arc<Written>, basis: Basis, lately: &Lately) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.follow(lately.take());
        if basis.past || basis.size == answers.size {
            answers.keep(question.into(), written, basis);
        }
    }
}

struct Answer {
    written: Arc<Written>,
    size: u64,
    past: bool,
    last: Option<String>,
}

/// Which questions wait for what, by resource and member (`id` among them) and its value.
type Watched = HashMap<Resource, HashMap<&'static str, HashMap<String, HashSet<Arc<str>>>>>;

const ID: &str = "id";

#[derive(Default)]
struct Answers {
    /// All but past answers are true from their own size up to this one.
    size: u64,
    room: usize,
    answers: HashMap<Arc<str>, Answer>,
    watched: Watched,
}

impl Answers {
    fn forget(&mut self) {
        *self = Answers { size: self.size, ..Answers::default() };
    }

    fn keep(&mut self, question: Arc<str>, written: &Arc<Written>, basis: Basis) {
        let Basis { resource, size, past, rows, filters, last } = basis;
        let waits = if past { 0 } else { rows.len() + filters.iter().map(|(_, values)| values.len()).sum::<usize>() };
        self.room += written.len() + (1 + waits) * WATCH;
        if self.room > ROOM {
            self.forget();
        }
        if !past {
            let mut watch = |member, value| {
                self.watched
                    .entry(resource)
                    .or_default()
                    .entry(member)
                    .or_default()
                    .entry(value)
                    .or_default()
                    .insert(Arc::clone(&question));
            };
            rows.into_iter().for_each(|id| watch(ID, id));
            filters.into_iter().for_each(|(member, values)| values.into_iter().for_each(|value| watch(member, value)));
        }
        self.answers.insert(question, Answer { written: Arc::clone(written), size, past, last });
    }

    fn follow(&mut self, told: Vec<Told>) {
        for (sizes, changes) in told {
            if sizes.start != self.size {
                self.forget();
            }
            changes.iter().for_each(|change| self.change(change));
            self.size = sizes.end;
        }
    }

    /// Forgets the answers that a change may change: those with the row, and those of which it may now hold the conditions, for which it must have
    /// got one of their values.
    fn change(&mut self, change: &Change) {
        let Answers { answers, watched, .. } = self;
        for question in waiting(watched, change.resource, ID, &change.id) {
            answers.remove(question);
        }
        for (member, value) in &change.set {
            let text = match value {
                Value::String(text) => Cow::from(text),
                Value::Bool(_) | Value::Number(_) => Cow::from(value.to_string()),
                Value::Null | Value::Array(_) | Value::Object(_) => continue,
            };
            for question in waiting(watched, change.resource, member, &text) {
                let later = answers.get(question).is_some_and(|answer| answer.last.as_ref().is_some_and(|last| change.id > *last));
                if !later {
                    answers.remove(question);
                }
            }
        }
    }
}

/// The questions that wait for a value of a member.
fn waiting<'a>(watched: &'a Watched, resource: Resource, member: &str, value: &str) -> impl Iterator<Item = &'a Arc<str>> + use<'a> {
    watched.get(&resource).and_then(|members| members.get(member)?.get(value)).into_iter().flatten()
}
