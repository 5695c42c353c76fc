//! Flaws of a task definition in words: what is wrong, then what to do.

use super::Words;
use crate::taskdef::{Fault, Flaw};
use alloc::format;
use alloc::string::{String, ToString};

/// The flaw in words; its place is the caller's to add.
#[must_use]
pub fn flaw_words(flaw: &Flaw) -> Words {
    let (message, hint) = words(&flaw.fault);
    Words {
        message,
        hint: Some(hint.to_string()),
    }
}

fn words(fault: &Fault) -> (String, &'static str) {
    match fault {
        Fault::FamilyName { family } => (
            format!("`{family}` is not a name of a family"),
            "give it 1 to 255 letters, digits, `_` and `-`",
        ),
        Fault::NoName => (
            "the container has no name".to_string(),
            "give each container of the task a name of its own",
        ),
        Fault::NameTaken { name } => (
            format!("another container is called `{name}` too"),
            "give each container of the task a name of its own",
        ),
        Fault::HostPortTaken { port } => (
            format!("host port {port} is taken by another mapping of the task"),
            "use another port, or 0 for any free one",
        ),
        Fault::ReservationAboveLimit { reserved, limit } => (
            format!("{reserved} MiB are reserved, but at most {limit} MiB may be used"),
            "reserve no more than `memory` of the container and of the task",
        ),
        Fault::NotAHealthCheck => (
            "this is not a health check".to_string(),
            "begin with CMD or CMD-SHELL and go on with what to execute",
        ),
        Fault::NeverHealthy { container } => (
            format!("`{container}` has no health check and never is HEALTHY"),
            "give it a `healthCheck`, or wait for START",
        ),
        Fault::PortsWithoutNetwork => (
            "a task without a network has no ports".to_string(),
            "take the mappings out, or choose another `networkMode`",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taskdef::{TaskDefinition, flaws};
    use alloc::vec::Vec;

    fn check(text: &str) -> Vec<String> {
        let definition: TaskDefinition = crate::source::read(text).unwrap();
        let shown = flaws(&definition).into_iter();
        shown
            .map(|it| format!("{}: {}", it.pointer, flaw_words(&it).message))
            .collect()
    }

    /// A task of the containers that `containers` lists.
    fn task(containers: &str) -> String {
        format!(r#"{{"family":"a","containerDefinitions":[{containers}]}}"#)
    }

    const NONE: [&str; 0] = [];

    #[test]
    fn families_have_names() {
        let of = |name: &str| {
            check(&format!(
                r#"{{"family":"{name}","containerDefinitions":[]}}"#
            ))
        };
        assert_eq!(of("web_1-a"), NONE);
        assert_eq!(of(""), ["/family: `` is not a name of a family"]);
        assert_eq!(of("a b"), ["/family: `a b` is not a name of a family"]);
        assert_eq!(of(&"x".repeat(255)), NONE);
        assert_eq!(of(&"x".repeat(256)).len(), 1);
    }

    #[test]
    fn containers_have_names_of_their_own() {
        assert_eq!(
            check(&task(r#"{"name":"a"},{"name":"b"},{"name":"a"},{}"#)),
            [
                "/containerDefinitions/2/name: another container is called `a` too",
                "/containerDefinitions/3/name: the container has no name",
            ]
        );
    }

    #[test]
    fn no_more_is_reserved_than_may_be_used() {
        let wrong = "/containerDefinitions/0/memoryReservation: 128 MiB are reserved, but at most 64 MiB may be used";
        assert_eq!(
            check(&task(r#"{"name":"a","memory":64,"memoryReservation":128}"#)),
            [wrong]
        );
        assert_eq!(
            check(&task(
                r#"{"name":"a","memory":128,"memoryReservation":128}"#
            )),
            NONE
        );
        let of_task = r#"{"family":"a","memory":"64","containerDefinitions":[{"name":"a","memoryReservation":128}]}"#;
        assert_eq!(check(of_task), [wrong]);
    }

    #[test]
    fn health_checks_say_how_they_are_executed() {
        let of = |command: &str| {
            check(&task(&format!(
                r#"{{"name":"a","healthCheck":{{"command":{command}}}}}"#
            )))
        };
        for right in [
            r#"["CMD","true"]"#,
            r#"["CMD-SHELL","true"]"#,
            r#"["NONE"]"#,
        ] {
            assert_eq!(of(right), NONE, "{right}");
        }
        let wrong = "/containerDefinitions/0/healthCheck/command: this is not a health check";
        for command in ["[]", r#"["CMD"]"#, r#"["curl","-f","localhost"]"#] {
            assert_eq!(of(command), [wrong], "{command}");
        }
    }

    #[test]
    fn only_a_checked_container_can_be_healthy() {
        let awaiting = r#"{"name":"a","dependsOn":[{"containerName":"b","condition":"HEALTHY"}]}"#;
        let wrong = "/containerDefinitions/0/dependsOn/0/condition: `b` has no health check and never is HEALTHY";
        assert_eq!(
            check(&task(&format!(r#"{awaiting},{{"name":"b"}}"#))),
            [wrong]
        );
        let none = r#"{"name":"b","healthCheck":{"command":["NONE"]}}"#;
        assert_eq!(check(&task(&format!("{awaiting},{none}"))), [wrong]);
        let checked = r#"{"name":"b","healthCheck":{"command":["CMD","true"]}}"#;
        assert_eq!(check(&task(&format!("{awaiting},{checked}"))), NONE);
    }

    #[test]
    fn a_task_without_a_network_has_no_ports() {
        let text = r#"{"family":"a","networkMode":"none","containerDefinitions":[
            {"name":"a","portMappings":[{"containerPort":80}]},{"name":"b","portMappings":[]}]}"#;
        assert_eq!(
            check(text),
            ["/containerDefinitions/0/portMappings: a task without a network has no ports"]
        );
    }

    #[test]
    fn a_host_port_is_taken_once() {
        let wrong = "/containerDefinitions/1/portMappings/0/hostPort: host port 80 is taken by another mapping of the task";
        let other = |mapping: &str| {
            check(&task(&format!(
                r#"{{"name":"a","portMappings":[{{"containerPort":1,"hostPort":80}},{{"containerPort":2,"hostPort":0}}]}},
                {{"name":"b","portMappings":[{mapping},{{"containerPort":3,"hostPort":0}}]}}"#
            )))
        };
        assert_eq!(other(r#"{"containerPort":80,"hostPort":80}"#), [wrong]);
        assert_eq!(
            other(r#"{"containerPort":80,"hostPort":80,"protocol":"udp"}"#),
            NONE
        );
    }
}
