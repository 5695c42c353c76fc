//! What the tester says of requests to the sample: outcomes, reasons, mistakes at their fields, and
//! the way over the canvas.

use super::*;
use crate::session::{Intent, Session, Tab};
use stowplan_core::design::{Edit, sample};
use stowplan_core::time::Instant;

fn asking(session: &mut Session, typed: &[(RequestField, &str)]) -> Tested {
    session.dispatch(Intent::SetTab(Tab::Request));
    for (field, text) in typed {
        session.dispatch(Intent::SetRequest(*field, (*text).into()));
    }
    Tested::clone(session.tested())
}

fn asked(typed: &[(RequestField, &str)]) -> Tested {
    asking(&mut Session::new(sample()), typed)
}

fn url(text: &str) -> Tested {
    asked(&[(RequestField::Url, text)])
}

#[test]
fn a_request_goes_to_the_first_rule_that_matches_and_earlier_ones_say_why_not() {
    let answer = url("http://shop-alb/edges?id=1").answer.unwrap();
    assert_eq!(answer.sentence, "The request goes to `edges-tg`.");
    assert_eq!(answer.chosen, "rule 2 is the first that matches");
    let rules: Vec<(&str, bool, &str)> = answer
        .rules
        .iter()
        .map(|it| (it.name.as_str(), it.decides, it.why.as_str()))
        .collect();
    assert_eq!(
        rules,
        [
            (
                "1",
                false,
                "path-pattern `/primes*` does not match `/edges`"
            ),
            ("2", true, "path-pattern `/edges*` matches `/edges`"),
        ]
    );
    assert_eq!(answer.unasked, 0);
    assert_eq!(
        answer.facts,
        [("target group", "edges-tg 100 % (weight 1)".to_string())]
    );
    assert_eq!(url("http://shop-alb/primes").answer.unwrap().unasked, 1);
}

#[test]
fn an_untouched_tester_asks_the_first_listener_for_its_root() {
    let tested = asked(&[]);
    assert_eq!(tested.value(RequestField::Listener), "shop-alb:80");
    assert_eq!(tested.value(RequestField::Url), "http://shop-alb/");
    let answer = tested.answer.unwrap();
    assert_eq!(
        answer.sentence,
        "The load balancer answers 404 without a body."
    );
    assert_eq!(answer.rules.last().unwrap().name, "default");
}

#[test]
fn the_way_ends_at_services_of_the_document_and_at_tasks_of_a_run() {
    let mut session = Session::new(sample());
    let typed = [(RequestField::Url, "http://shop-alb/primes")];
    let on_document = asking(&mut session, &typed);
    let route = on_document.route().unwrap();
    assert_eq!(
        (route.rule, route.groups.as_slice()),
        (Some(1), &["primes-tg".to_string()][..])
    );
    assert_eq!(route.ends, [Subject::Part(Part::Service("primes".into()))]);
    session.dispatch(Intent::Seek(Instant(300_000)));
    let route = session.marks().route.unwrap();
    assert_eq!(route.ends.len(), 4);
    assert!(route.ends.iter().all(|it| matches!(it, Subject::Task(_))));
    let facts = &session.tested().answer.as_ref().unwrap().facts;
    assert_eq!(facts[0].1, "primes-tg 100 % (weight 1), healthy 4/4");
    session.dispatch(Intent::SetTab(Tab::Events));
    assert_eq!(session.marks().route, None);
}

#[test]
fn an_answer_of_the_load_balancer_has_no_group_on_its_way() {
    let tested = url("http://shop-alb/nothing");
    let route = tested.route().unwrap();
    assert_eq!(
        (route.rule, route.groups.len(), route.ends.len()),
        (None, 0, 0)
    );
}

#[test]
fn a_redirect_says_where_it_leads() {
    let mut session = Session::new(sample());
    session.dispatch(Intent::edit(Edit::Set {
        pointer: "/rules/0/Actions".into(),
        value: Some(serde_json::json!([
            { "Type": "redirect", "RedirectConfig": { "Host": "www.#{host}", "StatusCode": "HTTP_301" } }
        ])),
    }));
    let tested = asking(
        &mut session,
        &[(RequestField::Url, "http://shop-alb/primes?a=1")],
    );
    let answer = tested.answer.clone().unwrap();
    assert_eq!(
        answer.facts,
        [
            ("status", "301".to_string()),
            ("Location", "http://www.shop-alb:80/primes?a=1".to_string())
        ]
    );
    assert_eq!(tested.route().unwrap().groups.len(), 0);
}

#[test]
fn mistakes_are_told_at_their_field_and_there_is_no_answer() {
    for (field, text, words) in [
        (RequestField::Url, "shop-alb/primes", "a URL begins with"),
        (RequestField::Url, "http:///primes", "the URL names no host"),
        (
            RequestField::Method,
            "GE T",
            "`GE T` is not a method of HTTP",
        ),
        (
            RequestField::Headers,
            "X-A: 1\nbroken",
            "`broken` is not `Name: value`",
        ),
        (RequestField::Headers, "X A: 1", "`X A` is not a header"),
        (
            RequestField::SourceIp,
            "10.0.0",
            "`10.0.0` is not an address",
        ),
    ] {
        let tested = asked(&[(field, text)]);
        let fault = tested.fault(field).unwrap_or_default();
        assert!(fault.contains(words), "{fault}");
        assert_eq!(tested.answer, None);
        assert_eq!(tested.value(field), text);
        for other in RequestField::ALL.into_iter().filter(|it| *it != field) {
            assert_eq!(tested.fault(other), None);
        }
    }
}

#[test]
fn headers_and_the_host_among_them_are_compared() {
    let mut session = Session::new(sample());
    session.dispatch(Intent::edit(Edit::Set {
        pointer: "/rules/0/Conditions".into(),
        value: Some(serde_json::json!([
            { "Field": "host-header", "HostHeaderConfig": { "Values": ["api.example.com"] } },
            { "Field": "http-header", "HttpHeaderConfig": { "HttpHeaderName": "X-A", "Values": ["b"] } }
        ])),
    }));
    let typed = [(RequestField::Headers, "Host: api.example.com\n\nx-a: b")];
    let answer = asking(&mut session, &typed).answer.unwrap();
    assert_eq!(answer.chosen, "rule 1 is the first that matches");
    assert!(answer.rules[0].conditions.iter().all(|(met, _)| *met));
    let typed = [(RequestField::Headers, "Host: api.example.com")];
    let answer = asking(&mut session, &typed).answer.unwrap();
    let met: Vec<bool> = answer.rules[0].conditions.iter().map(|it| it.0).collect();
    assert_eq!(met, [true, false]);
    assert!(
        answer.rules[0]
            .why
            .contains("the request has no such header")
    );
}

#[test]
fn a_url_of_another_port_is_tried_and_told() {
    let tested = url("https://shop-alb/primes");
    assert_eq!(
        tested.note.as_deref(),
        Some("the URL asks HTTPS :443; it is tried as if it came to HTTP :80")
    );
    assert!(tested.answer.is_some());
    assert_eq!(url("http://shop-alb/").note, None);
}

#[test]
fn a_design_without_listeners_says_so() {
    let mut design = sample();
    design.listeners.clear();
    design.rules.clear();
    let tested = asking(&mut Session::new(design), &[]);
    let fault = tested.fault(RequestField::Listener).unwrap();
    assert!(fault.starts_with("there is no listener"), "{fault}");
}
