//! What we export, AWS's own Python library takes: botocore checks it by its model of the API.
//!
//! It needs Python 3 with venv, and once the network, to install botocore where `cargo xtask`
//! keeps its tools. Where that cannot be had, it says so and passes.

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use stowplan_core::export::task_definition_json;
use stowplan_core::taskdef::{Kind, OUTPUT_ONLY, Structure, TaskDefinition, read_definition};
use stowplan_tests::files::{corpus, fixtures};

const VERSION: &str = "1.44.5";

/// Files of the corpus that are not valid, and why.
const NOT_VALID: [(&str, &str); 1] = [(
    "docs-blank-template-every-field.json",
    "the skeleton of the documentation: a tag with an empty key, which AWS refuses",
)];

/// Reads `{"name": "text of an export"}` from the file that it is given; prints what botocore has
/// against which of them, and the members that it knows.
const SCRIPT: &str = r#"
import json, sys
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

model = ServiceModel(Loader().load_service_model("ecs", "service-2"), "ecs")
shape = model.operation_model("RegisterTaskDefinition").input_shape

def members(shape, path):
    if shape.type_name == "list":
        yield from members(shape.member, path)
    elif shape.type_name == "structure":
        for name, member in shape.members.items():
            words = ["required"] if name in shape.required_members else []
            of = member.member if member.type_name == "list" else member
            words += sorted(getattr(of, "enum", None) or [])
            yield f"{path}/{name}", words
            yield from members(member, f"{path}/{name}")

failures = {}
with open(sys.argv[1], encoding="utf-8") as file:
    for name, text in json.load(file).items():
        report = ParamValidator().validate(json.loads(text), shape)
        if report.has_errors():
            failures[name] = report.generate_report()
json.dump({"failures": failures, "members": dict(members(shape, ""))}, sys.stdout)
"#;

#[test]
fn botocore_takes_what_we_export_and_knows_the_same_members() {
    let exports = exports();
    let answer = match python() {
        Ok(python) => ask(&python, &exports),
        Err(why) => {
            // Past the capture of the test harness: a pass that proves nothing must be seen.
            let line = format!("NOT RUN: exports are not checked by botocore {VERSION}: {why}\n");
            let _ = std::io::stderr().write_all(line.as_bytes());
            return;
        }
    };
    let failures = answer["failures"]
        .as_object()
        .expect("the script gives them");
    let refused: Vec<&str> = NOT_VALID.iter().map(|(name, _)| *name).collect();
    let told: Vec<String> = failures
        .iter()
        .filter(|(name, _)| !refused.contains(&name.as_str()))
        .map(|(name, why)| format!("{name}:\n{}", why.as_str().unwrap_or_default()))
        .collect();
    assert!(
        told.is_empty(),
        "{} of {}:\n{}",
        told.len(),
        exports.len(),
        told.join("\n")
    );
    for name in refused.iter().filter(|name| exports.contains_key(**name)) {
        assert!(failures.contains_key(*name), "{name} is valid after all");
    }

    let theirs: BTreeMap<String, Vec<String>> = answer["members"]
        .as_object()
        .expect("the script gives them")
        .iter()
        .map(|(path, words)| (path.clone(), texts(words)))
        .collect();
    let mut ours = BTreeMap::new();
    members(TaskDefinition::STRUCTURE, "", &mut ours);
    ours.retain(|path, _| !OUTPUT_ONLY.contains(&path.trim_start_matches('/')));
    let differ: BTreeSet<&String> = ours
        .keys()
        .chain(theirs.keys())
        .filter(|path| ours.get(*path) != theirs.get(*path))
        .collect();
    let lines: Vec<String> = differ
        .into_iter()
        .map(|path| {
            format!(
                "{path}: ours {:?}, botocore {:?}",
                ours.get(path),
                theirs.get(path)
            )
        })
        .collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

/// Every file's export by the file's name.
fn exports() -> BTreeMap<String, String> {
    let files = fixtures().into_iter().chain(corpus());
    files
        .map(|file| {
            let reading = read_definition(&file.text);
            let definition = reading.named(&file.name).expect("a definition");
            (file.name, task_definition_json(&definition).0)
        })
        .collect()
}

/// Every member with whether it is required, and what it may be if that is one of a few texts.
fn members(structure: &Structure, path: &str, all: &mut BTreeMap<String, Vec<String>>) {
    for member in structure.members {
        let path = format!("{path}/{}", member.name);
        let mut words: Vec<String> = Vec::new();
        if member.required {
            words.push("required".into());
        }
        let kind = member
            .kind
            .inner("")
            .filter(|_| matches!(member.kind, Kind::List(_)));
        let kind = kind.unwrap_or(member.kind);
        if let Kind::Choice(names) = kind {
            let mut names: Vec<String> = names.iter().map(ToString::to_string).collect();
            names.sort();
            words.extend(names);
        }
        if let Kind::Structure(inner) = kind {
            members(inner, &path, all);
        }
        all.insert(path, words);
    }
}

fn texts(list: &Value) -> Vec<String> {
    let items = list.as_array().into_iter().flatten();
    items
        .filter_map(|item| Some(item.as_str()?.to_string()))
        .collect()
}

fn ask(python: &Path, exports: &BTreeMap<String, String>) -> Value {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("botocore.json");
    let texts: Map<String, Value> = exports
        .iter()
        .map(|(name, it)| (name.clone(), json!(it)))
        .collect();
    fs::write(&file, Value::Object(texts).to_string()).expect("a temporary file can be written");
    let mut command = Command::new(python);
    command.args(["-c", SCRIPT]).arg(&file);
    let answer = run(&mut command).expect("the script runs");
    serde_json::from_str(&answer).expect("the script prints JSON")
}

/// A Python that has botocore, installed if need be.
fn python() -> Result<PathBuf, String> {
    let venv = tools()?.join(format!("botocore-{VERSION}"));
    let python = venv.join(if cfg!(windows) {
        "Scripts/python.exe"
    } else {
        "bin/python"
    });
    let is_good = || {
        let mut command = Command::new(&python);
        let version = run(command.args(["-c", "import botocore; print(botocore.__version__)"]));
        version.is_ok_and(|version| version.trim() == VERSION)
    };
    if is_good() {
        return Ok(python);
    }
    let mut create = Command::new("python3");
    run(create.args(["-m", "venv", "--clear"]).arg(&venv))?;
    let mut install = Command::new(&python);
    let package = format!("botocore=={VERSION}");
    run(install.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        &package,
    ]))?;
    if is_good() {
        Ok(python)
    } else {
        Err("it was installed but does not run".into())
    }
}

/// Where `cargo xtask` keeps what it installs.
fn tools() -> Result<PathBuf, String> {
    let folder = |name: &str| {
        env::var_os(name)
            .filter(|it| !it.is_empty())
            .map(PathBuf::from)
    };
    folder("STOWPLAN_TOOLS")
        .or_else(|| folder("XDG_CACHE_HOME").map(|cache| cache.join("stowplan/tools")))
        .or_else(|| folder("HOME").map(|home| home.join(".cache/stowplan/tools")))
        .or_else(|| folder("LOCALAPPDATA").map(|local| local.join("stowplan/tools")))
        .ok_or_else(|| "there is no folder for tools; set `STOWPLAN_TOOLS`".into())
}

/// What a command prints, or why it failed.
fn run(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run `{name}`: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.trim().lines().last().unwrap_or_default();
    Err(format!("`{name}` failed: {last}"))
}
