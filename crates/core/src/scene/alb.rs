//! The load balancer's strip, read from left to right as a request travels: priority, condition,
//! target group, rate, target health. While a run has traffic, a wire is as wide as its rate.

use super::draft::{Draft, face};
use super::hue::hue_of_target_group;
use super::layout::{Layout, ListenerBand, Strip};
use super::shape::{DiscPart, Rect, Stroke, TextStyle, Token, point, rect};
use super::{Point, Source};
use crate::control::{ControlState, TargetHealth};
use crate::design::{Action, Part, Rule, last_segment};
use crate::sim::traffic::Micro;
use crate::view::{failing_rate_words, rate_words};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Where the columns of a rule's row begin, from the row's left edge.
const GRIP: f64 = 8.0;
const PRIORITY: f64 = 24.0;
const CONDITION: f64 = 60.0;
const WIRE: f64 = 300.0;
const GROUP: f64 = 370.0;
const GROUP_WIDTH: f64 = 150.0;
const RATE: f64 = 568.0;
const HEALTH: f64 = 656.0;
/// Length of the wire that ends at a target group.
pub(super) const WIRE_LENGTH: f64 = GROUP - WIRE;
/// Width of a wire where nobody counts requests.
const WIRE_WIDTH: f64 = 1.5;
/// Room between a wire and what it leads to.
const WIRE_GAP: f64 = 6.0;

pub(super) fn draw(source: &Source<'_>, layout: &Layout, draft: &mut Draft) {
    for strip in &layout.strips {
        draw_strip(source, strip, draft);
    }
    if let Some((band, names)) = &layout.unrouted {
        draw_unrouted(source, *band, names, draft);
    }
}

fn draw_strip(source: &Source<'_>, strip: &Strip, draft: &mut Draft) {
    let balancer = &source.design.load_balancers[strip.balancer];
    let part = Part::LoadBalancer(balancer.name.clone());
    draft.card(strip.rect, Token::Card, source.frame(&part));
    draft.part(strip.rect, part);
    let y = strip.rect.y + 17.0;
    let x = strip.rect.x + 16.0;
    let end = draft.text(
        point(x, y),
        &balancer.name,
        face(TextStyle::Title, Token::Ink),
        240.0,
    );
    let kind = balancer.r#type.as_deref().unwrap_or("application");
    let about = format!("{kind} · {}", zones(source, &balancer.subnets));
    draft.text(
        point(end + 14.0, y),
        &about,
        face(TextStyle::Mono, Token::Muted),
        420.0,
    );
    draw_total(source, strip, draft);
    for band in &strip.listeners {
        draw_listener(source, band, draft);
    }
}

/// All requests that come to the load balancer, at the right end of its heading.
fn draw_total(source: &Source<'_>, strip: &Strip, draft: &mut Draft) {
    let listeners = strip.listeners.iter();
    let listeners = listeners.map(|band| source.design.listeners[band.listener].name());
    let listeners: Vec<String> = listeners.collect();
    let rate = source.traffic.map(|it| it.rules_of(&listeners));
    let Some(rate) = rate.filter(|rate| *rate > 0) else {
        return;
    };
    let at = point(strip.rect.right() - 16.0, strip.rect.y + 17.0);
    let muted = face(TextStyle::Mono, Token::Muted);
    draft.text_right(at, &rate_words(rate), muted, 140.0);
}

/// The letters of the zones that a load balancer serves.
fn zones(source: &Source<'_>, subnets: &[String]) -> String {
    let known = &source.design.network.subnets;
    let zone = |id: &String| {
        let subnet = known.iter().find(|subnet| subnet.subnet_id == *id)?;
        let zone = &subnet.availability_zone;
        Some(
            zone.strip_prefix(&source.design.region)
                .unwrap_or(zone)
                .to_string(),
        )
    };
    let letters: Vec<String> = subnets.iter().filter_map(zone).collect();
    if letters.is_empty() {
        "no zones".into()
    } else {
        format!("zones {}", letters.join(" "))
    }
}

fn draw_listener(source: &Source<'_>, band: &ListenerBand, draft: &mut Draft) {
    let listener = &source.design.listeners[band.listener];
    let name = listener.name();
    let head = band.head;
    let protocol = listener.protocol.as_deref().unwrap_or("HTTP");
    let title = format!("{protocol} :{}", listener.port);
    let at = point(head.x + 8.0, middle(head));
    draft.text(at, &title, face(TextStyle::MonoBold, Token::Accent), 200.0);
    draft.part(head, Part::Listener(name.clone()));
    for (at, row) in &band.rules {
        draw_rule(source, &name, &source.design.rules[*at], *row, draft);
    }
    // The default actions are the listener's own.
    draft.part(band.fallback, Part::Listener(name.clone()));
    draw_fallback(
        source,
        (&name, &listener.default_actions),
        band.fallback,
        draft,
    );
}

fn middle(row: Rect) -> f64 {
    row.y + row.h / 2.0
}

