//! Key files: one private JWK (RFC 8037 §2) that nobody but its owner may read.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use zeroize::Zeroizing;

use super::SecretKey;
use crate::json::{self, JsonFault};

/// No key file is longer.
const MAX_BYTES: u64 = 4096;

/// Why a key file could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file system refused; also, on writing, if the file already exists.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Others than the owner have access.
    #[error("permissions {0:04o} let others use the key file; run chmod 600 on it")]
    Permissions(u32),
    /// The file is not JSON of the profile.
    #[error("the key file is not JSON: {0}")]
    Json(#[from] JsonFault),
    /// The file is not a private JWK with exactly kty, crv, d and x, or is too long.
    #[error("the key file is not a private Ed25519 JWK with exactly kty, crv, d and x")]
    Form,
    /// The public part is not that of the private part.
    #[error("d and x of the key file are not of one key")]
    Mismatch,
}

/// Writes a new key file with mode 0600. An existing file is never overwritten.
pub fn write_key_file(path: &Path, key: &SecretKey) -> Result<(), KeyFileError> {
    let d = Zeroizing::new(URL_SAFE_NO_PAD.encode(&key.seed()[..]));
    let x = key.public();
    let text = Zeroizing::new(format!("{{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"d\":\"{}\",\"x\":\"{x}\"}}\n", d.as_str()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(())
}

/// Reads a key file and checks that its two parts are of one key and that only its owner has access.
pub fn read_key_file(path: &Path) -> Result<SecretKey, KeyFileError> {
    let file = File::open(path)?;
    check_permissions(&file)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_BYTES as usize + 1));
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(KeyFileError::Form);
    }
    let mut jwk = json::parse(&bytes)?;
    let mut take = |name| match jwk.get_mut(name).map(Value::take) {
        Some(Value::String(text)) => Ok(Zeroizing::new(text)),
        _ => Err(KeyFileError::Form),
    };
    let (d, kty, crv, x) = (take("d")?, take("kty")?, take("crv")?, take("x")?);
    if (kty.as_str(), crv.as_str()) != ("OKP", "Ed25519") || jwk.as_object().is_none_or(|members| members.len() != 4) {
        return Err(KeyFileError::Form);
    }
    let decoded = URL_SAFE_NO_PAD.decode(d.as_bytes());
    let decoded = Zeroizing::new(decoded.map_err(|_| KeyFileError::Form)?);
    let seed = decoded.as_slice().try_into();
    let key = SecretKey::from_seed(seed.map_err(|_| KeyFileError::Form)?);
    if key.public().to_string() != x.as_str() {
        return Err(KeyFileError::Mismatch);
    }
    Ok(key)
}

/// Refuses a file that its group or others may read, write or execute, as ssh does.
#[cfg(unix)]
fn check_permissions(file: &File) -> Result<(), KeyFileError> {
    use std::os::unix::fs::PermissionsExt as _;
    match file.metadata()?.permissions().mode() & 0o777 {
        mode if mode & 0o077 != 0 => Err(KeyFileError::Permissions(mode)),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn check_permissions(_: &File) -> Result<(), KeyFileError> {
    Ok(())
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test's helpers may panic as the test may")]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::PathBuf;

    /// A folder of its own for one test, removed with it.
    struct Folder(PathBuf);

    impl Folder {
        fn new(test: &str) -> Folder {
            let path = std::env::temp_dir().join(format!("litopys-keys-{test}-{}", std::process::id()));
            fs::create_dir_all(&path).unwrap();
            Folder(path)
        }

        fn file(&self, text: &str, mode: u32) -> PathBuf {
            let path = self.0.join("key.json");
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            path
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// RFC 8037 appendix A.1.
    const RFC: &str = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;

    #[test]
    fn a_key_is_written_once_and_read_back() {
        let folder = Folder::new("write");
        let path = folder.0.join("key.json");
        let key = SecretKey::from_seed(&[5; 32]);
        write_key_file(&path, &key).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(read_key_file(&path).unwrap().seed(), key.seed());
        let again = write_key_file(&path, &SecretKey::from_seed(&[6; 32]));
        assert!(matches!(again, Err(KeyFileError::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists));
        assert_eq!(read_key_file(&path).unwrap().seed(), key.seed());
    }

    #[test]
    fn the_example_of_rfc_8037_is_read() {
        let folder = Folder::new("rfc");
        let key = read_key_file(&folder.file(RFC, 0o600)).unwrap();
        assert_eq!(key.kid().to_string(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn other_files_are_refused() {
        let folder = Folder::new("refused");
        let read = |text: &str, mode| read_key_file(&folder.file(text, mode)).unwrap_err();
        assert!(matches!(read(RFC, 0o640), KeyFileError::Permissions(0o640)));
        assert!(matches!(read("{", 0o600), KeyFileError::Json(_)));
        assert!(matches!(read(&RFC.replace("11qY", "12qY"), 0o600), KeyFileError::Mismatch));
        for form in [
            RFC.replace("\"kty\"", "\"use\":\"sig\",\"kty\""),
            RFC.replace("OKP", "EC"),
            RFC.replace("uf2A\"", "uf2B\""),
            RFC.replace("nWGxne", "nWGx"),
            RFC.replace("\"d\":\"nWGxne", "\"d\":7,\"y\":\"nWGxne"),
            RFC.to_owned() + &" ".repeat(5000),
        ] {
            assert!(matches!(read(&form, 0o600), KeyFileError::Form), "{form}");
        }
    }
}
