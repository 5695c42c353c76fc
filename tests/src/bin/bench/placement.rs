//! Placement at size: a fill of the C2M kind, the growth of one placement with the cluster, and a
//! plain scan over all hosts beside ours.

use serde_json::{Value, json};
use std::process::Command;
use std::time::Instant as Clock;
use stowplan_core::control::Trial;
use stowplan_core::design::Design;
use stowplan_core::id::{InstanceIx, ServiceIx};
use stowplan_core::model::{Model, compile};

/// Hosts and tasks of the C2M challenge.
const HOSTS: usize = 6_100;
const TASKS: usize = 2_000_000;

/// Tasks of one service: the quota.
const TASKS_PER_SERVICE: usize = 5_000;

/// Size of the comparison with a plain scan.
const SCANNED_HOSTS: usize = 1_000;
const SCANNED_TASKS: usize = 100_000;

/// Cluster sizes between which growth is told.
const GROWTH: [usize; 3] = [100, 1_000, 10_000];

/// What one host registers: room for some 400 tasks of the mixture.
const HOST: [u32; 2] = [98_304, 393_216];

/// CPU and memory of the tasks of a service, by turns.
const SHAPES: [[u32; 2]; 4] = [[256, 512], [128, 1024], [512, 2048], [64, 256]];

struct Case {
    name: &'static str,
    strategy: fn() -> Value,
    scan: Scan,
}

/// How a plain scan scores a host: lists of numbers, smaller is better.
type Scan = fn(&Host, &[u32]) -> [u32; 2];

const CASES: [Case; 5] = [
    Case {
        name: "binpack(memory)",
        strategy: || json!([{"type": "binpack", "field": "memory"}]),
        scan: |host, _| [host.memory, 0],
    },
    Case {
        name: "spread(zone), binpack(memory)",
        strategy: || {
            json!([{"type": "spread", "field": "attribute:ecs.availability-zone"},
                   {"type": "binpack", "field": "memory"}])
        },
        scan: |host, zones| [zones[host.zone], host.memory],
    },
    Case {
        name: "spread(zone), spread(instance)",
        strategy: || {
            json!([{"type": "spread", "field": "attribute:ecs.availability-zone"},
                   {"type": "spread", "field": "instanceId"}])
        },
        scan: |host, zones| [zones[host.zone], host.tasks],
    },
    Case {
        name: "random",
        strategy: || json!([{"type": "random"}]),
        // The first that fits: a scan that needs no order at all.
        scan: |_, _| [0, 0],
    },
    Case {
        name: "default",
        strategy: || json!([]),
        scan: |host, zones| [zones[host.zone], host.tasks],
    },
];

/// Prints the three tables.
pub(crate) fn run() {
    println!(
        "placement: {HOSTS} hosts, {TASKS} tasks, {} services",
        services(TASKS)
    );
    println!(
        "{:<31} {:>9} {:>9} {:>9} {:>11} {:>10}",
        "strategy", "choose ms", "record ms", "all ms", "per task ns", "bytes/task"
    );
    for case in &CASES {
        fill_alone(case);
    }
    println!("\nplain scan: {SCANNED_HOSTS} hosts, {SCANNED_TASKS} tasks, choices alone");
    println!(
        "{:<31} {:>9} {:>9} {:>7}",
        "strategy", "ours ms", "scan ms", "ratio"
    );
    for case in &CASES {
        scan(case);
    }
    println!(
        "\none placement, by turns in 4 services of a cluster half full, what the others changed taken up\n(ns, median)"
    );
    let [small, medium, large] = GROWTH;
    println!(
        "{:<31} {small:>9} {medium:>9} {large:>9} {:>8}  (hosts; the logarithm grows 2.0 times)",
        "strategy", "growth"
    );
    for case in &CASES {
        growth(case);
    }
}

/// The argument by which this program fills for one strategy and ends.
pub(crate) const ALONE: &str = "placement-fill";

/// Fills in a process of its own, so that what it takes of memory can be told.
fn fill_alone(case: &Case) {
    let program = std::env::current_exe().expect("a running program has a path");
    let mut child = Command::new(program);
    let status = child.args([ALONE, case.name]).status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "the fill failed"
    );
}

/// The fill of the strategy called `name`.
pub(crate) fn alone(name: &str) {
    let mut named = CASES.iter().filter(|case| case.name == name);
    fill(named.next().expect("the strategy is one of ours"));
}

fn services(tasks: usize) -> usize {
    tasks.div_ceil(TASKS_PER_SERVICE)
}

fn design(hosts: usize, services: usize, case: &Case) -> Design {
    let host = |at: usize| {
        json!({"ec2InstanceId": format!("i-{at:05}"), "instanceType": "any",
            "availabilityZone": format!("zone-{}", at % 3),
            "registeredCpu": HOST[0], "registeredMemory": HOST[1]})
    };
    let definition = |at: usize| {
        let [cpu, memory] = SHAPES[at];
        json!({"family": format!("shape-{at}"), "containerDefinitions": [
            {"name": "c", "image": "i", "cpu": cpu, "memory": memory}]})
    };
    let service = |at: usize| {
        json!({"serviceName": format!("service-{at}"), "desiredCount": TASKS_PER_SERVICE,
            "taskDefinition": format!("shape-{}:1", at % SHAPES.len()),
            "placementStrategy": (case.strategy)()})
    };
    let text = json!({
        "stowplan": 1,
        "containerInstances": (0..hosts).map(host).collect::<Vec<_>>(),
        "taskDefinitions": (0..SHAPES.len()).map(definition).collect::<Vec<_>>(),
        "services": (0..services).map(service).collect::<Vec<_>>(),
    });
    Design::read(&text.to_string()).expect("the bench writes a design")
}