fn draw_rule(source: &Source<'_>, listener: &str, rule: &Rule, row: Rect, draft: &mut Draft) {
    let part = Part::Rule(listener.into(), rule.priority);
    let token = match source.fault(&part) {
        Some(_) => Token::Amber,
        None => Token::Ink,
    };
    draft.part(row, part);
    draw_grip(row, draft);
    let y = middle(row);
    let text = face(TextStyle::Mono, token);
    draft.text(
        point(row.x + PRIORITY, y),
        &rule.priority.to_string(),
        text,
        34.0,
    );
    draft.text(
        point(row.x + CONDITION, y),
        &condition(rule),
        text,
        WIRE - CONDITION - 12.0,
    );
    let rate = source
        .traffic
        .map_or(0, |it| it.rule(listener, Some(rule.priority)));
    draw_actions(source, (&rule.actions, rate), row, draft);
}

/// Six dots: this row can be dragged.
fn draw_grip(row: Rect, draft: &mut Draft) {
    for column in 0..2_u8 {
        for line in 0..3_u8 {
            let x = row.x + GRIP + f64::from(column) * 4.0;
            let y = middle(row) - 4.0 + f64::from(line) * 4.0;
            draft.fill(rect(x - 0.75, y - 0.75, 1.5, 1.5), 0.0, Token::Muted);
        }
    }
}

/// `path /primes*`, joined with `and` where there are several.
fn condition(rule: &Rule) -> String {
    let words = rule.conditions.iter().map(|condition| {
        let field = condition
            .field
            .strip_suffix("-pattern")
            .unwrap_or(&condition.field);
        let field = field.strip_suffix("-header").unwrap_or(field);
        format!("{field} {}", condition.shown_values().join(" or "))
    });
    words.collect::<Vec<_>>().join(" and ")
}

fn draw_fallback(
    source: &Source<'_>,
    (listener, actions): (&str, &[Action]),
    row: Rect,
    draft: &mut Draft,
) {
    let text = face(TextStyle::Mono, Token::Muted);
    let y = middle(row);
    draft.text(point(row.x + PRIORITY, y), "–", text, 34.0);
    draft.text(point(row.x + CONDITION, y), "default", text, 120.0);
    let rate = source.traffic.map_or(0, |it| it.rule(listener, None));
    draw_actions(source, (actions, rate), row, draft);
}

/// Where the wire and the rate of a row are, by requests per second in millionths.
fn draw_rate(source: &Source<'_>, rate: Micro, row: Rect, draft: &mut Draft) {
    let y = middle(row);
    let width = source.traffic.map_or(WIRE_WIDTH, |it| it.wire(rate));
    let token = if rate > 0 { Token::Muted } else { Token::Line };
    draft.line(
        point(row.x + WIRE, y),
        point(row.x + GROUP - WIRE_GAP, y),
        Stroke::solid(token, width),
    );
    if rate > 0 {
        let ink = face(TextStyle::Mono, Token::Ink);
        let room = HEALTH - RATE - 8.0;
        draft.text(point(row.x + RATE, y), &rate_words(rate), ink, room);
    }
}

fn draw_actions(
    source: &Source<'_>,
    (actions, rate): (&[Action], Micro),
    row: Rect,
    draft: &mut Draft,
) {
    let y = middle(row);
    draw_rate(source, rate, row, draft);
    let groups: Vec<&str> = actions
        .iter()
        .flat_map(Action::target_groups)
        .map(last_segment)
        .collect();
    if groups.is_empty() {
        let words = actions
            .first()
            .map_or_else(|| "no action".to_string(), action_words);
        let at = point(row.x + GROUP + 6.0, y);
        draft.text(at, &words, face(TextStyle::Mono, Token::Muted), GROUP_WIDTH);
        return;
    }
    let share = GROUP_WIDTH / f64::from(u32::try_from(groups.len()).unwrap_or(1));
    for (at, group) in groups.iter().enumerate() {
        let x = row.x + GROUP + share * f64::from(u32::try_from(at).unwrap_or(0));
        draw_chip(
            source,
            group,
            rect(x, row.y + 1.5, share - 2.0, row.h - 3.0),
            draft,
        );
    }
    let health_at = point(row.x + HEALTH, y);
    let hue = groups
        .first()
        .and_then(|group| hue_of_target_group(source.design, source.model, group));
    let tone = hue.map_or(Token::Line, Token::Hue);
    let chip_end = point(row.x + GROUP + GROUP_WIDTH, y);
    let (end, width) = match source.traffic {
        Some(traffic) if rate > 0 => (RATE, traffic.wire(rate)),
        Some(_) | None => (HEALTH, 2.0),
    };
    let wire_end = point(row.x + end - WIRE_GAP, y);
    draft.line(chip_end, wire_end, Stroke::solid(tone, width));
    let right = draw_failing(source, &groups, row, draft);
    draw_health(source, &groups, health_at, right, draft);
}

