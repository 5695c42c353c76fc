//! A definition's values in the types that AWS takes, where it is sure which those are.

use super::{Finding, Rule, TaskDefinition, check};
use alloc::vec::Vec;
use serde_json::Value;

/// Deepest nesting of lists around single objects that is taken apart; the API's structures are
/// not nested deeper.
const LISTS_MAX: usize = 8;

/// The definition's JSON with every value in the type that AWS takes, where that is sure.
#[must_use]
pub fn straightened(definition: &TaskDefinition) -> Value {
    let mut value = Value::Object(definition.to_members());
    let mut apply = |wanted: fn(&Finding) -> bool| {
        let read = value.as_object().cloned().map(TaskDefinition::from_members);
        let found = check(&read.unwrap_or_default(), &[]);
        let fixes = found.into_iter().filter(wanted).filter_map(|it| it.fix);
        let sure: Vec<_> = fixes.filter(|fix| fix.is_sure).collect();
        sure.iter().for_each(|fix| fix.apply(&mut value));
        !sure.is_empty()
    };
    // A list that goes moves what is inside, so each is followed by a new look.
    for _ in 0..LISTS_MAX {
        if !apply(|it| it.rule == Rule::ListForObject) {
            break;
        }
    }
    // Null goes last and everywhere, where the definition is exported.
    apply(|it| !matches!(it.rule, Rule::ListForObject | Rule::NullMember));
    value
}
