//! A host: a hold with two meters and the boxes stowed in it.

use super::draft::{Draft, face};
use super::shape::{Rect, Stroke, TextStyle, Token, point, rect};
use super::tile::{self, Tile};
use super::{Source, Target};
use crate::control::{InstanceState, InstanceStatus, StopCode, TaskStatus};
use crate::design::Part;
use crate::id::{InstanceIx, TaskId};
use crate::time::Millis;
use crate::units::Resources;
use crate::view::host_marks;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A task that failed stays in sight for so long.
const FAILED_SHOWN: Millis = Millis::seconds(60);

/// Tasks that failed a moment ago, by host.
pub(super) type Failed = BTreeMap<InstanceIx, Vec<TaskId>>;

/// Tasks that ended neither by the scheduler nor by request within the last minute.
pub(super) fn recently_failed(source: &Source<'_>) -> Failed {
    let mut failed = Failed::new();
    let Some(control) = source.control else {
        return failed;
    };
    for (id, task) in &control.tasks {
        let recent = task
            .stopped_at
            .is_some_and(|at| source.now.since(at) < FAILED_SHOWN);
        let stopped = task.last_status == TaskStatus::Stopped && recent;
        let code = task
            .stopped
            .as_ref()
            .map(|stopped| stopped.cause.stop_code());
        if stopped && code.is_some_and(is_failure) {
            failed.entry(task.instance).or_default().push(*id);
        }
    }
    failed
}

fn is_failure(code: StopCode) -> bool {
    match code {
        StopCode::TaskFailedToStart | StopCode::EssentialContainerExited => true,
        StopCode::UserInitiated
        | StopCode::ServiceSchedulerInitiated
        | StopCode::TerminationNotice => false,
    }
}

pub(super) fn draw(source: &Source<'_>, at: usize, card: Rect, failed: &Failed, draft: &mut Draft) {
    let host = &source.design.container_instances[at];
    let part = Part::ContainerInstance(host.ec2_instance_id.clone());
    let index = source.model.instance_named(&host.ec2_instance_id);
    let index = index.filter(|index| source.model.instance(*index).present);
    let state = index.and_then(|index| source.control?.instances.get(&index));
    let stopped = index.is_some_and(|index| source.stopped.contains(&index));
    let mark = state.and_then(|state| host_marks(state, stopped).pop());
    // A broken frame for what takes no tasks.
    let frame = match mark {
        Some(_) => Stroke::dashed(mark_token(state), 1.5),
        None => source.frame(&part),
    };
    draft.card(card, Token::Card, frame);
    draft.part(card, part);
    draw_head(source, at, card, (state, mark), draft);
    let registered = index.map(|index| source.model.instance(index).registered);
    let reserved = index.and_then(|index| Some(source.control?.instances.get(&index)?.reserved));
    draw_meters(card, registered, reserved.unwrap_or_default(), draft);
    let hold = rect(card.x + 10.0, card.y + 54.0, card.w - 20.0, card.h - 64.0);
    draft.hatch(hold);
    draft.frame(hold, 3.0, Stroke::solid(Token::Line, 1.0));
    if let (Some(index), Some(registered)) = (index, registered) {
        let tiles = tiles(source, index, registered, hold, failed);
        tiles
            .iter()
            .for_each(|tile| tile::draw(source, tile, draft));
    }
}

/// Gone for good, or only out of use.
fn mark_token(state: Option<&InstanceState>) -> Token {
    match state.map(|state| state.status) {
        Some(InstanceStatus::Inactive) => Token::Red,
        Some(InstanceStatus::Active | InstanceStatus::Draining) | None => Token::Amber,
    }
}

