//! The way of a request that somebody asks about, drawn above the picture: load balancer, rule,
//! target groups, targets. Straight lines in the room between cards, a dot at each station.

use super::draft::Draft;
use super::layout::GAP;
use super::shape::{DiscPart, Point, Rect, Shape, Stroke, Token, point};
use super::{Scene, Subject};
use crate::design::Part;
use alloc::string::String;
use alloc::vec::Vec;

/// A request's way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// Our name of the listener that takes it.
    pub listener: String,
    /// Priority of the rule that decides, `None` where the default actions do.
    pub rule: Option<u32>,
    /// Names of the target groups that it may go to.
    pub groups: Vec<String>,
    /// Who answers: tasks of a run, services of the document.
    pub ends: Vec<Subject>,
}

/// Width of the line.
const WIDTH: f64 = 3.0;
/// Width of what keeps it apart from the picture below.
const CASING: f64 = 6.0;
/// Radius of a station's dot.
const DOT: f64 = 4.5;
/// From a load balancer's edge to the line, left of its name.
const MARGIN: f64 = 7.0;
/// From the last target group to where the line turns down, before the next column of the row.
const TURN: f64 = 20.0;
/// From a tile's upper edge up to the line above it.
const ABOVE: f64 = 3.0;

/// The line in the making.
#[derive(Default)]
struct Track {
    lines: Vec<(Point, Point)>,
    dots: Vec<Point>,
    frames: Vec<Rect>,
}

pub(super) fn draw(scene: &Scene, route: &Route, draft: &mut Draft) {
    let mut track = Track::default();
    let Some(row) = scene.row_of(&route.listener, route.rule) else {
        return;
    };
    let turn = to_groups(scene, route, row, &mut track);
    if let Some(turn) = turn {
        to_ends(scene, &route.ends, turn, &mut track);
    }
    track.draw(draft);
}

/// From the load balancer's name to the target groups of the row; gives where the line turns
/// down from there, `None` where there are no groups.
fn to_groups(scene: &Scene, route: &Route, row: Rect, track: &mut Track) -> Option<Point> {
    let y = middle(row);
    let from = point(row.x - GAP / 2.0 + MARGIN / 2.0, y);
    if let Some(strip) = scene.strip_around(row) {
        let top = point(from.x, strip.y + 17.0);
        track.lines.push((top, from));
        track.dots.push(top);
    }
    track.dots.push(from);
    track.frames.push(row.inset(0.5));
    let chips = scene.chips_in(row, &route.groups);
    let first = chips.first()?;
    let last = chips.last()?;
    let wire = point(first.x - super::alb::WIRE_LENGTH, y);
    let turn = point(last.right() + TURN, y);
    track.lines.push((wire, point(first.x, y)));
    track.lines.push((point(last.right(), y), turn));
    for chip in chips {
        track.frames.push(chip);
        track.dots.push(point(chip.x - DOT, y));
    }
    Some(turn)
}

/// Where an end is reached: the lane that leads down to it, left of its card, and its dot.
struct End {
    lane: f64,
    dot: Point,
}

/// Down to the room above the zones, along it, and down again beside each end's card.
fn to_ends(scene: &Scene, ends: &[Subject], turn: Point, track: &mut Track) {
    let ends: Vec<End> = ends.iter().filter_map(|it| scene.end(it)).collect();
    let Some(bus) = scene.top_of_zones().map(|top| top - GAP / 2.0) else {
        return;
    };
    if ends.is_empty() || bus < turn.y {
        return;
    }
    let lanes = ends.iter().map(|it| it.lane);
    let left = lanes.clone().fold(turn.x, f64::min);
    let right = lanes.fold(turn.x, f64::max);
    track.lines.push((turn, point(turn.x, bus)));
    track.lines.push((point(left, bus), point(right, bus)));
    for end in ends {
        let corner = point(end.lane, end.dot.y);
        track.lines.push((point(end.lane, bus), corner));
        track.lines.push((corner, end.dot));
        track.dots.push(end.dot);
    }
}

