//! What the vault must forget after an entry.

use aggregates::Event;
use aggregates::event::Body;
use aggregates::patient::PatientEvent;

use crate::store::VaultEdit;

/// The vault's edits that follow from an entry's events. They are done after the ledger's commit and, since they are
/// bounded by the entry, may be done again at the next start.
pub(super) fn edits(index: u64, events: &[Event]) -> Vec<VaultEdit> {
    let edit = |event: &Event| match &event.body {
        // A newer code ends the older ones, not itself.
        Body::Patient(PatientEvent::CodeSent { request, .. }) => {
            index.checked_sub(1).map(|through| VaultEdit::EndCodes { request: *request, through })
        }
        Body::Patient(
            PatientEvent::CodeFailed { request, tries_left: 0 }
            | PatientEvent::RequestConfirmed { request, .. }
            | PatientEvent::RequestCancelled { request },
        ) => Some(VaultEdit::EndCodes { request: *request, through: index }),
        _ => None,
    };
    events.iter().filter_map(edit).collect()
}
