//! The public directory.

use std::sync::atomic::{AtomicU8, Ordering};

use aggregates::words::{Role, Stream};
use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use litopys::keys::to_jwk;
use litopys::node::new_id;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::world::{Answer, World, accredit, command, get, key, now, policy, regulator, send};

const TRUST_PROVIDER: u8 = 5;
const MIS: u8 = 6;
const OWNER: u8 = 7;
const ENTREPRENEUR: u8 = 8;
const DOCTORS: [u8; 3] = [9, 10, 11];

fn of(kind: &str, id: Uuid) -> Option<Stream> {
    Some(format!("{kind}/{id}").parse().unwrap())
}

/// A tax number with its check digit.
fn tax_id(byte: u8) -> String {
    let head = format!("3{byte:08}");
    let sum: i32 = head.bytes().zip([-1, 5, 7, 9, 4, 6, 10, 5, 7]).map(|(digit, weight)| i32::from(digit - b'0') * weight).sum();
    format!("{head}{}", sum.rem_euclid(11) % 10)
}

/// Providers with doctors, made by the commands that make them.
struct Story {
    world: World,
    trust_provider: Uuid,
    mis: Uuid,
    clinic: Uuid,
    practice: Uuid,
    division: Uuid,
    doctors: Vec<Uuid>,
    /// The size before the last doctor accepted.
    before: u64,
    /// The last key given to a MIS.
    keys: AtomicU8,
}

impl Story {
    async fn new() -> Story {
        let world = World::new();
        let (trust_provider, mis) = (new_id(), new_id());
        world.accepted(accredit(trust_provider, TRUST_PROVIDER)).await;
        let mut story = Story {
            world,
            trust_provider,
            mis,
            clinic: new_id(),
            practice: new_id(),
            division: new_id(),
            doctors: Vec::new(),
            before: 0,
            keys: AtomicU8::new(100),
        };
        story.admit_mis(mis, MIS, "Медицина").await;
        for act in ["mis.record_test", "mis.accredit"] {
            let data = match act {
                "mis.accredit" => json!({ "mis": mis }),
                _ => json!({ "mis": mis, "programme": "Первинна ланка", "held_on": "2026-01-10", "passed": true }),
            };
            story.world.accepted(command(act, data, &[(&regulator(), Role::Regulator, None)])).await;
        }
        let owner = story.enrol(OWNER, "Коваль", Some("32855961")).await;
        let owner_post =
            story.register(story.clinic, owner, OWNER, json!({ "ownership": "communal", "legal_form": "150", "edrpou": "32855961" })).await;
        let entrepreneur = story.enrol(ENTREPRENEUR, "Мельник", None).await;
        let sole = json!({ "ownership": "sole_proprietor", "legal_form": "910", "tax_id": tax_id(ENTREPRENEUR) });
        let practice_post = story.register(story.practice, entrepreneur, ENTREPRENEUR, sole).await;
        let (clinic_division, practice_division) = (story.division, new_id());
        story.open(clinic_division, owner_post, OWNER).await;
        story.open(practice_division, practice_post, ENTREPRENEUR).await;
        for (byte, name, speciality) in
            [(DOCTORS[0], "Бондар", "therapist"), (DOCTORS[1], "Ткач", "paediatrician"), (DOCTORS[2], "Гнат", "family_doctor")]
        {
            let practitioner = story.enrol(byte, name, None).await;
            story.doctors.push(practitioner);
            story.hire(practitioner, byte, speciality, clinic_division, owner_post, OWNER).await;
        }
        // The first one also works at the practice.
        story.hire(story.doctors[0], DOCTORS[0], "therapist", practice_division, practice_post, ENTREPRENEUR).await;
        story
    }

    fn router(&self) -> &Router {
        &self.world.router
    }

    async fn admit_mis(&self, mis: Uuid, byte: u8, name: &str) -> u64 {
        let data = json!({
            "mis": mis, "name": name, "edrpou": "14360570", "product": "МІС", "email": "mis@example.ua",
            "key": to_jwk(&key(byte).public()), "key_until": "2036-01-01T00:00:00Z",
        });
        let by = [(&key(byte), Role::Holder, None), (&key(TRUST_PROVIDER), Role::TrustProvider, of("trust_provider", self.trust_provider))];
        self.world.accepted(command("mis.apply", data, &by)).await
    }

