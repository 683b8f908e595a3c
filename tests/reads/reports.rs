//! Reports: figures counted by hand, followed to their lines, the same for ever.

use aggregates::policy::PolicyTerms;
use aggregates::words::Date;
use serde_json::{Value, json};

use crate::registry::{Answer, Registry};
use crate::story::{Story, id, patient_data};
use crate::who::{Who, now};

fn today() -> Date {
    aggregates::words::Instant::from_ms(now() * 1000).unwrap().date()
}

fn report(registry: &Registry, path: &str, token: &str) -> Answer {
    let answer = registry.get(&format!("/v1/reports/{path}"), token);
    assert_eq!(answer.status, 200, "{path}: {}", answer.json);
    answer
}

/// The question of a template (RFC 6570: `{name}` and `{&name,name}`) with a row's values.
fn expanded(template: &str, row: &Value) -> String {
    let mut url = String::new();
    let mut rest = template;
    while let Some((before, inside)) = rest.split_once('{') {
        let (names, after) = inside.split_once('}').unwrap();
        url.push_str(before);
        let value = |name: &str| match &row[name] {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        match names.strip_prefix('&') {
            None => url.push_str(&value(names).unwrap()),
            Some(names) => {
                for name in names.split(',') {
                    let encoded = |value: String| form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>();
                    url.extend(value(name).map(|value| format!("&{name}={}", encoded(value))));
                }
            }
        }
        rest = after;
    }
    url + rest
}

/// How many lines a figure's question has, page by page.
fn followed(registry: &Registry, url: &str, token: &str) -> u64 {
    let (mut count, mut cursor) = (0, String::new());
    loop {
        let answer = registry.get(&format!("{url}{cursor}"), token);
        assert_eq!(answer.status, 200, "{url}: {}", answer.json);
        count += answer.json["data"].as_array().unwrap().len() as u64;
        match answer.json["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return count,
        }
    }
}

/// Every figure that has a trace is the number of its lines.
fn figures_are_their_lines(registry: &Registry, answer: &Answer, token: &str) -> usize {
    let mut figures = 0;
    for (column, template) in answer.json["trace"].as_object().unwrap() {
        for row in answer.json["data"].as_array().unwrap() {
            let Some(figure) = row[column].as_u64() else { continue };
            assert_eq!(followed(registry, &expanded(template.as_str().unwrap(), row), token), figure, "{column} of {row}");
            figures += 1;
        }
    }
    figures
}

#[test]
fn capitation_is_counted_by_the_policy() {
    let mut registry = Registry::told();
    Story::new(&mut registry.live).declarations(7);
    let token = registry.token(Who::Regulator);
    // Eight people born on 1980-03-09 with the clinic's family doctor, outside the mountains: 370.00 x 1.2 x 8 a year.
    let answer = report(&registry, "capitation", &token);
    let row = json!({
        "legal_entity": id(100), "edrpou": "32855961", "name": "Центр первинної допомоги", "mountain": false, "age_group": "40-64",
        "declarations": 8, "coefficient": "1.2", "amount_year": 355_200, "amount_month": 29_600,
    });
    assert_eq!(answer.json["data"], json!([row]));
    let left_out = json!({ "birth_date_unknown": 0, "over_limit": 0, "provider_not_active": 0, "provider_not_verified": 0 });
    let totals = json!({ "declarations": 8, "amount_year": 355_200, "amount_month": 29_600, "left_out": left_out });
    assert_eq!((&answer.json["totals"], &answer.json["unit"]), (&totals, &json!("kopiykas")));
    assert_eq!((&answer.json["size"], &answer.json["date"]), (&json!(registry.size()), &json!(today())));
    assert_eq!(figures_are_their_lines(&registry, &answer, &token), 1);

    // Fewer are allowed from now on: those signed first are paid, then those signed last.
    for (order, first, last) in [("earliest_first", "paid", "over_limit"), ("latest_first", "over_limit", "paid")] {
        let mut policy = serde_json::to_value(PolicyTerms::default()).unwrap();
        policy["limits"]["family_doctor"] = json!(5);
        policy["capitation"]["over_limit"] = json!(order);
        Story::new(&mut registry.live).by_regulator("policy.set", json!({ "policy": policy })).index();
        let limited = report(&registry, "capitation", &token);
        assert_eq!((&limited.json["totals"]["declarations"], &limited.json["totals"]["left_out"]["over_limit"]), (&json!(5), &json!(3)));
        let lines = report(&registry, "declarations?status=active", &token).json["data"].clone();
        let counted: Vec<&str> = lines.as_array().unwrap().iter().map(|line| line["counted"].as_str().unwrap()).collect();
        assert_eq!((counted[0], counted[7]), (first, last), "{order}");
        assert_eq!(followed(&registry, "/v1/reports/declarations?counted=over_limit", &token), 3);
    }

    // What was said of a size and a day is said for ever, in the same bytes.
    let size = &answer.json["size"];
    Story::new(&mut registry.live).dismiss();
    assert_eq!(report(&registry, &format!("capitation?as_of={size}&date={}", today()), &token).text, answer.text);
    assert_eq!(report(&registry, "capitation", &token).json["totals"]["declarations"], 0);
}

#[test]
fn ages_and_terms_are_those_of_the_date() {
    let registry = Registry::told();
    let (token, size) = (registry.token(Who::Regulator), registry.size());
    let of = |date: &str| report(&registry, &format!("capitation?as_of={size}&date={date}"), &token).json["data"][0].clone();
    assert_eq!(of("2045-03-08")["age_group"], "40-64");
    assert_eq!((&of("2045-03-09")["age_group"], &of("2045-03-09")["amount_year"]), (&json!("65+"), &json!(74_000)));
    // A declaration lasts 14,610 days, and is then closed though no entry says so.
    let last_day = today().plus_days(14_610);
    assert_eq!(of(&last_day.to_string())["declarations"], 1);
    assert_eq!(of(&last_day.plus_days(1).to_string()), Value::Null);
    let lines = report(&registry, &format!("declarations?as_of={size}&date={}&status=closed", last_day.plus_days(1)), &token);
    assert_eq!((&lines.json["data"][0]["ended"], &lines.json["data"][0]["ended_entry"]), (&json!(last_day.plus_days(1)), &Value::Null));
    // An unverified provider works, and is not paid.
    let before = registry.get(&format!("/v1/legal-entities/{}/history", id(100)), "").json["data"][0]["until_size"].as_u64().unwrap() - 1;
    let unpaid = report(&registry, &format!("capitation?as_of={before}"), &token);
    assert_eq!((&unpaid.json["data"], &unpaid.json["totals"]["left_out"]["provider_not_verified"]), (&json!([]), &json!(1)));
}

#[test]
fn a_date_is_the_beginning_of_its_day() {
    let registry = Registry::told();
    let token = registry.token(Who::Regulator);
    for (query, parameter, fault) in [
        (format!("date={}", today()), "date", "before_the_ledger"),
        (format!("date={}", today().plus_days(2)), "date", "in_the_future"),
        ("date=2026-02-30".into(), "date", "bad_value"),
        ("as_of=0".into(), "as_of", "bad_value"),
        ("format=xls".into(), "format", "bad_value"),
        ("legal_entity=x".into(), "legal_entity", "bad_value"),
        ("step=day".into(), "step", "unknown_parameter"),
    ] {
        let answer = registry.get(&format!("/v1/reports/capitation?{query}"), &token);
        let fault_of = &answer.json["errors"][0];
        assert_eq!(
            (answer.told(), &fault_of["code"], &fault_of["params"]["parameter"]),
            ((400, "bad_parameter"), &json!(fault), &json!(parameter)),
            "{query}"
        );
    }
}

#[test]
fn statistics_and_the_histogram_are_for_everybody() {
    let registry = Registry::told();
    let token = registry.token(Who::Regulator);
    let answer = report(&registry, "statistics", "");
    // Two heads are no doctors, and the sole proprietor has no division yet.
    let row = |area: Value, providers: u64| json!({ "area": area, "declarations": 1, "pending": 0, "doctors": 2, "legal_entities": providers, "divisions": 1 });
    assert_eq!(answer.json["data"], json!([row(Value::Null, 2), row(json!("Київська"), 1)]));
    assert_eq!(figures_are_their_lines(&registry, &answer, &token), 4);
    assert_eq!(
        report(&registry, "statistics?format=csv", "").text,
        "area,declarations,pending,doctors,legal_entities,divisions\r\n,1,0,2,2,1\r\nКиївська,1,0,2,1,1\r\n"
    );

    let today = today();
    for (step, period) in [("day", today.to_string()), ("month", today.to_string()[..7].into()), ("year", today.to_string()[..4].into())] {
        let answer = report(&registry, &format!("histogram?step={step}"), "");
        let [row] = answer.json["data"].as_array().unwrap().as_slice() else { panic!("{}", answer.json) };
        let told = (&row["period"], &row["created"], &row["ended"], &row["active_at_start"], &row["active_at_end"]);
        assert_eq!(told, (&json!(period), &json!(5), &json!(4), &json!(0), &json!(1)));
        assert_eq!(figures_are_their_lines(&registry, &answer, &token), 4);
    }
    let days = report(&registry, &format!("histogram?from={}&until={}", today.plus_days(-1), today.plus_days(1)), "");
    let active: Vec<u64> = days.json["data"].as_array().unwrap().iter().map(|row| row["active_at_end"].as_u64().unwrap()).collect();
    assert_eq!(active, [0, 1, 1]);
    let many = registry.get("/v1/reports/histogram?from=1900-01-01", "");
    assert_eq!((many.told(), &many.json["errors"][0]["code"]), ((400, "bad_parameter"), &json!("too_many")));
}

#[test]
fn a_doctors_load_is_over_all_his_posts() {
    let registry = Registry::told();
    let token = registry.token(Who::Regulator);
    let answer = report(&registry, "doctors", &token);
    let told: Vec<_> = answer.json["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (row["employee"].clone(), row["speciality"].clone(), row["declarations"].clone(), row["limit"].clone(), row["free"].clone())
        })
        .collect();
    assert_eq!(
        told,
        [
            (json!(id(141)), json!("family_doctor"), json!(1), json!(1800), json!(1799)),
            (json!(id(161)), json!("paediatrician"), json!(0), json!(900), json!(900)),
        ]
    );
    assert_eq!(figures_are_their_lines(&registry, &answer, &token), 4);
    let own = report(&registry, "doctors", &registry.token(Who::Doctor));
    assert_eq!(own.json["data"], answer.json["data"]);
    assert_eq!(report(&registry, "doctors", &registry.token(Who::Other)).json["data"], json!([]));
}

