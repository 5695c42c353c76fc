//! `stowplan query`: the hosts that match an expression of the cluster query language, as
//! ListContainerInstances with a filter would list them. Nothing runs on them, unless it is asked
//! to place the design's services first.

use crate::design::{Opened, unknown};
use crate::exit::{Exit, Stop};
use crate::report::safe;
use crate::table::lines;
use crate::terminal::{Look, Terminal};
use anyhow::Context;
use clap::ValueEnum;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use stowplan_core::control::{ControlState, Trial, ask_hosts};
use stowplan_core::id::InstanceIx;
use stowplan_core::model::{AVAILABILITY_ZONE, Model, compile};
use stowplan_core::query::{Miss, Query};
use stowplan_core::view::{matching_words, query_error_excerpt, query_error_words};
use stowplan_runner::Complaint;

/// Arguments of `stowplan query`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The design
    #[arg(value_name = "DESIGN.stowplan.json")]
    path: PathBuf,
    /// The expression, such as `attribute:ecs.instance-type =~ t3.*`
    #[arg(value_name = "EXPRESSION")]
    expression: String,
    /// Hosts of this cluster only
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// Ask after the tasks of all services were placed
    #[arg(long)]
    placed: bool,
    /// List the other hosts too, with what keeps each from matching
    #[arg(long)]
    why: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const HELP: &str = "\
Attributes that the expression asks for are shown; `-` stands for one that the host does not have.

JSON is one document: {expression, cluster, placed, count, hosts: [{host, cluster, instanceType,
zone, attributes, runningTasksCount, taskGroups, matches, failing, lacks}]}. Hosts that do not
match are among them with --why: `failing` is the part of the expression that does not hold,
`lacks` the attribute that the host does not have. Members are only ever added.

Exit codes: 0 answered, whether or not a host matches, 2 the expression is at fault or a file
cannot be read, 4 the design has errors; what is sound of it is answered.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A table of hosts
    Text,
    /// One JSON document for programs
    Json,
}

pub(crate) fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Exit, Stop> {
    let query = parsed(&arguments.expression)?;
    let Some(opened) = Opened::new(&arguments.path, terminal)? else {
        return Ok(Exit::DocumentErrors);
    };
    let clusters = opened.design.clusters.iter();
    let clusters: Vec<String> = clusters.map(|it| it.cluster_name.clone()).collect();
    if let Some(name) = &arguments.cluster
        && !clusters.contains(name)
    {
        return Err(unknown("cluster", name, &clusters));
    }
    let model = compile(&opened.design, None).model;
    let mut trial = Trial::new(&model, 1);
    if arguments.placed {
        trial.place_all();
    } else if query.depends_on_state() {
        let complaint = Complaint {
            message: "the expression asks for what changes during a run, and nothing runs yet"
                .into(),
            hint: Some("--placed asks after the tasks of all services were placed".into()),
        };
        terminal.complain("note", &complaint);
    }
    let hosts = hosts(&model, trial.state(), &query, arguments);
    match arguments.format {
        Format::Text => {
            let shows_cluster = clusters.len() > 1 && arguments.cluster.is_none();
            let columns = Columns::new(&query, arguments, shows_cluster);
            show(&hosts, &columns, terminal);
        }
        Format::Json => {
            let document = Document {
                expression: query.text(),
                cluster: arguments.cluster.as_deref(),
                placed: arguments.placed,
                count: hosts.iter().filter(|host| host.matches).count(),
                hosts: hosts
                    .iter()
                    .filter(|host| host.matches || arguments.why)
                    .collect(),
            };
            let text = serde_json::to_string_pretty(&document).context("cannot write JSON")?;
            terminal.line(Look::Plain, &text);
        }
    }
    Ok(opened.exit())
}

fn parsed(expression: &str) -> Result<Query, Stop> {
    Query::parse(expression).map_err(|error| {
        let words = query_error_words(&error);
        let excerpt = query_error_excerpt(expression, &error);
        let excerpt: Vec<String> = excerpt.lines().map(|line| format!("    {line}")).collect();
        Stop::unusable(Complaint {
            message: safe_lines(&words.message, &excerpt),
            hint: words.hint,
        })
    })
}

fn safe_lines(message: &str, excerpt: &[String]) -> String {
    let lines = std::iter::once(message).chain(excerpt.iter().map(String::as_str));
    lines.map(safe).collect::<Vec<_>>().join("\n")
}

/// What is printed as JSON; the shape is part of the contract.
#[derive(Serialize)]
struct Document<'a> {
    expression: &'a str,
    cluster: Option<&'a str>,
    placed: bool,
    count: usize,
    hosts: Vec<&'a Host<'a>>,
}

