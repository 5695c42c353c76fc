//! The picture of the session: when it must be drawn again, and what is marked on it.

use super::tool::{Cargo, Tool};
use super::{Item, Session, Stamp};
use std::sync::Arc;
use stowplan_core::design::Design;
use stowplan_core::scene::{
    Camera, Detail, Marks, Point, Rect, Scene, Source, Subject, Traffic, point, rect, scene,
};
use stowplan_core::sim::World;
use stowplan_core::time::Instant;

/// What the picture and the panels were last made from.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    design: Option<Arc<Design>>,
    events: usize,
    runs: bool,
    /// The second of traffic that was looked at, and the counters of design and run then.
    second: Option<(u64, u64, Instant)>,
    key: Option<Key>,
}

/// Equal keys mean an equal picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    design: u64,
    run: u64,
    traffic: u64,
    detail: Detail,
    /// What failed is shown for a minute, so the picture ages even where nothing happens.
    age: u64,
}

/// How often the picture is looked at again while nothing happens.
const AGE_STEP_MS: u64 = 5000;

impl Session {
    /// Counts what changed and draws the picture again if that shows on it. `always` counts the
    /// run as changed whatever its log says.
    pub(super) fn redraw(&mut self, always: bool) {
        self.count_changes(always);
        self.look_at_traffic();
        let key = Key {
            design: self.stamp.design,
            run: self.stamp.run,
            traffic: self.stamp.traffic,
            detail: Detail::at_zoom(self.camera.zoom),
            age: self.shown().now.0 / AGE_STEP_MS,
        };
        if self.seen.key != Some(key) {
            self.seen.key = Some(key);
            let next = self.draw();
            if *self.scene != next {
                self.scene = Arc::new(next);
                self.stamp.scene += 1;
            }
        }
        if !self.camera_moved {
            self.camera = Camera::fit(self.scene.size, self.view);
        }
    }

    fn count_changes(&mut self, always: bool) {
        let shown = self.shown();
        let design = Arc::clone(shown.design);
        let runs = shown.control.is_some();
        let events = self
            .run
            .as_ref()
            .map_or(0, |run| run.timeline().events().len());
        if self
            .seen
            .design
            .as_ref()
            .is_none_or(|seen| !Arc::ptr_eq(seen, &design))
        {
            self.stamp.design += 1;
        }
        if always || self.seen.runs != runs || self.seen.events != events {
            self.stamp.run += 1;
        }
        self.seen.design = Some(design);
        self.seen.runs = runs;
        self.seen.events = events;
    }

    /// Looks at traffic again where another second of it is over, or the run or the design changed.
    fn look_at_traffic(&mut self) {
        let world = self.shown().world;
        let second = world.map(|world| {
            let Stamp { design, run, .. } = self.stamp;
            (design, run, world.traffic_second().at)
        });
        if self.seen.second == second {
            return;
        }
        let traffic = world.and_then(Traffic::of);
        self.seen.second = second;
        if self.traffic != traffic {
            self.traffic = traffic;
            self.stamp.traffic += 1;
        }
    }

    fn draw(&self) -> Scene {
        let shown = self.shown();
        let stopped = shown.world.map(World::stopped_hosts);
        scene(&Source {
            design: shown.design,
            model: shown.model,
            diagnostics: shown.diagnostics,
            control: shown.control,
            stopped: &stopped.unwrap_or_default(),
            traffic: self.traffic.as_ref(),
            now: shown.now,
            detail: Detail::at_zoom(self.camera.zoom),
        })
    }
}

/// What to mark: the selection always, the rest as the gesture has it.
pub(super) fn marks(session: &Session) -> Marks {
    let mut marks = Marks {
        selected: session.selection.clone(),
        hovered: session.hovered.clone(),
        matches: session.found().matches().cloned(),
        route: session.route(),
        ..Marks::default()
    };
    match &session.tool {
        Tool::Armed { item, at: Some(at) } => carry(session, &Cargo::New(*item), *at, &mut marks),
        Tool::Carrying { cargo, at } => carry(session, cargo, *at, &mut marks),
        Tool::Idle
        | Tool::Armed { at: None, .. }
        | Tool::Pressed { .. }
        | Tool::PalettePressed { .. }
        | Tool::Panning { .. } => {}
    }
    marks
}

fn carry(session: &Session, cargo: &Cargo, at: Point, marks: &mut Marks) {
    let at = session.camera.to_scene(at);
    marks.hovered = None;
    marks.ghost = Some((cargo.label(), at));
    match cargo {
        Cargo::Host(_) | Cargo::New(Item::Host) => marks.drop = zone_under(&session.scene, at),
        Cargo::New(Item::Service | Item::Zone | Item::LoadBalancer) => {
            let size = session.scene.size;
            marks.drop = Some(rect(0.0, 0.0, size.w, size.h));
        }
        Cargo::New(Item::TargetGroup | Item::Rule) => {
            let subject = match session.scene.hit(at) {
                Some(stowplan_core::scene::Target::Subject(subject)) => Some(subject),
                Some(stowplan_core::scene::Target::Terminate(_)) | None => None,
            };
            marks.drop = subject.and_then(|subject| session.scene.place(subject));
        }
        Cargo::Rule { listener, priority } => {
            marks.insertion = insertion(&session.scene, listener, *priority, at);
        }
    }
}

fn zone_under(scene: &Scene, at: Point) -> Option<Rect> {
    let zone = scene.zone_at(at)?;
    scene.place(&Subject::Part(stowplan_core::design::Part::Zone(
        zone.into(),
    )))
}

/// The line between two rows where a dragged rule would land.
fn insertion(scene: &Scene, listener: &str, moved: u32, at: Point) -> Option<(Point, f64)> {
    let slot = scene.rule_slot(listener, moved, at);
    let others: Vec<Rect> = scene
        .rule_rows(listener)
        .filter(|(priority, _)| *priority != moved)
        .map(|(_, row)| row)
        .collect();
    let below = others.get(slot).map(|row| (point(row.x, row.y), row.w));
    below.or_else(|| others.last().map(|row| (point(row.x, row.bottom()), row.w)))
}