#[test]
fn what_a_regulator_looks_at_twice() {
    let mut registry = Registry::told();
    let mut story = Story::new(&mut registry.live);
    for number in 0..3 {
        let mut data = patient_data(id(3000 + number), 500 + number as u32, true);
        data["code_phone"] = json!("+380670000001");
        story.by_doctor("patient.register", data).index();
    }
    story.declarations(6);
    story.dismiss();
    let token = registry.token(Who::Regulator);
    let rows = |path: &str| report(&registry, &format!("anomalies/{path}"), &token).json["data"].as_array().unwrap().clone();

    let phones = rows("phones?at_least=4");
    let patients: Vec<&Value> = phones.iter().map(|row| &row["patient"]).collect();
    assert_eq!(patients, [&json!(id(2000)), &json!(id(3000)), &json!(id(3001)), &json!(id(3002))]);
    for row in &phones {
        assert_eq!((&row["phone"], &row["patients"]), (&json!("+380670000001"), &json!(4)));
        let entry = registry.live.node.readers.with(|reader| reader.entry(row["entry"].as_u64().unwrap())).unwrap().unwrap();
        assert!(String::from_utf8(entry.bytes).unwrap().contains(&format!("patient/{}", row["patient"].as_str().unwrap())));
    }
    assert_eq!(rows("phones"), Vec::<Value>::new(), "no more than the policy allows");

    // Eleven signings; around a full hour they fall into two.
    let hours = rows("signings?at_least=1");
    let entries: Vec<u64> = hours.iter().flat_map(|row| row["entries"].as_array().unwrap()).map(|entry| entry.as_u64().unwrap()).collect();
    assert_eq!(hours.iter().map(|row| row["signings"].as_u64().unwrap()).sum::<u64>(), 11);
    let nights: Vec<Value> = (0..24).flat_map(|hour| rows(&format!("night?from_hour={hour}&until_hour={}", (hour + 1) % 24))).collect();
    let mut found: Vec<u64> = nights.iter().map(|row| row["entry"].as_u64().unwrap()).collect();
    found.sort_unstable();
    assert_eq!(found, entries);
    assert_eq!(rows("signings?at_least=12"), Vec::<Value>::new());
    assert_eq!(rows(&format!("signings?at_least=1&until={}", today().plus_days(-1))), Vec::<Value>::new());

    // Seven lost their doctor with his post, and have chosen nobody since.
    assert_eq!(rows("dismissed").len(), 7);
    assert!(rows("dismissed").iter().all(|row| row["finding"] == "without_doctor" && row["employee"] == json!(id(141))));
}

