//! Nodes that share one access log.

use std::thread;

use super::Postgres;
use crate::access::record;
use crate::engine::Engine;

#[test]
fn what_several_nodes_record_is_numbered_densely() {
    if !Postgres::is_here() {
        return;
    }
    let store = Postgres::fresh();
    let logs = [store.access_log().unwrap(), store.access_log().unwrap()];
    thread::scope(|scope| {
        for log in &logs {
            scope.spawn(|| (0..100).for_each(|_| record(&**log, &[&[1, 2], &[3]])));
        }
    });
    let numbers: Vec<u64> = logs[0].after(0, 1_000).unwrap().iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, (1..=600).collect::<Vec<_>>());
}
