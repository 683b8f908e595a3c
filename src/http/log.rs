//! The log: checkpoint and tiles (<https://c2sp.org/tlog-tiles>). Hashes are public, entries are not.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri, header};
use axum::response::{IntoResponse, Response};
use tlog::{TileId, encode_bundle, hashes_to_bytes};

use super::App;
use super::caller::Caller;
use super::params::Params;
use super::problem::Problem;
use super::reads::{if_none_match, not_modified};
use crate::access::Viewer;
use crate::service::ServiceCode;
use crate::store::StoreError;

/// `GET /checkpoint`
pub(super) async fn checkpoint(State(app): State<Arc<App>>, headers: HeaderMap, uri: Uri) -> Result<Response, Problem> {
    Params::of(&uri, &[])?;
    let published = app.sequencer.published();
    if published.checkpoint.is_empty() {
        return Err(ServiceCode::NotReady.into());
    }
    // A checkpoint is unique by size.
    let tag = format!("\"{}\"", published.size);
    if if_none_match(&headers, &tag) {
        return Ok(not_modified(tag, published.size));
    }
    let head = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
        (header::ETAG, tag),
    ];
    Ok((head, published.checkpoint.to_string()).into_response())
}

/// `GET /tile/<L>/<N>[.p/<W>]`
pub(super) async fn tile(State(app): State<Arc<App>>, caller: Caller, Path(place): Path<String>, uri: Uri) -> Result<Response, Problem> {
    Params::of(&uri, &[])?;
    if place == "entries" || place.starts_with("entries/") {
        return bundle(&app, &caller, &place).await;
    }
    let wanted = TileId::parse_path(&format!("tile/{place}")).map_err(|_| ServiceCode::NoSuchResource)?;
    let published = app.sequencer.published();
    // The tile as the published tree has it; what is asked for is a prefix of it or does not exist yet.
    let there = TileId::in_tree(wanted.level, wanted.index, published.size).filter(|there| wanted.width <= there.width);
    let there = there.ok_or(ServiceCode::NoSuchResource)?;
    let width = usize::from(wanted.width);
    let bytes = if there.is_full() {
        let full = app.read(move |_, reader| {
            let missing = || StoreError::Corrupt { what: format!("{} is missing", there.path()) };
            Ok(reader.tile(there.level, there.index)?.ok_or_else(missing)?)
        });
        let mut full = full.await?;
        full.truncate(width * 32);
        full
    } else {
        let hashes = published.tree.partial_tile(there.level);
        hashes.get(..width).map(hashes_to_bytes).ok_or(ServiceCode::NoSuchResource)?.into_vec()
    };
    let head = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((head, bytes).into_response())
}

/// `GET /tile/entries/<N>[.p/<W>]`: entries hold pseudonymous personal data, so they are for the regulator and auditors.
async fn bundle(app: &Arc<App>, caller: &Caller, place: &str) -> Result<Response, Problem> {
    if !matches!(caller.viewer, Viewer::Regulator | Viewer::Auditor) {
        return Err(ServiceCode::AccessDenied.into());
    }
    let wanted = TileId::parse_entries_path(&format!("tile/{place}")).map_err(|_| ServiceCode::NoSuchResource)?;
    let there = TileId::in_tree(0, wanted.index, app.sequencer.published().size).filter(|there| wanted.width <= there.width);
    there.ok_or(ServiceCode::NoSuchResource)?;
    let bytes = app.read(move |_, reader| {
        let (first, width) = (wanted.index * 256, usize::from(wanted.width));
        let mut entries = Vec::with_capacity(width);
        while entries.len() < width {
            let next = first + entries.len() as u64;
            let page = reader.entries(next, width - entries.len())?;
            if page.is_empty() {
                return Err(StoreError::Corrupt { what: format!("entry {next} is missing") }.into());
            }
            entries.extend(page.into_iter().map(|entry| entry.bytes));
        }
        encode_bundle(&entries).map_err(|error| Problem::failed(ServiceCode::NotReady, error))
    });
    let head = [(header::CONTENT_TYPE, "application/octet-stream"), (header::CACHE_CONTROL, "private, max-age=31536000, immutable")];
    Ok((head, bytes.await?).into_response())
}
