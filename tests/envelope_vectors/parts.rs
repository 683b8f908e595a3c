//! A valid envelope in parts, so that one of them can be changed and the rest signed again.

use aggregates::words::{Role, Stream};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use litopys::envelope::{Draft, Expect, Seen, compose, digest};
use litopys::keys::{SecretKey, to_jwk};
use serde_json::{Map, Value, json};

/// One file.
pub struct Vector {
    pub name: String,
    description: String,
    verdict: Option<(String, String)>,
    keys: Vec<Value>,
    body: Vec<u8>,
}

impl Vector {
    /// An envelope that is accepted.
    pub fn valid(name: &str, description: &str, parts: &Parts) -> Vector {
        Vector::valid_body(name, description, parts, parts.body().to_string())
    }

    pub fn valid_body(name: &str, description: &str, parts: &Parts, body: String) -> Vector {
        Vector {
            name: format!("valid_{name}"),
            description: description.to_owned(),
            verdict: None,
            keys: parts.keys.iter().map(|key| to_jwk(&key.public())).collect(),
            body: body.into_bytes(),
        }
    }

    /// An envelope that is refused with this code at this pointer.
    pub fn refused(code: &str, pointer: &str, description: &str, keys: &[SecretKey], body: impl Into<Vec<u8>>) -> Vector {
        Vector {
            name: code.to_owned(),
            description: description.to_owned(),
            verdict: Some((code.to_owned(), pointer.to_owned())),
            keys: keys.iter().map(|key| to_jwk(&key.public())).collect(),
            body: body.into(),
        }
    }

    /// The file's text.
    pub fn file(&self) -> String {
        let mut file = json!({"description": self.description, "expect": "ok", "keys": self.keys});
        if let Some((code, pointer)) = &self.verdict {
            file["expect"] = json!(code);
            file["pointer"] = json!(pointer);
        }
        match std::str::from_utf8(&self.body) {
            Ok(text) => file["envelope"] = json!(text),
            Err(_) => file["envelope_base64"] = json!(STANDARD.encode(&self.body)),
        }
        format!("{file:#}\n")
    }
}

/// An envelope before it is signed and encoded.
pub struct Parts {
    pub keys: Vec<SecretKey>,
    pub protected: Vec<Value>,
    pub payload: Value,
    pub disclosures: Vec<String>,
}

/// Salts that are the same in every run.
fn salts() -> impl FnMut(&mut [u8]) {
    let mut next: u8 = 0;
    move |salt| {
        next += 1;
        salt.fill(next);
    }
}

fn key(place: u8) -> SecretKey {
    SecretKey::from_seed(&[place; 32])
}

fn draft(kind: &str, data: Value, disclose: &[&str]) -> Draft {
    Draft {
        id: "01970000-0000-7000-8000-00000000000a".parse().unwrap(),
        ledger: "litopys.example/test".to_owned(),
        kind: kind.to_owned(),
        issued_at: "2026-11-23T10:15:30.123Z".parse().unwrap(),
        expect: None,
        seen: None,
        data,
        disclose: disclose.iter().map(|pointer| (*pointer).to_owned()).collect(),
    }
}

impl Parts {
    /// Takes a composed envelope apart.
    fn of(draft: &Draft, roles: &[(Role, Option<&str>)]) -> Parts {
        let keys: Vec<_> = (1..).map(key).take(roles.len()).collect();
        let signers: Vec<(&SecretKey, Role, Option<Stream>)> =
            keys.iter().zip(roles).map(|(key, (role, of))| (key, *role, of.map(|of| of.parse().unwrap()))).collect();
        let composed = compose(draft, &signers, salts()).unwrap();
        let body: Value = serde_json::from_str(&composed.body).unwrap();
        let decode = |text: &Value| -> Value {
            let bytes = URL_SAFE_NO_PAD.decode(text.as_str().unwrap()).unwrap();
            serde_json::from_slice(&bytes).unwrap()
        };
        let signatures = body["signatures"].as_array().unwrap();
        let parts = Parts {
            protected: signatures.iter().map(|one| decode(&one["protected"])).collect(),
            payload: decode(&body["payload"]),
            disclosures: composed.disclosures.into_iter().map(|one| one.text).collect(),
            keys,
        };
        assert_eq!(parts.body().to_string(), composed.body);
        parts
    }

