//! Refusals: why the law turns a command down.

mod catalogue;

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

pub use catalogue::Code;

/// What a refusal does to the command's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bond {
    /// The id is used up; a refusal note is given.
    Final,
    /// Nothing is bound: the same command may be sent again, corrected or later.
    Open,
}

/// One member of a document that is not as the law wants it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// JSON pointer (RFC 6901) into the payload.
    pub pointer: String,
    /// What is wrong, a code of the catalogue's faults of form.
    pub code: Code,
    /// What the rule asked for, by name.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub params: Map<String, Value>,
}

/// A command turned down. It never stands in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The reason.
    pub code: Code,
    /// The member at fault, where one is.
    pub pointer: Option<String>,
    /// Values that complete the text, never personal ones.
    pub params: Map<String, Value>,
    /// For `form_invalid`, each fault found (at most [`Refusal::MAX_FAULTS`]), in the order of the command's table.
    pub faults: Vec<Fault>,
}

impl Refusal {
    /// How many faults of form one answer lists.
    pub const MAX_FAULTS: usize = 32;

    /// A refusal of state.
    pub fn new(code: Code) -> Refusal {
        Refusal { code, pointer: None, params: Map::new(), faults: Vec::new() }
    }

    /// The same, naming the member at fault.
    pub fn at(self, pointer: impl Into<String>) -> Refusal {
        Refusal { pointer: Some(pointer.into()), ..self }
    }

    /// The same, with one more value for the text.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Refusal {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// A refusal for faults of form.
    pub fn form(mut faults: Vec<Fault>) -> Refusal {
        faults.truncate(Refusal::MAX_FAULTS);
        let pointer = faults.first().map(|fault| fault.pointer.clone());
        Refusal { code: Code::FormInvalid, pointer, params: Map::new(), faults }
    }

    /// The catalogue's sentence in the language asked for (`uk`, or English otherwise), with the parameters filled in.
    pub fn text(&self, language: &str) -> String {
        self.code.text(language, &self.params)
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Refusal {
        Refusal::new(code)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.text("en"))?;
        match &self.pointer {
            Some(pointer) => write!(f, " ({pointer})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Refusal {}
