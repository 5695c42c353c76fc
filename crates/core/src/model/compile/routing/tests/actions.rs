//! Actions, answers and transforms that AWS takes and refuses.

use super::*;

fn weighted(groups: &[(&str, Option<u32>)], stickiness: Value) -> Value {
    let groups = groups.iter().map(|(name, weight)| match weight {
        Some(weight) => json!({"TargetGroupArn": name, "Weight": weight}),
        None => json!({"TargetGroupArn": name}),
    });
    let mut config = json!({"TargetGroups": groups.collect::<Vec<_>>()});
    if !stickiness.is_null() {
        config["TargetGroupStickinessConfig"] = stickiness;
    }
    json!([{"Type": "forward", "ForwardConfig": config}])
}

#[test]
fn faulty_actions_are_told_at_their_place() {
    let a = "/rules/0/Actions";
    let config = format!("{a}/0/ForwardConfig");
    let both = [("web", Some(1)), ("sticky", Some(1))];
    for (action, expected) in [
        (json!([]), format!("DS035 {a}")),
        (json!([{"Type": "send"}]), format!("DS026 {a}/0/Type")),
        (json!([{"Type": "forward"}]), format!("DS035 {a}/0")),
        (json!([{"Type": "redirect"}]), format!("DS035 {a}/0")),
        (forward("gone"), format!("DS002 {a}/0/TargetGroupArn")),
        (
            json!([{"Type": "forward", "TargetGroupArn": "web", "Order": 1}, {"Type": "forward", "TargetGroupArn": "web", "Order": 2}]),
            format!("DS035 {a}/1"),
        ),
        (
            json!([{"Type": "forward", "TargetGroupArn": "web", "Order": 50001}]),
            format!("DS035 {a}/0/Order"),
        ),
        (
            json!([{"Type": "authenticate-oidc", "AuthenticateOidcConfig": {}, "Order": 1}, {"Type": "forward", "TargetGroupArn": "web", "Order": 2}]),
            format!("DS035 {a}/0"),
        ),
        (
            weighted(&[("web", Some(1)), ("api", None)], Value::Null),
            format!("DS035 {config}/TargetGroups/1"),
        ),
        (
            weighted(&[("web", Some(1000))], Value::Null),
            format!("DS035 {config}/TargetGroups/0/Weight"),
        ),
        (
            weighted(&[("web", Some(1)), ("web", Some(1))], Value::Null),
            format!("DS035 {config}/TargetGroups/1"),
        ),
        (weighted(&both, Value::Null), format!("DS035 {config}")),
        (
            weighted(&both, json!({"Enabled": true})),
            format!("DS035 {config}/TargetGroupStickinessConfig"),
        ),
        (
            weighted(&both, json!({"Enabled": true, "DurationSeconds": 604_801})),
            format!("DS035 {config}/TargetGroupStickinessConfig"),
        ),
        (
            json!([{"Type": "forward", "TargetGroupArn": "api", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "web"}]}}]),
            format!("DS035 {a}/0/TargetGroupArn"),
        ),
    ] {
        refused(&actions("alb:80", action), &expected);
    }
    let oidc = json!({"Type": "authenticate-oidc", "AuthenticateOidcConfig": {"OnUnauthenticatedRequest": "deny"}});
    let two = |first: Option<u32>, second: Option<u32>| {
        let mut all = json!([oidc, {"Type": "forward", "TargetGroupArn": "web"}]);
        for (at, order) in [first, second].into_iter().enumerate() {
            if let Some(order) = order {
                all[at]["Order"] = order.into();
            }
        }
        actions("alb:443", all)
    };
    taken(&two(Some(1), Some(2)));
    refused(&two(Some(2), Some(1)), &format!("DS035 {a}"));
    refused(&two(Some(1), None), &format!("DS035 {a}/1"));
    refused(&two(Some(1), Some(1)), &format!("DS035 {a}/1/Order"));
    taken(&actions(
        "alb:80",
        weighted(&both, json!({"Enabled": true, "DurationSeconds": 60})),
    ));
    taken(&actions(
        "alb:80",
        json!([{"Type": "forward", "TargetGroupArn": "web",
        "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "web", "Weight": 1}]}}]),
    ));
}

#[test]
fn weights_that_are_all_zero_are_warned_of_and_answered_as_the_setting_says() {
    let rule = actions(
        "alb:80",
        weighted(&[("web", Some(0)), ("api", Some(0))], Value::Null),
    );
    let compiled = compile(&design(&json!([rule])), None);
    assert_eq!(
        found(&compiled),
        ["DS035 /rules/0/Actions/0/ForwardConfig/TargetGroups"]
    );
    assert_eq!(
        compiled.diagnostics[0].problem.severity(),
        Severity::Warning
    );
    let request = Request::from_url("http://h.com/a").unwrap();
    let status = |compiled: &Compiled| {
        listener(compiled, "alb:80")
            .router
            .outcome(&request)
            .status()
    };
    assert_eq!(status(&compiled), Some(503));
    let routing = RoutingSettings {
        all_weights_zero: 502,
        ..RoutingSettings::default()
    };
    let settings = Settings {
        routing,
        ..Settings::default()
    };
    let model = compiled.model.with_settings(settings);
    let at = model.listener_named("alb:80").unwrap();
    assert_eq!(
        model.listener(at).router.outcome(&request).status(),
        Some(502)
    );
}

#[test]
fn faulty_answers_are_told_at_their_place() {
    let r = "/rules/0/Actions/0/RedirectConfig";
    let f = "/rules/0/Actions/0/FixedResponseConfig";
    let redirect = |mut config: Value| {
        if config.get("StatusCode").is_none() {
            config["StatusCode"] = "HTTP_301".into();
        }
        actions(
            "alb:443",
            json!([{"Type": "redirect", "RedirectConfig": config}]),
        )
    };
    for (config, expected) in [
        (
            json!({"Port": "1", "StatusCode": "301"}),
            format!("DS036 {r}/StatusCode"),
        ),
        (json!({"Protocol": "FTP"}), format!("DS036 {r}/Protocol")),
        (json!({"Port": "0"}), format!("DS036 {r}/Port")),
        (json!({"Port": "65536"}), format!("DS036 {r}/Port")),
        (json!({"Path": "new"}), format!("DS036 {r}/Path")),
        (
            json!({"Path": format!("/{}", "a".repeat(128))}),
            format!("DS036 {r}/Path"),
        ),
        (json!({"Host": ""}), format!("DS036 {r}/Host")),
        (
            json!({"Port": "1", "Query": "?a"}),
            format!("DS036 {r}/Query"),
        ),
        (json!({"Host": "a.#{port}"}), format!("DS036 {r}/Host")),
        (json!({"Path": "/#{query}"}), format!("DS036 {r}/Path")),
        (json!({"Path": "/#{pat"}), format!("DS036 {r}/Path")),
        (json!({}), format!("DS036 {r}")),
        (
            json!({"Host": "#{host}", "Path": "/#{path}", "Query": "a"}),
            format!("DS036 {r}"),
        ),
        (json!({"Protocol": "HTTP"}), format!("DS036 {r}/Protocol")),
    ] {
        refused(&redirect(config), &expected);
    }
    taken(&redirect(
        json!({"Host": "www.#{host}", "Query": "#{protocol}#{host}#{port}#{path}#{query}"}),
    ));
    taken(&redirect(
        json!({"Path": "/#{host}/#{port}/#{path}", "Port": "8443", "Query": ""}),
    ));
    let fixed = |config: Value| {
        actions(
            "alb:80",
            json!([{"Type": "fixed-response", "FixedResponseConfig": config}]),
        )
    };
    for (config, expected) in [
        (
            json!({"StatusCode": "302"}),
            format!("DS036 {f}/StatusCode"),
        ),
        (
            json!({"StatusCode": "+20"}),
            format!("DS036 {f}/StatusCode"),
        ),
        (
            json!({"StatusCode": "200", "MessageBody": "a".repeat(1025)}),
            format!("DS036 {f}/MessageBody"),
        ),
        (
            json!({"StatusCode": "200", "ContentType": "text/xml"}),
            format!("DS026 {f}/ContentType"),
        ),
    ] {
        refused(&fixed(config), &expected);
    }
    taken(&fixed(
        json!({"StatusCode": "503", "MessageBody": "a".repeat(1024), "ContentType": "text/css"}),
    ));
}

#[test]
fn faulty_transforms_are_told_at_their_place() {
    let t = "/rules/0/Transforms";
    let url = |regex: &str, replace: &str| json!({"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": regex, "Replace": replace}]}});
    let with = |transforms: Value| {
        let mut rule = conditions(path("/a"));
        rule["Transforms"] = transforms;
        rule
    };
    let at = format!("{t}/0/UrlRewriteConfig/Rewrites");
    for (transforms, expected) in [
        (
            json!([url("a", "b"), url("c", "d")]),
            format!("DS037 {t}/1"),
        ),
        (json!([{"Type": "rewrite"}]), format!("DS026 {t}/0/Type")),
        (json!([{"Type": "url-rewrite"}]), format!("DS035 {t}/0")),
        (
            json!([{"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": []}}]),
            format!("DS037 {at}"),
        ),
        (json!([url("(a", "b")]), format!("DS037 {at}/0/Regex")),
        (json!([url("(a)", "$2")]), format!("DS037 {at}/0/Replace")),
        (
            json!([url("a", &"b".repeat(1025))]),
            format!("DS037 {at}/0/Replace"),
        ),
    ] {
        refused(&with(transforms), &expected);
    }
    taken(&with(
        json!([url("^/a/(.*)$", "/$1"), {"Type": "host-header-rewrite",
        "HostHeaderRewriteConfig": {"Rewrites": [{"Regex": "^a", "Replace": "b"}]}}]),
    ));
    let mut document = design(&json!([]));
    document.listeners[0]
        .extra
        .insert("Transforms".into(), json!([url("a", "b")]));
    assert_eq!(
        found(&compile(&document, None)),
        ["DS037 /listeners/0/Transforms"]
    );
}
