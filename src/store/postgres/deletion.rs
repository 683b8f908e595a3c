//! What edits of the vault delete, all of a kind with one statement.

use uuid::Uuid;

use super::super::{IndexKey, StoreError, VaultEdit};
use super::failure::{bound, together};
use super::packed::packed_subject;
use super::session::Session;
use super::sql;

/// Edits by kind, each kind by columns. Deletions may be done in any order.
#[derive(Default)]
pub(super) struct Deletions {
    codes: (Vec<Uuid>, Vec<i64>),
    matches: (Vec<[u8; 32]>, Vec<Vec<u8>>, Vec<i64>),
    subjects: (Vec<Vec<u8>>, Vec<i64>),
}

impl Deletions {
    pub(super) fn of(edits: &[VaultEdit], key: &IndexKey) -> Deletions {
        let mut all = Deletions::default();
        for edit in edits {
            match edit {
                VaultEdit::EndCodes { request, through } => {
                    all.codes.0.push(*request);
                    all.codes.1.push(bound(*through));
                }
                VaultEdit::Unindex { subject, keys, through } => {
                    all.matches.0.extend(keys.iter().map(|plain| key.mac(plain)));
                    all.matches.1.extend(keys.iter().map(|_| packed_subject(subject)));
                    all.matches.2.extend(keys.iter().map(|_| bound(*through)));
                }
                VaultEdit::Erase { subject, through } => {
                    all.subjects.0.push(packed_subject(subject));
                    all.subjects.1.push(bound(*through));
                }
            }
        }
        all
    }

    pub(super) async fn run(&self, session: &Session) -> Result<(), StoreError> {
        let (codes, matches, subjects) = tokio::join!(self.end_codes(session), self.unindex(session), self.erase(session));
        together([codes, matches, subjects])
    }

    async fn end_codes(&self, session: &Session) -> Result<(), StoreError> {
        let (requests, through) = &self.codes;
        if !requests.is_empty() {
            session.execute(sql!("code_end"), &[requests, through]).await?;
        }
        Ok(())
    }

    async fn unindex(&self, session: &Session) -> Result<(), StoreError> {
        let (macs, subjects, through) = &self.matches;
        if !macs.is_empty() {
            let macs: Vec<&[u8]> = macs.iter().map(|mac| mac.as_slice()).collect();
            session.execute(sql!("match_delete"), &[&macs, subjects, through]).await?;
        }
        Ok(())
    }

    async fn erase(&self, session: &Session) -> Result<(), StoreError> {
        let (subjects, through) = &self.subjects;
        if !subjects.is_empty() {
            session.execute(sql!("disclosure_erase"), &[subjects, through]).await?;
            session.execute(sql!("match_erase"), &[subjects, through]).await?;
        }
        Ok(())
    }
}
