//! The network of a private engine: a bridge, and the firewall rules that the engine makes for it.
//!
//! The engine's usual bridge would be shared with any other engine of the machine, and two that
//! hand out addresses on one bridge give the same address twice. An engine also leaves its rules
//! behind when it ends. What it sets for the machine as a whole (forwarding of packets between
//! networks, and its empty chains) stays, as after any installation of Docker.

use std::process::{self, Command, Stdio};

use anyhow::{Context, Result, bail};

use super::path;
use crate::process::capture;

/// Tables of the firewall in which an engine makes rules.
const TABLES: [&str; 2] = ["filter", "nat"];

/// A network bridge, removed with its rules when this is dropped.
#[derive(Debug)]
pub(crate) struct Bridge {
    name: String,
}

impl Bridge {
    /// Makes a bridge with a subnet that nothing on this machine uses.
    pub(crate) fn create() -> Result<Self> {
        // At most 15 characters, which a process id of seven digits leaves room for.
        let bridge = Self {
            name: format!("stow-{}", process::id()),
        };
        let address = format!("{}1/24", free_subnet()?);
        ip(&["link", "add", "name", &bridge.name, "type", "bridge"])?;
        ip(&["address", "add", &address, "dev", &bridge.name])?;
        ip(&["link", "set", &bridge.name, "up"])?;
        Ok(bridge)
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// One rule at a time, because the rules of others may change meanwhile.
    fn remove_rules(&self, table: &str) {
        let rules = iptables(&["-t", table, "-S"]).unwrap_or_default();
        for rule in rules.lines().filter_map(|rule| deletion(rule, &self.name)) {
            iptables(&[&["-t", table], rule.as_slice()].concat());
        }
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        for table in TABLES {
            self.remove_rules(table);
        }
        // What cannot be removed is an idle bridge, which disturbs nobody.
        let _ = ip(&["link", "delete", &self.name]);
    }
}

/// The first three bytes of a private subnet that no route of this machine touches.
fn free_subnet() -> Result<String> {
    let routes = capture(Command::new(program("ip")).args(["-4", "route", "show", "table", "all"]))
        .context("cannot read the routes of this machine")?;
    let first = process::id() % 250;
    (0..250)
        .map(|step| format!("10.217.{}.", (first + step) % 250))
        .find(|subnet| !routes.contains(subnet.as_str()))
        .context("every subnet of 10.217.0.0/16 is in use")
}

/// The arguments that delete a listed rule, if it is about a bridge.
fn deletion<'a>(rule: &'a str, bridge: &str) -> Option<Vec<&'a str>> {
    let mut words: Vec<&str> = rule.split(' ').collect();
    if words.first() != Some(&"-A") || !words.contains(&bridge) {
        return None;
    }
    words[0] = "-D";
    Some(words)
}

fn ip(arguments: &[&str]) -> Result<()> {
    let output = Command::new(program("ip"))
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .context("cannot run `ip`")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`ip {}` failed: {}", arguments.join(" "), said.trim());
    }
    Ok(())
}

fn iptables(arguments: &[&str]) -> Option<String> {
    capture(Command::new(program("iptables")).args(arguments))
}

/// Both live in folders that not every PATH has.
fn program(name: &str) -> std::path::PathBuf {
    path::find(name).unwrap_or_else(|| name.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_rules_of_the_bridge_are_deleted() {
        let ours = "-A FORWARD -i stow-7 ! -o stow-7 -j ACCEPT";
        assert_eq!(
            deletion(ours, "stow-7")
                .map(|words| words.join(" "))
                .as_deref(),
            Some("-D FORWARD -i stow-7 ! -o stow-7 -j ACCEPT")
        );
        assert_eq!(deletion("-A FORWARD -o stow-77 -j DOCKER", "stow-7"), None);
        assert_eq!(deletion("-N stow-7", "stow-7"), None);
    }
}
