//! What is wrong with a file, in one form for every report: of a task definition what its rules
//! find, of a design also what compiling it finds.

use crate::input::Source;
use serde_json::Value;
use stowplan_core::design::Design;
use stowplan_core::model::{Diagnostic, Problem as Fault, compile, definition_findings};
use stowplan_core::severity::Severity;
use stowplan_core::source::{Node, NodeKind, ReadError, Span, segments};
use stowplan_core::taskdef::{
    Change, Finding, Fix, LaunchType, Placed, Reading, Rule, mended, read_definition,
};
use stowplan_core::view::{Words, diagnostic_words, placed_words, rule_words};

/// Something that is wrong, or worth knowing.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    /// The rule's stable id.
    pub(crate) code: &'static str,
    pub(crate) severity: Severity,
    /// JSON pointer into the file.
    pub(crate) pointer: String,
    pub(crate) span: Span,
    pub(crate) words: Words,
    pub(crate) fix: Option<Mending>,
}

/// What would mend a problem.
#[derive(Clone, Debug)]
pub(crate) struct Mending {
    /// The changes, their pointers into the file.
    pub(crate) changes: Vec<Change>,
    /// Whether it cannot change what is meant, so that `--fix` does it.
    pub(crate) is_sure: bool,
    /// The same within the definition, for a task definition's file.
    inner: Fix,
}

/// A file that was checked.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) source: Source,
    pub(crate) content: Content,
    /// In the order of the text.
    pub(crate) problems: Vec<Problem>,
}

/// What a file holds.
#[derive(Debug)]
pub(crate) enum Content {
    /// A task definition, in whatever shape.
    Definition(Box<Reading>),
    /// A design; `None` if it cannot be read.
    Design(Option<Box<Design>>),
}

/// The id of what keeps a design from being read, though it is JSON.
const UNREADABLE_DESIGN: &str = "DS000";

impl Checked {
    /// Checks a file for `platforms` or, where there are none, for those that it names.
    pub(crate) fn new(source: Source, platforms: &[LaunchType]) -> Self {
        let reading = read_definition(&source.text);
        let placed = reading.check(&source.text, platforms);
        let root = reading.parsed.root.as_ref();
        let is_design = root.is_some_and(|root| root.member("stowplan").is_some());
        let (content, mut problems) = if is_design {
            of_design(&source.text, &reading, placed, platforms)
        } else {
            let problems = placed
                .iter()
                .map(|it| of_definition(&reading, it))
                .collect();
            (Content::Definition(Box::new(reading)), problems)
        };
        problems.sort_by_key(|problem: &Problem| problem.span.start);
        Self {
            source,
            content,
            problems,
        }
    }

    /// How many problems of this severity there are.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        let is_it = |problem: &&Problem| problem.severity == severity;
        self.problems.iter().filter(is_it).count()
    }

    /// Whether there is an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// The text with one problem mended; `None` where that takes more than a change of the text.
    pub(crate) fn text_with(&self, mending: &Mending) -> Option<String> {
        match &self.content {
            Content::Definition(reading) => reading.fixed(&self.source.text, &mending.inner),
            Content::Design(_) => None,
        }
    }

    /// The text with everything mended that surely can be, and how much that was.
    pub(crate) fn mended(&self, platforms: &[LaunchType]) -> (String, usize) {
        match &self.content {
            Content::Definition(_) => mended(&self.source.text, platforms),
            Content::Design(Some(design)) => self.mended_design(design),
            Content::Design(None) => (self.source.text.clone(), 0),
        }
    }

    fn mended_design(&self, design: &Design) -> (String, usize) {
        let as_it_is = || (self.source.text.clone(), 0);
        let Ok(mut value) = serde_json::to_value(design) else {
            return as_it_is();
        };
        let fixes = self.problems.iter().filter_map(|it| it.fix.as_ref());
        let mut count = 0;
        // From the end, so that an item taken out of a list moves none that is still to be mended.
        for mending in fixes.filter(|it| it.is_sure).rev() {
            let changes = mending.changes.clone();
            let before = value.clone();
            let is_sure = true;
            Fix { changes, is_sure }.apply(&mut value);
            count += usize::from(value != before);
        }
        match serde_json::from_value::<Design>(value) {
            Ok(mended) if count > 0 => (mended.write(), count),
            Ok(_) | Err(_) => as_it_is(),
        }
    }
}

