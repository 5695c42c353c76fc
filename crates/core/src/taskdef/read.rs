//! Reading task definitions as people have them: the register shape, what `describe` prints, the
//! bare list of Terraform, CloudFormation (task-definition.md 1.2 and section 3).

use super::check::{Finding, Rule, check, targets};
use super::shape::Shape as _;
use super::{Kind, LaunchType, TaskDefinition};
use crate::source::{
    Lines, Mistake, MistakeKind, Node, NodeKind, Parsed, Place, Span, parse, segments,
};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::Value;

/// The shapes that task definitions are found in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FileShape {
    /// What registration takes.
    Plain,
    /// `{"taskDefinition": …, "tags": …}`, as the API answers.
    Described,
    /// A list of containers, as Terraform has it.
    Containers,
    /// CloudFormation, with names in capitals; of a template, the resource's name and how many
    /// other task definitions it has.
    CloudFormation {
        /// The resource's logical id, empty outside a template.
        resource: String,
        /// Other task definitions of the template, which are not read.
        others: usize,
    },
}

/// A text that was read.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The definition, `None` where the text holds none at all.
    pub definition: Option<TaskDefinition>,
    /// The shape that it was in.
    pub shape: FileShape,
    /// The text as a tree.
    pub parsed: Parsed,
    /// The definition within it, its members named as registration names them.
    pub(super) root: Option<Node>,
}

/// A finding at its place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// What was found; its pointer leads into the definition.
    pub finding: Finding,
    /// Why it is not JSON, if that is the finding.
    pub mistake: Option<MistakeKind>,
    /// JSON pointer into the file, which may wrap the definition.
    pub pointer: String,
    /// Where, in bytes.
    pub span: Span,
    /// Where it begins.
    pub place: Place,
}

/// Reads `text`, whatever it is.
#[must_use]
pub fn read_definition(text: &str) -> Reading {
    let parsed = parse(text);
    let found = parsed.root.as_ref().and_then(normalised);
    let (shape, root) = match found {
        Some((shape, root)) => (shape, Some(root)),
        None => (FileShape::Plain, None),
    };
    let definition = root.as_ref().and_then(|root| match root.to_value() {
        Value::Object(members) => Some(TaskDefinition::from_members(members)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            None
        }
    });
    Reading {
        definition,
        shape,
        parsed,
        root,
    }
}

impl Reading {
    /// The definition with a family: its own, or the name of the file it came from
    /// (task-definition.md section 3: 22 of 265 files state none).
    #[must_use]
    pub fn named(&self, file: &str) -> Option<TaskDefinition> {
        let mut definition = self.definition.clone()?;
        if definition.family.is_empty() {
            definition.family = family_of(file);
            definition.extra.remove("family");
        }
        Some(definition)
    }

