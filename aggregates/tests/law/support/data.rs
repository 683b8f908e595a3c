//! Whole data of commands, disclosed members in their places.

use aggregates::policy::PolicyTerms;
use serde_json::{Value, json};

use super::names::*;

pub const FAR: &str = "2030-01-01T00:00:00Z";

pub fn genesis(regulators: &[&str]) -> Value {
    json!({
        "regulators": regulators.iter().map(|name| jwk(name)).collect::<Vec<_>>(),
        "operator": jwk("operator"),
        "log_key": verifier_key("litopys.example"),
        "refusal_key": verifier_key("litopys.example/r"),
        "keys_until": FAR,
        "policy": PolicyTerms::default(),
    })
}

pub fn verifier_key(name: &str) -> String {
    format!("{name}+0a1b2c3d+{}", "A".repeat(44))
}

pub fn auditor_admit(name: &str) -> Value {
    json!({"auditor": id(name), "name": "Рахункова палата", "key": jwk(name), "key_until": FAR})
}

pub fn trust_provider_accredit(name: &str) -> Value {
    json!({"trust_provider": id(name), "name": "Надавач довірчих послуг", "edrpou": edrpou(name), "key": jwk(name), "key_until": FAR})
}

pub fn mis_apply(name: &str) -> Value {
    json!({
        "mis": id(name), "name": "МІС", "edrpou": edrpou(name), "product": "Картка", "email": "mis@example.com",
        "key": jwk(name), "key_until": FAR,
    })
}

pub fn mis_record_test(name: &str, passed: bool) -> Value {
    json!({"mis": id(name), "programme": "Програма 1", "held_on": "2026-01-01", "passed": passed})
}

pub fn mis_accredit(name: &str) -> Value {
    json!({"mis": id(name)})
}

pub fn mis_suspend(name: &str) -> Value {
    json!({"mis": id(name), "reason": "security_incident"})
}

pub fn mis_reinstate(name: &str) -> Value {
    json!({"mis": id(name)})
}

/// A key named `key` for the practitioner `name`.
pub fn enrol_practitioner(key: &str, name: &str, represents: &[&str]) -> Value {
    let mut data = json!({
        "key": jwk(key), "from": "2026-01-01T00:00:00Z", "until": FAR, "evidence": "presence",
        "practitioner": {
            "id": id(name), "last_name": "Коваль", "first_name": "Олена", "tax_id": rnokpp(name), "birth_date": "1980-05-06",
            "email": "olena.koval@example.com", "phone": phone(name),
        },
    });
    if !represents.is_empty() {
        data["represents"] = represents.iter().map(|name| edrpou(name)).collect();
    }
    data
}

/// A key named `key` for the patient `name`.
pub fn enrol_patient(key: &str, name: &str, born: &str) -> Value {
    json!({
        "key": jwk(key), "from": "2026-01-01T00:00:00Z", "until": FAR, "evidence": "electronic_id",
        "patient": {
            "id": id(name), "last_name": "Шевченко", "first_name": "Марія", "tax_id": rnokpp(name), "birth_date": born,
            "documents": [{"type": "passport", "number": passport(name)}],
        },
    })
}

pub fn key_revoke(key: &str) -> Value {
    json!({"kid": kid(key), "reason": "compromised"})
}

pub fn address(kind: &str) -> Value {
    json!({
        "type": kind, "country": "UA", "area": "Київська", "settlement": "Бровари", "settlement_type": "city",
        "settlement_id": id("Бровари"), "street": "Київська вулиця", "building": "12а",
    })
}

/// A company with its head's post `<name> owner`.
pub fn legal_entity(name: &str) -> Value {
    json!({
        "legal_entity": id(name), "employee": id(&format!("{name} owner")), "position": "P2", "name": "Амбулаторія",
        "ownership": "communal", "legal_form": "150", "edrpou": edrpou(name), "kveds": ["86.21"],
        "addresses": [address("registration")], "phones": [{"type": "mobile", "number": "+380440000000"}],
        "email": "clinic@example.com", "public_offer_consent": true,
        "licence": {"issued_by": "МОЗ", "issued_date": "2020-01-01", "active_from_date": "2020-01-02", "order_number": "К-123"},
    })
}

pub fn legal_entity_verify(name: &str) -> Value {
    json!({"legal_entity": id(name)})
}

