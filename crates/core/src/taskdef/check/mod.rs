//! What is wrong with a task definition, all of it in one pass, as data.
//!
//! [`check`] asks a definition as it stands in a document, [`crate::taskdef::Reading`] one in a
//! text. Rules that concern one platform are asked only for the platforms that the definition
//! says it is for (task-definition.md T13). A value that is a placeholder, or that has the wrong
//! type, is told of once; no other rule guesses what it might be.

mod definition;
mod fargate;
mod finding;
mod identity;
mod linux;
mod logging;
mod order;
mod ports;
mod process;
mod rule;
mod sizes;
mod types;
mod volumes;

pub use finding::{Change, Finding, Fix};
pub use rule::Rule;
pub use sizes::MEMORY_MIB_MIN;

use super::{ContainerDefinition, Extra, LaunchType, NetworkMode, TaskDefinition};
use crate::severity::Severity;
use crate::source::is_placeholder;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

/// Most findings that are told of one definition; behind so many, more help nobody.
pub const FINDINGS_MAX: usize = 1000;

/// Largest definition that is asked more than its size and types, in bytes of compact JSON:
/// sixteen times what AWS takes, so that a hostile file costs little.
const ASKED_BYTES_MAX: usize = 16 * BYTES_MAX;

/// Largest definition that AWS takes, in bytes (task-definition.md T03). Which serialisation AWS
/// counts is not documented; we count compact UTF-8 JSON of what would be registered.
pub const BYTES_MAX: usize = 65_536;

/// The platforms that `definition` says it is for; EC2 where it says nothing, since AWS then
/// checks nothing of Fargate's rules (task-definition.md T14).
#[must_use]
pub fn targets(definition: &TaskDefinition) -> Vec<LaunchType> {
    match definition.requires_compatibilities.as_deref() {
        Some(stated) if !stated.is_empty() => stated.to_vec(),
        Some(_) | None => alloc::vec![LaunchType::Ec2],
    }
}

/// The platforms that the definition could run on: those whose rules it breaks none of, as AWS
/// lists them in `compatibilities` (task-definition.md 1.2).
#[must_use]
pub fn compatibilities(definition: &TaskDefinition) -> Vec<LaunchType> {
    let runs = |target: &LaunchType| {
        let found = check(definition, core::slice::from_ref(target));
        !found
            .iter()
            .any(|found| found.rule.severity() == Severity::Error)
    };
    LaunchType::ALL.iter().copied().filter(runs).collect()
}

/// Everything that is wrong with `definition` for the platforms `targets`, by pointer and rule.
#[must_use]
pub fn check(definition: &TaskDefinition, targets: &[LaunchType]) -> Vec<Finding> {
    let value = Value::Object(definition.to_members());
    let (mut found, unsure) = types::types(&value, registered_bytes(&value));
    if value.to_string().len() <= ASKED_BYTES_MAX {
        let context = Context::new(definition, targets, &unsure);
        let mut rules = Findings::default();
        definition::definition(&mut rules, &context);
        identity::identity(&mut rules, &context);
        sizes::sizes(&mut rules, &context);
        ports::ports(&mut rules, &context);
        volumes::volumes(&mut rules, &context);
        process::processes(&mut rules, &context);
        linux::linux(&mut rules, &context);
        order::order(&mut rules, &context);
        logging::logging(&mut rules, &context);
        fargate::platforms(&mut rules, &context);
        let sure = rules.0.into_iter().filter(|it| !unsure.covers(&it.pointer));
        found.0.extend(without_moot(sure.collect()));
    }
    let mut found = found.0;
    crate::sort::sort_by_key(&mut found, |it| (natural(&it.pointer), it.rule));
    found.dedup();
    found.truncate(FINDINGS_MAX);
    found
}

/// Bytes of what would be registered, without what AWS itself adds when it describes.
fn registered_bytes(definition: &Value) -> usize {
    let mut registered = definition.clone();
    if let Value::Object(members) = &mut registered {
        members.retain(|name, _| !super::OUTPUT_ONLY.contains(&name.as_str()));
    }
    registered.to_string().len()
}

/// Leaves out what is wrong within a place that has to go anyway. Where two rules send the same
/// place away, the later one stays: platforms come last, and say it best.
fn without_moot(mut found: Vec<Finding>) -> Vec<Finding> {
    let mut refused: BTreeMap<String, Rule> = BTreeMap::new();
    for finding in found.iter().filter(|it| it.rule.refuses()) {
        let rule = refused
            .entry(finding.pointer.clone())
            .or_insert(finding.rule);
        *rule = finding.rule.max(*rule);
    }
    let refused_by = |place: &str| refused.get(place).copied();
    found.retain(|it| {
        let inside = parents(&it.pointer).any(|place| refused_by(place).is_some());
        !inside && refused_by(&it.pointer).is_none_or(|rule| rule == it.rule)
    });
    found
}

/// The places around `pointer`, the nearest first.
fn parents(pointer: &str) -> impl Iterator<Item = &str> {
    fn outside(place: &str) -> Option<&str> {
        place.rfind('/').map(|end| &place[..end])
    }
    core::iter::successors(outside(pointer), |place| outside(place))
}

/// A pointer whose list positions compare as numbers.
fn natural(pointer: &str) -> Vec<(usize, String)> {
    let key = |key: &str| (key.parse().unwrap_or(usize::MAX), key.to_string());
    pointer.split('/').map(key).collect()
}

/// What a rule is asked about.
struct Context<'a> {
    definition: &'a TaskDefinition,
    targets: &'a [LaunchType],
    unsure: &'a Unsure,
    /// Containers by name; of two with one name, the first.
    containers: BTreeMap<&'a str, usize>,
    /// Whether the names of all containers are known.
    has_all_names: bool,
}

