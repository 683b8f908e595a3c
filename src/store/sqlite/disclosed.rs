//! Disclosures as SQLite has them: those of an entry about one subject are one row, in two values.
//!
//! What is random lies apart from what can be compressed. A disclosure is an array of salt, name and value in base64url (RFC 9901 §4.2.1): of one that is
//! written without blanks the first value has the salt as the bytes that it says and the second the member's value; of any other the first has all of it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::super::dictionary::Dictionary;
use super::super::{DisclosureRow, StoreError};

/// Trained on the disclosures of six demos of different seeds. Level 1 would save nothing.
static DISCLOSURES: Dictionary = Dictionary::new("disclosures", 32_771, -1, include_bytes!("../disclosures-1.dictionary"));

/// How what is compressed is laid out: its first byte, with which no frame begins.
const LAYOUT: u8 = 0;

/// How a disclosure is kept: as a text, as an array's bytes, or, from here on, as a salt of so many bytes and a value.
const TEXT: u64 = 0;
const ARRAY: u64 = 1;
const SALTED: u64 = 2;

/// The two values of a row.
#[derive(Debug, PartialEq)]
pub(super) struct Disclosed {
    pub(super) salts: Vec<u8>,
    pub(super) packed: Vec<u8>,
}

/// Whose disclosures are in a row.
pub(super) struct Whose {
    pub(super) entry: u64,
    pub(super) subject: String,
    pub(super) on_file: bool,
}

impl Disclosed {
    /// Packs disclosures by their ordinals.
    pub(super) fn pack(rows: &[&DisclosureRow]) -> Result<Disclosed, StoreError> {
        let (mut salts, mut values, mut next) = (Vec::new(), vec![LAYOUT], 0);
        for row in rows {
            // The gap between ordinals that follow each other.
            put_number(&mut values, u64::from(row.ordinal).saturating_sub(next));
            next = u64::from(row.ordinal) + 1;
            put(&mut values, row.object.as_bytes());
            put(&mut values, row.name.as_bytes());
            // It decodes only what it would write again, without padding or loose bits.
            match URL_SAFE_NO_PAD.decode(&row.text).ok().filter(|array| array.starts_with(b"[")) {
                Some(array) => match salted(&array, &row.name) {
                    Some((salt, value)) => {
                        put_number(&mut values, SALTED + salt.len() as u64);
                        salts.extend(salt);
                        put(&mut values, value);
                    }
                    None => {
                        put_number(&mut values, ARRAY);
                        put(&mut salts, &array);
                    }
                },
                None => {
                    put_number(&mut values, TEXT);
                    put(&mut salts, row.text.as_bytes());
                }
            }
        }
        Ok(Disclosed { salts, packed: DISCLOSURES.compressed(&values)?.into_owned() })
    }

    /// Unpacks them.
    pub(super) fn unpack(&self, whose: &Whose) -> Result<Vec<DisclosureRow>, StoreError> {
        let values = DISCLOSURES.decompressed(&self.packed)?;
        let rows =
            values.split_first().filter(|(layout, _)| **layout == LAYOUT).and_then(|(_, values)| unpacked(whose, &self.salts, values));
        rows.ok_or_else(|| StoreError::corrupt(format!("disclosures of entry {} are not packed", whose.entry)))
    }
}

fn unpacked(whose: &Whose, mut salts: &[u8], mut values: &[u8]) -> Option<Vec<DisclosureRow>> {
    let (mut rows, mut next) = (Vec::new(), 0_u64);
    while !values.is_empty() {
        let ordinal = u32::try_from(next.checked_add(take_number(&mut values)?)?).ok()?;
        let (object, name) = (take_text(&mut values)?, take_text(&mut values)?);
        let text = match take_number(&mut values)? {
            TEXT => take_text(&mut salts)?,
            ARRAY => URL_SAFE_NO_PAD.encode(take(&mut salts)?),
            salted => {
                let salt = salts.split_off(..usize::try_from(salted - SALTED).ok()?)?;
                let value = take(&mut values)?;
                let salt = URL_SAFE_NO_PAD.encode(salt);
                URL_SAFE_NO_PAD.encode([b"[\"", salt.as_bytes(), b"\",\"", name.as_bytes(), b"\",", value, b"]"].concat())
            }
        };
        next = u64::from(ordinal) + 1;
        rows.push(DisclosureRow {
            entry: whose.entry,
            ordinal,
            subject: whose.subject.clone(),
            object,
            name,
            text,
            on_file: whose.on_file,
        });
    }
    salts.is_empty().then_some(rows)
}

