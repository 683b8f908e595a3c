//! Providers, alone.

use aggregates::commands::Ownership;
use aggregates::legal_entity::{LegalEntity, LegalEntityCommand, LegalEntityEvent};
use aggregates::refusal::Code;

use super::{accepts, ask};
use crate::support::*;

fn company(represents: &[&str]) -> LegalEntityCommand {
    LegalEntityCommand::Register {
        ownership: Ownership::Communal,
        edrpou: Some(edrpou("new clinic")),
        owner: id("owner post"),
        practitioner: id("owner"),
        represents: represents.iter().map(|name| edrpou(name)).collect(),
        owner_code_matches: false,
    }
}

fn proprietor(owner: &str, owner_code_matches: bool) -> LegalEntityCommand {
    LegalEntityCommand::Register {
        ownership: Ownership::SoleProprietor,
        edrpou: None,
        owner: id("owner post"),
        practitioner: id(owner),
        represents: Vec::new(),
        owner_code_matches,
    }
}

fn registered() -> LegalEntityEvent {
    LegalEntityEvent::Registered { ownership: Ownership::Communal, edrpou: Some(edrpou("new clinic")), owner: id("owner post") }
}

// scenarios 1–4
#[test]
fn a_company_registers_by_a_key_that_represents_it() {
    let registry = World::practice().registry;
    accepts::<LegalEntity>(&registry, &[], company(&["another", "new clinic"]), &[registered()]);
    refused(ask::<LegalEntity>(&registry, &[], company(&["another"])), Code::EdrpouNotRepresented, "/data/edrpou");
    refused(ask::<LegalEntity>(&registry, &[registered()], company(&["new clinic"])), Code::IdTaken, "/data/legal_entity");
}

#[test]
fn an_edrpou_is_registered_once() {
    let registry = World::practice().registry;
    let taken = LegalEntityCommand::Register {
        ownership: Ownership::Private,
        edrpou: Some(edrpou("clinic")),
        owner: id("owner post"),
        practitioner: id("owner"),
        represents: vec![edrpou("clinic")],
        owner_code_matches: false,
    };
    refused(ask::<LegalEntity>(&registry, &[], taken), Code::EdrpouTaken, "/data/edrpou");
}

// scenario 3
#[test]
fn a_sole_proprietor_registers_once_by_his_own_tax_number() {
    let mut world = World::founded();
    world.practitioner("fop", &[]);
    let event = LegalEntityEvent::Registered { ownership: Ownership::SoleProprietor, edrpou: None, owner: id("owner post") };
    accepts::<LegalEntity>(&world.registry, &[], proprietor("fop", true), &[event]);
    refused(ask::<LegalEntity>(&world.registry, &[], proprietor("fop", false)), Code::OwnerCodeMismatch, "/data/tax_id");
    world.must("legal_entity.register", sole_proprietor("practice", "fop"), &[mis("mis"), owner_to_be("fop")]);
    refused(ask::<LegalEntity>(&world.registry, &[], proprietor("fop", true)), Code::SoleProprietorExists, "/signers");
}

// scenario 13
#[test]
fn a_provider_is_verified_once() {
    let registry = World::practice().registry;
    let given = [registered(), LegalEntityEvent::Verified {}];
    accepts::<LegalEntity>(&registry, &given[..1], LegalEntityCommand::Verify, &given[1..]);
    refused(ask::<LegalEntity>(&registry, &given, LegalEntityCommand::Verify), Code::AlreadyVerified, "/data/legal_entity");
    refused(ask::<LegalEntity>(&registry, &[], LegalEntityCommand::Verify), Code::NotFound, "/data/legal_entity");
}
