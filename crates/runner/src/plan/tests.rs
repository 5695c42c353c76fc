//! Plans as text.

use super::*;
use stowplan_core::id::{DeploymentId, TaskId};
use stowplan_core::taskdef::{ContainerDefinition, TaskDefinition};

fn lines(operations: &[Operation]) -> String {
    operations
        .iter()
        .map(|operation| format!("{operation}\n"))
        .collect()
}

fn definition(text: &str) -> TaskDefinition {
    stowplan_core::source::read(text).unwrap()
}

fn task(definition: &TaskDefinition) -> NewTask<'_> {
    let task = TaskId(0x4f3c_0000_0000_0000_0000_0000_0000_0001);
    NewTask {
        task,
        service: "web",
        deployment: DeploymentId(7),
        revision: 2,
        definition,
    }
}

#[test]
fn a_container_is_told_all_that_docker_can_do() {
    let definition = definition(
        r#"{"family":"web","containerDefinitions":[{"name":"app_1","image":"web:9","cpu":256,
            "memory":512,"memoryReservation":384,"command":["serve"],"entryPoint":["/bin/web"],
            "environment":[{"name":"GREETING","value":"hello"}],"workingDirectory":"/srv",
            "user":"1000","hostname":"web","readonlyRootFilesystem":true,
            "healthCheck":{"command":["CMD","true"],"interval":5},
            "portMappings":[{"containerPort":8080,"hostPort":0},{"containerPort":53,"hostPort":5353,"protocol":"udp"}]}]}"#,
    );
    let expected = concat!(
        "create container ecs-web-2-app1-4f3c0000000000000000 ",
        r#"{"Cmd":["serve"],"Entrypoint":["/bin/web"],"Env":["GREETING=hello"],"#,
        r#""ExposedPorts":{"53/udp":{},"8080/tcp":{}},"#,
        r#""Healthcheck":{"Interval":5000000000,"Retries":3,"StartPeriod":0,"Test":["CMD","true"],"Timeout":5000000000},"#,
        r#""HostConfig":{"CpuShares":256,"Memory":536870912,"MemoryReservation":402653184,"NetworkMode":"bridge","#,
        r#""PortBindings":{"53/udp":[{"HostIp":"","HostPort":"5353"}],"8080/tcp":[{"HostIp":"","HostPort":""}]},"#,
        r#""ReadonlyRootfs":true,"RestartPolicy":{"Name":"no"}},"#,
        r#""Hostname":"web","Image":"web:9","User":"1000","WorkingDir":"/srv"}"#,
        "\n",
        "start container ecs-web-2-app1-4f3c0000000000000000\n",
        "list containers of task 4f3c0000000000000000000000000001\n",
    );
    assert_eq!(lines(&start(&task(&definition))), expected);
}

#[test]
fn limits_are_clamped_to_what_docker_takes() {
    let definition = definition(
        r#"{"family":"a","networkMode":"awsvpc","memory":"64","containerDefinitions":[
            {"name":"none","image":"i","portMappings":[{"containerPort":80,"hostPort":80}]},
            {"name":"most","image":"i","cpu":999999,"memory":4,"memoryReservation":1}]}"#,
    );
    let bodies: Vec<String> = start(&task(&definition))
        .iter()
        .filter(|operation| matches!(operation, Operation::CreateContainer { .. }))
        .map(ToString::to_string)
        .collect();
    assert!(
        bodies[0].contains(r#""CpuShares":2,"Memory":67108864,"NetworkMode":"bridge""#),
        "{}",
        bodies[0]
    );
    assert!(
        bodies[0].contains(r#""80/tcp":[{"HostIp":"","HostPort":""}]"#),
        "{}",
        bodies[0]
    );
    assert!(bodies[0].contains(r#""Test":["NONE"]"#), "{}", bodies[0]);
    let most = r#""CpuShares":262144,"Memory":6291456,"MemoryReservation":6291456"#;
    assert!(bodies[1].contains(most), "{}", bodies[1]);
}

const CHAIN: &str = r#"{"family":"a","containerDefinitions":[
    {"name":"app","image":"app:1","stopTimeout":5,"dependsOn":[
        {"containerName":"migrate","condition":"SUCCESS"},{"containerName":"proxy","condition":"START"}]},
    {"name":"proxy","image":"proxy:1","dependsOn":[{"containerName":"migrate","condition":"HEALTHY"}]},
    {"name":"migrate","image":"app:1","essential":false}]}"#;

#[test]
fn containers_start_after_and_stop_before_what_they_depend_on() {
    let definition = definition(CHAIN);
    assert_eq!(
        lines(&images(&definition)),
        "inspect image app:1\ninspect image proxy:1\n"
    );
    let started: String = lines(&start(&task(&definition)))
        .lines()
        .map(|line| format!("{}\n", line.split(" {").next().unwrap_or(line)))
        .collect();
    let expected = "\
create container ecs-a-2-migrate-4f3c0000000000000002
start container ecs-a-2-migrate-4f3c0000000000000002
await container ecs-a-2-migrate-4f3c0000000000000002 HEALTHY
create container ecs-a-2-proxy-4f3c0000000000000001
start container ecs-a-2-proxy-4f3c0000000000000001
await container ecs-a-2-migrate-4f3c0000000000000002 SUCCESS
create container ecs-a-2-app-4f3c0000000000000000
start container ecs-a-2-app-4f3c0000000000000000
list containers of task 4f3c0000000000000000000000000001
";
    assert_eq!(started, expected);
    let containers = vec![
        (0, "app".into()),
        (1, "proxy".into()),
        (2, "migrate".into()),
    ];
    let stopped = "\
stop container app within 5 s
stop container proxy within 30 s
stop container migrate within 30 s
remove container app
remove container proxy
remove container migrate
";
    assert_eq!(
        lines(&stop(&StopRequest {
            definition: &definition,
            containers
        })),
        stopped
    );
}

#[test]
fn only_dependencies_order_a_start() {
    let order = |text: &str| {
        let containers: Vec<ContainerDefinition> = stowplan_core::source::read(text).unwrap();
        start_order(&containers)
    };
    let circle = r#"[{"name":"a","dependsOn":[{"containerName":"b","condition":"START"}]},
        {"name":"b","dependsOn":[{"containerName":"a","condition":"START"}]}]"#;
    assert_eq!(order(circle), None);
    let mixed = r#"[{"name":"a","dependsOn":[{"containerName":"b","condition":"START"}]},
        {"name":"b","links":["a"],"volumesFrom":[{"sourceContainer":"a"}]}]"#;
    assert_eq!(order(mixed), Some(vec![1, 0]));
}
