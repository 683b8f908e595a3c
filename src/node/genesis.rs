//! Genesis: the only way to create a ledger.

use std::fs;
use std::sync::Arc;

use aggregates::policy::PolicyTerms;
use aggregates::words::{Instant, Role};
use serde_json::json;
use tlog::Signer;
use tokio::sync::watch;

use super::{NodeError, Place, Trust, new_id, nothing};
use crate::admission::{KeyDirectory, admit};
use crate::envelope::{Draft, compose};
use crate::keys::{SecretKey, to_jwk, write_key_file};
use crate::sequencer::{self, Answer, Keys, Opened, Quiet, RefusalNote};
use crate::store::Missing;

/// Who founds a ledger, on what terms.
pub struct Founders {
    /// The name of the ledger.
    pub origin: String,
    /// The regulator's keys, 1 to 3.
    pub regulators: Vec<SecretKey>,
    /// The operator's key.
    pub operator: SecretKey,
    /// The key that will sign checkpoints.
    pub log: SecretKey,
    /// The key that will sign refusal notes.
    pub refusal: SecretKey,
    /// The first policy.
    pub policy: PolicyTerms,
    /// When the founders' keys cease to be valid.
    pub keys_until: Instant,
}

/// Creates a ledger, the files of its keys, and entry 0. Nothing that exists is overwritten.
///
/// # Errors
/// [`NodeError`]; the files made until then stay, and a second try says that they exist.
pub fn create(place: impl Into<Place>, founders: &Founders) -> Result<Trust, NodeError> {
    let place = place.into();
    let refusal_name = RefusalNote::key_name(&founders.origin);
    let keys = Keys {
        log: Signer::ed25519(&founders.origin, &founders.log.seed())?,
        refusal: Signer::ed25519(&refusal_name, &founders.refusal.seed())?,
    };
    for (path, key) in [(&place.log_key, &founders.log), (&place.refusal_key, &founders.refusal)] {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        write_key_file(path, key).map_err(|source| NodeError::KeyFile { path: path.clone(), source })?;
    }
    let body = genesis(founders, &keys)?;
    place.store.create()?;
    let (ledger, vault) = place.store.open()?;
    let opened = Opened { ledger, vault, high_water: place.high_water.clone(), missing: Missing::Create, warm: None };
    let (publisher, _published) = watch::channel(Arc::new(nothing()));
    let directory = KeyDirectory::default();
    let mut core = sequencer::load(opened, Arc::new(keys), sequencer::system_clock(), Box::new(Quiet), directory.clone(), publisher)?;
    let admitted = admit(body.as_bytes(), &founders.origin, &directory).map_err(|refused| NodeError::Refused(refused.to_string()))?;
    match core.process(&[admitted])?.pop() {
        Some(Answer::Accepted(_)) => {}
        Some(Answer::Refused(refused)) => return Err(NodeError::Refused(refused.refusal.to_string())),
        other => return Err(NodeError::Refused(format!("{other:?}"))),
    }
    drop(core);
    Trust::read(&*place.store.reader()?)
}

/// The genesis command, signed by everybody it names.
fn genesis(founders: &Founders, keys: &Keys) -> Result<String, NodeError> {
    let now = Instant::from_ms(sequencer::system_clock()()).unwrap_or(Instant::EPOCH);
    let draft = Draft {
        id: new_id(),
        ledger: founders.origin.clone(),
        kind: "genesis".into(),
        issued_at: now,
        expect: None,
        seen: None,
        data: json!({
            "regulators": founders.regulators.iter().map(|key| to_jwk(&key.public())).collect::<Vec<_>>(),
            "operator": to_jwk(&founders.operator.public()),
            "log_key": keys.log.verifier().to_string(),
            "refusal_key": keys.refusal.verifier().to_string(),
            "keys_until": founders.keys_until,
            "policy": founders.policy,
        }),
        disclose: Vec::new(),
    };
    let mut signers: Vec<_> = founders.regulators.iter().map(|key| (key, Role::Regulator, None)).collect();
    signers.push((&founders.operator, Role::Operator, None));
    Ok(compose(&draft, &signers, |_| {})?.body)
}
