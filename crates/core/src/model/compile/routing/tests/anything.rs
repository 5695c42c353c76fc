//! Hostile and random documents.

use super::*;

#[test]
fn ten_thousand_rules_with_hostile_values_are_compiled_and_asked() {
    let value = |n: u64| match n % 5 {
        0 => "*a".repeat(64),
        1 => format!("/{}/*", n),
        2 => "(a+)+$".repeat(20),
        3 => "((((a{1,9}){1,9}){1,9}){1,9})".to_string(),
        _ => format!("^/x{n}/(a|b)*c$"),
    };
    let rules = (1..=10_000_u64).map(|n| {
        let is_regex = n % 5 > 1;
        let member = if is_regex { "RegexValues" } else { "Values" };
        let mut config = json!({});
        config[member] = json!([value(n)]);
        let condition = json!([{"Field": "path-pattern", "PathPatternConfig": config}]);
        let mut rule = conditions(condition);
        rule["Priority"] = n.into();
        rule
    });
    let compiled = compile(&design(&json!(rules.collect::<Vec<_>>())), None);
    let router = &listener(&compiled, "alb:80").router;
    // Those with too many wildcards and too large ones are left out.
    assert!(
        (4_000..9_000).contains(&router.rules().len()),
        "{}",
        router.rules().len()
    );
    let request = Request::from_url("http://h.com/9996/a").unwrap();
    assert_ne!(router.choose(&request), Chosen::Default);
    assert!(matches!(router.outcome(&request), Outcome::Forwarded(_)));
}

/// Anything in place of anything: no document panics, whatever it holds.
#[test]
fn documents_of_any_kind_are_compiled() {
    let fields = [
        "host-header",
        "path-pattern",
        "http-header",
        "http-request-method",
        "query-string",
        "source-ip",
        "x",
    ];
    let texts = [
        "",
        "*",
        "a.b",
        "/a/*",
        "\u{e9}\u{0}",
        "(a",
        "^/(.*)$",
        "#{host}",
        "10.0.0.0/8",
        "HTTP_301",
        "200",
        "web",
        "\\",
    ];
    let types = [
        "forward",
        "redirect",
        "fixed-response",
        "authenticate-oidc",
        "jwt-validation",
        "y",
    ];
    let listeners = ["alb:80", "alb:443", "nlb:1", ""];
    let requests = ["http://a.b/a/x?a=b", "https://web/", "http://x.com/%00"];
    let mut routed = 0_usize;
    for seed in 0..3_000_u64 {
        let next = core::cell::Cell::new(0);
        let below = |bound: usize| {
            let n = next.replace(next.get() + 1);
            usize::try_from(draw_below(seed, Stream::Pull, n, bound as u64)).unwrap()
        };
        let text = || texts[below(texts.len())];
        let list = || (0..below(4)).map(|_| text()).collect::<Vec<_>>();
        let config = || {
            json!({
                "Values": list(), "RegexValues": list(), "HttpHeaderName": text(),
            })
        };
        let condition = |_| {
            // Half of them sound, so that something is left to route.
            if below(2) == 0 {
                return path("/a/*")[0].clone();
            }
            let mut it = json!({"Field": fields[below(fields.len())]});
            for (member, kept) in [("Values", below(3)), ("RegexValues", below(3))] {
                if kept == 0 {
                    it[member] = json!(list());
                }
            }
            for member in [
                "HostHeaderConfig",
                "PathPatternConfig",
                "HttpHeaderConfig",
                "SourceIpConfig",
                "HttpRequestMethodConfig",
            ] {
                if below(3) == 0 {
                    it[member] = config();
                }
            }
            if below(3) == 0 {
                it["QueryStringConfig"] = json!({"Values": [{"Key": text(), "Value": text()}]});
            }
            it
        };
        let action = |_| {
            if below(2) == 0 {
                return forward("web")[0].clone();
            }
            let mut it = json!({"Type": types[below(types.len())]});
            if below(2) == 0 {
                it["Order"] = below(4).into();
                it["TargetGroupArn"] = text().into();
            }
            it["ForwardConfig"] =
                json!({"TargetGroups": [{"TargetGroupArn": text(), "Weight": below(1200)}]});
            it["RedirectConfig"] = json!({"StatusCode": text(), "Host": text(), "Path": text(), "Port": text(), "Query": text()});
            it["FixedResponseConfig"] = json!({"StatusCode": text(), "MessageBody": text()});
            it["AuthenticateOidcConfig"] = json!({"OnUnauthenticatedRequest": "allow"});
            it
        };
        let rules = (0..below(6)).map(|_| json!({
            "ListenerArn": listeners[below(4)],
            "Priority": below(8),
            "Conditions": (0..below(3)).map(condition).collect::<Vec<_>>(),
            "Actions": (0..below(3)).map(action).collect::<Vec<_>>(),
            "Transforms": (0..below(2)).map(|_| json!({"Type": "url-rewrite",
                "UrlRewriteConfig": {"Rewrites": [{"Regex": text(), "Replace": text()}]}})).collect::<Vec<_>>(),
        }));
        let compiled = compile(&design(&json!(rules.collect::<Vec<_>>())), None);
        for problem in &compiled.diagnostics {
            assert!(!diagnostic_words(problem).message.is_empty(), "{problem:?}");
        }
        for listener in &compiled.model.listeners {
            for url in requests {
                let request = Request::from_url(url).unwrap();
                let trace = listener.router.trace(&request);
                assert_eq!(trace.outcome, listener.router.outcome(&request));
                routed += trace.rules.len();
            }
        }
    }
    assert!(routed > 100, "{routed}");
}
