//! Who of several nodes on one database leads.
//!
//! The leader's writing session holds an advisory lock, which the database gives back when the session ends. Beside it the leader says
//! every moment that it lives: a process that hangs keeps its sessions and its lock, and only its silence tells. Whoever takes over from
//! a silent leader first ends its sessions.
//!
//! All this only avoids quarrels. That two leaders cannot both commit is the compare-and-swap's doing.

use std::time::Duration;

use tokio_postgres::Row as SqlRow;
use uuid::Uuid;

use super::super::{Leader, Peers, StoreError};
use super::session::{Reading, Session, Use, number, value};
use super::{Target, sql};

/// How the database's administrator sees a node's writing sessions.
pub(super) fn session_name(node: Uuid) -> String {
    format!("litopys {node}")
}

/// Takes the lead's lock for a session, and writes down who leads. Locks are given back when the session ends.
pub(super) fn take(session: &Session, node: Uuid, address: &str) -> Result<(), StoreError> {
    let rows = session.run(session.rows(sql!("lead_lock"), &[]))?;
    if !rows.first().map(|row| value(row, 0)).transpose()?.unwrap_or(false) {
        return Err(StoreError::Locked { what: "another node leads this ledger".into() });
    }
    session.run(session.execute(sql!("leader_take"), &[&node, &address]))?;
    Ok(())
}

/// A session beside the writer's, by which a node says that it lives and sees who else does.
pub struct Leadership {
    ledger: Target,
    vault: Target,
    node: Uuid,
    reading: Reading,
    beating: Option<Session>,
}

impl Leadership {
    pub(super) fn open(ledger: &Target, vault: &Target, node: Uuid) -> Result<Leadership, StoreError> {
        let reading = Reading::open(ledger)?;
        Ok(Leadership { ledger: ledger.clone(), vault: vault.clone(), node, reading, beating: None })
    }
}

impl Peers for Leadership {
    fn leader(&self) -> Result<Leader, StoreError> {
        self.reading.one(sql!("leader_read"), &[], read)?.ok_or_else(|| StoreError::corrupt("the row of the leader is missing"))
    }

    fn beat(&mut self) -> Result<(), StoreError> {
        let session = match self.beating.take() {
            Some(session) => session,
            None => Session::open(&self.ledger, &session_name(self.node), Use::Write)?,
        };
        let hit = session.run(session.execute(sql!("leader_beat"), &[&self.node]))?;
        self.beating = Some(session);
        if hit == 1 { Ok(()) } else { Err(StoreError::Fenced) }
    }

    /// Ends its sessions, on the ledger's database and on the vault's.
    fn depose(&self, silent: &Leader) -> Result<(), StoreError> {
        for target in [&self.ledger, &self.vault] {
            let session = Session::open(target, &session_name(self.node), Use::Write)?;
            session.run(session.rows(sql!("leader_depose"), &[&session_name(silent.node)]))?;
        }
        Ok(())
    }
}

fn read(row: &SqlRow) -> Result<Leader, StoreError> {
    let silent = Duration::from_millis(number(row, 3)?);
    Ok(Leader { node: value(row, 0)?, address: value(row, 1)?, holds: value(row, 2)?, silent })
}