    /// Whether something had to be guessed: what the definition means is not certain.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        let mut mistakes = self.parsed.mistakes.iter();
        self.definition.is_none() || mistakes.any(|mistake| !mistake.kind.is_harmless())
    }

    /// Everything that is wrong with the text, in its order, for `platforms` or, where there are
    /// none, for those that the definition names.
    #[must_use]
    pub fn check(&self, text: &str, platforms: &[LaunchType]) -> Vec<Placed> {
        let lines = Lines::new(text);
        let mut placed: Vec<Placed> = Vec::new();
        for mistake in &self.parsed.mistakes {
            placed.push(self.mistake(mistake, &lines));
        }
        let mut add = |finding: Finding| placed.push(self.place(finding, &lines));
        match &self.definition {
            Some(definition) => {
                let stated;
                let platforms = if platforms.is_empty() {
                    stated = targets(definition);
                    &stated
                } else {
                    platforms
                };
                let found = check(definition, platforms);
                found
                    .into_iter()
                    .filter(|it| self.tells(it))
                    .for_each(&mut add);
                self.other_shape().into_iter().for_each(&mut add);
            }
            None if self.parsed.mistakes.is_empty() => {
                add(plain(Rule::NotADefinition, []));
            }
            None => {}
        }
        crate::sort::sort_by(&mut placed, |a, b| {
            (a.span.start, a.finding.rule, &a.pointer).cmp(&(
                b.span.start,
                b.finding.rule,
                &b.pointer,
            ))
        });
        placed
    }

    /// Whether a finding is told: Terraform and CloudFormation name the family elsewhere.
    fn tells(&self, finding: &Finding) -> bool {
        let elsewhere = matches!(
            self.shape,
            FileShape::Containers | FileShape::CloudFormation { .. }
        );
        // What is not JSON has been told of as such.
        let node = self
            .root
            .as_ref()
            .map(|root| root.nearest(&finding.pointer));
        if node.is_some_and(|(node, _)| matches!(node.kind, NodeKind::Opaque(_))) {
            return false;
        }
        if self.shape == FileShape::Containers && OF_THE_TASK.contains(&finding.rule) {
            return false;
        }
        let is_family = finding.rule == Rule::MissingMember && finding.pointer == "/family";
        !(elsewhere && is_family) && (!self.is_cut_off() || finding.rule < Rule::MissingMember)
    }

    /// Of a text without its end nobody knows what is missing; only what is there is told of.
    fn is_cut_off(&self) -> bool {
        let mut mistakes = self.parsed.mistakes.iter();
        mistakes.any(|it| it.kind == MistakeKind::Unclosed)
    }

    fn mistake(&self, mistake: &Mistake, lines: &Lines<'_>) -> Placed {
        let rule = match &mistake.kind {
            MistakeKind::Comment | MistakeKind::TrailingComma => Rule::NotStrictJson,
            MistakeKind::DuplicateName(_) => Rule::DuplicateMember,
            MistakeKind::Placeholder(_) => Rule::BarePlaceholder,
            MistakeKind::NumberTooLarge(_) => Rule::NumberTooLarge,
            MistakeKind::TooLong | MistakeKind::TooMany | MistakeKind::TooDeep => Rule::TooMuch,
            MistakeKind::Empty
            | MistakeKind::Yaml
            | MistakeKind::Unclosed
            | MistakeKind::UnclosedText
            | MistakeKind::Unexpected(_)
            | MistakeKind::NoComma
            | MistakeKind::NoColon
            | MistakeKind::UnquotedName(_)
            | MistakeKind::SingleQuotes
            | MistakeKind::BadEscape
            | MistakeKind::ControlCharacter
            | MistakeKind::BadNumber(_)
            | MistakeKind::MoreText => Rule::NotJson,
        };
        let root = self.parsed.root.as_ref();
        let pointer = root.and_then(|root| root.pointer_at(mistake.span));
        Placed {
            finding: plain(rule, []),
            mistake: Some(mistake.kind.clone()),
            pointer: pointer.unwrap_or_default(),
            span: mistake.span,
            place: lines.place(mistake.span.start),
        }
    }

    /// Where a finding about the definition stands in the text.
    #[must_use]
    pub fn place(&self, finding: Finding, lines: &Lines<'_>) -> Placed {
        let by_name = finding.rule.is_of_a_name();
        let span = self.span(&finding.pointer, by_name);
        Placed {
            pointer: self.file_pointer(&finding.pointer),
            mistake: None,
            span,
            place: lines.place(span.start),
            finding,
        }
    }

    /// Where the value at `pointer` of the definition stands in the text.
    #[must_use]
    pub fn span(&self, pointer: &str, by_name: bool) -> Span {
        let Some(root) = &self.root else {
            return self
                .parsed
                .root
                .as_ref()
                .map_or(Span::default(), |root| first_byte(root.span));
        };
        if by_name && let Some((parent, name)) = pointer.rsplit_once('/') {
            let name = segments(&format!("/{name}")).pop().unwrap_or_default();
            if let (parent, true) = root.nearest(parent)
                && let Some(member) = parent.member(&name)
            {
                return member.name_span;
            }
        }
        let (node, exact) = root.nearest(pointer);
        match node.kind {
            // The opening bracket stands for all that is missing inside, or wrong with the whole.
            NodeKind::Object(_) | NodeKind::List(_) if !exact || node.span == root.span => {
                first_byte(node.span)
            }
            NodeKind::Object(_)
            | NodeKind::List(_)
            | NodeKind::Null
            | NodeKind::Bool(_)
            | NodeKind::Number(_)
            | NodeKind::Text(_)
            | NodeKind::Opaque(_) => node.span,
        }
    }

    /// The pointer into the file of what stands at `pointer` of the definition.
    #[must_use]
    pub fn file_pointer(&self, pointer: &str) -> String {
        let (Some(file), Some(root)) = (&self.parsed.root, &self.root) else {
            return pointer.into();
        };
        if self.shape == FileShape::Plain {
            return pointer.into();
        }
        let mut known = pointer;
        loop {
            let (node, exact) = root.nearest(known);
            if exact && let Some(outer) = file.pointer_at(node.span) {
                return format!("{outer}{}", &pointer[known.len()..]);
            }
            match known.rfind('/') {
                Some(end) => known = &known[..end],
                None => return pointer.into(),
            }
        }
    }

    fn other_shape(&self) -> Option<Finding> {
        let arguments = match &self.shape {
            FileShape::Plain => return None,
            FileShape::Described => ["describe".to_string(), String::new(), String::new()],
            FileShape::Containers => ["containers".to_string(), String::new(), String::new()],
            FileShape::CloudFormation { resource, others } => [
                "cloudformation".to_string(),
                resource.clone(),
                others.to_string(),
            ],
        };
        Some(plain(Rule::OtherShape, arguments))
    }
}

