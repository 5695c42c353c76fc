//! Every rule about task definitions against definitions that keep it and that break it.
//!
//! The cases are data, in `fixtures/rules/`: a clean definition out of `bases.json`, changed a
//! little. From a clean definition one change breaks one rule, and that rule alone is told of;
//! the nearest definition that AWS takes gives no error. What a case can say:
//! - `base`, and a merge patch (RFC 7386) of the task in `with` and of its first container in
//!   `container`; more `containers`; or the whole file as `text`, with lists nested `deep` at `@`;
//! - `nulls` puts null at pointers, `letters` so many letters, `repeat` appends so many items in
//!   which `#` is their number, `bytes` pads the definition to a size;
//! - a failing case says `at` which pointers the rule is told of, `fix` if all of these offer a
//!   change that mends them, and `also` which other rules are told of, and why they must be.
//!
//! The page of all rules is made from the same table and compared; `cargo xtask bless` rewrites it.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot read its fixtures has failed"
)]

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use stowplan_core::severity::Severity;
use stowplan_core::taskdef::{Finding, LaunchType, Placed, Reading, Rule, read_definition};
use stowplan_core::view::placed_words;
use stowplan_tests::rules_page;

fn fixtures() -> BTreeMap<String, Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/rules");
    let entries = std::fs::read_dir(folder).unwrap();
    let read = |path: &Path| {
        let text = std::fs::read_to_string(path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        (name, stowplan_core::source::read(&text).unwrap())
    };
    entries.map(|entry| read(&entry.unwrap().path())).collect()
}

/// A merge patch: null takes a member out, an object is merged, anything else replaces.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let members = target.as_object_mut().unwrap();
    for (name, value) in patch {
        if value.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name).or_insert(Value::Null), value);
        }
    }
}

/// The place at `pointer`, made where it is not there.
fn place<'a>(value: &'a mut Value, pointer: &str) -> &'a mut Value {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = value.pointer_mut(parent).unwrap();
    if parent.is_object() {
        let members = parent.as_object_mut().unwrap();
        return members.entry(name).or_insert(Value::Null);
    }
    parent.get_mut(name.parse::<usize>().unwrap()).unwrap()
}

fn numbered(item: &Value, number: usize) -> Value {
    if let Some(text) = item.as_str() {
        return text.replace('#', &number.to_string()).into();
    }
    let Some(members) = item.as_object() else {
        return item.clone();
    };
    let one = |(name, value): (&String, &Value)| (name.clone(), numbered(value, number));
    Value::Object(members.iter().map(one).collect())
}

/// The file that a case is about.
fn text(case: &Value, bases: &Value) -> String {
    if let Some(text) = case["text"].as_str() {
        let deep = usize::try_from(case["deep"].as_u64().unwrap_or(0)).unwrap();
        return text.replace('@', &("[".repeat(deep) + &"]".repeat(deep)));
    }
    let base = case["base"].as_str().unwrap();
    let mut definition = bases[base]["definition"].clone();
    assert!(definition.is_object(), "no base {base}");
    merge(
        &mut definition,
        case.get("with").unwrap_or(&Value::Object(Map::new())),
    );
    if let Some(patch) = case.get("container") {
        merge(&mut definition["containerDefinitions"][0], patch);
    }
    if let Some(more) = case["containers"].as_array() {
        let list = definition["containerDefinitions"].as_array_mut().unwrap();
        list.extend(more.iter().cloned());
    }
    for pointer in case["nulls"].as_array().into_iter().flatten() {
        *place(&mut definition, pointer.as_str().unwrap()) = Value::Null;
    }
    for (pointer, count) in case["letters"].as_object().into_iter().flatten() {
        let count = usize::try_from(count.as_u64().unwrap()).unwrap();
        *place(&mut definition, pointer) = "a".repeat(count).into();
    }
    for (pointer, what) in case["repeat"].as_object().into_iter().flatten() {
        let place = place(&mut definition, pointer);
        let mut items = place.as_array().cloned().unwrap_or_default();
        let count = usize::try_from(what[0].as_u64().unwrap()).unwrap();
        items.extend((1..=count).map(|number| numbered(&what[1], number)));
        *place = items.into();
    }
    if let Some(bytes) = case["bytes"].as_u64() {
        let pointer = "/containerDefinitions/0/workingDirectory";
        *place(&mut definition, pointer) = "/".into();
        let missing = usize::try_from(bytes).unwrap() - definition.to_string().len();
        *place(&mut definition, pointer) = ("/".to_string() + &"a".repeat(missing)).into();
    }
    definition.to_string()
}

