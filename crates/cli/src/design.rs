//! A design for commands that work with what is sound of it: what is wrong is told on standard
//! error, as `check` tells it, and does not keep the rest from being used.

use crate::exit::{Exit, Stop};
use crate::input::Source;
use crate::problem::{Checked, Content};
use crate::report::show;
use crate::terminal::{Output, Terminal};
use std::path::Path;
use stowplan_core::design::{Design, Service, last_segment};
use stowplan_runner::Complaint;

/// A design that could be read.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) design: Design,
    has_errors: bool,
}

impl Opened {
    /// Reads a design and tells what is wrong with it; `None` if that keeps it from being read.
    pub(crate) fn new(path: &Path, terminal: &mut Terminal) -> Result<Option<Self>, Stop> {
        let checked = Checked::new(Source::open(path).map_err(Stop::unusable)?, &[]);
        show(&checked, terminal, Output::Aside);
        let has_errors = checked.has_errors();
        match checked.content {
            Content::Design(design) => Ok(design.map(|design| Self {
                design: *design,
                has_errors,
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