/// The salt's bytes and the value in a disclosure of this name, if it is written as most are.
fn salted<'a>(array: &'a [u8], name: &str) -> Option<(Vec<u8>, &'a [u8])> {
    let array = array.strip_prefix(b"[\"")?;
    let (salt, rest) = array.split_at(memchr::memchr(b'"', array)?);
    let value = rest.strip_prefix(b"\",\"")?.strip_prefix(name.as_bytes())?.strip_prefix(b"\",")?.strip_suffix(b"]")?;
    Some((URL_SAFE_NO_PAD.decode(salt).ok()?, value))
}

/// Adds a number: seven bits a byte, the lowest first, the highest bit saying that more follow (LEB128).
fn put_number(bytes: &mut Vec<u8>, mut number: u64) {
    while number >= 1 << 7 {
        bytes.push(number as u8 | 1 << 7);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// Adds bytes with their length.
fn put(bytes: &mut Vec<u8>, more: &[u8]) {
    put_number(bytes, more.len() as u64);
    bytes.extend(more);
}

fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = *bytes.split_off_first()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 1 << 7 {
            return Some(number);
        }
    }
    None
}

fn take<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = take_number(bytes)?;
    bytes.split_off(..usize::try_from(length).ok()?)
}

fn take_text(bytes: &mut &[u8]) -> Option<String> {
    str::from_utf8(take(bytes)?).ok().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whose() -> Whose {
        Whose { entry: 7, subject: "patient/x".into(), on_file: true }
    }

    fn row(ordinal: u32, name: &str, text: &str) -> DisclosureRow {
        let Whose { entry, subject, on_file } = whose();
        DisclosureRow { entry, ordinal, subject, object: "/data".into(), name: name.into(), text: text.into(), on_file }
    }

    fn array(text: &str) -> String {
        URL_SAFE_NO_PAD.encode(text)
    }

    #[test]
    fn disclosures_are_read_as_they_were_written() {
        let name = array(r#"["AAECAwQFBgcICQoLDA0ODw","name","Шевченко"]"#);
        let all = [
            name.clone(),
            format!("{name}="),
            array(r#"["AAECAwQFBgcICQoLDA0ODw","other","Шевченко"]"#),
            array(r#"["AAECAwQFBgcICQoLDA0ODx","name","loose bits"]"#),
            array(r#"[ "AAECAwQFBgcICQoLDA0ODw","name",{"a":1}]"#),
            array(r#"["","name",1]"#),
            array(r#"["AAEC","name",]"#),
            array("[\""),
            array("no array"),
            "Ww".into(),
            "Wx".into(),
            String::new(),
            "я".repeat(9_000),
        ];
        let rows: Vec<DisclosureRow> =
            (2..).zip(&all).map(|(place, text)| row(if place < 5 { place } else { place * 1_000 }, "name", text)).collect();
        for count in 0..=rows.len() {
            let packed = Disclosed::pack(&rows[..count].iter().collect::<Vec<_>>()).unwrap();
            assert_eq!(packed.unpack(&whose()).unwrap(), rows[..count]);
        }
        let last = row(u32::MAX, "\"name", &array(r#"["AAEC",""name",0]"#));
        assert_eq!(Disclosed::pack(&[&last]).unwrap().unpack(&whose()).unwrap(), [last]);
    }

    #[test]
    fn a_salt_is_kept_as_its_bytes_and_names_are_in_the_dictionary() {
        let rows: Vec<DisclosureRow> = ["last_name", "first_name", "birth_date"]
            .into_iter()
            .zip(0..)
            .map(|(name, ordinal)| row(ordinal, name, &array(&format!(r#"["AAECAwQFBgcICQoLDA0ODw","{name}","1"]"#))))
            .collect();
        let packed = Disclosed::pack(&rows.iter().collect::<Vec<_>>()).unwrap();
        assert_eq!(packed.salts, (0..16).cycle().take(48).collect::<Vec<u8>>());
        assert!(packed.packed.len() < 48, "{}", packed.packed.len());
    }

    #[test]
    fn what_was_altered_is_refused_or_gives_disclosures() {
        let rows = [row(0, "name", &array(r#"["AAECAwQFBgcICQoLDA0ODw","name","1"]"#)), row(1, "x", "y")];
        let packed = Disclosed::pack(&rows.iter().collect::<Vec<_>>()).unwrap();
        let plain = DISCLOSURES.decompressed(&packed.packed).unwrap().into_owned();
        for place in 0..plain.len() {
            for bit in 0..8 {
                let (mut values, salts) = (plain.clone(), packed.salts.clone());
                values[place] ^= 1 << bit;
                let read = Disclosed { salts, packed: values }.unpack(&whose());
                assert!(read.is_err() || read.unwrap() != rows, "{place} {bit}");
            }
            assert!(Disclosed { salts: packed.salts.clone(), packed: plain[..place].to_vec() }.unpack(&whose()).is_err());
        }
        assert!(Disclosed { salts: [&packed.salts[..], b"x"].concat(), packed: plain }.unpack(&whose()).is_err());
    }
}
