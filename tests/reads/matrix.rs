//! Who sees how many rows of what. The numbers are counted by hand from the story, never computed.

use serde_json::json;

use crate::registry::Registry;
use crate::story::id;
use crate::who::Who;

const DENIED: i64 = -1;

/// Lists, with what each of [`Who::ALL`] sees of them: nobody, MIS, regulator, auditor, operator, the clinic's head, its
/// doctor, the head of the other provider, the patient with a key.
#[rustfmt::skip]
const LISTS: [(&str, [i64; 9]); 9] = [
    ("mis",                  [1,      1,      1, 1, 1,      1,  1,  1,  1]),
    ("trust-providers",      [1,      1,      1, 1, 1,      1,  1,  1,  1]),
    ("legal-entities",       [2,      2,      2, 2, 2,      2,  2,  2,  2]),
    ("divisions",            [1,      1,      1, 1, 1,      1,  1,  1,  1]),
    // The directory has doctors alone; regulator and auditor see the two heads too.
    ("practitioners",        [2,      2,      4, 4, 2,      2,  2,  2,  2]),
    ("employees",            [DENIED, DENIED, 4, 4, DENIED, 3,  3,  1,  DENIED]),
    // Of the clinic's patients one has a declaration in force.
    ("patients",             [DENIED, DENIED, 6, 6, DENIED, 1,  1,  0,  1]),
    ("declaration-requests", [DENIED, DENIED, 8, 8, DENIED, 8,  8,  0,  3]),
    ("declarations",         [DENIED, DENIED, 5, 5, DENIED, 5,  5,  0,  2]),
];

#[test]
fn each_sees_of_each_list_what_is_his() {
    let registry = Registry::told();
    let tokens = Who::ALL.map(|who| registry.token(who));
    for (list, expected) in LISTS {
        for ((who, token), expected) in Who::ALL.iter().zip(&tokens).zip(expected) {
            let answer = registry.get(&format!("/v1/{list}"), token);
            let found = if answer.status == 200 { answer.ids().len() as i64 } else { DENIED };
            assert_eq!(found, expected, "{who:?} of {list}: {}", answer.json);
            if found == DENIED {
                assert_eq!(answer.told(), (403, "access_denied"));
                continue;
            }
            // A row of a list is the row itself.
            for row in answer.json["data"].as_array().unwrap() {
                let one = registry.get(&format!("/v1/{list}/{}", row["id"].as_str().unwrap()), token);
                assert_eq!((one.status.as_u16(), &one.json["data"]), (200, row), "{who:?} of {list}");
            }
        }
    }
}

#[test]
fn single_rows_of_others_are_denied_and_told_apart_from_none() {
    let registry = Registry::told();
    let (own, foreign) = (registry.token(Who::Doctor), registry.token(Who::Other));
    for path in [
        format!("/v1/employees/{}", id(141)),
        format!("/v1/patients/{}", id(2000)),
        format!("/v1/declarations/{}", id(2002)),
        format!("/v1/declaration-requests/{}", id(2001)),
        format!("/v1/declarations/{}/history", id(2002)),
    ] {
        assert_eq!(registry.get(&path, &own).status, 200, "{path}");
        assert_eq!(registry.get(&path, &foreign).told(), (403, "access_denied"), "{path}");
        assert_eq!(registry.get(&path, "").told(), (403, "access_denied"), "{path}");
    }
    for list in ["employees", "patients", "declarations", "declaration-requests"] {
        assert_eq!(registry.get(&format!("/v1/{list}/{}", id(999_999)), &own).told(), (404, "no_such_resource"));
    }
    // One whose declaration ended and who asks for no other is nobody's patient any more.
    assert_eq!(registry.get(&format!("/v1/patients/{}", id(2300)), &own).told(), (403, "access_denied"));
}

