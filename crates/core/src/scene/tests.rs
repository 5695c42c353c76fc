//! Layout rules: tiles never overlap, widths are shares of memory, what is drawn is found again,
//! and marking moves nothing.

use super::*;
use crate::control::{
    ContainerHealth, ControlState, Deployment, InstanceState, InstanceStatus, ServiceMessage,
    ServiceState, StartCause, Task, TaskStatus,
};
use crate::design::sample;
use crate::id::{DeploymentId, InstanceIx, ServiceIx, TaskDefinitionIx, TaskId};
use crate::model::{Compiled, compile};
use crate::units::Resources;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

fn source<'a>(design: &'a Design, compiled: &'a Compiled) -> Source<'a> {
    Source {
        design,
        model: &compiled.model,
        diagnostics: &compiled.diagnostics,
        control: None,
        stopped: &[],
        traffic: None,
        now: Instant::ZERO,
        detail: Detail::Task,
    }
}

fn task(number: u64, memory: u32) -> Task {
    Task {
        service: ServiceIx(0),
        deployment: DeploymentId(1),
        task_definition: TaskDefinitionIx(0),
        instance: InstanceIx(0),
        last_status: TaskStatus::Running,
        desired_status: TaskStatus::Running,
        cause: StartCause::DesiredCount,
        reserved: Resources::new(256, memory),
        static_ports: Vec::new(),
        created_at: Instant(number),
        protected_until: None,
        stopping_at: None,
        execution_stopped_at: None,
        pull_started_at: None,
        pull_stopped_at: None,
        started_at: None,
        stopped_at: None,
        stopped: None,
        exit_codes: BTreeMap::new(),
        bindings: Vec::new(),
        container_health: ContainerHealth::Unknown,
        targets: Vec::new(),
        record: None,
        signalled: false,
        was_healthy: false,
        told_unhealthy: false,
    }
}

/// A control state with tasks of these sizes on the first host.
fn stowed(memory: &[u32]) -> ControlState {
    let mut control = ControlState::new(1);
    let mut ids = Vec::new();
    for (number, memory) in (1..).zip(memory) {
        control
            .tasks
            .insert(TaskId(u128::from(number)), task(number, *memory).into());
        ids.push(TaskId(u128::from(number)));
    }
    let state = InstanceState {
        status: InstanceStatus::Active,
        connected: true,
        stated: (InstanceStatus::Active, true),
        registered_at: Instant::ZERO,
        reserved: Resources::default(),
        ports: BTreeSet::new(),
        tasks: ids,
        running: 0,
    };
    control.instances.insert(InstanceIx(0), state);
    control
}

fn tile_rects(scene: &Scene, count: u128) -> Vec<Rect> {
    (1..=count)
        .map(|id| scene.place(&Subject::Task(TaskId(id))).unwrap())
        .collect()
}

#[test]
fn tiles_lie_side_by_side_with_widths_in_proportion_to_memory() {
    let design = sample();
    let compiled = compile(&design, None);
    // The second case asks for more than any small host has.
    for memory in [[100_u32, 200, 400], [9000, 3000, 6000]] {
        let control = stowed(&memory);
        let scene = scene(&Source {
            control: Some(&control),
            ..source(&design, &compiled)
        });
        let tiles = tile_rects(&scene, 3);
        let host = scene
            .place(&Subject::Part(Part::ContainerInstance("i-0a".into())))
            .unwrap();
        for pair in tiles.windows(2) {
            assert!(!pair[0].overlaps(&pair[1]), "{pair:?}");
        }
        assert!(
            tiles
                .iter()
                .all(|tile| tile.x >= host.x && tile.right() <= host.right() + 1e-9)
        );
        let per_mib: Vec<f64> = tiles
            .iter()
            .zip(memory)
            .map(|(tile, memory)| tile.w / f64::from(memory))
            .collect();
        assert!((per_mib[0] - per_mib[1]).abs() < 1e-9 && (per_mib[1] - per_mib[2]).abs() < 1e-9);
    }
}

#[test]
fn what_is_drawn_is_found_under_its_middle() {
    let design = sample();
    let compiled = compile(&design, None);
    let control = stowed(&[500, 700]);
    let scene = scene(&Source {
        control: Some(&control),
        ..source(&design, &compiled)
    });
    let found = |subject: Subject| {
        let place = scene.place(&subject).unwrap();
        // Near the left end, since the right part of a rule is its target group.
        let middle = point(place.x + (place.w / 2.0).min(40.0), place.y + place.h / 2.0);
        assert_eq!(scene.hit(middle), Some(&Target::Subject(subject)));
    };
    found(Subject::Task(TaskId(1)));
    found(Subject::Task(TaskId(2)));
    found(Subject::Part(Part::Service("edges".into())));
    found(Subject::Part(Part::Rule("shop-alb:80".into(), 2)));
    found(Subject::Part(Part::TargetGroup("primes-tg".into())));
    assert!(
        scene
            .hits
            .iter()
            .any(|hit| hit.target == Target::Terminate("i-0a".into()))
    );
    assert_eq!(scene.hit(point(-1.0, -1.0)), None);
    let zone = scene
        .place(&Subject::Part(Part::Zone("us-east-1b".into())))
        .unwrap();
    assert_eq!(
        scene.zone_at(point(zone.x + 20.0, zone.y + 60.0)),
        Some("us-east-1b")
    );
}

