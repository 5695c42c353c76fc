//! Files in and out. What cannot be read leaves everything as it was and is answered with file,
//! line, column and JSON pointer; a task definition that AWS would refuse comes in and is marked.

use super::scenario::is_scenario;
use super::{Effect, MetricsFormat, Run, Session};
use stowplan_core::design::{Design, Edit, Part};
use stowplan_core::export::{metrics_csv, metrics_openmetrics, task_definition_files};
use stowplan_core::model::{Diagnostic, compile};
use stowplan_core::scene::Subject;
use stowplan_core::severity::Severity;
use stowplan_core::source::{Place, ReadError, locate};
use stowplan_core::taskdef::{
    FileShape, Placed, Reading, Rule, TaskDefinition, read_definition, revision_name,
};
use stowplan_core::view::{Words, diagnostic_words, placed_words};

impl Session {
    /// A scenario is known by its name or members, a design by its `stowplan` field; anything else
    /// is taken for a task definition.
    /// Tells whether it was taken in.
    pub(super) fn import(&mut self, name: &str, text: &str) -> bool {
        let reading = read_definition(text);
        let root = reading.parsed.root.as_ref();
        if is_scenario(name, root) {
            return self.import_scenario(name, text);
        }
        if root.is_some_and(|root| root.member("stowplan").is_some()) {
            match Design::read(text) {
                Ok(design) => self.import_design(name, text, design),
                Err(error) => {
                    self.complain(complaint(name, &error));
                    return false;
                }
            }
            return true;
        }
        match reading.named(name) {
            Some(definition) if !reading.is_broken() => {
                let is_in = self.import_definition(name, definition, &reading.check(text, &[]));
                self.name_shape(&reading, text);
                is_in
            }
            Some(_) | None => {
                self.complain(refusal(name, text, &reading));
                false
            }
        }
    }

    fn import_design(&mut self, name: &str, text: &str, design: Design) {
        let faults = faults(name, text, &design);
        self.open_design(design);
        match faults.first() {
            None => self.say(format!("{name} is open")),
            Some(first) => {
                let count = errors(faults.len());
                self.complain(format!("{name} is open with {count}; {first}"));
            }
        }
    }

    /// What AWS would refuse is added all the same, selected and told of: it is mended here.
    fn import_definition(
        &mut self,
        name: &str,
        definition: TaskDefinition,
        found: &[Placed],
    ) -> bool {
        let before = self.document().task_definitions.len();
        let family = definition.family.clone();
        self.edit(adding(self.shown().design, definition), None);
        if self.document().task_definitions.len() == before {
            return false;
        }
        let newest = self.shown().design.revisions(&family).last();
        let Some((number, ..)) = newest else {
            return false;
        };
        let revision = revision_name(&family, number);
        self.selection = Some(Subject::Part(Part::TaskDefinition(revision.clone())));
        let is_error = |it: &&Placed| it.finding.rule.severity() == Severity::Error;
        let mut faults = found.iter().filter(is_error);
        match faults.next() {
            None => self.say(format!("{name} was added as {revision}")),
            Some(first) => {
                let count = errors(1 + faults.count());
                let first = placed_line(name, first);
                self.complain(format!(
                    "{name} was added as {revision} with {count}; {first}"
                ));
            }
        }
        true
    }

    /// A shape that registration does not take is accepted and named.
    fn name_shape(&mut self, reading: &Reading, text: &str) {
        if reading.shape == FileShape::Plain {
            return;
        }
        let found = reading.check(text, &[]);
        let shape = found
            .iter()
            .find(|it| it.finding.rule == Rule::OtherShape && it.mistake.is_none());
        if let (Some(shape), Some(notice)) = (shape, &mut self.notice) {
            notice.text = format!("{}; {}", notice.text, sentence(placed_words(shape)));
        }
    }

