//! What the service itself says to a command, beside the envelope's faults and the law's refusals.

use std::fmt;

/// Why a command was turned away without a decision of the law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ServiceCode {
    /// The command is made for another ledger.
    WrongLedger,
    /// `issued_at` lies outside the window that policy sets.
    OutsideWindow,
    /// The checkpoint that the sender saw is not one of this ledger's.
    ViewConflict,
    /// The id was used for another payload.
    IdConflict,
    /// The queue is full.
    Overloaded,
    /// The ledger does not take commands now.
    NotReady,
    /// It is not known yet whether the command was recorded.
    NotCommitted,
    /// The entry would be longer than an entry may be.
    EntryTooLarge,
    /// The body is of another media type.
    UnsupportedMediaType,
    /// A batch or a line of it is too large.
    BatchTooLarge,
    /// There is no such resource.
    NoSuchResource,
    /// The resource has no such method.
    MethodNotAllowed,
    /// A parameter is unknown or malformed.
    BadParameter,
    /// The ledger has not reached the size asked for.
    NotYet,
    /// The patient's declaration is with another provider.
    DeclarationElsewhere,
    /// A client's assertion is not taken (RFC 6749 §5.2).
    InvalidClient,
    /// A person's assertion is not taken (RFC 6749 §5.2).
    InvalidGrant,
    /// A request for a token has another form (RFC 6749 §5.2).
    InvalidRequest,
    /// The grant is of another type (RFC 6749 §5.2).
    UnsupportedGrantType,
    /// The token is unknown, has expired, or its holder's rights have ended (RFC 6750 §3.1).
    InvalidToken,
    /// What is asked for needs an access right that the sender has not shown.
    AccessDenied,
}

impl ServiceCode {
    /// Every code.
    pub const ALL: [ServiceCode; 21] = [
        ServiceCode::WrongLedger,
        ServiceCode::OutsideWindow,
        ServiceCode::ViewConflict,
        ServiceCode::IdConflict,
        ServiceCode::Overloaded,
        ServiceCode::NotReady,
        ServiceCode::NotCommitted,
        ServiceCode::EntryTooLarge,
        ServiceCode::UnsupportedMediaType,
        ServiceCode::BatchTooLarge,
        ServiceCode::NoSuchResource,
        ServiceCode::MethodNotAllowed,
        ServiceCode::BadParameter,
        ServiceCode::NotYet,
        ServiceCode::DeclarationElsewhere,
        ServiceCode::InvalidClient,
        ServiceCode::InvalidGrant,
        ServiceCode::InvalidRequest,
        ServiceCode::UnsupportedGrantType,
        ServiceCode::InvalidToken,
        ServiceCode::AccessDenied,
    ];

