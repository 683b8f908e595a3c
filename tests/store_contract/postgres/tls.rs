//! The way to the database, encrypted and verified.

use std::fs;

use litopys::store::postgres::{PostgresStore, Target};
use litopys::store::{Store, StoreError};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use crate::common::postgres::{ADMIN, Cluster, OWNER, SERVER};
use crate::sample::grow;

/// An authority.
fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

#[test]
fn the_database_is_verified_or_not_talked_to() {
    let (known, unknown) = (authority(), authority());
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &known).unwrap();
    let files = [("server.crt", certificate.pem()), ("server.key", key.serialize_pem())];
    let Some(cluster) = Cluster::with_files(&["ssl=on"], &files) else { return };
    let folder = tempfile::tempdir().unwrap();
    let kept = |name: &str, text: String| {
        fs::write(folder.path().join(name), text).unwrap();
        folder.path().join(name).display().to_string()
    };
    let (roots, others) = (kept("known.pem", known.pem()), kept("unknown.pem", unknown.pem()));
    let database = cluster.database();
    let store = |host: &str, roots: &str, port: u16| {
        let target =
            |role: &str| Target::parse(&format!("postgresql://{role}@{host}:{port}/{database}?sslmode=verify-full&sslrootcert={roots}"));
        let [server, owner] = [target(SERVER), target(OWNER)].map(Result::unwrap);
        PostgresStore::new(server.clone(), server).owned(owner.clone(), owner)
    };
    let honest = store("localhost", &roots, cluster.port());
    honest.create().unwrap();
    let (mut ledger, _vault) = honest.open().unwrap();
    ledger.lead().unwrap();
    grow(&mut *ledger, 3);
    assert_eq!(ledger.reader().unwrap().head().unwrap().size, 3);
    let sessions = "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name LIKE 'litopys%'";
    assert_eq!(cluster.ask(ADMIN, &database, sessions), ["t"]);

    let refused = |store: PostgresStore, what: &str| {
        let error = store.reader().err();
        assert!(matches!(error, Some(StoreError::Io(_))), "{what}: {error:?}");
    };
    refused(store("localhost", &others, cluster.port()), "an unknown authority");
    refused(store("127.0.0.1", &roots, cluster.port()), "another name");
    let Some(clear) = Cluster::start() else { return };
    refused(store("localhost", &roots, clear.port()), "a server without TLS");
}
