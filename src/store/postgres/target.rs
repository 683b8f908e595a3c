//! Where a database is, and how it is reached.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::StoreError;

/// How long to wait for a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// How long bytes may stay unacknowledged before the connection counts as cut.
const UNACKNOWLEDGED: Duration = Duration::from_secs(10);

/// A database with the role to work under, as its URL names them.
///
/// The URL is libpq's (`postgresql://user:password@host:port/database?sslmode=…`). Of the parameters that concern TLS there are
/// `sslmode`, `disable` or `verify-full` (`require` means the same here: a certificate that is not verified protects from nobody), and
/// `sslrootcert`, a file in PEM with the authorities to believe in place of the public ones. Without `sslmode` a connection to another machine
/// is verified in full and one that stays on this machine is in clear. Where the URL has no password, `PGPASSWORD` is used.
#[derive(Clone)]
pub struct Target {
    pub(super) config: Config,
    pub(super) tls: Option<MakeRustlsConnect>,
    shown: String,
}

impl Target {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`StoreError::Misconfigured`].
    pub fn parse(url: &str) -> Result<Target, StoreError> {
        let (address, parameters) = url.split_once('?').unwrap_or((url, ""));
        let shown = without_password(address);
        let wrong = |why: String| StoreError::Misconfigured { place: shown.clone(), why };
        let mut rest = Vec::new();
        let (mut mode, mut roots) = (None, None);
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", path)) => roots = Some(path),
                _ => rest.push(parameter),
            }
        }
        let plain = if rest.is_empty() { address.to_owned() } else { format!("{address}?{}", rest.join("&")) };
        let mut config: Config = plain.parse().map_err(|error: tokio_postgres::Error| wrong(super::failure::told(&error)))?;
        if config.get_user().is_none() || config.get_dbname().is_none() || config.get_hosts().is_empty() {
            return Err(wrong("a store's URL names user, host and database".into()));
        }
        let verified = match mode {
            None => !config.get_hosts().iter().all(is_here),
            Some("disable") => false,
            Some("require" | "verify-full") => true,
            Some(other) => return Err(wrong(format!("sslmode is disable or verify-full, not {other}"))),
        };
        let tls = verified.then(|| roots_of(roots).and_then(connector)).transpose().map_err(wrong)?;
        config.ssl_mode(if verified { SslMode::Require } else { SslMode::Disable });
        if config.get_password().is_none()
            && let Ok(password) = std::env::var("PGPASSWORD")
        {
            config.password(password);
        }
        config.connect_timeout(CONNECT).tcp_user_timeout(UNACKNOWLEDGED).keepalives_idle(UNACKNOWLEDGED);
        Ok(Target { config, tls, shown })
    }

    /// The role to work under.
    pub fn role(&self) -> &str {
        self.config.get_user().unwrap_or_default()
    }

    /// The same database under another role.
    #[must_use]
    pub fn as_role(&self, role: &str, password: &str) -> Target {
        let mut other = self.clone();
        other.config.user(role).password(password);
        other
    }
}

/// Without its password.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

fn without_password(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgresql", address));
    let (user, place) = rest.rsplit_once('@').unwrap_or(("", rest));
    let user = user.split(':').next().unwrap_or_default();
    if user.is_empty() { format!("{scheme}://{place}") } else { format!("{scheme}://{user}@{place}") }
}

/// Whether a connection to this host leaves the machine by no wire.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback()),
    }
}

/// The authorities to believe.
fn roots_of(file: Option<&str>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    let Some(path) = file else {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        return Ok(roots);
    };
    let unread = |error: &dyn fmt::Display| format!("sslrootcert {path}: {error}");
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unread(&error))? {
        let certificate = certificate.map_err(|error| unread(&error))?;
        roots.add(certificate).map_err(|error| unread(&error))?;
    }
    if roots.is_empty() { Err(unread(&"there is no certificate in it")) } else { Ok(roots) }
}

fn connector(roots: RootCertStore) -> Result<MakeRustlsConnect, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| error.to_string())?.with_root_certificates(roots).with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        let target = Target::parse("postgresql://litopys:se%40cret@localhost:5433/registry?application_name=a").unwrap();
        assert_eq!(target.to_string(), "postgresql://litopys@localhost:5433/registry");
        assert_eq!(format!("{target:?}"), target.to_string());
        assert_eq!(target.config.get_password(), Some(b"se@cret".as_slice()));
        assert_eq!(target.role(), "litopys");
        let error = Target::parse("postgresql://litopys:secret@localhost/registry?sslmode=prefer").unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }

    #[test]
    fn only_what_stays_on_the_machine_goes_in_clear_unasked() {
        let mode = |url: &str| Target::parse(url).map(|target| (target.config.get_ssl_mode(), target.tls.is_some()));
        let (clear, verified) = ((SslMode::Disable, false), (SslMode::Require, true));
        assert_eq!(mode("postgres://u@127.0.0.1/d").unwrap(), clear);
        assert_eq!(mode("postgres://u@%2Frun%2Fpostgresql/d").unwrap(), clear);
        assert_eq!(mode("postgres://u@db.example/d").unwrap(), verified);
        assert_eq!(mode("postgres://u@db.example/d?sslmode=disable").unwrap(), clear);
        assert_eq!(mode("postgres://u@localhost/d?sslmode=verify-full").unwrap(), verified);
        for wrong in [
            "postgres://u@h/d?sslmode=prefer",
            "postgres://u@h/d?sslrootcert=/nowhere",
            "postgres://h/d",
            "postgres://u@h",
            "mysql://u@h/d",
        ] {
            assert!(matches!(Target::parse(wrong), Err(StoreError::Misconfigured { .. })), "{wrong}");
        }
    }
}
