//! Placement for people: what is asked, a line for each task, where they stand, and what waits.

use super::{Case, Waiting};
use crate::report::{counted, safe};
use crate::table::{lines, table};
use crate::terminal::{Look, Terminal};
use std::collections::BTreeMap;
use stowplan_core::control::{Explanation, ServiceMessage, Trial};
use stowplan_core::id::{InstanceIx, ZoneIx};
use stowplan_core::model::{Constraint, Strategy};
use stowplan_core::view;

pub(super) fn print(case: &Case<'_>, trial: &mut Trial<'_>, terminal: &mut Terminal) {
    let mut say = |look: Look, text: &str| terminal.line(look, &safe(text));
    heading(case, &mut say);
    let mut rows = Vec::new();
    let mut placed = Vec::new();
    let waiting = case.place(trial, |number, explanation| {
        if let Some(chosen) = explanation.chosen {
            placed.push(chosen);
            rows.push(row(case, number, chosen, explanation));
        }
    });
    if !rows.is_empty() {
        say(Look::Plain, "");
        for (at, line) in table(["TASK", "HOST", "ZONE", "FITS", "WHY"], &rows)
            .iter()
            .enumerate()
        {
            let look = if at == 0 { Look::Faint } else { Look::Plain };
            say(look, line);
        }
    }
    say(Look::Plain, "");
    say(Look::Strong, &summary(case, placed.len(), waiting.as_ref()));
    let width = terminal.width();
    for line in by_zone(case, &placed, width) {
        terminal.line(Look::Plain, &safe(&line));
    }
    if let Some(waiting) = waiting {
        print_waiting(case, &waiting, terminal);
    }
}

fn heading(case: &Case<'_>, say: &mut impl FnMut(Look, &str)) {
    let model = case.model;
    let service = model.service(case.service);
    let definition = model.definition(service.task_definition);
    let revision = definition.name();
    let what = match case.count {
        Some(count) => format!("{} of {revision}", counted(count as usize, "task")),
        None => format!("DAEMON, a task of {revision} on each host"),
    };
    let kind = if service.group == service.name {
        // Tasks of RunTask are of a group, not of a service.
        "task group"
    } else {
        "service"
    };
    say(Look::Strong, &format!("{kind} {}: {what}", service.name));
    let needs = view::resources_words(&definition.reserved);
    say(Look::Plain, &format!("  each needs   {needs}"));
    if let Some(template) = case.template {
        say(Look::Plain, &format!("  template     {}", template.name()));
    }
    if case.count.is_some() {
        let mut strategies = view::strategies_words(&service.strategies);
        if service.strategies.contains(&Strategy::Random) {
            strategies += &format!(", drawn with seed {}", case.seed);
        }
        say(Look::Plain, &format!("  strategies   {strategies}"));
    }
    for constraint in constraints(case) {
        say(Look::Plain, &format!("  constraint   {constraint}"));
    }
    let before = case.before.iter().map(|before| {
        let name = &model.service(before.service).name;
        let desired = before.desired(model).filter(|it| *it > before.tasks);
        let part = desired.map_or_else(String::new, |_| format!("{} of ", before.tasks));
        let all = desired.unwrap_or(before.tasks);
        format!("{part}{} of {name}", counted(all as usize, "task"))
    });
    let before: Vec<String> = before.collect();
    if !before.is_empty() {
        say(
            Look::Plain,
            &format!("  placed first {}", before.join(", ")),
        );
    }
}

/// The constraints of the service, then those of its task definition.
fn constraints(case: &Case<'_>) -> Vec<String> {
    let service = case.model.service(case.service);
    let own = service.constraints.iter().map(|(_, it)| match it {
        Constraint::DistinctInstance => "distinctInstance".to_owned(),
        Constraint::MemberOf(query) => format!("memberOf {}", query.text()),
    });
    let definition = case.model.definition(service.task_definition);
    let of_definition = definition.constraints.iter();
    let of_definition = of_definition
        .map(|(_, query)| format!("memberOf {}, of the task definition", query.text()));
    own.chain(of_definition).collect()
}

fn row(case: &Case<'_>, number: u32, chosen: InstanceIx, explanation: &Explanation) -> [String; 5] {
    let host = case.model.instance(chosen);
    let why = match case.count {
        Some(_) => view::score_words(case.model, explanation),
        None => "it has none yet".to_owned(),
    };
    [
        number.to_string(),
        host.name.clone(),
        case.model.zones[host.zone.at()].clone(),
        format!(
            "{} of {}",
            explanation.fitting(),
            explanation.candidates.len()
        ),
        why,
    ]
}