    /// The base of most vectors: two signatures, three disclosures, every optional member.
    pub fn base() -> Parts {
        let data = json!({
            "legal_entity": {"name": "Амбулаторія «Здоров’я»", "edrpou": "12345678"},
            "licences": ["A-1", "B-2"],
            "owner": {"name": "Олена Бойко", "tax_number": "3126509816", "birth_date": "1985-08-07"},
            "phones": [{"type": "mobile", "number": "+380501234567"}],
        });
        let disclose = ["/data/owner/tax_number", "/data/owner/birth_date", "/data/phones/0/number"];
        let mut draft = draft("legal_entity.register", data, &disclose);
        draft.expect = Some(Expect { stream: "legal_entity/01970000-0000-7000-8000-00000000000b".parse().unwrap(), version: 0 });
        draft.seen = Some(Seen { size: 7, root: [0xfb; 32] });
        let roles = [
            (Role::Mis, Some("mis/01970000-0000-7000-8000-00000000000c")),
            (Role::Owner, Some("practitioner/01970000-0000-7000-8000-00000000000d")),
        ];
        Parts::of(&draft, &roles)
    }

    /// One signature, no optional member.
    pub fn minimal() -> Parts {
        let data = json!({"date": "2026-11-22"});
        Parts::of(&draft("day.close", data, &[]), &[(Role::Operator, None)])
    }

    /// As many regulators as there may be signatures.
    pub fn four() -> Parts {
        let data = json!({"law": 2});
        Parts::of(&draft("law.adopt", data, &[]), &[(Role::Regulator, None); 4])
    }

    /// One signature and one disclosure for each value.
    pub fn disclosing(values: impl IntoIterator<Item = String>) -> Parts {
        let mut data = Map::new();
        for (place, value) in values.into_iter().enumerate() {
            data.insert(format!("m{place:02}"), json!(value));
        }
        let pointers: Vec<_> = data.keys().map(|name| format!("/data/{name}")).collect();
        let pointers: Vec<_> = pointers.iter().map(String::as_str).collect();
        Parts::of(&draft("register.upload", Value::Object(data), &pointers), &[(Role::Regulator, None)])
    }

    /// The base with one disclosure made of other bytes, its digest in the old one's place.
    pub fn redisclose(mut self, place: usize, bytes: &[u8]) -> Parts {
        self.redisclose_text(place, &URL_SAFE_NO_PAD.encode(bytes));
        self
    }

    pub fn redisclose_text(&mut self, place: usize, text: &str) {
        let old = std::mem::replace(&mut self.disclosures[place], text.to_owned());
        let [old, new] = [&old, text].map(|text| json!(URL_SAFE_NO_PAD.encode(digest(text))));
        let lists = ["/data/owner/_sd", "/data/phones/0/_sd", "/data/_sd"];
        for list in lists {
            if let Some(Value::Array(digests)) = self.payload.pointer_mut(list)
                && digests.contains(&old)
            {
                digests.retain(|digest| *digest != old);
                digests.push(new.clone());
                digests.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
                return;
            }
        }
        panic!("no digest of disclosure {place}");
    }

    /// A disclosure's JSON text.
    pub fn disclosed(&self, place: usize) -> String {
        String::from_utf8(URL_SAFE_NO_PAD.decode(&self.disclosures[place]).unwrap()).unwrap()
    }

    /// One more signer, in the role of the first.
    pub fn add_signer(&mut self) {
        let key = key(self.keys.len() as u8 + 1);
        let (mut protected, mut signer) = (self.protected[0].clone(), self.payload["signers"][0].clone());
        protected["kid"] = json!(key.kid());
        signer["kid"] = json!(key.kid());
        self.protected.push(protected);
        self.payload["signers"].as_array_mut().unwrap().push(signer);
        self.keys.push(key);
    }

    /// The body, signed.
    pub fn body(&self) -> Value {
        self.body_of(self.payload.to_string().as_bytes())
    }

    /// The body with these bytes as its payload, signed.
    pub fn body_of(&self, payload: &[u8]) -> Value {
        let payload = URL_SAFE_NO_PAD.encode(payload);
        let sign = |(key, protected): (&SecretKey, &Value)| {
            let protected = URL_SAFE_NO_PAD.encode(protected.to_string());
            let signature = key.sign(format!("{protected}.{payload}").as_bytes());
            json!({"protected": protected, "signature": URL_SAFE_NO_PAD.encode(signature)})
        };
        let mut signatures: Vec<_> = self.keys.iter().zip(&self.protected).map(sign).collect();
        if !self.disclosures.is_empty() {
            signatures[0]["header"] = json!({"disclosures": self.disclosures});
        }
        json!({"payload": payload, "signatures": signatures})
    }
}
