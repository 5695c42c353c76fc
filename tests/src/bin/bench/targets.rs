//! A simulated second of traffic over 100,000 targets.

use std::sync::Arc;
use std::time::Instant as Clock;
use stowplan_core::design::Design;
use stowplan_core::sim::{Recording, StampedInput, World};
use stowplan_core::source;
use stowplan_core::time::{Instant, Millis};

/// Target groups, each with a service of its own.
const GROUPS: usize = 100;

/// Tasks of each service.
const TASKS: usize = 1000;

/// When requests begin to come: all targets are healthy then.
const BEGINS: Millis = Millis::minutes(8);

/// Seconds that are measured, after as many that are not.
const MEASURED: usize = 20;

/// A whole simulated second, in ms.
const BUDGET_MS: f64 = 100.0;

/// Prints the table.
pub(crate) fn run() {
    let design = Arc::new(design());
    let begun = Clock::now();
    let mut world = World::new(&recording(&design));
    let mut log = Vec::new();
    world.run(Instant(BEGINS.0) + seconds(MEASURED), &mut log);
    let second = world.traffic_second();
    let targets: usize = second.groups.iter().map(|it| it.members.len()).sum();
    let mut times = Vec::new();
    for at in 0..MEASURED {
        let until = Instant(BEGINS.0) + seconds(MEASURED + at + 1);
        let start = Clock::now();
        world.run(until, &mut log);
        times.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_by(f64::total_cmp);
    println!(
        "\n{:<58} {:>9} {:>9} {:>9} {:>9}",
        "traffic", "median ms", "worst ms", "budget", "targets"
    );
    println!(
        "{:<58} {:>9.2} {:>9.2} {BUDGET_MS:>9.0} {targets:>9}",
        "one simulated second, 50,000 requests",
        times[MEASURED / 2],
        times[MEASURED - 1],
    );
    println!(
        "(starting {} tasks and registering them took {:.1} s)",
        GROUPS * TASKS,
        begun.elapsed().as_secs_f64()
    );
}

fn seconds(count: usize) -> Millis {
    Millis::seconds(u64::try_from(count).unwrap_or(u64::MAX))
}

fn recording(design: &Arc<Design>) -> Recording {
    let source = r#"{"do": "setTraffic", "name": "clients", "listener": "lb:80",
        "requestsPerSecond": 50000, "requests": [REQUESTS]}"#;
    // A mix has at most 50 requests: half of the groups by their rules, the rest by the default.
    let requests: Vec<String> = (0..50)
        .map(|at| format!(r#"{{"path": "/{at}/x"}}"#))
        .collect();
    let source = source.replace("REQUESTS", &requests.join(","));
    let others = source
        .replace("clients", "others")
        .replace("/x", "/y")
        .replace(r#""path": "/"#, r#""path": "/other/"#);
    let read = |text: &str| StampedInput {
        at: BEGINS,
        input: source::read(text).expect("the benchmark's input is one"),
    };
    Recording {
        design: Arc::clone(design),
        seed: 1,
        inputs: vec![read(&source), read(&others)],
        traffic: Vec::new(),
    }
}

/// A thousand large hosts, and a hundred services behind one load balancer.
fn design() -> Design {
    let hosts = (0..1000).map(|at| {
        let zone = ["a", "b", "c"][at % 3];
        format!(
            r#"{{"ec2InstanceId":"i-{at:04}","instanceType":"m5.4xlarge","availabilityZone":"z-{zone}"}}"#
        )
    });
    let services = (0..GROUPS).map(|at| {
        format!(
            r#"{{"serviceName":"s{at}","taskDefinition":"web:1","desiredCount":{TASKS},
            "loadBalancers":[{{"targetGroupArn":"tg{at}","containerName":"web","containerPort":80}}]}}"#
        )
    });
    let groups = (0..GROUPS).map(|at| format!(r#"{{"Name":"tg{at}"}}"#));
    let rules = (0..GROUPS).map(|at| {
        let path = if at < 50 {
            format!("/{at}/*")
        } else {
            format!("/other/{}/*", at - 50)
        };
        format!(
            r#"{{"ListenerArn":"lb:80","Priority":{},"Conditions":[{{"Field":"path-pattern","Values":["{path}"]}}],
            "Actions":[{{"Type":"forward","TargetGroupArn":"tg{at}"}}]}}"#,
            at + 1
        )
    });
    let list = |items: &mut dyn Iterator<Item = String>| items.collect::<Vec<_>>().join(",");
    let text = format!(
        r#"{{"stowplan":1,"clusters":[{{"clusterName":"c"}}],
        "network":{{"subnets":[{{"SubnetId":"a","AvailabilityZone":"z-a"}},
            {{"SubnetId":"b","AvailabilityZone":"z-b"}},{{"SubnetId":"c","AvailabilityZone":"z-c"}}]}},
        "containerInstances":[{}],
        "taskDefinitions":[{{"family":"web","networkMode":"bridge","containerDefinitions":[
            {{"name":"web","image":"web","cpu":64,"memory":128,"portMappings":[{{"containerPort":80,"hostPort":0}}]}}]}}],
        "services":[{}],"loadBalancers":[{{"Name":"lb","Subnets":["a","b","c"]}}],"targetGroups":[{}],
        "listeners":[{{"LoadBalancerArn":"lb","Protocol":"HTTP","Port":80,
            "DefaultActions":[{{"Type":"forward","TargetGroupArn":"tg0"}}]}}],"rules":[{}]}}"#,
        list(&mut { hosts }),
        list(&mut { services }),
        list(&mut { groups }),
        list(&mut { rules }),
    );
    Design::read(&text).expect("the benchmark's design is one")
}