    /// Name on the wire, HTTP status, sentence in Ukrainian, sentence in English.
    fn row(self) -> (&'static str, u16, &'static str, &'static str) {
        match self {
            ServiceCode::WrongLedger => {
                ("wrong_ledger", 422, "Команда призначена для іншого реєстру.", "The command is made for another ledger.")
            }
            ServiceCode::OutsideWindow => (
                "outside_window",
                422,
                "Час створення команди поза дозволеним вікном; перевірте годинник і підпишіть команду знову.",
                "The command's issued_at lies outside the window allowed; check the clock and sign anew.",
            ),
            ServiceCode::ViewConflict => (
                "view_conflict",
                409,
                "Контрольна точка, яку бачив відправник, не належить цьому реєстру. Повідомте регулятора.",
                "The checkpoint that the sender saw is not this ledger's. Tell the regulator.",
            ),
            ServiceCode::IdConflict => {
                ("id_conflict", 409, "Цей ідентифікатор уже використано для іншої команди.", "This id has been used for another command.")
            }
            ServiceCode::Overloaded => (
                "overloaded",
                503,
                "Черга повна; спробуйте за мить. Нічого не втрачено.",
                "The queue is full; try again in a moment. Nothing is lost.",
            ),
            ServiceCode::NotReady => {
                ("not_ready", 503, "Реєстр зараз не приймає команд; читання працює.", "The ledger takes no commands now; reads go on.")
            }
            ServiceCode::NotCommitted => (
                "not_committed",
                503,
                "Невідомо, чи записано команду. Надішліть ту саму команду ще раз: вдруге вона не виконається.",
                "It is not known whether the command was recorded. Send the same command again: it takes effect once.",
            ),
            ServiceCode::EntryTooLarge => {
                ("entry_too_large", 413, "Запис був би довший за 65 535 байтів.", "The entry would be longer than 65,535 bytes.")
            }
            ServiceCode::UnsupportedMediaType => (
                "unsupported_media_type",
                415,
                "Тип вмісту має бути application/jose+json.",
                "The media type must be application/jose+json.",
            ),
            ServiceCode::BatchTooLarge => (
                "batch_too_large",
                413,
                "Пакет може мати щонайбільше 1 000 рядків і 16 МіБ.",
                "A batch has at most 1,000 lines and 16 MiB.",
            ),
            ServiceCode::NoSuchResource => ("no_such_resource", 404, "Такого ресурсу немає.", "There is no such resource."),
            ServiceCode::MethodNotAllowed => {
                ("method_not_allowed", 405, "Ресурс не має такого методу.", "The resource has no such method.")
            }
            ServiceCode::BadParameter => ("bad_parameter", 400, "Параметр невідомий або хибний.", "A parameter is unknown or malformed."),
            ServiceCode::NotYet => (
                "not_yet",
                409,
                "Реєстр ще не досяг цього розміру; спробуйте за мить.",
                "The ledger has not reached this size yet; try again in a moment.",
            ),
            ServiceCode::DeclarationElsewhere => (
                "declaration_elsewhere",
                403,
                "Чинна декларація пацієнта належить іншому закладу.",
                "The patient's declaration in force is with another provider.",
            ),
            ServiceCode::InvalidClient => (
                "invalid_client",
                401,
                "Твердження клієнта не прийнято; яку перевірку воно не пройшло, сказано в errors.",
                "The client's assertion is not taken; errors tells which check it failed.",
            ),
            ServiceCode::InvalidGrant => (
                "invalid_grant",
                400,
                "Твердження особи не прийнято; яку перевірку воно не пройшло, сказано в errors.",
                "The person's assertion is not taken; errors tells which check it failed.",
            ),
            ServiceCode::InvalidRequest => {
                ("invalid_request", 400, "Запит на токен має іншу форму.", "A request for a token has another form.")
            }
            ServiceCode::UnsupportedGrantType => {
                ("unsupported_grant_type", 400, "Такого виду надання доступу немає.", "There is no such type of grant.")
            }
            ServiceCode::InvalidToken => (
                "invalid_token",
                401,
                "Токен невідомий, прострочений або права його власника припинено; попросіть новий.",
                "The token is unknown, has expired, or its holder's rights have ended; ask for a new one.",
            ),
            ServiceCode::AccessDenied => (
                "access_denied",
                403,
                "Ці дані доступні не кожному: потрібен токен того, хто має на них право.",
                "These data are not for everybody: they need the token of somebody who has a right to them.",
            ),
        }
    }

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status.
    pub fn status(self) -> u16 {
        self.row().1
    }

    /// Whether the same bytes may succeed later.
    pub fn retryable(self) -> bool {
        matches!(self, ServiceCode::Overloaded | ServiceCode::NotReady | ServiceCode::NotCommitted | ServiceCode::NotYet)
    }

    /// Whether it is an error of the token endpoint, which RFC 6749 §5.2 names.
    pub fn of_oauth(self) -> bool {
        use ServiceCode::{InvalidClient, InvalidGrant, InvalidRequest, UnsupportedGrantType};
        matches!(self, InvalidClient | InvalidGrant | InvalidRequest | UnsupportedGrantType)
    }

    /// The sentence in `uk` or, for any other language, English.
    pub fn text(self, language: &str) -> &'static str {
        let (_, _, uk, en) = self.row();
        if language == "uk" { uk } else { en }
    }
}

impl fmt::Display for ServiceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
