//! The clock that entries get their times from.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970, by the wall.
pub type Clock = Box<dyn Fn() -> i64 + Send>;

/// The machine's clock.
pub fn system_clock() -> Clock {
    Box::new(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64))
}
