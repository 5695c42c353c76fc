//! `stowplan ps`: what `stowplan run` started, and nothing else.

use crate::block_on;
use crate::exit::{Exit, Stop};
use crate::run::hosts;
use crate::table::table;
use crate::terminal::{Look, Terminal};
use anyhow::Context;
use clap::ValueEnum;
use stowplan_core::taskdef::Protocol;
use stowplan_runner::{ContainerRow, PortRow, StatusOptions, status};

/// Arguments of `stowplan ps`.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Docker engine, `unix:///…` or `tcp://…`; may be given several times [default: that of `docker`]
    #[arg(long = "host", value_name = "URL")]
    hosts: Vec<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Columns for people
    Table,
    /// One JSON array for programs
    Json,
}

pub(crate) fn run(arguments: Arguments, terminal: &mut Terminal) -> Result<Exit, Stop> {
    let rows = block_on(status(&StatusOptions {
        hosts: hosts(arguments.hosts)?,
    }))??;
    match arguments.format {
        Format::Table => show(terminal, &rows),
        Format::Json => {
            let text = serde_json::to_string_pretty(&rows).context("cannot write JSON")?;
            terminal.line(Look::Plain, &text);
        }
    }
    Ok(Exit::Pass)
}

fn show(terminal: &mut Terminal, rows: &[ContainerRow]) {
    if rows.is_empty() {
        terminal.aside(Look::Plain, "nothing of ours runs there");
        return;
    }
    let head = [
        "TASK",
        "TASK DEFINITION",
        "STATUS",
        "CONTAINER",
        "IMAGE",
        "PORTS",
        "STARTED",
        "HOST",
    ];
    let cells: Vec<_> = rows.iter().map(cells).collect();
    for line in table(head, &cells) {
        terminal.line(Look::Plain, &line);
    }
}

fn cells(row: &ContainerRow) -> [String; 8] {
    let exit = row
        .exit_code
        .map(|code| format!(" ({code})"))
        .unwrap_or_default();
    let health = if row.health == "UNKNOWN" {
        String::new()
    } else {
        format!(" {}", row.health)
    };
    let ports: Vec<String> = row.ports.iter().map(port).collect();
    [
        row.task[..8].to_owned(),
        row.task_definition.clone(),
        format!("{}{exit}{health}", row.status),
        row.container.clone(),
        row.image.clone(),
        ports.join(" "),
        started(row.started_at.as_deref()),
        row.host.clone(),
    ]
}

fn port(port: &PortRow) -> String {
    let protocol = match port.protocol {
        Protocol::Tcp => "",
        Protocol::Udp => "/udp",
    };
    format!("{}->{}{protocol}", port.host_port, port.container_port)
}

/// RFC 3339 to the second; Docker writes nanoseconds.
fn started(at: Option<&str>) -> String {
    let Some(at) = at else { return "-".to_owned() };
    match at.split_once('.') {
        Some((seconds, fraction)) => {
            format!(
                "{seconds}{}",
                fraction.trim_start_matches(|c: char| c.is_ascii_digit())
            )
        }
        None => at.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::started;

    #[test]
    fn fractions_of_seconds_are_cut() {
        assert_eq!(
            started(Some("2026-01-02T03:04:05.123456789Z")),
            "2026-01-02T03:04:05Z"
        );
        assert_eq!(
            started(Some("2026-01-02T03:04:05.1+02:00")),
            "2026-01-02T03:04:05+02:00"
        );
        assert_eq!(started(None), "-");
    }
}
