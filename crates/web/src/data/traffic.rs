//! Traffic of a run in the inspector: how often each source asks a listener now, how to set that,
//! and how to end it.

use super::examples::mix;
use super::form::{Action, Control, Field};
use crate::session::{Intent, Shown};
use stowplan_core::design::{Design, Part, last_segment};
use stowplan_core::scene::{Subject, Traffic};
use stowplan_core::sim::traffic::{Profile, RATE_MAX, REQUEST, Rate, TrafficChange, TrafficSource};
use stowplan_core::sim::{Input, World};
use stowplan_core::view::{failing_rate_words, rate_words};

/// Listeners that a load balancer or a listener stands for.
fn listeners(design: &Design, part: &Part) -> Vec<String> {
    let all = design.listeners.iter();
    match part {
        Part::LoadBalancer(name) => all
            .filter(|it| last_segment(&it.load_balancer_arn) == name)
            .map(stowplan_core::design::Listener::name)
            .collect(),
        Part::Listener(name) => vec![name.clone()],
        Part::Zone(_)
        | Part::Cluster(_)
        | Part::ContainerInstance(_)
        | Part::TaskDefinition(_)
        | Part::Service(_)
        | Part::Rule(..)
        | Part::TargetGroup(_) => Vec::new(),
    }
}

/// The sources that ask a listener, by its name or ARN.
fn sources<'a>(shown: &Shown<'a>, listener: &str) -> Vec<&'a TrafficSource> {
    let mut known = shown.design.listeners.iter();
    let known = known.find(|it| it.name() == listener);
    let sources = shown.world.into_iter().flat_map(|it| it.traffic().iter());
    let asks = |it: &&TrafficSource| known.is_some_and(|known| known.is_meant_by(&it.listener));
    sources.filter(asks).collect()
}

/// A field with the rate of each source, and an empty one for a listener that nobody asks; none
/// where no run is shown.
#[must_use]
pub fn fields(shown: &Shown<'_>, part: &Part) -> Vec<Field> {
    let Some(world) = shown.world else {
        return Vec::new();
    };
    if let Some(facts) = facts(world, part) {
        return facts;
    }
    let of_listener = |listener: String| {
        let sources = sources(shown, &listener);
        if sources.is_empty() {
            let mut known = shown.model.listeners.iter();
            let known = known.find(|it| it.present && it.name == listener);
            let change = TrafficChange {
                listener: Some(listener.clone()),
                requests: known.and_then(mix),
                ..TrafficChange::default()
            };
            return vec![field(&listener, change, String::new())];
        }
        let of_source = |source: &TrafficSource| {
            let change = TrafficChange {
                name: Some(source.name().into()),
                ..TrafficChange::default()
            };
            let rate = source.requests_per_second.rate(shown.now);
            field(source.name(), change, number_words(rate))
        };
        sources.into_iter().map(of_source).collect()
    };
    let listeners = listeners(shown.design, part).into_iter();
    listeners.flat_map(of_listener).collect()
}

/// What the picture shows of a rule or a target group, in words.
fn facts(world: &World, part: &Part) -> Option<Vec<Field>> {
    let traffic = Traffic::of(world)?;
    let said = |label, words: String| Field::said(label, &words);
    match part {
        Part::Rule(listener, priority) => {
            let rate = traffic.rule(listener, Some(*priority));
            Some(vec![said("requests", rate_words(rate))])
        }
        Part::TargetGroup(name) => {
            let load = traffic.groups(&[name]);
            Some(vec![
                said("requests", rate_words(load.all)),
                said("failures", failing_rate_words(load.failed)),
            ])
        }
        Part::Zone(_)
        | Part::Cluster(_)
        | Part::ContainerInstance(_)
        | Part::TaskDefinition(_)
        | Part::Service(_)
        | Part::LoadBalancer(_)
        | Part::Listener(_) => None,
    }
}

fn field(name: &str, change: TrafficChange, value: String) -> Field {
    Field {
        label: format!("{name} req/s"),
        pointer: String::new(),
        control: Control::Rate(Box::new(change)),
        value,
        default: "0".into(),
    }
}

/// To a hundredth, without zeros that say nothing.
fn number_words(rate: u64) -> String {
    let hundredths = (rate + REQUEST / 200) / (REQUEST / 100);
    let words = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    words.trim_end_matches('0').trim_end_matches('.').into()
}

