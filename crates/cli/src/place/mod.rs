//! `stowplan place`: where the tasks of a service go, and why. Nothing runs: every host of the
//! design has registered, and tasks are placed one by one in the order in which the scheduler would
//! come to them.

mod json;
mod text;

use crate::design::{Opened, cluster_of, unknown};
use crate::exit::{Exit, Stop};
use crate::terminal::Terminal;
use clap::ValueEnum;
use std::collections::BTreeSet;
use std::path::PathBuf;
use stowplan_core::control::{Explanation, Trial, Verdict};
use stowplan_core::design::{Design, PlacementTemplate, Service};
use stowplan_core::id::ServiceIx;
use stowplan_core::model::{Diagnostic, Model, Scheduling, TASKS_PER_SERVICE_MAX, compile};
use stowplan_core::view::diagnostic_words;
use stowplan_runner::Complaint;

/// Arguments of `stowplan place`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The design
    #[arg(value_name = "DESIGN.stowplan.json")]
    path: PathBuf,
    /// The service, as `NAME` or `CLUSTER/NAME`
    #[arg(long, value_name = "NAME", required_unless_present = "run_task")]
    service: Option<String>,
    /// Instead of a service: tasks of their own, as RunTask starts them, at random without a
    /// template
    #[arg(long, value_name = "FAMILY[:REVISION]", conflicts_with = "service")]
    run_task: Option<String>,
    /// How many tasks to place [default: the service's desiredCount, or one by RunTask]
    #[arg(long, value_name = "N", value_parser = count)]
    count: Option<u32>,
    /// Seed of what the strategy `random` draws
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// What if the service were set up by this template of the ECS console?
    #[arg(long, value_name = "NAME", value_parser = template)]
    template: Option<PlacementTemplate>,
    /// As if it were the only service: else daemons and the services before it are placed first,
    /// each as far as it goes (in a run they take turns of so many launches a minute)
    #[arg(long)]
    alone: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const HELP: &str = "\
Of several fitting hosts the one with the lowest score by the first strategy is chosen; among equal
ones the next strategy decides, at last the place in the document.

Templates: AZ Balanced Spread, AZ Balanced BinPack, BinPack, One Task Per Host, Custom.

JSON is one document: {service, cluster, taskDefinition, seed, template, before: [{service, tasks,
desired}], tasks: [{number, host, zone, fitting, sentence, scores: [{strategy, score}],
candidates}], waiting: {count, sentence, event, remedies: [{words, host}], candidates}}. Each of
candidates is {host, zone, freeCpu, freeMemory, fits, failed: [{rule, words, …}], scores}, as it
was before the task was placed. `waiting` is null where every task has a place; members are only
ever added.

Rules: notActive, draining, agentDisconnected, insufficientCpu, insufficientMemory,
insufficientGpus and insufficientInterfaces (short), keptForDaemon (cpu, memory), tooManyPorts,
portInUse (port, protocol, holder),
missingAttribute (attribute), wrongArchitecture, wrongOsFamily, outsideSubnets, notDistinct,
hasDaemonTask, notMember (expression, origin, lacks).

Exit codes: 0 answered, whether or not tasks wait, 2 wrong usage or a file that cannot be read,
4 the design has errors; what is sound of it is answered.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each task
    Text,
    /// One JSON document for programs
    Json,
}

/// What is placed, and what stands there before.
struct Case<'a> {
    model: &'a Model,
    service: ServiceIx,
    seed: u64,
    template: Option<PlacementTemplate>,
    /// Services whose tasks were placed before, those of the same cluster.
    before: Vec<Before>,
    /// How many tasks to place; `None` for a DAEMON, one on each host that can have it.
    count: Option<u32>,
}

/// A service whose tasks were placed before.
struct Before {
    service: ServiceIx,
    tasks: u32,
}

impl Before {
    /// How many tasks it wants; a DAEMON as many as it can have.
    fn desired(&self, model: &Model) -> Option<u32> {
        let service = model.service(self.service);
        match service.scheduling {
            Scheduling::Daemon => None,
            Scheduling::Replica | Scheduling::RunTask => Some(service.desired_count),
        }
    }
}

