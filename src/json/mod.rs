//! JSON as Litopys reads it: a closed profile with one reading for every accepted text.
//!
//! RFC 8259, restricted by the rules of I-JSON (RFC 7493) and some of our own:
//! - UTF-8 without a byte order mark;
//! - objects and arrays nest at most [`MAX_DEPTH`] deep, the outermost counting as 1;
//! - no name occurs twice in an object, compared after unescaping;
//! - numbers are integers `-?(0|[1-9][0-9]*)` within ±(2⁵³−1), and never `-0`;
//! - no unpaired surrogate, no U+0000, escaped or not;
//! - names and strings are in Unicode normalization form C;
//! - no `null`: what is absent is left out.
//!
//! Whatever is accepted here, `serde_json` accepts too, with an equal value (held by a property test and a fuzz target).

mod codes;
mod members;
mod scan;
#[cfg(test)]
mod tests;

pub(crate) use codes::codes;
pub(crate) use members::Members;

use std::borrow::Cow;
use std::fmt;

use serde_json::Value;

/// How deep objects and arrays may nest; the outermost counts as 1.
pub const MAX_DEPTH: usize = 8;

/// The largest integer that every JSON library keeps exactly (RFC 7493 §2.2): 2⁵³−1.
pub const MAX_INTEGER: i64 = 9_007_199_254_740_991;

/// The rule that a text breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JsonCode {
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The text begins with a byte order mark.
    ByteOrderMark,
    /// The text ends before the value does.
    Incomplete,
    /// Something follows the value.
    Trailing,
    /// The grammar of RFC 8259 is broken in another way.
    Syntax,
    /// A control character stands unescaped in a string.
    ControlCharacter,
    /// Objects and arrays nest too deep.
    TooDeep,
    /// A name occurs twice in one object.
    DuplicateName,
    /// A number has a fraction or an exponent.
    NotInteger,
    /// An integer is beyond ±(2⁵³−1).
    OutOfRange,
    /// An integer is written `-0`.
    NegativeZero,
    /// An integer has a leading zero.
    LeadingZero,
    /// A surrogate is escaped without its other half.
    LoneSurrogate,
    /// A string holds U+0000.
    Nul,
    /// A name or string is not in normalization form C.
    NotNfc,
    /// A value is `null`.
    Null,
}

/// Why a text was refused, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonFault {
    /// The rule broken.
    pub code: JsonCode,
    /// The byte at which it was noticed.
    pub offset: usize,
    /// The value concerned, as an RFC 6901 pointer from the text's root.
    pub pointer: String,
}

impl fmt::Display for JsonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let JsonFault { code, offset, pointer } = self;
        write!(f, "{code:?} at byte {offset}, in {pointer:?}")
    }
}

impl std::error::Error for JsonFault {}

/// Reads one JSON text of the profile. The caller bounds its length.
pub fn parse(bytes: &[u8]) -> Result<Value, JsonFault> {
    scan::parse(bytes)
}

/// One reference token of an RFC 6901 pointer, with the slash before it.
pub fn pointer_token(name: &str) -> String {
    let escaped = match name.contains(['~', '/']) {
        true => Cow::Owned(name.replace('~', "~0").replace('/', "~1")),
        false => Cow::Borrowed(name),
    };
    ["/", &escaped].concat()
}
