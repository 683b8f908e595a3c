//! Auditors, trust providers, MISs, practitioners: few states each.

use aggregates::Registry;
use aggregates::auditor::{Auditor, AuditorCommand, AuditorEvent};
use aggregates::commands::SuspensionReason;
use aggregates::mis::{Mis, MisCommand, MisEvent};
use aggregates::practitioner::{Practitioner, PractitionerCommand, PractitionerEvent};
use aggregates::refusal::Code;
use aggregates::trust_provider::{TrustProvider, TrustProviderCommand, TrustProviderEvent};

use super::{accepts, ask};
use crate::support::*;

#[test]
fn an_auditor_is_admitted_once() {
    let none = Registry::default();
    accepts::<Auditor>(&none, &[], AuditorCommand::Admit, &[AuditorEvent::Admitted {}]);
    refused(ask::<Auditor>(&none, &[AuditorEvent::Admitted {}], AuditorCommand::Admit), Code::IdTaken, "/data/auditor");
}

#[test]
fn a_trust_provider_is_accredited_once() {
    let none = Registry::default();
    accepts::<TrustProvider>(&none, &[], TrustProviderCommand::Accredit, &[TrustProviderEvent::Accredited {}]);
    let again = ask::<TrustProvider>(&none, &[TrustProviderEvent::Accredited {}], TrustProviderCommand::Accredit);
    refused(again, Code::IdTaken, "/data/trust_provider");
}

#[test]
fn a_mis_applies_is_tested_and_accredited_in_this_order() {
    let none = Registry::default();
    let (applied, passed, failed) =
        (MisEvent::Applied {}, MisEvent::TestRecorded { passed: true }, MisEvent::TestRecorded { passed: false });
    let given = [applied.clone(), passed.clone()];
    accepts::<Mis>(&none, &[], MisCommand::Apply, std::slice::from_ref(&applied));
    accepts::<Mis>(&none, &given[..1], MisCommand::RecordTest { passed: true }, &given[1..]);
    accepts::<Mis>(&none, &given, MisCommand::Accredit, &[MisEvent::Accredited {}]);

    refused(ask::<Mis>(&none, &given[..1], MisCommand::Apply), Code::IdTaken, "/data/mis");
    refused(ask::<Mis>(&none, &[], MisCommand::RecordTest { passed: true }), Code::NotFound, "/data/mis");
    refused(ask::<Mis>(&none, &[], MisCommand::Accredit), Code::NotFound, "/data/mis");
    refused(ask::<Mis>(&none, &given[..1], MisCommand::Accredit), Code::TestNotPassed, "/data/mis");
    let last_failed = [applied, passed.clone(), failed];
    refused(ask::<Mis>(&none, &last_failed, MisCommand::Accredit), Code::TestNotPassed, "/data/mis");
    let accredited = [given[0].clone(), passed, MisEvent::Accredited {}];
    refused(ask::<Mis>(&none, &accredited, MisCommand::Accredit), Code::MisState, "/data/mis");
    refused(ask::<Mis>(&none, &accredited, MisCommand::RecordTest { passed: false }), Code::MisState, "/data/mis");
}

// scenario 79
#[test]
fn an_accredited_mis_is_suspended_and_a_suspended_one_reinstated() {
    let none = Registry::default();
    let reason = SuspensionReason::ConformityLost;
    let life = [
        MisEvent::Applied {},
        MisEvent::TestRecorded { passed: true },
        MisEvent::Accredited {},
        MisEvent::Suspended { reason },
        MisEvent::Reinstated {},
    ];
    accepts::<Mis>(&none, &life[..3], MisCommand::Suspend { reason }, &life[3..4]);
    accepts::<Mis>(&none, &life[..4], MisCommand::Reinstate, &life[4..]);
    accepts::<Mis>(&none, &life, MisCommand::Suspend { reason }, &life[3..4]);

    for (command, good) in [(MisCommand::Suspend { reason }, &[3, 5][..]), (MisCommand::Reinstate, &[4])] {
        refused(ask::<Mis>(&none, &[], command), Code::NotFound, "/data/mis");
        for events in (1..=life.len()).filter(|events| !good.contains(events)) {
            refused(ask::<Mis>(&none, &life[..events], command), Code::MisState, "/data/mis");
        }
    }
    // Neither is it tested or accredited meanwhile.
    refused(ask::<Mis>(&none, &life[..4], MisCommand::RecordTest { passed: true }), Code::MisState, "/data/mis");
    refused(ask::<Mis>(&none, &life[..4], MisCommand::Accredit), Code::MisState, "/data/mis");
}

#[test]
fn a_practitioner_is_created_once_and_recognised_often() {
    let none = Registry::default();
    let created = [PractitionerEvent::Created {}];
    accepts::<Practitioner>(&none, &[], PractitionerCommand::Create, &created);
    accepts::<Practitioner>(&none, &created, PractitionerCommand::Recognise, &[PractitionerEvent::Recognised {}]);
    refused(ask::<Practitioner>(&none, &created, PractitionerCommand::Create), Code::IdTaken, "/data/practitioner/id");
}
