//! Every rule across members: one change to good data, the fault it makes.

use aggregates::refusal::Code::{self, *};
use serde_json::{Value, json};

use super::faults;
use crate::support::*;

struct Case {
    kind: &'static str,
    data: Value,
}

impl Case {
    fn of(kind: &'static str, data: Value) -> Case {
        assert_eq!(faults(kind, &data), [], "{kind} is good to begin with");
        Case { kind, data }
    }

    #[track_caller]
    fn fault(&self, change: impl FnOnce(&mut Value), expected: &[(&str, Code)]) {
        let mut data = self.data.clone();
        change(&mut data);
        let expected: Vec<(String, Code)> = expected.iter().map(|(below, code)| (format!("/data{below}"), *code)).collect();
        assert_eq!(faults(self.kind, &data), expected);
    }
}

fn without(data: &mut Value, name: &str) {
    data.as_object_mut().unwrap().remove(name);
}

fn push(list: &mut Value, item: Value) {
    list.as_array_mut().unwrap().push(item);
}

// V7, V10, V11, scenarios 7, 10, 12
#[test]
fn a_provider() {
    let company = Case::of("legal_entity.register", legal_entity("clinic"));
    company.fault(|d| without(d, "edrpou"), &[("/edrpou", Required)]);
    company.fault(|d| d["tax_id"] = json!(rnokpp("x")), &[("/tax_id", NotAllowedHere)]);
    company.fault(|d| d["legal_form"] = json!("910"), &[("/legal_form", MismatchedMember)]);
    company.fault(|d| d["legal_form"] = json!("999"), &[("/legal_form", NotInList)]);
    company.fault(
        |d| d["ownership"] = json!("sole_proprietor"),
        &[("/tax_id", Required), ("/edrpou", NotAllowedHere), ("/legal_form", MismatchedMember)],
    );
    company.fault(|d| d["kveds"] = json!(["47.73"]), &[("/kveds", NotInList)]);
    company.fault(|d| d["kveds"] = json!(["47.73", "86.10"]), &[]);
    company.fault(|d| d["addresses"][0]["type"] = json!("residence"), &[("/addresses", ExactlyOne)]);
    company.fault(|d| push(&mut d["addresses"], address("registration")), &[("/addresses", ExactlyOne)]);
    company.fault(|d| push(&mut d["addresses"], address("residence")), &[]);
    company.fault(|d| push(&mut d["phones"], json!({"type": "mobile", "number": "+380440000002"})), &[("/phones/1/type", Duplicate)]);
    company.fault(|d| d["licence"]["expiry_date"] = json!("2020-01-01"), &[("/licence/expiry_date", DateOrder)]);
    company.fault(|d| d["licence"]["expiry_date"] = json!("2020-01-02"), &[]);
    let accredited = |expiry: &str| json!({"category": "first", "order_number": "1", "issued_date": "2020-01-02", "expiry_date": expiry});
    company.fault(|d| d["accreditation"] = accredited("2020-01-01"), &[("/accreditation/expiry_date", DateOrder)]);
    company.fault(|d| d["accreditation"] = accredited("2020-01-02"), &[]);
    company.fault(|d| d["position"] = json!("P7"), &[("/position", NotInList)]);
    company.fault(|d| d["public_offer_consent"] = json!(false), &[("/public_offer_consent", MustBeTrue)]);
    let proprietor = Case::of("legal_entity.register", sole_proprietor("practice", "fop"));
    proprietor.fault(|d| d["edrpou"] = json!(edrpou("x")), &[("/edrpou", NotAllowedHere)]);
    proprietor.fault(|d| d["legal_form"] = json!("150"), &[("/legal_form", MismatchedMember)]);
}

// V14, scenario 27
#[test]
fn a_division() {
    let division = Case::of("division.open", division_open("d"));
    division.fault(|d| d["type"] = json!("drugstore"), &[("/type", NotInList)]);
    division.fault(|d| d["addresses"][0]["type"] = json!("registration"), &[("/addresses", ExactlyOne)]);
    division.fault(|d| push(&mut d["phones"], json!({"type": "land_line", "number": "+380440000002"})), &[("/phones/1/type", Duplicate)]);
    let hours = |from: &str, to: &str| json!({"mon": [{"from": "09:00", "to": "13:00"}, {"from": from, "to": to}]});
    division.fault(|d| d["working_hours"] = hours("14:00", "18:00"), &[]);
    division.fault(|d| d["working_hours"] = hours("14:00", "14:00"), &[("/working_hours/mon/1/to", DateOrder)]);
    division.fault(|d| d["working_hours"] = hours("14.00", "18:00"), &[("/working_hours/mon/1/from", BadFormat)]);
    division.fault(|d| d["working_hours"] = json!({"holiday": []}), &[("/working_hours/holiday", UnknownMember)]);
}

