//! The worked examples of ecs.md section 2, told as text: which host each of several tasks goes
//! to, and what is said where one goes nowhere.

use super::*;
use crate::control::state::ControlState;
use crate::control::{Action, Fact, StartCause, StopCause};
use crate::design::{Design, Edit, PlacementTemplate, sample};
use crate::id::{DeploymentId, ServiceIx, TaskId};
use crate::model::{Model, compile};
use crate::time::Instant;
use crate::view::answer;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use serde_json::{Value, json};

fn set(design: &Design, pointer: &str, value: Value) -> Design {
    Edit::Set {
        pointer: pointer.into(),
        value: Some(value),
    }
    .apply(design)
    .unwrap()
}

/// Hosts that all registered, and the service that is asked about.
struct Cluster {
    model: Model,
    state: ControlState,
    service: ServiceIx,
    memory: Placement,
    placed: u128,
}

impl Cluster {
    fn of(design: &Design) -> Self {
        let compiled = compile(design, None);
        let named = compiled.model.service_named("primes");
        let service = named.unwrap_or_else(|| panic!("{:?}", compiled.diagnostics));
        Self {
            state: ControlState::registered(&compiled.model, 1),
            model: compiled.model,
            service,
            memory: Placement::default(),
            placed: 0,
        }
    }

    fn apply(&mut self, fact: Fact) {
        let (model, log) = (&self.model, &mut Vec::new());
        self.state.apply(model, Instant::ZERO, &fact, log);
    }

    /// Host names in order, `-` where nothing fits.
    fn place(&mut self, count: usize) -> String {
        let names: Vec<String> = (0..count).map(|_| self.place_one()).collect();
        names.join(" ")
    }

    fn place_one(&mut self) -> String {
        let told = explain(&self.model, &self.state, self.service);
        let definition = told.task_definition;
        let ticket = Ticket {
            seed: self.state.seed,
            number: self.state.tasks_started,
        };
        self.memory.follow(&self.model, &self.state);
        let chosen = self
            .memory
            .choose(&self.model, &self.state, self.service, definition, ticket);
        assert_eq!(chosen, told.chosen);
        self.apply(Fact::Considered);
        let Some(instance) = chosen else {
            return "-".into();
        };
        self.placed += 1;
        let start = Action::StartTask {
            task: TaskId(self.placed),
            service: self.service,
            deployment: DeploymentId(1),
            task_definition: definition,
            instance,
            cause: StartCause::DesiredCount,
        };
        self.apply(Fact::Ordered(start));
        self.model.instance(instance).name.clone()
    }

    /// The hosts of the tasks that would be stopped first.
    fn stop(&mut self, count: usize) -> String {
        let tasks: Vec<_> = self.state.tasks_of(self.service).collect();
        let stoppable: Vec<Stoppable<'_>> = tasks
            .iter()
            .map(|(id, task)| Stoppable { id: *id, task })
            .collect();
        let (model, state) = (&self.model, &self.state);
        let first = self
            .memory
            .first_to_stop(model, state, self.service, &stoppable, count);
        let names = first.into_iter().map(|at| {
            let host = tasks[at].1.instance;
            model.instance(host).name.as_str()
        });
        names.collect::<Vec<_>>().join(" ")
    }

    /// The sentence, then the remedies.
    fn ask(&self) -> Vec<String> {
        let told = explain(&self.model, &self.state, self.service);
        let answer = answer(&self.model, &told);
        core::iter::once(answer.sentence)
            .chain(answer.remedies)
            .collect()
    }
}

fn placed(design: &Design, count: usize) -> String {
    Cluster::of(design).place(count)
}

fn with_strategy(strategies: Value) -> Design {
    set(&sample(), "/services/0/placementStrategy", strategies)
}

fn with_constraints(constraints: Value) -> Design {
    set(&sample(), "/services/0/placementConstraints", constraints)
}

fn member_of(expression: &str) -> Value {
    json!([{"type": "memberOf", "expression": expression}])
}

const CONTAINER: &str = "/taskDefinitions/0/containerDefinitions/0";

#[test]
fn the_default_spreads_zones_then_hosts() {
    // Zones a, b, c in turn; the second task of zone a goes to its emptier host.
    assert_eq!(placed(&sample(), 7), "i-0a i-0c i-0d i-0b i-0c i-0d i-0a");
}

