//! The one table: each command's type, members, rules across members, and signers.

use serde::Deserialize as _;
use serde_json::{Map, Value, json};

use super::{
    AuditorAdmit, ConfirmByCode, DeclarationSign, DeclarationTerminate, DivisionOpen, EmployeeAccept, EmployeeDismiss, EmployeeInvite,
    Genesis, KeyEnrol, KeyRevoke, LegalEntityRegister, LegalEntityVerify, MisAccredit, MisApply, MisRecordTest, MisReinstate, MisSuspend,
    PatientRegister, PolicySet, RequestCreate, RequestRef, TrustProviderAccredit,
};
use super::{declaration, keys, ledger, parties, patient, provider, staff};
use crate::authority::Slot::{self, *};
use crate::form::{Member, schema};
use crate::refusal::Fault;

/// What the law says about one command.
#[derive(Debug)]
pub struct Spec {
    /// The type on the wire.
    pub name: &'static str,
    /// The members of its data.
    pub members: &'static [Member],
    /// Whose signatures it needs; one of these alternatives, whole.
    pub signers: &'static [&'static [Slot]],
    pub(super) rules: fn(&Value, &mut Vec<Fault>),
    pub(super) read: fn(&Map<String, Value>) -> Result<Data, serde_json::Error>,
}

fn no_rules(_: &Value, _: &mut Vec<Fault>) {}

macro_rules! commands {
    ($($variant:ident($data:ty) = $name:literal, $members:path, $rules:path, [$([$($slot:expr),*]),*];)*) => {
        /// A command's data, as far as decisions need it.
        #[derive(Clone, Debug, PartialEq)]
        #[expect(missing_docs, reason = "each variant is named and documented by its data")]
        pub enum Data { $($variant($data),)* }

        impl Spec {
            /// Every command of the law.
            pub const ALL: &'static [Spec] = &[$(Spec {
                name: $name,
                members: $members,
                signers: &[$(&[$($slot),*]),*],
                rules: $rules,
                read: |data| <$data>::deserialize(data).map(Data::$variant),
            }),*];

            /// The specification of this data's command.
            pub fn of(data: &Data) -> &'static Spec {
                let name = match data { $(Data::$variant(_) => $name,)* };
                // The same macro wrote both lists, so the name is there.
                Spec::named(name).unwrap_or(&Spec::ALL[0])
            }
        }
    };
}

impl Spec {
    /// The specification of the command of this type.
    pub fn named(name: &str) -> Option<&'static Spec> {
        Spec::ALL.iter().find(|spec| spec.name == name)
    }

    /// The JSON Schema of this command's data, disclosed members in their places.
    pub fn schema(&self) -> Value {
        let mut schema = schema(self.members, true);
        schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
        schema["title"] = json!(self.name);
        schema
    }
}

commands! {
    Genesis(Genesis) = "genesis", ledger::GENESIS, ledger::genesis_rules, [[Founders]];
    PolicySet(PolicySet) = "policy.set", ledger::POLICY_SET, ledger::policy_rules, [[Regulators]];
    AuditorAdmit(AuditorAdmit) = "auditor.admit", parties::AUDITOR_ADMIT, no_rules, [[Regulators, Holder]];
    TrustProviderAccredit(TrustProviderAccredit) = "trust_provider.accredit", parties::TRUST_PROVIDER_ACCREDIT, no_rules, [[Regulators, Holder]];
    MisApply(MisApply) = "mis.apply", parties::MIS_APPLY, no_rules, [[Holder, TrustProvider]];
    MisRecordTest(MisRecordTest) = "mis.record_test", parties::MIS_RECORD_TEST, no_rules, [[Regulators]];
    MisAccredit(MisAccredit) = "mis.accredit", parties::MIS_ACCREDIT, no_rules, [[Regulators]];
    MisSuspend(MisSuspend) = "mis.suspend", parties::MIS_SUSPEND, no_rules, [[Regulators]];
    MisReinstate(MisReinstate) = "mis.reinstate", parties::MIS_REINSTATE, no_rules, [[Regulators]];
    KeyEnrol(KeyEnrol) = "key.enrol", keys::KEY_ENROL, keys::enrol_rules, [[TrustProvider, Holder]];
    KeyRevoke(KeyRevoke) = "key.revoke", keys::KEY_REVOKE, no_rules, [[ThisKey], [TrustProvider], [Regulators]];
    LegalEntityRegister(LegalEntityRegister) = "legal_entity.register", provider::LEGAL_ENTITY_REGISTER, provider::register_rules, [[Mis, OwnerToBe]];
    LegalEntityVerify(LegalEntityVerify) = "legal_entity.verify", provider::LEGAL_ENTITY_VERIFY, no_rules, [[Regulators]];
    DivisionOpen(DivisionOpen) = "division.open", provider::DIVISION_OPEN, provider::division_rules, [[Mis, OwnerOrHr]];
    EmployeeInvite(EmployeeInvite) = "employee.invite", staff::EMPLOYEE_INVITE, staff::invite_rules, [[Mis, OwnerOrHr]];
    EmployeeAccept(EmployeeAccept) = "employee.accept", staff::EMPLOYEE_ACCEPT, no_rules, [[Mis, Practitioner]];
    EmployeeDismiss(EmployeeDismiss) = "employee.dismiss", staff::EMPLOYEE_DISMISS, no_rules, [[Mis, OwnerOrHr]];
    PatientRegister(PatientRegister) = "patient.register", patient::PATIENT_REGISTER, patient::register_rules, [[Mis, Staff], [Mis, Patient]];
    RequestCreate(RequestCreate) = "declaration_request.create", declaration::REQUEST_CREATE, no_rules, [[Mis, Staff], [Mis, Patient]];
    SendCode(RequestRef) = "declaration_request.send_code", declaration::REQUEST, no_rules, [[Mis, Staff]];
    ConfirmByCode(ConfirmByCode) = "declaration_request.confirm_by_code", declaration::CONFIRM_BY_CODE, no_rules, [[Mis, Staff]];
    ConfirmByKey(RequestRef) = "declaration_request.confirm_by_key", declaration::REQUEST, no_rules, [[Mis, Patient]];
    DeclarationSign(DeclarationSign) = "declaration.sign", declaration::DECLARATION_SIGN, no_rules, [[Mis, Doctor]];
    DeclarationTerminate(DeclarationTerminate) = "declaration.terminate", declaration::DECLARATION_TERMINATE, no_rules, [[Mis, Patient], [Mis, Doctor], [Regulators]];
}
