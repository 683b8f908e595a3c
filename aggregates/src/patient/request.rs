//! Declaration requests.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::words::{Bytes32, Instant};

/// How a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestStatus {
    /// Made.
    New,
    /// Confirmed by the patient.
    Confirmed,
    /// Signed by the doctor.
    Signed,
    /// Replaced by a newer one.
    Cancelled,
    /// Not signed within its term.
    Expired,
}

impl fmt::Display for RequestStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            RequestStatus::New => "new",
            RequestStatus::Confirmed => "confirmed",
            RequestStatus::Signed => "signed",
            RequestStatus::Cancelled => "cancelled",
            RequestStatus::Expired => "expired",
        })
    }
}

/// A one-time code that may still be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentCode {
    /// What commits to it.
    pub commitment: Bytes32,
    /// When it was drawn.
    pub at: Instant,
    /// How many wrong tries it has had.
    pub wrong_tries: u32,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Its id.
    pub id: Uuid,
    /// The id that its declaration will have.
    pub declaration: Uuid,
    /// The doctor chosen.
    pub employee: Uuid,
    /// Where.
    pub division: Uuid,
    /// When it was made.
    pub at: Instant,
    /// How it stands on the ledger; what has lapsed unrecorded is told by [`Request::status_at`].
    pub status: RequestStatus,
    /// The code that may be tried.
    pub code: Option<SentCode>,
    /// How many codes it has had.
    pub codes_sent: u32,
}

impl Request {
    /// How it stands at a moment: open requests older than their term count as expired, recorded or not.
    pub fn status_at(&self, now: Instant, term_days: i64) -> RequestStatus {
        let lapsed = self.at.plus_seconds(term_days * 86_400) <= now;
        match self.status {
            RequestStatus::New | RequestStatus::Confirmed if lapsed => RequestStatus::Expired,
            status => status,
        }
    }
}
