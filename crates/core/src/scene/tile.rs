//! A task as a tile: hue is the service, pale an old revision, shape its status.

use super::draft::{Draft, Face, face};
use super::hue::hue_of_service;
use super::shape::{DiscPart, Rect, Stroke, TextStyle, Token, point};
use super::{Detail, Source, Subject, Target, Traffic};
use crate::control::{Task, TaskStatus};
use crate::id::TaskId;
use crate::view::short_rate_words;
use alloc::format;
use alloc::string::String;

/// A task and its room in the hold.
pub(super) struct Tile {
    pub(super) task: TaskId,
    pub(super) rect: Rect,
}

/// Fewer letters than this of a name say nothing: hue and outline tell the service then.
const NAME_LETTERS_MIN: usize = 4;
/// Below this width, not even a revision fits.
const WORDS_WIDTH_MIN: f64 = 13.0;

/// What a tile's status looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// Half-moon, dashed edge: on its way up.
    Starting(&'static str),
    /// Dot: running.
    Running,
    /// Diagonal and open triangle: on its way down.
    Stopping(&'static str),
    /// Cross: failed.
    Failed,
}

fn look(task: &Task) -> Look {
    match task.last_status {
        TaskStatus::Stopped => Look::Failed,
        TaskStatus::Deactivating => Look::Stopping("drain"),
        TaskStatus::Stopping | TaskStatus::Deprovisioning => Look::Stopping("stop"),
        TaskStatus::Provisioning
        | TaskStatus::Pending
        | TaskStatus::Activating
        | TaskStatus::Running
            if !task.is_wanted() =>
        {
            Look::Stopping("stop")
        }
        TaskStatus::Provisioning => Look::Starting("prov"),
        TaskStatus::Pending if task.pull_stopped_at.is_none() => Look::Starting("pull"),
        TaskStatus::Pending => Look::Starting("start"),
        TaskStatus::Activating => Look::Starting("activ"),
        TaskStatus::Running => Look::Running,
    }
}

/// The faces of a tile's words by what they stand on.
struct Paint {
    fill: Token,
    edge: Stroke,
    words: Token,
}

fn paint(source: &Source<'_>, task: &Task, look: Look) -> Paint {
    let service = source.model.service(task.service);
    let hue = hue_of_service(source.design, source.model, &service.name);
    let control = source.control;
    let current = control.map(|control| control.current_revision(source.model, task.service));
    let old = current.is_some_and(|current| current != task.task_definition);
    match look {
        Look::Failed => Paint {
            fill: Token::Card,
            edge: Stroke::solid(Token::Red, 1.5),
            words: Token::Red,
        },
        Look::Starting(_) => Paint {
            fill: Token::Pale(hue),
            edge: Stroke::dashed(Token::Hue(hue), 1.5),
            words: Token::OnPale,
        },
        Look::Stopping(_) => Paint {
            fill: Token::Pale(hue),
            edge: Stroke::solid(Token::Hue(hue), 1.0),
            words: Token::OnPale,
        },
        Look::Running if old => Paint {
            fill: Token::Pale(hue),
            edge: Stroke::solid(Token::Hue(hue), 1.0),
            words: Token::OnPale,
        },
        Look::Running => Paint {
            fill: Token::Hue(hue),
            edge: Stroke::solid(Token::Hue(hue), 1.0),
            words: Token::OnHue,
        },
    }
}

pub(super) fn draw(source: &Source<'_>, tile: &Tile, draft: &mut Draft) {
    let Some(task) = source
        .control
        .and_then(|control| control.tasks.get(&tile.task))
    else {
        return;
    };
    let look = look(task);
    let paint = paint(source, task, look);
    let body = tile.rect.inset(1.0);
    draft.fill(body, 3.0, paint.fill);
    if let Look::Stopping(_) = look {
        let from = point(body.x, body.bottom());
        draft.line(from, point(body.right(), body.y), paint.edge);
    }
    draft.frame(body.inset(paint.edge.width / 2.0), 3.0, paint.edge);
    draft.target(tile.rect, Target::Subject(Subject::Task(tile.task)));
    if source.detail >= Detail::Task {
        draw_words(source, task, body, paint.words, draft);
        draw_status(source, (tile.task, task, look), body, paint.words, draft);
    }
}

fn draw_words(source: &Source<'_>, task: &Task, body: Rect, words: Token, draft: &mut Draft) {
    let width = body.w - 9.0;
    if width < WORDS_WIDTH_MIN {
        return;
    }
    let service = &source.model.service(task.service).name;
    let name = TextStyle::SmallBold.fit(service, width);
    let says_enough = name == *service || name.chars().count() >= NAME_LETTERS_MIN;
    let name = if says_enough { name } else { String::new() };
    let revision = format!(
        ":{}",
        source.model.definition(task.task_definition).revision
    );
    let bold = face(TextStyle::SmallBold, words);
    draft.text(point(body.x + 6.0, body.y + 12.0), &name, bold, width);
    let y = if says_enough { 25.0 } else { 12.0 };
    draft.text(point(body.x + 6.0, body.y + y), &revision, bold, width);
}

/// The mark of the status, and beside it a word: of a running task, what it gets.
fn draw_status(
    source: &Source<'_>,
    (id, task, look): (TaskId, &Task, Look),
    body: Rect,
    words: Token,
    draft: &mut Draft,
) {
    let centre = point(body.x + (body.w / 2.0).min(9.5), body.bottom() - 10.0);
    match look {
        Look::Running => draft.disc(centre, words, DiscPart::Whole),
        Look::Starting(_) => draft.disc(centre, words, DiscPart::Half),
        Look::Stopping(_) => draft.triangle(centre, words),
        Look::Failed => draft.cross(centre, 3.0, Stroke::solid(words, 1.5)),
    }
    let word = match look {
        Look::Running => source.traffic.map_or_else(String::new, |it| load(it, id)),
        Look::Starting(word) | Look::Stopping(word) => word.into(),
        Look::Failed => exit_code(task),
    };
    let width = body.right() - centre.x - 11.0;
    let small: Face = face(TextStyle::Small, words);
    if TextStyle::Small.width(&word) <= width {
        draft.text(point(centre.x + 8.0, centre.y), &word, small, width);
    }
}

/// `30/s`; `! 30/s` where some of it fails.
fn load(traffic: &Traffic, id: TaskId) -> String {
    match traffic.task(id) {
        Some(load) if load.failed > 0 => format!("! {}", short_rate_words(load.all)),
        Some(load) if load.all > 0 => short_rate_words(load.all),
        Some(_) | None => String::new(),
    }
}

fn exit_code(task: &Task) -> String {
    let code = task.exit_codes.values().next();
    code.map_or_else(|| "failed".into(), |code| format!("{code}"))
}
