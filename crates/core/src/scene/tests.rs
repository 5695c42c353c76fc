//! Layout rules: tiles never overlap, widths are shares of memory, what is drawn is found again,
//! and marking moves nothing.

use super::*;
use crate::control::{
    ContainerHealth, ControlState, InstanceState, InstanceStatus, StartCause, Task, TaskStatus,
};
use crate::design::sample;
use crate::id::{DeploymentId, InstanceIx, ServiceIx, TaskDefinitionIx, TaskId};
use crate::model::{Compiled, compile};
use crate::units::Resources;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

fn source<'a>(design: &'a Design, compiled: &'a Compiled) -> Source<'a> {
    Source {
        design,
        model: &compiled.model,
        diagnostics: &compiled.diagnostics,
        control: None,
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
        pull_started_at: None,
        pull_stopped_at: None,
        started_at: None,
        stopped_at: None,
        stopped: None,
        exit_codes: BTreeMap::new(),
        bindings: Vec::new(),
        container_health: ContainerHealth::Unknown,
        targets: Vec::new(),
        signalled: false,
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
