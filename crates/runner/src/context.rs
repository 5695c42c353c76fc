//! The engine that Docker's own command line would use (docs.docker.com: "Docker contexts"):
//! `DOCKER_HOST`, else the context of `DOCKER_CONTEXT` or of its configuration file, else the
//! standard socket.
//!
//! The folder of a context is named by a hash of its name; here all are read and compared by the
//! name inside. TLS material of a context is not used.

use crate::failure::{Complaint, Failure};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Where an engine listens if nothing else is said.
const DEFAULT_ADDRESS: &str = "unix:///var/run/docker.sock";

/// Docker's name for having no context.
const NO_CONTEXT: &str = "default";

/// The address of the engine that `docker` itself would use.
///
/// # Errors
/// A context that is named and is not there: another engine would be the wrong one.
pub fn default_address() -> Result<String, Failure> {
    if let Some(host) = set("DOCKER_HOST") {
        return Ok(host);
    }
    let Some(folder) = folder() else {
        return Ok(DEFAULT_ADDRESS.to_owned());
    };
    let context = set("DOCKER_CONTEXT").or_else(|| current(&folder));
    match context.filter(|name| name != NO_CONTEXT) {
        Some(name) => endpoint(&folder, &name).ok_or_else(|| unknown(&name, &folder)),
        None => Ok(DEFAULT_ADDRESS.to_owned()),
    }
}

fn set(variable: &str) -> Option<String> {
    std::env::var(variable)
        .ok()
        .filter(|value| !value.is_empty())
}

/// Docker's configuration folder.
fn folder() -> Option<PathBuf> {
    let home = || set("HOME").map(|home| PathBuf::from(home).join(".docker"));
    set("DOCKER_CONFIG").map(PathBuf::from).or_else(home)
}

/// The context that the configuration file names.
fn current(folder: &Path) -> Option<String> {
    let name = json(&folder.join("config.json"))?["currentContext"]
        .as_str()?
        .to_owned();
    Some(name).filter(|name| !name.is_empty())
}

/// The engine's address of the context called `name`.
fn endpoint(folder: &Path, name: &str) -> Option<String> {
    let contexts = fs::read_dir(folder.join("contexts/meta")).ok()?;
    let mut metas = contexts
        .filter_map(Result::ok)
        .filter_map(|context| json(&context.path().join("meta.json")));
    let meta = metas.find(|meta| meta["Name"] == name)?;
    Some(meta["Endpoints"]["docker"]["Host"].as_str()?.to_owned())
}

fn json(path: &Path) -> Option<Value> {
    serde_json::from_str(&fs::read_to_string(path).ok()?).ok()
}

fn unknown(name: &str, folder: &Path) -> Failure {
    let message = format!(
        "the Docker context `{name}` has no engine in `{}`",
        folder.display()
    );
    let hint = "choose another with `docker context use`, or name the engine with `--host`";
    Failure::Unusable(Complaint::new(message, hint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_current_context_names_its_engine() {
        let folder =
            std::env::temp_dir().join(format!("stowplan-context-test-{}", std::process::id()));
        let meta = folder.join("contexts/meta");
        let write = |name: &str, host: &str| {
            fs::create_dir_all(meta.join(name)).unwrap();
            let text =
                format!(r#"{{"Name":"{name}","Endpoints":{{"docker":{{"Host":"{host}"}}}}}}"#);
            fs::write(meta.join(name).join("meta.json"), text).unwrap();
        };
        write("other", "tcp://there:2375");
        write("rootless", "unix:///run/user/1000/docker.sock");
        assert_eq!(current(&folder), None);
        fs::write(
            folder.join("config.json"),
            r#"{"currentContext":"rootless"}"#,
        )
        .unwrap();
        assert_eq!(current(&folder).as_deref(), Some("rootless"));
        let of = |name| endpoint(&folder, name);
        assert_eq!(
            of("rootless").as_deref(),
            Some("unix:///run/user/1000/docker.sock")
        );
        assert_eq!(of("absent"), None);
        fs::remove_dir_all(&folder).unwrap();
    }
}