fn summary(case: &Case<'_>, placed: usize, waiting: Option<&Waiting>) -> String {
    let waiting = waiting.map_or(0, |waiting| waiting.count);
    if placed == 0 && waiting == 0 {
        return match case.count {
            Some(_) => "no task is asked for; --count asks for some".to_owned(),
            None => "no host is to have a task".to_owned(),
        };
    }
    let all = counted(placed + waiting as usize, "task");
    match waiting {
        0 => format!("{all} placed"),
        1 => format!("{placed} of {all} placed, 1 waits"),
        waiting => format!("{placed} of {all} placed, {waiting} wait"),
    }
}

/// A line for each zone with hosts of the cluster: how many tasks, and on which hosts.
fn by_zone(case: &Case<'_>, placed: &[InstanceIx], width: usize) -> Vec<String> {
    let model = case.model;
    if placed.is_empty() {
        return Vec::new();
    }
    let cluster = &model.service(case.service).cluster;
    let mut zones: BTreeMap<ZoneIx, BTreeMap<InstanceIx, usize>> = BTreeMap::new();
    for (_, host) in model.present_instances() {
        if host.cluster == *cluster {
            zones.entry(host.zone).or_default();
        }
    }
    for chosen in placed {
        let hosts = zones.entry(model.instance(*chosen).zone).or_default();
        *hosts.entry(*chosen).or_default() += 1;
    }
    let zone_width = zones
        .keys()
        .map(|zone| model.zones[zone.at()].chars().count());
    let zone_width = zone_width.max().unwrap_or(0);
    let count_width = placed.len().to_string().len();
    let mut all = Vec::new();
    for (zone, hosts) in zones {
        let count: usize = hosts.values().sum();
        let zone = &model.zones[zone.at()];
        let start = format!("  {zone:zone_width$}  {count:count_width$}");
        let words = hosts
            .iter()
            .map(|(host, count)| format!("{} {count}", model.instance(*host).name));
        all.extend(wrapped(&start, words, width));
    }
    all
}

/// `start`, then the words with commas, in lines no wider than `width` that begin below each
/// other.
fn wrapped(start: &str, words: impl Iterator<Item = String>, width: usize) -> Vec<String> {
    let margin = " ".repeat(start.chars().count());
    let mut all = Vec::new();
    let mut line = start.to_owned();
    let mut separator = "  ";
    for word in words {
        let is_full = line.chars().count() + word.chars().count() + 3 > width;
        if is_full && separator == ", " {
            all.push(line + ",");
            (line, separator) = (margin.clone(), "  ");
        }
        line += separator;
        line += &word;
        separator = ", ";
    }
    all.push(line);
    all
}

fn print_waiting(case: &Case<'_>, waiting: &Waiting, terminal: &mut Terminal) {
    let explanation = &waiting.explanation;
    let answer = view::answer(case.model, explanation);
    let closest = explanation.closest();
    let message = ServiceMessage::UnableToPlace { closest };
    let event = view::service_message(case.model, case.service, &message);
    let is_unicode = terminal.is_unicode();
    let mut say = |look: Look, text: &str| terminal.line(look, &safe(text));
    say(Look::Plain, "");
    say(Look::Warning, &answer.sentence);
    say(Look::Plain, &format!("ECS says: {event}"));
    if !answer.remedies.is_empty() {
        say(Look::Plain, "");
        say(Look::Strong, "what would help the next one:");
        for remedy in &answer.remedies {
            say(Look::Plain, &format!("  - {remedy}"));
        }
    }
    if answer.rows.is_empty() {
        return;
    }
    let head = ["host", "zone", "free", "verdict"].map(str::to_owned);
    let head = head.iter().chain(&answer.columns);
    let head: Vec<String> = head.map(|title| title.to_uppercase()).collect();
    let rows = answer.rows.into_iter().map(|row| {
        let start = [row.host, row.zone, row.free, row.verdict.to_owned()];
        let cells = start.into_iter().chain(row.cells);
        let plain = |cell: String| {
            if is_unicode {
                cell
            } else {
                cell.replace('✓', "ok")
            }
        };
        cells.map(plain).collect::<Vec<String>>()
    });
    say(Look::Plain, "");
    for (at, line) in lines(&head, &rows.collect::<Vec<_>>()).iter().enumerate() {
        say(if at == 0 { Look::Faint } else { Look::Plain }, line);
    }
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn long_lists_go_on_below_each_other() {
        let words = ["i-1 1", "i-2 10", "i-3 3"].map(str::to_owned);
        assert_eq!(
            wrapped("  a  14", words.into_iter(), 26),
            ["  a  14  i-1 1, i-2 10,", "         i-3 3"]
        );
        assert_eq!(wrapped("  a  0", std::iter::empty(), 26), ["  a  0"]);
    }
}
