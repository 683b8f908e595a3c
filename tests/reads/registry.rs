//! A told story with its router, asked with tokens.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use litopys::http::{App, router};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

use crate::live::Live;
use crate::story::Story;
use crate::who::Who;

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
    pub json: Value,
}

impl Answer {
    /// The status, and of a problem its code.
    pub fn told(&self) -> (u16, &str) {
        (self.status.as_u16(), self.json["code"].as_str().unwrap_or(""))
    }

    /// The ids of a list.
    pub fn ids(&self) -> Vec<String> {
        self.json["data"]
            .as_array()
            .unwrap_or_else(|| panic!("{}", self.json))
            .iter()
            .map(|row| row["id"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// A ledger that was told a story.
pub struct Registry {
    pub live: Live,
    pub router: Router,
    _folder: TempDir,
}

impl Registry {
    /// One that was told everything but the crowd.
    pub fn told() -> Registry {
        let folder = tempfile::tempdir().unwrap();
        let mut live = Live::open(folder.path());
        let mut story = Story::new(&mut live);
        story.small();
        story.rest();
        let router = router(Arc::new(App::of(&live.node)));
        Registry { live, router, _folder: folder }
    }

    pub fn size(&self) -> u64 {
        self.live.node.sequencer.published().size
    }

    pub fn send(&self, request: Request<Body>) -> Answer {
        self.live.runtime.block_on(async {
            let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
            let bytes = body.collect().await.unwrap().to_bytes();
            let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
            Answer { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap(), json }
        })
    }

    /// Asks with a token, or without one.
    pub fn get(&self, path: &str, token: &str) -> Answer {
        let mut request = Request::get(path);
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(Body::empty()).unwrap())
    }

    /// Asks for a token with these members of a form.
    pub fn ask(&self, form: &[(&str, &str)]) -> Answer {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(form);
        let request = Request::post("/oauth/token").header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(body.finish().into()).unwrap())
    }

    /// The token of somebody; none of nobody.
    pub fn token(&self, who: Who) -> String {
        let form = who.form();
        if form.is_empty() {
            return String::new();
        }
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = self.ask(&form);
        assert_eq!(answer.status, 200, "{who:?}: {}", answer.json);
        assert_eq!(answer.headers["cache-control"], "no-store");
        answer.json["access_token"].as_str().unwrap().to_owned()
    }
}
