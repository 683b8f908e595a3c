//! Running admission: on threads that may block, a bounded number at a time.

use std::sync::Arc;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;

use super::App;
use super::problem::Problem;
use crate::admission::{self, Admitted};
use crate::sequencer::QUEUE;
use crate::service::ServiceCode;

/// How many commands are admitted at once, and how many may wait for it.
pub(super) struct Gate {
    running: Arc<Semaphore>,
    waiting: Semaphore,
    width: usize,
}

impl Gate {
    pub(super) fn new() -> Gate {
        let width = available_parallelism().map_or(2, usize::from);
        Gate { running: Arc::new(Semaphore::new(width)), waiting: Semaphore::new(QUEUE), width }
    }

    /// How many are admitted at once.
    pub(super) fn width(&self) -> usize {
        self.width
    }
}

/// Bodies up to this many bytes are admitted on the threads that read them: that takes some tens of microseconds, less than changing threads
/// may. Most bodies are smaller.
const SMALL: usize = 16 << 10;

/// Admits one command, or says at once that too many are waiting.
pub(super) async fn admit(app: &Arc<App>, body: Vec<u8>) -> Result<Admitted, Problem> {
    if body.len() <= SMALL {
        return app.together.admit(body, &app.trust.origin, &app.directory).await;
    }
    let _place = app.gate.waiting.try_acquire().map_err(|_| Problem::from(ServiceCode::Overloaded))?;
    admit_when_free(Arc::clone(app), body).await
}

/// Admits one command as soon as there is a thread for it.
async fn admit_when_free(app: Arc<App>, body: Vec<u8>) -> Result<Admitted, Problem> {
    let one = admit_all(app, vec![body]).await.pop();
    one.unwrap_or_else(|| Err(Problem::failed(ServiceCode::NotReady, "no command was admitted")))
}

/// Admits some commands together as soon as there is a thread for them: for whoever holds back himself.
pub(super) async fn admit_all(app: Arc<App>, bodies: Vec<Vec<u8>>) -> Vec<Result<Admitted, Problem>> {
    let count = bodies.len();
    let failed = |why: &dyn std::fmt::Display| (0..count).map(|_| Err(Problem::failed(ServiceCode::NotReady, why))).collect();
    let permit = match Arc::clone(&app.gate.running).acquire_owned().await {
        Ok(permit) => permit,
        Err(closed) => return failed(&closed),
    };
    let judged = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let admitted = admission::admit_all(bodies.iter().map(Vec::as_slice), &app.trust.origin, &app.directory);
        admitted.into_iter().map(|one| one.map_err(Problem::from)).collect()
    });
    judged.await.unwrap_or_else(|panic| failed(&panic))
}
