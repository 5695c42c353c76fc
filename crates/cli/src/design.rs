//! A design for commands that work with what is sound of it: what is wrong is told on standard
//! error, as `check` tells it, and does not keep the rest from being used.

use crate::exit::{Exit, Stop};
use crate::input::Source;
use crate::problem::{Checked, Content, Problem};
use crate::report::{counted, show, show_problems};
use crate::terminal::{Look, Output, Terminal};
use std::path::Path;
use stowplan_core::design::{Design, Service, last_segment};
use stowplan_core::severity::Severity;
use stowplan_runner::Complaint;

/// A design that could be read.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) design: Design,
    has_errors: bool,
}

/// A design that could be read, and what is wrong with it, which nobody has been told yet.
#[derive(Debug)]
pub(crate) struct Unheard {
    pub(crate) opened: Opened,
    source: Source,
    problems: Vec<Problem>,
}

impl Unheard {
    /// Tells what of it is wanted by JSON pointer, and in a line how many errors there are beside.
    pub(crate) fn tell(&self, wanted: impl Fn(&str) -> bool, terminal: &mut Terminal) {
        let is_error = |it: &&Problem| it.severity == Severity::Error;
        let (told, other): (Vec<Problem>, Vec<Problem>) = {
            let all = self.problems.iter().cloned();
            all.partition(|it| wanted(&it.pointer))
        };
        show_problems(&self.source, &told, terminal, Output::Aside);
        let count = other.iter().filter(is_error).count();
        if count > 0 {
            let errors = counted(
                count,
                if told.is_empty() {
                    "error"
                } else {
                    "more error"
                },
            );
            let line = format!("{errors} elsewhere in the design: see `stowplan check`");
            terminal.aside(Look::Faint, &line);
        }
    }
}

impl Opened {
    /// Reads a design and tells what is wrong with it; `None` if that keeps it from being read.
    pub(crate) fn new(path: &Path, terminal: &mut Terminal) -> Result<Option<Self>, Stop> {
        let unheard = Self::unheard(path, terminal)?;
        Ok(unheard.map(|it| {
            it.tell(|_| true, terminal);
            it.opened
        }))
    }

    /// Reads a design and leaves it to the command what of its problems to tell; of one that
    /// cannot be read all is told.
    pub(crate) fn unheard(path: &Path, terminal: &mut Terminal) -> Result<Option<Unheard>, Stop> {
        let checked = Checked::new(Source::open(path).map_err(Stop::unusable)?, &[]);
        let has_errors = checked.has_errors();
        if !matches!(checked.content, Content::Design(Some(_))) {
            show(&checked, terminal, Output::Aside);
        }
        match checked.content {
            Content::Design(design) => Ok(design.map(|design| Unheard {
                opened: Self {
                    design: *design,
                    has_errors,
                },
                source: checked.source,
                problems: checked.problems,
            })),
            Content::Definition(_) => Err(Stop::not_a_design(&checked.source.name)),
        }
    }

    /// How a command ends that did what it should with it.
    pub(crate) const fn exit(&self) -> Exit {
        if self.has_errors {
            Exit::DocumentErrors
        } else {
            Exit::Pass
        }
    }
}

/// The cluster of a service: its own, else the first of the document, as compiling has it.
pub(crate) fn cluster_of<'a>(design: &'a Design, service: &'a Service) -> &'a str {
    let first = design.clusters.first();
    let first = first.map_or("default", |cluster| &cluster.cluster_name);
    service.cluster.as_deref().map_or(first, last_segment)
}

/// Complains that there is no such part, and names those that there are.
pub(crate) fn unknown(kind: &str, name: &str, known: &[String]) -> Stop {
    const NAMES_MAX: usize = 12;
    let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    let shown = names.iter().take(NAMES_MAX).cloned().collect::<Vec<_>>();
    let more = match names.len().saturating_sub(NAMES_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let hint = match shown.as_slice() {
        [] => format!("the design has no {kind}"),
        [only] => format!("the design has {only} only"),
        _ => format!("the design has {}{more}", shown.join(", ")),
    };
    Stop::unusable(Complaint {
        message: format!("there is no {kind} called `{name}`"),
        hint: Some(hint),
    })
}
