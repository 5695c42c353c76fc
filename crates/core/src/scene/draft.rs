//! The pen: collects shapes and hits while the parts draw themselves.

use super::hit::{Hit, Subject, Target};
use super::shape::{Align, DiscPart, Point, Rect, Shape, Stroke, TextStyle, Token, point};
use crate::design::Part;
use alloc::string::String;
use alloc::vec::Vec;

/// Radius of the corners of cards.
const RADIUS: f64 = 6.0;

/// How a text looks.
#[derive(Clone, Copy)]
pub(super) struct Face {
    pub(super) style: TextStyle,
    pub(super) token: Token,
}

/// A face from its parts.
pub(super) const fn face(style: TextStyle, token: Token) -> Face {
    Face { style, token }
}

/// A picture in the making.
#[derive(Default)]
pub(super) struct Draft {
    pub(super) shapes: Vec<Shape>,
    pub(super) hits: Vec<Hit>,
}

impl Draft {
    /// Records that `rect` stands for a part.
    pub(super) fn part(&mut self, rect: Rect, part: Part) {
        self.hits.push(Hit {
            rect,
            target: Target::Subject(Subject::Part(part)),
        });
    }

    /// Records that `rect` stands for anything else.
    pub(super) fn target(&mut self, rect: Rect, target: Target) {
        self.hits.push(Hit { rect, target });
    }

    /// A card: filled, framed, with round corners.
    pub(super) fn card(&mut self, rect: Rect, fill: Token, stroke: Stroke) {
        self.shapes.push(Shape::Rect {
            rect,
            radius: RADIUS,
            fill: Some(fill),
            stroke: Some(stroke),
        });
    }

    /// A plain filled rectangle with corners of `radius`.
    pub(super) fn fill(&mut self, rect: Rect, radius: f64, token: Token) {
        self.shapes.push(Shape::Rect {
            rect,
            radius,
            fill: Some(token),
            stroke: None,
        });
    }

    /// A frame without inside.
    pub(super) fn frame(&mut self, rect: Rect, radius: f64, stroke: Stroke) {
        self.shapes.push(Shape::Rect {
            rect,
            radius,
            fill: None,
            stroke: Some(stroke),
        });
    }

    /// Free room.
    pub(super) fn hatch(&mut self, rect: Rect) {
        self.shapes.push(Shape::Hatch {
            rect,
            token: Token::Faint,
        });
    }

    /// A line.
    pub(super) fn line(&mut self, from: Point, to: Point, stroke: Stroke) {
        self.shapes.push(Shape::Line { from, to, stroke });
    }

    /// A text that begins at `at` and is shortened to `width_max`; gives where it ends.
    pub(super) fn text(&mut self, at: Point, text: &str, face: Face, width_max: f64) -> f64 {
        let fitted = face.style.fit(text, width_max);
        let end = at.x + face.style.width(&fitted);
        self.push_text(at, fitted, face, Align::Left);
        end
    }

    /// A text that ends at `at`; gives where it begins.
    pub(super) fn text_right(&mut self, at: Point, text: &str, face: Face, width_max: f64) -> f64 {
        let fitted = face.style.fit(text, width_max);
        let begin = at.x - face.style.width(&fitted);
        self.push_text(at, fitted, face, Align::Right);
        begin
    }

    fn push_text(&mut self, at: Point, text: String, face: Face, align: Align) {
        if !text.is_empty() {
            self.shapes.push(Shape::Text {
                at,
                text,
                style: face.style,
                token: face.token,
                align,
            });
        }
    }

    /// A disc.
    pub(super) fn disc(&mut self, centre: Point, fill: Token, part: DiscPart) {
        self.shapes.push(Shape::Disc {
            centre,
            radius: 3.5,
            fill,
            part,
        });
    }

    /// An open triangle that points down: draining.
    pub(super) fn triangle(&mut self, centre: Point, token: Token) {
        let corners = [(-4.0, -3.0), (4.0, -3.0), (0.0, 4.0)];
        let points = corners
            .iter()
            .map(|(x, y)| point(centre.x + x, centre.y + y))
            .collect();
        let stroke = Some(Stroke::solid(token, 1.2));
        self.shapes.push(Shape::Polygon {
            points,
            fill: None,
            stroke,
        });
    }

    /// A cross: failed, or remove.
    pub(super) fn cross(&mut self, centre: Point, reach: f64, stroke: Stroke) {
        for sign in [-1.0, 1.0] {
            let from = point(centre.x - reach, centre.y - sign * reach);
            self.line(
                from,
                point(centre.x + reach, centre.y + sign * reach),
                stroke,
            );
        }
    }
}
