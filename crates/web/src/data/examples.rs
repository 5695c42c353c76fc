//! What clients ask where nobody says it: one request for each rule that one can be made for, so
//! that traffic reaches what stands behind a listener.

use stowplan_core::model::Listener;
use stowplan_core::routing::{self, Chosen, Condition, Rule, Values};
use stowplan_core::sim::traffic::{REQUESTS_MAX, Request};

/// A mix of equal shares, one request for each rule; none where no request can be made, for
/// which `GET /` stands.
#[must_use]
pub fn mix(listener: &Listener) -> Option<Vec<Request>> {
    let rules = (0..).zip(listener.router.rules());
    let made = rules.filter_map(|(at, rule)| {
        let stand_ins = ["", "x"].into_iter();
        let mut requests = stand_ins.filter_map(|star| request(rule, star));
        requests.find(|it| is_for(listener, Chosen::Rule(at), it))
    });
    let made: Vec<Request> = made.take(REQUESTS_MAX).collect();
    (!made.is_empty()).then_some(made)
}

/// A request that meets the conditions of a rule, as far as they are patterns; `star` stands for
/// what a star stands for.
fn request(rule: &Rule, star: &str) -> Option<Request> {
    let mut made = Request::default();
    for condition in &rule.conditions {
        match condition {
            Condition::Host(values) => made.host = Some(first(values, star)?),
            Condition::Path(values) => made.path = first(values, star)?,
            Condition::Header { name, values } => {
                made.headers.insert(name.clone(), first(values, star)?);
            }
            Condition::Method(methods) => made.method.clone_from(methods.first()?),
            Condition::Query(pairs) => {
                let pair = pairs.first()?;
                let key = plain(pair.key.as_deref().unwrap_or("q"), star);
                made.query = format!("{key}={}", plain(&pair.value, star));
            }
            Condition::SourceIp(blocks) => made.source_ip = Some(blocks.first()?.address),
        }
    }
    if made.path.is_empty() {
        made.path = "/".into();
    }
    Some(made)
}

fn first(values: &Values, star: &str) -> Option<String> {
    match values {
        Values::Wildcards(all) => all.first().map(|it| plain(it, star)),
        Values::Regexes(_) => None,
    }
}

fn plain(pattern: &str, star: &str) -> String {
    pattern.replace('*', star).replace('?', "x")
}

/// Whether the listener chooses as wanted.
fn is_for(listener: &Listener, wanted: Chosen, made: &Request) -> bool {
    let host = made.host.as_deref().unwrap_or("host");
    let url = format!("http://{host}{}?{}", made.path, made.query);
    let Ok(mut request) = routing::Request::from_url(&url) else {
        return false;
    };
    request.method.clone_from(&made.method);
    request.headers = made.headers.clone().into_iter().collect();
    if let Some(address) = made.source_ip {
        request.source_ip = address;
    }
    let router = &listener.router;
    router.refusal(&request).is_none() && router.choose(&request) == wanted
}

#[cfg(test)]
mod tests {
    use super::*;
    use stowplan_core::design::{Design, sample};
    use stowplan_core::model::compile;

    fn mix_of(design: &Design) -> Option<Vec<Request>> {
        mix(&compile(design, None).model.listeners[0])
    }

    #[test]
    fn each_rule_of_the_sample_is_asked_for_its_path() {
        let mix = mix_of(&sample()).unwrap();
        let paths: Vec<&str> = mix.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(paths, ["/primes", "/edges"]);
    }

    #[test]
    fn every_kind_of_condition_is_met() {
        let mut design = sample();
        let rules = serde_json::json!([{
            "ListenerArn": "shop-alb:80",
            "Priority": 1,
            "Conditions": [
                { "Field": "host-header", "HostHeaderConfig": { "Values": ["*.example.com"] } },
                { "Field": "path-pattern", "PathPatternConfig": { "Values": ["/a/?"] } },
                { "Field": "http-header", "HttpHeaderConfig": { "HttpHeaderName": "X-A", "Values": ["b*"] } },
                { "Field": "query-string", "QueryStringConfig": { "Values": [{ "Key": "v", "Value": "1" }] } },
                { "Field": "source-ip", "SourceIpConfig": { "Values": ["10.0.0.0/8"] } }
            ],
            "Actions": [{ "Type": "forward", "TargetGroupArn": "primes-tg" }]
        }]);
        design.rules = serde_json::from_value(rules).unwrap();
        let mix = mix_of(&design).unwrap();
        assert_eq!((mix.len(), mix[0].path.as_str()), (1, "/a/x"));
        assert!(mix[0].host.as_deref().unwrap().ends_with(".example.com"));
    }

    #[test]
    fn a_listener_without_rules_is_asked_for_its_root() {
        let mut design = sample();
        design.rules.clear();
        assert_eq!(mix_of(&design), None);
    }
}
