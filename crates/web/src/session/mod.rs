//! Everything that is open on the screen, as one plain value: document, run, selection, camera,
//! tool, panels. Changed only by [`Session::dispatch`] (invariant 3); no signals, no DOM.

mod bytes;
pub mod command;
mod dispatch;
mod edit;
pub mod editor;
mod files;
mod find;
mod intent;
mod kinds;
mod past;
mod picture;
mod place;
mod request;
mod run;
mod scenario;
pub mod tool;

pub use bytes::ReadFile;
pub use editor::EditorIntent;
pub use find::Found;
pub use intent::Intent;
pub use kinds::{
    Effect, InspectorView, Item, MetricsFormat, Mode, Notice, NoticeTone, SavedState, Sheet, Tab,
    Theme,
};
pub use run::{Run, Speed};
pub use scenario::{Judged, Script};

use std::sync::Arc;
use stowplan_core::control::ControlState;
use stowplan_core::design::{Design, History};
use stowplan_core::model::{Compiled, Diagnostic, Model, compile};
use stowplan_core::scene::{Camera, Marks, Scene, Size, Subject, Traffic};
use stowplan_core::sim::World;
use stowplan_core::time::Instant;
use stowplan_core::view::Answer;
use tool::Tool;

/// The screen's whole state.
#[derive(Clone, Debug)]
pub struct Session {
    history: History,
    compiled: Compiled,
    run: Option<Run>,
    /// How many runs there have been.
    runs: u64,
    seed: u64,
    speed: Speed,
    mode: Mode,
    selection: Option<Subject>,
    hovered: Option<Subject>,
    tool: Tool,
    space_held: bool,
    /// Whether the pointer was pressed since Space went down.
    space_spent: bool,
    camera: Camera,
    view: Size,
    /// Whether the user has moved the camera: until then it follows the size of the view.
    camera_moved: bool,
    tab: Tab,
    inspector: InspectorView,
    theme: Theme,
    sheet: Option<Sheet>,
    editor: editor::Editor,
    /// Key of the typing that the run took last, and the run's moment then.
    typed: Option<(String, Instant)>,
    notice: Option<Notice>,
    saved: SavedState,
    scene: Arc<Scene>,
    stamp: Stamp,
    seen: picture::Seen,
    find: find::Find,
    tester: request::Tester,
    /// What traffic does on the picture.
    traffic: Option<Traffic>,
    past: Option<past::Past>,
}

/// Counters that tell which views must look again. Equal stamps mean equal pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Goes up when the shown design changes.
    pub design: u64,
    /// Goes up when anything of the run changes but its clock.
    pub run: u64,
    /// Goes up when what the picture shows of traffic changes.
    pub traffic: u64,
    /// Goes up when the picture changes.
    pub scene: u64,
}

/// What the canvas and the panels show: the document, or the run at its present moment.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The design.
    pub design: &'a Arc<Design>,
    /// It compiled.
    pub model: &'a Model,
    /// What is wrong with it.
    pub diagnostics: &'a [Diagnostic],
    /// The run's control plane.
    pub control: Option<&'a ControlState>,
    /// The run's world around it.
    pub world: Option<&'a World>,
    /// Why the selected task was placed where it is.
    pub past: Option<&'a Answer>,
    /// The run's clock.
    pub now: Instant,
}

/// The seed that a first run has.
const SEED: u64 = 7;

impl Session {
    /// A session with `design` open.
    #[must_use]
    pub fn new(design: Design) -> Self {
        let compiled = compile(&design, None);
        let mut session = Self {
            history: History::new(design),
            compiled,
            run: None,
            runs: 0,
            seed: SEED,
            speed: Speed::default(),
            mode: Mode::Design,
            selection: None,
            hovered: None,
            tool: Tool::Idle,
            space_held: false,
            space_spent: false,
            camera: Camera::default(),
            view: Size { w: 900.0, h: 600.0 },
            camera_moved: false,
            tab: Tab::Events,
            inspector: InspectorView::Form,
            theme: Theme::System,
            sheet: None,
            editor: editor::Editor::default(),
            typed: None,
            notice: None,
            saved: SavedState::Saved,
            scene: Arc::new(Scene::default()),
            stamp: Stamp::default(),
            seen: picture::Seen::default(),
            find: find::Find::default(),
            tester: request::Tester::default(),
            traffic: None,
            past: None,
        };
        session.redraw(true);
        session
    }