/// Tasks that do not fit.
struct Waiting {
    count: u32,
    explanation: Explanation,
}

pub(crate) fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Exit, Stop> {
    let Some(mut opened) = Opened::new(&arguments.path, terminal)? else {
        return Ok(Exit::DocumentErrors);
    };
    let exit = opened.exit();
    let (mut at, asked) = match (&arguments.service, &arguments.run_task) {
        (Some(name), _) => (find(&opened.design, name)?, name.as_str()),
        (None, Some(task)) => (add_run_task(&mut opened.design, task)?, task.as_str()),
        (None, None) => return Err(Stop::unusable(nothing_named())),
    };
    if arguments.alone {
        let only = opened.design.services.swap_remove(at);
        opened.design.services = vec![only];
        at = 0;
    }
    let mut model = compiled(&mut opened.design, at, arguments.template, terminal);
    let service = &opened.design.services[at];
    let cluster = cluster_of(&opened.design, service);
    let is_it = |(_, it): &(ServiceIx, &stowplan_core::model::Service)| {
        it.name == service.service_name && it.cluster == cluster
    };
    let Some((service, _)) = model.present_services().find(is_it) else {
        terminal.complain(
            "error",
            &Complaint {
                message: format!("`{asked}` is left out because of its errors"),
                hint: Some("mend them first".into()),
            },
        );
        return Ok(Exit::DocumentErrors);
    };
    if arguments.run_task.is_some() {
        let family = model.definition(model.service(service).task_definition);
        let family = family.family.clone();
        let compiled = &mut model.services[service.at()];
        compiled.stand_for_run_task(&family, arguments.template.is_some());
    }
    let count = wanted(&model, service, arguments)?;
    let mut trial = Trial::new(&model, arguments.seed);
    trial.place_before(service);
    let case = Case {
        model: &model,
        service,
        seed: arguments.seed,
        template: arguments.template,
        before: before(&model, service, &trial),
        count,
    };
    match arguments.format {
        Format::Text => text::print(&case, &mut trial, terminal),
        Format::Json => json::print(&case, &mut trial, terminal)?,
    }
    Ok(exit)
}

impl Case<'_> {
    /// Places the tasks and hands the reasons of each to `told`; what waits in the end.
    fn place(
        &self,
        trial: &mut Trial<'_>,
        mut told: impl FnMut(u32, &Explanation),
    ) -> Option<Waiting> {
        let mut placed = 0;
        while self.count.is_none_or(|count| placed < count) {
            let explanation = trial.explain(self.service);
            if explanation.chosen.is_none() {
                let count = match self.count {
                    Some(count) => count - placed,
                    None => lacking_room(&explanation),
                };
                return (count > 0).then_some(Waiting { count, explanation });
            }
            placed += 1;
            told(placed, &explanation);
        }
        None
    }
}

/// Hosts that should have a task of the daemon and only have no room for it.
fn lacking_room(explanation: &Explanation) -> u32 {
    let hosts = explanation.candidates.iter();
    let lacking = hosts.filter(|host| host.failed.iter().all(Verdict::is_of_room));
    u32::try_from(lacking.count()).unwrap_or(u32::MAX)
}

fn nothing_named() -> Complaint {
    Complaint {
        message: "nothing is named to place".into(),
        hint: Some("give --service NAME or --run-task FAMILY".into()),
    }
}

/// Adds what stands for tasks that RunTask starts: no service, but placed alike. Its place.
fn add_run_task(design: &mut Design, task_definition: &str) -> Result<usize, Stop> {
    let family = task_definition.split(':').next().unwrap_or_default();
    if design.revisions(family).next().is_none() {
        let known: BTreeSet<String> = design
            .task_definitions
            .iter()
            .map(|entry| entry.family.clone())
            .collect();
        let known: Vec<String> = known.into_iter().collect();
        return Err(unknown("task definition", family, &known));
    }
    design.services.push(Service {
        service_name: format!("family:{family}"),
        task_definition: task_definition.into(),
        desired_count: Some(1),
        ..Service::default()
    });
    Ok(design.services.len() - 1)
}

