//! The scanner: recursive descent over UTF-8, as deep as the profile allows and no deeper.

use serde_json::map::Entry;
use serde_json::{Map, Value};
use unicode_normalization::is_nfc;

use super::{JsonCode, JsonFault, MAX_DEPTH, MAX_INTEGER, pointer_token};

/// Bytes of a string that are looked at together.
const CHUNK: usize = 32;

/// More digits than any integer in range has.
const MAX_DIGITS: usize = 16;

pub(super) fn parse(bytes: &[u8]) -> Result<Value, JsonFault> {
    if bytes.starts_with(b"\xEF\xBB\xBF") {
        return Err(fault(JsonCode::ByteOrderMark, 0));
    }
    let text = std::str::from_utf8(bytes).map_err(|wrong| fault(JsonCode::NotUtf8, wrong.valid_up_to()))?;
    let mut scan = Scan { text, at: 0 };
    scan.space();
    let value = scan.value(1)?;
    scan.space();
    if scan.at < text.len() {
        return Err(scan.fault(JsonCode::Trailing));
    }
    Ok(value)
}

fn fault(code: JsonCode, offset: usize) -> JsonFault {
    JsonFault { code, offset, pointer: String::new() }
}

/// Puts a fault found inside a member or element under that member or element.
fn under(token: &str) -> impl FnOnce(JsonFault) -> JsonFault {
    move |inner| JsonFault { pointer: pointer_token(token) + &inner.pointer, ..inner }
}

/// How many bytes come before the first that ends a string or stands for something else in it.
fn plain_bytes(bytes: &[u8]) -> usize {
    let special = |byte: &u8| *byte < 0x20 || *byte == b'"' || *byte == b'\\';
    // Most bytes of a command are in a few long strings, of which a chunk is judged at once.
    let none = |chunk: &&[u8]| !chunk.iter().fold(false, |any, byte| any | special(byte));
    let skipped = CHUNK * bytes.chunks_exact(CHUNK).take_while(none).count();
    let rest = &bytes[skipped..];
    skipped + rest.iter().position(special).unwrap_or(rest.len())
}

