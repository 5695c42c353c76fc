//! What traffic shows on the picture: rates of rules, failures of target groups, what each task
//! gets. Numbers are rounded as they are shown, so that equal ones mean an equal picture.

use crate::id::TaskId;
use crate::sim::traffic::{Micro, REQUEST};
use crate::sim::{GroupSecond, World};
use alloc::collections::BTreeMap;
use alloc::string::String;

/// Requests and failures of one second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// All, in millionths of a request.
    pub all: Micro,
    /// Those that failed.
    pub failed: Micro,
}

/// What traffic does now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    rules: BTreeMap<(String, Option<u32>), Micro>,
    groups: BTreeMap<String, Load>,
    tasks: BTreeMap<TaskId, Load>,
}

/// A failure of one in so many requests, or more of them, is bad; fewer ask for attention.
const BAD_ONE_IN: u64 = 20;

/// Width of a wire without requests.
const WIRE_MIN: f64 = 1.5;
/// Width of the busiest wire: less than a row is high.
const WIRE_MAX: f64 = 6.0;

impl Load {
    /// Whether so much fails that it is bad.
    pub(super) const fn is_bad(self) -> bool {
        self.failed * BAD_ONE_IN >= self.all
    }

    fn add(&mut self, other: Self) {
        self.all += other.all;
        self.failed += other.failed;
    }

    fn rounded(self) -> Self {
        Self {
            all: rounded(self.all),
            failed: rounded(self.failed),
        }
    }
}

/// To a tenth of a request below ten, whole above, as [`crate::view::rate_words`] says it.
const fn rounded(count: Micro) -> Micro {
    let to = if count < 10 * REQUEST {
        REQUEST / 10
    } else {
        REQUEST
    };
    (count + to / 2) / to * to
}

impl Traffic {
    /// What traffic does at the present moment of a world: rates as they are asked now, outcomes
    /// of the last whole second. `None` where nobody asks and nothing failed.
    #[must_use]
    pub fn of(world: &World) -> Option<Self> {
        let second = world.traffic_second();
        let rates = world.rule_rates().into_iter();
        let mut traffic = Self {
            rules: rates.map(|(key, rate)| (key, rounded(rate))).collect(),
            ..Self::default()
        };
        // The last second of traffic that ended long ago is not the present.
        if world.traffic().is_empty() {
            return None;
        }
        for group in &second.groups {
            traffic.take(world, group);
        }
        Some(traffic)
    }

    fn take(&mut self, world: &World, group: &GroupSecond) {
        let mut load = Load::default();
        for (_, cell) in &group.cells {
            load.add(Load {
                all: cell.all(),
                failed: cell.failed(),
            });
        }
        let name = world.model().target_group(group.group).name.clone();
        self.groups.insert(name, load.rounded());
        for member in &group.members {
            let load = Load {
                all: member.received,
                failed: member.failed,
            };
            let known = self.tasks.entry(member.task).or_default();
            known.add(load.rounded());
        }
    }

    /// Requests per second that a rule decides about, in millionths.
    #[must_use]
    pub fn rule(&self, listener: &str, rule: Option<u32>) -> Micro {
        let found = self.rules.get(&(listener.into(), rule));
        found.copied().unwrap_or_default()
    }

    /// What all rules of these listeners decide about.
    pub(super) fn rules_of(&self, listeners: &[String]) -> Micro {
        let of_them = self
            .rules
            .iter()
            .filter(|((of, _), _)| listeners.contains(of));
        of_them.map(|(_, rate)| rate).sum()
    }

    /// What became of the requests of these target groups.
    #[must_use]
    pub fn groups(&self, names: &[&str]) -> Load {
        let mut sum = Load::default();
        for name in names {
            sum.add(self.groups.get(*name).copied().unwrap_or_default());
        }
        sum
    }

    /// What a task got and what of it failed; `None` where it is no target.
    #[must_use]
    pub fn task(&self, task: TaskId) -> Option<Load> {
        self.tasks.get(&task).copied()
    }

