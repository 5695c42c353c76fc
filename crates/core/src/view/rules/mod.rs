//! Findings about a task definition in words: what is wrong, then what to do.
//!
//! The blanks `{0}`, `{1}` … are filled with the finding's arguments.

mod container;
mod definition;
mod platform;

use super::{Words, mistake_words};
use crate::taskdef::{Finding, Placed, Rule};
use alloc::format;
use alloc::string::{String, ToString};

/// The finding in words; its place is the caller's to add.
#[must_use]
pub fn placed_words(placed: &Placed) -> Words {
    match &placed.mistake {
        Some(mistake) => mistake_words(mistake),
        None => finding_words(&placed.finding),
    }
}

/// The finding about a definition in words.
#[must_use]
pub fn finding_words(finding: &Finding) -> Words {
    if finding.rule == Rule::OtherShape {
        return shape_words(&finding.arguments);
    }
    let (pattern, hint) = rule_words(finding.rule);
    let mut message = match missing(finding) {
        Some(member) => format!("`{member}` is missing here"),
        None => fill(pattern, &finding.arguments),
    };
    message += &addition(finding);
    Words {
        message,
        hint: (!hint.is_empty()).then(|| fill(hint, &finding.arguments)),
    }
}

/// Members that a rule wants in a certain form, and that may be missing as well.
const NEEDED: [(Rule, &str); 7] = [
    (Rule::VolumeName, "name"),
    (Rule::ContainerName, "name"),
    (Rule::UnknownVolume, "sourceVolume"),
    (Rule::RelativeContainerPath, "containerPath"),
    (Rule::VolumesFrom, "sourceContainer"),
    (Rule::GpuValue, "value"),
    (Rule::NeuronValue, "value"),
];

/// The member that the finding misses: it points at what the member belongs to.
fn missing(finding: &Finding) -> Option<&'static str> {
    let (_, member) = NEEDED.iter().find(|(rule, _)| *rule == finding.rule)?;
    let is_empty = finding.arguments.first().is_some_and(String::is_empty);
    (is_empty && !finding.pointer.ends_with(member)).then_some(*member)
}

/// What only some findings of a rule have to add.
fn addition(finding: &Finding) -> String {
    let last = finding.arguments.last().map_or("", String::as_str);
    let counts = matches!(
        finding.rule,
        Rule::NullMember | Rule::Placeholder | Rule::LogMode
    );
    if counts && last != "0" {
        format!(" (and {last} more like it)")
    } else if finding.rule == Rule::UnknownMember && !last.is_empty() {
        format!("; `{last}` may be meant")
    } else {
        String::new()
    }
}

/// Kind of shape, and of a template the resource and how many others there are.
fn shape_words(arguments: &[String]) -> Words {
    let argument = |at: usize| arguments.get(at).map_or("", String::as_str);
    let message = match (argument(0), argument(1), argument(2)) {
        ("describe", ..) => {
            "this is what `describe-task-definition` prints; the definition is inside".to_string()
        }
        ("containers", ..) => "this is a bare list of containers, as Terraform has it".to_string(),
        (_, "", _) => "this is CloudFormation".to_string(),
        (_, resource, "0") => format!("this is CloudFormation; `{resource}` is read"),
        (_, resource, others) => format!(
            "this is CloudFormation; `{resource}` is read, {others} more of its task definitions are not"
        ),
    };
    Words {
        message,
        hint: Some("export it to have what `register-task-definition` takes".into()),
    }
}

/// Puts the arguments into the blanks, each once: an argument may itself look like a blank.
fn fill(pattern: &str, arguments: &[String]) -> String {
    let mut text = String::new();
    let mut rest = pattern;
    while let Some((before, behind)) = rest.split_once('{') {
        let blank = behind.split_once('}');
        let argument = blank.and_then(|(number, _)| arguments.get(number.parse::<usize>().ok()?));
        let (Some(argument), Some((_, behind))) = (argument, blank) else {
            text.push_str(before);
            text.push('{');
            rest = behind;
            continue;
        };
        match behind.strip_prefix('`') {
            Some(behind) if argument.is_empty() && before.ends_with('`') => {
                text.push_str(&before[..before.len() - 1]);
                text.push_str("an empty text");
                rest = behind;
            }
            Some(_) | None => {
                text.push_str(before);
                text.push_str(argument);
                rest = behind;
            }
        }
    }
    text + rest
}

/// What a rule says where it is broken, and what to do, with blanks.
#[must_use]
pub const fn rule_words(rule: Rule) -> (&'static str, &'static str) {
    let mut at = rule as usize;
    let mut part = 0;
    while at >= PARTS[part].len() {
        at -= PARTS[part].len();
        part += 1;
    }
    let (_, message, hint) = PARTS[part][at];
    (message, hint)
}

/// A rule with what it says and what to do.
type Worded = (Rule, &'static str, &'static str);

/// The words of all rules, in the order of their numbers.
const PARTS: [&[Worded]; 3] = [definition::WORDS, container::WORDS, platform::WORDS];

// A rule without words, or out of order, does not compile.
const _: () = {
    let mut count = 0;
    let mut part = 0;
    while part < PARTS.len() {
        let mut at = 0;
        while at < PARTS[part].len() {
            assert!(PARTS[part][at].0 as usize == count);
            count += 1;
            at += 1;
        }
        part += 1;
    }
    assert!(count == Rule::ALL.len());
};

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn blanks_are_filled_once_and_an_empty_text_is_said_to_be_empty() {
        let fill = |pattern: &str, arguments: &[&str]| {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            super::fill(pattern, &arguments)
        };
        assert_eq!(
            fill("`{0}` is no {1}", &["{1}", "size"]),
            "`{1}` is no size"
        );
        assert_eq!(fill("`{0}` is no size", &[""]), "an empty text is no size");
        assert_eq!(fill("write {{tag}} or {2}", &["a"]), "write {{tag}} or {2}");
    }

    #[test]
    fn what_is_missing_is_told_as_missing() {
        let words = |pointer: &str| {
            let arguments = alloc::vec![String::new()];
            let rule = Rule::VolumeName;
            let (pointer, fix) = (pointer.to_string(), None);
            finding_words(&Finding {
                rule,
                pointer,
                arguments,
                fix,
            })
            .message
        };
        assert_eq!(words("/volumes/0"), "`name` is missing here");
        let empty = "an empty text cannot be the name of a volume";
        assert_eq!(words("/volumes/0/name"), empty);
    }

    #[test]
    fn every_rule_has_both_sentences_in_the_written_style() {
        for rule in Rule::ALL {
            let (message, hint) = rule_words(*rule);
            for text in [message, hint] {
                assert!(!text.is_empty() && !text.ends_with('.'), "{}", rule.id());
            }
        }
    }
}