    /// The same session with colours as they were left.
    #[must_use]
    pub fn with_theme(self, theme: Theme) -> Self {
        Self { theme, ..self }
    }

    /// The same session with a message.
    #[must_use]
    pub fn with_notice(self, text: String) -> Self {
        Self {
            notice: Some(Notice {
                tone: NoticeTone::Bad,
                text,
            }),
            ..self
        }
    }

    /// The document, whatever the run shows.
    #[must_use]
    pub fn document(&self) -> &Arc<Design> {
        self.history.design()
    }

    /// What canvas and panels show.
    #[must_use]
    pub fn shown(&self) -> Shown<'_> {
        match (self.mode, &self.run) {
            (Mode::Run, Some(run)) => {
                let world = run.timeline().world();
                Shown {
                    design: world.design(),
                    model: world.model(),
                    diagnostics: run.diagnostics(),
                    control: Some(world.control()),
                    world: Some(world),
                    past: self.past(),
                    now: run.timeline().now(),
                }
            }
            (Mode::Run | Mode::Design, _) => Shown {
                design: self.history.design(),
                model: &self.compiled.model,
                diagnostics: &self.compiled.diagnostics,
                control: None,
                world: None,
                past: None,
                now: Instant::ZERO,
            },
        }
    }

    /// The run, if there is one.
    #[must_use]
    pub fn run(&self) -> Option<&Run> {
        self.run.as_ref()
    }

    /// Whether the run plays.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.run.as_ref().is_some_and(Run::is_playing)
    }

    /// Seed of the run, or of the next one.
    #[must_use]
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Speed of playing.
    #[must_use]
    pub const fn speed(&self) -> Speed {
        self.speed
    }

    /// What the canvas shows.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// What is selected.
    #[must_use]
    pub const fn selection(&self) -> Option<&Subject> {
        self.selection.as_ref()
    }

    /// The state of the gesture.
    #[must_use]
    pub const fn tool(&self) -> &Tool {
        &self.tool
    }

    /// Whether Space is held over the canvas.
    #[must_use]
    pub const fn is_space_held(&self) -> bool {
        self.space_held
    }

    /// Whether Space was pressed over the canvas for nothing else than to play.
    #[must_use]
    pub const fn is_space_tapped(&self) -> bool {
        self.space_held && !self.space_spent
    }

    /// Where the camera stands.
    #[must_use]
    pub const fn camera(&self) -> Camera {
        self.camera
    }

    /// Size of the view that the camera looks at.
    #[must_use]
    pub const fn view(&self) -> Size {
        self.view
    }

    /// The panel below.
    #[must_use]
    pub const fn tab(&self) -> Tab {
        self.tab
    }

    /// Form or JSON.
    #[must_use]
    pub const fn inspector(&self) -> InspectorView {
        self.inspector
    }

    /// Colours.
    #[must_use]
    pub const fn theme(&self) -> Theme {
        self.theme
    }

    /// The sheet over the page.
    #[must_use]
    pub const fn sheet(&self) -> Option<Sheet> {
        self.sheet
    }

    /// The message in the status line.
    #[must_use]
    pub const fn notice(&self) -> Option<&Notice> {
        self.notice.as_ref()
    }

    /// Whether the browser has kept the document.
    #[must_use]
    pub const fn saved(&self) -> &SavedState {
        &self.saved
    }

    /// Whether there is something to undo.
    #[must_use]
    pub fn can_undo(&self) -> bool {
        self.history.can_undo()
    }

    /// Whether there is something to redo.
    #[must_use]
    pub fn can_redo(&self) -> bool {
        self.history.can_redo()
    }

    /// The picture.
    #[must_use]
    pub const fn scene(&self) -> &Arc<Scene> {
        &self.scene
    }

    /// What to mark above it.
    #[must_use]
    pub fn marks(&self) -> Marks {
        picture::marks(self)
    }

    /// Counters for whoever shows something.
    #[must_use]
    pub const fn stamp(&self) -> Stamp {
        self.stamp
    }
}

#[cfg(test)]
mod tests;
