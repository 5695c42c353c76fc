//! What scenarios came to, in one form for every report.

use super::turns_option;
use crate::exit::Exit;
use crate::gate::{Loaded, Played, quoted};
use stowplan_core::assert::{Failure, Outcome};
use stowplan_core::sim::Refused;
use stowplan_core::time::Instant;
use stowplan_core::view::{outcome_hint, outcome_sentence, refused_sentence};

/// All scenarios of a call, in the order in which they were named.
#[derive(Debug)]
pub(crate) struct Report {
    /// The design as it was given.
    pub(super) design: String,
    /// Whether the design has errors, so that a part of it was left out.
    pub(super) is_faulty: bool,
    pub(super) max_turns: u64,
    pub(super) entries: Vec<Entry>,
}

/// A scenario file.
#[derive(Debug)]
pub(crate) enum Entry {
    /// It has errors, which were told.
    Faulty {
        file: String,
    },
    Judged(Box<Judged>),
}

/// A scenario with its runs, one for each seed.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(super) loaded: Loaded,
    pub(super) runs: Vec<Played>,
}

/// Something that failed, with all seeds with which it did.
#[derive(Debug)]
pub(crate) struct Finding {
    /// The assertion, the input or the budget.
    pub(super) what: String,
    /// What came of it with the first seed.
    pub(super) message: String,
    pub(super) at: Option<Instant>,
    pub(super) hint: Option<String>,
    pub(super) seeds: Vec<u64>,
    /// The command that plays the first one again.
    pub(super) replay: String,
}

/// What is said of a design with errors.
pub(super) const FAULTY_DESIGN: &str = "the design has errors, so that a part of it was left out";

impl Report {
    pub(super) fn judged(&self) -> impl Iterator<Item = &Judged> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Faulty { .. } => None,
            Entry::Judged(judged) => Some(&**judged),
        })
    }

    pub(super) fn exit(&self) -> Exit {
        let of_run = |played: &Played| match (played.exhausted, played.passed()) {
            (Some(_), _) => Exit::BudgetExhausted,
            (None, false) => Exit::AssertionFailed,
            (None, true) => Exit::Pass,
        };
        let of_entry = |entry: &Entry| match entry {
            Entry::Faulty { .. } => Exit::DocumentErrors,
            Entry::Judged(judged) => {
                let runs = judged.runs.iter().map(of_run);
                runs.fold(Exit::Pass, Exit::worse)
            }
        };
        let entries = self.entries.iter().map(of_entry);
        entries.fold(Exit::Pass, Exit::worse)
    }

    /// What failed of a scenario: what keeps it from being judged first.
    pub(super) fn findings(&self, judged: &Judged) -> Vec<Finding> {
        let inputs = judged.refused_inputs();
        let assertions = 0..judged.loaded.prepared.assertions.len();
        let exhausted = self.exhausted(judged).into_iter();
        let refused = inputs.filter_map(|input| self.refused(judged, input));
        let failed = assertions.filter_map(|at| self.failed(judged, at));
        exhausted.chain(refused).chain(failed).collect()
    }

    fn exhausted(&self, judged: &Judged) -> Option<Finding> {
        let fails = |run: &&Played| run.exhausted.is_some();
        let first = judged.runs.iter().find(fails)?;
        let at = first.exhausted?;
        let turns = self.max_turns;
        Some(Finding {
            what: format!("budget of {turns} turns"),
            message: format!("exhausted at {at}, so that nothing was judged"),
            at: Some(at),
            hint: Some("shorten `duration`, or allow more with `--max-turns`".to_owned()),
            seeds: judged.seeds(fails),
            replay: self.replay(judged, first.seed),
        })
    }

    fn refused(&self, judged: &Judged, input: usize) -> Option<Finding> {
        let of = |run: &Played| run.refused.iter().find(|it| it.input == input).cloned();
        let fails = |run: &&Played| of(run).is_some();
        let first = judged.runs.iter().find(fails)?;
        let refused: Refused = of(first)?;
        let line = judged.loaded.line_of_input(input);
        Some(Finding {
            what: format!("/inputs/{input} in line {line}"),
            message: refused_sentence(&refused),
            at: Some(refused.at),
            hint: None,
            seeds: judged.seeds(fails),
            replay: self.replay(judged, first.seed),
        })
    }

    fn failed(&self, judged: &Judged, assertion: usize) -> Option<Finding> {
        let of = |run: &Played| run.outcomes.get(assertion).filter(|it| !it.passed).cloned();
        let fails = |run: &&Played| of(run).is_some();
        let first = judged.runs.iter().find(fails)?;
        let outcome: Outcome = of(first)?;
        let sentence = outcome_sentence(&outcome);
        let message = match outcome.failure {
            Some(Failure::Violated) => format!("was {sentence}"),
            _ => sentence,
        };
        Some(Finding {
            hint: outcome_hint(&outcome),
            what: outcome.text,
            message,
            at: outcome.violated_at,
            seeds: judged.seeds(fails),
            replay: self.replay(judged, first.seed),
        })
    }

    fn replay(&self, judged: &Judged, seed: u64) -> String {
        let (design, file) = (quoted(&self.design), quoted(&judged.loaded.file));
        let turns = turns_option(self.max_turns);
        format!("stowplan test {design} {file} --seed {seed}{turns}")
    }
}

impl Judged {
    pub(super) fn passed(&self) -> bool {
        self.runs.iter().all(Played::passed)
    }

    /// The outcomes of one assertion over all seeds.
    pub(super) fn outcomes(&self, assertion: usize) -> impl Iterator<Item = &Outcome> {
        let runs = self.runs.iter();
        runs.filter_map(move |run| run.outcomes.get(assertion))
    }

    fn seeds(&self, fails: impl Fn(&&Played) -> bool) -> Vec<u64> {
        let runs = self.runs.iter().filter(fails);
        runs.map(|run| run.seed).collect()
    }

    /// The inputs that had no effect with any seed, each once, in the order of the file.
    fn refused_inputs(&self) -> impl Iterator<Item = usize> {
        let refused = self.runs.iter().flat_map(|run| &run.refused);
        let inputs: std::collections::BTreeSet<usize> = refused.map(|it| it.input).collect();
        inputs.into_iter()
    }
}
