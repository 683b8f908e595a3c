//! Facts: what a decision takes from outside cause and registry, without personal data.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::words::Bytes32;

/// How old a patient is, as far as the law asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AgeClass {
    /// Under 14: a representative acts.
    #[serde(rename = "under_14")]
    Under14,
    /// 14 to 17.
    #[serde(rename = "14_to_17")]
    From14To17,
    /// 18 and more.
    #[serde(rename = "adult")]
    Adult,
}

/// What the matching index knows of an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// Nobody has it.
    None,
    /// Exactly this one.
    One(Uuid),
    /// More than one.
    Several,
}

/// The facts of one decision, the closed list of all commands; each uses its own few.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The disclosed members are present and of their forms.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub forms_ok: Option<bool>,
    /// Which patient has the disclosed identity.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub patient_match: Option<Match>,
    /// Which practitioner has the disclosed identity.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub same_practitioner: Option<Match>,
    /// Whether a sole proprietor's code is the tax number of the practitioner who registers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub owner_code_matches: Option<bool>,
    /// The patient's age on the day of the entry.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub age_class: Option<AgeClass>,
    /// Whether the phone serves few enough patients to serve one more.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub phone_reuse_ok: Option<bool>,
    /// The digest of the disclosure that sets the phone for codes.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub phone_disclosure: Option<Bytes32>,
    /// What commits to the code just drawn.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code_commitment: Option<Bytes32>,
    /// Whether the code tried is the one sent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code_matches: Option<bool>,
    /// The salt of a code that this entry ends, so that its tries can be checked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub code_salt: Option<Bytes32>,
    /// Whether the patient's written application is attached.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub application_attached: Option<bool>,
}