/// A host and whether it matches.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Host<'a> {
    host: &'a str,
    cluster: &'a str,
    instance_type: &'a str,
    zone: &'a str,
    /// Those that the expression asks for and the host has.
    attributes: BTreeMap<&'a str, Option<&'a str>>,
    running_tasks_count: u32,
    task_groups: Vec<&'a str>,
    matches: bool,
    failing: Option<&'a str>,
    lacks: Option<&'a str>,
}

/// All hosts of the cluster, or of all clusters, in the order of the document.
fn hosts<'a>(
    model: &'a Model,
    state: &ControlState,
    query: &'a Query,
    arguments: &Arguments,
) -> Vec<Host<'a>> {
    let cluster = arguments.cluster.as_deref();
    let names: BTreeSet<&str> = query.attributes().collect();
    let host = |(at, miss): (InstanceIx, Option<Miss<'a>>)| {
        let compiled = model.instance(at);
        let has = compiled.attributes.iter();
        let has = has.filter(|(name, _)| names.contains(name.as_str()));
        Host {
            host: &compiled.name,
            cluster: &compiled.cluster,
            instance_type: &compiled.instance_type,
            zone: &model.zones[compiled.zone.at()],
            attributes: has
                .map(|(name, value)| (name.as_str(), value.as_deref()))
                .collect(),
            running_tasks_count: state.instances.get(&at).map_or(0, |known| known.running),
            task_groups: state.task_groups(model, at),
            matches: miss.is_none(),
            failing: miss.map(|miss| miss.part),
            lacks: miss.and_then(|miss| miss.lacks_attribute),
        }
    };
    let asked = ask_hosts(model, state, cluster, query).into_iter();
    asked.map(host).collect()
}

/// The columns that depend on what is asked.
struct Columns<'a> {
    cluster: bool,
    tasks: bool,
    groups: bool,
    why: bool,
    attributes: Vec<&'a str>,
}

/// An attribute that the column TYPE shows already.
const INSTANCE_TYPE: &str = "ecs.instance-type";

impl<'a> Columns<'a> {
    fn new(query: &'a Query, arguments: &Arguments, cluster: bool) -> Self {
        let mut attributes: Vec<&str> = Vec::new();
        for name in query.attributes() {
            let is_shown = [INSTANCE_TYPE, AVAILABILITY_ZONE].contains(&name);
            if !is_shown && !attributes.contains(&name) {
                attributes.push(name);
            }
        }
        Self {
            cluster,
            tasks: arguments.placed,
            groups: query.asks_for_groups(),
            why: arguments.why,
            attributes,
        }
    }

    fn head(&self) -> Vec<String> {
        let flagged = |is_shown: bool, title: &'static str| is_shown.then(|| title.to_owned());
        let start = ["HOST", "TYPE", "ZONE"].map(str::to_owned);
        start
            .into_iter()
            .chain(flagged(self.cluster, "CLUSTER"))
            .chain(flagged(self.tasks, "TASKS"))
            .chain(flagged(self.groups, "GROUPS"))
            .chain(self.attributes.iter().map(|name| (*name).to_owned()))
            .chain(flagged(self.why, "WHY NOT"))
            .collect()
    }

    fn row(&self, host: &Host<'_>) -> Vec<String> {
        let attribute = |name: &&str| match host.attributes.get(*name) {
            Some(Some(value)) => (*value).to_owned(),
            Some(None) => "(no value)".to_owned(),
            None => "-".to_owned(),
        };
        let groups = match host.task_groups.as_slice() {
            [] => "-".to_owned(),
            groups => groups.join(", "),
        };
        let start = [host.host, host.instance_type, host.zone].map(str::to_owned);
        start
            .into_iter()
            .chain(self.cluster.then(|| host.cluster.to_owned()))
            .chain(self.tasks.then(|| host.running_tasks_count.to_string()))
            .chain(self.groups.then_some(groups))
            .chain(self.attributes.iter().map(attribute))
            .chain(self.why.then(|| why_not(host)))
            .collect()
    }
}

fn why_not(host: &Host<'_>) -> String {
    match (host.failing, host.lacks) {
        (_, Some(name)) => format!("lacks {name}"),
        (Some(part), None) => format!("fails `{part}`"),
        (None, None) => String::new(),
    }
}

fn show(hosts: &[Host<'_>], columns: &Columns<'_>, terminal: &mut Terminal) {
    let (hits, misses): (Vec<&Host<'_>>, Vec<&Host<'_>>) = hosts.iter().partition(|it| it.matches);
    let shown = hits.iter().chain(misses.iter().filter(|_| columns.why));
    let rows: Vec<Vec<String>> = shown.map(|host| columns.row(host)).collect();
    if !rows.is_empty() {
        for (at, line) in lines(&columns.head(), &rows).iter().enumerate() {
            let look = if at == 0 || at > hits.len() {
                Look::Faint
            } else {
                Look::Plain
            };
            terminal.line(look, &safe(line));
        }
    }
    terminal.line(Look::Strong, &matching_words(hits.len(), hosts.len()));
}
