//! What CloudWatch would show of a run, for spreadsheets (CSV) and for Prometheus (OpenMetrics).
//!
//! Both write a metric's own statistics and no others, stamped with the start of their minute in
//! seconds since 1970: a run begins at `Settings::epoch_seconds`.

#[cfg(test)]
mod grammar;
#[cfg(test)]
mod tests;

use crate::model::Settings;
use crate::sim::{
    Dimension, MetricId, MetricName, MetricStore, MetricUnit, Namespace, Point, Statistic,
};
use crate::time::Instant;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A row for each point, under a head. Statistics that a metric does not have are empty.
///
/// Columns: `timestamp`, `run_seconds` (since the run began), `namespace`, `metric`, `dimensions`
/// (`Name=value`, semicolons between), `unit`, then a column for each statistic.
#[must_use]
pub fn metrics_csv(store: &MetricStore, settings: &Settings) -> String {
    let statistics = Statistic::ALL.map(Statistic::name).join(",");
    let mut text = format!("timestamp,run_seconds,namespace,metric,dimensions,unit,{statistics}\n");
    for id in store.ids() {
        let about = [
            id.namespace.name(),
            id.name.name(),
            &quoted(&dimensions(id)),
            id.name.unit().name(),
        ]
        .join(",");
        for point in store.series(id) {
            let stamp = timestamp(point.at, settings);
            let seconds = point.at.0 / 1000;
            text += &format!("{stamp},{seconds},{about},{}\n", values(id.name, point));
        }
    }
    text
}

/// The point of each statistic, empty where the metric has none.
fn values(name: MetricName, point: Point<'_>) -> String {
    let value = |statistic: Statistic| {
        let is_its_own = name.statistics().contains(&statistic);
        let value = point.stats.get(statistic).filter(|_| is_its_own);
        value.map_or(String::new(), |it| it.to_string())
    };
    Statistic::ALL.map(value).join(",")
}

fn dimensions(id: &MetricId) -> String {
    let all = id.dimensions.iter();
    let all: Vec<String> = all
        .map(|(name, value)| format!("{}={value}", name.name()))
        .collect();
    all.join(";")
}

/// A field of CSV (RFC 4180).
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_string()
    }
}

fn timestamp(at: Instant, settings: &Settings) -> i64 {
    let seconds = i64::try_from(at.0 / 1000).unwrap_or(i64::MAX);
    settings.epoch_seconds.saturating_add(seconds)
}

/// OpenMetrics 1.0 text: a gauge for each statistic of each metric, by the names that Prometheus'
/// CloudWatch exporter gives them, with the unit behind where the format asks for it, such as
/// `aws_applicationelb_request_count_sum` and `aws_ecs_cpuutilization_average_percent`.
#[must_use]
pub fn metrics_openmetrics(store: &MetricStore, settings: &Settings) -> String {
    let ids: Vec<&MetricId> = store.ids().collect();
    let mut text = String::new();
    for of_name in ids.chunk_by(|one, other| family_of(one) == family_of(other)) {
        let Some((namespace, name)) = of_name.first().map(|it| family_of(it)) else {
            continue;
        };
        for statistic in name.statistics() {
            let family = family_name(namespace, name, *statistic);
            text += &family_head(&family, namespace, name, *statistic);
            for id in of_name {
                text += &samples(&family, id, *statistic, (store, settings));
            }
        }
    }
    text + "# EOF\n"
}

const fn family_of(id: &MetricId) -> (Namespace, MetricName) {
    (id.namespace, id.name)
}

fn family_name(namespace: Namespace, name: MetricName, statistic: Statistic) -> String {
    let namespace = namespace.name().to_lowercase().replace('/', "_");
    let parts = [snake(name.name()), snake(statistic.name())].join("_");
    let unit = unit(name, statistic).map(|it| format!("_{it}"));
    format!("{namespace}_{parts}{}", unit.unwrap_or_default())
}

/// The unit that OpenMetrics is told; a count has none.
const fn unit(name: MetricName, statistic: Statistic) -> Option<&'static str> {
    if matches!(statistic, Statistic::SampleCount) {
        return None;
    }
    match name.unit() {
        MetricUnit::Count => None,
        MetricUnit::Seconds => Some("seconds"),
        MetricUnit::Percent => Some("percent"),
    }
}

fn family_head(
    family: &str,
    namespace: Namespace,
    name: MetricName,
    statistic: Statistic,
) -> String {
    let unit = unit(name, statistic).map(|it| format!("# UNIT {family} {it}\n"));
    format!(
        "# TYPE {family} gauge\n{}# HELP {family} {} {}: {} of a minute\n",
        unit.unwrap_or_default(),
        namespace.name(),
        name.name(),
        statistic.name()
    )
}

fn samples(
    family: &str,
    id: &MetricId,
    statistic: Statistic,
    (store, settings): (&MetricStore, &Settings),
) -> String {
    let label = |(name, value): &(Dimension, String)| {
        format!("{}=\"{}\"", snake(name.name()), escaped(value))
    };
    let labels: Vec<String> = id.dimensions.iter().map(label).collect();
    let labels = labels.join(",");
    let line = |point: Point<'_>| {
        let value = point.stats.get(statistic)?;
        let stamp = timestamp(point.at, settings);
        Some(format!("{family}{{{labels}}} {value} {stamp}\n"))
    };
    store.series(id).filter_map(line).collect()
}

fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

/// `TargetResponseTime` as `target_response_time`: an underscore before a capital that follows a
/// small letter or a digit.
fn snake(name: &str) -> String {
    let mut text = String::new();
    let mut before = None;
    for letter in name.chars() {
        let follows = before.is_some_and(|it: char| it.is_ascii_lowercase() || it.is_ascii_digit());
        if follows && letter.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
        before = Some(letter);
    }
    text
}