fn middle(rect: Rect) -> f64 {
    rect.y + rect.h / 2.0
}

impl Track {
    fn draw(mut self, draft: &mut Draft) {
        // Targets of one host share most of their way: each stretch is drawn once.
        self.lines.dedup();
        for (from, to) in &self.lines {
            draft.line(*from, *to, Stroke::solid(Token::Card, CASING));
        }
        for frame in self.frames {
            draft.frame(frame, 4.0, Stroke::solid(Token::Accent, 1.5));
        }
        for (from, to) in self.lines {
            draft.line(from, to, Stroke::solid(Token::Accent, WIDTH));
        }
        for centre in self.dots {
            dot(centre, DOT + 1.5, Token::Card, draft);
            dot(centre, DOT, Token::Accent, draft);
        }
    }
}

fn dot(centre: Point, radius: f64, fill: Token, draft: &mut Draft) {
    draft.shapes.push(Shape::Disc {
        centre,
        radius,
        fill,
        part: DiscPart::Whole,
    });
}

impl Scene {
    fn parts(&self) -> impl Iterator<Item = (Rect, &Part)> {
        let hits = self.hits.iter();
        hits.filter_map(|hit| hit.target.part().map(|part| (hit.rect, part)))
    }

    /// The row of a rule, or that of what a listener does where none matches: the last thing that
    /// is drawn of the listener itself.
    fn row_of(&self, listener: &str, rule: Option<u32>) -> Option<Rect> {
        match rule {
            Some(priority) => {
                let part = Part::Rule(listener.into(), priority);
                self.place(&Subject::Part(part))
            }
            None => {
                let part = Part::Listener(listener.into());
                let rows = self.parts().filter(|(_, known)| **known == part);
                rows.last().map(|(rect, _)| rect)
            }
        }
    }

    fn strip_around(&self, row: Rect) -> Option<Rect> {
        let corner = point(row.x, row.y);
        let mut strips = self
            .parts()
            .filter(|(rect, part)| matches!(part, Part::LoadBalancer(_)) && rect.contains(corner));
        strips.next().map(|(rect, _)| rect)
    }

    /// Where these target groups stand in a row, from left to right.
    fn chips_in(&self, row: Rect, groups: &[String]) -> Vec<Rect> {
        let wanted = |(rect, part): (Rect, &Part)| {
            let is_here = row.contains(point(rect.x, middle(rect)));
            let is_meant = groups
                .iter()
                .any(|name| *part == Part::TargetGroup(name.clone()));
            (is_here && is_meant).then_some(rect)
        };
        self.parts().filter_map(wanted).collect()
    }

    fn top_of_zones(&self) -> Option<f64> {
        let zones = self
            .parts()
            .filter(|(_, part)| matches!(part, Part::Zone(_)));
        zones.map(|(rect, _)| rect.y).reduce(f64::min)
    }

