//! The page of all rules about task definitions, made from the table and the words in core.

use std::fmt::Write as _;
use stowplan_core::severity::Severity;
use stowplan_core::taskdef::Rule;
use stowplan_core::view::rule_words;

/// Groups by the first letter of the paragraph that states a rule, in the page's order.
const GROUPS: [(&str, &str, &str); 8] = [
    (
        "Reading a file",
        "137",
        "What stands in the text, whatever it means.",
    ),
    (
        "The task definition",
        "T",
        "Members of the task itself, roles and the proxy.",
    ),
    ("Volumes", "V", "Volumes, and where containers mount them."),
    (
        "Names, images and sizes",
        "CS",
        "What a container is, and how much it may use.",
    ),
    (
        "Ports and network",
        "P",
        "Port mappings, links, names and DNS.",
    ),
    (
        "Process, environment and security",
        "R",
        "What runs in a container, and what it may do.",
    ),
    (
        "Order, health and logs",
        "OHL",
        "What waits for what, and where output goes.",
    ),
    (
        "Fargate and ECS Anywhere",
        "2",
        "What only these platforms ask for, or do not have.",
    ),
];

/// The page, as Markdown.
#[must_use]
pub fn rules_page() -> String {
    let mut page = String::from(HEAD);
    for (title, letters, about) in GROUPS {
        write!(page, "\n## {title}\n\n{about}\n\n{COLUMNS}").expect("a String takes it");
        let own = |rule: &&Rule| rule.source().starts_with(|c| letters.contains(c));
        for rule in Rule::ALL.iter().filter(own) {
            page += &row(*rule);
        }
    }
    page
}

const HEAD: &str = "# Rules of task definitions

Stowplan checks task definitions in a design, in the editor and with `stowplan check`.
This page lists every rule it knows; it is made from the rules themselves, and a test keeps it up to date.

- **error**: AWS refuses the definition, or it cannot be read.
- **warning**: AWS takes it, but tasks fail or do something else than the definition says.
- **info**: worth knowing.

The rules of a platform are asked only for the platforms in `requiresCompatibilities`, and for EC2 where it is absent: AWS does the same.
A value that is a placeholder such as `${TAG}`, `{{tag}}` or `{\"Ref\": …}` is told of once, and no rule guesses what it will be.
Where a member has to go as a whole, what else is wrong inside it is not told of.
In the messages … stands for what they name: the value, a name, the place.
An id stays with its rule for good, so what was added later stands out of order.
The last column names the paragraph of our notes on task definitions (`task-definition.md`) that the rule comes from.
";

const COLUMNS: &str =
    "| id | severity | what is wrong | what to do | from |\n|---|---|---|---|---|\n";

fn row(rule: Rule) -> String {
    let (message, hint) = rule_words(rule);
    let severity = match rule.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    let (id, source) = (rule.id(), rule.source());
    let (message, hint) = (cell(message), cell(hint));
    format!("| {id} | {severity} | {message} | {hint} | {source} |\n")
}

/// A sentence with its blanks as dots, safe inside a table.
fn cell(sentence: &str) -> String {
    let blank = |text: String, number: usize| text.replace(&format!("{{{number}}}"), "…");
    let sentence = (0..4).fold(sentence.to_string(), blank);
    sentence.replace('|', "\\|").replace('<', "&lt;")
}
