//! The design that the budgets speak of, and what happens in its hour.

use std::sync::Arc;
use stowplan_core::design::{Design, Edit, sample};
use stowplan_core::sim::{Input, Recording, StampedInput};
use stowplan_core::source;
use stowplan_core::time::Millis;

/// The design of the budgets: three zones, twelve hosts, six services, sixty tasks.
#[must_use]
pub fn review() -> Design {
    let mut design = sample();
    let host = design.container_instances[0].clone();
    design.container_instances = (0..12)
        .map(|at| {
            let mut host = host.clone();
            host.ec2_instance_id = format!("i-{at:02}");
            host.instance_type = "m5.large".into();
            host.availability_zone = format!("us-east-1{}", ["a", "b", "c"][at % 3]);
            host
        })
        .collect();
    let services = design.services.clone();
    for copy in 1..3 {
        for service in &services {
            let mut service = service.clone();
            service.service_name = format!("{}-{copy}", service.service_name);
            design.services.push(service);
        }
    }
    design
        .services
        .iter_mut()
        .for_each(|service| service.desired_count = Some(10));
    design
}

/// Clients of both paths: a wave of an hour, and a trickle that asks again and keeps cookies.
const TRAFFIC: &str = r#"[
    {"name": "browsers", "listener": "shop-alb:80",
     "requestsPerSecond": {"profile": "daily", "low": 20, "high": 300, "peakAt": "PT30M", "period": "PT1H"},
     "requests": [{"weight": 2, "path": "/primes/9"}, {"path": "/edges/9"}, {"path": "/"}]},
    {"name": "apps", "listener": "shop-alb:80", "requestsPerSecond": 12.5, "session": "PT5M",
     "requests": [{"path": "/edges/1"}], "retries": {"attempts": 2}}
]"#;

/// An hour of it with traffic: a new revision after ten minutes, a lost host after thirty.
#[must_use]
pub fn eventful(design: Design) -> Recording {
    let edit = |change| Input::Edit { change };
    let deploy = Edit::Deploy {
        service: "primes".into(),
        task_definition: "primes:2".into(),
    };
    let at = |minutes, input| StampedInput {
        at: Millis::minutes(minutes),
        input,
    };
    let instance = design.container_instances[3].ec2_instance_id.clone();
    let inputs = vec![
        at(
            10,
            edit(Edit::AddRevision {
                family: "primes".into(),
            }),
        ),
        at(10, edit(deploy)),
        at(30, Input::TerminateInstance { instance }),
    ];
    Recording {
        design: Arc::new(design),
        seed: 1,
        inputs,
        traffic: source::read(TRAFFIC).expect("the traffic is some"),
    }
}
