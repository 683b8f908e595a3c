//! `/v1/commands/batch`

use aggregates::words::Role;
use litopys::envelope::MAX_BODY;
use litopys::http::{MAX_BATCH_BYTES, MAX_BATCH_LINES};
use litopys::node::new_id;
use litopys::receipt;
use serde_json::{Value, json};

use crate::world::{Answer, World, accredit, command, key, other_policy_with_id, policy, policy_with_id, post, submit};

const BATCH: &str = "/v1/commands/batch";
const NDJSON: &str = "application/x-ndjson";

fn lines(answer: &Answer) -> Vec<Value> {
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, NDJSON), "{}", answer.text());
    answer.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn lines_are_answered_in_order_each_on_its_own() {
    let world = World::new();
    let (id, taken) = (new_id(), new_id());
    let (one, two) = (policy_with_id(id), accredit(taken, 5));
    let stranger =
        command("policy.set", json!({ "policy": aggregates::policy::PolicyTerms::default() }), &[(&key(9), Role::Regulator, None)]);
    let long = " ".repeat(MAX_BODY + 1);
    let batch = [one.as_str(), "{", &two, "", &stranger, &other_policy_with_id(id), &one, &accredit(taken, 6), &long, &policy()].join("\n");
    let answer = post(&world.router, BATCH, NDJSON, batch + "\r\n").await;
    let answers = lines(&answer);
    let codes: Vec<_> =
        answers.iter().map(|line| (line["status"].as_u64().unwrap(), line["problem"]["code"].as_str().unwrap_or(""))).collect();
    let expected = [
        (201, ""),
        (400, "json_incomplete"),
        (201, ""),
        (400, "json_incomplete"),
        (401, "key_unknown"),
        (409, "id_conflict"),
        (201, ""),
        (409, "id_taken"),
        (413, "body_too_large"),
        (201, ""),
    ];
    assert_eq!(codes, expected);
    assert_eq!(answers[0]["receipt"], answers[6]["receipt"]);
    assert_eq!((answers[0].get("replayed"), &answers[6]["replayed"]), (None, &json!(true)));
    assert!(answers[7]["problem"]["refusal_note"].is_string());
    assert!(answers.iter().filter_map(|line| line["problem"].get("trace_id")).all(|id| id == answer.header("x-request-id")));
    assert_eq!(world.size(), 4);

    // A line's receipt is, byte for byte, what the command alone is answered.
    let alone = submit(&world.router, two).await;
    let written = answer.text().lines().nth(2).unwrap();
    assert_eq!(written, format!(r#"{{"status":201,"receipt":{}}}"#, alone.text()));
}

#[tokio::test]
async fn a_whole_batch_is_accepted_and_proved() {
    let world = World::new();
    let batch: Vec<_> = (0..MAX_BATCH_LINES).map(|_| policy()).collect();
    let answer = post(&world.router, &format!("{BATCH}?genesis=true"), NDJSON, batch.join("\n")).await;
    let answers = lines(&answer);
    assert_eq!(answers.len(), MAX_BATCH_LINES);
    for (place, line) in answers.iter().enumerate() {
        assert_eq!(line["status"], 201, "{line:#}");
        let receipt = line["receipt"].to_string();
        let keys = [world.trust.log_key.clone()];
        let proven = receipt::verify(receipt.as_bytes(), &keys, &world.trust.origin, Some(&world.trust.genesis)).unwrap();
        assert_eq!(proven.entry.index, place as u64 + 1);
    }
}

#[tokio::test]
async fn limits_hold_for_the_batch_before_anything_is_done() {
    let world = World::new();
    let line = policy() + "\n";
    let many = post(&world.router, BATCH, NDJSON, line.clone() + &"x\n".repeat(MAX_BATCH_LINES)).await;
    many.problem(413, "batch_too_large");
    let large = post(&world.router, BATCH, NDJSON, line + &" ".repeat(MAX_BATCH_BYTES)).await;
    large.problem(413, "batch_too_large");
    post(&world.router, BATCH, "application/json", "").await.problem(415, "unsupported_media_type");
    post(&world.router, &format!("{BATCH}?x=1"), NDJSON, "").await.problem(400, "bad_parameter");
    assert!(lines(&post(&world.router, BATCH, NDJSON, "").await).is_empty());
    assert_eq!(lines(&post(&world.router, BATCH, NDJSON, "x\n".repeat(MAX_BATCH_LINES)).await).len(), MAX_BATCH_LINES);
    assert_eq!(world.size(), 1);
}