/// Reports, with what each of [`Who::ALL`] gets: nobody, MIS, regulator, auditor, operator, the clinic's head, its doctor, the
/// head of the other provider, the patient with a key.
#[rustfmt::skip]
const ACCESS: [(&str, [u16; 9]); 9] = [
    ("statistics",           [200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("histogram",            [200, 200, 200, 200, 200, 200, 200, 200, 200]),
    ("capitation",           [403, 403, 200, 200, 403, 200, 403, 200, 403]),
    ("declarations",         [403, 403, 200, 200, 403, 200, 403, 200, 403]),
    ("doctors",              [403, 403, 200, 200, 403, 200, 200, 200, 403]),
    ("anomalies/phones",     [403, 403, 200, 403, 403, 403, 403, 403, 403]),
    ("anomalies/signings",   [403, 403, 200, 200, 403, 403, 403, 403, 403]),
    ("anomalies/night",      [403, 403, 200, 200, 403, 403, 403, 403, 403]),
    ("anomalies/dismissed",  [403, 403, 200, 200, 403, 403, 403, 403, 403]),
];

#[test]
fn each_gets_the_reports_that_are_his() {
    let registry = Registry::told();
    let tokens = Who::ALL.map(|who| registry.token(who));
    for (path, expected) in ACCESS {
        for ((who, token), expected) in Who::ALL.iter().zip(&tokens).zip(expected) {
            let answer = registry.get(&format!("/v1/reports/{path}"), token);
            assert_eq!(answer.status, expected, "{who:?} of {path}: {}", answer.json);
        }
    }
    let of = |who: Who, path: &str| registry.get(&format!("/v1/reports/{path}"), &registry.token(who));
    assert_eq!(of(Who::Owner, &format!("capitation?legal_entity={}", id(102))).told(), (403, "access_denied"));
    assert_eq!(of(Who::Other, "declarations").json["data"], json!([]), "the other provider has none");
    // An auditor gets no patient's age; who reads lines about patients is recorded.
    assert_eq!(of(Who::Auditor, "declarations?status=active").json["data"][0]["age_group"], Value::Null);
    assert_eq!(of(Who::Owner, "declarations?status=active").json["data"][0]["age_group"], "40-64");
    assert_eq!(of(Who::Auditor, "declarations?age_group=65%2B").told(), (400, "bad_parameter"));
    let log = registry.get(&format!("/v1/access-log?subject=patient/{}&limit=1", id(2000)), &tokens[2]).json["data"][0].clone();
    assert_eq!((&log["as"], &log["resource"]), (&json!("owner"), &json!("declarations")));
}
