//! The table: what becomes of each member of a payload.

use super::dictionaries::{self as dictionary, Dictionary};
use super::{KEY_ENROL, LEGAL_ENTITY_REGISTER, PATIENT_REGISTER, REQUEST_CREATE};

/// The payloads that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The registration of a provider.
    LegalEntity,
    /// A declaration request with its person.
    DeclarationRequest,
}

impl Source {
    /// Every payload with the name of its file.
    pub const ALL: [(Source, &'static str); 2] =
        [(Source::LegalEntity, "legal_entity.json"), (Source::DeclarationRequest, "declaration_request.json")];

    /// The name of its file.
    pub fn file(self) -> &'static str {
        Source::ALL[self as usize].1
    }
}

/// What becomes of one member.
#[derive(Debug)]
pub struct Row {
    /// The payload.
    pub source: Source,
    /// The member's path; `*` stands for any place in a list, a last `**` for everything below.
    pub path: &'static str,
    /// What becomes of it.
    pub to: To,
}

/// Where a member goes.
#[derive(Debug)]
pub enum To {
    /// To this member of this command; each `*` is the place that the path has.
    Member(&'static str, &'static str, How),
    /// Nowhere, for this reason.
    Left(&'static str),
}

/// How a value changes on its way.
#[derive(Clone, Copy, Debug)]
pub enum How {
    /// It does not.
    AsIs,
    /// Its code becomes ours.
    Code(&'static Dictionary),
    /// Its code becomes ours, unless the legal form says more: 910 is a sole proprietor, 150 and 430 are communal.
    Ownership,
    /// As it is, unless the legal form is 910.
    OfCompany,
    /// As it is, if the legal form is 910: then the code is the owner's tax number.
    OfSoleProprietor,
}

macro_rules! rows {
    ($($source:ident { $($path:literal => $to:expr,)* })*) => {
        /// Every member of the payloads; where several rows have one path, each takes the member that it fits.
        pub static TABLE: &[Row] = &[$($(Row { source: Source::$source, path: $path, to: $to }),*),*];
    };
}

use How::{AsIs, Code, OfCompany, OfSoleProprietor, Ownership};
use To::Left;

const fn entity(member: &'static str, how: How) -> To {
    To::Member(LEGAL_ENTITY_REGISTER, member, how)
}

const fn enrol(member: &'static str, how: How) -> To {
    To::Member(KEY_ENROL, member, how)
}

const fn patient(member: &'static str, how: How) -> To {
    To::Member(PATIENT_REGISTER, member, how)
}

const fn request(member: &'static str, how: How) -> To {
    To::Member(REQUEST_CREATE, member, how)
}

const ONE_LICENCE: &str = "a provider registers with its main licence, the first";
const ONE_METHOD: &str = "a patient without a key confirms in one way, the first";
const TAX_ID_OR_NOT: &str = "a tax number is given or left out; its check digit is the law's to check";

rows! {
    LegalEntity {
        "name" => entity("name", AsIs),
        "short_name" => entity("short_name", AsIs),
        "public_name" => entity("public_name", AsIs),
        "type" => Left("this ledger registers providers of primary care only; their activities (KVED) show it"),
        "owner_property_type" => entity("ownership", Ownership),
        "legal_form" => entity("legal_form", AsIs),
        "edrpou" => entity("edrpou", OfCompany),
        "edrpou" => entity("tax_id", OfSoleProprietor),
        "kveds/*" => entity("kveds/*", AsIs),
        "addresses/*/type" => entity("addresses/*/type", Code(&dictionary::ADDRESS_TYPE)),
        "addresses/*/country" => entity("addresses/*/country", AsIs),
        "addresses/*/area" => entity("addresses/*/area", AsIs),
        "addresses/*/region" => entity("addresses/*/region", AsIs),
        "addresses/*/settlement" => entity("addresses/*/settlement", AsIs),
        "addresses/*/settlement_type" => entity("addresses/*/settlement_type", Code(&dictionary::SETTLEMENT_TYPE)),
        "addresses/*/settlement_id" => entity("addresses/*/settlement_id", AsIs),
        "addresses/*/street_type" => entity("addresses/*/street_type", AsIs),
        "addresses/*/street" => entity("addresses/*/street", AsIs),
        "addresses/*/building" => entity("addresses/*/building", AsIs),
        "addresses/*/apartment" => entity("addresses/*/apartment", AsIs),
        "addresses/*/zip" => entity("addresses/*/zip", AsIs),
        "phones/*/type" => entity("phones/*/type", Code(&dictionary::PHONE_TYPE)),
        "phones/*/number" => entity("phones/*/number", AsIs),
        "email" => entity("email", AsIs),
        "website" => entity("website", AsIs),
        "receiver_funds_code" => entity("receiver_funds_code", AsIs),
        "beneficiary" => entity("beneficiary", AsIs),
        "archive/*/date" => entity("archive/*/date", AsIs),
        "archive/*/place" => entity("archive/*/place", AsIs),
        "medical_service_provider/licenses/0/license_number" => entity("licence/number", AsIs),
        "medical_service_provider/licenses/0/issued_by" => entity("licence/issued_by", AsIs),
        "medical_service_provider/licenses/0/issued_date" => entity("licence/issued_date", AsIs),
        "medical_service_provider/licenses/0/active_from_date" => entity("licence/active_from_date", AsIs),
        "medical_service_provider/licenses/0/expiry_date" => entity("licence/expiry_date", AsIs),
        "medical_service_provider/licenses/0/order_no" => entity("licence/order_number", AsIs),
        "medical_service_provider/licenses/0/what_licensed" => entity("licence/what_licensed", AsIs),
        "medical_service_provider/licenses/*/**" => Left(ONE_LICENCE),
        "medical_service_provider/accreditation/category" => entity("accreditation/category", Code(&dictionary::ACCREDITATION_CATEGORY)),
        "medical_service_provider/accreditation/order_no" => entity("accreditation/order_number", AsIs),
        "medical_service_provider/accreditation/order_date" => entity("accreditation/order_date", AsIs),
        "medical_service_provider/accreditation/issued_date" => entity("accreditation/issued_date", AsIs),
        "medical_service_provider/accreditation/expiry_date" => entity("accreditation/expiry_date", AsIs),
        "public_offer/consent" => entity("public_offer_consent", AsIs),
        "public_offer/consent_text" => Left("the offer's text is published by who offers; its wording is not the provider's to send"),
        "security/redirect_uri" => Left("people act with keys of their own; there is no log-in to come back from"),
        "owner/position" => entity("position", AsIs),
        "owner/last_name" => enrol("practitioner/last_name", AsIs),
        "owner/first_name" => enrol("practitioner/first_name", AsIs),
        "owner/second_name" => enrol("practitioner/second_name", AsIs),
        "owner/gender" => enrol("practitioner/gender", Code(&dictionary::GENDER)),
        "owner/tax_id" => enrol("practitioner/tax_id", AsIs),
        "owner/no_tax_id" => Left("a practitioner is known by his tax number, so he has one"),
        "owner/birth_date" => enrol("practitioner/birth_date", AsIs),
        "owner/email" => enrol("practitioner/email", AsIs),
        "owner/documents/*/type" => enrol("practitioner/documents/*/type", Code(&dictionary::DOCUMENT_TYPE)),
        "owner/documents/*/number" => enrol("practitioner/documents/*/number", AsIs),
        "owner/documents/*/issued_at" => enrol("practitioner/documents/*/issued_at", AsIs),
        "owner/documents/*/issued_by" => enrol("practitioner/documents/*/issued_by", AsIs),
        "owner/documents/*/expiration_date" => enrol("practitioner/documents/*/expires_at", AsIs),
        "owner/phones/0/number" => enrol("practitioner/phone", AsIs),
        "owner/phones/*/**" => Left("a trust provider keeps one phone of a practitioner, the first, of either type"),
    }
    DeclarationRequest {
        "declaration_request/person/last_name" => patient("last_name", AsIs),
        "declaration_request/person/first_name" => patient("first_name", AsIs),
        "declaration_request/person/second_name" => patient("second_name", AsIs),
        "declaration_request/person/birth_date" => patient("birth_date", AsIs),
        "declaration_request/person/birth_country" => patient("birth_country", AsIs),
        "declaration_request/person/birth_settlement" => patient("birth_settlement", AsIs),
        "declaration_request/person/gender" => patient("gender", Code(&dictionary::GENDER)),
        "declaration_request/person/email" => patient("email", AsIs),
        "declaration_request/person/tax_id" => patient("tax_id", AsIs),
        "declaration_request/person/no_tax_id" => Left(TAX_ID_OR_NOT),
        "declaration_request/person/invalid_tax_id" => Left(TAX_ID_OR_NOT),
        "declaration_request/person/unzr" => patient("unzr", AsIs),
        "declaration_request/person/secret" => patient("secret", AsIs),
        "declaration_request/person/preferred_way_communication" => patient("preferred_way_communication", AsIs),
        "declaration_request/person/documents/*/type" => patient("documents/*/type", Code(&dictionary::DOCUMENT_TYPE)),
        "declaration_request/person/documents/*/number" => patient("documents/*/number", AsIs),
        "declaration_request/person/documents/*/issued_at" => patient("documents/*/issued_at", AsIs),
        "declaration_request/person/documents/*/issued_by" => patient("documents/*/issued_by", AsIs),
        "declaration_request/person/documents/*/expiration_date" => patient("documents/*/expires_at", AsIs),
        "declaration_request/person/addresses/*/type" => patient("addresses/*/type", Code(&dictionary::ADDRESS_TYPE)),
        "declaration_request/person/addresses/*/country" => patient("addresses/*/country", AsIs),
        "declaration_request/person/addresses/*/area" => patient("addresses/*/area", AsIs),
        "declaration_request/person/addresses/*/region" => patient("addresses/*/region", AsIs),
        "declaration_request/person/addresses/*/settlement" => patient("addresses/*/settlement", AsIs),
        "declaration_request/person/addresses/*/settlement_type" => patient("addresses/*/settlement_type", Code(&dictionary::SETTLEMENT_TYPE)),
        "declaration_request/person/addresses/*/settlement_id" => patient("addresses/*/settlement_id", AsIs),
        "declaration_request/person/addresses/*/street_type" => patient("addresses/*/street_type", AsIs),
        "declaration_request/person/addresses/*/street" => patient("addresses/*/street", AsIs),
        "declaration_request/person/addresses/*/building" => patient("addresses/*/building", AsIs),
        "declaration_request/person/addresses/*/apartment" => patient("addresses/*/apartment", AsIs),
        "declaration_request/person/addresses/*/zip" => patient("addresses/*/zip", AsIs),
        "declaration_request/person/phones/*/type" => patient("phones/*/type", Code(&dictionary::PHONE_TYPE)),
        "declaration_request/person/phones/*/number" => patient("phones/*/number", AsIs),
        "declaration_request/person/authentication_methods/0/type" => patient("authentication", Code(&dictionary::AUTHENTICATION_METHOD)),
        "declaration_request/person/authentication_methods/0/phone_number" => patient("code_phone", AsIs),
        "declaration_request/person/authentication_methods/*/**" => Left(ONE_METHOD),
        "declaration_request/person/emergency_contact/last_name" => patient("emergency_contact/last_name", AsIs),
        "declaration_request/person/emergency_contact/first_name" => patient("emergency_contact/first_name", AsIs),
        "declaration_request/person/emergency_contact/second_name" => patient("emergency_contact/second_name", AsIs),
        "declaration_request/person/emergency_contact/phones/*/type" => patient("emergency_contact/phones/*/type", Code(&dictionary::PHONE_TYPE)),
        "declaration_request/person/emergency_contact/phones/*/number" => patient("emergency_contact/phones/*/number", AsIs),
        "declaration_request/person/confidant_person/*/relation_type" => patient("representatives/*/relation", Code(&dictionary::CONFIDANT_PERSON_TYPE)),
        "declaration_request/person/confidant_person/*/last_name" => patient("representatives/*/last_name", AsIs),
        "declaration_request/person/confidant_person/*/first_name" => patient("representatives/*/first_name", AsIs),
        "declaration_request/person/confidant_person/*/second_name" => patient("representatives/*/second_name", AsIs),
        "declaration_request/person/confidant_person/*/birth_date" => patient("representatives/*/birth_date", AsIs),
        "declaration_request/person/confidant_person/*/birth_country" => patient("representatives/*/birth_country", AsIs),
        "declaration_request/person/confidant_person/*/birth_settlement" => patient("representatives/*/birth_settlement", AsIs),
        "declaration_request/person/confidant_person/*/gender" => patient("representatives/*/gender", Code(&dictionary::GENDER)),
        "declaration_request/person/confidant_person/*/tax_id" => patient("representatives/*/tax_id", AsIs),
        "declaration_request/person/confidant_person/*/secret" => patient("representatives/*/secret", AsIs),
        "declaration_request/person/confidant_person/*/documents_person/*/type" => patient("representatives/*/documents/*/type", Code(&dictionary::DOCUMENT_TYPE)),
        "declaration_request/person/confidant_person/*/documents_person/*/number" => patient("representatives/*/documents/*/number", AsIs),
        "declaration_request/person/confidant_person/*/documents_person/*/issued_at" => patient("representatives/*/documents/*/issued_at", AsIs),
        "declaration_request/person/confidant_person/*/documents_person/*/issued_by" => patient("representatives/*/documents/*/issued_by", AsIs),
        "declaration_request/person/confidant_person/*/documents_relationship/*/type" => patient("representatives/*/relationship_documents/*/type", Code(&dictionary::DOCUMENT_RELATIONSHIP_TYPE)),
        "declaration_request/person/confidant_person/*/documents_relationship/*/number" => patient("representatives/*/relationship_documents/*/number", AsIs),
        "declaration_request/person/confidant_person/*/phones/*/type" => patient("representatives/*/phones/*/type", Code(&dictionary::PHONE_TYPE)),
        "declaration_request/person/confidant_person/*/phones/*/number" => patient("representatives/*/phones/*/number", AsIs),
        "declaration_request/person/patient_signed" => Left("a request is not signed on paper; the doctor states it in declaration.sign"),
        "declaration_request/person/process_disclosure_data_consent" => patient("data_processing_consent", AsIs),
        "declaration_request/scope" => request("scope", AsIs),
        "declaration_request/employee_id" => request("employee", AsIs),
        "declaration_request/division_id" => request("division", AsIs),
        "declaration_request/seed" => Left("the log's Merkle tree chains the records; a sender states what he saw in the payload's member seen"),
    }
}
