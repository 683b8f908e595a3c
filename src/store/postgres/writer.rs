//! Transactions of a writer: begun with what decides them, committed when every answer has come.

use super::super::StoreError;
use super::failure::of_commit;
use super::session::{Session, Use};
use super::{Target, rights, sql};

/// A writing session. After a commit with an unknown outcome, or when the session is lost, it commits nothing any more.
pub(super) struct Writer {
    session: Session,
    lost: bool,
}

impl Writer {
    pub(super) fn open(target: &Target, name: &str) -> Result<Writer, StoreError> {
        let session = Session::open(target, name, Use::Write)?;
        rights::check_durable(&session, target)?;
        Ok(Writer { session, lost: false })
    }

    pub(super) fn session(&self) -> &Session {
        &self.session
    }

    /// One transaction.
    pub(super) fn transact<T>(&mut self, work: impl AsyncFnOnce(&Session) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.transact_after(async |_| Ok(()), async |_| Ok(()), async |session, ()| work(session).await)
    }

    /// One transaction that `guard` opens: it goes out with BEGIN, and `ask` right behind it, without waiting for it. The
    /// work follows when both are answered, and COMMIT when the work is.
    pub(super) fn transact_after<A, T>(
        &mut self,
        guard: impl AsyncFnOnce(&Session) -> Result<(), StoreError>,
        ask: impl AsyncFnOnce(&Session) -> Result<A, StoreError>,
        work: impl AsyncFnOnce(&Session, A) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.lost {
            return Err(StoreError::Io("this writer's session is lost, or an earlier commit of it has an unknown outcome".into()));
        }
        // Until the end is known, a way out by `?` leaves the session as lost.
        self.lost = true;
        let session = &self.session;
        let worked = session.wait(async {
            let begin = async { session.client().batch_execute(sql!("begin")).await.map_err(StoreError::from) };
            let ((), (), asked) = tokio::try_join!(begin, guard(session), ask(session))?;
            work(session, asked).await
        })?;
        match worked {
            Ok(done) => {
                commit(session)?;
                self.lost = false;
                Ok(done)
            }
            Err(error) => {
                // What cannot be told to roll back has ended, and with it the transaction.
                if session.run(session.client().batch_execute(sql!("rollback"))).is_ok() {
                    self.lost = false;
                }
                Err(error)
            }
        }
    }
}

/// Commits; tells a commit that surely did not happen from one that may have.
pub(super) fn commit(session: &Session) -> Result<(), StoreError> {
    let committed = session.wait(session.client().batch_execute(sql!("commit")));
    committed.map_err(|late| StoreError::Unknown(Box::new(late)))?.map_err(of_commit)
}