fn first_byte(span: Span) -> Span {
    Span {
        start: span.start,
        end: span.end.min(span.start + 1),
    }
}

fn plain<const N: usize>(rule: Rule, arguments: [String; N]) -> Finding {
    Finding {
        rule,
        pointer: String::new(),
        arguments: arguments.into(),
        fix: None,
    }
}

/// What a bare list of containers lacks because it stands elsewhere: what the task states.
const OF_THE_TASK: [Rule; 5] = [
    Rule::ExecutionRole,
    Rule::UnknownVolume,
    Rule::NoMemory,
    Rule::HostPortReserved,
    Rule::UnknownAccelerator,
];

/// A family out of a file's name: `web.json` and `dir/web.2.json` are `web`.
fn family_of(file: &str) -> String {
    let name = file.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = name
        .split('.')
        .find(|part| !part.is_empty())
        .unwrap_or_default();
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let stem: String = stem
        .chars()
        .map(|c| if allowed(c) { c } else { '-' })
        .take(255)
        .collect();
    if stem.is_empty() { "task".into() } else { stem }
}

/// The definition within what was read, named as registration names its members.
fn normalised(file: &Node) -> Option<(FileShape, Node)> {
    if let NodeKind::List(items) = &file.kind {
        let are_containers = !items.is_empty()
            && items.iter().all(|item| {
                let has = |name: &str| item.member(name).is_some();
                has("name") || has("image") || matches!(item.kind, NodeKind::Null)
            })
            && items.iter().any(|item| !item.members().is_empty());
        return are_containers.then(|| (FileShape::Containers, around(file)));
    }
    if let Some(inner) = file.child("taskDefinition")
        && matches!(inner.kind, NodeKind::Object(_))
    {
        let mut inner = inner.clone();
        let tags = file
            .member("tags")
            .filter(|tags| !tags.value.items().is_empty());
        if let (NodeKind::Object(members), Some(tags)) = (&mut inner.kind, tags)
            && !members.iter().any(|member| member.name == "tags")
        {
            members.push(tags.clone());
        }
        return Some((FileShape::Described, inner));
    }
    let cloud_formation = |resource: &str, others: usize, properties: &Node| {
        let shape = FileShape::CloudFormation {
            resource: resource.into(),
            others,
        };
        (shape, renamed(properties, TaskDefinition::KIND))
    };
    if let Some(resources) = file.child("Resources") {
        let mut found = resources.members().iter().filter_map(|member| {
            let properties = resource_properties(&member.value)?;
            Some((member.name.as_str(), properties))
        });
        let (name, properties) = found.next()?;
        return Some(cloud_formation(name, found.count(), properties));
    }
    if let Some(properties) = resource_properties(file) {
        return Some(cloud_formation("", 0, properties));
    }
    if file.member("ContainerDefinitions").is_some()
        && file.member("containerDefinitions").is_none()
    {
        return Some(cloud_formation("", 0, file));
    }
    let known = |name: &str| TaskDefinition::STRUCTURE.member(name).is_some();
    let members = file.members();
    let is_one = members
        .iter()
        .any(|member| member.name == "containerDefinitions")
        || (members.iter().any(|member| member.name == "family")
            && members.iter().all(|member| known(&member.name)));
    is_one.then(|| (FileShape::Plain, file.clone()))
}