    /// Width of a wire: its area is the rate, the busiest one of the picture has the full width.
    /// The root keeps a tenth of it in sight.
    pub(super) fn wire(&self, rate: Micro) -> f64 {
        let busiest = self.rules.values().copied().max().unwrap_or_default();
        if busiest == 0 || rate == 0 {
            return WIRE_MIN;
        }
        let share = libm::sqrt(rate as f64 / busiest as f64);
        WIRE_MIN + (WIRE_MAX - WIRE_MIN) * share
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::sample;
    use crate::scene::{Detail, Scene, Shape, Source, Token, scene};
    use crate::sim::traffic::{Profile, Rate, TrafficSource};
    use crate::sim::{Recording, simulate};
    use crate::time::Instant;
    use alloc::sync::Arc;
    use alloc::vec::Vec;

    fn world(rates: &[(&str, f64)], until: u64) -> World {
        let source = |(path, rate): &(&str, f64)| TrafficSource {
            name: (*path).into(),
            listener: "shop-alb:80".into(),
            requests_per_second: Profile::constant(Rate::per_second(*rate).unwrap()),
            requests: Some(Vec::from([crate::sim::traffic::Request {
                path: (*path).into(),
                ..Default::default()
            }])),
            retries: None,
            session: None,
        };
        let recording = Recording {
            design: Arc::new(sample()),
            seed: 1,
            inputs: Vec::new(),
            traffic: rates.iter().map(source).collect(),
        };
        simulate(&recording, Instant(until)).0
    }

    fn picture(world: &World) -> Scene {
        let traffic = Traffic::of(world);
        scene(&Source {
            design: world.design(),
            model: world.model(),
            diagnostics: &[],
            control: Some(world.control()),
            stopped: &[],
            traffic: traffic.as_ref(),
            now: world.now(),
            detail: Detail::Task,
        })
    }

    fn words(scene: &Scene) -> Vec<&str> {
        let texts = scene.shapes.iter().filter_map(|shape| match shape {
            Shape::Text { text, .. } => Some(text.as_str()),
            Shape::Rect { .. }
            | Shape::Line { .. }
            | Shape::Hatch { .. }
            | Shape::Polygon { .. }
            | Shape::Disc { .. } => None,
        });
        texts.collect()
    }

    /// Widths of the lines of a colour.
    fn widths(scene: &Scene, wanted: Token) -> Vec<f64> {
        let lines = scene.shapes.iter().filter_map(|shape| match shape {
            Shape::Line { stroke, .. } if stroke.token == wanted => Some(stroke.width),
            Shape::Line { .. }
            | Shape::Rect { .. }
            | Shape::Text { .. }
            | Shape::Hatch { .. }
            | Shape::Polygon { .. }
            | Shape::Disc { .. } => None,
        });
        lines.collect()
    }

    #[test]
    fn a_rule_and_its_tasks_say_their_rates_and_the_wire_is_as_wide() {
        let world = world(&[("/primes", 80.0), ("/nothing", 20.0)], 300_000);
        let scene = picture(&world);
        let words = words(&scene);
        for wanted in ["80 req/s", "20 req/s", "100 req/s"] {
            assert!(words.contains(&wanted), "{wanted}: {words:?}");
        }
        let shares = words
            .iter()
            .filter(|it| it.ends_with("/s") && !it.contains(' '));
        let shares: Vec<&str> = shares.copied().collect();
        assert_eq!(shares, ["20/s"; 4]);
        let mut wires = widths(&scene, Token::Muted);
        wires.retain(|width| *width > WIRE_MIN);
        wires.sort_by(f64::total_cmp);
        assert_eq!(wires, [WIRE_MIN + (WIRE_MAX - WIRE_MIN) / 2.0, WIRE_MAX]);
    }

    #[test]
    fn what_fails_is_said_in_red_with_a_mark_and_words() {
        // Nobody is healthy in the first seconds.
        let world = world(&[("/primes", 80.0)], 5000);
        let scene = picture(&world);
        let words = words(&scene);
        assert!(words.contains(&"80 failed/s"), "{words:?}");
        assert!(!widths(&scene, Token::Red).is_empty());
    }

    #[test]
    fn nobody_asks_and_nothing_is_shown() {
        assert_eq!(Traffic::of(&world(&[], 5000)), None);
    }

    #[test]
    fn one_failure_in_a_hundred_asks_for_attention_and_one_in_ten_is_bad() {
        let load = |all, failed| Load { all, failed };
        assert!(!load(100, 1).is_bad());
        assert!(load(100, 10).is_bad());
    }

    #[test]
    fn numbers_are_rounded_as_they_are_shown() {
        for (count, shown) in [(1_234_567, 1_200_000), (12_345_678, 12_000_000), (0, 0)] {
            assert_eq!(rounded(count), shown);
            let words = crate::view::rate_words;
            assert_eq!(words(count), words(rounded(count)));
        }
    }
}
