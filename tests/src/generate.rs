//! Task definitions made of arbitrary bytes: the same bytes, the same definition.
//!
//! The tables of the API decide what goes where, so that nearly every member is found in nearly
//! every state: right, of a wrong type, null, a placeholder, absent. Property tests feed it
//! random bytes, the fuzzer bytes that it has learnt from.

use serde_json::{Map, Value, json};
use stowplan_core::draw::{Stream, draw};
use stowplan_core::taskdef::{Kind, Structure, TaskDefinition};

/// Deepest nesting of values that belong nowhere.
const DEPTH_MAX: usize = 6;

/// Texts that mean something in one place or another; few names, so that references meet.
const TEXTS: &[&str] = &[
    "a",
    "b",
    "c",
    "",
    "a:b",
    "80",
    "0",
    "8000-8010",
    "8005-9000",
    "70000-1",
    "256",
    "512",
    "1 vCPU",
    ".5 GB",
    "-1",
    "99999999999999999999",
    "${IMAGE}",
    "{{name}}",
    "<name>",
    "$$",
    "%A%",
    "/",
    "/data",
    "data",
    "nginx:latest",
    "arn:aws:iam::111122223333:role/r",
    "arn:aws:ssm:eu-west-1:111122223333:parameter/p",
    "aws:key",
    "CMD-SHELL",
    "CMD",
    "NONE",
    "exit 0",
    "awslogs-group",
    "awslogs-region",
    "mode",
    "non-blocking",
    "SYS_PTRACE",
    "ALL",
    "net.core.somaxconn",
    "kernel.shmmax",
    "credentialspec:x",
    "AppPorts",
    "0:0",
    "root",
    "\u{0}",
    "\u{1f642}é~1/~0",
];

/// Numbers at the edges of what is taken.
const NUMBERS: &[i64] = &[
    0,
    1,
    2,
    4,
    6,
    10,
    20,
    21,
    80,
    100,
    120,
    128,
    200,
    256,
    512,
    1024,
    2048,
    8080,
    15000,
    32768,
    65_535,
    65_536,
    196_608,
    1_048_576,
    2_147_483_647,
    2_147_483_648,
    4_294_967_295,
    4_294_967_296,
    -1,
    -2_147_483_649,
    i64::MIN,
    i64::MAX,
];

/// Names of members that no structure has, and one that the describing calls have.
const STRANGE: &[&str] = &["", "x", "name", "revision", "a/b~c", "Family"];

/// Bytes that are used up; behind their end all are zero.
#[derive(Debug)]
pub struct Choices<'a> {
    bytes: &'a [u8],
}

impl<'a> Choices<'a> {
    /// Choices made of `bytes`.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// A number below `bound`, which is at most 256.
    fn below(&mut self, bound: usize) -> usize {
        let Some((first, rest)) = self.bytes.split_first() else {
            return 0;
        };
        self.bytes = rest;
        usize::from(*first) % bound
    }

    fn one_of<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())]
    }

    fn is_spent(&self) -> bool {
        self.bytes.is_empty()
    }
}

/// Random bytes for [`Choices`], different for every seed.
#[must_use]
pub fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let words = (0..).map(|n| draw(seed, Stream::Placement, n).to_le_bytes());
    words.flatten().take(length).collect()
}

/// The members of a definition, some of them wrong.
#[must_use]
pub fn definition(choices: &mut Choices<'_>) -> Map<String, Value> {
    structure(choices, TaskDefinition::STRUCTURE)
}

fn structure(choices: &mut Choices<'_>, structure: &Structure) -> Map<String, Value> {
    let mut members = Map::new();
    for member in structure.members {
        if choices.is_spent() {
            break;
        }
        // What is required is nearly always there: behind its absence little else is looked at.
        let odds = if member.required { 15 } else { 6 };
        if choices.below(16) < odds {
            members.insert(member.name.to_string(), value(choices, member.kind));
        }
    }
    if choices.below(16) == 15 {
        let name = choices.one_of(STRANGE);
        members.insert(name.to_string(), anything(choices, 0));
    }
    members
}

fn value(choices: &mut Choices<'_>, kind: Kind) -> Value {
    match choices.below(24) {
        23 => anything(choices, 0),
        22 => Value::Null,
        21 => Value::from(choices.one_of(NUMBERS).to_string()),
        20 => Value::from("${PLACEHOLDER}"),
        19 => Value::Array(vec![right(choices, kind)]),
        _ => right(choices, kind),
    }
}

fn right(choices: &mut Choices<'_>, kind: Kind) -> Value {
    match kind {
        Kind::Text => Value::from(choices.one_of(TEXTS)),
        Kind::Integer(least, most) => {
            let number = choices.one_of(NUMBERS);
            Value::from(if choices.below(8) == 7 {
                number
            } else {
                number.clamp(least, most)
            })
        }
        Kind::Boolean => Value::from(choices.below(2) == 1),
        Kind::Choice(names) => Value::from(choices.one_of(names)),
        Kind::List(item) => {
            let length = choices.below(4);
            (0..length).map(|_| value(choices, *item)).collect()
        }
        Kind::Map => {
            let length = choices.below(4);
            let pairs = (0..length).map(|_| {
                let name = choices.one_of(TEXTS).to_string();
                (name, value(choices, Kind::Text))
            });
            Value::Object(pairs.collect())
        }
        Kind::Structure(inner) => Value::Object(structure(choices, inner)),
        Kind::Any => anything(choices, 0),
    }
}

fn anything(choices: &mut Choices<'_>, depth: usize) -> Value {
    let nested = if depth < DEPTH_MAX { 9 } else { 7 };
    match choices.below(nested) {
        0 => Value::Null,
        1 => Value::from(choices.below(2) == 0),
        2 => Value::from(choices.one_of(NUMBERS)),
        3 => Value::from(u64::MAX),
        4 => json!(0.5),
        5 => Value::from(choices.one_of(NUMBERS).to_string()),
        6 => Value::from(choices.one_of(TEXTS)),
        7 => {
            let length = choices.below(4);
            (0..length).map(|_| anything(choices, depth + 1)).collect()
        }
        _ => {
            let length = choices.below(4);
            let pairs = (0..length).map(|_| {
                let name = choices.one_of(STRANGE).to_string();
                (name, anything(choices, depth + 1))
            });
            Value::Object(pairs.collect())
        }
    }
}
