//! What can be wrong with an envelope: one code per defect.

use crate::json::{JsonCode, codes};

codes! {
    /// A defect of an envelope. The texts are for people; programs go by the name.
    EnvelopeCode {
        // The whole body.
        BodyTooLarge "body_too_large" 413
            "Тіло запиту більше за 128 КіБ."
            "The body is larger than 128 KiB."
        BodyWrongType "body_wrong_type" 400
            "Це поле конверта має інший тип, ніж потрібно."
            "This member of the envelope is of another type than required."
        BodyMemberUnknown "body_member_unknown" 400
            "Конверт не має такого поля."
            "The envelope has no such member."
        BodyMemberMissing "body_member_missing" 400
            "У конверті бракує цього поля."
            "The envelope lacks this member."
        SignaturesEmpty "signatures_empty" 400
            "Конверт повинен мати хоча б один підпис."
            "The envelope must have at least one signature."
        SignaturesTooMany "signatures_too_many" 400
            "Конверт може мати щонайбільше чотири підписи."
            "The envelope may have at most four signatures."
        HeaderMisplaced "header_misplaced" 400
            "Незахищений заголовок дозволено лише першому підпису."
            "Only the first signature may have an unprotected header."

        // The protected headers and the signatures.
        ProtectedNotBase64url "protected_not_base64url" 400
            "Захищений заголовок не є канонічним base64url без доповнення."
            "The protected header is not canonical base64url without padding."
        ProtectedWrongType "protected_wrong_type" 400
            "Захищений заголовок повинен бути об’єктом, а його поля — рядками."
            "The protected header must be an object and its members strings."
        ProtectedMemberUnknown "protected_member_unknown" 400
            "Захищений заголовок повинен мати лише поля alg, kid та typ."
            "The protected header must have no members but alg, kid and typ."
        ProtectedMemberMissing "protected_member_missing" 400
            "У захищеному заголовку бракує цього поля."
            "The protected header lacks this member."
        AlgorithmNotAllowed "algorithm_not_allowed" 400
            "Єдиний дозволений алгоритм підпису — Ed25519."
            "The only signature algorithm allowed is Ed25519."
        TypNotAllowed "typ_not_allowed" 400
            "Поле typ команди повинно мати значення «litopys-command+json»."
            "The typ of a command must be “litopys-command+json”."
        KidMalformed "kid_malformed" 400
            "Поле kid повинно бути відбитком ключа за RFC 7638: 43 символи base64url."
            "The kid must be the key’s RFC 7638 thumbprint: 43 characters of base64url."
        SignatureNotBase64url "signature_not_base64url" 400
            "Підпис не є канонічним base64url без доповнення."
            "The signature is not canonical base64url without padding."
        SignatureLength "signature_length" 400
            "Підпис Ed25519 повинен мати рівно 64 байти."
            "An Ed25519 signature must be exactly 64 bytes long."
        SignatureKidRepeated "signature_kid_repeated" 400
            "Один ключ не може підписати команду двічі."
            "One key cannot sign a command twice."

        // The payload.
        PayloadNotBase64url "payload_not_base64url" 400
            "Вміст команди не є канонічним base64url без доповнення."
            "The payload is not canonical base64url without padding."
        PayloadTooLarge "payload_too_large" 413
            "Розкодований вміст команди більший за 16 КіБ."
            "The decoded payload is larger than 16 KiB."
        PayloadWrongType "payload_wrong_type" 400
            "Це поле команди має інший тип, ніж потрібно."
            "This member of the payload is of another type than required."
        PayloadMemberUnknown "payload_member_unknown" 400
            "Команда не має такого поля."
            "The payload has no such member."
        PayloadMemberMissing "payload_member_missing" 400
            "У команді бракує цього поля."
            "The payload lacks this member."
        IdMalformed "id_malformed" 400
            "Ідентифікатор команди повинен бути UUID, записаним малими літерами з дефісами."
            "The command’s id must be a UUID in lower case with hyphens."
        IssuedAtMalformed "issued_at_malformed" 400
            "Час видання повинен мати вигляд РРРР-ММ-ДДTгг:хх:сс[.ммм]Z і бути справжнім моментом за UTC."
            "The time of issue must be written YYYY-MM-DDTHH:MM:SS[.mmm]Z and be a real moment in UTC."
        SignersCount "signers_count" 400
            "Список signers повинен мати стільки записів, скільки є підписів."
            "The list of signers must be as long as the list of signatures."
        SignerKidMismatch "signer_kid_mismatch" 400
            "Ключ цього підписанта не збігається з ключем підпису на тому самому місці."
            "This signer’s key is not the key of the signature in the same place."
        RoleUnknown "role_unknown" 400
            "Такої ролі підписанта немає."
            "There is no such role of a signer."
        OfMissing "of_missing" 400
            "Для цієї ролі треба вказати в полі of, за чиїм правом діє підписант."
            "This role must say in the member of in whose right the signer acts."
        OfNotAllowed "of_not_allowed" 400
            "Для цієї ролі поле of не вказують."
            "This role has no member of."
        OfMalformed "of_malformed" 400
            "Поле of повинно мати вигляд «тип/ідентифікатор»."
            "The member of must be written “type/id”."
        OfWrongStream "of_wrong_stream" 400
            "Підписант у цій ролі не може діяти за правом такого об’єкта."
            "A signer in this role cannot act in the right of a thing of this type."
        ExpectStreamMalformed "expect_stream_malformed" 400
            "Очікуваний потік повинен мати вигляд «тип/ідентифікатор»."
            "The expected stream must be written “type/id”."
        ExpectVersionNegative "expect_version_negative" 400
            "Очікувана версія не може бути від’ємною."
            "The expected version cannot be negative."
        SeenSizeNegative "seen_size_negative" 400
            "Розмір побаченого журналу не може бути від’ємним."
            "The size of the log seen cannot be negative."
        SeenRootMalformed "seen_root_malformed" 400
            "Корінь побаченого журналу повинен бути 32 байтами у стандартному base64: 44 символи."
            "The root of the log seen must be 32 bytes in standard base64: 44 characters."

        // Digests.
        SdNotArray "sd_not_array" 400
            "Поле _sd повинно бути списком дайджестів."
            "The member _sd must be a list of digests."
        SdEmpty "sd_empty" 400
            "Порожній список _sd треба вилучити."
            "An empty list _sd must be left out."
        SdDigestMalformed "sd_digest_malformed" 400
            "Дайджест повинен бути рядком із 43 символів канонічного base64url."
            "A digest must be a string of 43 characters of canonical base64url."
        SdDigestRepeated "sd_digest_repeated" 400
            "Кожен дайджест може траплятися в команді лише раз."
            "A digest may occur only once in a payload."
        SdNotSorted "sd_not_sorted" 400
            "Дайджести у списку _sd треба впорядкувати за зростанням."
            "The digests in a list _sd must stand in ascending order."
        SdArrayElement "sd_array_element" 400
            "Приховувати окремі елементи списків («...») не дозволено."
            "Hiding single elements of lists (“...”) is not allowed."
        SdAlgMisplaced "sd_alg_misplaced" 400
            "Поле _sd_alg дозволено лише на верхньому рівні команди."
            "The member _sd_alg is allowed only at the top of the payload."
        SdAlgUnsupported "sd_alg_unsupported" 400
            "Єдиний дозволений алгоритм дайджестів — sha-256."
            "The only digest algorithm allowed is sha-256."
        SdAlgMissing "sd_alg_missing" 400
            "Команда з дайджестами повинна мати поле _sd_alg."
            "A payload with digests must have the member _sd_alg."
        SdAlgNeedless "sd_alg_needless" 400
            "Команда без дайджестів не повинна мати поля _sd_alg."
            "A payload without digests must not have the member _sd_alg."

        // Disclosures.
        DisclosuresEmpty "disclosures_empty" 400
            "Порожній список розкриттів треба вилучити разом із заголовком."
            "An empty list of disclosures must be left out, header and all."
        DisclosuresTooMany "disclosures_too_many" 413
            "Команда може мати щонайбільше 64 розкриття."
            "A command may have at most 64 disclosures."
        DisclosuresTooLarge "disclosures_too_large" 413
            "Усі розкриття разом більші за 96 КіБ."
            "All disclosures together are larger than 96 KiB."
        DisclosureTooLarge "disclosure_too_large" 413
            "Розкриття більше за 4 КіБ."
            "The disclosure is larger than 4 KiB."
        DisclosureNotBase64url "disclosure_not_base64url" 400
            "Розкриття не є канонічним base64url без доповнення."
            "The disclosure is not canonical base64url without padding."
        DisclosureMalformed "disclosure_malformed" 400
            "Розкриття повинно бути списком із трьох елементів: сіль, назва, значення."
            "A disclosure must be a list of three elements: salt, name, value."
        SaltNotBase64url "salt_not_base64url" 400
            "Сіль розкриття не є канонічним base64url без доповнення."
            "The disclosure’s salt is not canonical base64url without padding."
        SaltLength "salt_length" 400
            "Сіль розкриття повинна мати від 16 до 64 байтів."
            "The disclosure’s salt must be 16 to 64 bytes long."
        DisclosureNameReserved "disclosure_name_reserved" 400
            "Назви _sd, _sd_alg та «...» зарезервовано, тож розкривати під ними нічого не можна."
            "The names _sd, _sd_alg and “...” are reserved, so nothing can be disclosed under them."
        DisclosureNested "disclosure_nested" 400
            "Розкрите значення не може містити _sd, _sd_alg чи «...»: вкладені розкриття не дозволено."
            "A disclosed value cannot contain _sd, _sd_alg or “...”: disclosures are not nested."
        DisclosureRepeated "disclosure_repeated" 400
            "Те саме розкриття надіслано двічі."
            "The same disclosure is sent twice."
        DisclosureUnreferenced "disclosure_unreferenced" 400
            "У підписаній команді немає дайджесту цього розкриття."
            "The signed payload has no digest of this disclosure."
        DisclosureNameInClear "disclosure_name_in_clear" 400
            "Об’єкт уже має поле з цією назвою у відкритому вигляді."
            "The object already has a member of this name in clear."
        DisclosureNameRepeated "disclosure_name_repeated" 400
            "В одному об’єкті ту саму назву розкрито двічі."
            "The same name is disclosed twice in one object."
        DisclosureMissing "disclosure_missing" 400
            "Для цього дайджесту не надіслано розкриття."
            "No disclosure was sent for this digest."

        // JSON, of the body and of what is encoded in it; the parameter `document` says which.
        JsonNotUtf8 "json_not_utf8" 400
            "Текст JSON записано не в UTF-8."
            "The JSON text is not UTF-8."
        JsonByteOrderMark "json_byte_order_mark" 400
            "Текст JSON починається з позначки порядку байтів (BOM), а не повинен."
            "The JSON text begins with a byte order mark (BOM) and must not."
        JsonIncomplete "json_incomplete" 400
            "Текст JSON обривається."
            "The JSON text ends too early."
        JsonTrailing "json_trailing" 400
            "Після значення JSON стоїть щось зайве."
            "Something follows the JSON value."
        JsonSyntax "json_syntax" 400
            "Тут порушено граматику JSON."
            "Here the grammar of JSON is broken."
        JsonControlCharacter "json_control_character" 400
            "Керівний символ у рядку JSON треба екранувати."
            "A control character in a JSON string must be escaped."
        JsonTooDeep "json_too_deep" 400
            "Об’єкти та списки вкладено глибше, ніж на вісім рівнів."
            "Objects and lists are nested more than eight levels deep."
        JsonDuplicateName "json_duplicate_name" 400
            "Це поле трапляється в об’єкті двічі."
            "This member occurs twice in its object."
        JsonNotInteger "json_not_integer" 400
            "Числа повинні бути цілими, без дробової частини та порядку; десяткові величини записують рядками."
            "Numbers must be integers without fraction or exponent; decimal quantities are written as strings."
        JsonOutOfRange "json_out_of_range" 400
            "Ціле число виходить за межі ±(2⁵³−1)."
            "The integer is beyond ±(2⁵³−1)."
        JsonNegativeZero "json_negative_zero" 400
            "Нуль записують без знака мінус."
            "Zero is written without a minus sign."
        JsonLeadingZero "json_leading_zero" 400
            "Ціле число не може починатися із зайвого нуля."
            "An integer cannot begin with a needless zero."
        JsonLoneSurrogate "json_lone_surrogate" 400
            "Сурогат у рядку JSON не має пари."
            "A surrogate in a JSON string lacks its other half."
        JsonNul "json_nul" 400
            "Рядки не можуть містити символ U+0000."
            "Strings cannot contain U+0000."
        JsonNotNfc "json_not_nfc" 400
            "Рядки та назви полів повинні бути в нормальній формі Юнікоду NFC."
            "Strings and names must be in Unicode normalization form C."
        JsonNull "json_null" 400
            "Замість null поле треба вилучити."
            "Instead of being null the member must be left out."

        // Keys and signatures.
        KeyUnknown "key_unknown" 401
            "Ключ цього підпису не зареєстровано."
            "The key of this signature is not enrolled."
        SignatureInvalid "signature_invalid" 401
            "Підпис не відповідає ключу та вмісту команди."
            "The signature does not match its key and the payload."
    }
}

