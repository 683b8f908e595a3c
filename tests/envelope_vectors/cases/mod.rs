//! Every vector: what is valid, and one change for each code.

mod body;
mod disclosed;
mod json;
mod signed;
mod valid;

pub use body::{body, keys};
pub use disclosed::{digests, disclosures};
pub use json::json;
pub use signed::{payload, protected};
pub use valid::valid;

use serde_json::{Value, json};

use super::parts::{Parts, Vector};

/// Replaces what occurs exactly once.
fn swap(text: &str, old: &str, new: &str) -> String {
    assert_eq!(text.matches(old).count(), 1, "{old}");
    text.replace(old, new)
}

fn pad(text: &mut Value) {
    *text = json!(format!("{}=", text.as_str().unwrap()));
}

/// Changes the base's body after it is signed.
fn bodied(code: &str, pointer: &str, description: &str, change: fn(&mut Value)) -> Vector {
    let parts = Parts::base();
    let mut body = parts.body();
    change(&mut body);
    Vector::refused(code, pointer, description, &parts.keys, body.to_string())
}

/// Changes a payload and signs it.
fn paid(mut parts: Parts, code: &str, pointer: &str, description: &str, change: fn(&mut Value)) -> Vector {
    change(&mut parts.payload);
    Vector::refused(code, pointer, description, &parts.keys, parts.body().to_string())
}

/// Changes the JSON text of the base's first disclosure, replaces its digest and signs.
fn redisclosed(code: &str, tail: &str, description: &str, old: &str, new: &str) -> Vector {
    let parts = Parts::base();
    let text = swap(&parts.disclosed(0), old, new);
    let parts = parts.redisclose(0, text.as_bytes());
    let pointer = format!("/signatures/0/header/disclosures/0{tail}");
    Vector::refused(code, &pointer, description, &parts.keys, parts.body().to_string())
}
