//! The picture as data: layout and shapes of the canvas, and what lies under each point.
//!
//! Pure arithmetic over the document, the model and (in a run) the control plane's state. It
//! paints nothing, knows no colours (see [`Token`]) and measures no fonts. Selection is not part
//! of it: marks are a second layer ([`overlay`]), so selecting moves nothing.

mod alb;
mod camera;
mod draft;
mod hit;
mod host;
mod hue;
mod layout;
mod overlay;
mod route;
mod service;
mod shape;
mod tile;
mod traffic;
mod zone;

pub use camera::{Camera, Size, ZOOM_RANGE};
pub use hit::{Hit, Subject, Target};
pub use hue::{hue_of_service, hue_of_target_group};
pub use layout::Layout;
pub use overlay::{Marks, overlay};
pub use route::Route;
pub use service::tasks_waiting;
pub use shape::{
    Align, Dash, DiscPart, HUES, Point, Rect, Shape, Stroke, TextStyle, Token, point, rect,
};
pub use traffic::{Load, Traffic};

use crate::control::ControlState;
use crate::design::{Design, Part};
use crate::id::InstanceIx;
use crate::model::{Diagnostic, Model};
use crate::severity::Severity;
use crate::time::Instant;
use alloc::vec::Vec;
use draft::Draft;

/// How much is drawn, by zoom. A later level is nearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Detail {
    /// Tiles are boxes without words.
    Host,
    /// Tiles carry service, revision and status.
    Task,
}

impl Detail {
    /// Below this zoom, words on tiles are too small to read.
    const TASK_ZOOM_MIN: f64 = 0.5;

    /// The level that suits a zoom.
    #[must_use]
    pub fn at_zoom(zoom: f64) -> Self {
        if zoom < Self::TASK_ZOOM_MIN {
            Self::Host
        } else {
            Self::Task
        }
    }
}

/// Everything that the picture is made from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The document that is shown.
    pub design: &'a Design,
    /// It compiled.
    pub model: &'a Model,
    /// What is wrong with it.
    pub diagnostics: &'a [Diagnostic],
    /// The run, if one is shown.
    pub control: Option<&'a ControlState>,
    /// Hosts whose EC2 instance is stopped.
    pub stopped: &'a [InstanceIx],
    /// What traffic does in the run, if it has any.
    pub traffic: Option<&'a Traffic>,
    /// The run's present moment.
    pub now: Instant,
    /// How much to draw.
    pub detail: Detail,
}

/// A finished picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Its extent; it begins at the origin.
    pub size: Size,
    /// Shapes, lowest first.
    pub shapes: Vec<Shape>,
    /// What they stand for, lowest first.
    pub hits: Vec<Hit>,
}

/// Draws the whole board.
#[must_use]
pub fn scene(source: &Source<'_>) -> Scene {
    let layout = Layout::of(source.design);
    let mut draft = Draft::default();
    alb::draw(source, &layout, &mut draft);
    zone::draw(source, &layout, &mut draft);
    service::draw(source, &layout, &mut draft);
    Scene {
        size: layout.size,
        shapes: draft.shapes,
        hits: draft.hits,
    }
}

impl Source<'_> {
    /// The worst finding of a part or of anything in it.
    fn fault(&self, part: &Part) -> Option<Severity> {
        let pointer = part.pointer(self.design)?;
        let within = |found: &&Diagnostic| {
            let rest = found.pointer.strip_prefix(&pointer);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let severities = self.diagnostics.iter().filter(within);
        severities.map(|found| found.problem.severity()).min()
    }

    /// The frame of a part's card: amber or red where something is wrong.
    fn frame(&self, part: &Part) -> Stroke {
        match self.fault(part) {
            Some(Severity::Error) => Stroke::solid(Token::Red, 1.5),
            Some(Severity::Warning) => Stroke::solid(Token::Amber, 1.5),
            Some(Severity::Info) | None => Stroke::solid(Token::Line, 1.0),
        }
    }
}

#[cfg(test)]
mod tests;
