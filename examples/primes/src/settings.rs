//! What the environment says, read once.

use std::time::Duration;
use std::{env, fs};

/// How the service behaves.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// Port to listen on.
    pub(crate) port: u16,
    /// How long to wait before listening.
    pub(crate) startup: Duration,
    /// Whether a request may end the service.
    pub(crate) exit: Exit,
    /// Name of the container.
    pub(crate) container: String,
}

/// Whether a request may end the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// For crash tests.
    Allowed,
    /// As it should be.
    Forbidden,
}

impl Settings {
    /// Reads the environment of the process.
    pub(crate) fn from_environment() -> Result<Self, String> {
        Self::read(|name| env::var(name).ok())
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, String> {
        Ok(Self {
            port: number(&variable, "PORT", 8080)?,
            startup: Duration::from_secs(number(&variable, "STARTUP_SECONDS", 0)?),
            exit: match variable("ALLOW_EXIT").as_deref() {
                Some("1") => Exit::Allowed,
                _ => Exit::Forbidden,
            },
            container: variable("HOSTNAME")
                .or_else(host_name)
                .unwrap_or_else(|| "unknown".into()),
        })
    }
}

/// A number from the environment; a value that is none is an error rather than the default.
fn number<T: std::str::FromStr>(
    variable: impl Fn(&str) -> Option<String>,
    name: &str,
    default: T,
) -> Result<T, String> {
    match variable(name) {
        Some(text) => text
            .parse()
            .map_err(|_| format!("`{name}` is `{text}`, which is no number here")),
        None => Ok(default),
    }
}

/// An engine writes the container's name here even if the image has no files at all.
fn host_name() -> Option<String> {
    let name = fs::read_to_string("/etc/hostname").ok()?;
    Some(name.trim().to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Settings, String> {
        Settings::read(|name| {
            pairs
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn an_empty_environment_has_defaults() {
        let settings = read(&[]).expect("defaults are valid");
        assert_eq!(settings.port, 8080);
        assert_eq!(settings.startup, Duration::ZERO);
        assert_eq!(settings.exit, Exit::Forbidden);
    }

    #[test]
    fn every_variable_is_read() {
        let pairs = [
            ("PORT", "81"),
            ("STARTUP_SECONDS", "6"),
            ("ALLOW_EXIT", "1"),
            ("HOSTNAME", "box"),
        ];
        let settings = read(&pairs).expect("these are valid");
        assert_eq!(settings.port, 81);
        assert_eq!(settings.startup, Duration::from_secs(6));
        assert_eq!(settings.exit, Exit::Allowed);
        assert_eq!(settings.container, "box");
    }

    #[test]
    fn a_port_that_is_no_port_is_named() {
        assert_eq!(
            read(&[("PORT", "70000")]).expect_err("too large"),
            "`PORT` is `70000`, which is no number here"
        );
    }
}