fn draw_head(
    source: &Source<'_>,
    at: usize,
    card: Rect,
    (state, mark): (Option<&InstanceState>, Option<&str>),
    draft: &mut Draft,
) {
    let host = &source.design.container_instances[at];
    let y = card.y + 15.0;
    let name = face(TextStyle::MonoBold, Token::Ink);
    let end = draft.text(point(card.x + 10.0, y), &host.ec2_instance_id, name, 110.0);
    let muted = face(TextStyle::Mono, Token::Muted);
    let kind_end = draft.text(point(end + 12.0, y), &host.instance_type, muted, 90.0);
    let mut right = point(card.right() - 10.0, y);
    let (words, face) = match state.map(|state| state.status) {
        Some(InstanceStatus::Active | InstanceStatus::Draining) => {
            draw_terminate(&host.ec2_instance_id, card, draft);
            right.x -= 22.0;
            (
                mark.map(String::from),
                face(TextStyle::Mono, mark_token(state)),
            )
        }
        Some(InstanceStatus::Inactive) => (
            mark.map(String::from),
            face(TextStyle::Mono, mark_token(state)),
        ),
        None => {
            let size = source.model.instance_type(&host.instance_type);
            let size = size.map(|it| format!("{} vCPU {} GiB", it.vcpu, it.memory_mib / 1024));
            (size, face(TextStyle::Small, Token::Muted))
        }
    };
    let width = right.x - kind_end - 8.0;
    draft.text_right(right, &words.unwrap_or_default(), face, width);
}

/// The cross that terminates the host.
fn draw_terminate(id: &str, card: Rect, draft: &mut Draft) {
    let button = rect(card.right() - 26.0, card.y + 5.0, 20.0, 20.0);
    let centre = point(button.x + 10.0, button.y + 10.0);
    draft.cross(centre, 3.5, Stroke::solid(Token::Muted, 1.3));
    draft.target(button, Target::Terminate(id.into()));
}

fn draw_meters(card: Rect, registered: Option<Resources>, reserved: Resources, draft: &mut Draft) {
    let registered = registered.unwrap_or_default();
    let cpu = (reserved.cpu.0, registered.cpu.0);
    let memory = (reserved.memory.0, registered.memory.0);
    for (line, (name, (used, of))) in [("cpu", cpu), ("mem", memory)].into_iter().enumerate() {
        let y = card.y + if line == 0 { 31.0 } else { 42.0 };
        draw_meter(card, y, name, percent(used, of), draft);
    }
}

/// Whole percent, 0 of nothing.
fn percent(used: u32, of: u32) -> u32 {
    let percent = (u64::from(used) * 100)
        .checked_div(u64::from(of))
        .unwrap_or_default();
    u32::try_from(percent).unwrap_or(u32::MAX)
}

/// From here on a host is nearly full.
const NEARLY_FULL: u32 = 85;

fn draw_meter(card: Rect, y: f64, name: &str, percent: u32, draft: &mut Draft) {
    let small = face(TextStyle::Small, Token::Muted);
    draft.text(point(card.x + 10.0, y), name, small, 30.0);
    draft.text_right(
        point(card.right() - 10.0, y),
        &format!("{percent}%"),
        small,
        40.0,
    );
    let track = rect(card.x + 34.0, y - 2.5, card.w - 84.0, 5.0);
    draft.fill(track, 2.5, Token::Faint);
    let share = f64::from(percent.min(100)) / 100.0;
    let token = if percent >= NEARLY_FULL {
        Token::Amber
    } else {
        Token::Accent
    };
    if percent > 0 {
        draft.fill(
            rect(track.x, track.y, (track.w * share).max(5.0), track.h),
            2.5,
            token,
        );
    }
}

/// The tiles of a host from left to right: oldest task first, what failed last. Widths are shares
/// of the host's memory; where a stopping task and its successor together exceed it, all shrink.
fn tiles(
    source: &Source<'_>,
    index: InstanceIx,
    registered: Resources,
    hold: Rect,
    failed: &Failed,
) -> Vec<Tile> {
    let Some(control) = source.control else {
        return Vec::new();
    };
    let mut ids: Vec<TaskId> = control.tasks_on(index).map(|(id, _)| id).collect();
    crate::sort::sort_by_key(&mut ids, |id| (control.tasks[id].created_at, *id));
    ids.extend(failed.get(&index).into_iter().flatten());
    let memory = f64::from(registered.memory.0.max(1));
    // A task without memory still gets a sliver, so that it can be seen and picked.
    let shares: Vec<f64> = ids
        .iter()
        .map(|id| (f64::from(control.tasks[id].reserved.memory.0) / memory).max(0.01))
        .collect();
    let scale = hold.w / shares.iter().sum::<f64>().max(1.0);
    let mut x = hold.x;
    let place = |(id, share): (TaskId, f64)| {
        let tile = Tile {
            task: id,
            rect: rect(x, hold.y, share * scale, hold.h),
        };
        x = tile.rect.right();
        tile
    };
    ids.into_iter().zip(shares).map(place).collect()
}