#[test]
fn a_static_port_admits_one_task_per_host_and_protocol() {
    let pointer = format!("{CONTAINER}/portMappings/0/hostPort");
    let design = set(&sample(), &pointer, 8080.into());
    assert_eq!(placed(&design, 6), "i-0a i-0c i-0d i-0b - -");
    let mut cluster = Cluster::of(&design);
    cluster.place(4);
    assert_eq!(
        cluster.ask(),
        [
            "primes:1 waits: 0 of 4 hosts: 4 have port 8080 in use",
            "use hostPort 0 instead of 8080, a port that is free; it then fits on i-0a",
            "add one more t3.small in us-east-1b ($0.0208 an hour, prices of 2026-07-20)",
        ]
    );
    // SSH's own, on TCP; on UDP nobody minds.
    let ssh = set(&sample(), &pointer, 22.into());
    assert_eq!(placed(&ssh, 1), "-");
    let protocol = format!("{CONTAINER}/portMappings/0/protocol");
    assert_eq!(placed(&set(&ssh, &protocol, "udp".into()), 2), "i-0a i-0c");
}

#[test]
fn distinct_instance_counts_the_service_alone_and_by_desired_status() {
    let mut cluster = Cluster::of(&with_constraints(json!([{"type": "distinctInstance"}])));
    assert_eq!(cluster.place(5), "i-0a i-0c i-0d i-0b -");
    let (task, cause) = (TaskId(2), StopCause::ServiceDeleted);
    cluster.apply(Fact::Ordered(Action::StopTask { task, cause }));
    assert_eq!(
        cluster.place(2),
        "i-0c -",
        "desired STOPPED counts as free at once"
    );
}

#[test]
fn strategies_and_templates() {
    // t3.small: 2048 CPU units hold 8 tasks of 256; 1935 MiB hold 5 of 384.
    let binpack = with_strategy(json!([{"type": "binpack", "field": "memory"}]));
    assert_eq!(
        placed(&binpack, 9),
        "i-0a i-0a i-0a i-0a i-0a i-0b i-0b i-0b i-0b"
    );
    let by_template = |template: PlacementTemplate, count| {
        let mut design = sample();
        template.apply(&mut design.services[0]);
        placed(&design, count)
    };
    for (template, expected) in [
        (
            PlacementTemplate::AzBalancedSpread,
            "i-0a i-0c i-0d i-0b i-0c i-0d i-0a",
        ),
        (
            PlacementTemplate::AzBalancedBinPack,
            "i-0a i-0c i-0d i-0a i-0c i-0d i-0a",
        ),
        (
            PlacementTemplate::BinPack,
            "i-0a i-0a i-0a i-0a i-0a i-0b i-0b",
        ),
        (
            PlacementTemplate::OneTaskPerHost,
            "i-0a i-0c i-0d i-0b - - -",
        ),
        (
            PlacementTemplate::Custom,
            "i-0a i-0c i-0d i-0b i-0c i-0d i-0a",
        ),
    ] {
        assert_eq!(by_template(template, 7), expected, "{}", template.name());
    }
    // Spread over zones alone says nothing of hosts: the first of the zone.
    let zone = json!([{"type": "spread", "field": "attribute:ecs.availability-zone"}]);
    assert_eq!(
        placed(&with_strategy(zone), 7),
        "i-0a i-0c i-0d i-0a i-0c i-0d i-0a"
    );
}

#[test]
fn an_attribute_of_ones_own_spreads_and_hosts_without_it_count_as_one_value() {
    let mut design = with_strategy(json!([{"type": "spread", "field": "attribute:rack"}]));
    let rack = |name: &str| json!([{"name": "rack", "value": name}]);
    design = set(&design, "/containerInstances/0/attributes", rack("r1"));
    design = set(&design, "/containerInstances/1/attributes", rack("r2"));
    assert_eq!(placed(&design, 6), "i-0a i-0b i-0c i-0a i-0b i-0c");
}

#[test]
fn random_depends_on_the_seed_alone() {
    let design = with_strategy(json!([{"type": "random"}]));
    assert_eq!(placed(&design, 8), placed(&design, 8));
    let all = placed(&design, 12);
    let hosts: BTreeSet<&str> = all.split(' ').collect();
    assert!(
        hosts.len() > 2,
        "twelve draws on four hosts should not agree so much: {all}"
    );
}

#[test]
fn scale_in_applies_the_strategy_in_reverse() {
    let mut cluster = Cluster::of(&sample());
    assert_eq!(cluster.place(7), "i-0a i-0c i-0d i-0b i-0c i-0d i-0a");
    // Zone a has three tasks and goes first, on its host with two; then zones are even and the
    // hosts with two are next.
    assert_eq!(cluster.stop(4), "i-0a i-0c i-0d i-0b");
    let mut packed = Cluster::of(&with_strategy(
        json!([{"type": "binpack", "field": "memory"}]),
    ));
    assert_eq!(packed.place(7), "i-0a i-0a i-0a i-0a i-0a i-0b i-0b");
    assert_eq!(
        packed.stop(3),
        "i-0b i-0b i-0a",
        "the emptier host is emptied first"
    );
}

