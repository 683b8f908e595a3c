//! Finding values in bytes.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use aggregates::commands::Spec;
use aggregates::form::{Kind, Member};
use litopys::entry::Entry;
use litopys::envelope::Envelope;
use litopys::node::Paths;
use litopys::store::{LedgerReader as _, StoredEntry, VaultReader as _, sqlite};
use serde_json::Value;

/// The shortest value that is looked for, in characters.
const SHORTEST: usize = 4;
/// A value of so many ASCII characters does not turn up by chance, so it is found inside longer words too.
const BY_NO_CHANCE: usize = 9;

fn stored(dir: &Path) -> Vec<StoredEntry> {
    let reader = sqlite::open_reader(&Paths::in_dir(dir).ledger).unwrap();
    let mut all: Vec<StoredEntry> = Vec::new();
    loop {
        let page = reader.entries(all.len() as u64, 500).unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

/// The envelope of an entry's command; continuations have none.
fn envelope(bytes: &[u8]) -> Option<Envelope> {
    let entry = Entry::from_bytes(bytes).unwrap();
    entry.command().map(|command| Envelope::from_entry(command).unwrap())
}

/// Each entry by index: its bytes, and its payload and protected headers decoded.
pub fn entries(dir: &Path) -> Vec<(u64, Vec<u8>)> {
    let decoded = |text: &str| base64url(text);
    let all = stored(dir).into_iter().map(|entry| {
        let mut bytes = entry.bytes.clone();
        if let Some(envelope) = envelope(&entry.bytes) {
            bytes.push(b'\n');
            bytes.extend(decoded(&envelope.payload_b64));
            for signature in &envelope.signatures {
                bytes.push(b'\n');
                bytes.extend(decoded(&signature.protected));
            }
        }
        (entry.index, bytes)
    });
    all.collect()
}

fn base64url(text: &str) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// Every personal value in the vault that says something of a person: codes of the law's lists do not.
pub fn personal(dir: &Path) -> BTreeSet<String> {
    let vault = sqlite::open_vault_reader(&Paths::in_dir(dir).vault).unwrap();
    let mut values = BTreeSet::new();
    for entry in stored(dir) {
        let Some(envelope) = envelope(&entry.bytes) else { continue };
        let rows = vault.disclosures(entry.index).unwrap();
        let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
        for one in envelope.open(&texts).unwrap() {
            let kind = kind_of(&envelope.payload.kind, &one.pointer());
            collect(&kind, &one.value, &mut values);
        }
    }
    values.retain(|value| value.chars().count() >= SHORTEST);
    values
}

/// The names of practitioners, which are public.
pub fn public_names(dir: &Path) -> BTreeSet<String> {
    let envelopes = stored(dir).into_iter().filter_map(|entry| envelope(&entry.bytes));
    let name = |envelope: Envelope| envelope.payload.data.get("practitioner")?.get("last_name")?.as_str().map(str::to_owned);
    envelopes.filter_map(name).collect()
}

/// What the law says that the member at a pointer is.
fn kind_of(command: &str, pointer: &str) -> Kind {
    let mut members = Spec::named(command).unwrap().members;
    let mut steps = pointer.strip_prefix("/data/").unwrap().split('/').peekable();
    loop {
        let name = steps.next().unwrap();
        let member: &Member = members.iter().find(|member| member.name == name).unwrap();
        match member.kind {
            Kind::Object(below) if steps.peek().is_some() => members = below,
            kind => return kind,
        }
    }
}

fn collect(kind: &Kind, value: &Value, out: &mut BTreeSet<String>) {
    match (kind, value) {
        (Kind::Object(members), Value::Object(object)) => {
            for member in *members {
                object.get(member.name).into_iter().for_each(|value| collect(&member.kind, value, out));
            }
        }
        (Kind::List(kind, ..), Value::Array(list)) => list.iter().for_each(|value| collect(kind, value, out)),
        (Kind::OneOf(_) | Kind::Bool | Kind::True, _) => {}
        (_, Value::String(text)) => {
            out.insert(text.clone());
        }
        (_, other) => panic!("{other} is a personal value of another type"),
    }
}

/// Values to look for, each also in the form that JSON may escape it to.
pub struct Needles {
    by_start: HashMap<[u8; 4], Vec<(Vec<u8>, String)>>,
}

impl Needles {
    pub fn new(values: &BTreeSet<String>) -> Needles {
        let mut by_start: HashMap<_, Vec<_>> = HashMap::new();
        for value in values {
            let lower = escaped(value, |unit| format!("\\u{unit:04x}"));
            let upper = escaped(value, |unit| format!("\\u{unit:04X}"));
            for form in BTreeSet::from([value.clone(), lower, upper]) {
                let form = form.into_bytes();
                let start = form[..4].try_into().unwrap();
                by_start.entry(start).or_default().push((form, value.clone()));
            }
        }
        Needles { by_start }
    }

    /// The values that stand in the bytes, each once.
    pub fn hits(&self, bytes: &[u8]) -> Vec<String> {
        let mut found = BTreeSet::new();
        for (at, window) in bytes.windows(4).enumerate() {
            let Some(candidates) = self.by_start.get(window) else { continue };
            for (form, value) in candidates {
                if bytes[at..].starts_with(form) && (is_long(form) || is_word(bytes, at, at + form.len())) {
                    found.insert(value.clone());
                }
            }
        }
        found.into_iter().collect()
    }
}

fn escaped(value: &str, unit: impl Fn(u16) -> String) -> String {
    let each = |letter: char| {
        if letter.is_ascii() { letter.to_string() } else { letter.encode_utf16(&mut [0; 2]).iter().map(|code| unit(*code)).collect() }
    };
    value.chars().map(each).collect()
}

fn is_long(form: &[u8]) -> bool {
    form.is_ascii() && form.len() >= BY_NO_CHANCE
}

/// Whether what stands there is not a part of a longer word: of another name, or of the base64 of something else.
fn is_word(bytes: &[u8], from: usize, to: usize) -> bool {
    let ascii = |byte: u8| byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte);
    let cyrillic = |pair: &[u8]| matches!(pair, [0xd0..=0xd2, 0x80..=0xbf]);
    let before = &bytes[from.saturating_sub(2)..from];
    let after = &bytes[to..(to + 2).min(bytes.len())];
    !before.last().is_some_and(|byte| ascii(*byte))
        && !after.first().is_some_and(|byte| ascii(*byte))
        && !cyrillic(before)
        && !cyrillic(after)
}

#[test]
fn values_are_found_in_each_form_and_only_whole() {
    let needles = Needles::new(&["Іван", "38421", "3067305998"].map(str::to_owned).into());
    for text in ["Іван", "\"Іван\"", "x: Іван, 7", r"\u0406\u0432\u0430\u043d", r#""\u0406\u0432\u0430\u043D""#] {
        assert_eq!(needles.hits(text.as_bytes()), ["Іван"], "{text}");
    }
    assert_eq!(needles.hits("Іванович Іванівна".as_bytes()), [""; 0]);
    assert_eq!(needles.hits(b"a38421b 384217 -38421"), [""; 0]);
    assert_eq!(needles.hits(b"zip 38421."), ["38421"]);
    assert_eq!(needles.hits(b"x3067305998x"), ["3067305998"]);
}
