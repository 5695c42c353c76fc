//! Writing files: whole or not at all, but for files that cannot be replaced.

use std::fs;
use std::io;
use std::path::Path;
use stowplan_runner::Complaint;

/// Writes `text` to the file at `path`, beside it first: whoever reads meanwhile, or pulls the
/// plug, has the old file or the new one.
pub(crate) fn write_file(path: &Path, text: &str) -> Result<(), Complaint> {
    if path.is_dir() {
        return Err(Complaint {
            message: format!("cannot write `{}`: it is a folder", path.display()),
            hint: None,
        });
    }
    replace(path, text).map_err(|error| {
        let why = if error.kind() == io::ErrorKind::PermissionDenied {
            "permission denied".to_owned()
        } else {
            error.to_string()
        };
        Complaint {
            message: format!("cannot write `{}`: {why}", path.display()),
            hint: None,
        }
    })
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    // A device, a pipe or what a process has open cannot be replaced, only written to.
    let is_opened = path.starts_with("/dev") || path.starts_with("/proc");
    if fs::metadata(path).is_ok_and(|it| is_opened || !it.is_file()) {
        return fs::OpenOptions::new()
            .write(true)
            .open(path)
            .and_then(|mut file| io::Write::write_all(&mut file, text.as_bytes()));
    }
    // A link stays, and what it leads to is written.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let known = fs::metadata(&target).ok();
    if known.as_ref().is_some_and(|it| it.permissions().readonly()) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let beside = target.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
    let moved = fs::write(&beside, text)
        .and_then(|()| match known {
            Some(known) => fs::set_permissions(&beside, known.permissions()),
            None => Ok(()),
        })
        .and_then(|()| fs::rename(&beside, &target));
    let Err(error) = moved else { return Ok(()) };
    let _ = fs::remove_file(&beside);
    if cannot_be_replaced(error.kind()) {
        return fs::write(&target, text);
    }
    Err(error)
}

/// Some files can be written but not replaced: one mounted into a container, or one in a folder
/// that takes no new files. They are written in place. On a full disk that would cost the old
/// text as well, so it is not tried.
const fn cannot_be_replaced(why: io::ErrorKind) -> bool {
    matches!(
        why,
        io::ErrorKind::PermissionDenied
            | io::ErrorKind::ResourceBusy
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::CrossesDevices
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_plain_file_stays_what_it_is() {
        let device = Path::new("/dev/null");
        if device.exists() {
            write_file(device, "text").expect("it takes anything");
            assert!(!fs::metadata(device).expect("it is there").is_file());
        }
    }

    #[test]
    fn a_full_disk_leaves_the_old_file() {
        assert!(cannot_be_replaced(io::ErrorKind::ResourceBusy));
        assert!(!cannot_be_replaced(io::ErrorKind::StorageFull));
        assert!(!cannot_be_replaced(io::ErrorKind::QuotaExceeded));
    }
}
