//! Every example and rule of load-balancing-and-scaling.md 1.4 and 1.5.

use super::*;
use crate::time::Millis;

/// What the default action makes of a request.
fn done(routed: Routed, request: &Request) -> Outcome {
    Router::new(Vec::new(), routed, RoutingSettings::default()).outcome(request)
}

fn redirect(parts: [&str; 5]) -> Redirect {
    let [protocol, host, port, path, query] = parts.map(String::from);
    Redirect {
        status: RedirectStatus::MovedPermanently,
        protocol,
        host,
        port,
        path,
        query,
    }
}

fn location(parts: [&str; 5], url: &str) -> String {
    let outcome = done(routed(RoutingAction::Redirect(redirect(parts))), &get(url));
    let Outcome::Redirected { location, .. } = outcome else {
        panic!("{outcome:?}");
    };
    location
}

#[test]
fn omitted_parts_of_a_redirect_keep_the_request_s() {
    let [protocol, host, _, path, query] = REDIRECT_DEFAULTS;
    assert_eq!(
        location(["HTTPS", host, "443", path, query], "http://h.com/a/b?c=d"),
        "https://h.com:443/a/b?c=d"
    );
    assert_eq!(
        location([protocol, host, "8080", path, query], "http://h.com/a"),
        "http://h.com:8080/a"
    );
    assert_eq!(
        location([protocol, host, "81", path, query], "http://h.com:80"),
        "http://h.com:81/"
    );
}

#[test]
fn placeholders_are_filled_in_once() {
    let parts = [
        "#{protocol}",
        "www.#{host}",
        "#{port}",
        "/new/#{path}/#{port}",
        "from=#{path}&#{query}",
    ];
    assert_eq!(
        location(parts, "https://h.com/old?q=#x"),
        "https://www.h.com:443/new/old/443?from=old&q="
    );
    let mut request = get("http://h.com/a");
    request.query = Some("#{host}".into());
    let to = redirect(["HTTPS", "x.#{odd}.com", "443", "/", "#{query}"]);
    let outcome = done(routed(RoutingAction::Redirect(to)), &request);
    let expected = "https://x.#{odd}.com:443/?#{host}";
    assert!(matches!(outcome, Outcome::Redirected { location, .. } if location == expected));
}

#[test]
fn a_usual_port_is_named_unless_the_setting_says_otherwise() {
    let short = RoutingSettings {
        redirect_names_usual_port: false,
        ..RoutingSettings::default()
    };
    let [_, host, _, path, query] = REDIRECT_DEFAULTS;
    let to = routed(RoutingAction::Redirect(redirect([
        "HTTPS", host, "443", path, query,
    ])));
    let outcome = Router::new(Vec::new(), to, short).outcome(&get("http://h.com/a"));
    let expected = "https://h.com/a";
    assert!(matches!(outcome, Outcome::Redirected { location, .. } if location == expected));
}

#[test]
fn a_redirect_to_more_than_8k_fails() {
    let [_, host, _, path, query] = REDIRECT_DEFAULTS;
    let of = |length: usize| {
        let to = redirect(["HTTPS", host, "443", path, query]);
        let url = format!("http://h.com/{}", "a".repeat(length));
        done(routed(RoutingAction::Redirect(to)), &get(&url))
    };
    let around = "https://h.com:443/".len();
    assert_eq!(of(8192 - around).status(), Some(301));
    let failed = of(8193 - around);
    assert_eq!(
        failed,
        Outcome::RedirectTooLong {
            length: 8193,
            status: 500
        }
    );
    assert_eq!(failed.status(), Some(500));
}

#[test]
fn a_fixed_response_is_given_as_it_is() {
    let response = FixedResponse {
        status: 404,
        content_type: Some("text/plain".into()),
        body: "nothing here".into(),
    };
    let outcome = done(
        routed(RoutingAction::FixedResponse(response.clone())),
        &get("http://h.com/"),
    );
    assert_eq!(outcome.status(), Some(404));
    assert_eq!(outcome, Outcome::Answered(response));
}