#[test]
fn marking_moves_nothing_and_a_run_changes_no_layout() {
    let design = sample();
    let compiled = compile(&design, None);
    let plain = scene(&source(&design, &compiled));
    let control = stowed(&[500]);
    let running = scene(&Source {
        control: Some(&control),
        ..source(&design, &compiled)
    });
    for hit in &plain.hits {
        let Target::Subject(subject) = &hit.target else {
            continue;
        };
        assert_eq!(running.place(subject), plain.place(subject));
        let before = plain.clone();
        let marks = Marks {
            selected: Some(subject.clone()),
            ..Marks::default()
        };
        assert!(!overlay(&plain, &marks).is_empty());
        assert_eq!(plain, before);
    }
}

/// The words on the board, and how many frames are broken.
fn told(scene: &Scene) -> (Vec<&str>, usize) {
    let words = scene.shapes.iter().filter_map(|shape| {
        let Shape::Text { text, .. } = shape else {
            return None;
        };
        Some(text.as_str())
    });
    let broken = scene.shapes.iter().filter(|shape| {
        matches!(shape, Shape::Rect { stroke: Some(stroke), .. } if stroke.dash != Dash::Solid)
    });
    (words.collect(), broken.count())
}

#[test]
fn a_host_out_of_use_says_why_and_has_a_broken_frame() {
    let design = sample();
    let compiled = compile(&design, None);
    let mut control = stowed(&[]);
    let drawn = |control: &ControlState, stopped: &[InstanceIx]| {
        let scene = scene(&Source {
            control: Some(control),
            stopped,
            ..source(&design, &compiled)
        });
        let (words, broken) = told(&scene);
        let known = ["DRAINING", "DISCONNECTED", "STOPPED", "TERMINATED"];
        let said = words.into_iter().filter(|word| known.contains(word));
        (said.map(String::from).collect::<Vec<_>>(), broken)
    };
    let (_, before) = drawn(&control, &[]);
    let mut check = |status, connected, stopped: &[InstanceIx], words: &str| {
        let host = control.instances.get_mut(&InstanceIx(0)).unwrap();
        (host.status, host.connected) = (status, connected);
        let (said, broken) = drawn(&control, stopped);
        assert_eq!(
            (said.concat().as_str(), broken),
            (words, before + usize::from(!words.is_empty()))
        );
    };
    check(InstanceStatus::Active, true, &[], "");
    check(InstanceStatus::Draining, true, &[], "DRAINING");
    check(InstanceStatus::Draining, false, &[], "DISCONNECTED");
    check(InstanceStatus::Active, false, &[InstanceIx(0)], "STOPPED");
    check(InstanceStatus::Inactive, false, &[], "TERMINATED");
}

#[test]
fn a_rule_dropped_between_rows_takes_that_place() {
    let design = sample();
    let compiled = compile(&design, None);
    let scene = scene(&source(&design, &compiled));
    let rows: Vec<_> = scene.rule_rows("shop-alb:80").collect();
    assert_eq!(
        rows.iter()
            .map(|(priority, _)| *priority)
            .collect::<Vec<_>>(),
        [1, 2]
    );
    let above_all = point(rows[0].1.x + 5.0, rows[0].1.y - 4.0);
    assert_eq!(scene.rule_slot("shop-alb:80", 2, above_all), 0);
    let below_all = point(rows[0].1.x + 5.0, rows[1].1.bottom() + 4.0);
    assert_eq!(scene.rule_slot("shop-alb:80", 1, below_all), 1);
    assert_eq!(scene.rule_slot("shop-alb:80", 2, below_all), 1);
}

#[test]
fn an_empty_document_is_an_empty_board() {
    let design = Design {
        stowplan: 1,
        ..Design::default()
    };
    let compiled = compile(&design, None);
    let scene = scene(&source(&design, &compiled));
    assert!(scene.hits.is_empty());
    assert!(scene.size.w > 0.0 && scene.size.h > 0.0);
}