fn of_definition(reading: &Reading, placed: &Placed) -> Problem {
    let Finding { rule, fix, .. } = &placed.finding;
    let in_file = |change: &Change| Change {
        pointer: reading.file_pointer(&change.pointer),
        value: change.value.clone(),
    };
    Problem {
        code: rule.id(),
        severity: rule.severity(),
        pointer: placed.pointer.clone(),
        span: placed.span,
        words: placed_words(placed),
        fix: fix.as_ref().map(|fix| Mending {
            changes: fix.changes.iter().map(in_file).collect(),
            is_sure: fix.is_sure,
            inner: fix.clone(),
        }),
    }
}

fn of_design(
    text: &str,
    reading: &Reading,
    placed: Vec<Placed>,
    platforms: &[LaunchType],
) -> (Content, Vec<Problem>) {
    let mistakes = placed.iter().filter(|it| it.mistake.is_some());
    let mistakes: Vec<Problem> = mistakes.map(|it| of_definition(reading, it)).collect();
    let root = reading.parsed.root.as_ref();
    let read = Design::read(text);
    match read {
        Ok(design) => {
            let found = diagnostics(&design, platforms);
            let problems = found.iter().map(|it| of_diagnostic(root, it)).collect();
            (Content::Design(Some(Box::new(design))), problems)
        }
        Err(_) if !mistakes.is_empty() => (Content::Design(None), mistakes),
        Err(error) => (Content::Design(None), vec![unreadable(root, &error)]),
    }
}

/// What compiling finds; for `platforms`, the task definitions are checked for those instead.
fn diagnostics(design: &Design, platforms: &[LaunchType]) -> Vec<Diagnostic> {
    let mut found = compile(design, None).diagnostics;
    if !platforms.is_empty() {
        found.retain(|it| !matches!(it.problem, Fault::TaskDefinition(_)));
        for (at, definition) in design.task_definitions.iter().enumerate() {
            let findings = definition_findings(definition, platforms).into_iter();
            found.extend(findings.map(|finding| Diagnostic {
                pointer: format!("/taskDefinitions/{at}{}", finding.pointer),
                problem: Fault::TaskDefinition(finding),
            }));
        }
    }
    found
}

/// What a rule of task definitions found, if that is the fault.
const fn finding_of(fault: &Fault) -> Option<&Finding> {
    if let Fault::TaskDefinition(finding) = fault {
        Some(finding)
    } else {
        None
    }
}

fn of_diagnostic(root: Option<&Node>, diagnostic: &Diagnostic) -> Problem {
    let Diagnostic { pointer, problem } = diagnostic;
    let finding = finding_of(problem);
    let is_of_a_name = finding.is_some_and(|finding| finding.rule.is_of_a_name());
    let fix = finding.and_then(|finding| {
        let fix = finding.fix.clone()?;
        let outer = pointer.strip_suffix(&finding.pointer)?;
        let in_file = |change: &Change| Change {
            pointer: format!("{outer}{}", change.pointer),
            value: change.value.clone(),
        };
        Some(Mending {
            changes: fix.changes.iter().map(in_file).collect(),
            is_sure: fix.is_sure,
            inner: fix,
        })
    });
    Problem {
        code: problem.id(),
        severity: problem.severity(),
        pointer: pointer.clone(),
        span: span_in_expression(root, diagnostic)
            .unwrap_or_else(|| span(root, pointer, is_of_a_name)),
        words: diagnostic_words(diagnostic),
        fix,
    }
}

fn unreadable(root: Option<&Node>, error: &ReadError) -> Problem {
    Problem {
        code: UNREADABLE_DESIGN,
        severity: Severity::Error,
        pointer: error.pointer.clone(),
        span: span(root, &error.pointer, false),
        words: Words {
            message: error.to_string(),
            hint: error.hint(),
        },
        fix: None,
    }
}

