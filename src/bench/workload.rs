//! What is measured: which commands, in which order.

use std::ops::Range;
use std::time::Duration;

use uuid::Uuid;

use super::{BenchError, Cast, Step};

/// One patient in so many has a key of his own in the mix, as in the demo.
const KEYED: u64 = 8;
/// One patient in so many ends his declaration in the mix, as in the demo.
const LEAVING: u64 = 40;

/// A kind of day at the registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// Request, confirmation by key and signature for patients who are registered already.
    Declarations,
    /// The demo's proportions of enrolments, registrations, requests, codes, confirmations, signatures and ends.
    Mix,
}

/// Commands that were taken.
#[derive(Clone, Copy, Debug, Default)]
pub struct Taken {
    /// How many.
    pub commands: u64,
    /// Bytes of their bodies.
    pub bytes: u64,
    /// How long they took.
    pub time: Duration,
}

impl Workload {
    /// Both.
    pub const ALL: [Workload; 2] = [Workload::Declarations, Workload::Mix];

    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Workload::Declarations => "declarations",
            Workload::Mix => "mix",
        }
    }

    /// Plays some patients' day: each stage is signed before it is handed to `take`, which says how long it took. Commands of one stage do
    /// not depend on each other. `take` is told whether the stage is measured or only prepares.
    ///
    /// # Errors
    /// [`BenchError`].
    pub fn play(
        self,
        cast: &Cast,
        patients: Range<u64>,
        codes: &(dyn Fn(Uuid) -> String + Sync),
        mut take: impl FnMut(&[String], bool) -> Result<Duration, BenchError>,
    ) -> Result<Taken, BenchError> {
        let keyed = |patient: &u64| self == Workload::Declarations || patient.is_multiple_of(KEYED);
        let (with_key, without): (Vec<u64>, Vec<u64>) = patients.partition(keyed);
        let all = |step: Step<'_>| -> Result<Vec<String>, BenchError> {
            let mut bodies = cast.commands_of(&step, &with_key)?;
            bodies.extend(cast.commands_of(&step, &without)?);
            Ok(bodies)
        };
        let measured = self == Workload::Mix;
        let mut taken = Taken::default();
        let mut stage = |bodies: Vec<String>, measured: bool| -> Result<(), BenchError> {
            let time = take(&bodies, measured)?;
            if measured {
                taken.commands += bodies.len() as u64;
                taken.bytes += bodies.iter().map(|body| body.len() as u64).sum::<u64>();
                taken.time += time;
            }
            Ok(())
        };
        stage(cast.commands_of(&Step::Enrol, &with_key)?, measured)?;
        let mut registrations = cast.commands_of(&Step::Register { with_key: true }, &with_key)?;
        registrations.extend(cast.commands_of(&Step::Register { with_key: false }, &without)?);
        stage(registrations, measured)?;
        stage(all(Step::Request)?, true)?;
        stage(cast.commands_of(&Step::SendCode, &without)?, true)?;
        let mut confirmations = cast.commands_of(&Step::ConfirmByCode(codes), &without)?;
        confirmations.extend(cast.commands_of(&Step::ConfirmByKey, &with_key)?);
        stage(confirmations, true)?;
        stage(all(Step::Sign)?, true)?;
        if self == Workload::Mix {
            let leaving: Vec<u64> = without.iter().copied().filter(|patient| patient % LEAVING == 1).collect();
            stage(cast.commands_of(&Step::Terminate, &leaving)?, true)?;
        }
        Ok(taken)
    }
}
