//! The service shelf: a card for each service with its counts, its revision and how it fares.

use super::Source;
use super::draft::{Draft, face};
use super::hue::hue_of_service;
use super::layout::Layout;
use super::shape::{Rect, Stroke, TextStyle, Token, point, rect};
use crate::control::{ControlState, RolloutState, ServiceMessage, TaskStatus};
use crate::design::{Part, last_segment};
use crate::id::ServiceIx;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Squares in the row before it says how many more there are.
const SQUARES_MAX: usize = 8;

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
    let desired = service.desired_count.unwrap_or_default();
    let counts = running.map(|(index, control)| control.counts(index));
    let counts = match counts {
        Some((running, pending)) => {
            format!("desired {desired} running {running} pending {pending}")
        }
        None => format!("desired {desired}"),
    };
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
    draw_squares(source, running, desired, card, hue, draft);
    draw_state(source, running, card, draft);
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
    let new = source.model.definition(model.task_definition).name();
    let mut older: Vec<_> = control
        .tasks_of(index)
        .map(|(_, task)| task.task_definition)
        .filter(|definition| *definition != model.task_definition)
        .collect();
    crate::sort::sort(&mut older);
    older.dedup();
    match older.first() {
        None => new,
        Some(old) => {
            let old = source.model.definition(*old).name();
            let (min, max) = (model.minimum_healthy_percent, model.maximum_percent);
            format!("{new} ← {old} rolling {min}/{max}")
        }
    }
}

/// One square per task: full when it runs, pale for an old revision, open while it starts,
/// faint where one is missing.
fn draw_squares(
    source: &Source<'_>,
    running: Option<(ServiceIx, &ControlState)>,
    desired: u32,
    card: Rect,
    hue: u8,
    draft: &mut Draft,
) {
    let mut looks: Vec<Square> =
        running.map_or_else(Vec::new, |(index, control)| squares(source, index, control));
    let missing = usize::try_from(desired)
        .unwrap_or(usize::MAX)
        .saturating_sub(looks.len());
    let all = looks.len() + missing;
    looks.extend(core::iter::repeat_n(
        Square::Missing,
        missing.min(SQUARES_MAX),
    ));
    let y = card.bottom() - 20.0;
    for (at, look) in looks.iter().take(SQUARES_MAX).enumerate() {
        let x = card.x + 16.0 + f64::from(u32::try_from(at).unwrap_or(0)) * 15.0;
        draw_square(rect(x, y, 12.0, 12.0), *look, hue, draft);
    }
    if all > SQUARES_MAX {
        let x = card.x + 16.0 + f64::from(u32::try_from(SQUARES_MAX).unwrap_or(0)) * 15.0;
        let more = format!("+{}", all - SQUARES_MAX);
        draft.text(
            point(x + 2.0, y + 6.0),
            &more,
            face(TextStyle::Small, Token::Muted),
            40.0,
        );
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Square {
    New,
    Old,
    Starting,
    Missing,
}

fn squares(source: &Source<'_>, index: ServiceIx, control: &ControlState) -> Vec<Square> {
    let current = source.model.service(index).task_definition;
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
    }
}

/// The lower right corner: how the service fares, in a word.
fn draw_state(
    source: &Source<'_>,
    running: Option<(ServiceIx, &ControlState)>,
    card: Rect,
    draft: &mut Draft,
) {
    let Some((index, control)) = running else {
        return;
    };
    let Some((words, token)) = state(source, index, control) else {
        return;
    };
    let at = point(card.right() - 12.0, card.bottom() - 14.0);
    draft.text_right(at, &words, face(TextStyle::Mono, token), 190.0);
}

fn state(source: &Source<'_>, index: ServiceIx, control: &ControlState) -> Option<(String, Token)> {
    let service = control.services.get(&index)?;
    let says =
        |wanted: fn(&ServiceMessage) -> bool| service.said.iter().any(|(said, _)| wanted(said));
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
    let desired = source.model.service(index).desired_count;
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
        RolloutState::Completed if up < desired => {
            Some((format!("{} missing", desired - up), Token::Amber))
        }
        RolloutState::Completed => Some(("steady".into(), Token::Green)),
    }
}