#[test]
fn a_faulty_part_is_framed() {
    let mut design = sample();
    design.container_instances[0].instance_type = "z9.huge".into();
    let compiled = compile(&design, None);
    let scene = scene(&source(&design, &compiled));
    let host = scene
        .place(&Subject::Part(Part::ContainerInstance("i-0a".into())))
        .unwrap();
    let framed = scene.shapes.iter().any(|shape| match shape {
        Shape::Rect {
            rect,
            stroke: Some(stroke),
            ..
        } => *rect == host && stroke.token == Token::Red,
        Shape::Rect { .. }
        | Shape::Line { .. }
        | Shape::Hatch { .. }
        | Shape::Text { .. }
        | Shape::Polygon { .. }
        | Shape::Disc { .. } => false,
    });
    assert!(framed);
}

/// A run whose first service has these many tasks, and could not place more.
fn unable_to_place(placed: usize) -> ControlState {
    let mut control = stowed(&alloc::vec![100; placed]);
    let mut deployment = Deployment::new(DeploymentId(1), TaskDefinitionIx(0), Instant::ZERO);
    deployment.desired_count = 4;
    let said = ServiceMessage::UnableToPlace { closest: None };
    let service = ServiceState {
        deployments: Vec::from([deployment]),
        tasks: control.tasks.keys().copied().collect(),
        said: Vec::from([(said, Instant::ZERO)]),
        ..ServiceState::default()
    };
    control.services.insert(ServiceIx(0), service);
    control
}

fn text_of(shape: &Shape) -> Option<&str> {
    match shape {
        Shape::Text { text, .. } => Some(text.as_str()),
        Shape::Rect { .. }
        | Shape::Line { .. }
        | Shape::Hatch { .. }
        | Shape::Polygon { .. }
        | Shape::Disc { .. } => None,
    }
}

fn texts(scene: &Scene) -> Vec<&str> {
    scene.shapes.iter().filter_map(text_of).collect()
}

#[test]
fn tasks_that_could_not_be_placed_are_squares_that_ask() {
    let mut design = sample();
    let cases = [
        (4, 3, 1, "1 waits", None),
        (4, 0, 4, "4 wait", None),
        (300, 9, 2, "291 wait", Some("+296")),
    ];
    for (desired, placed, asking, words, more) in cases {
        design.services[0].desired_count = Some(desired);
        let compiled = compile(&design, None);
        let control = unable_to_place(placed);
        let scene = scene(&Source {
            control: Some(&control),
            ..source(&design, &compiled)
        });
        let texts = texts(&scene);
        let marks = texts.iter().filter(|text| **text == "?").count();
        assert_eq!(marks, asking, "{desired} {placed}");
        let state = alloc::format!("unable to place · {words}");
        assert!(texts.contains(&state.as_str()), "{texts:?}");
        assert!(more.is_none_or(|more| texts.contains(&more)), "{texts:?}");
    }
}

#[test]
fn hosts_that_match_are_framed_and_flagged_and_the_others_step_back() {
    let design = sample();
    let compiled = compile(&design, None);
    let scene = scene(&source(&design, &compiled));
    let host = |id: &str| Subject::Part(Part::ContainerInstance(id.into()));
    let shapes = |matches: &[Subject]| {
        let marks = Marks {
            matches: Some(Arc::from(matches)),
            ..Marks::default()
        };
        overlay(&scene, &marks)
    };
    let count = |shapes: &[Shape], wanted: Token| {
        let is_it = |shape: &&Shape| match shape {
            Shape::Rect { fill, stroke, .. } => {
                *fill == Some(wanted) || stroke.is_some_and(|stroke| stroke.token == wanted)
            }
            Shape::Polygon { .. }
            | Shape::Line { .. }
            | Shape::Hatch { .. }
            | Shape::Text { .. }
            | Shape::Disc { .. } => false,
        };
        shapes.iter().filter(is_it).count()
    };
    let flags = |shapes: &[Shape]| {
        let is_it = |shape: &&Shape| match shape {
            Shape::Polygon { fill, .. } => *fill == Some(Token::Accent),
            Shape::Rect { .. }
            | Shape::Line { .. }
            | Shape::Hatch { .. }
            | Shape::Text { .. }
            | Shape::Disc { .. } => false,
        };
        shapes.iter().filter(is_it).count()
    };
    let one = shapes(&[host("i-0b")]);
    assert_eq!(
        (
            count(&one, Token::Accent),
            count(&one, Token::Veil),
            flags(&one)
        ),
        (1, 3, 1)
    );
    let none = shapes(&[]);
    assert_eq!(
        (
            count(&none, Token::Accent),
            count(&none, Token::Veil),
            flags(&none)
        ),
        (0, 4, 0)
    );
    assert!(overlay(&scene, &Marks::default()).is_empty());
}
