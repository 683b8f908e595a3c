//! Phones, e-mail addresses, web addresses, and names as they are compared.

/// A phone of the real system's form: `+38` and ten digits.
pub fn phone(text: &str) -> bool {
    text.len() == 13 && text.starts_with("+38") && text.bytes().skip(1).all(|byte| byte.is_ascii_digit())
}

/// An e-mail address: one `@`, a local part of at most 64 bytes and a domain with a dot, no spaces or controls (a
/// practical subset of RFC 5321 §4.1.2 that other systems take without quoting).
pub fn email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let local_ok =
        !local.is_empty() && local.len() <= 64 && local.bytes().all(|b| b.is_ascii_alphanumeric() || b".!#$%&'*+/=?^_`{|}~-".contains(&b));
    local_ok && text.len() <= 254 && host(domain)
}

/// A web address: `https://`, a host with a dot, an optional path of printable ASCII.
pub fn website(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else {
        return false;
    };
    let (name, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    text.len() <= 2048 && host(name) && path.bytes().all(|b| b.is_ascii_graphic())
}

fn host(text: &str) -> bool {
    let label = |part: &str| {
        !part.is_empty()
            && part.len() <= 63
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    text.len() <= 253 && text.contains('.') && text.split('.').all(label)
}

/// A document number as it is compared: without spaces and signs, upper case, letters that look alike in Latin and
/// Cyrillic folded to the Cyrillic ones.
pub fn normalised(text: &str) -> String {
    const ALIKE: [(char, char); 12] = [
        ('A', 'А'),
        ('B', 'В'),
        ('C', 'С'),
        ('E', 'Е'),
        ('H', 'Н'),
        ('I', 'І'),
        ('K', 'К'),
        ('M', 'М'),
        ('O', 'О'),
        ('P', 'Р'),
        ('T', 'Т'),
        ('X', 'Х'),
    ];
    let fold = |letter: char| ALIKE.iter().find(|(latin, _)| *latin == letter).map_or(letter, |(_, cyrillic)| *cyrillic);
    text.chars().flat_map(char::to_uppercase).filter(|c| c.is_alphanumeric()).map(fold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples() {
        assert!(phone("+380503410870") && !phone("0503410870") && !phone("+3805034108701") && !phone("+38050341087a"));
        assert!(
            email("a.b@example.com") && !email("a b@example.com") && !email("a@b") && !email("a@@example.com") && !email("@example.com")
        );
        assert!(
            website("https://boris.example.com/шлях".replace("шлях", "x").as_str())
                && !website("http://example.com")
                && !website("https://x")
        );
        assert_eq!(normalised("ая 120-518"), normalised("АЯ120518"));
        assert_eq!(normalised("AB123456"), normalised("АВ123456"));
    }
}
