//! One run per engine and family: two would undo each other's work.
//!
//! The operating system frees the lock when its process ends, however it ends.

use crate::failure::{Complaint, Failure};
use crate::host::Host;
use anyhow::Context;
use std::fs::{File, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::PathBuf;
use stowplan_core::draw::digest;

/// Held as long as the run lasts.
#[derive(Debug)]
pub(crate) struct Lock {
    #[expect(dead_code, reason = "the open file is the lock")]
    file: File,
}

/// Takes the lock of `family` on `host`.
pub(crate) fn take(host: &Host, family: &str) -> Result<Lock, Failure> {
    let mut file = open(host, family)?;
    match file.try_lock() {
        Ok(()) => {
            file.set_len(0).context("cannot write a lock file")?;
            write!(file, "{}", std::process::id()).context("cannot write a lock file")?;
            Ok(Lock { file })
        }
        Err(TryLockError::WouldBlock) => Err(Failure::Unusable(busy(host, family, &mut file))),
        Err(TryLockError::Error(error)) => Err(Failure::Internal(
            anyhow::Error::from(error).context("cannot take a lock file"),
        )),
    }
}

fn busy(host: &Host, family: &str, file: &mut File) -> Complaint {
    let mut holder = String::new();
    let read = file
        .rewind()
        .and_then(|()| file.read_to_string(&mut holder));
    let holder = read.map_or_else(
        |_| "another process".into(),
        |_| format!("process {holder}"),
    );
    let message = format!(
        "family `{family}` is being run on `{}` by {holder}",
        host.name
    );
    Complaint::new(
        message,
        "end that `stowplan run` first, with Ctrl-C in its terminal",
    )
}

fn open(host: &Host, family: &str) -> Result<File, Failure> {
    let folder = folder();
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot create `{}`", folder.display()))?;
    let key = digest(format!("{}\n{family}", host.engine_id).as_bytes());
    let path = folder.join(format!("{key:016x}.lock"));
    let file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path);
    Ok(file.with_context(|| format!("cannot open `{}`", path.display()))?)
}

/// The user's runtime folder, or one of their own among the temporary files.
fn folder() -> PathBuf {
    match std::env::var_os("XDG_RUNTIME_DIR").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder).join("stowplan"),
        None => {
            let user = std::env::var("USER").unwrap_or_else(|_| "user".into());
            std::env::temp_dir().join(format!("stowplan-{user}"))
        }
    }
}
