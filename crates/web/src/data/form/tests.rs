//! Typing into a form changes exactly the field that it names, and nonsense is refused in words.

use super::*;
use crate::session::Session;
use stowplan_core::design::{Design, Edit, sample};
use stowplan_core::id::TaskId;
use stowplan_core::time::Instant;

fn field(design: &Design, part: &Part, label: &str) -> Field {
    let session = Session::new(design.clone());
    let form = form(&session.shown(), Some(&Subject::Part(part.clone())));
    let mut fields = form.groups.into_iter().flat_map(|group| group.fields);
    fields.find(|field| field.label == label).expect(label)
}

fn typed(design: &Design, part: &Part, label: &str, text: &str) -> Result<Design, String> {
    let edit = field(design, part, label).edit(text)?;
    edit.apply(design).map_err(|error| error.to_string())
}

#[test]
fn numbers_texts_and_pairs_reach_their_fields() {
    let design = sample();
    let service = Part::Service("primes".into());
    assert_eq!(
        typed(&design, &service, "desiredCount", "7")
            .unwrap()
            .services[0]
            .desired_count,
        Some(7)
    );
    assert_eq!(
        typed(&design, &service, "desiredCount", "")
            .unwrap()
            .services[0]
            .desired_count,
        None
    );
    let next = typed(&design, &service, "startupSeconds", "9").unwrap();
    assert_eq!(next.workloads["shop/primes"].startup_seconds, Some(9));
    let definition = Part::TaskDefinition("primes:1".into());
    let next = typed(
        &design,
        &definition,
        "environment",
        "GREETING=second\nA=b=c\n",
    )
    .unwrap();
    let environment = next.task_definitions[0].container_definitions[0]
        .environment
        .clone()
        .unwrap();
    assert_eq!(
        (
            environment[0].value.as_deref(),
            environment[1].value.as_deref()
        ),
        (Some("second"), Some("b=c"))
    );
    assert_eq!(
        typed(&design, &definition, "image", "x:1")
            .unwrap()
            .task_definitions[0]
            .container_definitions[0]
            .image,
        "x:1"
    );
}

#[test]
fn nonsense_is_refused_in_words() {
    let design = sample();
    let service = Part::Service("primes".into());
    let refused = |label: &str, text: &str| typed(&design, &service, label, text).unwrap_err();
    assert_eq!(
        refused("desiredCount", "many"),
        "`many` is not a whole number"
    );
    assert_eq!(
        refused("minimumHealthyPercent", "101"),
        "`101` is not within 0 to 100"
    );
    let definition = Part::TaskDefinition("primes:1".into());
    assert_eq!(
        typed(&design, &definition, "environment", "oops").unwrap_err(),
        "`oops` is not NAME=value"
    );
    assert_eq!(refused("serviceName", "edges"), "`edges` is already in use");
}

#[test]
fn rules_and_target_groups_keep_their_shapes() {
    let design = sample();
    let rule = Part::Rule("shop-alb:80".into(), 1);
    let next = typed(&design, &rule, "Values", "/a*\n/b*").unwrap();
    let values = next.rules[0].conditions[0]
        .path_pattern_config
        .clone()
        .unwrap()
        .values;
    assert_eq!(values, ["/a*", "/b*"]);
    let next = typed(&next, &rule, "Field", "host-header").unwrap();
    assert_eq!(
        next.rules[0].conditions[0]
            .host_header_config
            .clone()
            .unwrap()
            .values,
        ["/a*", "/b*"]
    );
    let group = Part::TargetGroup("primes-tg".into());
    let next = typed(&design, &group, "deregistration_delay.timeout_seconds", "5").unwrap();
    assert_eq!(
        next.target_groups[0].attribute("deregistration_delay.timeout_seconds"),
        Some("5")
    );
}

#[test]
fn findings_are_on_the_form_of_their_part() {
    let mut design = sample();
    design.container_instances[0].instance_type = "z9.huge".into();
    let session = Session::new(design);
    let host = Subject::Part(Part::ContainerInstance("i-0a".into()));
    assert_eq!(form(&session.shown(), Some(&host)).findings[0].id, "DS003");
    assert_eq!(form(&session.shown(), None).findings.len(), 1);
    let other = Subject::Part(Part::ContainerInstance("i-0b".into()));
    assert!(form(&session.shown(), Some(&other)).findings.is_empty());
}

#[test]
fn line_breaks_in_environment_values_survive_an_edit() {
    let mut design = sample();
    let definition = Part::TaskDefinition("primes:1".into());
    let value = "one\ntwo\r\n\\n C:\\";
    let edit = Edit::Set {
        pointer: "/taskDefinitions/0/containerDefinitions/0/environment".into(),
        value: Some(serde_json::json!([{ "name": "TEXT", "value": value }])),
    };
    design = edit.apply(&design).unwrap();
    let shown = field(&design, &definition, "environment").value;
    assert_eq!(shown.lines().count(), 1, "{shown}");
    let text = format!("{shown}\nPATH=C:\\temp");
    let next = typed(&design, &definition, "environment", &text).unwrap();
    let container = &next.task_definitions[0].container_definitions[0];
    let pairs = container.environment.clone().unwrap();
    assert_eq!(pairs[0].value.as_deref(), Some(value));
    assert_eq!(pairs[1].value.as_deref(), Some("C:\\temp"));
}

