//! Tokens: who gets one, which check turns away whom, and when one ends.

use litopys::access::assertion::{CLIENT, Claims, PERSON, sign};
use serde_json::json;

use crate::registry::{Answer, Registry};
use crate::story::{Story, id, key};
use crate::who::{Who, for_itself, for_person, now};

fn ask(registry: &Registry, form: &[(&str, String)]) -> Answer {
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    registry.ask(&form)
}

/// The assertion is turned away with this code, by this check.
#[track_caller]
fn turned(answer: &Answer, status: u16, code: &str, member: &str, check: &str) {
    assert_eq!(answer.told(), (status, code), "{}", answer.json);
    let fault = &answer.json["errors"][0];
    assert_eq!((&fault["code"], &fault["params"]["parameter"]), (&json!(check), &json!(member)), "{}", answer.json);
}

#[test]
fn everybody_gets_the_token_that_he_asks_for() {
    let registry = Registry::told();
    for (who, expected) in [
        (Who::Mis, json!({ "as": "mis", "of": format!("mis/{}", id(12)) })),
        (Who::Regulator, json!({ "as": "regulator" })),
        (Who::Auditor, json!({ "as": "auditor" })),
        (Who::Operator, json!({ "as": "operator" })),
        (Who::Owner, json!({ "as": "owner", "of": format!("employee/{}", id(131)), "legal_entity": id(100) })),
        (Who::Doctor, json!({ "as": "doctor", "of": format!("employee/{}", id(141)), "legal_entity": id(100) })),
        (Who::Patient, json!({ "as": "patient", "of": format!("patient/{}", id(2200)) })),
    ] {
        let answer = ask(&registry, &who.form());
        assert_eq!((answer.status.as_u16(), &answer.json["for"]), (200, &expected));
        assert_eq!((&answer.json["token_type"], &answer.json["expires_in"]), (&json!("Bearer"), &json!(300)));
    }
}

#[test]
fn an_assertion_counts_once() {
    let registry = Registry::told();
    let mis = Who::Mis.sign(&Who::Mis.claims());
    assert_eq!(ask(&registry, &for_itself(mis.clone())).status, 200);
    turned(&ask(&registry, &for_itself(mis.clone())), 401, "invalid_client", "client_assertion", "used");
    let person = Who::Doctor.sign(&Who::Doctor.claims());
    turned(&ask(&registry, &for_person(mis, person.clone())), 401, "invalid_client", "client_assertion", "used");
    let another = || Who::Mis.sign(&Who::Mis.claims());
    assert_eq!(ask(&registry, &for_person(another(), person.clone())).status, 200, "what gave no token was not used up");
    turned(&ask(&registry, &for_person(another(), person)), 400, "invalid_grant", "assertion", "used");
}

#[test]
fn each_check_says_its_name() {
    let registry = Registry::told();
    let honest = Who::Regulator.claims();
    let altered = |alter: &dyn Fn(&mut Claims)| {
        let mut claims = Who::Regulator.claims();
        alter(&mut claims);
        Who::Regulator.sign(&claims)
    };
    let spoiled = |place: usize| {
        let mut parts: Vec<String> = Who::Regulator.sign(&Who::Regulator.claims()).split('.').map(str::to_owned).collect();
        parts[place].push('=');
        parts.join(".")
    };
    for (assertion, check) in [
        ("x".into(), "malformed"),
        ("a.b".into(), "malformed"),
        (spoiled(0), "malformed"),
        (spoiled(1), "malformed"),
        (spoiled(2), "malformed"),
        ("x".repeat(5000), "malformed"),
        (sign(&honest, PERSON, &key(1)), "type"),
        (sign(&honest, "litopys-command+json", &key(1)), "type"),
        (sign(&honest, "JWT", &key(1)), "type"),
        (altered(&|claims| claims.client = Some(format!("mis/{}", id(12)).parse().unwrap())), "claims"),
        (altered(&|claims| claims.jti = String::new()), "claims"),
        (altered(&|claims| claims.jti = "j".repeat(65)), "claims"),
        (altered(&|claims| claims.iss = "operator".into()), "issuer"),
        (altered(&|claims| claims.aud = "example.org/other".into()), "audience"),
        (altered(&|claims| claims.exp = claims.iat), "lifetime"),
        (altered(&|claims| claims.exp = claims.iat + 301), "lifetime"),
        (altered(&|claims| (claims.iat, claims.exp) = (now() + 90, now() + 100)), "issued_in_future"),
        (altered(&|claims| (claims.iat, claims.exp) = (now() - 100, now() - 1)), "expired"),
        (altered(&|claims| (claims.iat, claims.exp) = (now() - 100, now() + 100)), "before_start"),
        (sign(&honest, CLIENT, &key(999)), "unknown_key"),
        (altered(&|claims| (claims.iss, claims.sub) = ("operator".into(), "operator".into())), "not_its_key"),
        (sign(&Who::Operator.claims(), CLIENT, &key(1)), "not_its_key"),
    ] {
        turned(&ask(&registry, &for_itself(assertion)), 401, "invalid_client", "client_assertion", check);
    }
    // Signed by another key than the one it names.
    let (one, other) = (Who::Regulator.sign(&honest), sign(&honest, CLIENT, &key(2)));
    let mixed = format!("{}.{}", one.rsplit_once('.').unwrap().0, other.rsplit_once('.').unwrap().1);
    turned(&ask(&registry, &for_itself(mixed)), 401, "invalid_client", "client_assertion", "signature");
    // A trust provider has nothing to read.
    let sub = format!("trust_provider/{}", id(10));
    let claims = Claims { iss: sub.clone(), sub, ..Who::Regulator.claims() };
    turned(&ask(&registry, &for_itself(sign(&claims, CLIENT, &key(10)))), 401, "invalid_client", "client_assertion", "party");
}

