//! The catalogue: each code with its HTTP status, what it does to the command's id, and its sentence in two languages.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::Bond;

macro_rules! catalogue {
    ($($code:ident, $name:literal, $status:literal, $bond:ident, $en:literal, $uk:literal;)*) => {
        /// Why a command, or a member of it, is refused.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $en] $code,)*
        }

        impl Code {
            /// Every code, faults of form first.
            pub const ALL: &'static [Code] = &[$(Code::$code),*];

            /// The code as the interface writes it.
            pub fn name(self) -> &'static str {
                match self { $(Code::$code => $name,)* }
            }

            /// The HTTP status that goes with it.
            pub fn status(self) -> u16 {
                match self { $(Code::$code => $status,)* }
            }

            /// Whether the command's id is used up.
            pub fn bond(self) -> Bond {
                match self { $(Code::$code => Bond::$bond,)* }
            }

            fn template(self, language: &str) -> &'static str {
                match (self, language) { $((Code::$code, "uk") => $uk, (Code::$code, _) => $en,)* }
            }
        }
    };
}

catalogue! {
    // faults of form
    Required, "required", 422, Open,
        "The member is required.",
        "Поле обов'язкове.";
    UnknownMember, "unknown_member", 422, Open,
        "The command has no such member.",
        "Команда не має такого поля.";
    MustBeClear, "must_be_clear", 422, Open,
        "The member must stand in clear, not in a disclosure.",
        "Поле має стояти відкрито, а не в розкритті.";
    MustBeDisclosed, "must_be_disclosed", 422, Open,
        "The member is personal and must be a disclosure.",
        "Поле персональне і має бути розкриттям.";
    WrongType, "wrong_type", 422, Open,
        "The value must be of type {expected}.",
        "Значення має бути типу {expected}.";
    TooShort, "too_short", 422, Open,
        "The value is shorter than {min}.",
        "Значення коротше за {min}.";
    TooLong, "too_long", 422, Open,
        "The value is longer than {max}.",
        "Значення довше за {max}.";
    OutOfRange, "out_of_range", 422, Open,
        "The number must lie between {min} and {max}.",
        "Число має лежати між {min} і {max}.";
    NotInList, "not_in_list", 422, Open,
        "The value must be one of: {allowed}.",
        "Значення має бути одним із: {allowed}.";
    BadFormat, "bad_format", 422, Open,
        "The value is not a valid {expected}.",
        "Значення не є правильним: {expected}.";
    BadCheckDigit, "bad_check_digit", 422, Open,
        "The check digit of the {expected} is wrong.",
        "Контрольна цифра хибна: {expected}.";
    NotVersion7, "not_version_7", 422, Open,
        "The id of a new thing must be a UUID of version 7.",
        "Ідентифікатор нового має бути UUID версії 7.";
    Duplicate, "duplicate", 422, Open,
        "The value stands twice where it must be unique.",
        "Значення повторюється, хоча має бути єдиним.";
    ExactlyOne, "exactly_one", 422, Open,
        "Exactly one must be of kind {expected}.",
        "Рівно один має бути виду {expected}.";
    NotAllowedHere, "not_allowed_here", 422, Open,
        "The member does not go with {because}.",
        "Це поле не поєднується з {because}.";
    DateOrder, "date_order", 422, Open,
        "The date must not be before {after}.",
        "Дата не може бути раніше за {after}.";
    NotAscending, "not_ascending", 422, Open,
        "The number must be greater than the one before it, {before}.",
        "Число має бути більшим за попереднє, {before}.";
    MustBeTrue, "must_be_true", 422, Open,
        "The consent must be given.",
        "Потрібна згода.";
    MismatchedMember, "mismatched_member", 422, Open,
        "The value contradicts the member {other}.",
        "Значення суперечить полю {other}.";
    // the form as a whole, and who may
    FormInvalid, "form_invalid", 422, Open,
        "The command's data is not well formed; each fault is listed.",
        "Дані команди не відповідають формі; кожну помилку названо.";
    UnknownCommand, "unknown_command", 422, Open,
        "There is no command of type {type}.",
        "Немає команди типу {type}.";
    KeyUnknown, "key_unknown", 401, Open,
        "The key {kid} is not enrolled.",
        "Ключ {kid} не зареєстровано.";
    KeyInactive, "key_inactive", 401, Open,
        "The key {kid} is not active at this moment.",
        "Ключ {kid} зараз не діє.";
    AuthorityMissing, "authority_missing", 403, Open,
        "The signers do not have the right that this command needs: {needed}.",
        "Підписанти не мають права, потрібного цій команді: {needed}.";
    SignerNotEntitled, "signer_not_entitled", 403, Open,
        "This signer may not act as {as}: {why}.",
        "Цей підписант не може діяти як {as}: {why}.";
    MisNotAccredited, "mis_not_accredited", 403, Open,
        "The MIS is not accredited.",
        "МІС не акредитовано.";
    // general
    AlreadyOpened, "already_opened", 409, Final,
        "The ledger has its genesis already.",
        "Реєстр уже має запис заснування.";
    NotOpened, "not_opened", 409, Open,
        "The ledger has no genesis yet.",
        "Реєстр ще не засновано.";
    IdTaken, "id_taken", 409, Final,
        "The id is taken by another thing.",
        "Ідентифікатор уже зайнято.";
    NotFound, "not_found", 404, Final,
        "There is no {what} with this id.",
        "Немає такого: {what}.";
    VersionConflict, "version_conflict", 409, Final,
        "The stream stands at version {actual}, not {expected}.",
        "Потік має версію {actual}, а не {expected}.";
    TooManyEffects, "too_many_effects", 422, Final,
        "The command would have more than {max} effects.",
        "Команда мала б понад {max} наслідків.";
    // keys
    KeyEnrolled, "key_enrolled", 409, Final,
        "The key has been enrolled before; a key is enrolled once.",
        "Ключ уже реєстрували; ключ реєструють один раз.";
    KeyRevoked, "key_revoked", 409, Final,
        "The key is revoked already.",
        "Ключ уже відкликано.";
    KeyValidity, "key_validity", 422, Final,
        "The key's validity must end after it begins and not last longer than {max_days} days.",
        "Строк дії ключа має закінчуватися після початку й тривати не довше {max_days} днів.";
    PatientAmbiguous, "patient_ambiguous", 409, Final,
        "Several known patients match; the regulator must resolve it.",
        "Збігаються кілька пацієнтів; це має вирішити регулятор.";
    PractitionerAmbiguous, "practitioner_ambiguous", 409, Final,
        "Several known practitioners match; the regulator must resolve it.",
        "Збігаються кілька фахівців; це має вирішити регулятор.";
    IdentityMismatch, "identity_mismatch", 409, Final,
        "The identity given matches somebody else than the signer.",
        "Надані дані збігаються з іншою особою, а не з підписантом.";
    TrustProviderInactive, "trust_provider_inactive", 409, Final,
        "The trust provider is not active.",
        "Надавач довірчих послуг не діє.";
    // MIS
    MisState, "mis_state", 409, Final,
        "The MIS is {status}; the command needs {needed}.",
        "Стан МІС: {status}; потрібен: {needed}.";
    TestNotPassed, "test_not_passed", 409, Final,
        "The MIS has not passed the recorded test programme.",
        "МІС не склала зафіксованої програми випробувань.";
    // providers
    EdrpouTaken, "edrpou_taken", 409, Final,
        "A provider with this EDRPOU code is registered.",
        "Надавача з цим кодом ЄДРПОУ вже зареєстровано.";
    EdrpouNotRepresented, "edrpou_not_represented", 403, Final,
        "The owner's key does not represent this EDRPOU code.",
        "Ключ керівника не представляє цього коду ЄДРПОУ.";
    OwnerCodeMismatch, "owner_code_mismatch", 422, Final,
        "A sole proprietor's code must be the owner's tax number.",
        "Код підприємця має бути податковим номером власника.";
    SoleProprietorExists, "sole_proprietor_exists", 409, Final,
        "This practitioner is registered as a sole proprietor.",
        "Цього фахівця вже зареєстровано як підприємця.";
    AlreadyVerified, "already_verified", 409, Final,
        "The provider is verified already.",
        "Надавача вже верифіковано.";
    LegalEntityState, "legal_entity_state", 409, Final,
        "The provider is {status}.",
        "Стан надавача: {status}.";
    DivisionState, "division_state", 409, Final,
        "The division is {status}.",
        "Стан підрозділу: {status}.";
    DivisionForeign, "division_foreign", 403, Final,
        "The division belongs to another provider.",
        "Підрозділ належить іншому надавачеві.";
    // staff
    EmployeeForeign, "employee_foreign", 403, Final,
        "The employee belongs to another provider.",
        "Працівник належить іншому надавачеві.";
    EmployeeState, "employee_state", 409, Final,
        "The employee is {status}.",
        "Стан працівника: {status}.";
    OwnerByRegistrationOnly, "owner_by_registration_only", 409, Final,
        "An owner is appointed by registration or replacement only.",
        "Керівника призначають лише реєстрацією або заміною.";
    OwnRecord, "own_record", 403, Final,
        "Nobody may dismiss himself or the owner this way.",
        "Так не можна звільнити себе або керівника.";
    PostTaken, "post_taken", 409, Final,
        "The practitioner holds or is offered such a post at this provider.",
        "Фахівець уже має або отримав запрошення на таку посаду в цього надавача.";
    NotInvitee, "not_invitee", 403, Final,
        "Only the invited practitioner may answer.",
        "Відповісти може лише запрошений фахівець.";
    InvitationExpired, "invitation_expired", 409, Final,
        "The invitation has expired.",
        "Строк запрошення минув.";
    // patients
    BirthDateImplausible, "birth_date_implausible", 422, Final,
        "The birth date lies in the future or more than 150 years back.",
        "Дата народження в майбутньому або понад 150 років тому.";
    RepresentativeNeeded, "representative_needed", 422, Final,
        "A patient under 14 needs exactly one primary representative.",
        "Пацієнтові до 14 років потрібен рівно один основний представник.";
    BirthCertificateNeeded, "birth_certificate_needed", 422, Final,
        "A patient under 14 needs a birth certificate.",
        "Пацієнтові до 14 років потрібне свідоцтво про народження.";
    PhoneReused, "phone_reused", 422, Final,
        "The phone serves for codes of as many patients as the policy allows.",
        "Цей телефон уже приймає коди для граничної кількості пацієнтів.";
    PatientState, "patient_state", 409, Final,
        "The patient's record is {status}.",
        "Стан запису пацієнта: {status}.";
    PatientUnidentified, "patient_unidentified", 409, Final,
        "The patient's record has no identity on file yet.",
        "У записі пацієнта ще немає даних особи.";
    // requests and declarations
    NotADoctor, "not_a_doctor", 422, Final,
        "The employee is not a doctor.",
        "Працівник не є лікарем.";
    AgeAgainstSpeciality, "age_against_speciality", 422, Final,
        "A {speciality} does not take patients of this age.",
        "Лікар ({speciality}) не приймає пацієнтів такого віку.";
    LimitReached, "limit_reached", 409, Final,
        "The doctor has {count} declarations; the limit is {limit}.",
        "Лікар має {count} декларацій; межа {limit}.";
    RequestState, "request_state", 409, Final,
        "The declaration request is {status}.",
        "Стан запиту на декларацію: {status}.";
    CodeNotSent, "code_not_sent", 409, Final,
        "No code that could be tried is on its way.",
        "Немає чинного коду, який можна було б ввести.";
    CodeExpired, "code_expired", 409, Final,
        "The code has expired; send a new one.",
        "Строк коду минув; надішліть новий.";
    TooManyCodes, "too_many_codes", 429, Final,
        "No more than {max} codes are sent for one request.",
        "Для одного запиту надсилають не більше {max} кодів.";
    NoPhone, "no_phone", 409, Final,
        "The patient has no phone for codes.",
        "Пацієнт не має телефону для кодів.";
    NotNamedDoctor, "not_named_doctor", 403, Final,
        "Only the doctor named in the request may sign.",
        "Підписати може лише лікар, названий у запиті.";
    ContentMismatch, "content_mismatch", 422, Final,
        "What is signed differs from what was requested.",
        "Підписане відрізняється від запитаного.";
    DeclarationState, "declaration_state", 409, Final,
        "The declaration is {status}.",
        "Стан декларації: {status}.";
    ReasonNotAllowed, "reason_not_allowed", 422, Final,
        "This signer may not give the reason {reason}.",
        "Цей підписант не може вказати причину {reason}.";
    ApplicationNeeded, "application_needed", 422, Final,
        "The doctor must attach the patient's application.",
        "Лікар має додати заяву пацієнта.";
}

impl Code {
    /// The sentence in `uk` or, for any other language, English; `{name}` is filled in from `params`.
    pub fn text(self, language: &str, params: &Map<String, Value>) -> String {
        let mut text = self.template(language).to_owned();
        for (name, value) in params {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text = text.replace(&format!("{{{name}}}"), &value);
        }
        text
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_spoken_in_both_languages() {
        let names: BTreeSet<_> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            let (uk, en) = (code.template("uk"), code.template("en"));
            assert!(uk.chars().any(|c| ('\u{400}'..='\u{4ff}').contains(&c)), "{code}");
            assert!(en.is_ascii(), "{code}");
            assert_eq!(uk.matches('{').count(), en.matches('{').count(), "{code}: the same parameters in both");
            assert!((400..500).contains(&code.status()), "{code}: bad input is never the server's fault");
        }
    }
}
