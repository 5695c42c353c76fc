//! What is wrong with traffic, in words.

use super::Words;
use crate::sim::traffic::{
    ATTEMPTS_MAX, CSV_ROWS_MAX, CsvFault, CsvFaultKind, RATE_MAX, REQUESTS_MAX, SOURCES_MAX,
    STEPS_MAX, TrafficFault, WEIGHT_MAX,
};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Most listeners that a sentence names.
const NAMED_MAX: usize = 5;

/// The fault in words: what is wrong, then what to do.
#[must_use]
pub fn traffic_fault_words(fault: &TrafficFault) -> Words {
    let (message, hint) = match fault {
        TrafficFault::UnknownListener {
            listener,
            near,
            known,
        } => {
            let meant = near.as_ref().map(|near| format!("did you mean `{near}`?"));
            return Words {
                message: format!("no listener is called `{listener}`"),
                hint: Some(meant.unwrap_or_else(|| listeners_words(known))),
            };
        }
        TrafficFault::Csv(fault) => csv_fault_words(fault),
        TrafficFault::TooManySources(count) => (
            format!("{count} sources of traffic are more than the {SOURCES_MAX} of a run"),
            "put requests of one listener into one mix",
        ),
        TrafficFault::Text { bytes, most } => (
            format!("{bytes} bytes are more than the {most} that are taken here"),
            "make it shorter",
        ),
        TrafficFault::DuplicateName(name) => (
            format!("two sources of traffic are called `{name}`"),
            "give one of them another `name`",
        ),
        TrafficFault::Nameless => (
            "this names no source of traffic".to_string(),
            "say which by `name`, or by `listener`",
        ),
        TrafficFault::NoRequests => (
            "a mix of no requests asks nothing".to_string(),
            "add a request, or leave `requests` out for `GET /`",
        ),
        TrafficFault::TooManyRequests(count) => (
            format!("{count} requests are more than the {REQUESTS_MAX} of a mix"),
            "write several sources",
        ),
        TrafficFault::Weight(weight) => (
            format!("a weight is 1 to {WEIGHT_MAX}, not {weight}"),
            "take out what nobody asks; only the proportions count",
        ),
        TrafficFault::Method(method) => (
            format!("`{method}` is not a method of HTTP"),
            "write one such as `GET`",
        ),
        TrafficFault::Path(path) => (
            format!("`{path}` is not a path"),
            "begin it with `/`; what stands behind the `?` goes into `query`",
        ),
        TrafficFault::Host(host) => (
            format!("`{}` is not a host", host.escape_debug()),
            "write a name such as `shop.example.com`, without blanks",
        ),
        TrafficFault::Query(query) => (
            format!("`{}` is not a query", query.escape_debug()),
            "write it without the `?` before it, and a blank as `%20`",
        ),
        TrafficFault::Header(name) => (
            format!("`{name}` is not a header that HTTP can carry"),
            "use letters, digits and hyphens in its name, and one line of text",
        ),
        TrafficFault::Attempts(attempts) => (
            format!("{attempts} further attempts are more than {ATTEMPTS_MAX}"),
            "write 0 to 5",
        ),
        TrafficFault::NoSteps => (
            "a profile of no steps asks nothing".to_string(),
            "add a step, or write the rate as a number",
        ),
        TrafficFault::TooManySteps(count) => (
            format!("{count} steps are more than {STEPS_MAX}"),
            "write them as the `csv` of a replay",
        ),
        TrafficFault::StepNotLater { at, before } => (
            format!("the step at {at} is not after the one at {before}"),
            "write steps in the order of time",
        ),
        TrafficFault::ShortPeriod(period) => (
            format!("a period of {period} is shorter than a minute"),
            "leave it out for a day, or write one such as `PT1H`",
        ),
        TrafficFault::LowAboveHigh => (
            "the lowest rate is above the highest".to_string(),
            "let `low` and `high` change places",
        ),
        TrafficFault::PeakBelowBase => (
            "the peak is below the rate around it".to_string(),
            "write steps for a rate that falls for a while",
        ),
        TrafficFault::File(file) => (
            format!("`{file}` stands beside the scenario and cannot be opened here"),
            "put its text into `csv`, or play the scenario with `stowplan simulate`",
        ),
        TrafficFault::BehindEnd { at, duration } => (
            format!("this begins at {at}, but the run ends at {duration}"),
            "lengthen `duration`, or let it begin earlier",
        ),
        TrafficFault::Over { ended, at } => (
            format!("this spike is over at {ended}, when the input at {at} sets it"),
            "count its moments from the start of the run, not from the input",
        ),
    };
    let hint = Some(hint.to_string());
    Words { message, hint }
}

/// Which listeners there are.
fn listeners_words(known: &[String]) -> String {
    let shown = known.iter().take(NAMED_MAX);
    let shown: Vec<String> = shown.map(|it| format!("`{it}`")).collect();
    let shown = shown.join(", ");
    match known.len().saturating_sub(NAMED_MAX) {
        _ if known.is_empty() => "the design has no listener".to_string(),
        0 => format!("the design has {shown}"),
        more => format!("the design has {shown} and {more} more"),
    }
}

fn csv_fault_words(fault: &CsvFault) -> (String, &'static str) {
    let CsvFault {
        line,
        column,
        text,
        kind,
    } = fault;
    let (what, hint) = match kind {
        CsvFaultKind::NotATime => (
            format!("`{text}` is not a time"),
            "separate columns by commas; the first is seconds, `PT1M`, or `2026-06-18T22:00:00Z`",
        ),
        CsvFaultKind::UnixTime => (
            format!("`{text}` looks like a Unix time, and a number is seconds since the start"),
            "write moments in ISO 8601, such as `2026-06-18T22:00:00Z`",
        ),
        CsvFaultKind::OtherKindOfTime => (
            format!("`{text}` is another kind of time than the rows before have"),
            "write all times in one way: since the start, or as dates",
        ),
        CsvFaultKind::NotLater => (
            format!("`{text}` is not after the row before"),
            "write rows in the order of time, each time once",
        ),
        CsvFaultKind::NoRate => (
            format!("nothing stands behind `{text}`"),
            "add a column with requests per second",
        ),
        CsvFaultKind::NotARate => (
            format!("`{text}` is not a number of requests per second from 0 to {RATE_MAX}"),
            "write a number such as 120 or 12.5",
        ),
        CsvFaultKind::TooManyRows => (
            format!("these are more than {CSV_ROWS_MAX} rows"),
            "leave rows out: each rate holds until the next",
        ),
        CsvFaultKind::NoRows => (
            "there is no row in this".to_string(),
            "write rows of a time and requests per second: `0,120`",
        ),
    };
    (format!("line {line}, column {column}: {what}"), hint)
}
