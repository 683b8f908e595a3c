//! The present system's dictionaries, with our codes.

/// Codes of one dictionary and what they are called here.
#[derive(Debug)]
pub struct Dictionary {
    /// The dictionary's name in the present system.
    pub name: &'static str,
    /// Its codes with ours.
    pub codes: &'static [(&'static str, &'static str)],
}

impl Dictionary {
    /// Our code; the value itself where there is no counterpart, so that the law refuses it by name.
    pub fn ours<'a>(&self, theirs: &'a str) -> &'a str
    where
        'static: 'a,
    {
        self.codes.iter().find(|(code, _)| *code == theirs).map_or(theirs, |(_, ours)| ours)
    }
}

/// Declares dictionaries and the list of all of them.
macro_rules! dictionaries {
    ($($constant:ident = $name:literal { $($theirs:literal => $ours:literal),* $(,)? })*) => {
        $(pub(super) static $constant: Dictionary = Dictionary { name: $name, codes: &[$(($theirs, $ours)),*] };)*
        /// Every dictionary that the table uses.
        pub(super) static ALL: &[&Dictionary] = &[$(&$constant),*];
    };
}

dictionaries! {
    ACCREDITATION_CATEGORY = "ACCREDITATION_CATEGORY" {
        "FIRST" => "first", "SECOND" => "second", "HIGHEST" => "highest", "NO_ACCREDITATION" => "no_accreditation",
    }
    ADDRESS_TYPE = "ADDRESS_TYPE" { "RESIDENCE" => "residence", "REGISTRATION" => "registration" }
    AUTHENTICATION_METHOD = "AUTHENTICATION_METHOD" { "OTP" => "code", "OFFLINE" => "documents" }
    CONFIDANT_PERSON_TYPE = "CONFIDANT_PERSON_TYPE" { "PRIMARY" => "primary", "SECONDARY" => "secondary" }
    DOCUMENT_RELATIONSHIP_TYPE = "DOCUMENT_RELATIONSHIP_TYPE" {
        "DOCUMENT" => "document", "COURT_DECISION" => "court_decision", "BIRTH_CERTIFICATE" => "birth_certificate",
        "CONFIDANT_CERTIFICATE" => "confidant_certificate",
    }
    DOCUMENT_TYPE = "DOCUMENT_TYPE" {
        "PASSPORT" => "passport", "NATIONAL_ID" => "national_id", "BIRTH_CERTIFICATE" => "birth_certificate",
        "TEMPORARY_PASSPORT" => "temporary_passport", "TEMPORARY_CERTIFICATE" => "temporary_certificate",
        "PERMANENT_RESIDENCE_PERMIT" => "permanent_residence_permit", "REFUGEE_CERTIFICATE" => "refugee_certificate",
        "COMPLEMENTARY_PROTECTION_CERTIFICATE" => "complementary_protection_certificate",
    }
    GENDER = "GENDER" { "MALE" => "male", "FEMALE" => "female" }
    OWNER_PROPERTY_TYPE = "OWNER_PROPERTY_TYPE" { "STATE" => "state", "PRIVATE" => "private" }
    PHONE_TYPE = "PHONE_TYPE" { "MOBILE" => "mobile", "LAND_LINE" => "land_line" }
    SETTLEMENT_TYPE = "SETTLEMENT_TYPE" {
        "CITY" => "city", "TOWNSHIP" => "township", "VILLAGE" => "village", "SETTLEMENT" => "settlement",
    }
}
