//! One session with a database, from a thread that waits for its answers.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::time::Duration;

use futures_core::Stream as _;
use tokio::runtime::{self, Runtime};
use tokio::time::timeout;
use tokio_postgres::types::{FromSql, ToSql, Type};
use tokio_postgres::{Client, Error, NoTls, Row, Statement};

use super::super::StoreError;
use super::Target;
use super::failure::{is_lost, is_unheard_of, told};
use super::sql;

/// How long an answer may take. Longer means that the database hangs or that its machine is cut off.
const PATIENCE: Duration = Duration::from_secs(30);

/// The parameters of a statement.
pub(super) type Parameters<'a> = &'a [&'a (dyn ToSql + Sync)];

/// What a session is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Reading: the database refuses anything else.
    Read,
    /// Writing; each commit is durable when it returns.
    Write,
}

/// A session. Its client lives on a runtime of its own, on the thread that calls, so that an answer wakes nobody else.
///
/// A session of a writer that is lost stays lost, as its lead may be: a new one is opened with the store.
pub(super) struct Session {
    client: Client,
    statements: RefCell<HashMap<&'static str, Statement>>,
    /// What comes next may be the answer to something else.
    given_up: Cell<bool>,
    // Emptied only when dropped.
    runtime: Option<Runtime>,
}

impl Session {
    /// Connects. `name` is how the database's administrator sees the session.
    pub(super) fn open(target: &Target, name: &str, purpose: Use) -> Result<Session, StoreError> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let mut config = target.config.clone();
        config.application_name(name);
        let unreached = |error: Error| match error.as_db_error() {
            // Starting up, or out of connections: that may pass.
            Some(cause) if !cause.code().code().starts_with("57P") && !cause.code().code().starts_with("53") => {
                StoreError::Misconfigured { place: target.to_string(), why: told(&error) }
            }
            _ => StoreError::Io(format!("{target}: {}", told(&error)).into()),
        };
        let client = runtime.block_on(async {
            let client = match &target.tls {
                None => {
                    let (client, connection) = config.connect(NoTls).await?;
                    tokio::spawn(connection);
                    client
                }
                Some(tls) => {
                    let (client, connection) = config.connect(tls.clone()).await?;
                    tokio::spawn(connection);
                    client
                }
            };
            client.batch_execute(if purpose == Use::Read { sql!("settings_reader") } else { sql!("settings_writer") }).await?;
            Ok(client)
        });
        Ok(Session {
            client: client.map_err(unreached)?,
            statements: RefCell::default(),
            given_up: Cell::new(false),
            runtime: Some(runtime),
        })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Nothing more may be asked of it: answers would be taken for those of other questions.
    pub(super) fn give_up(&self) {
        self.given_up.set(true);
    }

    /// Waits for the database, but not for ever. The inner error is the database's.
    pub(super) fn wait<T, E>(&self, work: impl Future<Output = Result<T, E>>) -> Result<Result<T, E>, StoreError> {
        let ended = || StoreError::Io("the session has ended".into());
        let runtime = self.runtime.as_ref().filter(|_| !self.given_up.get()).ok_or_else(ended)?;
        let late = |_| StoreError::Io(format!("the database did not answer within {} s", PATIENCE.as_secs()).into());
        runtime.block_on(async { timeout(PATIENCE, work).await }).map_err(late)
    }

    /// Waits for the database.
    pub(super) fn run<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, StoreError> {
        Ok(self.wait(work)??)
    }

    /// A statement, prepared once in the session. With types its parameters have those.
    pub(super) async fn prepared(&self, sql: &'static str, types: &[Type]) -> Result<Statement, Error> {
        if let Some(known) = self.statements.borrow().get(sql) {
            return Ok(known.clone());
        }
        let new = self.client.prepare_typed(sql, types).await?;
        self.statements.borrow_mut().insert(sql, new.clone());
        Ok(new)
    }

    /// The rows that a statement gives.
    pub(super) async fn rows(&self, sql: &'static str, parameters: Parameters<'_>) -> Result<Vec<Row>, Error> {
        let statement = self.prepared(sql, &[]).await?;
        self.client.query(&statement, parameters).await
    }

    /// The same, without any where no text of the database can be what was asked for.
    pub(super) async fn heard(&self, sql: &'static str, parameters: Parameters<'_>) -> Result<Vec<Row>, Error> {
        let rows = self.rows(sql, parameters).await;
        rows.or_else(|error| if is_unheard_of(&error) { Ok(Vec::new()) } else { Err(error) })
    }

