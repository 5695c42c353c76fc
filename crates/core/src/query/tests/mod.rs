//! Expressions against three hosts; faults and hostile texts are in files of their own.

mod faults;
mod hostile;

pub(crate) use faults::faulty_texts;

use super::*;
use alloc::format;
use alloc::vec;

/// What [`HostFacts`] lends.
struct Host {
    name: &'static str,
    attributes: BTreeMap<String, Option<String>>,
    id: &'static str,
    version: &'static str,
    registered_at: Option<i64>,
    groups: Vec<&'static str>,
}

impl Host {
    fn facts(&self) -> HostFacts<'_> {
        HostFacts {
            attributes: &self.attributes,
            ec2_instance_id: self.id,
            agent_connected: self.name != "c",
            agent_version: self.version,
            registered_at: self.registered_at,
            running_tasks_count: u32::try_from(self.groups.len()).unwrap(),
            task_groups: &self.groups,
        }
    }
}

fn attributes(text: &str) -> BTreeMap<String, Option<String>> {
    let attribute = |text: &str| match text.split_once('=') {
        Some((name, value)) => (name.to_string(), Some(value.to_string())),
        None => (text.to_string(), None),
    };
    text.split(',').map(attribute).collect()
}

/// `a` and `b` are as the guide's examples have them; `c` is an external host of which little is
/// known, without tasks and with its agent gone.
fn hosts() -> [Host; 3] {
    [
        Host {
            name: "a",
            attributes: attributes(
                "ecs.instance-type=t2.small,ecs.availability-zone=us-east-1a,stack=prod,size=9,\
                 a/b\\c_d=x y",
            ),
            id: "i-abcd1234",
            version: "1.14.4",
            registered_at: parse_moment("2018-02-12T23:59:59Z"),
            groups: vec!["service:production"],
        },
        Host {
            name: "b",
            attributes: attributes(
                "ecs.instance-type=g2.2xlarge,ecs.availability-zone=us-east-1b,stack=dev,size=10",
            ),
            id: "i-wxyx7890",
            version: "1.14.10",
            registered_at: parse_moment("2018-02-13"),
            groups: vec!["database", "family:web"],
        },
        Host {
            name: "c",
            attributes: attributes("ecs.availability-zone=us-east-1d,stack,size=big"),
            id: "",
            version: "",
            registered_at: None,
            groups: vec![],
        },
    ]
}

/// The names of the hosts that match.
fn matching(text: &str) -> String {
    let query = Query::parse(text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    let hosts = hosts();
    let names = hosts.iter().filter(|host| query.matches(&host.facts()));
    names.map(|host| host.name).collect()
}

fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(matching(text), *expected, "{text}");
    }
}

#[test]
fn the_examples_of_the_guide() {
    check(&[
        ("attribute:ecs.instance-type == t2.small", "a"),
        (
            "attribute:ecs.availability-zone in [us-east-1a, us-east-1b]",
            "ab",
        ),
        (
            "attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d",
            "b",
        ),
        ("task:group == service:production", "a"),
        ("not(task:group == database)", "ac"),
        ("runningTasksCount == 1", "a"),
        ("agentVersion < 1.14.5", "a"),
        ("registeredAt < 2018-02-13", "a"),
        ("ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']", "ab"),
        ("attribute:stack == prod", "a"),
        // Host c has the attribute, only without a value.
        ("attribute:stack != prod", "bc"),
        ("attribute:ecs.instance-type in [t2.small, t2.medium]", "a"),
        (
            "attribute:ecs.instance-type =~ t2.* and attribute:ecs.availability-zone == us-east-1a",
            "a",
        ),
    ]);
}

