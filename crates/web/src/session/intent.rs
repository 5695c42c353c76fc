//! Intents: what a user means by a gesture, a key or a button. Imperative, plain data; the only
//! way to change a [`super::Session`].

use super::tool::{Cargo, Event};
use super::{
    EditorIntent, InspectorView, Item, MetricsFormat, Mode, ReadFile, SavedState, Sheet, Speed, Tab,
};
use crate::data::request::RequestField;
use stowplan_core::design::{Edit, Part};
use stowplan_core::id::TaskId;
use stowplan_core::scene::{Point, Size, Subject};
use stowplan_core::sim::Input;
use stowplan_core::time::Instant;

/// Something a user wants.
#[derive(Clone, Debug, PartialEq)]
pub enum Intent {
    /// Change the document. Commits that follow each other with one key are one undo step.
    Edit {
        /// The change.
        edit: Box<Edit>,
        /// Key under which typing merges.
        merge: Option<String>,
    },
    /// The next edit is an undo step of its own.
    EndTyping,
    /// One step back in the document.
    Undo,
    /// One step forward in the document.
    Redo,
    /// Remove a part.
    Remove(Part),
    /// Remove what is selected, or stop it if it is a task.
    DeleteSelection,
    /// Select something, or nothing.
    Select(Option<Subject>),
    /// Put a new part where it makes sense.
    Add(Item),
    /// Put a new part at a place of the view.
    Place {
        /// What.
        item: Item,
        /// Where.
        at: Point,
    },
    /// Let go of something that was dragged.
    Drop {
        /// What.
        cargo: Cargo,
        /// Where in the view.
        at: Point,
    },
    /// Something the pointer did.
    Pointer(Event),
    /// Give up the gesture, or close what is open.
    Cancel,
    /// Space was pressed or released over the canvas.
    HoldSpace(bool),
    /// Move the picture by view pixels.
    Pan {
        /// To the right.
        dx: f64,
        /// Downwards.
        dy: f64,
    },
    /// Magnify about a place of the view.
    ZoomAt {
        /// The place.
        at: Point,
        /// By how much.
        factor: f64,
    },
    /// Magnify about the middle.
    Zoom(f64),
    /// Back to natural size.
    ResetZoom,
    /// Show everything.
    Fit,
    /// The view has another size.
    Resize(Size),
    /// Show the document or the run.
    SetMode(Mode),
    /// Play, or pause.
    TogglePlay,
    /// To the next thing that happens.
    Step,
    /// Back to the start of the run.
    Restart,
    /// Drop the run; the next one begins with the present document.
    NewRun,
    /// Play at this speed.
    SetSpeed(Speed),
    /// Show this moment of the run.
    Seek(Instant),
    /// Begin a new run with this seed.
    SetSeed(u64),
    /// So many real milliseconds have passed.
    Advance {
        /// Milliseconds since the last frame.
        elapsed_ms: f64,
    },
    /// Terminate a host of the run.
    TerminateInstance(String),
    /// Terminate the selected host.
    TerminateSelection,
    /// Stop a task of the run.
    StopTask(TaskId),
    /// Do something to a part of the run.
    Act(Box<Input>),
    /// Show this panel below.
    SetTab(Tab),
    /// Fill in a field of the tester of requests.
    SetRequest(RequestField, String),
    /// Ask for hosts by an expression of the cluster query language.
    SetQuery(String),
    /// Go to the box where that is typed.
    FocusQuery,
    /// Show the form or the JSON.
    SetInspector(InspectorView),
    /// Light, dark or as the system has it, in turn.
    CycleTheme,
    /// Open a sheet over the page.
    Open(Sheet),
    /// Something in the editor of task definitions.
    Editor(EditorIntent),
    /// Take the text of a file in: a design, a scenario or a task definition.
    Import {
        /// Its name, for messages.
        name: String,
        /// Its text.
        text: String,
    },
    /// Take files in, each a design or a task definition.
    ImportFiles(Vec<ReadFile>),
    /// A file could not be read at all.
    ImportFailed {
        /// Its name.
        name: String,
        /// Why.
        reason: String,
    },
    /// Choose a file to take in.
    ChooseFile,
    /// Begin again with the sample.
    ResetToSample,
    /// Save this file of the export list.
    Export(String),
    /// Save every task definition.
    ExportAll,
    /// Save what CloudWatch shows of the run.
    ExportMetrics(MetricsFormat),
    /// Save the document.
    ExportDesign,
    /// Save what was done in this run as a scenario.
    ExportScenario,
    /// The browser has, or has not, kept the document.
    Saved(SavedState),
    /// Put the message away.
    DismissNotice,
}

impl Intent {
    /// An edit that is an undo step of its own.
    #[must_use]
    pub fn edit(edit: Edit) -> Self {
        Self::Edit {
            edit: Box::new(edit),
            merge: None,
        }
    }

    /// Whether it comes many times a second, so that only what it really changed is shown again.
    #[must_use]
    pub const fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Advance { .. }
                | Self::Pointer(_)
                | Self::Pan { .. }
                | Self::ZoomAt { .. }
                | Self::Resize(_)
                | Self::HoldSpace(_)
        )
    }
}
