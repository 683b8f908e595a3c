//! Values with a format of their own: codes with check digits, phones, document numbers, coefficients.

mod codes;
mod coefficient;
mod document;
mod text;

pub use codes::{edrpou, rnokpp};
pub use coefficient::Coefficient;
pub use document::{DOCUMENT_TYPES, document_number};
pub use text::{email, normalised, phone, website};

/// Why a value is not of its format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Defect {
    /// Its characters or length are wrong.
    Format,
    /// Only its check digit is.
    CheckDigit,
}
