//! Entries stored without compression, so that a test can alter them with SQL as an intruder could.

use litopys::store::EntryDecompressor;
use rusqlite::Connection;

/// Decompresses all entries of a ledger whose guards are down. It is the same ledger as before.
pub fn store_plainly(ledger: &Connection) {
    let mut decompressor = EntryDecompressor::default();
    let mut statement = ledger.prepare("SELECT \"index\", bytes FROM entries").unwrap();
    let entries = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let entries: Vec<(i64, Vec<u8>)> = entries.collect::<Result<_, _>>().unwrap();
    for (index, stored) in entries {
        let bytes = decompressor.decompress(&stored).unwrap();
        ledger.execute("UPDATE entries SET bytes = ?1 WHERE \"index\" = ?2", (bytes, index)).unwrap();
    }
}
