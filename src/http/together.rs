//! Admitting together what comes together, for signatures cost less when they are verified together.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot::{self, error::TryRecvError};
use tokio::task::yield_now;

use super::problem::Problem;
use crate::admission::{self, Admitted, KeyDirectory};
use crate::service::ServiceCode;

/// How many commands are admitted at a time: what one thread is busy with meanwhile takes half a millisecond.
const GROUP: usize = 8;

/// Commands that lie ready to be admitted, the oldest first.
///
/// Whoever brings one puts it down, lets other tasks run once, so that they may put down theirs, and admits what lies there until his own is
/// admitted, by him or by another. So nobody depends on anybody's going on, and there are at most as many as requests.
#[derive(Default)]
pub(super) struct Together(Mutex<VecDeque<Laid>>);

struct Laid {
    body: Vec<u8>,
    reply: oneshot::Sender<Result<Admitted, Problem>>,
}

impl Together {
    /// Admits a command, and perhaps others on the way.
    ///
    /// # Errors
    /// Why it is not admitted.
    pub(super) async fn admit(&self, body: Vec<u8>, origin: &str, known: &KeyDirectory) -> Result<Admitted, Problem> {
        let (reply, mut answer) = oneshot::channel();
        self.laid().push_back(Laid { body, reply });
        yield_now().await;
        loop {
            match answer.try_recv() {
                Ok(admitted) => return admitted,
                Err(TryRecvError::Closed) => return Err(ended()),
                Err(TryRecvError::Empty) => {}
            }
            let some: Vec<Laid> = {
                let mut laid = self.laid();
                let count = laid.len().min(GROUP);
                laid.drain(..count).filter(|one| !one.reply.is_closed()).collect()
            };
            if some.is_empty() && self.laid().is_empty() {
                // Another thread is admitting it.
                return answer.await.unwrap_or_else(|_| Err(ended()));
            }
            let admitted = admission::admit_all(some.iter().map(|one| one.body.as_slice()), origin, known);
            for (one, admitted) in some.into_iter().zip(admitted) {
                // Whoever went away will ask again with the same command.
                let _ = one.reply.send(admitted.map_err(Problem::from));
            }
        }
    }

    fn laid(&self) -> MutexGuard<'_, VecDeque<Laid>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever was admitting it failed in a way that nobody foresaw.
fn ended() -> Problem {
    Problem::failed(ServiceCode::NotReady, "no command was admitted")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use tokio::runtime;

    use super::*;

    const BODIES: [&str; 3] = ["{", "{}", r#"{"payload":1,"signatures":[]}"#];

    fn alone(body: &str) -> Problem {
        admission::admit(body.as_bytes(), "example.org/registry", &KeyDirectory::default()).unwrap_err().into()
    }

    async fn admitted(together: Arc<Together>, body: &'static str) -> Problem {
        together.admit(body.into(), "example.org/registry", &KeyDirectory::default()).await.unwrap_err()
    }

    #[test]
    fn each_is_answered_as_if_it_had_come_alone_even_if_others_go_away() {
        let runtime = runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
        let together = Arc::new(Together::default());
        let tasks: Vec<_> =
            (0..300).map(|place| (place, runtime.spawn(admitted(Arc::clone(&together), BODIES[place % BODIES.len()])))).collect();
        let codes = BODIES.map(|body| alone(body).code());
        assert!(codes[0] != codes[1] && codes[1] != codes[2]);
        runtime.block_on(async {
            for (place, task) in tasks {
                if place % 7 == 0 {
                    task.abort();
                    continue;
                }
                let problem = tokio::time::timeout(Duration::from_secs(60), task).await.unwrap().unwrap();
                assert_eq!(problem.code(), codes[place % BODIES.len()]);
            }
            // Whoever goes away before his turn leaves a command that the next one passes.
            let gone = tokio::spawn(admitted(Arc::clone(&together), BODIES[0]));
            yield_now().await;
            gone.abort();
            assert_eq!(admitted(Arc::clone(&together), BODIES[1]).await.code(), codes[1]);
        });
        assert!(together.laid().is_empty());
    }
}
