//! What the vault must forget leaves its files soon, whether or not anything else comes.

#![expect(clippy::unwrap_used, reason = "a test fails where it stands")]

mod common;
#[path = "common/live.rs"]
mod live;
#[path = "common/story.rs"]
mod story;

use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use live::Live;
use story::{Story, id};

/// Whether the vault's file or its WAL has these bytes.
fn is_held(vault: &Path, bytes: &[u8]) -> bool {
    let files = [vault.to_owned(), vault.with_extension("sqlite-wal")].map(|file| std::fs::read(file).unwrap_or_default());
    files.iter().any(|file| file.windows(bytes.len()).any(|window| window == bytes))
}

#[test]
fn a_code_that_ended_leaves_the_files() {
    if live::on_a_database() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let salt_of = |live: &Live| live.node.readers.with_vault(|vault| vault.code(&id(2001))).unwrap().map(|row| row.salt);
    let mut live = Live::open(folder.path());
    let vault = live.paths.vault.clone();
    let mut story = Story::new(&mut live);
    story.parties();
    story.clinic();
    story.register(1001, 1);
    story.request(1001, 2001);
    story.send_code(1001, 2001);
    let salt = salt_of(&live).unwrap();
    assert!(is_held(&vault, &salt));
    Story::new(&mut live).confirm(1001, 2001);
    let since = Instant::now();
    while is_held(&vault, &salt) {
        assert!(since.elapsed() < Duration::from_secs(20), "nothing else comes, and it is still there");
        sleep(Duration::from_millis(20));
    }
    assert_eq!(salt_of(&live), None);

    // A node that stops leaves nothing behind either.
    let mut story = Story::new(&mut live);
    story.request(1001, 2002);
    story.send_code(1001, 2002);
    let code = live.node.readers.with_vault(|vault| vault.code(&id(2002))).unwrap().unwrap();
    Story::new(&mut live).confirm(1001, 2002);
    live.node.close().unwrap();
    assert!(!is_held(&vault, &code.salt));
}