// V17–V19, scenarios 19, 20
#[test]
fn an_invitation() {
    let doctor = Case::of("employee.invite", invite_doctor("post", "doctor", "division", &["family_doctor", "pharmacist"]));
    for name in ["division", "specialities", "educations"] {
        doctor.fault(|d| without(d, name), &[(&format!("/{name}"), Required)]);
    }
    doctor.fault(|d| d["specialities"][0]["officio"] = json!(false), &[("/specialities", ExactlyOne)]);
    doctor.fault(|d| d["specialities"][1]["officio"] = json!(true), &[("/specialities", ExactlyOne)]);
    doctor.fault(|d| d["specialities"][0]["speciality"] = json!("provisor"), &[("/specialities/0/speciality", NotInList)]);
    doctor.fault(|d| d["specialities"][1]["valid_to_date"] = json!("2014-12-31"), &[("/specialities/1/valid_to_date", DateOrder)]);
    doctor.fault(|d| d["type"] = json!("receptionist"), &[("/specialities", NotAllowedHere), ("/educations", NotAllowedHere)]);
    let clerk = Case::of("employee.invite", invite("post", "clerk", "receptionist"));
    clerk.fault(|d| d["division"] = json!(id("division")), &[]);
    clerk.fault(|d| d["type"] = json!("doctor"), &[("/division", Required), ("/specialities", Required), ("/educations", Required)]);
}

// V31–V35, scenarios 32, 33, 35, 36, 40
#[test]
fn a_patient() {
    let adult = Case::of("patient.register", patient_register("maria", "1990-01-02"));
    let document = |kind: &str, number: &str| json!({"type": kind, "number": number});
    adult.fault(|d| d["documents"][0]["number"] = json!("120518"), &[("/documents/0/number", BadFormat)]);
    adult.fault(|d| push(&mut d["documents"], document("passport", "АЯ000001")), &[("/documents/1/type", Duplicate)]);
    adult.fault(|d| push(&mut d["documents"], document("birth_certificate", "І-АМ №1")), &[]);
    adult.fault(
        |d| {
            push(&mut d["documents"], document("national_id", "123456789"));
            d["unzr"] = json!("19900102-12345");
        },
        &[("/documents/1/type", ExactlyOne)],
    );
    let id_card = |d: &mut Value| d["documents"] = json!([document("national_id", "123456789")]);
    adult.fault(id_card, &[("/unzr", Required)]);
    adult.fault(
        |d| {
            id_card(d);
            d["unzr"] = json!("19900102-12345");
        },
        &[],
    );
    adult.fault(|d| d["unzr"] = json!("19900103-12345"), &[("/unzr", MismatchedMember)]);
    adult.fault(
        |d| {
            d["documents"][0]["issued_at"] = json!("2020-01-02");
            d["documents"][0]["expires_at"] = json!("2020-01-01");
        },
        &[("/documents/0/expires_at", DateOrder)],
    );
    adult.fault(|d| push(&mut d["addresses"], address("residence")), &[("/addresses", ExactlyOne)]);
    adult.fault(|d| d["addresses"][0]["type"] = json!("registration"), &[("/addresses", ExactlyOne)]);
    adult.fault(|d| without(d, "code_phone"), &[("/code_phone", Required)]);
    adult.fault(|d| d["authentication"] = json!("documents"), &[("/code_phone", NotAllowedHere)]);
    adult.fault(|d| d["tax_id"] = json!("1111111119"), &[("/tax_id", BadCheckDigit)]);
    adult.fault(|d| d["secret"] = json!("слово"), &[("/secret", TooShort)]);
    adult.fault(|d| d["data_processing_consent"] = json!(false), &[("/data_processing_consent", MustBeTrue)]);
    let two = json!([{"type": "mobile", "number": "+380501111111"}, {"type": "mobile", "number": "+380501111112"}]);
    adult.fault(|d| d["phones"] = two.clone(), &[("/phones/1/type", Duplicate)]);
    adult.fault(|d| d["emergency_contact"]["phones"] = two.clone(), &[("/emergency_contact/phones/1/type", Duplicate)]);

    let child = Case::of("patient.register", child_register("child", "2020-01-02"));
    let second = child.data["representatives"][0].clone();
    child.fault(|d| push(&mut d["representatives"], second.clone()), &[("/representatives", ExactlyOne)]);
    child.fault(|d| d["representatives"][0]["relation"] = json!("secondary"), &[("/representatives", ExactlyOne)]);
    let mut helper = second.clone();
    helper["relation"] = json!("secondary");
    child.fault(|d| push(&mut d["representatives"], helper.clone()), &[]);
    child.fault(|d| d["representatives"] = json!([helper, helper]), &[("/representatives", ExactlyOne)]);
    child
        .fault(|d| d["representatives"][0]["documents"][0]["number"] = json!("1"), &[("/representatives/0/documents/0/number", BadFormat)]);
    child.fault(|d| d["representatives"][0]["phones"] = two, &[("/representatives/0/phones/1/type", Duplicate)]);
    child.fault(|d| d["representatives"][0]["tax_id"] = json!("1111111119"), &[("/representatives/0/tax_id", BadCheckDigit)]);
    child.fault(|d| d["representatives"] = json!([]), &[("/representatives", TooShort)]);
}

