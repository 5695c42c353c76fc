//! The service shelf: a card for each service with its counts, its revision and how it fares.

use super::Source;
use super::draft::{Draft, face};
use super::hue::hue_of_service;
use super::layout::Layout;
use super::shape::{Rect, Stroke, TextStyle, Token, point, rect};
use crate::control::{ControlState, RolloutState, ServiceMessage, TaskStatus};
use crate::design::{Part, last_segment};
use crate::id::ServiceIx;
use crate::model::{Model, Scheduling};
use crate::view::share_words;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Squares in the row before it says how many more there are.
const SQUARES_MAX: usize = 8;
/// Squares whose place the number of the others takes.
const SQUARES_FOR_MORE: usize = 2;
/// Side of a square.
const SQUARE: f64 = 12.0;
/// From one square to the next.
const SQUARE_STEP: f64 = 15.0;
/// Where the row begins in the card.
const SQUARES_INSET: f64 = 16.0;
/// Room between the row and the words beside it.
const SQUARES_GAP: f64 = 8.0;

pub(super) fn draw(source: &Source<'_>, layout: &Layout, draft: &mut Draft) {
    for (at, card) in layout.services.iter().enumerate() {
        draw_card(source, at, *card, draft);
    }
}

fn draw_card(source: &Source<'_>, at: usize, card: Rect, draft: &mut Draft) {
    let service = &source.design.services[at];
    let part = Part::Service(service.service_name.clone());
    let hue = hue_of_service(source.design, source.model, &service.service_name);
    draft.card(card, Token::Card, source.frame(&part));
    draft.part(card, part);
    draft.fill(rect(card.x, card.y, 6.0, card.h), 3.0, Token::Hue(hue));
    let index = source.model.service_named(&service.service_name);
    let index = index.filter(|index| source.model.service(*index).present);
    let running = index.zip(source.control);
    let right = point(card.right() - 12.0, card.y + 15.0);
    let mono = face(TextStyle::Small, Token::Muted);
    let counts = counts_words(source, index, service.desired_count.unwrap_or_default());
    let left = draft.text_right(right, &counts, mono, card.w - 60.0);
    let name = face(TextStyle::Title, Token::Ink);
    draft.text(
        point(card.x + 16.0, right.y),
        &service.service_name,
        name,
        left - card.x - 24.0,
    );
    let line = revision_line(source, at, running);
    let at_line = point(card.x + 16.0, card.y + 32.0);
    draft.text(
        at_line,
        &line,
        face(TextStyle::Mono, Token::Muted),
        card.w - 28.0,
    );
    let desired = running.map_or_else(
        || service.desired_count.unwrap_or_default(),
        |(index, control)| control.desired_count(source.model, index),
    );
    let room = draw_state(source, running, card, draft) - card.x - SQUARES_INSET;
    draw_squares(
        squares(source, running, desired),
        rect(card.x + SQUARES_INSET, card.bottom() - 20.0, room, SQUARE),
        hue,
        draft,
    );
}

/// `desired 4 running 3 pending 1`; a DAEMON service's number is known once it runs.
fn counts_words(source: &Source<'_>, index: Option<ServiceIx>, stated: u32) -> String {
    if let Some((index, control)) = index.zip(source.control) {
        let desired = control.desired_count(source.model, index);
        let (running, pending) = control.counts(index);
        return format!("desired {desired} running {running} pending {pending}");
    }
    match index.map(|index| source.model.service(index).scheduling) {
        Some(Scheduling::Daemon) => "one on each host".into(),
        Some(Scheduling::Replica | Scheduling::RunTask) | None => format!("desired {stated}"),
    }
}

