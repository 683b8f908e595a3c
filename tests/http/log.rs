//! `/checkpoint`, `/tile`, `/.well-known`, health.

use std::collections::HashMap;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::json;
use tlog::{Checkpoint, Hash, ProofError, TileId, TileSource, hashes_from_bytes, root_from_tiles};

use crate::world::{World, ask, get, policy, post, send};

/// Tiles fetched beforehand.
struct Fetched(HashMap<TileId, Vec<Hash>>);

impl Fetched {
    async fn of(router: &Router, size: u64) -> Fetched {
        let mut tiles = HashMap::new();
        for level in 0..8 {
            for id in (0..).map_while(|index| TileId::in_tree(level, index, size)) {
                let answer = get(router, &format!("/{}", id.path())).await;
                assert_eq!(answer.status, 200, "{}", id.path());
                assert_eq!(answer.header("content-type"), "application/octet-stream");
                assert!(answer.header("cache-control").contains("immutable"));
                tiles.insert(id, hashes_from_bytes(&answer.body).unwrap());
            }
        }
        Fetched(tiles)
    }
}

impl TileSource for Fetched {
    fn tile(&self, id: TileId) -> Result<Vec<Hash>, ProofError> {
        self.0.get(&id).cloned().ok_or(ProofError::MissingTile(id))
    }
}

#[tokio::test]
async fn the_tiles_give_the_checkpoints_root() {
    let world = World::new();
    let batch: Vec<_> = (0..299).map(|_| policy()).collect();
    let answer = post(&world.router, "/v1/commands/batch", "application/x-ndjson", batch.join("\n")).await;
    assert_eq!(answer.status, 200);
    let answer = get(&world.router, "/checkpoint").await;
    assert_eq!((answer.header("content-type"), answer.header("cache-control")), ("text/plain; charset=utf-8", "no-cache"));
    let (checkpoint, _) = Checkpoint::open(answer.text(), std::slice::from_ref(&world.trust.log_key), &world.trust.origin).unwrap();
    assert_eq!(checkpoint.size, 300);
    let tiles = Fetched::of(&world.router, 300).await;
    assert_eq!(root_from_tiles(300, &tiles), Ok(checkpoint.root));
    assert_eq!(tiles.0.len(), 3, "two tiles of leaves, one above");

    let full = get(&world.router, "/tile/0/000").await.body;
    let last = get(&world.router, "/tile/0/001.p/44").await.body;
    for (path, bytes) in
        [("/tile/0/000.p/255", &full[..255 * 32]), ("/tile/0/000.p/1", &full[..32]), ("/tile/0/001.p/43", &last[..43 * 32])]
    {
        assert_eq!(get(&world.router, path).await.body, bytes, "{path}");
    }
    for beyond in
        ["/tile/0/001", "/tile/0/001.p/45", "/tile/0/002.p/1", "/tile/1/000", "/tile/1/000.p/2", "/tile/2/000.p/1", "/tile/63/000"]
    {
        get(&world.router, beyond).await.problem(404, "no_such_resource");
    }
    for wrong in ["/tile/0/0", "/tile/64/000", "/tile/0/000.p/256", "/tile/0/000.p/0", "/tile/x", "/tile/0/000/", "/tile/0/%FF", "/tile"] {
        let answer = get(&world.router, wrong).await;
        assert!(answer.status.is_client_error(), "{wrong}: {}", answer.status);
    }
    for private in ["/tile/entries/000", "/tile/entries/001.p/44", "/tile/entries/x"] {
        get(&world.router, private).await.problem(403, "access_denied");
    }
    get(&world.router, "/checkpoint?x=1").await.problem(400, "bad_parameter");
    get(&world.router, "/tile/0/000?x=1").await.problem(400, "bad_parameter");
    ask(&world.router, Method::PUT, "/checkpoint").await.problem(405, "method_not_allowed");
}

#[tokio::test]
async fn an_unchanged_checkpoint_is_not_sent_again() {
    let world = World::new();
    let first = get(&world.router, "/checkpoint").await;
    let again = async |tag: &str| {
        send(&world.router, Request::get("/checkpoint").header(header::IF_NONE_MATCH, tag).body(Body::empty()).unwrap()).await
    };
    let unchanged = again(first.header("etag")).await;
    assert_eq!((unchanged.status.as_u16(), unchanged.body.len()), (304, 0));
    world.accepted(policy()).await;
    assert_eq!(again(first.header("etag")).await.status, 200);
}

#[tokio::test]
async fn the_well_known_document_says_what_genesis_says() {
    let world = World::new();
    let document = get(&world.router, "/.well-known/litopys").await.json();
    let trust = &world.trust;
    assert_eq!(document["origin"], json!(trust.origin));
    assert_eq!(document["log_key"], json!(trust.log_key.to_string()));
    assert_eq!(document["refusal_key"], json!(trust.refusal_key.to_string()));
    assert_eq!(document["genesis"], json!(trust.genesis.to_string()));
    for (name, link) in document["links"].as_object().unwrap() {
        let answer = get(&world.router, link.as_str().unwrap()).await;
        assert!([200, 404, 405].contains(&answer.status.as_u16()), "{name}");
    }
    get(&world.router, "/.well-known/litopys?x").await.problem(400, "bad_parameter");
}

#[tokio::test]
async fn health_is_told() {
    let world = World::new();
    assert_eq!(get(&world.router, "/healthz").await.json(), json!({ "alive": true }));
    let ready = get(&world.router, "/readyz").await.json();
    assert_eq!((&ready["ready"], &ready["size"]), (&json!(true), &json!(1)));
}
