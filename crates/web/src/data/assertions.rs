//! The panel of a scenario's assertions as data: what each one came to, and where to look.

use crate::session::{Judged, Run, Script};
use stowplan_core::assert::Outcome;
use stowplan_core::time::Instant;
use stowplan_core::view::{outcome_hint, outcome_sentence};

/// What the panel shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Assertions {
    /// The scenario's name, and what it is about.
    pub name: String,
    /// When the assertions are judged.
    pub rule: String,
    /// Where to play to before they are; `None` once they are.
    pub end: Option<Instant>,
    /// One line for each assertion.
    pub lines: Vec<Line>,
    /// Inputs that had no effect, and when.
    pub refused: Vec<(Instant, String)>,
}

/// One assertion.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// As it was written.
    pub text: String,
    /// What became of it.
    pub verdict: Verdict,
    /// What was measured.
    pub measured: String,
    /// The moment of the violation.
    pub at: Option<Instant>,
}

/// What became of an assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Pass,
    /// It does not.
    Fail,
    /// Nobody knows yet.
    NotYet,
}

impl Verdict {
    /// A sign and a word, so that it is never told by colour alone; and its tone.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Pass => ("✓ pass", "good"),
            Self::Fail => ("✗ fail", "bad"),
            Self::NotYet => ("… not yet", "muted"),
        }
    }
}

/// The panel of a run; `None` where no scenario is played.
#[must_use]
pub fn assertions(run: Option<&Run>) -> Option<Assertions> {
    let run = run?;
    let script = run.script()?;
    let scenario = &script.scenario;
    let about = [scenario.name.as_str(), scenario.description.as_str()];
    let about = about.into_iter().filter(|text| !text.is_empty());
    Some(Assertions {
        name: about.collect::<Vec<_>>().join(": "),
        rule: rule(script, run.judged()),
        end: run.judged().is_none().then_some(script.end),
        lines: lines(script, run.judged()),
        refused: run.refused(),
    })
}

fn rule(script: &Script, judged: Option<&Judged>) -> String {
    let end = script.end;
    match judged {
        None => format!("judged over the whole run, once it has been played to {end}"),
        Some(Ok(_)) => {
            let from = script.scenario.measure_from.unwrap_or_default();
            let from = Instant::ZERO + from;
            format!("judged over the whole run, from {from} to {end}")
        }
        Some(Err(reason)) => format!("cannot be judged: {reason}"),
    }
}

fn lines(script: &Script, judged: Option<&Judged>) -> Vec<Line> {
    if let Some(Ok(outcomes)) = judged {
        return outcomes.iter().map(line).collect();
    }
    let waiting = |text: &String| Line {
        text: text.clone(),
        verdict: Verdict::NotYet,
        measured: String::new(),
        at: None,
    };
    script.scenario.assert.iter().map(waiting).collect()
}

fn line(outcome: &Outcome) -> Line {
    let hint = outcome_hint(outcome).map(|hint| format!("; {hint}"));
    let measured = outcome_sentence(outcome) + &hint.unwrap_or_default();
    Line {
        text: outcome.text.clone(),
        verdict: if outcome.passed {
            Verdict::Pass
        } else {
            Verdict::Fail
        },
        measured,
        at: outcome.violated_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Intent, Session};
    use stowplan_core::design::sample;

    #[test]
    fn a_failed_assertion_tells_what_was_measured_and_when() {
        let mut session = Session::new(sample());
        assert_eq!(assertions(session.run()), None);
        let text = r#"{"name": "a", "description": "b", "duration": "PT5M", "assert": [
            "running_tasks{service=primes} == 4 at 5m", "max(running_tasks) <= 5"]}"#;
        session.dispatch(Intent::Import {
            name: "a.scenario.json".into(),
            text: text.into(),
        });
        let panel = assertions(session.run()).unwrap();
        assert_eq!(
            (panel.name.as_str(), panel.end),
            ("a: b", Some(Instant(300_000)))
        );
        let verdicts = |panel: &Assertions| -> Vec<Verdict> {
            panel.lines.iter().map(|line| line.verdict).collect()
        };
        assert_eq!(verdicts(&panel), [Verdict::NotYet, Verdict::NotYet]);
        session.dispatch(Intent::Seek(panel.end.unwrap()));
        let panel = assertions(session.run()).unwrap();
        assert_eq!(
            (panel.end, verdicts(&panel)),
            (None, vec![Verdict::Pass, Verdict::Fail])
        );
        let failed = &panel.lines[1];
        assert!(failed.measured.contains("wanted <= 5"), "{failed:?}");
        assert!(failed.at.is_some());
    }
}
