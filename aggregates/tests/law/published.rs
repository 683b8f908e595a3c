//! What is generated from the law and kept in the tree: `LITOPYS_BLESS=1` writes it anew.
#![expect(clippy::disallowed_methods, reason = "a test reads the published files; the law does not")]

use std::path::PathBuf;
use std::{env, fs};

use aggregates::commands::Spec;
use aggregates::form::{Kind, Member, Need, Place};
use aggregates::words::StreamType;

fn docs() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs")
}

/// The file under `docs/` has this text.
#[track_caller]
pub fn compare(path: &str, text: &str) {
    let path = docs().join(path);
    if env::var("LITOPYS_BLESS").is_ok() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let published = fs::read_to_string(&path).unwrap_or_default();
    assert!(published == text, "{} is not what the law says; LITOPYS_BLESS=1 rewrites it", path.display());
}

#[test]
fn every_command_has_its_schema() {
    let mut expected: Vec<String> = Vec::new();
    for spec in Spec::ALL {
        let name = format!("{}.json", spec.name);
        compare(&format!("schema/{name}"), &format!("{}\n", serde_json::to_string_pretty(&spec.schema()).unwrap()));
        expected.push(name);
    }
    expected.sort();
    let mut found: Vec<String> =
        fs::read_dir(docs().join("schema")).unwrap().map(|one| one.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    assert_eq!(found, expected);
}

/// Design §3: what is disclosed, and whose erasure deletes it.
#[test]
fn personal_members_are_disclosed_and_erased_with_their_subject() {
    let patient = [
        "last_name",
        "first_name",
        "second_name",
        "birth_date",
        "birth_country",
        "birth_settlement",
        "gender",
        "tax_id",
        "unzr",
        "documents",
        "addresses",
        "phones",
        "code_phone",
        "email",
        "secret",
        "preferred_way_communication",
        "emergency_contact",
        "representatives",
    ];
    let mut expected: Vec<String> = patient.iter().map(|name| format!("patient.register /{name} patient")).collect();
    for name in ["last_name", "first_name", "second_name", "tax_id", "unzr", "birth_date", "documents"] {
        expected.push(format!("key.enrol /patient/{name} patient"));
    }
    for name in ["tax_id", "birth_date", "documents", "email", "phone"] {
        expected.push(format!("key.enrol /practitioner/{name} practitioner"));
    }
    expected.push("legal_entity.register /tax_id practitioner".into());
    expected.push("declaration.terminate /application patient".into());
    let mut found = Vec::new();
    for spec in Spec::ALL {
        disclosed(spec.members, "", &mut |path, member| {
            found.push(format!("{} {path} {}", spec.name, member.erased_with.map_or("-", StreamType::name)));
        });
    }
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

fn disclosed(members: &[Member], path: &str, found: &mut dyn FnMut(String, &Member)) {
    for member in members {
        let below = format!("{path}/{}", member.name);
        assert_eq!(member.place == Place::Disclosed, member.erased_with.is_some(), "{below}");
        if member.place == Place::Disclosed {
            found(below, member);
        } else {
            inside(&member.kind, &below, found);
        }
    }
}

fn inside(kind: &Kind, path: &str, found: &mut dyn FnMut(String, &Member)) {
    match kind {
        Kind::Object(members) => disclosed(members, path, found),
        // The profile has no disclosures inside lists.
        Kind::List(inner, ..) | Kind::MapOf(_, inner) => {
            inside(inner, &format!("{path}/-"), &mut |path, _| panic!("{path} is disclosed in a list"))
        }
        _ => {}
    }
}

#[test]
fn a_schema_says_what_the_table_says() {
    let schema = Spec::named("patient.register").unwrap().schema();
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    assert_eq!(schema["additionalProperties"], false);
    let properties = &schema["properties"];
    assert_eq!(properties["patient"]["x-place"], "clear");
    assert_eq!((&properties["tax_id"]["x-place"], &properties["tax_id"]["x-erased-with"]), (&"disclosed".into(), &"patient".into()));
    assert_eq!(properties["tax_id"]["x-check-digit"], "RNOKPP");
    let address = &properties["addresses"]["items"];
    assert_eq!(address["properties"]["zip"]["pattern"], "^[0-9]{5}$");
    assert_eq!(address["properties"]["zip"].get("x-place"), None, "inside a disclosure everything is part of it");
    let required: Vec<&str> = schema["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    let members = Spec::named("patient.register").unwrap().members;
    let needed: Vec<&str> = members.iter().filter(|member| member.need == Need::Required).map(|member| member.name).collect();
    assert_eq!(required, needed);
    let enrol = Spec::named("key.enrol").unwrap().schema();
    assert_eq!(enrol["properties"]["practitioner"]["properties"]["last_name"]["x-place"], "clear");
    assert_eq!(enrol["properties"]["practitioner"]["properties"]["tax_id"]["x-erased-with"], "practitioner");
}
