//! Answers that are kept in memory are what the store would answer now.

use serde_json::Value;

use crate::registry::Registry;
use crate::story::{Story, id};
use crate::who::Who;

/// Asks twice, so that the second answer is a kept one if it may be, and as of the very size, which nobody asked before.
fn is_as_of_now(registry: &Registry, question: &str, token: &str) -> Value {
    let size = registry.size();
    let past = format!("{question}{}as_of={size}", if question.contains('?') { '&' } else { '?' });
    let [first, again, fresh, past] = [question, question, &past, &past].map(|path| registry.get(path, token));
    for answer in [&first, &again, &past] {
        assert_eq!(answer.status, fresh.status, "{question}");
        assert_eq!(answer.json["data"], fresh.json["data"], "{question}");
        assert_eq!(answer.json["size"], fresh.json["size"], "{question}");
        assert_eq!(answer.json.get("next").is_some(), fresh.json.get("next").is_some(), "{question}");
        assert_eq!(answer.headers.get("etag"), fresh.headers.get("etag"), "{question}");
    }
    fresh.json["data"].clone()
}

#[test]
fn after_every_change_the_answer_is_another_where_its_rows_are() {
    let mut registry = Registry::told();
    let declaration = registry.get("/v1/declarations?limit=1", &registry.token(Who::Regulator)).ids().remove(0);
    let post = id(141);
    let questions = [
        format!("/v1/declarations?employee={post}"),
        format!("/v1/declarations?employee={post}&limit=1"),
        format!("/v1/declarations?employee={post}&limit=2"),
        format!("/v1/declarations?employee={post}&status=active"),
        format!("/v1/declarations?employee={post}&status=active,terminated&limit=3"),
        "/v1/declarations?status=terminated".to_owned(),
        format!("/v1/declarations/{declaration}"),
        format!("/v1/declaration-requests?employee={post}&status=new,confirmed"),
        format!("/v1/declaration-requests/{}", id(10_001)),
        format!("/v1/employees?practitioner={}", id(130)),
        format!("/v1/employees/{post}"),
        format!("/v1/employees?type=doctor&status=active&division={}", id(120)),
        "/v1/mis?status=accredited".to_owned(),
    ];
    let steps: [fn(&mut Story<'_>); 8] = [
        |story| drop(story.register(10_000, 500)),
        |story| drop(story.request(10_000, 10_001)),
        |story| drop(story.send_code(10_000, 10_001)),
        |story| drop(story.confirm(10_000, 10_001)),
        |story| drop(story.sign(10_000, 10_001)),
        // Its ids sort before all others.
        |story| story.declaration(1_000, 501),
        |story| story.declarations_from(20_000, 5),
        |story| story.dismiss(),
    ];
    for who in [Who::Regulator, Who::Auditor] {
        let token = registry.token(who);
        questions.iter().for_each(|question| drop(is_as_of_now(&registry, question, &token)));
    }
    let (mut changed, mut last) = (vec![0; questions.len()], vec![Value::Null; questions.len()]);
    for step in steps {
        step(&mut Story::new(&mut registry.live));
        let tokens = [Who::Regulator, Who::Auditor].map(|who| registry.token(who));
        for (place, question) in questions.iter().enumerate() {
            let [whole, clear] = [0, 1].map(|who| is_as_of_now(&registry, question, &tokens[who]));
            assert_eq!(whole, clear, "{question}");
            changed[place] += u32::from(whole != last[place]);
            last[place] = whole;
        }
    }
    // Beside the first look, each but the last two was changed by something.
    assert!(changed[..12].iter().filter(|count| **count > 1).count() >= 9, "{changed:?}");
    assert_eq!(changed[12], 1);
}

#[test]
fn who_may_not_see_it_is_not_shown_what_is_kept() {
    let registry = Registry::told();
    let regulator = registry.token(Who::Regulator);
    let declaration = registry.get("/v1/declarations?limit=1", &regulator).ids().remove(0);
    for path in [format!("/v1/declarations/{declaration}"), format!("/v1/declarations?employee={}", id(141))] {
        assert_eq!(registry.get(&path, &regulator).status, 200);
        assert_eq!(registry.get(&path, &regulator).status, 200);
        assert_eq!(registry.get(&path, "").told(), (403, "access_denied"));
        assert_eq!(registry.get(&path, &registry.token(Who::Mis)).told(), (403, "access_denied"));
        assert_eq!(registry.get(&path, "x").told(), (401, "invalid_token"));
    }
    let log = registry.get("/v1/access-log", &regulator).json["data"].clone();
    let list = log.as_array().unwrap().iter().filter(|record| record["resource"] == "declarations").count();
    assert!(list >= 5, "each look is recorded, the kept answers too: {log}");
}
