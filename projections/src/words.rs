//! Words to search by: the same key for every way in which people write a name.

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::Resource;

/// Words are kept with at most this many bytes of their beginning.
pub const MAX_WORD: usize = 64;

/// At most this many words of a row, and of a question.
pub const MAX_WORDS: usize = 32;

/// The words of a text as rows are searched by them: lower case, without apostrophes, and with the letters that people
/// put for one another made one.
///
/// `ґ` is `г`, `ї` is `і`, `є` is `е`; a Latin letter that looks like a Cyrillic one is that one. Hyphens and other signs
/// part words.
pub fn words(text: &str) -> BTreeSet<String> {
    let plain: String = text.chars().flat_map(char::to_lowercase).filter_map(folded).collect();
    let parts = plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    parts.take(MAX_WORDS).map(|word| word[..word.floor_char_boundary(MAX_WORD)].to_owned()).collect()
}

/// The words of a row.
pub fn words_of(resource: Resource, body: &Map<String, Value>) -> BTreeSet<String> {
    words_in(resource, |member| body.get(member).and_then(Value::as_str).map(Cow::from))
}

/// The words of a row with these texts.
pub(crate) fn words_in<'a>(resource: Resource, text: impl Fn(&str) -> Option<Cow<'a, str>>) -> BTreeSet<String> {
    let texts = resource.searched().iter().filter_map(|member| text(member));
    texts.flat_map(|text| words(&text)).take(MAX_WORDS).collect()
}

/// Whether each word asked for begins one of the row's.
pub fn matches(resource: Resource, body: &Map<String, Value>, asked: &[String]) -> bool {
    let known = words_of(resource, body);
    asked.iter().all(|word| known.iter().any(|known| known.starts_with(word.as_str())))
}

fn folded(letter: char) -> Option<char> {
    Some(match letter {
        '\'' | '’' | '‘' | 'ʼ' | '`' | '´' | 'ʹ' | '′' | '\u{301}' => return None,
        'ґ' => 'г',
        'ї' | 'i' => 'і',
        'є' | 'e' => 'е',
        // A decomposed і with diaeresis.
        '\u{308}' => return None,
        'a' => 'а',
        'b' => 'в',
        'c' => 'с',
        'h' => 'н',
        'k' => 'к',
        'm' => 'м',
        'o' => 'о',
        'p' => 'р',
        't' => 'т',
        'x' => 'х',
        'y' => 'у',
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn list(text: &str) -> Vec<String> {
        words(text).into_iter().collect()
    }

    #[test]
    fn people_write_a_name_in_many_ways() {
        for other in ["Ґалаґан-Їжакевич", "ГАЛАГАН ІЖАКЕВИЧ", "галаган–їжакевич", "Галаган «Iжакевич»"]
        {
            assert_eq!(list(other), ["галаган", "іжакевич"], "{other}");
        }
        for other in ["Мар’яненко", "мар'яненко", "МАРʼЯНЕНКО", "Маряненко"] {
            assert_eq!(list(other), ["маряненко"], "{other}");
        }
        assert_eq!(list("Є"), ["е"]);
        assert_eq!(list("  – "), [""; 0]);
    }

    #[test]
    fn a_question_asks_for_beginnings() {
        let body = json!({ "last_name": "Шевченко", "first_name": "Тарас", "gender": "male" });
        let body = body.as_object().unwrap();
        let asked = |text: &str| words(text).into_iter().collect::<Vec<_>>();
        assert!(matches(Resource::Practitioner, body, &asked("тар шевч")));
        assert!(matches(Resource::Practitioner, body, &[]));
        assert!(!matches(Resource::Practitioner, body, &asked("шевченкова")));
        assert!(!matches(Resource::Practitioner, body, &asked("male")), "only names are searched");
    }

    #[test]
    fn a_long_text_gives_few_short_words() {
        let long: String = (0..100).map(|number| format!("{}{number} ", "щ".repeat(100))).collect();
        let found = words(&long);
        assert!(found.len() <= MAX_WORDS && found.iter().all(|word| word.len() <= MAX_WORD));
    }
}
