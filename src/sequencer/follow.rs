//! Following a ledger that another node writes.

use std::sync::Arc;

use aggregates::event::Body;
use aggregates::key_ring::KeyEvent;
use tlog::Hash;
use tokio::sync::watch;

use super::Published;
use super::keys::Keys;
use super::recover::{LoadError, Replayed, check_root, follows_mark};
use crate::admission::KeyDirectory;
use crate::store::{HighWater, HighWaterError, LedgerReader};

/// A node's own view of a ledger that it does not write. It verifies what it reads and keeps a mark of its own, so that it shows
/// nothing that could go back, and so that it is ready to lead without folding all from the first entry.
pub struct Follower {
    replayed: Replayed,
    mark: HighWater,
}

impl Follower {
    /// One that has read nothing yet.
    pub fn new(mark: HighWater) -> Follower {
        Follower { replayed: Replayed::default(), mark }
    }

    /// Folds on to the head as it is stored, verifies it, raises the mark and publishes it.
    ///
    /// # Errors
    /// [`LoadError`]; after a failure of the store it can go on where it was, after any other it is of no more use.
    pub fn catch_up(
        &mut self,
        reader: &dyn LedgerReader,
        keys: &Keys,
        directory: &KeyDirectory,
        published: &watch::Sender<Arc<Published>>,
        ready: bool,
    ) -> Result<(), LoadError> {
        let head = reader.head()?;
        let size = self.replayed.tree.size();
        if head.size < size {
            return Err(HighWaterError::RolledBack { size: head.size, marked: size }.into());
        }
        self.mark.check(&head)?;
        if head.size > size || size == 0 {
            if size == 0 {
                follows_mark(&self.mark, &head, reader, keys)?;
            }
            let mut enrolled = Vec::new();
            self.replayed.extend(reader, head.size, |_, events| {
                enrolled.extend(events.iter().filter_map(|event| match &event.body {
                    Body::Key(KeyEvent::Enrolled { x, .. }) => Some((x.kid(), *x)),
                    _ => None,
                }));
            })?;
            check_root(&self.replayed.tree, &head, keys)?;
            self.mark.raise(&head)?;
            directory.add(enrolled);
        }
        let known = published.borrow().clone();
        if known.size != head.size || known.ready != ready {
            assert!(known.size <= head.size, "the published size never goes back");
            // Which rows another changed is not folded here.
            known.lately.tell(head.size..head.size, Vec::new());
            published.send_replace(Arc::new(Published {
                size: head.size,
                root: Hash(head.root),
                checkpoint: head.checkpoint.as_str().into(),
                tree: Arc::new(self.replayed.tree.clone()),
                time: self.replayed.last_time,
                ready,
                lately: known.lately.clone(),
            }));
        }
        Ok(())
    }

    /// What has been folded, for a core.
    pub fn into_warm(self) -> Replayed {
        self.replayed
    }
}