#[test]
fn an_enrolment() {
    let patient = Case::of("key.enrol", enrol_patient("k", "maria", "1990-01-02"));
    let practitioner = Case::of("key.enrol", enrol_practitioner("k", "doctor", &["clinic"]));
    patient.fault(|d| without(d, "patient"), &[("/patient", Required)]);
    patient.fault(|d| d["practitioner"] = practitioner.data["practitioner"].clone(), &[("/patient", NotAllowedHere)]);
    patient.fault(|d| d["represents"] = json!([edrpou("clinic")]), &[("/represents", NotAllowedHere)]);
    patient.fault(|d| d["patient"]["documents"][0]["number"] = json!("1"), &[("/patient/documents/0/number", BadFormat)]);
    patient.fault(|d| d["patient"]["unzr"] = json!("19900103-12345"), &[("/patient/unzr", MismatchedMember)]);
    let id_card = json!([{"type": "national_id", "number": "123456789"}]);
    patient.fault(|d| d["patient"]["documents"] = id_card.clone(), &[("/patient/unzr", Required)]);
    practitioner.fault(|d| d["practitioner"]["documents"] = id_card, &[]);
    let bad = json!([{"type": "national_id", "number": "1"}]);
    practitioner.fault(|d| d["practitioner"]["documents"] = bad, &[("/practitioner/documents/0/number", BadFormat)]);
    practitioner.fault(|d| d["practitioner"]["tax_id"] = json!("1111111119"), &[("/practitioner/tax_id", BadCheckDigit)]);
}

#[test]
fn a_suspension() {
    let suspension = Case::of("mis.suspend", mis_suspend("mis"));
    for reason in ["security_incident", "conformity_lost", "agreement_breached", "own_wish"] {
        suspension.fault(|d| d["reason"] = json!(reason), &[]);
    }
    suspension.fault(|d| d["reason"] = json!("disliked"), &[("/reason", NotInList)]);
}

#[test]
fn founders_and_policy() {
    let opening = Case::of("genesis", genesis(&["one", "two"]));
    opening.fault(|d| d["regulators"][1] = jwk("one"), &[("/regulators/1", Duplicate)]);
    opening.fault(|d| d["operator"] = jwk("two"), &[("/operator", Duplicate)]);
    let quorum = |d: &mut Value, names: Value| d["policy"]["regulator_quorum"]["commands"] = names;
    opening.fault(|d| quorum(d, json!(["policy.set", "key.revoke"])), &[]);
    let place = "/policy/regulator_quorum/commands/1";
    opening.fault(|d| quorum(d, json!(["policy.set", "policy.sett"])), &[(place, NotInList)]);
    let policy = Case::of("policy.set", json!({"policy": genesis(&["one"])["policy"]}));
    // A doctor's command has no quorum of regulators.
    policy.fault(|d| quorum(d, json!(["mis.accredit", "declaration.sign"])), &[(place, NotInList)]);
    policy.fault(|d| d["policy"]["limits"]["therapist"] = json!(0), &[("/policy/limits/therapist", OutOfRange)]);
}

#[test]
fn a_capitation() {
    let policy = Case::of("policy.set", json!({"policy": genesis(&["one"])["policy"]}));
    let groups = |d: &mut Value, ages: &[i64]| {
        let all: Vec<Value> = ages.iter().map(|from| json!({"from": from, "coefficient": "1.5"})).collect();
        d["policy"]["capitation"]["age_groups"] = json!(all);
    };
    let at = |below: &str| format!("/policy/capitation{below}");
    let from = |place: usize| at(&format!("/age_groups/{place}/from"));
    policy.fault(|d| groups(d, &[0]), &[]);
    policy.fault(|d| groups(d, &(0..20).collect::<Vec<_>>()), &[]);
    policy.fault(|d| groups(d, &[0, 150]), &[]);
    policy.fault(|d| groups(d, &[]), &[(&at("/age_groups"), TooShort)]);
    policy.fault(|d| groups(d, &(0..21).collect::<Vec<_>>()), &[(&at("/age_groups"), TooLong)]);
    policy.fault(|d| groups(d, &[0, 151]), &[(&from(1), OutOfRange)]);
    policy.fault(|d| groups(d, &[1, 18]), &[(&from(0), OutOfRange)]);
    policy.fault(|d| groups(d, &[0, 18, 18, 40]), &[(&from(2), NotAscending)]);
    policy.fault(|d| groups(d, &[1, 18, 6, 7, 7]), &[(&from(0), OutOfRange), (&from(2), NotAscending), (&from(4), NotAscending)]);
    policy.fault(|d| d["policy"]["capitation"]["mountain_coefficient"] = json!("1,25"), &[(&at("/mountain_coefficient"), BadFormat)]);
    policy.fault(|d| d["policy"]["capitation"]["base_rate"] = json!(-1), &[(&at("/base_rate"), OutOfRange)]);
    policy.fault(|d| d["policy"]["capitation"]["over_limit"] = json!("random"), &[(&at("/over_limit"), NotInList)]);
    let opening = Case::of("genesis", genesis(&["one"]));
    opening.fault(|d| groups(d, &[6]), &[(&from(0), OutOfRange)]);
    opening.fault(|d| without(&mut d["policy"], "capitation"), &[("/policy/capitation", Required)]);
}