    /// How many rows a statement changed.
    pub(super) async fn execute(&self, sql: &'static str, parameters: Parameters<'_>) -> Result<u64, Error> {
        let statement = self.prepared(sql, &[]).await?;
        self.client.execute(&statement, parameters).await
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // Waits for nothing, so that a session may be dropped anywhere; the database sees its connection close.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A session for reading, which is opened anew when it was lost: every answer is of one statement, so none is half of one
/// session's.
pub(super) struct Reading {
    target: Target,
    session: RefCell<Option<Session>>,
}

impl Reading {
    pub(super) fn open(target: &Target) -> Result<Reading, StoreError> {
        let session = Session::open(target, "litopys reader", Use::Read)?;
        Ok(Reading { target: target.clone(), session: RefCell::new(Some(session)) })
    }

    /// What is read in the rows that a statement gives.
    pub(super) fn many<T>(
        &self,
        sql: &'static str,
        parameters: Parameters<'_>,
        read: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        self.rows(sql, parameters)?.iter().map(read).collect()
    }

    /// The first row that a statement gives, if there is one.
    pub(super) fn one<T>(
        &self,
        sql: &'static str,
        parameters: Parameters<'_>,
        read: impl Fn(&Row) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        self.rows(sql, parameters)?.first().map(read).transpose()
    }

    /// Another one of the same.
    pub(super) fn another(&self) -> Result<Reading, StoreError> {
        Reading::open(&self.target)
    }

    /// Gives each row of a statement to `take` as it comes, while the database goes on with the next ones.
    pub(super) fn each(
        &self,
        sql: &'static str,
        parameters: Parameters<'_>,
        mut take: impl FnMut(&Row) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // If it is lost, some rows have been taken already: whoever asked must begin anew, and will have another.
        let known = self.session.borrow_mut().take();
        let session = known.map_or_else(|| Session::open(&self.target, "litopys reader", Use::Read), Ok)?;
        let all: Result<Result<(), StoreError>, Error> = session.wait(async {
            let statement = session.prepared(sql, &[]).await?;
            let mut rows = pin!(session.client.query_raw(&statement, parameters.iter().copied()).await?);
            while let Some(row) = poll_fn(|context| rows.as_mut().poll_next(context)).await {
                if let Err(error) = take(&row?) {
                    return Ok(Err(error));
                }
            }
            Ok(Ok(()))
        })?;
        let all = all?;
        *self.session.borrow_mut() = Some(session);
        all
    }

    /// The rows that a statement gives.
    pub(super) fn rows(&self, sql: &'static str, parameters: Parameters<'_>) -> Result<Vec<Row>, StoreError> {
        self.ask(async |session| session.heard(sql, parameters).await)
    }

    /// What is asked of the session: one statement, or some that go out together and are answered in one round trip. It is asked anew
    /// where the session was lost.
    pub(super) fn ask<T>(&self, work: impl AsyncFn(&Session) -> Result<T, Error>) -> Result<T, StoreError> {
        let mut place = self.session.borrow_mut();
        let mut fresh = false;
        loop {
            let session = match place.take() {
                Some(session) => session,
                None => {
                    fresh = true;
                    Session::open(&self.target, "litopys reader", Use::Read)?
                }
            };
            // Without an answer in time the session is of no more use.
            match session.wait(work(&session))? {
                Ok(told) => {
                    *place = Some(session);
                    return Ok(told);
                }
                Err(error) if is_lost(&error) && !fresh => drop(session),
                Err(error) => {
                    *place = (!is_lost(&error)).then_some(session);
                    return Err(error.into());
                }
            }
        }
    }
}

/// A value of a row.
pub(super) fn value<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T, StoreError> {
    row.try_get(column).map_err(|error| StoreError::corrupt(told(&error)))
}

/// The number in a column that holds none below zero.
pub(super) fn number(row: &Row, column: usize) -> Result<u64, StoreError> {
    let value: i64 = value(row, column)?;
    u64::try_from(value).map_err(|_| StoreError::corrupt(format!("{value} stands where no number below zero can")))
}

/// The 32 bytes in a column.
pub(super) fn hash(row: &Row, column: usize) -> Result<[u8; 32], StoreError> {
    let bytes: &[u8] = value(row, column)?;
    bytes.try_into().map_err(|_| StoreError::corrupt(format!("{} bytes stand where 32 should", bytes.len())))
}
