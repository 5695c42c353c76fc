//! The commands that run scenarios, as a pull request's gate calls them: exit codes, reports, and
//! what is said of scenarios that cannot be run.

#[path = "../documents/command.rs"]
mod command;
mod compare;
mod refused;
mod shipped;
mod simulate;
mod traffic;
mod verdict;

use command::{Folder, sample};

/// A folder with the sample design as `shop.json`.
fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("shop.json", sample());
    folder
}

/// A scenario in which a host dies, with these assertions, as JSON texts.
fn scenario(assert: &str) -> String {
    format!(
        r#"{{
  "name": "a host dies",
  "duration": "PT15M",
  "measureFrom": "PT4M",
  "inputs": [
    {{ "at": "PT5M", "do": "terminateInstance", "instance": "i-0d" }}
  ],
  "assert": [{assert}]
}}"#
    )
}