/// `primes:2 ← primes:1 rolling 100/200`, or the revision alone.
fn revision_line(
    source: &Source<'_>,
    at: usize,
    running: Option<(ServiceIx, &ControlState)>,
) -> String {
    let named = last_segment(&source.design.services[at].task_definition);
    let Some((index, control)) = running else {
        return named.to_string();
    };
    let model = source.model.service(index);
    // What was gone back to is not what the service names.
    let primary = control.services.get(&index).and_then(|it| it.primary());
    let current = control.current_revision(source.model, index);
    let new = source.model.definition(current).name();
    let mut older: Vec<_> = control
        .tasks_of(index)
        .map(|(_, task)| task.task_definition)
        .filter(|definition| *definition != current)
        .collect();
    crate::sort::sort(&mut older);
    older.dedup();
    match older.first() {
        None => new,
        Some(old) => {
            let old = source.model.definition(*old).name();
            let (min, max) = (model.minimum_healthy_percent, model.maximum_percent);
            match primary.and_then(|it| it.shift.map(|_| it.production)) {
                Some(share) => format!("{new} ← {old} {} of traffic", share_words(share)),
                None => format!("{new} ← {old} rolling {min}/{max}"),
            }
        }
    }
}

/// A service's squares and how many there are in all.
struct Squares {
    looks: Vec<Square>,
    /// How many of them wait: they stand last.
    waiting: usize,
    all: usize,
}

/// How a task of a service looks in its row.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Square {
    New,
    Old,
    Starting,
    /// Not there yet.
    Missing,
    /// It could not be placed.
    Waiting,
}

fn squares(
    source: &Source<'_>,
    running: Option<(ServiceIx, &ControlState)>,
    desired: u32,
) -> Squares {
    let mut looks: Vec<Square> = running.map_or_else(Vec::new, |(index, control)| {
        placed_squares(source, index, control)
    });
    let waiting = running.and_then(|(index, control)| tasks_waiting(source.model, control, index));
    let (look, missing) = match waiting {
        Some(waiting) => (Square::Waiting, count(waiting)),
        None => (Square::Missing, count(desired).saturating_sub(looks.len())),
    };
    let all = looks.len() + missing;
    looks.extend(core::iter::repeat_n(look, missing.min(SQUARES_MAX)));
    Squares {
        looks,
        waiting: waiting.map_or(0, |_| missing.min(SQUARES_MAX)),
        all,
    }
}

fn count(of: u32) -> usize {
    usize::try_from(of).unwrap_or(usize::MAX)
}

fn placed_squares(source: &Source<'_>, index: ServiceIx, control: &ControlState) -> Vec<Square> {
    let current = control.current_revision(source.model, index);
    let wanted = control.tasks_of(index).filter(|(_, task)| task.is_wanted());
    let mut squares: Vec<Square> = wanted
        .map(|(_, task)| {
            match (
                task.last_status == TaskStatus::Running,
                task.task_definition == current,
            ) {
                (true, true) => Square::New,
                (true, false) => Square::Old,
                (false, _) => Square::Starting,
            }
        })
        .collect();
    crate::sort::sort(&mut squares);
    squares
}

/// One square per task: full when it runs, pale for an old revision, open while it starts,
/// faint where one is missing, dashed with a question mark where one could not be placed. Where
/// they are too many, those that wait are shown before those that do not.
fn draw_squares(squares: Squares, row: Rect, hue: u8, draft: &mut Draft) {
    let Squares {
        mut looks,
        waiting,
        all,
    } = squares;
    let room = room(row.w, all);
    let placed = looks.len() - waiting;
    let kept = room.saturating_sub(waiting).max(room / 2).min(placed);
    looks.drain(kept..placed);
    looks.truncate(room);
    for (at, look) in looks.iter().enumerate() {
        let x = row.x + float(at) * SQUARE_STEP;
        draw_square(rect(x, row.y, SQUARE, SQUARE), *look, hue, draft);
    }
    if all > looks.len() {
        let x = row.x + float(looks.len()) * SQUARE_STEP;
        let more = format!("+{}", all - looks.len());
        draft.text(
            point(x + 2.0, row.y + SQUARE / 2.0),
            &more,
            face(TextStyle::Small, Token::Muted),
            40.0,
        );
    }
}

