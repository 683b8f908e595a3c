//! What to try once the story has been told.

use std::fmt::Write as _;
use std::fs;
use std::ops::Range;
use std::path::Path;

use crate::store::sqlite;

/// How much of an entry's middle is looked for in the ledger's file; no two entries have the same there, as it is compressed.
const PROBE: usize = 64;
/// The first entry that may be broken, and the one after the last.
const BREAKABLE: Range<u64> = 20..70;

/// Where the demo keeps the URL, with its password, of a database that its registry is in.
pub const STORE_URL: &str = "keys/store-url";

/// One byte of the ledger's file that belongs to an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weak {
    /// The entry.
    pub entry: u64,
    /// Where the byte stands in the file.
    pub offset: u64,
    /// Another byte to put in its place.
    pub other: char,
}

/// A byte in the midst of an entry, to be changed in a copy of the file.
pub fn weak_point(ledger: &Path) -> Option<Weak> {
    let reader = sqlite::open_reader(ledger).ok()?;
    let file = fs::read(ledger).ok()?;
    // An entry may be spread over pages, so some are tried.
    BREAKABLE.into_iter().find_map(|entry| {
        let stored = reader.as_stored(entry).ok()??;
        let from = stored.len().checked_sub(PROBE)? / 2;
        let probe = stored.get(from..from + PROBE)?;
        let at = file.windows(PROBE).position(|window| window == probe)? + PROBE / 2;
        let other = if file[at] == b'A' { 'B' } else { 'A' };
        Some(Weak { entry, offset: at as u64, other })
    })
}

/// Commands to copy, for a demo in this folder that answers at this address.
pub fn hints(dir: &Path, base: &str, program: &str) -> String {
    let weak = weak_point(&dir.join("ledger.sqlite"));
    let dir_holds_no_ledger = !dir.join("ledger.sqlite").exists();
    let dir = dir.display();
    let mut text = String::from("\nTry, in another terminal:\n");
    let mut hint = |what: &str, lines: &[String]| {
        let _ = writeln!(text, "\n  {what}");
        for line in lines {
            let _ = writeln!(text, "    {line}");
        }
    };
    let curl = |path: &str| format!("curl -s '{base}{path}'");
    hint("Read what is public:", &[curl("/v1/legal-entities"), curl("/v1/practitioners?speciality=family_doctor"), curl("/v1/mis")]);
    let token = |client: &str, person: &str| format!("TOKEN=$({program} token --server {base} --client {dir}/actors/{client}{person})");
    hint(
        "Read as a doctor of the state clinic, through its MIS, and as the regulator (who speaks as whom: actors.env):",
        &[
            format!(". {dir}/actors.env"),
            token("mis.json:$MIS", &format!(" --person {dir}/actors/doctor.json:$DOCTOR")),
            format!("curl -s -H \"Authorization: Bearer $TOKEN\" '{base}/v1/declarations?status=active&limit=1'"),
            token("regulator.json:regulator", ""),
            format!("curl -s -H \"Authorization: Bearer $TOKEN\" '{base}/v1/reports/capitation?format=csv'"),
            format!("curl -s -H \"Authorization: Bearer $TOKEN\" '{base}/v1/entries?after=0&limit=2'"),
        ],
    );
    hint("See the log's head, signed, and whose it is:", &[curl("/checkpoint"), curl("/.well-known/litopys")]);
    hint("Check a receipt offline:", &[format!("{program} verify {dir}/receipt.json --trust {dir}/trust.json")]);
    if dir_holds_no_ledger {
        let audit = format!("LITOPYS_STORE=$(cat {dir}/{STORE_URL}) {program} audit --with-vault --trust {dir}/trust.json");
        hint("Audit everything, beside the running server:", &[audit]);
        let second = format!(
            "LITOPYS_STORE=$(cat {dir}/{STORE_URL}) {program} serve --dir {dir} --high-water {dir}/second.mark --new-mark --listen 127.0.0.1:0"
        );
        hint("Run a second node, which follows and takes over when this one ends:", &[second]);
    }
    let audit = |ledger: &str| format!("{program} audit --ledger {dir}/{ledger} --trust {dir}/trust.json");
    if !dir_holds_no_ledger {
        hint("Audit everything, beside the running server:", &[format!("{} --vault {dir}/vault.sqlite", audit("ledger.sqlite"))]);
    }
    if let Some(Weak { entry, offset, other }) = weak {
        let what = format!("Change one byte of entry {entry} in a copy, and let the audit find it (exit code 3):");
        let lines = [
            // Without its WAL the file is the ledger as it was some entries ago.
            format!("cp {dir}/ledger.sqlite {dir}/broken.sqlite"),
            audit("broken.sqlite"),
            format!("printf {other} | dd of={dir}/broken.sqlite bs=1 seek={offset} conv=notrunc"),
            audit("broken.sqlite"),
        ];
        hint(&what, &lines);
    }
    text.push_str("\nThe server goes on until you press Ctrl-C.\n");
    text
}
