//! The access log: a record of each subject of an answer, numbered densely and found by whom it is about.

use std::sync::Arc;
use std::time::{Duration, Instant as Moment};

use aggregates::words::{Instant, Stream};
use litopys::store::{AccessLog, AccessRecord, Shown, Who};

use crate::engine::Engine;

pub fn patient(number: u64) -> Stream {
    format!("patient/01890a5d-ac96-774b-bcce-{number:012}").parse().unwrap()
}

/// An answer about these patients.
pub fn answer(patients: &[u64]) -> Shown {
    Shown {
        time: Instant::from_ms(1_700_000_000_000).unwrap(),
        who: Arc::new(Who { role: "doctor".into(), of: Some("employee/1".into()), kid: "k".into(), mis: None }),
        resource: "patients".into(),
        subject: patients.iter().map(|number| patient(*number)).collect(),
        size: 7,
    }
}

/// Has these answers recorded, and waits until they are.
pub fn record(log: &dyn AccessLog, answers: &[&[u64]]) {
    log.record(answers.iter().map(|patients| answer(patients)).collect()).unwrap().blocking_recv().unwrap().unwrap();
}

/// All pages of some length, from the last record on, must be these records.
fn paged(log: &dyn AccessLog, subject: Option<&Stream>, records: &[(u64, AccessRecord)]) {
    for limit in 1..=records.len() + 1 {
        let (mut walked, mut before) = (Vec::new(), None);
        loop {
            let page = log.page(subject, before, limit).unwrap();
            before = page.last().map(|(number, _)| *number);
            walked.extend(page.iter().cloned());
            if page.len() < limit {
                break;
            }
        }
        assert!(walked.iter().eq(records.iter().rev()), "{limit} of {subject:?}");
    }
}

/// Each of an answer's subjects has a record, and is found by it: at once, when the log was idle for some time, and after a start.
pub fn an_answer_is_a_record_of_each_whom_it_is_about<E: Engine>() {
    let store = E::fresh();
    let log = store.access_log().unwrap();
    record(&*log, &[&[2, 1], &[2], &[3, 1, 4, 3]]);
    let named = [1, 2, 2, 1, 3, 4];
    let meant =
        |named: &[u64]| -> Vec<(u64, AccessRecord)> { (1..).zip(named.iter().map(|number| answer(&[]).about(patient(*number)))).collect() };
    let held = |log: &dyn AccessLog, named: &[u64]| {
        let all = meant(named);
        for (after, limit) in [(0, 100), (0, 1), (1, 2), (4, 100), (all.len() as u64, 1)] {
            let rest = all.iter().filter(|(number, _)| *number > after).take(limit);
            assert!(log.after(after, limit).unwrap().iter().eq(rest), "{limit} after {after}");
        }
        paged(log, None, &all);
        for number in 1..=5 {
            let of = all.iter().filter(|(_, record)| record.subject == patient(number)).cloned();
            paged(log, Some(&patient(number)), &of.collect::<Vec<_>>());
        }
    };
    let begun = Moment::now();
    while begun.elapsed() < Duration::from_millis(500) {
        held(&*log, &named);
    }
    record(&*log, &[&[4]]);
    drop(log);
    let log = store.access_log().unwrap();
    held(&*log, &[&named[..], &[4]].concat());
}