// scenario 74
#[test]
fn a_declaration_elsewhere_is_told_without_telling_where() {
    let registry = Registry::told();
    let of = |patient: u64, who: Who| registry.get(&format!("/v1/patients/{}/declaration", id(patient)), &registry.token(who));
    assert_eq!(of(2000, Who::Doctor).json["data"]["id"], json!(id(2002)));
    let elsewhere = of(2000, Who::Other);
    assert_eq!(elsewhere.told(), (403, "declaration_elsewhere"));
    let text = elsewhere.json.to_string();
    assert!([100, 101, 141, 2002].iter().all(|number| !text.contains(&id(*number).to_string())), "{text}");
    assert_eq!(of(2300, Who::Doctor).told(), (404, "no_such_resource"), "it has ended");
    assert_eq!(of(2000, Who::Regulator).json["data"]["legal_entity"], json!(id(100)));
    assert_eq!(of(2000, Who::Patient).told(), (403, "access_denied"), "another patient");
    assert_eq!(of(2200, Who::Patient).told(), (404, "no_such_resource"), "his own has ended");
    for who in [Who::Nobody, Who::Mis, Who::Operator] {
        assert_eq!(of(2000, who).told(), (403, "access_denied"), "{who:?}");
    }
}

#[test]
fn personal_values_are_for_those_who_may_have_them() {
    let registry = Registry::told();
    let patient = |who: Who, number: u64| registry.get(&format!("/v1/patients/{}", id(number)), &registry.token(who)).json["data"].clone();
    let whole = patient(Who::Doctor, 2000);
    assert_eq!((&whole["personal"]["last_name"], &whole["personal"]["code_phone"]), (&json!("Шевченко"), &json!("+380670000001")));
    assert_eq!(whole["personal"]["addresses"][0]["settlement"], "Вишневе");
    assert_eq!(patient(Who::Regulator, 2000), whole);
    assert_eq!(patient(Who::Patient, 2200)["personal"]["first_name"], "Тарас");
    let clear = patient(Who::Auditor, 2000);
    assert_eq!(clear["status"], "registered");
    assert!(clear.get("personal").is_none(), "an auditor sees everything but disclosures");
    let doctor = |who: Who| registry.get(&format!("/v1/practitioners/{}", id(14)), &registry.token(who)).json["data"].clone();
    assert_eq!(doctor(Who::Owner)["personal"]["birth_date"], "1975-06-07");
    for who in [Who::Nobody, Who::Mis, Who::Other, Who::Patient, Who::Doctor, Who::Auditor] {
        assert!(doctor(who).get("personal").is_none(), "{who:?}");
    }
}

#[test]
fn a_history_tells_who_and_hides_where_others_went() {
    let registry = Registry::told();
    let path = format!("/v1/declarations/{}/history", id(2202));
    let history = |who: Who| registry.get(&path, &registry.token(who)).json["data"].clone();
    let told = history(Who::Regulator);
    assert_eq!(told.as_array().unwrap().len(), 2);
    assert_eq!((&told[0]["command"]["type"], &told[0]["row"]["status"]), (&json!("declaration.sign"), &json!("active")));
    assert_eq!((&told[1]["row"]["status"], &told[1]["row"]["reason"]), (&json!("terminated"), &json!("replaced")));
    assert_eq!(told[0]["until_size"], told[1]["from_size"]);
    let signers: Vec<_> = told[1]["command"]["signers"].as_array().unwrap().iter().map(|signer| signer["as"].as_str().unwrap()).collect();
    assert_eq!(signers, ["mis", "doctor"]);
    assert_eq!(told[1]["command"]["signers"][1]["of"], json!(format!("employee/{}", id(141))));
    assert_eq!(history(Who::Doctor), told, "it was signed in his own house");
    assert_eq!(history(Who::Patient), told);
    // The public sees what happened to a provider, and in which roles it was signed.
    let public = registry.get(&format!("/v1/legal-entities/{}/history", id(100)), "").json["data"].clone();
    assert_eq!(public[0]["command"]["signers"], json!([{ "as": "mis" }, { "as": "owner" }]));
    assert_eq!((&public[0]["row"]["verified"], &public[1]["row"]["verified"]), (&json!(false), &json!(true)));
}
