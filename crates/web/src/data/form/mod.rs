//! Inspector forms as data: fields by their real AWS names, what is wrong with each, and what can
//! be done with the part. The DOM only shows them; values are set through JSON pointers.

mod definition;
mod elb;
mod field;
mod host;
mod service;
mod task;

pub use field::{Control, Field};

use crate::data::acts::acts;
use crate::data::traffic;
use crate::data::why::waiting;
use crate::session::{Intent, Shown};
use field::Fields;
use serde_json::Value;
use stowplan_core::design::Part;
use stowplan_core::model::Diagnostic;
use stowplan_core::scene::Subject;
use stowplan_core::severity::Severity;
use stowplan_core::view::{diagnostic_words, severity_word};

/// Everything that the inspector shows of one subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Form {
    /// What stays the same while the subject is edited, its name included.
    pub key: String,
    /// Its kind, in AWS's words.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Fields under headings; the first group has none.
    pub groups: Vec<Group>,
    /// What can be done to it while a run plays.
    pub acts: Vec<Action>,
    /// What can be done with it.
    pub actions: Vec<Action>,
    /// What it waits for, to be read before anything else.
    pub waits: Option<Finding>,
    /// What is wrong with it.
    pub findings: Vec<Finding>,
    /// JSON pointer of its entry in the document, `None` for a task.
    pub pointer: Option<String>,
}

/// Fields that belong together.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Heading, empty for none.
    pub heading: String,
    /// Fields.
    pub fields: Vec<Field>,
}

/// Something that can be done, as a button.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    /// Words of the button.
    pub label: String,
    /// What it does.
    pub intent: Intent,
    /// Whether it takes something away.
    pub is_harmful: bool,
}

/// Something wrong, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its stable id.
    pub id: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Severity as a word.
    pub word: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// Where, as a JSON pointer.
    pub pointer: String,
}

/// The form of `subject`, or of the whole document where nothing is selected or what was selected
/// is gone.
#[must_use]
pub fn form(shown: &Shown<'_>, subject: Option<&Subject>) -> Form {
    let form = match subject {
        Some(Subject::Part(part)) => part_form(shown, part),
        Some(Subject::Task(id)) => task::form(shown, *id),
        None => None,
    };
    let acts = acts(shown, subject);
    form.map_or_else(|| document_form(shown), |form| Form { acts, ..form })
}

fn part_form(shown: &Shown<'_>, part: &Part) -> Option<Form> {
    let pointer = part.pointer(shown.design)?;
    let document = serde_json::to_value(&**shown.design).ok()?;
    let fields = Fields::new(&document, &pointer);
    let (mut groups, mut actions) = match part {
        Part::Service(name) => service::content(shown, &fields, name),
        Part::TaskDefinition(name) => definition::content(shown, &fields, name),
        Part::ContainerInstance(name) => host::content(shown, &fields, name),
        Part::Rule(..) => elb::rule(shown, &fields),
        Part::TargetGroup(name) => elb::target_group(&fields, name),
        Part::LoadBalancer(name) => elb::load_balancer(&fields, name),
        Part::Listener(_) => elb::listener(&fields),
        Part::Zone(_) => (vec![group("", zone_fields(&fields))], Vec::new()),
        Part::Cluster(_) => (
            vec![group("", vec![fields.fact("clusterName", "/clusterName")])],
            Vec::new(),
        ),
    };
    let traffic = traffic::fields(shown, part);
    if !traffic.is_empty() {
        groups.push(group("Traffic", traffic));
    }
    actions.push(Action {
        label: format!("Delete {}", part.kind()),
        intent: Intent::Remove(part.clone()),
        is_harmful: true,
    });
    Some(Form {
        key: pointer.clone(),
        kind: part.kind().into(),
        name: part.name(),
        groups,
        acts: Vec::new(),
        actions,
        waits: part_waits(shown, part),
        findings: findings(shown.diagnostics, &pointer),
        pointer: Some(pointer),
    })
}

fn part_waits(shown: &Shown<'_>, part: &Part) -> Option<Finding> {
    match part {
        Part::Service(name) => {
            let (sentence, change) = waiting(shown, name)?;
            Some(waits(sentence, change.as_deref()))
        }
        Part::Zone(_)
        | Part::Cluster(_)
        | Part::ContainerInstance(_)
        | Part::TaskDefinition(_)
        | Part::LoadBalancer(_)
        | Part::Listener(_)
        | Part::Rule(..)
        | Part::TargetGroup(_) => None,
    }
}

/// Why something waits and the least that would help, as a card.
fn waits(sentence: String, change: Option<&str>) -> Finding {
    Finding {
        id: "why it waits",
        severity: Severity::Warning,
        word: "",
        message: sentence,
        hint: change.map(|change| format!("smallest change: {change}")),
        pointer: String::new(),
    }
}

fn zone_fields(fields: &Fields<'_>) -> Vec<Field> {
    vec![
        fields.fact("AvailabilityZone", "/AvailabilityZone"),
        fields.fact("SubnetId", "/SubnetId"),
        fields.text("CidrBlock", "/CidrBlock", "none"),
    ]
}

fn document_form(shown: &Shown<'_>) -> Form {
    let document = serde_json::to_value(&**shown.design).unwrap_or(Value::Null);
    let fields = Fields::new(&document, "");
    let mut list = vec![
        fields.text("name", "/name", "none"),
        fields.text("region", "/region", "us-east-1"),
    ];
    for (label, count) in [
        ("containerInstances", shown.design.container_instances.len()),
        ("services", shown.design.services.len()),
        ("taskDefinitions", shown.design.task_definitions.len()),
        ("rules", shown.design.rules.len()),
    ] {
        list.push(Field::said(label, &count.to_string()));
    }
    Form {
        key: String::new(),
        kind: "design".into(),
        name: shown.design.name.clone(),
        groups: vec![group("", list)],
        acts: Vec::new(),
        actions: document_actions(),
        waits: None,
        findings: findings(shown.diagnostics, ""),
        pointer: None,
    }
}

fn document_actions() -> Vec<Action> {
    let action = |label: &str, intent, is_harmful| Action {
        label: label.into(),
        intent,
        is_harmful,
    };
    vec![
        action("Open a file", Intent::ChooseFile, false),
        action("Reset to the sample", Intent::ResetToSample, true),
    ]
}

/// A group from its heading and fields.
fn group(heading: &str, fields: Vec<Field>) -> Group {
    Group {
        heading: heading.into(),
        fields,
    }
}

/// What was found at `pointer` or inside it, worst first.
#[must_use]
pub fn findings(diagnostics: &[Diagnostic], pointer: &str) -> Vec<Finding> {
    let within = |found: &&Diagnostic| {
        let rest = found.pointer.strip_prefix(pointer);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let finding = |found: &Diagnostic| {
        let words = diagnostic_words(found);
        Finding {
            id: found.problem.id(),
            severity: found.problem.severity(),
            word: severity_word(found.problem.severity()),
            message: words.message,
            hint: words.hint,
            pointer: found.pointer.clone(),
        }
    };
    let mut findings: Vec<Finding> = diagnostics.iter().filter(within).map(finding).collect();
    stowplan_core::sort::sort_by_key(&mut findings, |finding| finding.severity);
    findings
}

#[cfg(test)]
mod tests;