    /// Opens another document, undoably; a run of the one before ends.
    pub(super) fn open_design(&mut self, design: Design) {
        self.run = None;
        self.mode = super::Mode::Design;
        self.selection = None;
        self.notice = None;
        self.camera_moved = false;
        self.editor = super::editor::Editor::default();
        self.history.commit(design, None);
        self.document_changed();
    }

    pub(super) fn export(&mut self, name: Option<&str>) -> Vec<Effect> {
        let files = task_definition_files(self.document());
        let chosen: Vec<_> = files
            .into_iter()
            .filter(|file| name.is_none_or(|name| file.name == name))
            .collect();
        let dropped: Vec<String> = chosen
            .iter()
            .flat_map(|file| file.dropped.clone())
            .collect();
        self.sheet = None;
        if !dropped.is_empty() {
            self.say(format!("left out of the export: {}", dropped.join(", ")));
        }
        let download = |file: stowplan_core::export::ExportFile| Effect::Download {
            name: file.name,
            text: file.text,
        };
        chosen.into_iter().map(download).collect()
    }

    /// What CloudWatch shows of the run, up to the furthest moment played.
    pub(super) fn export_metrics(&mut self, format: MetricsFormat) -> Vec<Effect> {
        let Some(timeline) = self.run.as_ref().map(Run::timeline) else {
            self.complain("there is no run yet: press play, and give a listener traffic".into());
            return Vec::new();
        };
        let (store, settings) = (timeline.metrics(), &timeline.end_model().settings);
        let (text, ending) = match format {
            MetricsFormat::Csv => (metrics_csv(store, settings), "metrics.csv"),
            MetricsFormat::OpenMetrics => (metrics_openmetrics(store, settings), "metrics.txt"),
        };
        let name = match self.document().name.as_str() {
            "" => "run",
            name => name,
        };
        let name = format!("{name}.{ending}");
        vec![Effect::Download { name, text }]
    }

    pub(super) fn export_design(&mut self) -> Vec<Effect> {
        self.sheet = None;
        let design = self.document();
        let name = if design.name.is_empty() {
            "design"
        } else {
            &design.name
        };
        vec![Effect::Download {
            name: format!("{name}.stowplan.json"),
            text: design.write(),
        }]
    }
}

/// A stated revision that counts on is kept, so that the file stays as it was; one that is taken
/// already gives way to the next.
fn adding(design: &Design, definition: TaskDefinition) -> Edit {
    let newest = design.revisions(&definition.family).last();
    let newest = newest.map_or(0, |(number, ..)| number);
    if definition.revision.is_some_and(|stated| stated > newest) {
        return Edit::Set {
            pointer: "/taskDefinitions/-".into(),
            value: Some(serde_json::Value::Object(definition.to_members())),
        };
    }
    Edit::AddTaskDefinition {
        definition: Box::new(definition),
    }
}

fn errors(count: usize) -> String {
    match count {
        1 => "1 error".into(),
        count => format!("{count} errors"),
    }
}

/// `file:line:column: ` with the pointer where there is one.
pub(super) fn at(name: &str, place: Place, pointer: &str) -> String {
    let at = format!("{name}:{}:{}: ", place.line, place.column);
    if pointer.is_empty() {
        return at;
    }
    format!("{at}`{pointer}`: ")
}

pub(super) fn sentence(words: Words) -> String {
    match words.hint {
        Some(hint) => format!("{}; {hint}", words.message),
        None => words.message,
    }
}

fn placed_line(name: &str, placed: &Placed) -> String {
    let at = at(name, placed.place, &placed.pointer);
    format!("{at}{}", sentence(placed_words(placed)))
}

/// Why a text was not taken in: the first thing in it that had to be guessed, and how many more
/// there are.
fn refusal(name: &str, text: &str, reading: &Reading) -> String {
    let found = reading.check(text, &[]);
    let is_guess = |it: &&Placed| it.mistake.as_ref().is_some_and(|it| !it.is_harmless());
    let mut problems: Vec<&Placed> = found.iter().filter(is_guess).collect();
    if problems.is_empty() {
        problems = found.iter().collect();
    }
    match problems.as_slice() {
        [first] => placed_line(name, first),
        [first, others @ ..] => {
            let first = placed_line(name, first);
            format!("{first} (and {} more)", others.len())
        }
        [] => format!("{name}: there is no task definition in it"),
    }
}