#[test]
fn every_operator_in_both_spellings() {
    for (short, words) in [
        ("attribute:size == 9", "attribute:size equals 9"),
        ("attribute:size != 9", "attribute:size not_equals 9"),
        ("attribute:size > 9", "attribute:size greater_than 9"),
        ("attribute:size >= 9", "attribute:size greater_than_equal 9"),
        ("attribute:size < 10", "attribute:size less_than 10"),
        ("attribute:size <= 10", "attribute:size less_than_equal 10"),
        ("attribute:a/b\\c_d exists", "attribute:a/b\\c_d exists"),
        (
            "attribute:a/b\\c_d !exists",
            "attribute:a/b\\c_d not_exists",
        ),
        (
            "attribute:size in [9,big]",
            "attribute:size in ['9', \"big\"]",
        ),
        (
            "attribute:size !in [9,big]",
            "attribute:size not_in[9, big]",
        ),
        ("attribute:size=~\\d+", "attribute:size matches \\d+"),
        ("attribute:size!~\\d+", "attribute:size not_matches '\\d+'"),
    ] {
        assert_eq!(matching(short), matching(words), "{short}");
    }
    check(&[
        ("attribute:size > 9", "bc"),
        ("attribute:size >= 9.0", "abc"),
        ("attribute:size < 10", "a"),
        ("attribute:size <= 10", "ab"),
        ("attribute:size > a", "c"),
        ("attribute:a/b\\c_d !exists", "bc"),
        ("attribute:size in [9,big]", "ac"),
        ("attribute:size !in [9,big]", "b"),
        ("attribute:size !~ \\d+", "c"),
        ("agentConnected == true", "ab"),
        ("agentConnected != true", "c"),
        ("agentConnected in [false]", "c"),
        ("agentConnected !~ f.*", "ab"),
        ("agentVersion > 1.14.9", "b"),
        ("agentVersion != 1.14.4", "b"),
        ("registeredAt >= 2018-02-13T01:00:00+01:00", "b"),
        ("registeredAt != 2018-02-13", "a"),
        ("runningTasksCount < 1", "c"),
        ("runningTasksCount >= 1", "ab"),
        ("ec2InstanceId =~ 'i-.*'", "ab"),
        ("ec2InstanceId != i-abcd1234", "b"),
    ]);
}

#[test]
fn what_a_missing_attribute_says() {
    check(&[
        ("attribute:a/b\\c_d == 'x y'", "a"),
        ("attribute:ecs.instance-type != t2.small", "b"),
        ("attribute:ecs.instance-type !in [t2.small]", "b"),
        ("attribute:ecs.instance-type !~ t2.*", "b"),
        ("not (attribute:ecs.instance-type == t2.small)", "bc"),
        ("not attribute:ecs.instance-type exists", "c"),
        ("!attribute:nothing exists", "abc"),
    ]);
}

#[test]
fn what_an_attribute_without_a_value_says() {
    check(&[
        ("attribute:stack exists", "abc"),
        ("attribute:stack == ''", ""),
        ("attribute:stack =~ .*", "ab"),
        ("attribute:stack !~ .*", "c"),
        ("attribute:stack in [prod, dev]", "ab"),
        ("attribute:stack >= ''", "ab"),
    ]);
}

#[test]
fn groups_are_asked_one_by_one() {
    check(&[
        ("task:group == database", "b"),
        // Some task of another group: host b also has one, the empty host none.
        ("task:group != database", "ab"),
        ("task:group in [family:web, service:production]", "ab"),
        ("task:group !in [family:web, database]", "a"),
        ("task:group =~ service:.*", "a"),
        ("task:group !~ .*:.*", "b"),
        ("task:group exists", "ab"),
        ("task:group !exists", "c"),
    ]);
}

#[test]
fn precedence_and_parentheses() {
    let [t, f] = ["runningTasksCount >= 0", "runningTasksCount < 0"];
    for (form, expected) in [
        ("T or F and F", true),
        ("(T or F) and F", false),
        ("T||F&&F", true),
        ("not F and F", false),
        ("not (F and F)", true),
        ("not(T)or T", true),
        ("!!T", true),
        ("not not not T", false),
        ("!(F)&&!(F||F)", true),
        ("((T))", true),
        ("F or F or T", true),
        ("T and T and F", false),
    ] {
        let text = form.replace('T', t).replace('F', f);
        assert_eq!(matching(&text) == "abc", expected, "{text}");
        assert_eq!(matching(&text).is_empty(), !expected, "{text}");
    }
}