    fn end(&self, subject: &Subject) -> Option<End> {
        let place = self.place(subject)?;
        match subject {
            Subject::Task(_) => {
                let top = point(place.x + place.w / 2.0, place.y);
                let mut hosts = self.parts().filter(|(rect, part)| {
                    matches!(part, Part::ContainerInstance(_)) && rect.contains(top)
                });
                let (host, _) = hosts.next()?;
                Some(End {
                    lane: host.x - GAP / 2.0,
                    dot: point(top.x, top.y - ABOVE),
                })
            }
            Subject::Part(_) => Some(End {
                lane: place.x - GAP / 2.0,
                dot: point(place.x, middle(place)),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::ControlState;
    use crate::design::sample;
    use crate::model::compile;
    use crate::scene::{Detail, Marks, Source, overlay, scene};
    use crate::sim::{Recording, simulate};
    use crate::time::Instant;
    use alloc::sync::Arc;

    fn route(rule: Option<u32>, groups: &[&str], ends: Vec<Subject>) -> Marks {
        let route = Route {
            listener: "shop-alb:80".into(),
            rule,
            groups: groups.iter().map(|it| String::from(*it)).collect(),
            ends,
        };
        Marks {
            route: Some(Arc::new(route)),
            ..Marks::default()
        }
    }

    fn picture(control: Option<&ControlState>) -> Scene {
        let design = sample();
        let compiled = compile(&design, None);
        scene(&Source {
            design: &design,
            model: &compiled.model,
            diagnostics: &[],
            control,
            stopped: &[],
            traffic: None,
            now: Instant::ZERO,
            detail: Detail::Task,
        })
    }

    /// Dots of the accent colour, in their order.
    fn dots(shapes: &[Shape]) -> Vec<Point> {
        let dots = shapes.iter().filter_map(|shape| match shape {
            Shape::Disc { centre, fill, .. } if *fill == Token::Accent => Some(*centre),
            Shape::Disc { .. }
            | Shape::Rect { .. }
            | Shape::Line { .. }
            | Shape::Hatch { .. }
            | Shape::Polygon { .. }
            | Shape::Text { .. } => None,
        });
        dots.collect()
    }

    fn lines(shapes: &[Shape]) -> Vec<(Point, Point)> {
        let lines = shapes.iter().filter_map(|shape| match shape {
            Shape::Line { from, to, stroke } if stroke.token == Token::Accent => Some((*from, *to)),
            Shape::Line { .. }
            | Shape::Disc { .. }
            | Shape::Rect { .. }
            | Shape::Hatch { .. }
            | Shape::Polygon { .. }
            | Shape::Text { .. } => None,
        });
        lines.collect()
    }

    #[test]
    fn a_way_leads_from_the_load_balancer_over_rule_and_group_to_each_task() {
        let recording = Recording {
            design: Arc::new(sample()),
            seed: 1,
            inputs: Vec::new(),
            traffic: Vec::new(),
        };
        let (world, _) = simulate(&recording, Instant(300_000));
        let tasks: Vec<Subject> = world
            .control()
            .tasks
            .keys()
            .copied()
            .map(Subject::Task)
            .collect();
        let scene = picture(Some(world.control()));
        let shapes = overlay(&scene, &route(Some(1), &["primes-tg"], tasks.clone()));
        let dots = dots(&shapes);
        let row = scene.row_of("shop-alb:80", Some(1)).unwrap();
        assert_eq!(dots.len(), 3 + tasks.len());
        assert!(dots[0].y < row.y && dots[1].y == middle(row) && dots[2].y == middle(row));
        for (dot, task) in dots[3..].iter().zip(&tasks) {
            let tile = scene.place(task).unwrap();
            assert!(dot.x > tile.x && dot.x < tile.right() && tile.y - dot.y <= ABOVE);
        }
        // Every line is upright or level, and none crosses the frame of another host.
        let level = |(from, to): &(Point, Point)| from.x == to.x || from.y == to.y;
        assert!(lines(&shapes).iter().all(level));
    }

    #[test]
    fn an_answer_of_the_load_balancer_ends_at_the_row_of_its_rule() {
        let scene = picture(None);
        let shapes = overlay(&scene, &route(None, &[], Vec::new()));
        let row = scene.row_of("shop-alb:80", None).unwrap();
        assert!(row.y > scene.row_of("shop-alb:80", Some(1)).unwrap().y);
        let dots = dots(&shapes);
        assert_eq!(dots.len(), 2);
        assert_eq!(dots[1].y, middle(row));
    }

    #[test]
    fn on_the_document_a_way_ends_at_the_services() {
        let scene = picture(None);
        let service = Subject::Part(Part::Service("primes".into()));
        let card = scene.place(&service).unwrap();
        let shapes = overlay(
            &scene,
            &route(Some(1), &["primes-tg"], Vec::from([service])),
        );
        let last = dots(&shapes).pop().unwrap();
        assert_eq!(last, point(card.x, middle(card)));
    }

    #[test]
    fn what_is_not_drawn_has_no_way() {
        let scene = picture(None);
        let shapes = overlay(&scene, &route(Some(77), &["primes-tg"], Vec::new()));
        assert_eq!(shapes, []);
    }
}
