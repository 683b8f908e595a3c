//! The last part of a commit: the high-water mark, and publishing.

use std::sync::Arc;

use aggregates::event::Body;
use aggregates::key_ring::KeyEvent;
use aggregates::words::Instant;
use projections::Change;
use tlog::{Hash, Tree};
use tokio::sync::watch;

use super::probe::Probing;
use super::seal::Sealing;
use super::{Fatal, Published, Sealed, Step};
use crate::admission::KeyDirectory;
use crate::store::{Head, HighWater, VaultEdit};

/// The last part of a core: it alone shows the world a head.
pub(super) struct Publisher {
    pub(super) high_water: HighWater,
    pub(super) directory: KeyDirectory,
    pub(super) published: watch::Sender<Arc<Published>>,
    /// The last published head.
    pub(super) head: Head,
    pub(super) tree: Arc<Tree>,
    /// The last published entry's.
    pub(super) time: Instant,
    /// The last commit, for whoever is answered by it.
    pub(super) sealed: Arc<Sealed>,
    pub(super) probe: Probing,
}

impl Publisher {
    /// Marks and publishes what is committed; then whoever waits for it may be answered. Gives the vault's edits.
    ///
    /// # Errors
    /// [`Fatal`].
    pub(super) fn publish(&mut self, sealing: Option<Sealing>) -> Result<(Arc<Sealed>, Vec<VaultEdit>), Fatal> {
        let Some(Sealing { head, tree, full, time, enrolled, since, changes, edits }) = sealing else {
            return Ok((Arc::clone(&self.sealed), Vec::new()));
        };
        self.high_water.raise(&head)?;
        self.probe.at(Step::Marked);
        (self.head, self.tree, self.time) = (head, tree, time);
        self.sealed = Arc::new(Sealed::new(&self.head.checkpoint, Arc::clone(&self.tree), full));
        let enrolled = enrolled.iter().filter_map(|event| match &event.body {
            Body::Key(KeyEvent::Enrolled { x, .. }) => Some((x.kid(), *x)),
            _ => None,
        });
        self.directory.add(enrolled);
        self.tell(true, since, changes);
        self.probe.at(Step::Published);
        Ok((Arc::clone(&self.sealed), edits))
    }

    /// Shows the head to the world, of which it is not known what led to it.
    pub(super) fn show(&self, ready: bool) {
        self.tell(ready, self.head.size, Vec::new());
    }

    /// The same with all that changed since a size.
    fn tell(&self, ready: bool, since: u64, changes: Vec<Change>) {
        let lately = self.published.borrow().lately.clone();
        lately.tell(since..self.head.size, changes);
        let published = Published {
            size: self.head.size,
            root: Hash(self.head.root),
            checkpoint: self.head.checkpoint.as_str().into(),
            tree: Arc::clone(&self.tree),
            time: self.time,
            ready,
            lately,
        };
        let before = self.published.send_replace(Arc::new(published));
        assert!(before.size <= self.head.size, "the published size never goes back");
    }
}
