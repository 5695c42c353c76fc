//! What lies under a point: arithmetic over rectangles that were recorded while drawing.

use super::Scene;
use super::shape::{Point, Rect};
use crate::design::Part;
use crate::id::TaskId;
use alloc::string::String;

/// Something that can be selected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A part of the document.
    Part(Part),
    /// A task of the run.
    Task(TaskId),
}

/// Something under the pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A thing that can be selected.
    Subject(Subject),
    /// The cross on a running host: terminate it.
    Terminate(String),
}

impl Target {
    /// The part of the document that it is, `None` for a task or a button.
    #[must_use]
    pub fn part(&self) -> Option<&Part> {
        match self {
            Self::Subject(Subject::Part(part)) => Some(part),
            Self::Subject(Subject::Task(_)) | Self::Terminate(_) => None,
        }
    }
}

/// A rectangle and what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Where.
    pub rect: Rect,
    /// What.
    pub target: Target,
}

impl Scene {
    /// The uppermost thing at a point of the scene.
    #[must_use]
    pub fn hit(&self, at: Point) -> Option<&Target> {
        let mut from_above = self.hits.iter().rev();
        from_above
            .find(|hit| hit.rect.contains(at))
            .map(|hit| &hit.target)
    }

    /// The rectangle of a subject, `None` if it is not drawn.
    #[must_use]
    pub fn place(&self, subject: &Subject) -> Option<Rect> {
        let is_it = |hit: &&Hit| match &hit.target {
            Target::Subject(known) => known == subject,
            Target::Terminate(_) => false,
        };
        self.hits.iter().find(is_it).map(|hit| hit.rect)
    }

    /// The zone at a point, whatever stands in it.
    #[must_use]
    pub fn zone_at(&self, at: Point) -> Option<&str> {
        self.hits
            .iter()
            .filter(|hit| hit.rect.contains(at))
            .find_map(|hit| match hit.target.part()? {
                Part::Zone(name) => Some(name.as_str()),
                Part::Cluster(_)
                | Part::ContainerInstance(_)
                | Part::TaskDefinition(_)
                | Part::Service(_)
                | Part::LoadBalancer(_)
                | Part::Listener(_)
                | Part::Rule(..)
                | Part::TargetGroup(_) => None,
            })
    }

    /// The rows of a listener's rules, in order: priority and rectangle.
    pub fn rule_rows(&self, listener: &str) -> impl Iterator<Item = (u32, Rect)> {
        self.hits
            .iter()
            .filter_map(move |hit| match hit.target.part()? {
                Part::Rule(of, priority) if of == listener => Some((*priority, hit.rect)),
                Part::Rule(..)
                | Part::Zone(_)
                | Part::Cluster(_)
                | Part::ContainerInstance(_)
                | Part::TaskDefinition(_)
                | Part::Service(_)
                | Part::LoadBalancer(_)
                | Part::Listener(_)
                | Part::TargetGroup(_) => None,
            })
    }

    /// The place among a listener's rules that a rule dropped at `at` takes: the number of other
    /// rules whose middle lies above.
    #[must_use]
    pub fn rule_slot(&self, listener: &str, moved: u32, at: Point) -> usize {
        let others = self
            .rule_rows(listener)
            .filter(|(priority, _)| *priority != moved);
        others.filter(|(_, row)| row.y + row.h / 2.0 < at.y).count()
    }
}
