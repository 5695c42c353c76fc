//! The layer above the picture: what is selected, which hosts were asked for, which way a request
//! takes, where a drag would drop. It is computed from the finished scene and moves nothing in it.

use super::draft::{Draft, face};
use super::route::{self, Route};
use super::shape::{Point, Rect, Shape, Stroke, TextStyle, Token, point, rect};
use super::{Scene, Subject, Target};
use crate::design::Part;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// What to mark.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Marks {
    /// What is selected.
    pub selected: Option<Subject>,
    /// What is under the pointer.
    pub hovered: Option<Subject>,
    /// Where a drop would land.
    pub drop: Option<Rect>,
    /// Between which rows a rule would land: left end and width.
    pub insertion: Option<(Point, f64)>,
    /// The hosts that were asked for, in order, while somebody asks: the others step back.
    pub matches: Option<Arc<[Subject]>>,
    /// The way of a request, while somebody asks about one.
    pub route: Option<Arc<Route>>,
    /// What is being dragged, in words, and where.
    pub ghost: Option<(String, Point)>,
}

/// The shapes of the marks.
#[must_use]
pub fn overlay(scene: &Scene, marks: &Marks) -> Vec<Shape> {
    let mut draft = Draft::default();
    if let Some(matches) = &marks.matches {
        draw_matches(scene, matches, &mut draft);
    }
    if let Some(route) = &marks.route {
        route::draw(scene, route, &mut draft);
    }
    let place = |subject: &Option<Subject>| scene.place(subject.as_ref()?);
    if let Some(hovered) = place(&marks.hovered) {
        draft.frame(hovered.inset(0.5), 6.0, Stroke::solid(Token::Accent, 1.0));
    }
    if let Some(selected) = place(&marks.selected) {
        draft.frame(selected.inset(-0.5), 6.0, Stroke::solid(Token::Accent, 2.0));
    }
    if let Some(drop) = marks.drop {
        draft.frame(drop.inset(2.0), 6.0, Stroke::dashed(Token::Accent, 2.0));
    }
    if let Some((from, width)) = marks.insertion {
        draft.line(
            from,
            point(from.x + width, from.y),
            Stroke::solid(Token::Accent, 2.0),
        );
    }
    if let Some((words, at)) = &marks.ghost {
        draw_ghost(words, *at, &mut draft);
    }
    draft.shapes
}

/// A frame and a flag for hosts that match, so that they are not told from a selected one by colour
/// alone; a veil over those that do not.
fn draw_matches(scene: &Scene, matches: &[Subject], draft: &mut Draft) {
    for hit in &scene.hits {
        let Target::Subject(subject @ Subject::Part(Part::ContainerInstance(_))) = &hit.target
        else {
            continue;
        };
        if matches.binary_search(subject).is_ok() {
            draft.frame(hit.rect.inset(1.0), 6.0, Stroke::solid(Token::Accent, 2.0));
            draw_flag(hit.rect, draft);
        } else {
            draft.fill(hit.rect.inset(-0.5), 6.0, Token::Veil);
        }
    }
}

/// Length of the sides of a flag.
const FLAG: f64 = 14.0;

fn draw_flag(host: Rect, draft: &mut Draft) {
    let (x, y) = (host.right(), host.bottom());
    draft.shapes.push(Shape::Polygon {
        points: Vec::from([point(x, y - FLAG), point(x, y), point(x - FLAG, y)]),
        fill: Some(Token::Accent),
        stroke: None,
    });
}

fn draw_ghost(words: &str, at: Point, draft: &mut Draft) {
    let width = TextStyle::MonoBold.width(words) + 20.0;
    let chip = rect(at.x + 8.0, at.y + 8.0, width, 24.0);
    draft.card(chip, Token::Card, Stroke::solid(Token::Accent, 1.5));
    draft.text(
        point(chip.x + 10.0, chip.y + 12.0),
        words,
        face(TextStyle::MonoBold, Token::Ink),
        width,
    );
}