/// A sole proprietor whose code is the tax number of `owner`.
pub fn sole_proprietor(name: &str, owner: &str) -> Value {
    let mut data = legal_entity(name);
    data.as_object_mut().unwrap().remove("edrpou");
    data["ownership"] = json!("sole_proprietor");
    data["legal_form"] = json!("910");
    data["tax_id"] = json!(rnokpp(owner));
    data
}

pub fn division_open(name: &str) -> Value {
    json!({
        "division": id(name), "name": "Відділення", "type": "clinic", "addresses": [address("residence")],
        "phones": [{"type": "land_line", "number": "+380440000001"}], "email": "division@example.com", "mountain": false,
    })
}

pub fn speciality(name: &str, officio: bool) -> Value {
    json!({
        "speciality": name, "officio": officio, "level": "first", "qualification_type": "awarding",
        "attestation_name": "Академія", "attestation_date": "2015-01-01", "certificate_number": "С-1",
    })
}

pub fn invite(employee: &str, who: &str, kind: &str) -> Value {
    json!({"employee": id(employee), "practitioner": id(who), "type": kind, "position": "P14", "start_date": "2026-02-01"})
}

/// The first speciality is the post's.
pub fn invite_doctor(employee: &str, who: &str, division: &str, specialities: &[&str]) -> Value {
    let mut data = invite(employee, who, "doctor");
    data["division"] = json!(id(division));
    data["specialities"] = specialities.iter().enumerate().map(|(place, name)| speciality(name, place == 0)).collect();
    data["educations"] = json!([{
        "country": "UA", "city": "Київ", "institution_name": "НМУ", "diploma_number": "Д-1", "degree": "master", "speciality": "Лікувальна справа",
    }]);
    data
}

pub fn accept(employee: &str) -> Value {
    json!({"employee": id(employee)})
}

pub fn dismiss(employee: &str) -> Value {
    json!({"employee": id(employee), "reason": "own_wish"})
}

/// An adult or youth who receives codes on the phone of his name.
pub fn patient_register(name: &str, born: &str) -> Value {
    json!({
        "patient": id(name), "authentication": "code", "data_processing_consent": true,
        "last_name": "Шевченко", "first_name": "Марія", "birth_date": born, "birth_country": "Україна", "birth_settlement": "Умань",
        "gender": "female", "tax_id": rnokpp(name), "documents": [{"type": "passport", "number": passport(name)}],
        "addresses": [address("residence")], "code_phone": phone(name), "secret": "таємниця",
        "emergency_contact": {"last_name": "Шевченко", "first_name": "Іван", "phones": [{"type": "mobile", "number": "+380671234567"}]},
    })
}

/// A child with one primary representative.
pub fn child_register(name: &str, born: &str) -> Value {
    let mut data = patient_register(name, born);
    data["documents"] = json!([{"type": "birth_certificate", "number": format!("І-АМ №{}", &passport(name)["АЯ".len()..])}]);
    data["representatives"] = json!([{
        "relation": "primary", "last_name": "Шевченко", "first_name": "Ганна", "birth_date": "1990-01-01", "birth_country": "Україна",
        "birth_settlement": "Умань", "gender": "female", "secret": "словослово",
        "documents": [{"type": "passport", "number": "АЯ000001"}], "relationship_documents": [{"type": "birth_certificate", "number": "1"}],
    }]);
    data
}

/// The request `name`, whose declaration will be `<name> declaration`.
pub fn request_create(name: &str, patient: &str, employee: &str, division: &str) -> Value {
    json!({
        "patient": id(patient), "request": id(name), "declaration": id(&format!("{name} declaration")), "employee": id(employee),
        "division": id(division), "scope": "family_doctor",
    })
}

pub fn request(name: &str, patient: &str) -> Value {
    json!({"patient": id(patient), "request": id(name)})
}

pub fn confirm_by_code(name: &str, patient: &str, code: &str) -> Value {
    json!({"patient": id(patient), "request": id(name), "code": code})
}

pub fn declaration_sign(name: &str, patient: &str, employee: &str, division: &str) -> Value {
    let mut data = request_create(name, patient, employee, division);
    data["patient_signed"] = json!(true);
    data
}

pub fn terminate(name: &str, patient: &str, reason: &str) -> Value {
    json!({"patient": id(patient), "declaration": id(&format!("{name} declaration")), "reason": reason})
}
