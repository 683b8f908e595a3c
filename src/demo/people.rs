//! Made-up people. Nobody is real: names are drawn from lists, codes have valid check digits.
//!
//! The lists of patients and of practitioners have no name in common, nor do their towns and phone prefixes: so a
//! patient's value that turns up in a public place has come from the patient.

use aggregates::values::{edrpou, rnokpp};
use aggregates::words::Date;
use serde_json::{Value, json};

use super::dice::Dice;

/// Names that a person may have.
struct Names {
    last: &'static [&'static str],
    first: [&'static [&'static str]; 2],
    /// From the father's name, for a man and for a woman.
    second: &'static [[&'static str; 2]],
    phone_prefixes: &'static [&'static str],
}

const PATIENTS: Names = Names {
    last: &[
        "Шевченко",
        "Коваленко",
        "Бондаренко",
        "Ткаченко",
        "Кравченко",
        "Олійник",
        "Шевчук",
        "Поліщук",
        "Марченко",
        "Лисенко",
        "Савченко",
        "Руденко",
        "Петренко",
        "Клименко",
        "Павленко",
        "Кравчук",
        "Кузьменко",
        "Пономаренко",
        "Василенко",
        "Захарченко",
        "Левченко",
        "Іщенко",
        "Гончаренко",
        "Мартиненко",
        "Карпенко",
        "Дячук",
        "Гриценко",
        "Юрченко",
        "Назаренко",
        "Власенко",
    ],
    first: [
        &["Іван", "Олександр", "Андрій", "Сергій", "Дмитро", "Михайло", "Василь", "Юрій", "Максим", "Артем"],
        &["Олена", "Наталія", "Ірина", "Оксана", "Тетяна", "Марія", "Анна", "Юлія", "Катерина", "Вікторія"],
    ],
    second: &[
        ["Іванович", "Іванівна"],
        ["Олександрович", "Олександрівна"],
        ["Петрович", "Петрівна"],
        ["Миколайович", "Миколаївна"],
        ["Володимирович", "Володимирівна"],
        ["Васильович", "Василівна"],
    ],
    phone_prefixes: &["+38050", "+38067", "+38063"],
};

const PRACTITIONERS: Names = Names {
    last: &[
        "Гнатюк",
        "Довбуш",
        "Залізняк",
        "Калинець",
        "Мазур",
        "Нечай",
        "Опанасюк",
        "Сагайда",
        "Терлич",
        "Хвилюк",
        "Цимбалюк",
        "Чорновіл",
        "Яворик",
        "Ластовець",
        "Верес",
    ],
    first: [&["Богдан", "Тарас", "Остап", "Ярослав", "Зиновій", "Любомир"], &["Соломія", "Дарина", "Уляна", "Зоряна", "Христина", "Лідія"]],
    second: &[["Орестович", "Орестівна"], ["Романович", "Романівна"], ["Степанович", "Степанівна"], ["Мирославович", "Мирославівна"]],
    phone_prefixes: &["+38097", "+38098"],
};

const VILLAGES: &[&str] = &["Щербані", "Розсошенці", "Терешки", "Горбанівка", "Ковалівка", "Супрунівка", "Абазівка", "Мачухи"];
const BIRTHPLACES: &[&str] = &["Черкаси", "Суми", "Чернігів", "Хмельницький", "Ужгород", "Кропивницький", "Вінниця"];
const STREETS: &[&str] = &["вул. Садова", "вул. Лугова", "вул. Квіткова", "пров. Тихий", "вул. Степова", "вул. Польова"];
const SECRETS: &[&str] = &["ластівка", "соняшник", "барвінок", "журавель", "волошка", "чорнобривці"];
const OFFICES: &[&str] = &["Диканський РС УДМС", "Миргородський РВ УДМС", "Лубенський РВ УДМС"];
const LETTERS: &[&str] = &["АВ", "ВК", "ЕН", "КМ", "МС", "НР", "СТ"];

/// How old somebody is, roughly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Under 14.
    Child,
    /// 14 to 17.
    Teen,
    /// 18 and more.
    Adult,
}

