//! One story in two worlds: two tasks come up, one is killed, another takes its place.
//!
//! Ids, times and the host's name differ between the worlds; all other words must not.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use stowplan_core::design::Design;
use stowplan_core::sim::{Input, Recording, StampedInput, World, simulate};
use stowplan_core::taskdef::read_definition;
use stowplan_core::time::{Instant, Millis};
use stowplan_core::view;

/// Long enough for the simulated service to become steady.
const STEADY_MS: u64 = 10 * 60 * 1000;

/// The story as the simulator tells it, worded as the runner words its lines: the orders of each
/// turn, then what they changed.
pub(crate) fn simulated(definition: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(definition).expect("the fixture is there");
    let design = Arc::new(design(&text));
    let quiet = Recording {
        design,
        seed: 1,
        inputs: Vec::new(),
        traffic: Vec::new(),
    };
    let (world, _) = simulate(&quiet, Instant(STEADY_MS));
    let task = world
        .control()
        .tasks
        .keys()
        .next()
        .expect("tasks run")
        .to_string();
    let input = Input::CrashTask {
        task,
        exit_code: 137,
    };
    let inputs = vec![StampedInput {
        at: Millis(STEADY_MS),
        input,
    }];
    let mut world = World::new(&Recording { inputs, ..quiet });
    let mut lines = Vec::new();
    while world
        .next_at()
        .is_some_and(|at| at <= Instant(2 * STEADY_MS))
    {
        let mut log = Vec::new();
        let orders = world.step(&mut log);
        let model = world.model();
        lines.extend(orders.iter().map(|order| view::action_line(model, order)));
        // Messages that were ordered stand among the orders already, as in the runner.
        let ordered = |text: &String| {
            orders
                .iter()
                .any(|it| view::action_line(model, it).ends_with(text))
        };
        let told = log.iter().map(|event| view::event_text(model, event));
        lines.extend(told.filter(|text| !ordered(text)));
    }
    lines
}

/// One host, two tasks of the definition.
fn design(definition: &str) -> Design {
    let text = r#"{"stowplan":1,"clusters":[{"clusterName":"default"}],
        "containerInstances":[{"ec2InstanceId":"i-0a","instanceType":"m5.large","availabilityZone":"local"}],
        "services":[{"serviceName":"primes","taskDefinition":"primes:2","desiredCount":2}]}"#;
    let mut design = Design::read(text).expect("a design");
    let read = read_definition(definition).definition;
    design.task_definitions.push(read.expect("a definition"));
    // The fixture's name carries its revision, as the name of every exported file does.
    design.task_definitions[0].revision = Some(2);
    design
}

/// Orders of the control plane, without the messages that [`service_messages`] has.
pub(crate) fn orders(lines: &[String]) -> Vec<String> {
    let verbs = [
        "StartDeployment",
        "CompleteDeployment",
        "StartTask",
        "StopTask",
        "StopContainers",
    ];
    let told = lines.iter().map(|line| without_time(line));
    let orders = told.filter(|line| verbs.iter().any(|verb| line.starts_with(verb)));
    orders.map(anonymous).collect()
}

/// What the service's event list says, and its deployments.
pub(crate) fn service_messages(lines: &[String]) -> Vec<String> {
    let told = lines.iter().map(|line| without_time(line));
    let told = told.map(|line| line.strip_prefix("PutServiceEvent ").unwrap_or(line));
    // The runner prints a turn's orders before what they changed, the log as it happens: the
    // change of a deployment is in both, but at another place among the messages of its moment.
    let mut messages: Vec<String> = told
        .filter(|line| line.starts_with("(service "))
        .map(anonymous)
        .collect();
    let (deployments, mut others): (Vec<_>, Vec<_>) = messages
        .drain(..)
        .partition(|line| line.contains("ECS deployment"));
    others.extend(deployments);
    others
}

/// The statuses that each task went through, sorted: which task is which does not matter.
pub(crate) fn task_histories(lines: &[String]) -> Vec<Vec<String>> {
    let mut histories: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in lines.iter().map(|line| without_time(line)) {
        let Some(rest) = line.strip_prefix("(task ") else {
            continue;
        };
        let Some((task, told)) = rest.split_once(") ") else {
            continue;
        };
        histories
            .entry(task.to_owned())
            .or_default()
            .push(anonymous(told));
    }
    let mut histories: Vec<Vec<String>> = histories.into_values().collect();
    histories.sort();
    histories
}

/// A line without the `00:00:12 ` before it.
fn without_time(line: &str) -> &str {
    let is_time =
        |text: &str| text.len() >= 8 && text.chars().all(|c| c.is_ascii_digit() || c == ':');
    line.split_once(' ')
        .filter(|(time, _)| is_time(time))
        .map_or(line, |(_, rest)| rest)
}

/// `line` with ids and the host's name replaced, which is the word after ` on `.
fn anonymous(line: &str) -> String {
    let mut after_on = false;
    let words = line.split(' ').map(|word| {
        let is_host = std::mem::replace(&mut after_on, word == "on");
        if is_host {
            host(word)
        } else {
            without_id(word)
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn host(word: &str) -> String {
    if word.ends_with(':') {
        "HOST:".into()
    } else {
        "HOST".into()
    }
}

/// A word with its task id (8 or 32 hexadecimal digits) or deployment id (19 digits) replaced.
fn without_id(word: &str) -> String {
    let core = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '/');
    let digits = core.strip_prefix("ecs-svc/").unwrap_or(core);
    let is_id =
        [8, 19, 32].contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_hexdigit());
    if is_id {
        word.replace(digits, "ID")
    } else {
        word.to_owned()
    }
}