fn model(hosts: usize, services: usize, case: &Case) -> Model {
    let compiled = compile(&design(hosts, services, case), None);
    assert!(
        compiled.diagnostics.is_empty(),
        "{:?}",
        compiled.diagnostics
    );
    compiled.model
}

fn fill(case: &Case) {
    let model = model(HOSTS, services(TASKS), case);
    let mut trial = Trial::new(&model, 1);
    let before = resident_bytes();
    let (mut choosing, mut recording) = (0.0, 0.0);
    for service in (0..services(TASKS)).map(ServiceIx::from_at) {
        let began = Clock::now();
        let decided = trial.decide(service, TASKS_PER_SERVICE);
        choosing += began.elapsed().as_secs_f64();
        let began = Clock::now();
        trial.order(service, &decided);
        recording += began.elapsed().as_secs_f64();
        assert_eq!(
            decided.len(),
            TASKS_PER_SERVICE,
            "the cluster has room for all"
        );
    }
    let bytes = resident_bytes().zip(before);
    let bytes = bytes.map_or_else(
        || "unknown".to_string(),
        |(after, before)| format!("{}", after.saturating_sub(before) / TASKS as u64),
    );
    let all = choosing + recording;
    println!(
        "{:<31} {:>9.0} {:>9.0} {:>9.0} {:>11.0} {bytes:>10}",
        case.name,
        choosing * 1e3,
        recording * 1e3,
        all * 1e3,
        all * 1e9 / TASKS as f64,
    );
}

/// Memory of this process that is in use, where the system tells.
pub(crate) fn resident_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib * 1024)
}

/// A host as a plain scan keeps it.
struct Host {
    zone: usize,
    cpu: u32,
    memory: u32,
    /// Of the service that places.
    tasks: u32,
}

fn scan(case: &Case) {
    let count = services(SCANNED_TASKS);
    let model = model(SCANNED_HOSTS, count, case);
    let mut trial = Trial::new(&model, 1);
    let mut ours = Vec::new();
    let mut time = 0.0;
    for service in (0..count).map(ServiceIx::from_at) {
        let began = Clock::now();
        let decided = trial.decide(service, TASKS_PER_SERVICE);
        time += began.elapsed().as_secs_f64();
        trial.order(service, &decided);
        ours.extend(decided);
    }
    let began = Clock::now();
    let plain = plain_scan(case.scan, count);
    let scanned = began.elapsed().as_secs_f64();
    // Equal work or no comparison: all but the draws choose the same hosts.
    assert!(
        case.name == "random" || plain == ours,
        "{} chooses otherwise",
        case.name
    );
    println!(
        "{:<31} {:>9.1} {:>9.1} {:>6.1}x",
        case.name,
        time * 1e3,
        scanned * 1e3,
        scanned / time
    );
}

/// Every host looked at for every task, and nothing else done.
fn plain_scan(score: Scan, services: usize) -> Vec<InstanceIx> {
    let host = |at: usize| Host {
        zone: at % 3,
        cpu: HOST[0],
        memory: HOST[1],
        tasks: 0,
    };
    let mut hosts: Vec<Host> = (0..SCANNED_HOSTS).map(host).collect();
    let mut chosen = Vec::new();
    for service in 0..services {
        let [cpu, memory] = SHAPES[service % SHAPES.len()];
        let mut zones = [0; 3];
        hosts.iter_mut().for_each(|host| host.tasks = 0);
        for _ in 0..TASKS_PER_SERVICE {
            let fitting = hosts.iter().enumerate();
            let fitting = fitting.filter(|(_, host)| host.cpu >= cpu && host.memory >= memory);
            let best = fitting.min_by_key(|(_, host)| score(host, &zones));
            let Some((at, _)) = best else { break };
            let host = &mut hosts[at];
            host.cpu -= cpu;
            host.memory -= memory;
            host.tasks += 1;
            zones[host.zone] += 1;
            chosen.push(InstanceIx::from_at(at));
        }
    }
    chosen
}

fn growth(case: &Case) {
    let times = GROWTH.map(|hosts| one_placement(case, hosts));
    let [small, medium, large] = times;
    println!(
        "{:<31} {small:>9.0} {medium:>9.0} {large:>9.0} {:>7.1}x",
        case.name,
        large / small
    );
}

/// Nanoseconds of one placement in a cluster that is half full, with what the other services have
/// changed since taken up.
fn one_placement(case: &Case, hosts: usize) -> f64 {
    const SERVICES: usize = 4;
    const ROUNDS: usize = 2_000;
    let model = model(hosts, SERVICES, case);
    let mut trial = Trial::new(&model, 1);
    let all: Vec<ServiceIx> = (0..SERVICES).map(ServiceIx::from_at).collect();
    // The services' own quota does not matter to the engine.
    for service in &all {
        let decided = trial.decide(*service, hosts * 40);
        trial.order(*service, &decided);
    }
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        let service = all[round % SERVICES];
        let began = Clock::now();
        let decided = trial.decide(service, 1);
        times.push(began.elapsed().as_secs_f64() * 1e9);
        assert_eq!(decided.len(), 1, "half the cluster is free");
        trial.order(service, &decided);
    }
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}
