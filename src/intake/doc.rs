//! The table as a page of documentation.

use std::fmt::Write as _;

use aggregates::form::Place;

use super::dictionaries;
use super::place;
use super::tables::{How, Source, TABLE, To};

const HEAD: &str = "# Payloads of the present system as commands

Written from the table in `src/intake/` by `LITOPYS_BLESS=1 cargo test --test intake`; a test compares.

A payload of the present eHealth system becomes commands of this ledger member by member. Members that are `null`, and
empty lists and objects, are left out. A value that has no counterpart here is passed on as it is, and the law refuses it
by name. A member that is not on this page is an error: nothing is lost in silence. `*` stands for any place in a list,
`**` for everything below.

The ids of new things are chosen by the sender. Whether a member stands in clear or is disclosed is the law's to say.
";

/// The page.
pub fn document() -> String {
    let mut page = HEAD.to_owned();
    for (source, file) in Source::ALL {
        let _ = write!(page, "\n## `{file}`\n\n| Member | Command | Member of the command | Value | Place |\n|---|---|---|---|---|\n");
        let rows = || TABLE.iter().filter(move |row| row.source == source);
        for row in rows() {
            if let To::Member(command, member, how) = &row.to {
                let place = match place(command, &format!("/data/{member}")) {
                    Some(Place::Disclosed) => "disclosed",
                    Some(Place::Clear) => "clear",
                    None => "unknown to the law",
                };
                let _ = writeln!(page, "| `{}` | `{command}` | `{member}` | {} | {place} |", row.path, how.words());
            }
        }
        page.push_str("\nNot taken:\n\n| Member | Why |\n|---|---|\n");
        for row in rows() {
            if let To::Left(why) = row.to {
                let _ = writeln!(page, "| `{}` | {why} |", row.path);
            }
        }
    }
    page.push_str("\n## Dictionaries\n");
    for dictionary in dictionaries::ALL {
        let _ = write!(page, "\n### {}\n\n| There | Here |\n|---|---|\n", dictionary.name);
        for (theirs, ours) in dictionary.codes {
            let _ = writeln!(page, "| `{theirs}` | `{ours}` |");
        }
    }
    page
}

impl How {
    fn words(self) -> String {
        match self {
            How::AsIs => "as it is".to_owned(),
            How::Code(dictionary) => format!("code by {}", dictionary.name),
            How::Ownership => {
                "`sole_proprietor` for legal form 910; `communal` for `STATE` with legal form 150 or 430; else code by OWNER_PROPERTY_TYPE"
                    .to_owned()
            }
            How::OfCompany => "as it is, unless the legal form is 910".to_owned(),
            How::OfSoleProprietor => "as it is, if the legal form is 910".to_owned(),
        }
    }
}