impl From<JsonCode> for EnvelopeCode {
    fn from(code: JsonCode) -> EnvelopeCode {
        match code {
            JsonCode::NotUtf8 => EnvelopeCode::JsonNotUtf8,
            JsonCode::ByteOrderMark => EnvelopeCode::JsonByteOrderMark,
            JsonCode::Incomplete => EnvelopeCode::JsonIncomplete,
            JsonCode::Trailing => EnvelopeCode::JsonTrailing,
            JsonCode::Syntax => EnvelopeCode::JsonSyntax,
            JsonCode::ControlCharacter => EnvelopeCode::JsonControlCharacter,
            JsonCode::TooDeep => EnvelopeCode::JsonTooDeep,
            JsonCode::DuplicateName => EnvelopeCode::JsonDuplicateName,
            JsonCode::NotInteger => EnvelopeCode::JsonNotInteger,
            JsonCode::OutOfRange => EnvelopeCode::JsonOutOfRange,
            JsonCode::NegativeZero => EnvelopeCode::JsonNegativeZero,
            JsonCode::LeadingZero => EnvelopeCode::JsonLeadingZero,
            JsonCode::LoneSurrogate => EnvelopeCode::JsonLoneSurrogate,
            JsonCode::Nul => EnvelopeCode::JsonNul,
            JsonCode::NotNfc => EnvelopeCode::JsonNotNfc,
            JsonCode::Null => EnvelopeCode::JsonNull,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::EnvelopeCode;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_has_its_own_name_and_texts() {
        let distinct = |of: fn(EnvelopeCode) -> &'static str| EnvelopeCode::ALL.iter().map(|code| of(*code)).collect::<BTreeSet<_>>().len();
        assert_eq!(distinct(EnvelopeCode::name), EnvelopeCode::ALL.len());
        assert_eq!(distinct(EnvelopeCode::uk), EnvelopeCode::ALL.len());
        assert_eq!(distinct(EnvelopeCode::en), EnvelopeCode::ALL.len());
        for code in EnvelopeCode::ALL {
            assert!((400..500).contains(&code.status()), "{code}");
            assert!(code.uk().ends_with('.') && code.en().ends_with('.'), "{code}");
            assert!(code.uk().chars().any(|c| ('а'..='я').contains(&c)), "{code}");
            assert!(code.en().is_ascii() || !code.en().chars().any(|c| ('а'..='я').contains(&c)));
        }
    }
}
