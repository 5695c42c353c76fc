//! Many runs at once: every thread takes the next one, and results stand in the order of the
//! list, whatever the number of threads.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use stowplan_core::assert::{Measured, Outcome};
use stowplan_core::sim::{Prepared, Refused, ScenarioRun, TURNS_DEFAULT, run_scenario};
use stowplan_core::time::Instant;

/// How runs are played.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Batch {
    /// Runs at once [default: one for each core]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) jobs: Option<u16>,
    /// Turns of the control plane that each run may take
    #[arg(long, value_name = "N", default_value_t = TURNS_DEFAULT,
        value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) max_turns: u64,
}

/// What is kept of a run.
#[derive(Clone, Debug)]
pub(crate) struct Played {
    pub(crate) seed: u64,
    pub(crate) exhausted: Option<Instant>,
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) measured: Vec<Measured>,
    pub(crate) refused: Vec<Refused>,
}

impl Played {
    /// Whether everything that should hold does and every input had its effect.
    pub(crate) fn passed(&self) -> bool {
        let all_hold = self.outcomes.iter().all(|outcome| outcome.passed);
        self.exhausted.is_none() && self.refused.is_empty() && all_hold
    }
}

impl From<ScenarioRun> for Played {
    fn from(run: ScenarioRun) -> Self {
        Self {
            seed: run.seed,
            exhausted: run.exhausted,
            outcomes: run.outcomes,
            measured: run.measured,
            refused: run.refused,
        }
    }
}

impl Batch {
    /// Plays each scenario with its seeds; what `keep` keeps of each run stands in their order.
    pub(crate) fn play<T: Send>(
        &self,
        runs: &[(&Prepared, u64)],
        keep: impl Fn(ScenarioRun) -> T + Sync,
    ) -> Vec<T> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let threads = self.jobs.map_or(cores, usize::from);
        let progress = Progress::new(runs.len());
        let play = |(prepared, seed): &(&Prepared, u64)| {
            let kept = keep(run_scenario(prepared, *seed, self.max_turns));
            progress.step();
            kept
        };
        let played = play_all(runs, threads, play);
        progress.end();
        played
    }
}

/// Applies `play` to every job on so many threads; results stand in the order of the jobs.
pub(crate) fn play_all<J: Sync, R: Send>(
    jobs: &[J],
    threads: usize,
    play: impl Fn(&J) -> R + Sync,
) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(at) else { return done };
            done.push((at, play(job)));
        }
    };
    let threads = threads.clamp(1, jobs.len().max(1));
    let mut done: Vec<(usize, R)> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let results = workers.into_iter().flat_map(|worker| match worker.join() {
            Ok(results) => results,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        results.collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

/// A line on the terminal that says how far it is; silent where nobody watches.
#[derive(Debug)]
pub(crate) struct Progress {
    of: usize,
    done: Mutex<usize>,
    is_shown: bool,
}

impl Progress {
    pub(crate) fn new(of: usize) -> Self {
        let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
        Self {
            of,
            done: Mutex::new(0),
            is_shown: of > 1 && !in_ci && std::io::stderr().is_terminal(),
        }
    }

    pub(crate) fn step(&self) {
        let Ok(mut done) = self.done.lock() else {
            return;
        };
        *done += 1;
        if self.is_shown {
            let _ = write!(std::io::stderr().lock(), "\r{done} of {} runs", self.of);
        }
    }

    /// Wipes the line.
    pub(crate) fn end(&self) {
        if self.is_shown {
            let _ = write!(std::io::stderr().lock(), "\r\u{1b}[K");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::play_all;

    #[test]
    fn results_stand_in_the_order_of_the_jobs() {
        let jobs: Vec<u64> = (0..500).collect();
        let squares: Vec<u64> = jobs.iter().map(|it| it * it).collect();
        for threads in [0, 1, 3, 16] {
            assert_eq!(play_all(&jobs, threads, |it| it * it), squares);
        }
        assert!(play_all(&[] as &[u64], 4, |it| *it).is_empty());
    }
}