fn found(text: &str, platforms: &[LaunchType]) -> (Reading, Vec<Placed>) {
    let reading = read_definition(text);
    let found = reading.check(text, platforms);
    assert_eq!(
        found,
        read_definition(text).check(text, platforms),
        "{text}"
    );
    (reading, found)
}

/// Where it is told of: in the definition, or in a file that holds none.
fn told_at(placed: &Placed) -> &str {
    let in_file = placed.finding.pointer.is_empty();
    if in_file {
        &placed.pointer
    } else {
        &placed.finding.pointer
    }
}

fn shown(found: &[Placed]) -> String {
    let mut lines = String::new();
    for placed in found {
        let (rule, words) = (placed.finding.rule, placed_words(placed));
        let fix = if placed.finding.fix.is_some() {
            ", fix"
        } else {
            ""
        };
        let at = told_at(placed);
        writeln!(
            lines,
            "      {} at {at:?}: {}{fix}",
            rule.id(),
            words.message
        )
        .unwrap();
    }
    lines
}

/// Texts of a list, or names of an object.
fn texts(value: &Value) -> BTreeSet<String> {
    let names = value.as_object().into_iter().flatten();
    let items = value.as_array().into_iter().flatten();
    let items = items.map(|item| item.as_str().unwrap().to_string());
    names.map(|(name, _)| name.clone()).chain(items).collect()
}

/// What is wrong with a case that keeps the rule.
fn passes(rule: Rule, case: &Value, bases: &Value) -> Result<(), String> {
    let text = text(case, bases);
    let (_, found) = found(&text, &[]);
    let fires =
        |it: &Placed| it.finding.rule == rule || it.finding.rule.severity() == Severity::Error;
    if found.iter().any(fires) {
        return Err(format!("told of\n{}", shown(&found)));
    }
    Ok(())
}

/// What is wrong with a case that breaks the rule.
fn fails(rule: Rule, case: &Value, bases: &Value) -> Result<(), String> {
    let text = text(case, bases);
    let (reading, found) = found(&text, &[]);
    let own = found.iter().filter(|it| it.finding.rule == rule);
    let own: Vec<&Placed> = own.collect();
    let at: BTreeSet<String> = own.iter().map(|it| told_at(it).to_string()).collect();
    let wanted = texts(&case["at"]);
    let base = case["base"].as_str().unwrap_or_default();
    let mut allowed = texts(&case["also"]);
    allowed.extend(texts(&bases[base]["tells"]));
    let others = |it: &&Placed| it.finding.rule != rule && !allowed.contains(it.finding.rule.id());
    if at != wanted || own.len() != wanted.len() || found.iter().any(|it| others(&it)) {
        return Err(format!(
            "not told of at {wanted:?} only, but\n{}",
            shown(&found)
        ));
    }
    let fixed = case["fix"] == true;
    for placed in &own {
        match &placed.finding.fix {
            Some(_) if fixed => mends(&placed.finding, &reading, &text, &allowed)?,
            None if !fixed => {}
            Some(_) => return Err(format!("offers a change\n{}", shown(&found))),
            None => return Err(format!("offers no change\n{}", shown(&found))),
        }
    }
    Ok(())
}