/// A made-up person.
#[derive(Clone)]
pub struct Person {
    /// Family name.
    pub last: &'static str,
    /// Given name.
    pub first: &'static str,
    /// Patronymic.
    pub second: &'static str,
    /// 0 for a man, 1 for a woman.
    pub gender: usize,
    /// The day of birth.
    pub born: Date,
    /// A tax number with a valid check digit.
    pub tax_id: String,
    /// A mobile phone.
    pub phone: String,
    /// An e-mail address.
    pub email: String,
    /// A passport, or a birth certificate.
    pub document: Value,
    age: Age,
}

/// A member of a patient's household.
pub fn patient(dice: &mut Dice, age: Age, year: i16) -> Person {
    person(dice, &PATIENTS, age, year, "poshta.example")
}

/// Somebody who works for a provider.
pub fn practitioner(dice: &mut Dice, year: i16) -> Person {
    person(dice, &PRACTITIONERS, Age::Adult, year, "likar.example")
}

fn person(dice: &mut Dice, names: &Names, age: Age, year: i16, mail: &str) -> Person {
    let gender = dice.below(2) as usize;
    let years = match age {
        Age::Child => 2 + dice.below(11),
        Age::Teen => 15 + dice.below(3),
        Age::Adult => 22 + dice.below(50),
    };
    // Nobody is born on a first of the month, and licences and diplomas are of firsts: no date is anybody else's.
    let (month, day) = (1 + dice.below(12), 2 + dice.below(26));
    let born = Date::new(year - years as i16, month as i8, day as i8).unwrap_or_else(first_day);
    let document = match age {
        Age::Child => json!({"type": "birth_certificate", "number": format!("І-КЕ №{}", dice.digits(6))}),
        Age::Teen | Age::Adult => json!({
            "type": "passport",
            "number": format!("{}{}", dice.pick(LETTERS), dice.digits(6)),
            "issued_at": born.birthday(14).plus_days(40).to_string(),
            "issued_by": dice.pick(OFFICES),
        }),
    };
    Person {
        last: dice.pick::<&str>(names.last),
        first: dice.pick::<&str>(names.first[gender]),
        second: dice.pick(names.second)[gender],
        gender,
        born,
        tax_id: tax_id(dice, born, gender),
        phone: format!("{}{}", dice.pick(names.phone_prefixes), dice.digits(7)),
        email: format!("p{}@{mail}", dice.digits(8)),
        document,
        age,
    }
}

fn first_day() -> Date {
    Date::new(1900, 1, 1).unwrap_or_else(|| unreachable!("the calendar has the day"))
}

/// An RNOKPP: days since 31 December 1899, a serial number whose last digit tells the gender, a check digit.
fn tax_id(dice: &mut Dice, born: Date, gender: usize) -> String {
    // A binary search for the day's number: dates only count forward.
    let (mut low, mut high) = (0, 80_000);
    while low < high {
        let middle = (low + high) / 2;
        if first_day().plus_days(middle) < born { low = middle + 1 } else { high = middle }
    }
    let serial = 100 * (1 + dice.below(89)) + 10 * dice.below(10) + 2 * dice.below(5) + u64::from(gender == 0);
    checked(&format!("{:05}{serial:04}", low + 1), |text| rnokpp(text).is_ok())
}

/// A company's code.
pub fn company_code(dice: &mut Dice) -> String {
    checked(&dice.digits(7), |text| edrpou(text).is_ok())
}

fn checked(digits: &str, good: impl Fn(&str) -> bool) -> String {
    // Every start has a check digit, as the remainder is taken modulo 10.
    (0..10).map(|check| format!("{digits}{check}")).find(|text| good(text)).unwrap_or_default()
}