/// The place of the service in the document.
fn find(design: &Design, name: &str) -> Result<usize, Stop> {
    let long = |at: usize| {
        let service = &design.services[at];
        format!("{}/{}", cluster_of(design, service), service.service_name)
    };
    let all = || 0..design.services.len();
    let is_it = |at: &usize| design.services[*at].service_name == name || long(*at) == name;
    let mut found: Vec<usize> = all().filter(is_it).collect();
    // Of two that share cluster and name, the second is left out.
    found.dedup_by_key(|at| long(*at));
    match found.as_slice() {
        [only] => Ok(*only),
        [] => {
            let is_one_cluster = all().all(|at| {
                let cluster = |at: usize| cluster_of(design, &design.services[at]);
                cluster(at) == cluster(0)
            });
            let short = |at: usize| design.services[at].service_name.clone();
            let names = all().map(|at| if is_one_cluster { short(at) } else { long(at) });
            Err(unknown("service", name, &names.collect::<Vec<_>>()))
        }
        several => {
            let names: Vec<String> = several
                .iter()
                .map(|at| format!("`{}`", long(*at)))
                .collect();
            Err(Stop::unusable(Complaint {
                message: format!("several clusters have a service `{name}`"),
                hint: Some(format!("name one of {}", names.join(", "))),
            }))
        }
    }
}

/// The model with the service set up by the template; what that puts at fault is told.
fn compiled(
    design: &mut Design,
    at: usize,
    template: Option<PlacementTemplate>,
    terminal: &mut Terminal,
) -> Model {
    let found = compile(design, None);
    let Some(template) = template else {
        return found.model;
    };
    template.apply(&mut design.services[at]);
    let with = compile(design, None);
    let is_new = |it: &&Diagnostic| !found.diagnostics.contains(it);
    for diagnostic in with.diagnostics.iter().filter(is_new) {
        let words = diagnostic_words(diagnostic);
        let complaint = Complaint {
            message: format!("with {}: {}", template.name(), words.message),
            hint: words.hint,
        };
        terminal.complain("warning", &complaint);
    }
    with.model
}

fn wanted(model: &Model, service: ServiceIx, arguments: &Arguments) -> Result<Option<u32>, Stop> {
    let compiled = model.service(service);
    match (compiled.scheduling, arguments.count) {
        (Scheduling::Daemon, None) => Ok(None),
        (Scheduling::Daemon, Some(_)) => Err(Stop::unusable(Complaint {
            message: format!(
                "`{}` is a DAEMON: it has one task on each host, not a number of them",
                compiled.name
            ),
            hint: Some("leave out --count".into()),
        })),
        (Scheduling::Replica | Scheduling::RunTask, count) => {
            Ok(Some(count.unwrap_or(compiled.desired_count)))
        }
    }
}

/// The services of the same cluster that have tasks now, as they were placed: daemons first.
fn before(model: &Model, service: ServiceIx, trial: &Trial<'_>) -> Vec<Before> {
    let cluster = &model.service(service).cluster;
    let neighbours = model.present_services();
    let neighbours = neighbours.filter(|(_, it)| it.cluster == *cluster);
    let counted = neighbours.map(|(service, _)| {
        let (running, pending) = trial.state().counts(service);
        let tasks = running + pending;
        Before { service, tasks }
    });
    let mut placed: Vec<Before> = counted.filter(|before| before.tasks > 0).collect();
    placed.sort_by_key(|before| before.desired(model).is_some());
    placed
}

fn count(text: &str) -> Result<u32, String> {
    let count: u32 = text
        .parse()
        .map_err(|_| "this is not a number".to_owned())?;
    if (1..=TASKS_PER_SERVICE_MAX).contains(&count) {
        Ok(count)
    } else {
        Err(format!(
            "a service may have 1 to {TASKS_PER_SERVICE_MAX} tasks"
        ))
    }
}

fn template(text: &str) -> Result<PlacementTemplate, String> {
    PlacementTemplate::named(&text.replace(['-', '_'], " ")).ok_or_else(|| {
        let names: Vec<&str> = PlacementTemplate::ALL.iter().map(|it| it.name()).collect();
        format!("the templates are {}", names.join(", "))
    })
}
