//! Charts of what CloudWatch shows of a run: requests, errors, response times and healthy hosts of
//! each load balancer, what services use. Each number holds for its minute.

use super::chart::{Chart, Line, Unit, frame};
use crate::session::{Run, Shown};
use stowplan_core::scene::{Dash, Token, hue_of_service, hue_of_target_group};
use stowplan_core::sim::{
    Dimension, MetricId, MetricName, MetricStore, MetricUnit, Namespace, Statistic,
};
use stowplan_core::time::{Instant, Millis};

/// How long a point holds.
const MINUTE: Millis = Millis::minutes(1);

/// What stands in the tab where there is nothing to draw.
pub const EMPTY: &str = "No requests: select a listener while a run is shown and give it requests \
    per second, or open a scenario that has traffic. CloudWatch shows a minute when it is over.";

/// The charts of a run in the order of the tab; none where nobody asked anything for a minute.
#[must_use]
pub fn charts(shown: &Shown<'_>, run: Option<&Run>) -> Vec<Chart> {
    let Some(run) = run else {
        return Vec::new();
    };
    let store = run.timeline().metrics();
    let drawing = Drawing { shown, run, store };
    let mut charts = Vec::new();
    for balancer in drawing.balancers() {
        charts.extend(drawing.of_balancer(balancer));
    }
    for (name, title) in [
        (MetricName::CpuUtilization, "services CPUUtilization"),
        (MetricName::MemoryUtilization, "services MemoryUtilization"),
    ] {
        let lines = drawing.of_services(name);
        charts.push(drawing.chart(title.into(), Unit::Percent, lines));
    }
    charts.retain(|chart| !chart.lines.is_empty());
    charts
}

/// What charts are drawn from.
struct Drawing<'a> {
    shown: &'a Shown<'a>,
    run: &'a Run,
    store: &'a MetricStore,
}

/// How a line looks.
#[derive(Clone, Copy)]
struct Look {
    token: Token,
    dash: Dash,
}

const fn look(token: Token, dash: Dash) -> Look {
    Look { token, dash }
}

/// A dimension's value, where the metric has it.
fn dimension(id: &MetricId, name: Dimension) -> Option<&str> {
    let mut all = id.dimensions.iter();
    all.find(|(known, _)| *known == name)
        .map(|(_, value)| value.as_str())
}

impl<'a> Drawing<'a> {
    fn chart(&self, title: String, unit: Unit, lines: Vec<Line>) -> Chart {
        Chart {
            title,
            unit,
            lines,
            ..frame(Some(self.run))
        }
    }