impl Person {
    /// `male` or `female`.
    pub fn gender(&self) -> &'static str {
        ["male", "female"][self.gender]
    }

    /// The practitioner of `key.enrol`.
    pub fn as_practitioner(&self, id: uuid::Uuid) -> Value {
        json!({
            "id": id, "last_name": self.last, "first_name": self.first, "second_name": self.second, "gender": self.gender(),
            "tax_id": self.tax_id, "birth_date": self.born, "documents": [self.document], "email": self.email, "phone": self.phone,
        })
    }

    /// The patient of `key.enrol`.
    pub fn as_patient(&self, id: uuid::Uuid) -> Value {
        json!({
            "id": id, "last_name": self.last, "first_name": self.first, "second_name": self.second,
            "tax_id": self.tax_id, "birth_date": self.born, "documents": [self.document],
        })
    }

    /// The data of `patient.register`; a child comes with a representative, whose phone receives the codes.
    pub fn registration(&self, id: uuid::Uuid, dice: &mut Dice, representative: Option<&Person>) -> Value {
        let contact = representative.unwrap_or(self);
        let mut data = json!({
            "patient": id, "authentication": "code", "data_processing_consent": true,
            "last_name": self.last, "first_name": self.first, "second_name": self.second,
            "birth_date": self.born, "birth_country": "Україна", "birth_settlement": dice.pick(BIRTHPLACES), "gender": self.gender(),
            "documents": [self.document],
            "addresses": [{
                "type": "residence", "country": "UA", "area": "Полтавська обл.", "settlement": dice.pick(VILLAGES),
                "settlement_type": "village", "settlement_id": dice.id(), "street": dice.pick(STREETS),
                "building": (1 + dice.below(90)).to_string(), "zip": format!("38{}", dice.digits(3)),
            }],
            "phones": [{"type": "mobile", "number": contact.phone}],
            "code_phone": contact.phone,
            "secret": format!("{}{}", dice.pick(SECRETS), dice.digits(2)),
            "emergency_contact": {
                "last_name": contact.last, "first_name": dice.pick(PATIENTS.first[1]),
                "phones": [{"type": "mobile", "number": format!("+38066{}", dice.digits(7))}],
            },
        });
        if self.age != Age::Child {
            data["tax_id"] = json!(self.tax_id);
            data["email"] = json!(self.email);
        }
        if let Some(parent) = representative {
            data["representatives"] = json!([{
                "relation": "primary", "last_name": parent.last, "first_name": parent.first, "second_name": parent.second,
                "birth_date": parent.born, "birth_country": "Україна", "birth_settlement": dice.pick(BIRTHPLACES),
                "gender": parent.gender(), "tax_id": parent.tax_id, "secret": format!("{}{}", dice.pick(SECRETS), dice.digits(2)),
                "documents": [parent.document],
                "relationship_documents": [{"type": "birth_certificate", "number": self.document["number"]}],
                "phones": [{"type": "mobile", "number": parent.phone}],
            }]);
        }
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_come_from_the_seed_and_have_valid_codes() {
        let people = |seed| (0..50).map(|number| patient(&mut Dice::new(seed, &number.to_string()), Age::Adult, 2026)).collect::<Vec<_>>();
        for (one, same) in people(1).iter().zip(people(1)) {
            assert_eq!((one.last, one.first, one.born, &one.tax_id), (same.last, same.first, same.born, &same.tax_id));
            assert_eq!(rnokpp(&one.tax_id), Ok(()));
        }
        assert!(people(1).iter().zip(people(2)).any(|(one, other)| one.tax_id != other.tax_id));
        for number in 0..50 {
            assert_eq!(edrpou(&company_code(&mut Dice::new(1, &number.to_string()))), Ok(()));
        }
    }

    #[test]
    fn a_tax_number_counts_from_the_last_day_of_1899() {
        let born: Date = "1983-12-24".parse().unwrap();
        // 30,673 days after 31 December 1899.
        assert!(tax_id(&mut Dice::new(1, ""), born, 0).starts_with("30673"));
    }

    #[test]
    fn patients_and_practitioners_share_no_name() {
        let all = |names: &Names| {
            let second = names.second.iter().flatten();
            names.last.iter().chain(names.first.iter().copied().flatten()).chain(second).copied().collect::<Vec<_>>()
        };
        for name in all(&PATIENTS) {
            assert!(!all(&PRACTITIONERS).contains(&name), "{name}");
        }
    }
}