fn weighted(weights: &[u32]) -> Forward {
    Forward {
        groups: (0..)
            .zip(weights)
            .map(|(at, weight)| Weighted {
                target_group: TargetGroupIx(at),
                weight: *weight,
            })
            .collect(),
        stickiness: Some(Millis::seconds(60)),
    }
}

#[test]
fn groups_are_picked_by_their_share() {
    let forward = weighted(&[0, 1, 3]);
    let picks: Vec<u32> = (0..8)
        .filter_map(|n| forward.pick(n))
        .map(|it| it.0)
        .collect();
    assert_eq!(picks, [1, 2, 2, 2, 1, 2, 2, 2]);
    assert_eq!(forward.total(), 4);
    let Outcome::Forwarded(forwarded) = done(
        routed(RoutingAction::Forward(forward)),
        &get("http://h.com/"),
    ) else {
        panic!("a forward forwards");
    };
    assert_eq!(
        (forwarded.total, forwarded.stickiness),
        (4, Some(Millis::seconds(60)))
    );
    assert_eq!(weighted(&[0, 0]).pick(7), None);
}

#[test]
fn where_all_weights_are_zero_the_setting_answers() {
    let outcome = done(
        routed(RoutingAction::Forward(weighted(&[0, 0]))),
        &get("http://h.com/"),
    );
    assert_eq!(outcome, Outcome::NoWeight { status: 503 });
}

#[test]
fn a_cookie_keeps_a_client_at_a_group_that_gets_nobody_new() {
    let of = |keeps| {
        let settings = RoutingSettings {
            zero_weight_keeps_sticky: keeps,
            ..RoutingSettings::default()
        };
        Router::new(
            Vec::new(),
            routed(RoutingAction::Forward(weighted(&[0, 1]))),
            settings,
        )
    };
    assert!(of(true).keeps(Chosen::Default, TargetGroupIx(0)));
    assert!(!of(false).keeps(Chosen::Default, TargetGroupIx(0)));
    assert!(of(false).keeps(Chosen::Default, TargetGroupIx(1)));
    assert!(!of(true).keeps(Chosen::Default, TargetGroupIx(2)));
}

#[test]
fn who_carries_no_session_is_sent_away_let_in_or_refused() {
    let of = |unauthenticated, authenticated| {
        let routed = Routed {
            authentication: Some(Authentication {
                kind: AuthenticationKind::Oidc,
                unauthenticated,
            }),
            ..to(1)
        };
        let request = Request {
            authenticated,
            ..get("https://h.com/")
        };
        let router = Router::new(Vec::new(), routed, RoutingSettings::default());
        assert!(router.trace(&request).authentication.is_some());
        router.outcome(&request).status()
    };
    assert_eq!(of(Unauthenticated::Authenticate, false), Some(302));
    assert_eq!(of(Unauthenticated::Deny, false), Some(401));
    assert_eq!(of(Unauthenticated::Allow, false), None);
    assert_eq!(of(Unauthenticated::Deny, true), None);
}

/// What a rule with these transforms makes of a request.
fn transformed(
    transforms: &[(TransformKind, &str, &str)],
    url: &str,
    settings: RoutingSettings,
) -> Outcome {
    let transforms = transforms.iter().map(|(kind, regex, replace)| Transform {
        kind: *kind,
        regex: (*regex).into(),
        replace: (*replace).into(),
    });
    let rule = Rule {
        priority: 1,
        conditions: vec![Condition::Path(wild(&["*"]))],
        routed: Routed {
            transforms: transforms.collect(),
            ..to(1)
        },
    };
    Router::new(vec![rule], to(0), settings).outcome(&get(url))
}

fn forwarded(outcome: Outcome) -> Forwarded {
    let Outcome::Forwarded(forwarded) = outcome else {
        panic!("{outcome:?}");
    };
    forwarded
}