/// How many of `all` squares a row of this width shows, the number of the others included.
fn room(width: f64, all: usize) -> usize {
    let fits = |squares: &usize| float(*squares) * SQUARE_STEP <= width - SQUARES_GAP;
    let most = (1..=SQUARES_MAX + SQUARES_FOR_MORE).filter(fits).count();
    if all <= most.min(SQUARES_MAX) {
        return all;
    }
    most.saturating_sub(SQUARES_FOR_MORE).clamp(1, SQUARES_MAX)
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn draw_square(place: Rect, look: Square, hue: u8, draft: &mut Draft) {
    let edge = Stroke::solid(Token::Hue(hue), 1.3);
    match look {
        Square::New => draft.fill(place, 3.0, Token::Hue(hue)),
        Square::Old => {
            draft.fill(place, 3.0, Token::Pale(hue));
            draft.frame(place.inset(0.65), 3.0, edge);
        }
        Square::Starting => draft.frame(place.inset(0.65), 3.0, edge),
        Square::Missing => {
            draft.frame(place.inset(0.65), 3.0, Stroke::solid(Token::Line, 1.0));
        }
        Square::Waiting => {
            draft.frame(place.inset(-0.5), 4.0, Stroke::dashed(Token::Amber, 1.0));
            let mark = point(place.x + 3.0, place.y + place.h / 2.0 + 0.5);
            draft.text(mark, "?", face(TextStyle::SmallBold, Token::Amber), 10.0);
        }
    }
}

/// The lower right corner: how the service fares, in a word; gives where the word begins.
fn draw_state(
    source: &Source<'_>,
    running: Option<(ServiceIx, &ControlState)>,
    card: Rect,
    draft: &mut Draft,
) -> f64 {
    let at = point(card.right() - 12.0, card.bottom() - 14.0);
    let state = running.and_then(|(index, control)| state(source, index, control));
    state.map_or(at.x, |(words, token)| {
        draft.text_right(at, &words, face(TextStyle::Mono, token), 190.0)
    })
}

/// How many tasks of a service wait for a host that takes them; `None` where the scheduler has not
/// said that it is unable to place one.
#[must_use]
pub fn tasks_waiting(model: &Model, control: &ControlState, service: ServiceIx) -> Option<u32> {
    let known = control.services.get(&service)?;
    let mut said = known.said.iter();
    if !said.any(|(said, _)| matches!(said, ServiceMessage::UnableToPlace { .. })) {
        return None;
    }
    let primary = known.primary()?.id;
    let of_it = control.tasks_of(service);
    let placed = of_it.filter(|(_, task)| task.is_wanted() && task.deployment == primary);
    let placed = u32::try_from(placed.count()).unwrap_or(u32::MAX);
    let waiting = control.desired_count(model, service).saturating_sub(placed);
    (waiting > 0).then_some(waiting)
}

fn state(source: &Source<'_>, index: ServiceIx, control: &ControlState) -> Option<(String, Token)> {
    let service = control.services.get(&index)?;
    let says =
        |wanted: fn(&ServiceMessage) -> bool| service.said.iter().any(|(said, _)| wanted(said));
    if let Some(waiting) = tasks_waiting(source.model, control, index) {
        let verb = if waiting == 1 { "waits" } else { "wait" };
        return Some((format!("unable to place · {waiting} {verb}"), Token::Amber));
    }
    if says(|said| matches!(said, ServiceMessage::UnableToPlace { .. })) {
        return Some(("unable to place".into(), Token::Amber));
    }
    if says(|said| matches!(said, ServiceMessage::DeploymentBlocked)) {
        return Some(("deployment blocked".into(), Token::Amber));
    }
    if says(|said| matches!(said, ServiceMessage::UnableToStart)) {
        return Some(("unable to start".into(), Token::Red));
    }
    let primary = service.primary()?;
    let desired = control.desired_count(source.model, index);
    let up = control.tasks_of(index).filter(|(_, task)| {
        task.is_wanted()
            && task.last_status == TaskStatus::Running
            && task.task_definition == primary.task_definition
    });
    let up = u32::try_from(up.count()).unwrap_or(u32::MAX);
    match primary.rollout_state {
        RolloutState::InProgress => Some((
            format!("{} {up}/{desired}", primary.rollout_state.name()),
            Token::Amber,
        )),
        RolloutState::Failed => Some((primary.rollout_state.name().into(), Token::Red)),
        RolloutState::Completed if up < desired => {
            Some((format!("{} missing", desired - up), Token::Amber))
        }
        RolloutState::Completed => Some(("steady".into(), Token::Green)),
    }
}
