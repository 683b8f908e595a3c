//! Lists of what a regulator looks at twice. A finding proves nothing: families share a phone, and a queue of parents on a
//! vaccination day signs quickly. Each names its entries.

mod dismissed;
mod phones;
mod signings;

pub use dismissed::dismissed;
pub use phones::phones;
pub use signings::{Hours, at_night, by_the_hour};

use super::{MAX_FINDINGS, ReportError};

/// A list that does not grow beyond what a report takes.
struct Findings<T>(Vec<T>);

impl<T> Findings<T> {
    fn add(&mut self, finding: T) -> Result<(), ReportError> {
        if self.0.len() == MAX_FINDINGS {
            return Err(ReportError::TooMany);
        }
        self.0.push(finding);
        Ok(())
    }
}