    async fn another_mis(&self) {
        self.admit_mis(new_id(), self.keys.fetch_add(1, Ordering::Relaxed), "Ще одна").await;
    }

    async fn enrol(&self, byte: u8, name: &str, represents: Option<&str>) -> Uuid {
        let id = new_id();
        let mut data = json!({
            "key": to_jwk(&key(byte).public()), "from": now().plus_seconds(-60), "until": now().plus_seconds(86_400 * 300),
            "evidence": "presence",
            "practitioner": {
                "id": id, "last_name": name, "first_name": "Олена", "gender": "female",
                "tax_id": tax_id(byte), "birth_date": "1980-02-03", "phone": "+380501112233",
            },
        });
        if let Some(code) = represents {
            data["represents"] = json!([code]);
        }
        let by = [(&key(TRUST_PROVIDER), Role::TrustProvider, of("trust_provider", self.trust_provider)), (&key(byte), Role::Holder, None)];
        self.world.accepted(command("key.enrol", data, &by)).await;
        id
    }

    /// The acting person's command, sent by the MIS; gives the index of its entry.
    async fn act(&self, kind: &str, data: Value, byte: u8, role: Role, right: Option<Stream>) -> u64 {
        self.world.accepted(command(kind, data, &[(&key(MIS), Role::Mis, of("mis", self.mis)), (&key(byte), role, right)])).await
    }

    async fn register(&self, id: Uuid, practitioner: Uuid, byte: u8, who: Value) -> Uuid {
        let post = new_id();
        let mut data = json!({
            "legal_entity": id, "employee": post, "position": "P1", "name": "Амбулаторія", "kveds": ["86.21"],
            "addresses": [address("registration")], "phones": [{ "type": "mobile", "number": "+380501234567" }],
            "email": "clinic@example.ua", "public_offer_consent": true,
            "licence": { "issued_by": "МОЗ", "issued_date": "2020-01-01", "active_from_date": "2020-01-01", "order_number": "1" },
        });
        data.as_object_mut().unwrap().extend(who.as_object().unwrap().clone());
        self.act("legal_entity.register", data, byte, Role::Owner, of("practitioner", practitioner)).await;
        post
    }

    async fn open(&self, division: Uuid, post: Uuid, byte: u8) {
        let data = json!({
            "division": division, "name": "Перша", "type": "clinic", "addresses": [address("residence")],
            "phones": [{ "type": "mobile", "number": "+380501234567" }], "email": "one@example.ua", "mountain": false,
        });
        self.act("division.open", data, byte, Role::Owner, of("employee", post)).await;
    }

    async fn hire(&mut self, practitioner: Uuid, byte: u8, speciality: &str, division: Uuid, owner_post: Uuid, owner: u8) {
        let post = new_id();
        let data = json!({
            "employee": post, "practitioner": practitioner, "type": "doctor", "position": "P7", "start_date": "2026-01-01", "division": division,
            "specialities": [{
                "speciality": speciality, "officio": true, "level": "basic", "qualification_type": "awarding",
                "attestation_name": "Академія", "attestation_date": "2020-01-01", "certificate_number": "КВ-77",
            }],
            "educations": [{
                "country": "UA", "city": "Київ", "institution_name": "Університет", "diploma_number": "DD-77", "degree": "master", "speciality": "Лікарська справа",
            }],
        });
        self.act("employee.invite", data, owner, Role::Owner, of("employee", owner_post)).await;
        self.before = self.world.size();
        self.act("employee.accept", json!({ "employee": post }), byte, Role::Practitioner, of("practitioner", practitioner)).await;
    }