#[test]
fn a_form_keeps_its_key_while_its_subject_is_renamed() {
    let key = |design: &Design, part: Part| {
        let session = Session::new(design.clone());
        form(&session.shown(), Some(&Subject::Part(part))).key
    };
    let design = sample();
    let rule = |priority| Part::Rule("shop-alb:80".into(), priority);
    let next = typed(&design, &rule(2), "Priority", "20").unwrap();
    assert_eq!(key(&design, rule(2)), key(&next, rule(20)));
}

#[test]
fn a_placement_template_is_one_undo_step_and_custom_leaves_things_alone() {
    use stowplan_core::design::PlacementTemplate;
    let mut session = Session::new(sample());
    let service = Part::Service("primes".into());
    let template = field(&sample(), &service, "placement template");
    assert_eq!(template.value, "Custom");
    let edit = template.edit("One Task Per Host").unwrap();
    session.dispatch(Intent::edit(edit));
    let set = &session.document().services[0];
    assert_eq!(
        PlacementTemplate::of(set),
        PlacementTemplate::OneTaskPerHost
    );
    let template = field(session.document(), &service, "placement template");
    assert_eq!(template.value, "One Task Per Host");
    session.dispatch(Intent::edit(template.edit("AZ Balanced BinPack").unwrap()));
    let set = &session.document().services[0];
    assert_eq!(
        (
            set.placement_strategy.len(),
            set.placement_constraints.len()
        ),
        (2, 0)
    );
    session.dispatch(Intent::Undo);
    let set = &session.document().services[0];
    assert_eq!(
        PlacementTemplate::of(set),
        PlacementTemplate::OneTaskPerHost
    );
    session.dispatch(Intent::Undo);
    assert_eq!(**session.document(), sample());
    let refused = template.edit("Custom").unwrap_err();
    assert!(refused.starts_with("Custom leaves "), "{refused}");
}

#[test]
fn choices_show_what_holds_where_nothing_stands() {
    let design = sample();
    let service = Part::Service("primes".into());
    let host = Part::ContainerInstance("i-0a".into());
    let shown = |part: &Part, label: &str| field(&design, part, label).value;
    assert_eq!(shown(&service, "schedulingStrategy"), "REPLICA");
    assert_eq!(shown(&service, "availabilityZoneRebalancing"), "ENABLED");
    assert_eq!(shown(&host, "status"), "ACTIVE");
    assert_eq!(shown(&host, "ecs.instance-type"), "t3.small");
    assert_eq!(shown(&service, "1 by default"), "spread(availability-zone)");
    let next = typed(&design, &host, "status", "DRAINING").unwrap();
    assert_eq!(
        next.container_instances[0].status.as_deref(),
        Some("DRAINING")
    );
    let next = typed(&design, &service, "schedulingStrategy", "DAEMON").unwrap();
    assert_eq!(
        field(&next, &service, "desiredCount").value,
        "one on each host"
    );
}

#[test]
fn a_task_that_waits_for_room_says_so_before_anything_else() {
    let mut design = sample();
    design.container_instances.truncate(1);
    let container = &mut design.task_definitions[0].container_definitions[0];
    (container.memory, container.memory_reservation) = (Some(1500), None);
    design.services[1].desired_count = Some(0);
    let service = &mut design.services[0];
    service.desired_count = Some(1);
    if let Some(rollout) = &mut service.deployment_configuration {
        rollout.minimum_healthy_percent = Some(0);
        rollout.maximum_percent = Some(100);
    }
    let mut session = Session::new(design);
    session.dispatch(Intent::Seek(Instant(300_000)));
    session.dispatch(Intent::edit(Edit::AddRevision {
        family: "primes".into(),
    }));
    session.dispatch(Intent::edit(Edit::Deploy {
        service: "primes".into(),
        task_definition: "primes:2".into(),
    }));
    let told = (301..400).find_map(|second| {
        session.dispatch(Intent::Seek(Instant(second * 1000)));
        let control = session.shown().control?;
        let id = control.tasks.keys();
        let form = |id: &TaskId| form(&session.shown(), Some(&Subject::Task(*id))).waits;
        id.copied().find_map(|id| form(&id))
    });
    let told = told.expect("no task waits for room");
    assert!(told.message.contains("waits for room"), "{}", told.message);
    assert!(
        told.hint
            .is_some_and(|hint| hint.starts_with("smallest change: "))
    );
}
