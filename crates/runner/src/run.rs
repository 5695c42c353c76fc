//! `stowplan run`: check everything, take over what runs, then drive.

use crate::document::Document;
use crate::drive::{Cleared, Drive, SERVICE};
use crate::failure::{Complaint, Failure};
use crate::fleet::{Fleet, number};
use crate::found::Found;
use crate::honoured::not_honoured;
use crate::host::{Host, connect_all};
use crate::plan::{OrderError, start_order};
use crate::report::Notice;
use crate::signals::Signals;
use crate::{images, lock};
use std::collections::BTreeMap;
use stowplan_core::model::{Diagnostic, Severity};
use stowplan_core::taskdef::flaws;
use stowplan_core::view::{diagnostic_words, flaw_words};

/// What to run, how often and where.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The task definition.
    pub document: Document,
    /// How many tasks to keep.
    pub count: u32,
    /// Addresses of the engines.
    pub hosts: Vec<String>,
    /// Fresh entropy: task and deployment ids are drawn from it.
    pub seed: u64,
}

/// Runs the task definition until Ctrl-C, SIGTERM or SIGHUP; nothing of it is left then.
///
/// # Errors
/// A document with errors, an engine that does not answer, an image that cannot be had, or a run
/// of the same family on one of the engines: nothing was created then. At the end, containers
/// that were not seen to go: they are named.
pub async fn run(options: &RunOptions, notify: &mut dyn FnMut(Notice)) -> Result<(), Failure> {
    let document = &options.document;
    check(document)?;
    let hosts = connect_all(&options.hosts).await?;
    let _locks = hosts
        .iter()
        .map(|host| lock::take(host, &document.definition.family))
        .collect::<Result<Vec<_>, _>>()?;
    introduce(document, &hosts, notify);
    images::ensure(document, &hosts, notify).await?;

    let mut signals = Signals::take()?;
    let found = Found::look(&hosts, &document.definition.family).await?;
    let mut revisions = found.revisions();
    let newest = number(&document.definition, &revisions);
    revisions.insert(newest, document.definition.clone());
    let fleet = Fleet {
        hosts: &hosts,
        revisions,
        desired_count: options.count,
    };
    let model = fleet.compile(None).model;
    if model.services.get(SERVICE.at()).is_none() {
        return Err(Failure::Internal(anyhow::anyhow!(
            "the checked definition did not compile"
        )));
    }
    let adopted = found.adopted(&model);
    let mut drive = Drive::new(fleet, model, options.seed, notify);
    if drive.clear_away(&found, &mut signals).await == Cleared::Interrupted {
        return gone(&found.names(&hosts));
    }
    drive.adopt(&adopted);
    gone(&drive.run(&mut signals).await)
}

/// Fails if anything is left.
fn gone(left: &[String]) -> Result<(), Failure> {
    if left.is_empty() {
        return Ok(());
    }
    let left = left.join(", ");
    Err(Failure::Internal(anyhow::anyhow!(
        "may still run: {left}; `stowplan down` removes it"
    )))
}

/// Everything that is wrong with the document itself, before any engine is asked.
fn check(document: &Document) -> Result<(), Failure> {
    let definition = &document.definition;
    let revisions = BTreeMap::from([(1, definition.clone())]);
    let compiled = Fleet {
        hosts: &[],
        revisions,
        desired_count: 0,
    }
    .compile(None);
    let errors = compiled
        .diagnostics
        .iter()
        .filter(|it| it.problem.severity() == Severity::Error);
    let mut complaints: Vec<Complaint> = errors.filter_map(|it| placed(document, it)).collect();
    if let Err(error) = start_order(&definition.container_definitions) {
        complaints.push(unordered(document, &error));
    }
    complaints.extend(flaws(definition).into_iter().map(|flaw| {
        let words = flaw_words(&flaw);
        document.complaint(&flaw.pointer, &words.message, words.hint)
    }));
    if complaints.is_empty() {
        Ok(())
    } else {
        Err(Failure::Document(complaints))
    }
}

/// A finding about the definition, at its own place; findings about the service that we made up
/// around it only follow from those.
fn placed(document: &Document, diagnostic: &Diagnostic) -> Option<Complaint> {
    let pointer = diagnostic.pointer.strip_prefix("/taskDefinitions/0")?;
    let words = diagnostic_words(diagnostic);
    let message = format!("{} {}", diagnostic.problem.id(), words.message);
    Some(document.complaint(pointer, &message, words.hint))
}

fn unordered(document: &Document, error: &OrderError) -> Complaint {
    let containers = &document.definition.container_definitions;
    let (pointer, message, hint) = match error {
        OrderError::Unknown {
            container,
            dependency,
        } => (
            format!("/containerDefinitions/{container}/dependsOn/{dependency}/containerName"),
            "the task has no container of this name".to_owned(),
            "name another container of the same task definition",
        ),
        OrderError::UnknownCondition {
            container,
            dependency,
        } => (
            format!("/containerDefinitions/{container}/dependsOn/{dependency}/condition"),
            "this is not a condition".to_owned(),
            "use START, COMPLETE, SUCCESS or HEALTHY",
        ),
        OrderError::Cycle { container } => (
            format!("/containerDefinitions/{container}/dependsOn"),
            format!(
                "container `{}` waits for itself in a circle",
                containers[*container].name
            ),
            "take one of the dependencies of the circle out",
        ),
    };
    document.complaint(&pointer, &message, Some(hint.to_owned()))
}

fn introduce(document: &Document, hosts: &[Host], notify: &mut dyn FnMut(Notice)) {
    for field in not_honoured(&document.definition) {
        let instead = field.instead.map(|instead| format!(" ({instead})"));
        let message = format!("not honoured{}", instead.unwrap_or_default());
        let complaint = document.complaint(&field.pointer, &message, None);
        notify(Notice::NotHonoured(complaint));
    }
    for host in hosts {
        notify(Notice::Host {
            name: host.name.clone(),
            address: host.address.clone(),
            cpu: host.cpu,
            memory_mib: host.memory_mib,
        });
    }
}