impl<'a> Context<'a> {
    fn new(definition: &'a TaskDefinition, targets: &'a [LaunchType], unsure: &'a Unsure) -> Self {
        let mut containers = BTreeMap::new();
        let mut has_all_names = !is_unknown(&definition.extra, "containerDefinitions");
        for (at, container) in definition.container_definitions.iter().enumerate() {
            let name = container.name.as_str();
            containers.entry(name).or_insert(at);
            let place = format!("/containerDefinitions/{at}/name");
            has_all_names &= literal(name).is_some() && !unsure.covers(&place);
        }
        Self {
            definition,
            targets,
            unsure,
            containers,
            has_all_names,
        }
    }

    fn is_for(&self, target: LaunchType) -> bool {
        self.targets.contains(&target)
    }

    /// Whether the containers are for Windows, as far as the definition says.
    fn is_windows(&self) -> bool {
        let platform = self.definition.runtime_platform.as_ref();
        let family = platform.and_then(|platform| platform.operating_system_family);
        family.is_some_and(|family| family != super::OperatingSystemFamily::Linux)
    }

    /// Whether nothing can be known of what stands at `member` of any item of the list `list`.
    fn is_any_open(&self, list: &str, count: usize, member: &str) -> bool {
        (0..count).any(|at| self.unsure.covers(&format!("{list}/{at}/{member}")))
    }

    /// The network mode, unless it is a placeholder or not a mode.
    fn mode(&self) -> Option<NetworkMode> {
        let is_known = !is_unknown(&self.definition.extra, "networkMode");
        is_known.then(|| self.definition.network_mode())
    }

    /// The first container of that name.
    fn container(&self, name: &str) -> Option<&'a ContainerDefinition> {
        let at = self.containers.get(name)?;
        self.definition.container_definitions.get(*at)
    }

    /// Whether no container can have that name, whatever placeholders stand for.
    fn has_no_container(&self, name: &str) -> bool {
        self.has_all_names && !self.containers.contains_key(name)
    }

    /// What messages call a container: its name, or where it stands.
    fn called(&self, at: usize) -> String {
        match self.definition.container_definitions.get(at) {
            Some(container) if !container.name.is_empty() => container.name.clone(),
            Some(_) | None => format!("containerDefinitions/{at}"),
        }
    }
}

/// Findings as they are made.
#[derive(Debug, Default)]
struct Findings(Vec<Finding>);

/// Most characters of an argument. Names that AWS takes are shorter, and a message cannot use
/// more; a hostile text repeats its longest name in thousands of findings.
const ARGUMENT_CHARS_MAX: usize = 400;

impl Findings {
    fn add<const N: usize>(
        &mut self,
        rule: Rule,
        pointer: impl Into<String>,
        arguments: [&str; N],
    ) -> &mut Finding {
        self.push(rule, pointer.into(), &arguments)
    }

    /// Not generic: every rule would bring its own copy.
    #[inline(never)]
    fn push(&mut self, rule: Rule, pointer: String, arguments: &[&str]) -> &mut Finding {
        self.0.push(Finding {
            rule,
            pointer,
            arguments: arguments
                .iter()
                .map(|text| clipped(text, ARGUMENT_CHARS_MAX))
                .collect(),
            fix: None,
        });
        let last = self.0.len() - 1;
        &mut self.0[last]
    }

    /// The places whose values do not read.
    fn unread(&self) -> impl Iterator<Item = String> {
        let unread = self.0.iter().filter(|found| {
            matches!(
                found.rule,
                Rule::WrongType
                    | Rule::NotAChoice
                    | Rule::OutOfRange
                    | Rule::CommandText
                    | Rule::MissingMember
            )
        });
        unread.map(|found| found.pointer.clone())
    }
}

/// `text`, cut after so many characters.
fn clipped(text: &str, chars_max: usize) -> String {
    match text.char_indices().nth(chars_max) {
        None => text.into(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

impl Finding {
    fn fix(&mut self, fix: Fix) {
        self.fix = Some(fix);
    }
}

/// Places whose values are not known, so that no rule says more of them.
struct Unsure(BTreeSet<String>);

impl Unsure {
    fn covers(&self, pointer: &str) -> bool {
        self.0.contains(pointer) || parents(pointer).any(|place| self.0.contains(place))
    }
}

/// The place of a member. Not written out where it is needed: that would be hundreds of copies.
#[inline(never)]
fn within(pointer: &str, member: &str) -> String {
    let mut place = String::with_capacity(pointer.len() + member.len() + 1);
    place.push_str(pointer);
    place.push('/');
    place.push_str(member);
    place
}

/// The place of an item of a list.
#[inline(never)]
fn item(pointer: &str, list: &str, position: usize) -> String {
    within(&within(pointer, list), &position.to_string())
}

/// The text, unless it is a placeholder.
fn literal(text: &str) -> Option<&str> {
    (!is_placeholder(text)).then_some(text)
}

/// Whether a member is there in a form that does not read: a placeholder, or a wrong type. What
/// it would say cannot be known.
fn is_unknown(extra: &Extra, member: &str) -> bool {
    extra.get(member).is_some_and(|value| !value.is_null())
}

/// Whether a list has items.
fn given<T>(list: Option<&Vec<T>>) -> bool {
    list.is_some_and(|list| !list.is_empty())
}

/// Whether a text is there and says something; of a placeholder that is not known.
fn stated(text: Option<&String>) -> bool {
    text.and_then(|text| literal(text))
        .is_some_and(|text| !text.is_empty())
}

/// Whether `text` has 1 to 255 letters, digits, hyphens and underscores.
fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (1..=255).contains(&text.len()) && text.chars().all(allowed)
}