/// The errors of a read design, each with its place in the file.
fn faults(name: &str, text: &str, design: &Design) -> Vec<String> {
    let found = compile(design, None).diagnostics;
    let errors = found
        .iter()
        .filter(|found| found.problem.severity() == Severity::Error);
    let line = |found: &Diagnostic| {
        let place = locate(text, &found.pointer).unwrap_or(Place { line: 1, column: 1 });
        let at = at(name, place, &found.pointer);
        format!("{at}{}", sentence(diagnostic_words(found)))
    };
    errors.map(line).collect()
}

pub(super) fn complaint(name: &str, error: &ReadError) -> String {
    let hint = error.hint().map(|hint| format!("; {hint}"));
    let at = at(name, error.place, &error.pointer);
    format!("{at}{error}{}", hint.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use stowplan_core::design::sample;

    fn opened(name: &str, text: &str) -> (Session, String) {
        let mut session = Session::new(sample());
        session.import(name, text);
        let said = session.notice.as_ref().map(|notice| notice.text.clone());
        (session, said.unwrap_or_default())
    }

    fn selected(session: &Session) -> String {
        match session.selection() {
            Some(Subject::Part(part)) => part.name(),
            Some(Subject::Task(_)) | None => String::new(),
        }
    }

    #[test]
    fn a_definition_that_aws_would_refuse_comes_in_and_its_first_error_is_told() {
        let text = "{\"family\": \"web\",\n \"containerDefinitions\": [{\"name\": \"web\", \"image\": \"web:1\"}]}";
        let (session, said) = opened("web.json", text);
        assert_eq!(selected(&session), "web:1");
        assert!(
            said.starts_with("web.json was added as web:1 with 1 error; web.json:2:"),
            "{said}"
        );
        let wrapped = format!("{{\"taskDefinition\": {text}}}");
        let (_, said) = opened("web.json", &wrapped);
        assert!(
            said.contains("`/taskDefinition/containerDefinitions/0"),
            "{said}"
        );
    }

    #[test]
    fn every_shape_becomes_a_part_and_the_family_is_its_own_or_the_files() {
        let container = r#"{"name": "web", "image": "web:1", "memory": 128}"#;
        let plain = format!(r#"{{"family": "shop", "containerDefinitions": [{container}]}}"#);
        let shapes = [
            (plain.clone(), "shop:1"),
            (
                format!(r#"{{"taskDefinition": {plain}, "tags": []}}"#),
                "shop:1",
            ),
            (format!("[{container}]"), "pasted:1"),
            (
                r#"{"Type": "AWS::ECS::TaskDefinition", "Properties": {"Family": "shop",
                    "ContainerDefinitions": [{"Name": "web", "Image": "web:1", "Memory": 128}]}}"#
                    .into(),
                "shop:1",
            ),
            (
                format!("{{\"containerDefinitions\": [{container},],}} // a remark"),
                "pasted:1",
            ),
        ];
        for (text, revision) in shapes {
            let (session, said) = opened("pasted", &text);
            assert_eq!(selected(&session), revision, "{said}");
        }
    }

    #[test]
    fn a_shape_that_registration_does_not_take_is_named() {
        let container = r#"{"name": "web", "image": "web:1", "memory": 128}"#;
        let plain = format!(r#"{{"family": "shop", "containerDefinitions": [{container}]}}"#);
        let (_, said) = opened("x.json", &plain);
        assert_eq!(said, "x.json was added as shop:1");
        for text in [
            format!(r#"{{"taskDefinition": {plain}, "tags": []}}"#),
            format!("[{container}]"),
        ] {
            let (_, named) = opened("x.json", &text);
            let note = read_definition(&text).check(&text, &[]);
            let note = note
                .iter()
                .find(|it| it.finding.rule == Rule::OtherShape)
                .unwrap();
            assert!(named.ends_with(&sentence(placed_words(note))), "{named}");
        }
    }

    #[test]
    fn what_is_no_definition_is_refused_with_its_place() {
        for (text, place) in [
            (
                "{\"family\": \"web\",\n \"containerDefinitions\": [{\"name\" \"web\"}]}",
                "x.json:2:",
            ),
            ("not JSON", "x.json:1:1: "),
            ("", "x.json:1:1: "),
            ("[1, 2]", "x.json:1:1: "),
            ("{\"services\": {}}", "x.json:1:1: "),
            (
                "{\"containerDefinitions\": [{\"name\": ${name}}]}",
                "x.json:1:",
            ),
        ] {
            let (session, said) = opened("x.json", text);
            assert!(said.starts_with(place), "{text}: {said}");
            assert!(**session.document() == sample(), "{text}");
            assert!(!session.can_undo());
        }
    }

    #[test]
    fn a_refusal_counts_what_else_is_wrong() {
        let one = r#"{"containerDefinitions": [{"name" "web"}]}"#;
        let (_, said) = opened("x.json", one);
        assert!(!said.contains("more)"), "{said}");
        let three = r#"{"containerDefinitions": [{"name" "web", "image" "x", "cpu" 1}]}"#;
        let (_, said) = opened("x.json", three);
        assert!(said.ends_with(" (and 2 more)"), "{said}");
    }

    #[test]
    fn a_file_that_nobody_touches_keeps_its_value() {
        let texts = [
            r#"{"family": "a", "containerDefinitions": [], "revision": 7, "status": "ACTIVE"}"#,
            r#"{"family": "a", "containerDefinitions": [{"name": "w", "memory": "128", "cpu": 10.0,
                "essential": "true", "command": [], "environment": [], "user": ""}, {}]}"#,
            r#"{"family": "${family}", "cpu": 256, "containerDefinitions": [{"portMappings":
                [{"containerPort": "${port}", "unknown": [null, {"x": 1}]}], "links": null}]}"#,
            r#"{"family": "a", "containerDefinitions": [{"environment": {"name": "A", "value": 1},
                "logConfiguration": [{"logDriver": "awslogs", "options": {"n": 5}}]}]}"#,
            r#"{"family": "é\n\u0001", "tags": {"a": 1}, "volumes": [[], 5, {"host": {}}],
                "containerDefinitions": [{"dockerLabels": {"a b/~": "", "c": null}}]}"#,
        ];
        for text in texts {
            let (session, said) = opened("a.json", text);
            let value: Value = serde_json::from_str(text).unwrap();
            let kept = session.document().task_definitions.last().unwrap();
            assert_eq!(Value::Object(kept.to_members()), value, "{said}");
            let reopened = Design::read(&session.document().write()).unwrap();
            let kept = reopened.task_definitions.last().unwrap();
            assert_eq!(Value::Object(kept.to_members()), value);
        }
    }

    #[test]
    fn a_stated_revision_that_is_taken_gives_way() {
        let text = r#"{"family": "primes", "revision": 1, "containerDefinitions": []}"#;
        let (session, _) = opened("a.json", text);
        assert_eq!(selected(&session), "primes:2");
        assert_eq!(session.document().task_definitions[2].revision, None);
        let (session, _) = opened("a.json", &text.replace(": 1", ": 9"));
        assert_eq!(selected(&session), "primes:9");
    }

    #[test]
    fn a_design_with_errors_opens_and_says_where_the_first_is() {
        let text = sample().write().replace("edges:1", "edges:9");
        let (session, said) = opened("web.json", &text);
        assert!(
            said.starts_with("web.json is open with 1 error; web.json:"),
            "{said}"
        );
        assert!(said.contains("`/services/1/taskDefinition`"), "{said}");
        assert_eq!(session.document().services[1].task_definition, "edges:9");
    }
}
