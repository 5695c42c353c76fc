//! Words: every text that a user reads about a design or a run is made here, as plain data for
//! panels, reports and terminals. It decides nothing.

mod actions;
mod assertions;
mod balancing;
mod deployments;
mod derived;
mod diagnostics;
mod differences;
mod events;
mod excerpt;
mod explain;
mod faults;
mod hosts;
mod json;
mod mistakes;
mod order;
mod placement;
mod query;
mod registered;
mod remedy;
mod requests;
mod routing;
mod rules;
mod scenarios;
mod tasks;
mod traffic;
mod workloads;

pub use actions::action_line;
pub use assertions::{assertion_excerpt, assertion_fault_words};
pub use balancing::{
    record_word, target_group_words, target_health_word, target_reason_words, targets_word,
};
pub use deployments::{
    deployment_event_name, deployment_facts, deployment_title, event_name, failure_words,
    rollout_reason, run_task_reason, service_deployment_status, share_words,
};
pub use derived::{Fact, definition_facts};
pub use diagnostics::{Words, diagnostic_words, severity_word};
pub use differences::{difference_line, difference_summary};
pub use events::{Tone, event_is_listed, event_text, event_tone, service_message};
pub use explain::{
    Answer, AnswerRow, Progress, Told, answer, explanation_sentence, past_answer,
    progress_sentence, score_words, told_sentence, verdict_words,
};
pub use hosts::host_marks;
pub use json::event_line;
pub use mistakes::mistake_words;
pub use order::example_words;
pub use placement::{resources_words, strategies_words, strategy_words};
pub use query::{matching_words, query_error_excerpt, query_error_words};
pub use registered::{
    RegisteredReport, left_out_words, listener_note, nearest_name, registered_lines,
    registered_reports, request_words, rule_title, url_of,
};
pub use remedy::remedy_words;
pub use requests::{failing_rate_words, rate_words, short_rate_words};
pub use routing::{
    ConditionReport, GroupReport, RouteReport, RuleReport, authentication_words, chosen_words,
    condition_words, route_report, route_sentence,
};
pub use rules::{finding_words, placed_words, rule_words};
pub use scenarios::{
    measured_words, outcome_hint, outcome_sentence, outcome_value, refused_sentence,
    scenario_fault_words, type_error_words, value_words,
};
pub use tasks::{room_hint, stopped_reason, task_sentence};
pub use traffic::traffic_fault_words;
