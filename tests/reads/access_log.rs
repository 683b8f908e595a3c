//! Who read what is personal, and who may know it.

use serde_json::json;

use crate::registry::Registry;
use crate::story::{id, key};
use crate::who::Who;

#[test]
fn each_personal_read_is_recorded_for_regulator_and_patient() {
    let registry = Registry::told();
    let log = |query: &str, who: Who| registry.get(&format!("/v1/access-log{query}"), &registry.token(who));
    assert_eq!(log("", Who::Regulator).json["data"], json!([]));
    let doctor = registry.token(Who::Doctor);
    registry.get(&format!("/v1/patients/{}", id(2000)), &doctor);
    registry.get(&format!("/v1/patients/{}", id(2300)), &doctor);
    registry.get("/v1/legal-entities", &doctor);
    registry.get("/v1/declarations", &registry.token(Who::Patient));
    let records = log("", Who::Regulator).json["data"].clone();
    let own = json!({
        "number": 2, "time": records[0]["time"], "as": "patient", "of": format!("patient/{}", id(2200)), "kid": key(18).kid(),
        "mis": format!("mis/{}", id(12)), "resource": "declarations", "subject": format!("patient/{}", id(2200)), "size": registry.size(),
    });
    let doctors = json!({
        "number": 1, "time": records[1]["time"], "as": "doctor", "of": format!("employee/{}", id(141)), "kid": key(14).kid(),
        "mis": format!("mis/{}", id(12)), "resource": "patients", "subject": format!("patient/{}", id(2000)), "size": registry.size(),
    });
    assert_eq!(records, json!([own, doctors]), "what was denied or public is no read of anybody");
    let about = |number: u64, who: Who| log(&format!("?subject=patient/{}", id(number)), who);
    assert_eq!(about(2000, Who::Regulator).json["data"], json!([doctors]));
    assert_eq!(about(2200, Who::Patient).json["data"], json!([own]));
    assert_eq!(log("", Who::Patient).json["data"], json!([own]), "about himself alone");
    assert_eq!(about(2000, Who::Patient).told(), (403, "access_denied"));
    for who in [Who::Nobody, Who::Mis, Who::Auditor, Who::Operator, Who::Owner, Who::Doctor] {
        assert_eq!(log("", who).told(), (403, "access_denied"), "{who:?}");
    }
    let first = log("?limit=1", Who::Regulator).json;
    assert_eq!((&first["data"], &first["next"]), (&json!([own]), &json!(2)));
    assert_eq!(log("?limit=1&before=2", Who::Regulator).json["data"], json!([doctors]));
    assert_eq!(log("?subject=x", Who::Regulator).told(), (400, "bad_parameter"));
}

#[test]
fn nothing_personal_is_shown_that_cannot_be_recorded() {
    if crate::live::on_a_database() {
        return; // The log's file is what is broken here.
    }
    let registry = Registry::told();
    let token = registry.token(Who::Regulator);
    let path = format!("/v1/patients/{}", id(2000));
    assert_eq!(registry.get(&path, &token).status, 200);
    let log = rusqlite::Connection::open(&registry.live.paths.access_log).unwrap();
    log.execute_batch("CREATE TRIGGER full BEFORE INSERT ON access BEGIN SELECT RAISE(ABORT, 'full'); END").unwrap();
    assert_eq!(registry.get(&path, &token).told(), (503, "not_ready"));
    assert_eq!(registry.get("/v1/mis", &token).status, 200);
    log.execute_batch("DROP TRIGGER full").unwrap();
    assert_eq!(registry.get(&path, &token).status, 200);
    let changed = ["UPDATE access SET role = 'x'", "DELETE FROM access", "INSERT OR REPLACE INTO access SELECT * FROM access"];
    for sql in changed {
        assert!(log.execute(sql, []).is_err(), "{sql}");
    }
}

#[test]
fn an_answer_about_several_is_a_record_of_each_before_and_after_they_are_sorted() {
    if crate::live::on_a_database() {
        return; // The log's file is looked into here.
    }
    let registry = Registry::told();
    let token = registry.token(Who::Regulator);
    let subjects = |answer: &serde_json::Value| -> Vec<String> {
        answer["data"].as_array().unwrap().iter().map(|record| record["subject"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(registry.get("/v1/patients", &token).status, 200);
    assert_eq!(registry.get(&format!("/v1/patients/{}", id(2000)), &token).status, 200);
    let log = |query: &str| registry.get(&format!("/v1/access-log{query}"), &token).json;
    let all = log("");
    let numbers: Vec<u64> = all["data"].as_array().unwrap().iter().map(|record| record["number"].as_u64().unwrap()).collect();
    let count = numbers.len() as u64;
    assert!(count >= 4, "{all}");
    assert_eq!(numbers, (1..=count).rev().collect::<Vec<_>>(), "dense, latest first");
    // Pages end anywhere in the row of an answer.
    for limit in 1..=count {
        let (mut walked, mut before) = (Vec::new(), count + 1);
        while before > 1 {
            let page = log(&format!("?limit={limit}&before={before}"));
            walked.extend(subjects(&page));
            before = page.get("next").map_or(1, |next| next.as_u64().unwrap());
        }
        assert_eq!(walked, subjects(&all), "{limit}");
    }
    let about = |before: u64| log(&format!("?subject=patient/{}&before={before}", id(2000)));
    let file = rusqlite::Connection::open(&registry.live.paths.access_log).unwrap();
    let one = |sql: &str| file.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap() as u64;
    for sorted in [false, true] {
        while sorted && one("SELECT number FROM access_sorted") < count {
            std::thread::yield_now();
        }
        assert_eq!(about(count + 1)["data"].as_array().unwrap().len(), 2);
        assert_eq!(about(count + 1)["data"][0], all["data"][0]);
        assert_eq!(about(count)["data"].as_array().unwrap().len(), 1);
        assert_eq!(about(1)["data"], json!([]));
    }
    assert_eq!(one("SELECT count(*) FROM access_subjects"), count);
    for sql in ["UPDATE access_sorted SET number = 0", "DELETE FROM access_sorted", "DELETE FROM access_subjects"] {
        assert!(file.execute(sql, []).is_err(), "{sql}");
    }
}