/// The fix takes the finding away and brings no error.
fn mends(
    finding: &Finding,
    reading: &Reading,
    text: &str,
    allowed: &BTreeSet<String>,
) -> Result<(), String> {
    let fix = finding.fix.as_ref().unwrap();
    let Some(mended) = reading.fixed(text, fix) else {
        return Err(format!("the change cannot be made: {fix:?}"));
    };
    let mut value: Value = stowplan_core::source::read(text).unwrap();
    fix.apply(&mut value);
    let same: Value = stowplan_core::source::read(&mended).unwrap();
    if value != same {
        return Err(format!(
            "the change of the value is another: {value}\n{same}"
        ));
    }
    let (_, before) = found(text, &[]);
    let (_, after) = found(&mended, &[]);
    let is_new = |it: &&Placed| {
        let same = |old: &Placed| {
            (old.finding.rule, &old.finding.pointer) == (it.finding.rule, &it.finding.pointer)
        };
        it.finding.rule.severity() == Severity::Error
            && !allowed.contains(it.finding.rule.id())
            && !before.iter().any(same)
    };
    let stays = after.iter().any(|it| {
        (it.finding.rule, &it.finding.pointer) == (finding.rule, &finding.pointer)
            && it.finding.arguments == finding.arguments
    });
    if stays || after.iter().any(|it| is_new(&it)) {
        return Err(format!(
            "the change makes {mended}, told of\n{}",
            shown(&after)
        ));
    }
    Ok(())
}

