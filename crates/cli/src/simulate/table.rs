//! Many seeds: a line for each, and the worst of all.

use super::{Arguments, Case, exit_of};
use crate::exit::Exit;
use crate::gate::Played;
use crate::table::lines;
use crate::terminal::{Look, Terminal};
use stowplan_core::sim::Prepared;
use stowplan_core::view::measured_words;

pub(super) fn print(
    case: &Case,
    seeds: &[u64],
    arguments: &Arguments,
    terminal: &mut Terminal,
) -> Exit {
    let runs: Vec<(&Prepared, u64)> = seeds.iter().map(|seed| (&case.prepared, *seed)).collect();
    let played = arguments.batch.play(&runs, Played::from);
    let has_assertions = !case.prepared.assertions.is_empty();
    let head = ["SEED".to_owned()].into_iter();
    let head = head.chain(has_assertions.then(|| "ASSERTIONS".to_owned()));
    let head = head.chain(case.measures.iter().map(|it| it.text.to_owned()));
    let rows: Vec<Vec<String>> = played.iter().map(|run| row(run, has_assertions)).collect();
    for line in lines(&head.collect::<Vec<_>>(), &rows) {
        terminal.line(Look::Plain, &line);
    }
    let exits = played.iter();
    let exits = exits.map(|run| exit_of(run.exhausted.is_some(), &run.outcomes, &run.refused));
    exits.fold(Exit::Pass, Exit::worse)
}

fn row(run: &Played, has_assertions: bool) -> Vec<String> {
    let mut row = vec![run.seed.to_string()];
    if let Some(at) = run.exhausted {
        row.push(format!("budget exhausted at {at}"));
        return row;
    }
    let failed = run.outcomes.iter().filter(|it| !it.passed).count();
    if has_assertions {
        row.push(match failed {
            0 => "pass".to_owned(),
            failed => format!("{failed} FAIL"),
        });
    }
    row.extend(run.measured.iter().map(measured_words));
    row
}