/// What fails of the requests to these groups, with its mark, at the right end of the row; gives
/// where it begins.
fn draw_failing(source: &Source<'_>, groups: &[&str], row: Rect, draft: &mut Draft) -> f64 {
    let end = point(row.right() - 8.0, middle(row));
    let load = source.traffic.map(|it| it.groups(groups));
    let Some(load) = load.filter(|it| it.failed > 0) else {
        return end.x;
    };
    let token = if load.is_bad() {
        Token::Red
    } else {
        Token::Amber
    };
    let bold = face(TextStyle::MonoBold, token);
    let begin = draft.text_right(end, &failing_rate_words(load.failed), bold, 120.0);
    let mark = point(begin - 10.0, end.y);
    if load.is_bad() {
        draft.cross(mark, 3.5, Stroke::solid(token, 1.5));
    } else {
        draft.text(point(mark.x - 3.0, mark.y), "!", bold, 12.0);
    }
    mark.x - 12.0
}

fn action_words(action: &Action) -> String {
    let fixed = action
        .extra
        .get("FixedResponseConfig")
        .and_then(|config| config.get("StatusCode"));
    match fixed.and_then(serde_json::Value::as_str) {
        Some(code) => format!("fixed {code}"),
        None => action.r#type.clone(),
    }
}

fn draw_chip(source: &Source<'_>, group: &str, chip: Rect, draft: &mut Draft) {
    let known = source
        .design
        .target_groups
        .iter()
        .any(|known| known.name == group);
    let hue = hue_of_target_group(source.design, source.model, group);
    match (known, hue) {
        (true, Some(hue)) => draft.fill(chip, 3.0, Token::Pale(hue)),
        (true, None) => draft.frame(chip, 3.0, Stroke::dashed(Token::Muted, 1.0)),
        (false, _) => draft.frame(chip, 3.0, Stroke::solid(Token::Red, 1.0)),
    }
    let token = if known && hue.is_some() {
        Token::OnPale
    } else {
        Token::Ink
    };
    let at = point(chip.x + 6.0, middle(chip));
    draft.text(at, group, face(TextStyle::Mono, token), chip.w - 10.0);
    if known {
        draft.part(chip, Part::TargetGroup(group.into()));
    }
}

/// `healthy 4/4 initial 2`: the words are the status, the tone only repeats it.
fn draw_health(source: &Source<'_>, groups: &[&str], at: Point, right: f64, draft: &mut Draft) {
    let Some(control) = source.control else {
        return;
    };
    let counts = health(source, control, groups);
    let width = right - at.x;
    if counts.total() == 0 {
        draft.text(at, "no targets", face(TextStyle::Mono, Token::Muted), width);
        return;
    }
    let all_well = counts.healthy == counts.total();
    let token = if all_well { Token::Green } else { Token::Amber };
    let token = if counts.healthy == 0 && counts.initial == 0 {
        Token::Red
    } else {
        token
    };
    let part = if all_well {
        DiscPart::Whole
    } else {
        DiscPart::Half
    };
    draft.disc(point(at.x + 3.5, at.y), token, part);
    draft.text(
        point(at.x + 14.0, at.y),
        &counts.words(),
        face(TextStyle::Mono, token),
        width - 14.0,
    );
}

#[derive(Default)]
struct Counts {
    healthy: u32,
    initial: u32,
    unhealthy: u32,
    draining: u32,
}

impl Counts {
    /// Targets that should serve: draining ones are on their way out.
    fn total(&self) -> u32 {
        self.healthy + self.initial + self.unhealthy
    }

    fn words(&self) -> String {
        let mut words = format!("healthy {}/{}", self.healthy, self.total());
        for (name, count) in [
            ("initial", self.initial),
            ("unhealthy", self.unhealthy),
            ("draining", self.draining),
        ] {
            if count > 0 {
                words += &format!("  {name} {count}");
            }
        }
        words
    }
}

fn health(source: &Source<'_>, control: &ControlState, groups: &[&str]) -> Counts {
    let mut counts = Counts::default();
    let targets = control.tasks.values().flat_map(|task| &task.targets);
    for target in targets {
        if !groups.contains(&source.model.target_group(target.target_group).name.as_str()) {
            continue;
        }
        match target.balancer_health() {
            TargetHealth::Healthy => counts.healthy += 1,
            TargetHealth::Initial => counts.initial += 1,
            TargetHealth::Unhealthy => counts.unhealthy += 1,
            TargetHealth::Draining => counts.draining += 1,
            TargetHealth::Unused => {}
        }
    }
    counts
}

fn draw_unrouted(source: &Source<'_>, band: Rect, names: &[String], draft: &mut Draft) {
    draft.frame(band, 6.0, Stroke::dashed(Token::Line, 1.0));
    let at = point(band.x + 16.0, middle(band));
    let mut x = draft.text(
        at,
        "no rule leads here",
        face(TextStyle::Body, Token::Muted),
        200.0,
    ) + 12.0;
    for name in names {
        draw_chip(
            source,
            name,
            rect(x, band.y + 9.0, GROUP_WIDTH, 18.0),
            draft,
        );
        x += GROUP_WIDTH + 12.0;
    }
}
