//! Random clusters: hosts of several types, zones and attributes, tasks that want ports,
//! interfaces, GPUs and platforms, services with strategies and constraints of every kind.

use crate::design::Design;
use crate::draw::{Stream, draw_below};
use alloc::format;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use serde_json::{Value, json};

/// Random numbers by address: the same cluster for the same number.
pub(super) struct Dice {
    seed: u64,
    thrown: u64,
}

impl Dice {
    pub(super) fn of(seed: u64) -> Self {
        Self { seed, thrown: 0 }
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.thrown += 1;
        draw_below(self.seed, Stream::Pull, self.thrown, bound)
    }

    pub(super) fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len() as u64) as usize].clone()
    }

    pub(super) fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

const EXPRESSIONS: &[&str] = &[
    "attribute:stack == prod",
    "attribute:stack != prod",
    "attribute:stack exists",
    "attribute:stack !exists",
    "attribute:ecs.instance-type =~ m5.*",
    "attribute:ecs.availability-zone in [z-a, z-b]",
    "not(task:group == service:s1)",
    "task:group != service:s0 or runningTasksCount == 0",
    "runningTasksCount < 3",
    "agentConnected == true and agentVersion >= 1.2",
    "registeredAt >= 2020-01-01",
    "ec2InstanceId in ['i-0', i-1, i-2, i-3]",
    "(attribute:rack == r1 || attribute:rack == r2) && !(attribute:stack == test)",
];

fn host(dice: &mut Dice, at: u64) -> Value {
    let mut attributes = Vec::new();
    if dice.chance(60) {
        attributes.push(json!({"name": "stack", "value": dice.one(&["prod", "test", "dev"])}));
    }
    if dice.chance(60) {
        attributes.push(json!({"name": "rack", "value": dice.one(&["r1", "r2", "r3"])}));
    }
    let types = [
        "t3.micro",
        "m5.large",
        "m5.xlarge",
        "m7g.large",
        "p3.2xlarge",
        "c5.large",
    ];
    let mut host = json!({
        "ec2InstanceId": format!("i-{at}"), "instanceType": dice.one(&types),
        "availabilityZone": dice.one(&["z-a", "z-a", "z-b", "z-c"]), "attributes": attributes,
        "cluster": if dice.chance(92) { "one" } else { "two" },
    });
    if dice.chance(8) {
        host["status"] = json!("DRAINING");
    }
    if dice.chance(6) {
        host["agentConnected"] = json!(false);
    }
    if dice.chance(20) {
        host["registeredMemory"] = json!(dice.below(3000));
    }
    host
}

fn definition(dice: &mut Dice, at: u64) -> Value {
    let mode = dice.one(&["bridge", "bridge", "host", "awsvpc"]);
    let mut container = json!({
        "name": "c", "image": "i", "cpu": dice.one(&[0, 64, 256, 700]),
        "memory": dice.one(&[64, 300, 512, 1500]),
    });
    if dice.chance(35) {
        let port = dice.one(&[8080, 8081, 22]);
        let host_port = if mode == "bridge" { port } else { 0 };
        let protocol = if port == 8081 { "udp" } else { "tcp" };
        container["portMappings"] =
            json!([{"containerPort": port, "hostPort": host_port, "protocol": protocol}]);
        if mode != "bridge" {
            container["portMappings"][0]
                .as_object_mut()
                .unwrap()
                .remove("hostPort");
        }
    }
    if dice.chance(6) {
        container["resourceRequirements"] = json!([{"type": "GPU", "value": "1"}]);
    }
    let mut definition = json!({
        "family": format!("f{at}"), "networkMode": mode, "containerDefinitions": [container],
    });
    if dice.chance(15) {
        let architecture = dice.one(&["X86_64", "ARM64"]);
        definition["runtimePlatform"] =
            json!({"cpuArchitecture": architecture, "operatingSystemFamily": "LINUX"});
    }
    if dice.chance(15) {
        definition["placementConstraints"] =
            json!([{"type": "memberOf", "expression": dice.one(EXPRESSIONS)}]);
    }
    definition
}

fn service(dice: &mut Dice, at: u64) -> Value {
    let strategy = |dice: &mut Dice| {
        let all = [
            json!({"type": "spread", "field": "attribute:ecs.availability-zone"}),
            json!({"type": "spread", "field": "attribute:rack"}),
            json!({"type": "spread", "field": "instanceId"}),
            json!({"type": "binpack", "field": "memory"}),
            json!({"type": "binpack", "field": "cpu"}),
            json!({"type": "random"}),
        ];
        dice.one(&all)
    };
    let count = dice.one(&[0, 0, 1, 2, 2, 3, 5]);
    let strategies: Vec<Value> = (0..count).map(|_| strategy(dice)).collect();
    let mut constraints = Vec::new();
    if dice.chance(15) {
        constraints.push(json!({"type": "distinctInstance"}));
    }
    while dice.chance(30) && constraints.len() < 4 {
        constraints.push(json!({"type": "memberOf", "expression": dice.one(EXPRESSIONS)}));
    }
    let is_daemon = dice.chance(12);
    json!({
        "serviceName": format!("s{at}"), "cluster": "one", "taskDefinition": format!("f{at}:1"),
        "desiredCount": 3, "placementConstraints": constraints,
        "placementStrategy": if is_daemon { Vec::new() } else { strategies },
        "schedulingStrategy": if is_daemon { "DAEMON" } else { "REPLICA" },
        "networkConfiguration": {"awsvpcConfiguration": {
            "subnets": if dice.chance(50) { vec!["subnet-a", "subnet-b"] } else { vec!["subnet-c"] }}},
    })
}

/// A cluster of up to ten hosts and three services, each of its own revision.
pub(super) fn cluster(dice: &mut Dice) -> Design {
    let hosts = 1 + dice.below(10);
    let services = 1 + dice.below(3);
    let trunking = if dice.chance(50) {
        "enabled"
    } else {
        "disabled"
    };
    let text = json!({
        "stowplan": 1, "clusters": [{"clusterName": "one"}, {"clusterName": "two"}],
        "accountSettings": [{"name": "awsvpcTrunking", "value": trunking}],
        "network": {"subnets": [
            {"SubnetId": "subnet-a", "AvailabilityZone": "z-a"},
            {"SubnetId": "subnet-b", "AvailabilityZone": "z-b"},
            {"SubnetId": "subnet-c", "AvailabilityZone": "z-c"}]},
        "containerInstances": (0..hosts).map(|at| host(dice, at)).collect::<Vec<_>>(),
        "taskDefinitions": (0..services).map(|at| definition(dice, at)).collect::<Vec<_>>(),
        "services": (0..services).map(|at| service(dice, at)).collect::<Vec<_>>(),
    });
    Design::read(&text.to_string()).unwrap()
}