    /// Load balancers that have any metric.
    fn balancers(&self) -> Vec<&'a str> {
        let named = self.store.ids().filter(|id| id.namespace != Namespace::Ecs);
        let named = named.filter_map(|id| dimension(id, Dimension::LoadBalancer));
        let mut names: Vec<&str> = named.collect();
        stowplan_core::sort::sort(&mut names);
        names.dedup();
        names
    }

    fn of_balancer(&self, balancer: &str) -> [Chart; 4] {
        let whole = |name, statistic, said: &str, look| {
            let found = self.find(name, &[(Dimension::LoadBalancer, balancer)]);
            found.map(|id| self.line(id, statistic, said.into(), look))
        };
        let requests = self.by_group(balancer, MetricName::RequestCount, Statistic::Sum);
        let errors = [
            whole(
                MetricName::HttpCodeTarget5xx,
                Statistic::Sum,
                "target",
                look(Token::Amber, Dash::Dashed),
            ),
            whole(
                MetricName::HttpCodeElb5xx,
                Statistic::Sum,
                "ELB",
                look(Token::Red, Dash::Solid),
            ),
        ];
        let times = [
            (Statistic::P50, look(Token::Muted, Dash::Solid)),
            (Statistic::P95, look(Token::Ink, Dash::Dashed)),
            (Statistic::P99, look(Token::Ink, Dash::Solid)),
        ];
        let times = times.map(|(statistic, look)| {
            let name = MetricName::TargetResponseTime;
            whole(name, statistic, statistic.name(), look)
        });
        let hosts = self.by_group(balancer, MetricName::HealthyHostCount, Statistic::Minimum);
        let lines = |all: &[Option<Line>]| all.iter().flatten().cloned().collect();
        [
            self.chart(
                format!("{balancer} RequestCount"),
                Unit::PerMinute,
                requests,
            ),
            self.chart(format!("{balancer} 5xx"), Unit::PerMinute, lines(&errors)),
            self.chart(
                format!("{balancer} TargetResponseTime"),
                Unit::Milliseconds,
                lines(&times),
            ),
            self.chart(format!("{balancer} HealthyHostCount"), Unit::Targets, hosts),
        ]
    }

    /// A line for each target group of a load balancer, in the hue of its service.
    fn by_group(&self, balancer: &str, name: MetricName, statistic: Statistic) -> Vec<Line> {
        let design = self.shown.design;
        let line = |id: &'a MetricId| {
            let group = dimension(id, Dimension::TargetGroup)?;
            let is_whole = id.dimensions.len() == 2;
            let is_of = dimension(id, Dimension::LoadBalancer) == Some(balancer);
            let hue = hue_of_target_group(design, self.shown.model, group);
            let token = hue.map_or(Token::Muted, Token::Hue);
            let look = look(token, Dash::Solid);
            (is_whole && is_of).then(|| self.line(id, statistic, group.into(), look))
        };
        let ids = self.store.ids().filter(|id| id.name == name);
        ids.filter_map(line).collect()
    }

    /// A line for each service in its hue.
    fn of_services(&self, name: MetricName) -> Vec<Line> {
        let line = |id: &'a MetricId| {
            let service = dimension(id, Dimension::ServiceName)?;
            let hue = hue_of_service(self.shown.design, self.shown.model, service);
            let look = look(Token::Hue(hue), Dash::Solid);
            Some(self.line(id, Statistic::Average, service.into(), look))
        };
        let ids = self.store.ids().filter(|id| id.name == name);
        ids.filter_map(line).collect()
    }

    fn find(&self, name: MetricName, wanted: &[(Dimension, &str)]) -> Option<&'a MetricId> {
        let is_it = |id: &&MetricId| {
            let known = id
                .dimensions
                .iter()
                .map(|(name, value)| (*name, value.as_str()));
            id.name == name && known.eq(wanted.iter().copied())
        };
        self.store.ids().find(is_it)
    }

    /// The points of a metric, each held for its minute.
    fn line(&self, id: &MetricId, statistic: Statistic, name: String, look: Look) -> Line {
        // Seconds would be drawn as fractions.
        let factor = match id.name.unit() {
            MetricUnit::Seconds => 1000.0,
            MetricUnit::Count | MetricUnit::Percent => 1.0,
        };
        let mut stretches: Vec<Vec<(Instant, f64)>> = Vec::new();
        for point in self.store.series(id) {
            let Some(number) = point.stats.get(statistic) else {
                continue;
            };
            let ends = [point.at, point.at + MINUTE].map(|at| (at, number * factor));
            match stretches.last_mut() {
                Some(last) if last.last().is_some_and(|end| end.0 == point.at) => {
                    last.extend(ends);
                }
                Some(_) | None => stretches.push(ends.into()),
            }
        }
        let Look { token, dash } = look;
        Line {
            name,
            token,
            dash,
            stretches,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::traffic;
    use crate::session::{Intent, MetricsFormat, Session};
    use stowplan_core::design::sample;
    use stowplan_core::sim::Input;
    use stowplan_core::sim::traffic::{Profile, Rate, Request, TrafficChange};

    /// The sample with traffic for its primes since minute 5, at minute 10.
    fn asked() -> Session {
        let mut session = Session::new(sample());
        session.dispatch(Intent::Seek(Instant(300_000)));
        let request = Request {
            path: "/primes".into(),
            ..Request::default()
        };
        let source = Box::new(TrafficChange {
            listener: Some("shop-alb:80".into()),
            requests_per_second: Some(Profile::constant(Rate::per_second(50.0).unwrap())),
            requests: Some(vec![request]),
            ..TrafficChange::default()
        });
        session.dispatch(Intent::Act(Box::new(Input::SetTraffic { source })));
        session.dispatch(Intent::Seek(Instant(600_000)));
        session
    }

    fn titled(charts: &[Chart], title: &str) -> Chart {
        let found = charts.iter().find(|it| it.title == title);
        found.unwrap_or_else(|| panic!("{title}")).clone()
    }

    #[test]
    fn a_run_without_traffic_has_no_charts() {
        let mut session = Session::new(sample());
        session.dispatch(Intent::Seek(Instant(300_000)));
        assert_eq!(charts(&session.shown(), session.run()), []);
    }

    #[test]
    fn requests_are_drawn_in_the_hue_of_their_service_and_read_at_the_cursor() {
        let session = asked();
        let shown = session.shown();
        let charts = charts(&shown, session.run());
        let requests = titled(&charts, "shop-alb RequestCount");
        let line = requests
            .lines
            .iter()
            .find(|it| it.name == "primes-tg")
            .unwrap();
        let hue = hue_of_service(shown.design, shown.model, "primes");
        assert_eq!(line.token, Token::Hue(hue));
        assert_eq!(line.at(Instant(570_000)), Some(3000.0));
        assert_eq!(line.at(Instant(100_000)), None);
        assert!(requests.top() >= 3000.0);
        let times = titled(&charts, "shop-alb TargetResponseTime");
        let names: Vec<&str> = times.lines.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["p50", "p95", "p99"]);
        let at = |line: &Line| line.at(Instant(570_000)).unwrap();
        assert!(at(&times.lines[0]) <= at(&times.lines[2]));
        let hosts = titled(&charts, "shop-alb HealthyHostCount");
        assert!(hosts.legend(Instant(570_000)).contains("primes-tg 4"));
        titled(&charts, "services CPUUtilization");
        titled(&charts, "services MemoryUtilization");
    }

    #[test]
    fn what_was_played_stays_drawn_when_the_cursor_goes_back() {
        let mut session = asked();
        let before = charts(&session.shown(), session.run());
        session.dispatch(Intent::Seek(Instant(60_000)));
        assert_eq!(charts(&session.shown(), session.run()).len(), before.len());
    }

    #[test]
    fn metrics_are_saved_in_both_formats_where_there_are_some() {
        let saved = |session: &mut Session, format| {
            let effects = session.dispatch(Intent::ExportMetrics(format));
            effects.into_iter().find_map(|effect| {
                let crate::session::Effect::Download { name, text } = effect else {
                    return None;
                };
                Some((name, text))
            })
        };
        let mut session = asked();
        let (name, text) = saved(&mut session, MetricsFormat::Csv).unwrap();
        assert!(
            name.ends_with(".metrics.csv") && text.contains("RequestCount"),
            "{name}"
        );
        let (name, text) = saved(&mut session, MetricsFormat::OpenMetrics).unwrap();
        assert!(
            name.ends_with(".metrics.txt") && text.ends_with("# EOF\n"),
            "{name}"
        );
        let mut fresh = Session::new(sample());
        assert_eq!(saved(&mut fresh, MetricsFormat::Csv), None);
        assert!(fresh.notice().is_some());
    }

    #[test]
    fn setting_a_rate_of_zero_is_an_input_like_any_other() {
        let mut session = asked();
        let change = TrafficChange {
            name: Some("shop-alb:80".into()),
            ..TrafficChange::default()
        };
        let input = traffic::input(&change, "").unwrap();
        session.dispatch(Intent::Act(Box::new(input)));
        let rate = session.shown().world.unwrap().traffic()[0]
            .requests_per_second
            .rate(Instant(700_000));
        assert_eq!(rate, 0);
    }
}
