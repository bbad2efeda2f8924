//! Passwords, and small files that only we may read.

use std::fs::{self, File, Permissions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use data_encoding::BASE64;

use crate::fail::{Context as _, Outcome};

/// The password in `file`, made up the first time. Hexadecimal, so that it needs no quoting anywhere.
pub(super) fn password(file: &Path) -> Outcome<String> {
    kept(file, || Ok(random::<24>()?.iter().map(|byte| format!("{byte:02x}")).collect()))
}

/// The keys in `file` that secrets are stored under, one made up the first time. More may be written into it.
pub(super) fn keys(file: &Path) -> Outcome<String> {
    kept(file, || Ok(format!("local-1:{}", BASE64.encode(&random::<32>()?))))
}

/// The text in `file`, made up the first time.
fn kept(file: &Path, make_up: impl FnOnce() -> Outcome<String>) -> Outcome<String> {
    match fs::read_to_string(file) {
        Ok(text) if !text.is_empty() => Ok(text.trim().to_owned()),
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).context(|| format!("could not read {}", file.display()))
        }
        _ => {
            let text = make_up()?;
            write(file, &text)?;
            Ok(text)
        }
    }
}

/// Writes `content` into `file`, readable by us alone.
pub(super) fn write(file: &Path, content: &str) -> Outcome {
    write_for(file, content, 0o600)
}

/// Writes `content` into `file` with exactly `mode`; another process sees the old or the new content.
pub(super) fn write_for(file: &Path, content: &str, mode: u32) -> Outcome {
    let doing = || format!("could not write {}", file.display());
    let new = file.with_added_extension("new");
    // Not to be followed when it is a link, nor kept when its mode is another.
    let _ = fs::remove_file(&new);
    let mut handle = File::options().write(true).create_new(true).mode(mode).open(&new).context(doing)?;
    // Once more, because the umask took part in the first.
    handle.set_permissions(Permissions::from_mode(mode)).context(doing)?;
    handle.write_all(content.as_bytes()).context(doing)?;
    fs::rename(&new, file).context(doing)
}

/// Bytes nobody can guess.
pub(super) fn random<const N: usize>() -> Outcome<[u8; N]> {
    let mut bytes = [0; N];
    File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut bytes))
        .context(|| "could not read /dev/urandom".to_owned())?;
    Ok(bytes)
}

/// A short name for a path that stays the same (FNV-1a: the standard library promises no stable hash).
pub(super) fn fingerprint(path: &Path) -> u64 {
    path.as_os_str()
        .as_bytes()
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