#[test]
fn interfaces_bound_awsvpc_tasks_with_and_without_trunking() {
    let mut design = set(&sample(), "/taskDefinitions/0/networkMode", "awsvpc".into());
    design.container_instances.truncate(1);
    design = set(
        &design,
        "/containerInstances/0/instanceType",
        "m5.large".into(),
    );
    design = set(&design, &format!("{CONTAINER}/cpu"), 10.into());
    design = set(
        &design,
        &format!("{CONTAINER}/memoryReservation"),
        10.into(),
    );
    assert_eq!(placed(&design, 4), "i-0a i-0a - -");
    let settings = json!([{"name": "awsvpcTrunking", "value": "enabled"}]);
    design = set(&design, "/accountSettings", settings);
    assert_eq!(placed(&design, 12), format!("{}- -", "i-0a ".repeat(10)));
    let subnets = json!({"awsvpcConfiguration": {"subnets": ["subnet-c"]}});
    design = set(&design, "/services/0/networkConfiguration", subnets);
    assert_eq!(
        Cluster::of(&design).ask()[..2],
        [
            "primes:1 waits: 0 of 1 hosts: 1 stands in a zone without subnet of the service",
            "give the service a subnet in us-east-1a; it then fits on i-0a",
        ]
    );
}

#[test]
fn gpus_are_held_one_by_one() {
    let gpu = json!([{"type": "GPU", "value": "3"}]);
    let mut design = set(&sample(), &format!("{CONTAINER}/resourceRequirements"), gpu);
    assert_eq!(
        Cluster::of(&design).ask(),
        [
            "primes:1 waits: 0 of 4 hosts: 4 are 3 GPUs short",
            "add one more g4dn.12xlarge in us-east-1b ($3.9120 an hour, prices of 2026-07-20)",
        ]
    );
    design = set(
        &design,
        "/containerInstances/2/instanceType",
        "p3.8xlarge".into(),
    );
    assert_eq!(placed(&design, 2), "i-0c -");
}

#[test]
fn the_platform_is_a_constraint_of_its_own() {
    let arm = json!({"cpuArchitecture": "ARM64"});
    let mut design = set(&sample(), "/taskDefinitions/0/runtimePlatform", arm);
    assert_eq!(placed(&design, 1), "-");
    design = set(
        &design,
        "/containerInstances/3/instanceType",
        "m7g.large".into(),
    );
    assert_eq!(placed(&design, 2), "i-0d i-0d");
}

#[test]
fn expressions_of_service_and_task_definition_both_hold() {
    let mut design = with_constraints(member_of("attribute:stack == prod"));
    let prod = json!([{"name": "stack", "value": "prod"}]);
    for at in [1, 3] {
        let pointer = format!("/containerInstances/{at}/attributes");
        design = set(&design, &pointer, prod.clone());
    }
    assert_eq!(placed(&design, 3), "i-0b i-0d i-0b");
    let own = member_of("attribute:ecs.availability-zone == us-east-1b");
    design = set(&design, "/taskDefinitions/0/placementConstraints", own);
    assert_eq!(
        Cluster::of(&design).ask()[..3],
        [
            "primes:1 waits: 0 of 4 hosts: 3 do not match \
             `attribute:ecs.availability-zone == us-east-1b` of the task definition, \
             1 lacks attribute stack",
            "give i-0c an attribute stack that matches `attribute:stack == prod`; \
             it then fits on i-0c",
            "add one more t3.small in us-east-1b ($0.0208 an hour, prices of 2026-07-20)",
        ]
    );
}

#[test]
fn affinity_counts_task_groups_and_runs_out() {
    let design = with_constraints(member_of("not(task:group == service:primes)"));
    assert_eq!(placed(&design, 5), "i-0a i-0c i-0d i-0b -");
    let design = with_constraints(member_of("runningTasksCount < 2"));
    assert_eq!(
        placed(&design, 9),
        "i-0a i-0c i-0d i-0b i-0c i-0d i-0a i-0b -"
    );
}

#[test]
fn hosts_that_drain_or_cannot_be_reached_get_nothing() {
    let mut design = set(&sample(), "/containerInstances/0/status", "DRAINING".into());
    design = set(
        &design,
        "/containerInstances/2/agentConnected",
        false.into(),
    );
    assert_eq!(placed(&design, 3), "i-0b i-0d i-0b");
    for at in [1, 3] {
        let pointer = format!("/containerInstances/{at}/status");
        design = set(&design, &pointer, "DRAINING".into());
    }
    assert_eq!(
        Cluster::of(&design).ask()[..3],
        [
            "primes:1 waits: 0 of 4 hosts: 3 are DRAINING, 1 has lost its agent's connection",
            "set i-0a ACTIVE again; it then fits on i-0a",
            "reconnect the agent of i-0c; it then fits on i-0c",
        ]
    );
}