#[test]
fn a_definition_is_told_of_what_it_breaks_and_of_nothing_else() {
    let mut fixtures = fixtures();
    let bases = fixtures.remove("bases").unwrap();
    let mut wrong = String::new();
    let mut known = BTreeMap::new();
    for (file, rules) in &fixtures {
        for (id, cases) in rules.as_object().unwrap() {
            let Some(rule) = Rule::ALL.iter().find(|rule| rule.id() == id) else {
                writeln!(wrong, "{file}: there is no rule {id}").unwrap();
                continue;
            };
            if known.insert(*rule, file).is_some() {
                writeln!(wrong, "{file}: {id} has cases elsewhere too").unwrap();
            }
            type Ask = fn(Rule, &Value, &Value) -> Result<(), String>;
            for (kind, ask) in [("pass", passes as Ask), ("fail", fails as Ask)] {
                let cases = cases[kind].as_array().map_or(&[][..], Vec::as_slice);
                if cases.is_empty() {
                    writeln!(wrong, "{file}: {id} has no case to {kind}").unwrap();
                }
                for (at, case) in cases.iter().enumerate() {
                    if let Err(why) = ask(*rule, case, &bases) {
                        writeln!(wrong, "{file}: {id} {kind} {at}: {why}").unwrap();
                    }
                }
            }
        }
    }
    for rule in Rule::ALL.iter().filter(|rule| !known.contains_key(rule)) {
        writeln!(wrong, "{} has no cases", rule.id()).unwrap();
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[test]
fn clean_definitions_are_clean() {
    let bases = fixtures().remove("bases").unwrap();
    for (name, base) in bases.as_object().unwrap() {
        let (_, found) = found(&base["definition"].to_string(), &[]);
        let told: BTreeSet<String> = found.iter().map(|it| it.finding.rule.id().into()).collect();
        assert_eq!(told, texts(&base["tells"]), "{name}");
    }
}

/// The pointers of everything within `value`.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    let members = value.as_object().into_iter().flatten();
    for (name, inner) in members {
        let at = format!("{at}/{}", stowplan_core::source::escape(name));
        pointers(inner, &at, all);
        all.push(at);
    }
    for (number, inner) in value.as_array().into_iter().flatten().enumerate() {
        let at = format!("{at}/{number}");
        pointers(inner, &at, all);
        all.push(at);
    }
}

#[test]
fn what_is_not_known_yet_is_no_error() {
    // Whatever a placeholder takes the place of, no rule guesses.
    let mut fixtures = fixtures();
    let bases = fixtures.remove("bases").unwrap();
    let rules = fixtures
        .values()
        .flat_map(|rules| rules.as_object().unwrap());
    let cases = rules.flat_map(|(_, cases)| cases["pass"].as_array().unwrap());
    let mut wrong = BTreeSet::new();
    for case in cases.filter(|case| case["bytes"].is_null() && case["text"].is_null()) {
        let whole: Value = stowplan_core::source::read(&text(case, &bases)).unwrap();
        let mut all = Vec::new();
        pointers(&whole, "", &mut all);
        for pointer in all {
            for unknown in [r#""${X}""#, r#"{"Ref":"X"}"#] {
                let mut definition = whole.clone();
                *definition.pointer_mut(&pointer).unwrap() =
                    stowplan_core::source::read(unknown).unwrap();
                let (_, found) = found(&definition.to_string(), &[]);
                let errors = found
                    .iter()
                    .filter(|it| it.finding.rule.severity() == Severity::Error);
                let errors: Vec<Placed> = errors.cloned().collect();
                if !errors.is_empty() {
                    wrong.insert(format!("{unknown} at {pointer}\n{}", shown(&errors)));
                }
            }
        }
    }
    let wrong: Vec<String> = wrong.into_iter().take(50).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn hostile_definitions_cost_little() {
    let many = |count: usize, item: &dyn Fn(usize) -> String| {
        let items: Vec<String> = (0..count).map(item).collect();
        items.join(",")
    };
    let one = |members: &str| {
        format!(r#"{{"family":"a","containerDefinitions":[{{"name":"a","image":"a",{members}}}]}}"#)
    };
    let long = "n".repeat(400_000);
    let texts = [
        one(&format!(
            r#""portMappings":[{}]"#,
            many(30_000, &|_| r#"{"containerPortRange":"1-9"}"#.into())
        )),
        one(&format!(
            r#""portMappings":[{}]"#,
            many(30_000, &|_| r#"{"containerPort":80}"#.into())
        )),
        one(&format!(
            r#""environment":[{}]"#,
            many(30_000, &|_| r#"{"name":"a","value":""}"#.into())
        )),
        one(&format!(
            r#""mountPoints":[{}]"#,
            many(30_000, &|at| format!(r#"{{"sourceVolume":"v{at}"}}"#))
        )),
        format!(
            r#"{{"family":"a","containerDefinitions":[{}]}}"#,
            many(20_000, &|at| format!(
                r#"{{"name":"c{at}","links":["c{}"]}}"#,
                at + 1
            ))
        ),
        format!(
            r#"{{"proxyConfiguration":{{"containerName":"{long}"}},"containerDefinitions":[{{"name":"{long}"}},{}]}}"#,
            many(10_000, &|at| format!(r#"{{"name":"c{at}"}}"#))
        ),
        one(&format!(
            r#""links":[{}]"#,
            many(100_000, &|_| "null".into())
        )),
    ];
    for text in texts {
        // Bounded findings of bounded length; a rule that compares all with all takes minutes.
        let definition = read_definition(&text).definition.unwrap();
        let found = stowplan_core::taskdef::check(&definition, &[LaunchType::Ec2]);
        assert!(!found.is_empty() && found.len() <= stowplan_core::taskdef::FINDINGS_MAX);
        let arguments = found.iter().flat_map(|it| &it.arguments);
        assert!(arguments.map(String::len).sum::<usize>() < 1_000_000);
    }
}

#[test]
fn the_page_of_rules_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/task-definition-rules.md");
    let page = rules_page();
    if std::env::var_os("STOWPLAN_BLESS").is_some() {
        std::fs::write(path, page).unwrap();
        return;
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    let mut lines = page.lines().zip(written.lines()).enumerate();
    if let Some((at, (ours, written))) = lines.find(|(_, (ours, written))| ours != written) {
        panic!(
            "line {}:\n  ours    {ours}\n  written {written}\n`cargo xtask bless` rewrites it",
            at + 1
        );
    }
    assert_eq!(
        page.len(),
        written.len(),
        "one page goes on where the other ends"
    );
}
