//! Who signs what: the design's table, written down by hand, against the law's; and the published page.

use std::collections::BTreeMap;

use aggregates::authority::described;
use aggregates::commands::Spec;
use aggregates::refusal::Code;
use aggregates::words::Role;
use serde_json::json;

use crate::published;
use crate::support::*;

/// The commands of the design's table (§4) that the law has so far, with their signers as the design words them.
const EXPECTED: &[(&str, &[&str])] = &[
    ("genesis", &["regulators and operator it names"]),
    ("policy.set", &["regulator"]),
    ("auditor.admit", &["regulator + holder of the key it carries"]),
    ("trust_provider.accredit", &["regulator + holder of the key it carries"]),
    ("mis.apply", &["holder of the key it carries + trust provider"]),
    ("mis.record_test", &["regulator"]),
    ("mis.accredit", &["regulator"]),
    ("mis.suspend", &["regulator"]),
    ("mis.reinstate", &["regulator"]),
    ("key.enrol", &["trust provider + holder of the key it carries"]),
    ("key.revoke", &["holder of the key revoked", "trust provider", "regulator"]),
    ("legal_entity.register", &["accredited MIS + owner-to-be"]),
    ("legal_entity.verify", &["regulator"]),
    ("division.open", &["accredited MIS + owner or HR"]),
    ("employee.invite", &["accredited MIS + owner or HR"]),
    ("employee.accept", &["accredited MIS + practitioner"]),
    ("employee.dismiss", &["accredited MIS + owner or HR"]),
    ("patient.register", &["accredited MIS + doctor, receptionist or assistant", "accredited MIS + patient"]),
    ("declaration_request.create", &["accredited MIS + doctor, receptionist or assistant", "accredited MIS + patient"]),
    ("declaration_request.send_code", &["accredited MIS + doctor, receptionist or assistant"]),
    ("declaration_request.confirm_by_code", &["accredited MIS + doctor, receptionist or assistant"]),
    ("declaration_request.confirm_by_key", &["accredited MIS + patient"]),
    ("declaration.sign", &["accredited MIS + doctor"]),
    ("declaration.terminate", &["accredited MIS + patient", "accredited MIS + doctor", "regulator"]),
];

#[test]
fn the_law_asks_for_the_signers_that_the_design_names() {
    let expected: Vec<(&str, Vec<String>)> =
        EXPECTED.iter().map(|(name, slots)| (*name, slots.iter().map(|one| (*one).to_owned()).collect())).collect();
    let law: Vec<(&str, Vec<String>)> =
        Spec::ALL.iter().map(|spec| (spec.name, spec.signers.iter().map(|slots| described(slots)).collect())).collect();
    assert_eq!(law, expected);
}

#[test]
fn the_page_about_authority_is_the_laws_table() {
    let mut page = String::from(
        "# Who signs what\n\n\
         Generated from the law's table; `LITOPYS_BLESS=1 cargo test -p aggregates` rewrites it.\n\n\
         Each line of signers is one alternative, and the signatures must be exactly those: none missing, none to spare. \
         *regulator* stands for as many of the regulator's keys as the policy in force asks for this command, one by default. \
         Every signer names the role in which he signs (`as`) and in whose right (`of`); the order is free, a key signs once.\n\n\
         | Command | Signers |\n|---|---|\n",
    );
    for spec in Spec::ALL {
        let signers = spec.signers.iter().map(|slots| described(slots)).collect::<Vec<_>>().join("<br>");
        page.push_str(&format!("| `{}` | {signers} |\n", spec.name));
    }
    published::compare("authority.md", &page);
}

/// Every role signs in every post: who may and who may not invite, register, sign.
#[test]
fn a_post_gives_its_own_rights_and_no_other() {
    let mut base = World::practice();
    for (name, kind) in [("hr", "hr"), ("accountant", "accountant"), ("receptionist", "receptionist"), ("assistant", "assistant")] {
        base.staff(name, "clinic", kind);
    }
    base.patient("maria", "1990-01-02");
    base.practitioner("new", &[]);
    let posts: BTreeMap<&str, (Role, &str, &str)> = [
        ("owner", (Role::Owner, "clinic head", "clinic owner")),
        ("hr", (Role::Hr, "hr", "hr post")),
        ("accountant", (Role::Accountant, "accountant", "accountant post")),
        ("doctor", (Role::Doctor, "doctor", "doctor post")),
        ("receptionist", (Role::Receptionist, "receptionist", "receptionist post")),
        ("assistant", (Role::Assistant, "assistant", "assistant post")),
    ]
    .into();
    let (heads, staff) = (["hr", "owner"], ["assistant", "doctor", "receptionist"]);
    let commands = [
        ("division.open", division_open("d"), &heads[..]),
        ("employee.invite", invite("new post", "new", "receptionist"), &heads[..]),
        ("employee.dismiss", dismiss("doctor post"), &heads[..]),
        ("patient.register", patient_register("ivan", "1990-01-02"), &staff[..]),
        ("declaration_request.create", request_create("r1", "maria", "doctor post", "clinic division"), &staff[..]),
    ];
    for (command, data, allowed) in commands {
        let mut who = Vec::new();
        for (name, (role, person, employee)) in &posts {
            let mut world = base.clone();
            match world.send(command, data.clone(), &[mis("mis"), post(*role, person, employee)]) {
                Ok(_) => who.push(*name),
                Err(refusal) => assert_eq!(refusal.code, Code::AuthorityMissing, "{command} by {name}"),
            }
            // Nor does anybody act in another's post, or in his own under another's name.
            for role in [Role::Owner, Role::Hr, Role::Doctor, Role::Receptionist, Role::Assistant] {
                let kind = posts.iter().find(|(_, (own, ..))| *own == role).map(|(kind, _)| *kind).unwrap();
                let posing = base.clone().send(command, data.clone(), &[mis("mis"), post(role, person, employee)]);
                if kind != *name {
                    let code = posing.unwrap_err().code;
                    assert!(matches!(code, Code::AuthorityMissing | Code::SignerNotEntitled), "{command}: {name} as {kind}: {code}");
                }
            }
        }
        assert_eq!(who, allowed, "{command}");
    }
    let borrowed = base.send(
        "declaration_request.create",
        json!(request_create("r1", "maria", "doctor post", "clinic division")),
        &[mis("mis"), post(Role::Receptionist, "assistant", "receptionist post")],
    );
    refused(borrowed, Code::SignerNotEntitled, "/signers/1");
}