/// A position in the text. Every step moves it forward, so every loop ends with the text.
struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl Scan<'_> {
    fn fault(&self, code: JsonCode) -> JsonFault {
        fault(code, self.at)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// What to say of a byte that fits nowhere: the text ended, or the grammar is broken.
    fn unexpected(&self) -> JsonFault {
        self.fault(match self.peek() {
            None => JsonCode::Incomplete,
            Some(_) => JsonCode::Syntax,
        })
    }

    fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Takes the byte if it comes next.
    fn take(&mut self, byte: u8) -> bool {
        let next = self.peek() == Some(byte);
        self.at += usize::from(next);
        next
    }

    fn value(&mut self, depth: usize) -> Result<Value, JsonFault> {
        match self.peek() {
            Some(b'{' | b'[') if depth > MAX_DEPTH => Err(self.fault(JsonCode::TooDeep)),
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.integer(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => {
                let start = self.at;
                self.word("null", Value::Null)?;
                Err(fault(JsonCode::Null, start))
            }
            _ => Err(self.unexpected()),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, JsonFault> {
        for byte in word.bytes() {
            if !self.take(byte) {
                return Err(self.unexpected());
            }
        }
        Ok(value)
    }

    fn object(&mut self, depth: usize) -> Result<Value, JsonFault> {
        let mut members = Map::new();
        self.at += 1;
        self.space();
        if self.take(b'}') {
            return Ok(Value::Object(members));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return Err(self.unexpected());
            }
            let start = self.at;
            let place = match members.entry(self.string()?) {
                Entry::Vacant(place) => place,
                Entry::Occupied(same) => return Err(under(same.key())(fault(JsonCode::DuplicateName, start))),
            };
            self.space();
            if !self.take(b':') {
                return Err(self.unexpected());
            }
            self.space();
            let value = self.value(depth + 1).map_err(|inner| under(place.key())(inner))?;
            place.insert(value);
            self.space();
            if self.take(b'}') {
                return Ok(Value::Object(members));
            }
            if !self.take(b',') {
                return Err(self.unexpected());
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Value, JsonFault> {
        let mut elements = Vec::new();
        self.at += 1;
        self.space();
        if self.take(b']') {
            return Ok(Value::Array(elements));
        }
        loop {
            self.space();
            let element = self.value(depth + 1).map_err(|inner| under(&elements.len().to_string())(inner))?;
            elements.push(element);
            self.space();
            if self.take(b']') {
                return Ok(Value::Array(elements));
            }
            if !self.take(b',') {
                return Err(self.unexpected());
            }
        }
    }

    fn integer(&mut self) -> Result<Value, JsonFault> {
        let start = self.at;
        let negative = self.take(b'-');
        let first = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        let digits = &self.text[first..self.at];
        if digits.is_empty() {
            return Err(self.unexpected());
        }
        if digits.len() > 1 && digits.starts_with('0') {
            return Err(fault(JsonCode::LeadingZero, start));
        }
        if let Some(b'.' | b'e' | b'E') = self.peek() {
            return Err(fault(JsonCode::NotInteger, start));
        }
        if negative && digits == "0" {
            return Err(fault(JsonCode::NegativeZero, start));
        }
        let magnitude = Some(digits)
            .filter(|digits| digits.len() <= MAX_DIGITS)
            .and_then(|digits| digits.parse::<i64>().ok())
            .filter(|magnitude| *magnitude <= MAX_INTEGER)
            .ok_or(fault(JsonCode::OutOfRange, start))?;
        Ok(Value::from(if negative { -magnitude } else { magnitude }))
    }

    fn string(&mut self) -> Result<String, JsonFault> {
        let start = self.at;
        let mut out = String::new();
        self.at += 1;
        loop {
            let plain = self.at;
            self.at += plain_bytes(&self.text.as_bytes()[plain..]);
            // Both ends lie beside ASCII bytes or the text's end, so on character boundaries.
            out.push_str(&self.text[plain..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    break;
                }
                Some(b'\\') => out.push(self.escape()?),
                Some(0) => return Err(self.fault(JsonCode::Nul)),
                Some(_) => return Err(self.fault(JsonCode::ControlCharacter)),
                None => return Err(self.fault(JsonCode::Incomplete)),
            }
        }
        if out.is_ascii() || is_nfc(&out) { Ok(out) } else { Err(fault(JsonCode::NotNfc, start)) }
    }

    fn escape(&mut self) -> Result<char, JsonFault> {
        let start = self.at;
        self.at += 1;
        let Some(letter) = self.peek() else {
            return Err(self.unexpected());
        };
        let plain = match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.unicode(start);
            }
            _ => return Err(self.unexpected()),
        };
        self.at += 1;
        Ok(plain)
    }

    /// What follows `\u`: four hex digits, and where they name a high surrogate, `\u` and the low one.
    fn unicode(&mut self, start: usize) -> Result<char, JsonFault> {
        let lone = fault(JsonCode::LoneSurrogate, start);
        let code = match self.hex()? {
            0 => return Err(fault(JsonCode::Nul, start)),
            high @ 0xD800..=0xDBFF => {
                if !self.text[self.at..].starts_with("\\u") {
                    return Err(lone);
                }
                self.at += 2;
                match self.hex()? {
                    low @ 0xDC00..=0xDFFF => 0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00),
                    _ => return Err(lone),
                }
            }
            code => code,
        };
        // Only a low surrogate without its high half is left that is no character.
        char::from_u32(code).ok_or(lone)
    }

    fn hex(&mut self) -> Result<u32, JsonFault> {
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16)).ok_or_else(|| self.unexpected())?;
            code = code * 16 + digit;
            self.at += 1;
        }
        Ok(code)
    }
}
