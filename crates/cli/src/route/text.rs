//! A routed request for people: a block for each rule that is asked, what becomes of the request,
//! and who could take it.

use super::Case;
use crate::report::safe;
use crate::terminal::{Look, Terminal};
use stowplan_core::routing::{Chosen, ConditionTrace, RuleTrace};
use stowplan_core::view;

pub(super) fn print(case: &Case<'_>, terminal: &mut Terminal) {
    let mut say = |look: Look, text: &str| terminal.line(look, &safe(text));
    let head = view::request_words(case.request, case.listener);
    say(Look::Strong, &head);
    for left_out in case.left_out {
        let words = view::left_out_words(left_out.priority, &left_out.why);
        say(Look::Warning, &words);
    }
    for rule in &case.trace.rules {
        say(Look::Plain, "");
        let is_chosen = case.trace.chosen == Some(Chosen::Rule(rule.rule));
        print_rule(rule, is_chosen, &mut say);
    }
    say(Look::Plain, "");
    say(
        Look::Plain,
        &view::chosen_words(case.trace.chosen, &case.trace.rules),
    );
    if let Some(authentication) = case.trace.authentication {
        let words = view::authentication_words(authentication);
        say(Look::Plain, &format!("authentication {words}"));
    }
    say(
        Look::Strong,
        &view::route_sentence(case.model, &case.trace.outcome),
    );
    for group in case.trace.outcome.asked_groups() {
        for words in view::registered_lines(case.model, group) {
            say(Look::Plain, &format!("  {words}"));
        }
    }
}

fn print_rule(rule: &RuleTrace, is_chosen: bool, say: &mut impl FnMut(Look, &str)) {
    let look = if is_chosen { Look::Accent } else { Look::Plain };
    say(look, &view::rule_title(rule));
    for condition in &rule.conditions {
        let look = if condition.met {
            Look::Plain
        } else {
            Look::Faint
        };
        say(
            look,
            &format!("  {} {}", mark(condition), view::condition_words(condition)),
        );
    }
}

/// Told apart without colour, and in one column.
const fn mark(condition: &ConditionTrace) -> &'static str {
    if condition.met { "+" } else { "-" }
}
