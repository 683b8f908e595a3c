//! Tells code from comments and literals in Rust source, no more than that.

/// A source file taken apart; both parts keep the places of what they hold.
pub struct Source {
    /// The source with comments and the contents of literals blanked out; lines are where they were.
    pub code: String,
    /// String literals without their quotes, escapes unread, each with the byte at which its contents begin.
    pub strings: Vec<(usize, String)>,
}

impl Source {
    pub fn of(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut source = Blank { bytes, code: bytes.to_vec(), strings: Vec::new() };
        let mut at = 0;
        while at < bytes.len() {
            at = source.step(at);
        }
        let code = String::from_utf8(source.code).expect("blanked by whole characters or not at all");
        let strings = source.strings.into_iter().map(|(at, end)| (at, text[at..end].to_owned())).collect();
        Self { code, strings }
    }
}

/// The line, from 1, of a byte.
pub fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1
}

struct Blank<'a> {
    bytes: &'a [u8],
    code: Vec<u8>,
    strings: Vec<(usize, usize)>,
}

impl Blank<'_> {
    /// Reads what begins at `at`; answers where the next thing begins.
    fn step(&mut self, at: usize) -> usize {
        let rest = &self.bytes[at..];
        if rest.starts_with(b"//") {
            let end = rest.iter().position(|byte| *byte == b'\n').map_or(self.bytes.len(), |length| at + length);
            return self.blank(at, end);
        }
        if rest.starts_with(b"/*") {
            return self.blank(at, self.comment_end(at));
        }
        if rest[0] == b'"' {
            return self.string(at + 1);
        }
        if rest[0] == b'\'' {
            return self.character(at);
        }
        if !is_name(rest[0]) {
            return at + 1;
        }
        let name = rest.iter().take_while(|byte| is_name(**byte)).count();
        let hashes = rest[name..].iter().take_while(|byte| **byte == b'#').count();
        if matches!(&rest[..name], b"r" | b"br" | b"cr") && rest.get(name + hashes) == Some(&b'"') {
            return self.raw_string(at + name + hashes + 1, hashes);
        }
        at + name
    }

    fn blank(&mut self, from: usize, to: usize) -> usize {
        self.code[from..to].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
        to
    }

    fn comment_end(&self, from: usize) -> usize {
        let (mut depth, mut at) = (0, from);
        while at < self.bytes.len() {
            if self.bytes[at..].starts_with(b"/*") {
                (depth, at) = (depth + 1, at + 2);
            } else if self.bytes[at..].starts_with(b"*/") {
                (depth, at) = (depth - 1, at + 2);
                if depth == 0 {
                    return at;
                }
            } else {
                at += 1;
            }
        }
        at
    }

    fn string(&mut self, from: usize) -> usize {
        let mut end = from;
        while end < self.bytes.len() && self.bytes[end] != b'"' {
            end += if self.bytes[end] == b'\\' { 2 } else { 1 };
        }
        self.literal(from, end.min(self.bytes.len()), 1)
    }

    fn raw_string(&mut self, from: usize, hashes: usize) -> usize {
        let close = [b"\"".as_slice(), &vec![b'#'; hashes]].concat();
        let end = self.bytes[from..].windows(close.len()).position(|window| window == close);
        self.literal(from, end.map_or(self.bytes.len(), |length| from + length), close.len())
    }

    fn literal(&mut self, from: usize, end: usize, close: usize) -> usize {
        self.strings.push((from, end));
        self.blank(from, end);
        (end + close).min(self.bytes.len())
    }

    /// A character, or the quote of a lifetime.
    fn character(&mut self, at: usize) -> usize {
        let rest = &self.bytes[at + 1..];
        if rest.first() == Some(&b'\\') {
            let end = rest.iter().skip(2).position(|byte| *byte == b'\'').map_or(self.bytes.len(), |length| at + 3 + length);
            return self.blank(at + 1, end) + 1;
        }
        let length = (1..=4)
            .find(|length| rest.get(*length) == Some(&b'\'') && str::from_utf8(&rest[..*length]).is_ok_and(|one| one.chars().count() == 1));
        length.map_or(at + 1, |length| self.blank(at + 1, at + 1 + length) + 1)
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> String {
        let source = Source::of(text);
        assert_eq!(source.code.len(), text.len());
        source.code
    }

    fn strings(text: &str) -> Vec<String> {
        Source::of(text).strings.into_iter().map(|(_, string)| string).collect()
    }

    #[test]
    fn comments_are_blank() {
        assert_eq!(code("a // b\nc"), "a     \nc");
        assert_eq!(code("a /* b /* c */ d */ e").split_whitespace().collect::<Vec<_>>(), ["a", "e"]);
        assert_eq!(code("/* \u{454}\n */x"), "     \n   x");
    }

    #[test]
    fn strings_are_taken_out() {
        assert_eq!(code(r#"f("a\"b") g"#), r#"f("    ") g"#);
        assert_eq!(strings(r##"f("a\"b", b"c", r"\", r#"d"e"#, "")"##), ["a\\\"b", "c", "\\", "d\"e", ""]);
        assert_eq!(strings("// \"no\"\n/* \"no\" */ \"yes\""), ["yes"]);
        assert_eq!(strings("let r = 1; r#type; \"yes\""), ["yes"]);
    }

    #[test]
    fn characters_are_not_lifetimes() {
        assert_eq!(strings(r#"'"' "a" '\'' "b" '\u{27}' "c" 'є' "d""#), ["a", "b", "c", "d"]);
        assert_eq!(code("fn f<'a>(x: &'a str) -> &'static str"), "fn f<'a>(x: &'a str) -> &'static str");
    }

    #[test]
    fn lines_count_from_one() {
        assert_eq!((line_of("a\nb", 0), line_of("a\nb", 2)), (1, 2));
    }
}
