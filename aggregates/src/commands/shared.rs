//! Objects that several commands share.

use crate::form::{Kind, Member};
use crate::values::DOCUMENT_TYPES;

const SETTLEMENT_TYPES: &[&str] = &["city", "township", "village", "settlement"];
const GENDERS: &[&str] = &["male", "female"];

/// A postal address; the settlement is named as the register of settlements names it.
const ADDRESS: &[Member] = &[
    Member::clear("type", Kind::OneOf(&["residence", "registration"])),
    Member::clear("country", Kind::Text(2, 2)),
    Member::clear("area", Kind::Text(1, 100)),
    Member::clear("region", Kind::Text(1, 100)).optional(),
    Member::clear("settlement", Kind::Text(1, 100)),
    Member::clear("settlement_type", Kind::OneOf(SETTLEMENT_TYPES)),
    Member::clear("settlement_id", Kind::Id),
    Member::clear("street_type", Kind::Text(1, 30)).optional(),
    Member::clear("street", Kind::Text(1, 150)).optional(),
    Member::clear("building", Kind::Text(1, 20)).optional(),
    Member::clear("apartment", Kind::Text(1, 20)).optional(),
    Member::clear("zip", Kind::Digits(5)).optional(),
];

/// Addresses, at least one.
pub(super) const ADDRESSES: Kind = Kind::List(&Kind::Object(ADDRESS), 1, 5);

const PHONE: &[Member] = &[Member::clear("type", Kind::OneOf(&["mobile", "land_line"])), Member::clear("number", Kind::Phone)];

/// Phones, at least one, one of each type.
pub(super) const PHONES: Kind = Kind::List(&Kind::Object(PHONE), 1, 2);

const DOCUMENT: &[Member] = &[
    Member::clear("type", Kind::OneOf(DOCUMENT_TYPES)),
    Member::clear("number", Kind::Text(1, 30)),
    Member::clear("issued_at", Kind::Date).optional(),
    Member::clear("issued_by", Kind::Text(1, 200)).optional(),
    Member::clear("expires_at", Kind::Date).optional(),
];

/// Identity documents, at least one.
pub(super) const DOCUMENTS: Kind = Kind::List(&Kind::Object(DOCUMENT), 1, 8);

/// Gender as the documents state it.
pub(super) const GENDER: Kind = Kind::OneOf(GENDERS);

/// A party's name in Ukrainian and, if it has one, in English.
pub(super) const PARTY_NAME: Kind = Kind::Text(2, 200);