/// Where the value at `pointer` stands, or its name; for what is missing, the opening bracket of
/// what it is missing in.
fn span(root: Option<&Node>, pointer: &str, is_of_a_name: bool) -> Span {
    let Some(root) = root else {
        return Span::default();
    };
    if is_of_a_name && let Some((parent, _)) = pointer.rsplit_once('/') {
        let name = segments(pointer).pop().unwrap_or_default();
        if let Some(member) = root.nearest(parent).0.member(&name) {
            return member.name_span;
        }
    }
    let (node, is_exact) = root.nearest(pointer);
    let is_bracketed = matches!(node.kind, NodeKind::Object(_) | NodeKind::List(_));
    if is_bracketed && (!is_exact || pointer.is_empty()) {
        let start = node.span.start;
        return Span {
            start,
            end: start + 1,
        };
    }
    node.span
}

/// The faulty characters of an expression, where it stands in the file as it is read; behind its
/// end, the quote. An escape moves them, and then the whole text has to do.
fn span_in_expression(root: Option<&Node>, diagnostic: &Diagnostic) -> Option<Span> {
    let Fault::BadExpression { text, error } = &diagnostic.problem else {
        return None;
    };
    let (node, is_exact) = root?.nearest(&diagnostic.pointer);
    let is_plain = node.span.end - node.span.start == text.len() + 2;
    let start = node.span.start + 1 + error.at;
    let end = node.span.start + 1 + error.end;
    (is_exact && is_plain && !text.is_empty()).then(|| Span {
        start,
        end: end.max(start + 1),
    })
}

/// What the rule with the id `code` is about, and what to do where it is broken.
pub(crate) fn about(code: &str) -> (String, String) {
    let rule = Rule::ALL.iter().find(|rule| rule.id() == code);
    let (message, hint) = match rule {
        Some(rule) => rule_words(*rule),
        None => about_designs(code),
    };
    (blank(message), blank(hint))
}