fn sent(transforms: &[(TransformKind, &str, &str)], url: &str) -> (String, String) {
    let it = forwarded(transformed(transforms, url, RoutingSettings::default()));
    (it.host, it.url)
}

fn pair(host: &str, url: &str) -> (String, String) {
    (host.into(), url.into())
}

#[test]
fn hosts_and_urls_are_rewritten_after_the_decision() {
    use TransformKind::{HostHeader, Url};
    let host = (
        HostHeader,
        "^mywebsite-(.+).com$",
        "internal.dev.$1.myweb.com",
    );
    let strip = (Url, "^\\/api\\/(.+)$", "/$1");
    assert_eq!(
        sent(&[host], "https://mywebsite-example.com/project-a"),
        pair("internal.dev.example.myweb.com", "/project-a")
    );
    assert_eq!(
        sent(&[strip], "http://h.com/api/v1?x=1"),
        pair("h.com", "/v1?x=1")
    );
    assert_eq!(
        sent(&[host, strip], "http://h.com/other"),
        pair("h.com", "/other")
    );
    let query = (
        Url,
        "^/dp/([a-z]+)/?\\?id=([0-9]+)$",
        "/product.php?name=$1&id=$2",
    );
    assert_eq!(
        sent(&[query], "http://h.com/dp/book?id=7"),
        pair("h.com", "/product.php?name=book&id=7")
    );
}

#[test]
fn a_rewrite_that_cannot_be_sent_is_answered_500() {
    use TransformKind::{HostHeader, Url};
    let failed = |transform| {
        let outcome = transformed(&[transform], "http://h.com/a", RoutingSettings::default());
        assert_eq!(outcome.status(), Some(500), "{outcome:?}");
        matches!(outcome, Outcome::RewriteFailed { rewritings } if matches!(rewritings[0].result, Rewritten::Failed(_)))
    };
    assert!(failed((Url, "^/", "")));
    assert!(failed((Url, "a", "b c")));
    assert!(failed((HostHeader, ".*", "")));
    assert!(failed((HostHeader, "h", "h/")));
}

#[test]
fn the_first_match_is_replaced_unless_the_setting_says_all() {
    let usual = RoutingSettings::default();
    let all = RoutingSettings {
        rewrite_replaces_all: true,
        ..usual
    };
    let path = RoutingSettings {
        url_rewrite_sees_query: false,
        ..usual
    };
    let url = |settings, regex: &str, replace: &str| {
        let transform = (TransformKind::Url, regex, replace);
        forwarded(transformed(
            &[transform],
            "http://h.com/a-b-c?d=-",
            settings,
        ))
        .url
    };
    assert_eq!(url(usual, "-", "_"), "/a_b-c?d=-");
    assert_eq!(url(all, "-", "_"), "/a_b_c?d=_");
    assert_eq!(url(path, "c$", "$0$$x"), "/a-b-c$$x?d=-");
}

#[test]
fn a_number_has_as_many_digits_as_lead_to_a_group() {
    use crate::routing::regex::{Piece, pieces};
    assert_eq!(
        pieces("a$12b$", 1),
        [
            Piece::Text("a"),
            Piece::Group(1),
            Piece::Text("2b$"),
            Piece::Text("")
        ]
    );
    assert_eq!(
        pieces("$12", 12),
        [Piece::Text(""), Piece::Group(12), Piece::Text("")]
    );
    assert_eq!(
        pieces("$3", 1),
        [Piece::Text(""), Piece::Group(3), Piece::Text("")]
    );
}

#[test]
fn the_same_rules_under_other_settings_answer_by_those() {
    let router = Router::new(
        Vec::new(),
        routed(RoutingAction::Forward(weighted(&[0]))),
        RoutingSettings::default(),
    );
    let other = router.with_settings(RoutingSettings {
        all_weights_zero: 502,
        ..router.settings()
    });
    assert_eq!(other.outcome(&get("http://h.com/")).status(), Some(502));
    assert_ne!(router, other);
    assert_eq!(router, router.clone());
}