    async fn list(&self, path: &str) -> Value {
        let answer = get(self.router(), path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// The ids that a path lists, sorted.
    async fn ids(&self, path: &str) -> Vec<String> {
        let mut ids: Vec<_> =
            self.list(path).await["data"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    }
}

fn address(kind: &str) -> Value {
    json!({ "type": kind, "country": "UA", "area": "Львівська", "settlement": "Львів", "settlement_type": "city", "settlement_id": new_id() })
}

fn sorted(ids: &[Uuid]) -> Vec<String> {
    let mut ids: Vec<_> = ids.iter().map(Uuid::to_string).collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn the_directory_shows_what_was_registered() {
    let story = Story::new().await;
    let (clinic, practice) = (story.clinic, story.practice);
    let size = story.world.size();
    let mis = story.list("/v1/mis").await;
    assert_eq!(mis["size"], size);
    assert_eq!((&mis["data"][0]["status"], &mis["data"][0]["name"]), (&json!("accredited"), &json!("Медицина")));
    assert_eq!(mis["data"][0]["entries"], json!([2, 3, 4]), "application, test and accreditation");
    assert_eq!(story.ids("/v1/trust-providers").await, sorted(&[story.trust_provider]));
    assert_eq!(story.ids("/v1/legal-entities").await, sorted(&[clinic, practice]));
    for (query, ids) in [
        ("edrpou=32855961".to_owned(), vec![clinic]),
        ("edrpou=14360570".to_owned(), vec![]),
        ("ownership=sole_proprietor".to_owned(), vec![practice]),
        ("status=active&ownership=communal".to_owned(), vec![clinic]),
        ("status=closed".to_owned(), vec![]),
    ] {
        assert_eq!(story.ids(&format!("/v1/legal-entities?{query}")).await, sorted(&ids), "{query}");
    }
    assert_eq!(story.ids(&format!("/v1/divisions?legal_entity={clinic}&type=clinic&status=active")).await, sorted(&[story.division]));
    assert_eq!(story.ids("/v1/divisions?type=fap").await, [""; 0]);
    let one = story.list(&format!("/v1/legal-entities/{clinic}")).await;
    assert_eq!((&one["data"]["edrpou"], &one["data"]["id"]), (&json!("32855961"), &json!(clinic)));
    for path in ["mis", "trust-providers", "legal-entities", "divisions", "practitioners"] {
        get(story.router(), &format!("/v1/{path}/{}", new_id())).await.problem(404, "no_such_resource");
        get(story.router(), &format!("/v1/{path}/x")).await.problem(404, "no_such_resource");
        get(story.router(), &format!("/v1/{path}/{}?limit=1", new_id())).await.problem(400, "bad_parameter");
    }
}

#[tokio::test]
async fn doctors_are_listed_once_with_their_posts_and_nothing_personal() {
    let story = Story::new().await;
    let doctors = &story.doctors;
    assert_eq!(story.ids("/v1/practitioners").await, sorted(doctors), "owners are not in the directory of doctors");
    for (query, ids) in [
        (format!("legal_entity={}", story.clinic), &doctors[..]),
        (format!("legal_entity={}", story.practice), &doctors[..1]),
        (format!("division={}", story.division), &doctors[..]),
        ("speciality=therapist".to_owned(), &doctors[..1]),
        (format!("speciality=paediatrician&legal_entity={}", story.practice), &[]),
    ] {
        assert_eq!(story.ids(&format!("/v1/practitioners?{query}")).await, sorted(ids), "{query}");
    }
    let first = story.list(&format!("/v1/practitioners/{}", doctors[0])).await;
    assert_eq!(first["data"]["last_name"], "Бондар");
    let posts = first["data"]["posts"].as_array().unwrap();
    assert_eq!(posts.len(), 2);
    for post in posts {
        let members: Vec<_> = post.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(members, ["division", "employee", "legal_entity", "position", "speciality", "type"]);
    }
    assert_eq!(first["data"]["entries"].as_array().unwrap().len(), 5, "enrolment, two invitations and two acceptances");
    let owner = story.list("/v1/legal-entities").await["data"][0]["owner"].as_str().unwrap().to_owned();
    get(story.router(), &format!("/v1/practitioners/{owner}")).await.problem(404, "no_such_resource");

    let everything = ["mis", "trust-providers", "legal-entities", "divisions", "practitioners"];
    for path in everything {
        let text = story.list(&format!("/v1/{path}")).await.to_string();
        for byte in [OWNER, ENTREPRENEUR].into_iter().chain(DOCTORS) {
            assert!(!text.contains(&tax_id(byte)), "{path} shows a tax number");
        }
        for personal in ["tax_id", "birth_date", "1980-02-03", "+380501112233", "КВ-77", "DD-77", "_sd"] {
            assert!(!text.contains(personal), "{path} shows {personal}");
        }
    }
}

#[tokio::test]
async fn a_size_of_the_past_is_answered_as_it_was() {
    let story = Story::new().await;
    let first = story.doctors[0];
    let path = format!("/v1/practitioners/{first}");
    let before = story.list(&format!("{path}?as_of={}", story.before)).await;
    assert_eq!((before["size"].as_u64(), before["data"]["posts"].as_array().unwrap().len()), (Some(story.before), 1));
    assert_eq!(story.ids("/v1/practitioners?as_of=1").await, [""; 0]);
    get(story.router(), &format!("{path}?as_of=1")).await.problem(404, "no_such_resource");
    for as_of in ["0", "-1", "01", "x", "", "18446744073709551615", &(story.world.size() + 1).to_string()] {
        let problem = get(story.router(), &format!("/v1/mis?as_of={as_of}")).await.problem(400, "bad_parameter");
        assert_eq!(problem["errors"][0]["params"]["parameter"], "as_of");
    }
}

/// Walks all pages and gives the ids in order; each page is of the first one's size.
async fn walk(story: &Story, path: &str, limit: usize) -> Vec<String> {
    let (mut ids, mut cursor) = (Vec::new(), String::new());
    let size = story.world.size();
    loop {
        let mark = if path.contains('?') { '&' } else { '?' };
        let page = story.list(&format!("{path}{mark}limit={limit}{cursor}")).await;
        assert_eq!(page["size"], size, "the walk keeps to one size");
        let rows = page["data"].as_array().unwrap();
        assert!(rows.len() <= limit);
        ids.extend(rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()));
        // The ledger grows meanwhile.
        story.another_mis().await;
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return ids,
        }
    }
}

#[tokio::test]
async fn pages_follow_each_other_at_one_size() {
    let story = Story::new().await;
    for _ in 0..5 {
        story.another_mis().await;
    }
    let all = story.ids("/v1/mis").await;
    assert_eq!(all.len(), 6);
    for limit in [1, 4] {
        let known = story.ids("/v1/mis?limit=100").await;
        assert_eq!(walk(&story, "/v1/mis", limit).await, known, "limit {limit}");
    }
    for limit in [1, 2, 3] {
        let mut found = walk(&story, "/v1/practitioners", limit).await;
        found.sort();
        assert_eq!(found, sorted(&story.doctors), "limit {limit}");
    }
    let page = story.list("/v1/mis?limit=2").await;
    let next = page["next"].as_str().unwrap();
    for (query, code) in [
        (format!("/v1/mis?cursor={next}&status=applied"), "not_of_these_filters"),
        (format!("/v1/divisions?cursor={next}"), "not_of_these_filters"),
        (format!("/v1/mis?cursor={next}&as_of=1"), "not_of_cursor"),
        ("/v1/mis?cursor=x".to_owned(), "bad_value"),
        ("/v1/mis?limit=0".to_owned(), "bad_value"),
        ("/v1/mis?limit=101".to_owned(), "bad_value"),
        ("/v1/mis?name=x".to_owned(), "unknown_parameter"),
        ("/v1/trust-providers?ownership=state".to_owned(), "unknown_parameter"),
    ] {
        let problem = get(story.router(), &query).await.problem(400, "bad_parameter");
        assert_eq!(problem["errors"][0]["code"], code, "{query}");
    }
}

#[tokio::test]
async fn an_unchanged_answer_is_not_sent_again() {
    let story = Story::new().await;
    let again = async |path: &str, tag: &str| -> Answer {
        send(story.router(), Request::get(path).header(header::IF_NONE_MATCH, tag).body(Body::empty()).unwrap()).await
    };
    for path in ["/v1/mis".to_owned(), format!("/v1/mis/{}", story.mis)] {
        let tag = get(story.router(), &path).await.header("etag").to_owned();
        story.world.accepted(policy()).await;
        let unchanged = again(&path, &format!("\"other\", {tag}")).await;
        assert_eq!((unchanged.status.as_u16(), unchanged.body.len()), (304, 0));
        assert_eq!(unchanged.header("litopys-size"), story.world.size().to_string());
        assert_eq!(again(&path, "\"other\"").await.status, 200);
    }
    let tag = get(story.router(), "/v1/mis").await.header("etag").to_owned();
    story.another_mis().await;
    assert_eq!(again("/v1/mis", &tag).await.status, 200);
}