#[test]
fn a_person_reads_through_the_mis_that_he_names_and_in_his_own_right() {
    let registry = Registry::told();
    let refused = |person: String, check: &str| {
        let form = for_person(Who::Mis.sign(&Who::Mis.claims()), person);
        turned(&ask(&registry, &form), 400, "invalid_grant", "assertion", check);
    };
    let altered = |who: Who, alter: &dyn Fn(&mut Claims)| {
        let mut claims = who.claims();
        alter(&mut claims);
        who.sign(&claims)
    };
    refused(altered(Who::Doctor, &|claims| claims.client = Some(format!("mis/{}", id(13)).parse().unwrap())), "other_client");
    refused(altered(Who::Doctor, &|claims| claims.client = None), "claims");
    let other_post = |claims: &mut Claims| {
        claims.sub = format!("employee/{}", id(131));
        claims.iss.clone_from(&claims.sub);
    };
    refused(altered(Who::Doctor, &other_post), "post_not_held");
    let a_patient = |claims: &mut Claims| {
        claims.sub = format!("patient/{}", id(2000));
        claims.iss.clone_from(&claims.sub);
    };
    refused(altered(Who::Doctor, &a_patient), "not_its_key");
    refused(altered(Who::Patient, &a_patient), "not_its_key");
    // The key of this patient was revoked.
    let claims = Claims { jti: "revoked".into(), ..Who::Patient.claims() };
    let sub = format!("patient/{}", id(2000));
    refused(sign(&Claims { iss: sub.clone(), sub, ..claims }, PERSON, &key(17)), "key_inactive");
    // Only a MIS reads for others.
    let form = for_person(Who::Auditor.sign(&Who::Auditor.claims()), Who::Doctor.sign(&Who::Doctor.claims()));
    turned(&ask(&registry, &form), 400, "invalid_grant", "assertion", "other_client");
}

#[test]
fn requests_of_another_form_are_told_what_is_wrong() {
    let registry = Registry::told();
    let whole = Who::Regulator.form();
    let without = |name: &str| whole.iter().filter(|(member, _)| *member != name).cloned().collect::<Vec<_>>();
    for (form, code, member, fault) in [
        (without("grant_type"), "invalid_request", "grant_type", "required"),
        (without("client_assertion_type"), "invalid_request", "client_assertion_type", "required"),
        (without("client_assertion"), "invalid_request", "client_assertion", "required"),
        ([without("grant_type"), vec![("grant_type", "password".into())]].concat(), "unsupported_grant_type", "grant_type", "bad_value"),
        ([without(""), vec![("assertion", "x".into())]].concat(), "invalid_request", "assertion", "not_with_this_grant_type"),
        ([without(""), vec![("scope", "x".into())]].concat(), "invalid_request", "scope", "unknown_parameter"),
    ] {
        let answer = ask(&registry, &form);
        turned(&answer, 400, code, member, fault);
        assert_eq!(answer.json["error"], code, "as RFC 6749 has it");
    }
}

#[test]
fn a_token_ends_with_the_rights_of_its_holder() {
    let mut registry = Registry::told();
    let (doctor, patient, mis) = (registry.token(Who::Doctor), registry.token(Who::Patient), registry.token(Who::Mis));
    assert_eq!(registry.get("/v1/employees", &doctor).status, 200);
    assert_eq!(registry.get("/v1/declarations", &patient).status, 200);
    for token in ["x", "", "a b"] {
        let answer = registry.get("/v1/mis", &format!("{token} "));
        assert_eq!(answer.told(), (401, "invalid_token"));
        assert_eq!(answer.headers["www-authenticate"], r#"Bearer error="invalid_token""#);
    }
    let ended = |registry: &Registry, token: &str, check: &str| {
        turned(&registry.get("/v1/mis", token), 401, "invalid_token", "authorization", check);
    };
    Story::new(&mut registry.live).dismiss();
    ended(&registry, &doctor, "post_not_held");
    assert_eq!(registry.get("/v1/mis", &patient).status, 200);
    Story::new(&mut registry.live).revoke(18);
    ended(&registry, &patient, "key_inactive");
    assert_eq!(registry.get("/v1/mis", &mis).status, 200);
    Story::new(&mut registry.live).revoke_by_regulator(12);
    ended(&registry, &mis, "key_inactive");
}

#[test]
fn a_suspended_mis_reads_nothing_that_is_not_public() {
    let mut registry = Registry::told();
    let (mis, doctor) = (registry.token(Who::Mis), registry.token(Who::Doctor));
    assert_eq!(registry.get("/v1/declarations", &doctor).status, 200);
    let mis_data = json!({ "mis": id(12), "reason": "security_incident" });
    Story::new(&mut registry.live).by_regulator("mis.suspend", mis_data).index();
    // Its own token, those of the people who speak through it, and every new one.
    turned(&registry.get("/v1/declarations", &doctor), 401, "invalid_token", "authorization", "mis_not_accredited");
    turned(&registry.get("/v1/entries", &mis), 401, "invalid_token", "authorization", "mis_not_accredited");
    turned(&ask(&registry, &Who::Mis.form()), 401, "invalid_client", "client_assertion", "mis_not_accredited");
    assert_eq!(registry.get("/v1/mis", "").json["data"][0]["status"], "suspended");
    // Reinstated, it goes on with what it has.
    Story::new(&mut registry.live).by_regulator("mis.reinstate", json!({ "mis": id(12) })).index();
    assert_eq!(registry.get("/v1/declarations", &doctor).status, 200);
}