#[test]
fn a_capability_that_no_host_has_is_named() {
    let options = json!(["apparmor:unconfined"]);
    let pointer = format!("{CONTAINER}/dockerSecurityOptions");
    let mut design = set(&sample(), &pointer, options);
    let told = Cluster::of(&design).ask();
    assert_eq!(
        told,
        ["primes:1 waits: 0 of 4 hosts: 4 lack attribute com.amazonaws.ecs.capability.apparmor"],
        "no host of the catalogue has it, so adding one would not help"
    );
    let has = json!([{"name": "com.amazonaws.ecs.capability.apparmor"}]);
    design = set(&design, "/containerInstances/1/attributes", has);
    assert_eq!(placed(&design, 1), "i-0b");
}

#[test]
fn the_reasons_of_a_refusal_are_counted_and_the_smallest_change_is_first() {
    // Host b is short of a little memory, the others of more.
    let mut design = set(
        &sample(),
        &format!("{CONTAINER}/memoryReservation"),
        2000.into(),
    );
    design = set(&design, &format!("{CONTAINER}/memory"), 2500.into());
    design = set(
        &design,
        "/containerInstances/1/registeredMemory",
        1990.into(),
    );
    assert_eq!(
        Cluster::of(&design).ask(),
        [
            "primes:1 waits: 0 of 4 hosts: 4 are 10 to 65 MiB short",
            "reserve 10 MiB less memory: 1990 instead of 2000; it then fits on i-0b",
            "reserve 65 MiB less memory: 1935 instead of 2000; it then fits on i-0a",
            "add one more t3a.medium in us-east-1b ($0.0376 an hour, prices of 2026-07-20)",
        ]
    );
}

#[test]
fn each_remedy_that_changes_the_document_does_what_it_says() {
    let pointer = format!("{CONTAINER}/portMappings/0/hostPort");
    let mut cluster = Cluster::of(&set(&sample(), &pointer, 8080.into()));
    cluster.place(4);
    let told = explain(&cluster.model, &cluster.state, cluster.service);
    assert_eq!(told.chosen, None);
    let first = told.remedies(&cluster.model).swap_remove(0);
    assert!(matches!(first.changes[..], [Change::DynamicPort { .. }]));
    let mended = set(&sample(), &pointer, 0.into());
    cluster.model = compile(&mended, Some(&cluster.model)).model;
    cluster.apply(Fact::Observed(crate::control::Observation::DesignChanged));
    assert_eq!(
        cluster.place(1),
        "i-0c",
        "the emptiest zone, by name the first"
    );
}

#[test]
fn an_empty_cluster_says_so() {
    let mut design = sample();
    design.container_instances.clear();
    let cluster = Cluster::of(&design);
    assert_eq!(cluster.ask()[0], "primes:1 waits: the cluster has no hosts");
    let told = explain(&cluster.model, &cluster.state, cluster.service);
    assert_eq!(told.closest(), None);
}

#[test]
fn a_daemon_takes_its_room_before_replicas() {
    let mut design = sample();
    let mut daemon = design.services[1].clone();
    daemon.service_name = "agent".into();
    daemon.scheduling_strategy = Some("DAEMON".into());
    daemon.load_balancers.clear();
    daemon.deployment_configuration = None;
    design.services.push(daemon);
    // edges:1 takes 768 MiB and 512 CPU units of 1935 and 2048 for the daemon: room for three.
    let mut cluster = Cluster::of(&design);
    assert_eq!(
        cluster.place(13),
        "i-0a i-0c i-0d i-0b i-0c i-0d i-0a i-0c i-0d i-0b i-0a i-0b -"
    );
    cluster.service = cluster.model.service_named("agent").unwrap();
    assert_eq!(cluster.place(5), "i-0a i-0c i-0d i-0b -");
}

#[test]
fn words_of_a_matrix() {
    let mut cluster = Cluster::of(&sample());
    cluster.place(1);
    let told = explain(&cluster.model, &cluster.state, cluster.service);
    let answer = answer(&cluster.model, &told);
    assert_eq!(
        answer.sentence,
        "the next primes:1 goes to i-0c: 4 of 4 hosts fit; the default: fewest tasks in its zone, \
         then on the host (no task in us-east-1b, no task on it, the first of 2 that are equal)"
    );
    let columns = [
        "cpu",
        "memory",
        "spread(availability-zone)",
        "spread(instanceId)",
    ];
    assert_eq!(answer.columns, columns);
    let row = |at: usize| {
        let row = &answer.rows[at];
        vec![
            row.host.as_str(),
            row.verdict,
            &row.free,
            &row.cells[2],
            &row.cells[3],
        ]
    };
    assert_eq!(
        row(0),
        ["i-0a", "fits", "1792 CPU units, 1551 MiB", "1", "1"]
    );
    assert_eq!(
        row(2),
        ["i-0c", "chosen", "2048 CPU units, 1935 MiB", "0", "0"]
    );
}
