//! Rules that no request reaches, and rules whose order decides, told of at the rule
//! (load-balancing-and-scaling.md 1.2).

use super::Compiler;
use crate::model::{Listener, OrderFault, Problem};
use crate::routing::{Fault, Finding, lint};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::vec::Vec;

impl Compiler<'_> {
    /// Looks at the rules of each listener together, once all of them are compiled. What is left
    /// out for its errors takes no part.
    pub(super) fn rule_order(&mut self) {
        let mut found: Vec<(usize, Problem)> = Vec::new();
        for listener in self.model.listeners.iter().filter(|it| it.present) {
            if listener.router.rules().is_empty() {
                continue;
            }
            let places = self.places(listener);
            for finding in lint(&listener.router) {
                let priority = |at: u32| priority(listener, at);
                let place = places.get(&priority(finding.rule));
                found.extend(place.map(|at| (*at, problem(finding, priority))));
            }
        }
        found.sort_by_key(|(at, _)| *at);
        for (at, problem) in found {
            self.find(format!("/rules/{at}"), problem);
        }
    }

    /// Where the document has the rules of a listener, by priority; of two that share one the
    /// first, since the second is left out.
    fn places(&self, listener: &Listener) -> BTreeMap<u32, usize> {
        let mut listeners = self.design.listeners.iter();
        let written = listeners.find(|it| it.name() == listener.name);
        let mut places = BTreeMap::new();
        for (at, rule) in self.design.rules.iter().enumerate() {
            if written.is_some_and(|it| it.is_meant_by(&rule.listener_arn)) {
                places.entry(rule.priority).or_insert(at);
            }
        }
        places
    }
}

fn priority(listener: &Listener, at: u32) -> u32 {
    let rule = listener.router.rules().get(at as usize);
    rule.map_or(0, |rule| rule.priority)
}

fn problem(finding: Finding, priority: impl Fn(u32) -> u32) -> Problem {
    Problem::Order(match finding.fault {
        Fault::Impossible(why) => OrderFault::Impossible(why),
        Fault::Shadowed { by } => OrderFault::Shadowed {
            priorities: by.into_iter().map(priority).collect(),
        },
        Fault::Overlaps {
            earlier,
            more,
            example,
        } => OrderFault::Overlaps {
            earlier: priority(earlier),
            more,
            example,
        },
    })
}

#[cfg(test)]
mod tests {
    use crate::design::Design;
    use crate::model::compile;
    use crate::severity::Severity;
    use crate::view::diagnostic_words;
    use alloc::format;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;
    use serde_json::{Value, json};

    fn rule(listener: &str, priority: u32, path: &str, group: &str) -> Value {
        json!({
            "ListenerArn": listener,
            "Priority": priority,
            "Conditions": [{"Field": "path-pattern", "Values": [path]}],
            "Actions": [{"Type": "forward", "TargetGroupArn": group}],
        })
    }

    fn design(rules: &[Value]) -> Design {
        let default = json!([{"Type": "forward", "TargetGroupArn": "web"}]);
        let listener = |port: u16| {
            json!({
                "LoadBalancerArn": "alb",
                "Protocol": "HTTP",
                "Port": port,
                "ListenerArn": format!("arn:listener/{port}"),
                "DefaultActions": default,
            })
        };
        let document = json!({
            "stowplan": 1,
            "loadBalancers": [{"Name": "alb"}],
            "targetGroups": [{"Name": "web"}, {"Name": "api"}],
            "listeners": [listener(80), listener(8080)],
            "rules": rules,
        });
        Design::read(&document.to_string()).unwrap()
    }

    fn told(rules: &[Value]) -> Vec<String> {
        let found = compile(&design(rules), None).diagnostics.into_iter();
        let line = found.map(|it| {
            let words = diagnostic_words(&it);
            format!("{} {} {}", it.problem.id(), it.pointer, words.message)
        });
        line.collect()
    }

    #[test]
    fn a_finding_stands_at_the_rule_wherever_the_document_has_it() {
        let rules = [
            rule("arn:listener/80", 30, "/api/v1/*", "api"),
            rule("alb:8080", 20, "/api/v1/*", "api"),
            rule("alb:80", 20, "*.json", "web"),
            rule("alb:80", 10, "/api/*", "api"),
        ];
        assert_eq!(
            told(&rules),
            [
                "DS060 /rules/0 no request reaches this rule: rule 10 takes all that it matches",
                "DS061 /rules/2 rule 10 takes requests from this rule, such as `GET /api/.json`",
            ]
        );
        let compiled = compile(&design(&rules), None);
        let severities = compiled.diagnostics.iter().map(|it| it.problem.severity());
        assert!(severities.eq([Severity::Warning, Severity::Info]));
        assert_eq!(compiled.model.listeners[0].router.rules().len(), 3);
    }

    #[test]
    fn rules_that_are_left_out_shadow_nothing() {
        let mut rules = [
            rule("alb:80", 10, "/*", "nowhere"),
            rule("alb:80", 20, "/api/*", "api"),
        ];
        assert_eq!(told(&rules).len(), 1);
        rules[0] = rule("alb:80", 10, "/*", "web");
        let shadowed =
            "DS060 /rules/1 no request reaches this rule: rule 10 takes all that it matches";
        assert_eq!(told(&rules), [shadowed]);
    }
}
