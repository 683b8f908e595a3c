//! Instants and dates, in UTC, as the wire writes them.

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::NotA;

/// A moment in UTC, in whole milliseconds since 1970-01-01T00:00:00Z; years 1970 to 9999.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Instant = Instant(0);

    /// The last moment that four digits of year can write.
    const MAX_MS: i64 = 253_402_300_799_999;

    /// From milliseconds since the epoch; `None` outside the years 1970 to 9999.
    pub fn from_ms(ms: i64) -> Option<Instant> {
        (0..=Instant::MAX_MS).contains(&ms).then_some(Instant(ms))
    }

    /// Milliseconds since the epoch.
    pub fn ms(self) -> i64 {
        self.0
    }

    /// This moment moved by some seconds, held within the range.
    pub fn plus_seconds(self, seconds: i64) -> Instant {
        Instant(self.0.saturating_add(seconds.saturating_mul(1000)).clamp(0, Instant::MAX_MS))
    }

    /// The UTC date of this moment: the law's date.
    pub fn date(self) -> Date {
        let day = self.0.div_euclid(86_400_000);
        Date(civil::date(1970, 1, 1).saturating_add(jiff::SignedDuration::from_hours(24 * day)))
    }
}

/// The number that a few digits write.
fn number(digits: &[u8]) -> i64 {
    digits.iter().fold(0, |number, digit| 10 * number + i64::from(digit - b'0'))
}

impl fmt::Display for Instant {
    /// `YYYY-MM-DDTHH:MM:SS.mmmZ`, always with three decimals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0.rem_euclid(86_400_000);
        let (h, m, s) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
        write!(f, "{}T{h:02}:{m:02}:{s:02}.{:03}Z", self.date(), ms % 1000)
    }
}

impl FromStr for Instant {
    type Err = NotA;

    /// Reads `YYYY-MM-DDTHH:MM:SS[.mmm]Z` and no other spelling; no leap second.
    fn from_str(text: &str) -> Result<Instant, NotA> {
        const WRONG: NotA = NotA("instant");
        let bytes = text.as_bytes();
        let shape: &[u8] = match bytes.len() {
            20 => b"0000-00-00T00:00:00Z",
            24 => b"0000-00-00T00:00:00.000Z",
            _ => return Err(WRONG),
        };
        let fits = |(byte, model): (&u8, &u8)| {
            if *model == b'0' { byte.is_ascii_digit() } else { byte == model }
        };
        if !bytes.iter().zip(shape).all(fits) {
            return Err(WRONG);
        }
        let date: Date = text[..10].parse().map_err(|_| WRONG)?;
        let part = |range: std::ops::Range<usize>| bytes.get(range).map_or(0, number);
        let (h, m, s, ms) = (part(11..13), part(14..16), part(17..19), part(20..23));
        if h > 23 || m > 59 || s > 59 {
            return Err(WRONG);
        }
        Instant::from_ms(date.days_since_epoch() * 86_400_000 + ((h * 60 + m) * 60 + s) * 1000 + ms).ok_or(WRONG)
    }
}

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

impl Date {
    /// The day with this year (1–9999), month and day of the month, if there is one.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Date> {
        civil::Date::new(year, month, day).ok().filter(|date| date.year() > 0).map(Date)
    }

    /// This day and `days` more, held within the calendar.
    pub fn plus_days(self, days: i64) -> Date {
        Date(self.0.saturating_add(jiff::Span::new().days(days.clamp(-3_000_000, 3_000_000))))
    }

    /// The instant at which this day begins, in UTC.
    pub fn midnight(self) -> Instant {
        Instant(self.days_since_epoch() * 86_400_000)
    }

    /// Days from 1970-01-01 to this day, negative before.
    fn days_since_epoch(self) -> i64 {
        let epoch = civil::date(1970, 1, 1);
        self.0.duration_since(epoch).as_hours() / 24
    }

    /// Completed years from this day to `on`: 0 before the first birthday, negative before birth.
    ///
    /// A 29 February birthday reaches an age on 1 March of a common year.
    pub fn years_until(self, on: Date) -> i16 {
        let (born, on) = (self.0, on.0);
        on.year() - born.year() - i16::from((on.month(), on.day()) < (born.month(), born.day()))
    }

    /// The first day on which someone born on this day is `years` old (29 February: 1 March in a common year).
    pub fn birthday(self, years: i16) -> Date {
        let year = self.0.year().saturating_add(years).min(9999);
        Date(civil::Date::new(year, self.0.month(), self.0.day()).unwrap_or_else(|_| civil::date(year, 3, 1)))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0.year(), self.0.month(), self.0.day())
    }
}

impl FromStr for Date {
    type Err = NotA;

    /// Reads `YYYY-MM-DD` and no other spelling.
    fn from_str(text: &str) -> Result<Date, NotA> {
        const WRONG: NotA = NotA("date");
        let bytes = text.as_bytes();
        let digits = |range: std::ops::Range<usize>| bytes.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
        if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' || !digits(0..4) || !digits(5..7) || !digits(8..10) {
            return Err(WRONG);
        }
        let (year, month, day) = (number(&bytes[0..4]), number(&bytes[5..7]), number(&bytes[8..10]));
        Date::new(year as i16, month as i8, day as i8).ok_or(WRONG)
    }
}

macro_rules! as_text {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

as_text!(Instant);
as_text!(Date);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_one_or_two_spellings_and_are_written_with_milliseconds() {
        for (read, written) in [
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
            ("2026-11-23T10:15:30.123Z", "2026-11-23T10:15:30.123Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(read.parse::<Instant>().unwrap().to_string(), written);
        }
        for bad in [
            "2026-11-23T10:15:30",
            "2026-11-23 10:15:30Z",
            "2026-11-23T10:15:30.1Z",
            "2026-11-23T10:15:60Z",
            "2026-02-30T10:15:30Z",
            "2026-11-23T10:15:30+00:00",
            "1969-12-31T23:59:59Z",
            "2026-11-23T24:00:00Z",
        ] {
            assert!(bad.parse::<Instant>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_leap_day_birthday_comes_on_the_first_of_march() {
        let born: Date = "2008-02-29".parse().unwrap();
        assert_eq!(born.years_until("2026-02-28".parse().unwrap()), 17);
        assert_eq!(born.years_until("2026-03-01".parse().unwrap()), 18);
        assert_eq!(born.birthday(18).to_string(), "2026-03-01");
        assert_eq!(born.birthday(20).to_string(), "2028-02-29");
    }

    #[test]
    fn dates_are_days_of_the_calendar() {
        for bad in ["2026-13-01", "2026-00-10", "2025-02-29", "26-01-01", "2026-1-01", "0000-01-01", "+026-01-01"] {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
    }
}