fn about_designs(code: &str) -> (&'static str, &'static str) {
    match code {
        "DS001" => ("two parts share a name", "give one of them another name"),
        "DS002" => (
            "a reference leads to no part",
            "name one that exists, or add it",
        ),
        "DS003" => (
            "an instance type is not in the catalogue",
            "choose another type, or state registeredCpu and registeredMemory",
        ),
        "DS009" => (
            "a load balancer registers a port that no container has",
            "name a container and a port of its portMappings",
        ),
        "DS010" => (
            "two rules share a priority",
            "give one of them a free priority",
        ),
        "DS011" => ("a priority is out of range", "use 1 to 50000"),
        "DS012" => (
            "a deployment can neither stop nor start a task",
            "lower minimumHealthyPercent or raise maximumPercent",
        ),
        "DS013" => ("a field is kept, but not simulated yet", ""),
        "DS014" => (
            "this is not a placement strategy",
            "use spread, binpack or random with a field that ECS knows",
        ),
        "DS015" => (
            "a service has more tasks than one may have",
            "lower desiredCount, or split the service",
        ),
        "DS016" => (
            "a placement strategy has no field",
            "say over what to spread, or by what to pack",
        ),
        "DS017" => (
            "a service has more placement strategies than ECS takes",
            "leave out the last ones; they decide least",
        ),
        "DS018" => (
            "a task has more placement constraints than ECS takes",
            "join expressions with `and`",
        ),
        "DS019" => (
            "this is not a placement constraint",
            "use distinctInstance, or memberOf with an expression",
        ),
        "DS020" => (
            "a memberOf constraint has no expression",
            "say which hosts, in the cluster query language",
        ),
        "DS021" => (
            "a distinctInstance constraint has an expression",
            "take the expression out, or make it a memberOf constraint",
        ),
        "DS022" => (
            "this is not an expression of the cluster query language",
            "mend it at the character that the message names",
        ),
        "DS023" => (
            "zones cannot be rebalanced",
            "take away what stands against it, or availabilityZoneRebalancing",
        ),
        "DS024" => (
            "a DAEMON service has a maximumPercent other than 100",
            "make it 100, or leave it out",
        ),
        "DS025" => (
            "a DAEMON service has placement strategies",
            "take placementStrategy out; constraints say which hosts",
        ),
        "DS026" => (
            "this word is not one that AWS knows here",
            "write one of those that the message names",
        ),
        "DS027" => (
            "this is not a moment",
            "write it as 2026-06-18T22:28:28Z, or as seconds since 1970",
        ),
        "DS028" => (
            "this is not an attribute that ECS takes",
            "use letters, digits and - _ . / \\ in names",
        ),
        "DS030" => (
            "a field is one that AWS does not know",
            "correct its name, or take it out",
        ),
        "DS031" => (
            "a number is one that AWS does not take",
            "write one within the range that the message names",
        ),
        "DS032" => (
            "a service cannot be deployed as it is written",
            "mend what the message names",
        ),
        "DS033" => (
            "a service has more than one PRIMARY task set",
            "make one of them ACTIVE",
        ),
        "DS034" => (
            "AWS refuses a condition of a rule",
            "mend the value that the message names",
        ),
        "DS035" => (
            "AWS refuses the actions of a rule or listener",
            "mend the action that the message names",
        ),
        "DS036" => (
            "AWS refuses a redirect or a fixed response",
            "mend the member that the message names",
        ),
        "DS037" => (
            "AWS refuses a transform of a rule",
            "mend the transform that the message names",
        ),
        "DS038" => (
            "AWS refuses a listener",
            "mend the member that the message names",
        ),
        "DS039" => (
            "a quota of Elastic Load Balancing is exceeded",
            "stay within it, or have it raised where that can be",
        ),
        "DS040" => (
            "a service cannot stand behind a Classic Load Balancer",
            "mend what the message names, or use a target group",
        ),
        "DS041" => (
            "a service wants more tasks than a fixed port leaves hosts for",
            "want fewer, or add hosts",
        ),
        "DS042" => (
            "attributes of a target group exclude each other",
            "take one of them out",
        ),
        "DS043" => (
            "a health check may take longer than its interval",
            "lower the timeout, or raise the interval",
        ),
        "DS044" => (
            "this is not a matcher of a health check",
            "write 200, 200,202 or 200-299",
        ),
        "DS045" => (
            "a service cannot be registered with Cloud Map as it is written",
            "mend what the message names",
        ),
        "DS046" => (
            "a workload has a value that cannot be",
            "write one that the message allows",
        ),
        "DS047" => (
            "a workload has a name that nothing has",
            "correct the name, or take it out",
        ),
        "DS060" => (
            "no request reaches a rule",
            "give it a lower priority than the rules that take its requests, or take it out",
        ),
        "DS061" => (
            "two rules match some of the same requests, and their order decides",
            "see that the order is meant",
        ),
        "DS029" => (
            "a value has another shape than AWS's and is left alone",
            "write it as the AWS CLI prints it",
        ),
        _ => (
            "the design cannot be read",
            "mend it where the message points",
        ),
    }
}

/// A sentence whose blanks are left open.
fn blank(pattern: &str) -> String {
    let mut text = pattern.to_owned();
    for at in 0..9 {
        text = text.replace(&format!("{{{at}}}"), "…");
    }
    text
}

/// The JSON of a list of changes: a change without `value` takes the member or item out.
pub(crate) fn changes_json(changes: &[Change]) -> Value {
    let change = |change: &Change| match &change.value {
        Some(value) => serde_json::json!({"pointer": change.pointer, "value": value}),
        None => serde_json::json!({"pointer": change.pointer}),
    };
    changes.iter().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_designs_says_what_it_is_about() {
        let (unreadable, _) = about(UNREADABLE_DESIGN);
        for number in (1..=3).chain(9..=47).chain(60..=61) {
            let code = format!("DS{number:03}");
            let (message, _) = about(&code);
            assert!(!message.is_empty() && message != unreadable, "{code}");
        }
    }
}
