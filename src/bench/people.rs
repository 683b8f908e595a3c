//! Made-up people, parties and providers by number.

use aggregates::values::{edrpou as good_code, rnokpp as good_number};
use serde_json::{Value, json};
use uuid::Uuid;

const LAST_NAMES: [&str; 8] = ["Шевченко", "Коваленко", "Бондаренко", "Ткаченко", "Кравченко", "Олійник", "Мельник", "Поліщук"];
const FIRST_NAMES: [&str; 8] = ["Тарас", "Олена", "Іван", "Марія", "Богдан", "Ганна", "Остап", "Соломія"];
const SERIES: [&str; 10] = ["АА", "АБ", "АВ", "АЕ", "АК", "АМ", "АН", "АС", "АТ", "АЯ"];

/// The first tax number of patients and of practitioners, without its check digit.
const TAX_IDS: (u64, u64) = (200_000_000, 350_000_000);

/// Digits with the check digit that makes them good.
fn checked(digits: &str, good: impl Fn(&str) -> bool) -> String {
    let all = (0..10).map(|last| format!("{digits}{last}"));
    let mut found = all.filter(|text| good(text));
    found.next().unwrap_or_default()
}

/// A registration code.
pub fn edrpou(number: u64) -> String {
    checked(&format!("{:07}", 3_100_000 + number), |text| good_code(text).is_ok())
}

/// The tax number whose first nine digits are these.
fn tax_id(number: u64) -> String {
    checked(&format!("{number:09}"), |text| good_number(text).is_ok())
}

fn name(person: u64) -> (&'static str, &'static str) {
    (LAST_NAMES[(person % 8) as usize], FIRST_NAMES[(person / 8 % 8) as usize])
}

/// A day between 1950 and 1999.
fn born(person: u64) -> String {
    format!("{}-{:02}-{:02}", 1950 + person % 50, 1 + person / 50 % 12, 1 + person / 600 % 28)
}

/// A practitioner as a trust provider enrols one.
pub fn practitioner(id: Uuid, person: u64) -> Value {
    let (last, first) = name(person);
    json!({ "id": id, "last_name": last, "first_name": first, "tax_id": tax_id(TAX_IDS.1 + person), "birth_date": born(person) })
}

/// A patient's identity as a trust provider enrols it.
pub fn identity(id: Uuid, person: u64) -> Value {
    let (last, first) = name(person);
    json!({ "id": id, "last_name": last, "first_name": first, "tax_id": tax_id(TAX_IDS.0 + person), "birth_date": born(person), "documents": documents(person) })
}

fn documents(person: u64) -> Value {
    json!([{ "type": "passport", "number": format!("{}{:06}", SERIES[(person / 1_000_000 % 10) as usize], person % 1_000_000) }])
}

/// A patient's registration, with what most have.
pub fn patient(id: Uuid, person: u64) -> Value {
    let (last, first) = name(person);
    let contact = json!({ "last_name": last, "first_name": "Катерина", "phones": phones(person) });
    json!({
        "patient": id, "authentication": "code", "data_processing_consent": true, "code_phone": phone(person),
        "last_name": last, "first_name": first, "birth_date": born(person), "birth_country": "Україна", "birth_settlement": "Моринці",
        "gender": "male", "tax_id": tax_id(TAX_IDS.0 + person), "documents": documents(person), "addresses": addresses("residence"),
        "secret": "соняшник", "emergency_contact": contact,
    })
}

fn phone(person: u64) -> String {
    format!("+38{:010}", 670_000_000 + person % 330_000_000)
}

fn phones(person: u64) -> Value {
    json!([{ "type": "mobile", "number": phone(person) }])
}

fn addresses(kind: &str) -> Value {
    let settlement = Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0384);
    json!([{ "type": kind, "country": "UA", "area": "Київська", "settlement": "Вишневе", "settlement_type": "city", "settlement_id": settlement }])
}

/// A provider as its head registers it.
pub fn provider(id: Uuid, post: Uuid, edrpou: &str) -> Value {
    json!({
        "legal_entity": id, "employee": post, "position": "P1", "ownership": "communal", "legal_form": "150", "edrpou": edrpou,
        "name": "Центр первинної допомоги", "kveds": ["86.21"], "addresses": addresses("registration"), "phones": phones(1),
        "email": "clinic@example.com", "public_offer_consent": true,
        "licence": { "issued_by": "МОЗ", "issued_date": "2020-01-01", "active_from_date": "2020-02-01", "order_number": "5" },
    })
}

/// A place where a provider works.
pub fn division(id: Uuid) -> Value {
    json!({
        "division": id, "name": "Амбулаторія № 1", "type": "ambulant_clinic", "addresses": addresses("residence"), "phones": phones(2),
        "email": "one@example.com", "mountain": false,
    })
}

/// A post that is offered to a doctor or a receptionist.
pub fn post(id: Uuid, person: Uuid, division: Uuid, kind: &str) -> Value {
    let mut data = json!({ "employee": id, "practitioner": person, "type": kind, "position": "P15", "start_date": "2026-11-01", "division": division });
    if kind == "doctor" {
        data["position"] = json!("P7");
        data["specialities"] = json!([{
            "speciality": "family_doctor", "officio": true, "level": "first", "qualification_type": "awarding",
            "attestation_name": "Академія", "attestation_date": "2020-01-01", "certificate_number": "1",
        }]);
        data["educations"] = json!([{
            "country": "UA", "city": "Київ", "institution_name": "НМУ", "diploma_number": "2", "degree": "master", "speciality": "Лікувальна справа",
        }]);
    }
    data
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_good_and_people_differ() {
        let codes: Vec<String> = (0..2_000).map(|number| tax_id(TAX_IDS.0 + number)).collect();
        assert!(codes.iter().all(|code| good_number(code).is_ok()), "each has a check digit");
        assert!((0..200).all(|number| good_code(&edrpou(number)).is_ok()));
        let documents: std::collections::HashSet<String> = (0..5_000).map(|number| documents(number * 1_999).to_string()).collect();
        assert_eq!(documents.len(), 5_000);
    }
}