fn resource_properties(resource: &Node) -> Option<&Node> {
    let kind = resource.child("Type")?;
    let is_ours = kind.kind == NodeKind::Text("AWS::ECS::TaskDefinition".into());
    resource.child("Properties").filter(|_| is_ours)
}

/// A definition that has only these containers.
fn around(containers: &Node) -> Node {
    let member = crate::source::Member {
        name: "containerDefinitions".to_string(),
        name_span: first_byte(containers.span),
        value: containers.clone(),
    };
    Node {
        span: containers.span,
        kind: NodeKind::Object(alloc::vec![member]),
    }
}

/// Members get the names that registration has for them, where those differ in case only. Names
/// inside free maps are the user's own.
fn renamed(node: &Node, kind: Kind) -> Node {
    let mut node = node.clone();
    match (&mut node.kind, kind) {
        (NodeKind::List(items), Kind::List(item)) => {
            for inner in items {
                *inner = renamed(inner, *item);
            }
        }
        (NodeKind::Object(members), Kind::Structure(structure)) => {
            for member in members {
                let mut known = structure.members.iter();
                let known = known.find(|known| known.name.eq_ignore_ascii_case(&member.name));
                if let Some(known) = known {
                    member.name = known.name.into();
                    member.value = renamed(&member.value, known.kind);
                }
            }
        }
        _ => {}
    }
    node
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::placed_words;

    /// Each finding as line, column, rule, pointer into the file and message.
    fn found(text: &str) -> Vec<String> {
        let reading = read_definition(text);
        let line = |it: &Placed| {
            let Place { line, column } = it.place;
            let words = placed_words(it);
            let rule = it.finding.rule.id();
            format!("{line}:{column} {rule} {}: {}", it.pointer, words.message)
        };
        reading.check(text, &[]).iter().map(line).collect()
    }

    const CONTAINER: &str = r#"{"name":"web","image":"web:1","memory":128}"#;

    #[test]
    fn a_described_definition_is_unwrapped_with_its_tags() {
        let text = format!(
            "{{\"taskDefinition\": {{\"family\": \"web\", \"revision\": 3,\n \"containerDefinitions\": [{CONTAINER}, {{\"name\": \"x\"}}]}},\n\
             \"tags\": [{{\"key\": \"k\", \"value\": \"v\"}}]}}"
        );
        let reading = read_definition(&text);
        assert_eq!(reading.shape, FileShape::Described);
        let definition = reading.definition.clone().unwrap();
        assert_eq!(definition.tags.unwrap()[0].key.as_deref(), Some("k"));
        assert_eq!(definition.revision, Some(3));
        let found = found(&text);
        assert!(
            found[0].starts_with("1:20 TD008 /taskDefinition: "),
            "{found:?}"
        );
        let missing = found.iter().find(|it| it.contains("no image")).unwrap();
        assert!(missing.starts_with("2:72 TD"), "{missing}");
        assert!(
            missing.contains(" /taskDefinition/containerDefinitions/1: "),
            "{missing}"
        );
    }

    #[test]
    fn a_bare_list_of_containers_takes_its_family_from_the_file() {
        let text = format!("[{CONTAINER}, null]");
        let reading = read_definition(&text);
        assert_eq!(reading.shape, FileShape::Containers);
        assert_eq!(
            reading.named("infra/task-definition.json").unwrap().family,
            "task-definition"
        );
        assert_eq!(reading.named("").unwrap().family, "task");
        let found = found(&text);
        assert!(found[0].contains("bare list of containers"), "{found:?}");
        assert!(
            found.iter().any(|it| it.starts_with("1:47 TD017 /1: ")),
            "{found:?}"
        );
        assert!(!found.iter().any(|it| it.contains("family")), "{found:?}");
        for other in ["[]", "[1]", "[{\"a\":1}]", "{}", "7"] {
            assert!(read_definition(other).definition.is_none(), "{other}");
        }
    }

    #[test]
    fn cloudformation_is_read_by_its_names_and_placed_in_the_template() {
        let text = r#"{"Resources": {"Db": {"Type": "AWS::RDS::DBInstance"},
 "Web": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Cpu": 256, "TaskRoleArn": {"Ref": "Role"},
  "ContainerDefinitions": [{"Name": "web", "Image": {"Fn::Sub": "${Repo}:1"}, "Memory": 128,
   "DockerLabels": {"Name": "kept"}, "PortMappings": [{"ContainerPort": "80"}]}],
  "Volumes": [{"Name": "v", "EFSVolumeConfiguration": {"FilesystemId": "fs-1"}}]}},
 "Job": {"Type": "AWS::ECS::TaskDefinition", "Properties": {}}}}"#;
        let reading = read_definition(text);
        let shape = FileShape::CloudFormation {
            resource: "Web".into(),
            others: 1,
        };
        assert_eq!(reading.shape, shape);
        let definition = reading.definition.unwrap();
        let container = &definition.container_definitions[0];
        assert_eq!(
            (container.name.as_str(), container.ports()[0].container_port),
            ("web", Some(80))
        );
        assert!(
            container
                .docker_labels
                .as_ref()
                .unwrap()
                .contains_key("Name")
        );
        let volume = &definition.volumes.as_ref().unwrap()[0];
        assert_eq!(
            volume
                .efs_volume_configuration
                .as_ref()
                .unwrap()
                .file_system_id,
            "fs-1"
        );
        let found = found(text);
        let port = found
            .iter()
            .find(|it| it.contains("ContainerPort"))
            .unwrap();
        assert!(
            port.starts_with("4:73 TD012 /Resources/Web/Properties/ContainerDefinitions/0/PortMappings/0/ContainerPort: "),
            "{port}"
        );
        assert!(!found.iter().any(|it| it.contains("TD009")), "{found:?}");
    }

    #[test]
    fn values_of_wrong_types_are_kept_and_told_once() {
        let text = r#"{"family": "web", "networkMode": "{{mode}}", "containerDefinitions": [
 {"name": "web", "image": "web:1", "memory": [1], "essential": "true", "command": "sleep 5",
  "environment": [{"name": "N", "value": 5}, 7], "portMappings": [{"containerPort": 70000}], "ports": []}]}"#;
        let found = found(text);
        let ids: Vec<&str> = found.iter().map(|it| &it[..10]).collect();
        assert_eq!(
            ids,
            [
                "1:34 TD018",
                "2:46 TD009",
                "2:64 TD012",
                "2:83 TD108",
                "3:42 TD109",
                "3:46 TD009",
                "3:85 TD011",
                "3:94 TD015"
            ]
            .map(|it| &it[..10]),
            "{found:#?}"
        );
        let reading = read_definition(text);
        let written = Value::Object(reading.definition.unwrap().to_members());
        assert_eq!(written, serde_json::from_str::<Value>(text).unwrap());
    }
}