/// The input that typing a rate means.
///
/// # Errors
/// What is wrong with the text, in words.
pub fn input(change: &TrafficChange, text: &str) -> Result<Input, String> {
    let text = match text.trim() {
        "" => "0",
        text => text,
    };
    let rate = text.parse().ok().and_then(Rate::per_second);
    let rate = rate.ok_or_else(|| {
        format!("`{text}` is not a number of requests per second from 0 to {RATE_MAX}")
    })?;
    let source = Box::new(TrafficChange {
        requests_per_second: Some(Profile::constant(rate)),
        ..change.clone()
    });
    Ok(Input::SetTraffic { source })
}

/// A button that ends each source of a load balancer or listener.
pub(super) fn acts(shown: &Shown<'_>, subject: Option<&Subject>) -> Vec<Action> {
    let Some(Subject::Part(part)) = subject else {
        return Vec::new();
    };
    let listeners = listeners(shown.design, part).into_iter();
    let sources = listeners.flat_map(|it| sources(shown, &it));
    let stop = |source: &TrafficSource| Action {
        label: format!("Stop traffic {}", source.name()),
        intent: Intent::Act(Box::new(Input::StopTraffic {
            name: source.name().into(),
        })),
        is_harmful: false,
    };
    sources.map(stop).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::form::{Form, form};
    use crate::session::Session;
    use stowplan_core::design::sample;
    use stowplan_core::time::Instant;

    fn of(session: &Session, part: Part) -> Form {
        form(&session.shown(), Some(&Subject::Part(part)))
    }

    fn listener() -> Part {
        Part::Listener("shop-alb:80".into())
    }

    fn rates(form: &Form) -> Vec<(String, String)> {
        let groups = form.groups.iter().filter(|it| it.heading == "Traffic");
        let fields = groups.flat_map(|it| &it.fields);
        fields
            .map(|it| (it.label.clone(), it.value.clone()))
            .collect()
    }

    fn set(session: &mut Session, part: Part, text: &str) {
        let form = of(session, part);
        let mut fields = form.groups.iter().flat_map(|it| &it.fields);
        let field = fields
            .find(|it| matches!(it.control, Control::Rate(_)))
            .unwrap();
        session.dispatch(field.intent(text).unwrap());
    }

    fn running() -> Session {
        let mut session = Session::new(sample());
        session.dispatch(Intent::Seek(Instant(120_000)));
        session
    }

    #[test]
    fn a_listener_is_given_traffic_which_changes_and_ends() {
        let mut session = running();
        let label = || "shop-alb:80 req/s".to_string();
        assert_eq!(rates(&of(&session, listener())), [(label(), String::new())]);
        set(&mut session, listener(), "120");
        assert_eq!(rates(&of(&session, listener())), [(label(), "120".into())]);
        set(&mut session, listener(), "12.5");
        let balancer = Part::LoadBalancer("shop-alb".into());
        assert_eq!(rates(&of(&session, balancer)), [(label(), "12.5".into())]);
        let world = session.shown().world.unwrap();
        assert_eq!(world.traffic().len(), 1);
        let stop = of(&session, listener()).acts.pop().unwrap();
        assert_eq!(stop.label, "Stop traffic shop-alb:80");
        session.dispatch(stop.intent);
        assert!(session.shown().world.unwrap().traffic().is_empty());
        assert_eq!(of(&session, listener()).acts, []);
    }

    #[test]
    fn a_rule_and_a_target_group_say_in_words_what_the_picture_shows() {
        let mut session = running();
        set(&mut session, listener(), "120");
        session.dispatch(Intent::Seek(Instant(130_000)));
        // Each rule gets its share.
        let said = |label: &str, words: &str| (label.to_string(), words.to_string());
        let rule = Part::Rule("shop-alb:80".into(), 1);
        assert_eq!(rates(&of(&session, rule)), [said("requests", "60 req/s")]);
        let group = Part::TargetGroup("primes-tg".into());
        assert_eq!(
            rates(&of(&session, group)),
            [
                said("requests", "60 req/s"),
                said("failures", "0.0 failed/s")
            ]
        );
    }

    #[test]
    fn what_is_no_rate_is_refused_in_words() {
        for text in ["many", "-1", "1e9", "NaN"] {
            let error = input(&TrafficChange::default(), text).unwrap_err();
            assert!(error.contains("from 0 to 10000000"), "{error}");
        }
        assert!(input(&TrafficChange::default(), " ").is_ok());
    }

    #[test]
    fn the_document_has_no_traffic() {
        let session = Session::new(sample());
        assert_eq!(rates(&of(&session, listener())), []);
    }

    #[test]
    fn a_rate_is_written_without_zeros_that_say_nothing() {
        for (rate, words) in [
            (120_000_000, "120"),
            (12_500_000, "12.5"),
            (0, "0"),
            (10_000, "0.01"),
        ] {
            assert_eq!(number_words(rate), words);
        }
    }
}
