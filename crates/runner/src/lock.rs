//! One run per engine and family: two would undo each other's work.
//!
//! The locks of all users lie in one folder, since an engine serves them all.
//! The operating system frees the lock when its process ends, however it ends.

use crate::failure::{Complaint, Failure};
use crate::host::Host;
use anyhow::Context;
use std::fs::{self, File, Permissions, TryLockError};
use std::io::{self, ErrorKind, Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use stowplan_core::draw::digest;

/// The folder of the locks among the temporary files.
const FOLDER: &str = "stowplan-locks";

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
    let folder = std::env::temp_dir().join(FOLDER);
    let key = digest(format!("{}\n{family}", host.engine_id).as_bytes());
    let path = folder.join(format!("{key:016x}.lock"));
    let opened = share_folder(&folder).and_then(|()| open_file(&path));
    opened.map_err(|error| {
        Failure::Unusable(Complaint::new(
            format!("cannot open the lock file `{}`: {error}", path.display()),
            format!(
                "every user must be able to write in `{}`: remove it if no `stowplan run` is left",
                folder.display()
            ),
        ))
    })
}

/// Creates the folder, for every user as the temporary folder itself, unless it is there.
fn share_folder(folder: &Path) -> io::Result<()> {
    match fs::create_dir(folder) {
        // The mode of creation is cut by the process's mask.
        Ok(()) => fs::set_permissions(folder, Permissions::from_mode(0o1777)),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let is_folder = fs::symlink_metadata(folder)?.is_dir();
            is_folder
                .then_some(())
                .ok_or_else(|| io::Error::other("its folder is not a folder"))
        }
        Err(error) => Err(error),
    }
}

/// Opens the file without following a link: creating one anew never does, and one that is there
/// must be the very file that its path names.
fn open_file(path: &Path) -> io::Result<File> {
    let options = || File::options().read(true).write(true).clone();
    match options().create_new(true).open(path) {
        Ok(file) => {
            file.set_permissions(Permissions::from_mode(0o666))?;
            return Ok(file);
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    let named = fs::symlink_metadata(path)?;
    if !named.is_file() {
        return Err(io::Error::other("it is not a plain file"));
    }
    let file = options().open(path)?;
    let opened = file.metadata()?;
    let is_same = (named.dev(), named.ino()) == (opened.dev(), opened.ino());
    is_same
        .then_some(file)
        .ok_or_else(|| io::Error::other("it changed while it was opened"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    /// A folder of this test's own.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
        // It is there only if an earlier test was killed.
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    #[test]
    fn every_user_can_take_the_lock_and_a_link_is_not_followed() {
        let folder = folder("stowplan-lock-test");
        share_folder(&folder).unwrap();
        share_folder(&folder).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().mode() & 0o7777;
        assert_eq!(mode(&folder), 0o1777);
        let path = folder.join("a.lock");
        let first = open_file(&path).unwrap();
        assert_eq!(mode(&path), 0o666);
        first.try_lock().unwrap();
        assert!(matches!(
            open_file(&path).unwrap().try_lock(),
            Err(TryLockError::WouldBlock)
        ));
        let link = folder.join("b.lock");
        std::os::unix::fs::symlink(&path, &link).unwrap();
        assert!(open_file(&link).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }
}