#[test]
fn values_and_their_quotes() {
    let query = |value: &str| format!("attribute:v == {value}");
    for (written, value) in [
        ("a", "a"),
        ("'and'", "and"),
        ("\"it's\"", "it's"),
        ("'(a, b]'", "(a, b]"),
        ("'a && b || c'", "a && b || c"),
        ("in", "in"),
        ("not", "not"),
        ("a=b", "a=b"),
        ("a&b|c", "a&b|c"),
        ("a:b@c/d\\e", "a:b@c/d\\e"),
        ("''", ""),
        ("ü", "ü"),
    ] {
        let attributes = BTreeMap::from([("v".to_string(), Some(value.to_string()))]);
        let hosts = hosts();
        let host = HostFacts {
            attributes: &attributes,
            ..hosts[0].facts()
        };
        let query = Query::parse(&query(written)).unwrap();
        assert!(query.matches(&host), "{written}");
    }
    check(&[
        ("attribute:ecs.instance-type =~ [gt]2.{2,}", "ab"),
        ("attribute:ecs.instance-type =~ '(t2|m5)\\..*'", "a"),
        ("attribute:ecs.instance-type =~ t2.*|g2.*", "ab"),
        ("attribute:ecs.instance-type =~ t2", ""),
    ]);
}

/// `host: part [lacks name]` for each host that does not match.
fn misses(text: &str) -> Vec<String> {
    let query = Query::parse(text).unwrap();
    let mut lines = Vec::new();
    for host in hosts() {
        if let Some(miss) = query.miss(&host.facts()) {
            let lacks = miss.lacks_attribute.map(|name| format!(" [lacks {name}]"));
            let lacks = lacks.unwrap_or_default();
            lines.push(format!("{}: {}{lacks}", host.name, miss.part));
        }
    }
    lines
}

#[test]
fn the_first_part_that_fails_is_named() {
    assert_eq!(
        misses("attribute:stack exists  and (attribute:ecs.instance-type =~ t2.*)"),
        [
            "b: attribute:ecs.instance-type =~ t2.*",
            "c: attribute:ecs.instance-type =~ t2.* [lacks ecs.instance-type]",
        ]
    );
    assert_eq!(
        misses("(attribute:gpu exists || attribute:size == 9) and not ( task:group exists )"),
        [
            "a: not ( task:group exists )",
            "b: attribute:gpu exists || attribute:size == 9",
            "c: attribute:gpu exists || attribute:size == 9",
        ]
    );
    assert_eq!(
        misses("attribute:gpu exists  && runningTasksCount < 9"),
        [
            "a: attribute:gpu exists [lacks gpu]",
            "b: attribute:gpu exists [lacks gpu]",
            "c: attribute:gpu exists [lacks gpu]",
        ]
    );
}

#[test]
fn what_a_query_asks_for() {
    for (text, state, groups, names) in [
        (
            "attribute:b == 1 or not(attribute:a exists)",
            false,
            false,
            "b a",
        ),
        (
            "agentVersion > 1 and registeredAt > 2018-02-13",
            true,
            false,
            "",
        ),
        (
            "ec2InstanceId == i-1 and agentConnected == true",
            true,
            false,
            "",
        ),
        (
            "attribute:a exists and (runningTasksCount < 2)",
            true,
            false,
            "a",
        ),
        ("!(task:group == x)", true, true, ""),
    ] {
        let query = Query::parse(text).unwrap();
        assert_eq!(query.depends_on_state(), state, "{text}");
        assert_eq!(query.asks_for_groups(), groups, "{text}");
        assert_eq!(query.attributes().collect::<Vec<_>>().join(" "), names);
        assert_eq!(query.text(), text);
        assert_eq!(query, query.clone());
    }
}
