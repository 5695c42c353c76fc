//! Conditions that AWS takes and refuses.

use super::*;

#[test]
fn faulty_conditions_are_told_at_their_place() {
    let long = "a".repeat(129);
    let c = "/rules/0/Conditions";
    for (condition, expected) in [
        (json!([]), format!("DS034 {c}")),
        (json!([{"Field": "path-pattern"}]), format!("DS034 {c}/0")),
        (
            json!([{"Field": "path-pattern", "PathPatternConfig": {"Values": []}}]),
            format!("DS034 {c}/0"),
        ),
        (json!([{"Field": "path"}]), format!("DS026 {c}/0/Field")),
        (
            json!([{"Field": "path-pattern", "Values": ["/a"], "PathPatternConfig": {"Values": ["/b"]}}]),
            format!("DS034 {c}/0/PathPatternConfig"),
        ),
        (
            json!([{"Field": "path-pattern", "Values": ["/a"], "HostHeaderConfig": {"Values": ["a.b"]}}]),
            format!("DS034 {c}/0/HostHeaderConfig"),
        ),
        (
            json!([{"Field": "path-pattern", "Values": ["/a", "/b"]}]),
            format!("DS034 {c}/0/Values"),
        ),
        (
            json!([{"Field": "source-ip", "Values": ["10.0.0.0/8"]}]),
            format!("DS034 {c}/0/Values"),
        ),
        (
            json!([{"Field": "query-string", "Values": ["a"], "QueryStringConfig": {"Values": [{"Value": "a"}]}}]),
            format!("DS034 {c}/0/Values"),
        ),
        (
            json!([{"Field": "path-pattern", "Values": ["/a"]}, {"Field": "path-pattern", "Values": ["/b"]}]),
            format!("DS034 {c}/1/Field"),
        ),
        (path(&long), format!("DS034 {c}/0/Values/0")),
        (path("/a b"), format!("DS034 {c}/0/Values/0")),
        (path("/a%20"), format!("DS034 {c}/0/Values/0")),
        (path(""), format!("DS034 {c}/0/Values/0")),
        (
            json!([{"Field": "host-header", "Values": ["localhost"]}]),
            format!("DS034 {c}/0/Values/0"),
        ),
        (
            json!([{"Field": "host-header", "Values": ["a.b:80"]}]),
            format!("DS034 {c}/0/Values/0"),
        ),
        (
            json!([{"Field": "host-header", "Values": ["10.0.0.1"]}]),
            format!("DS034 {c}/0/Values/0"),
        ),
        (
            json!([{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "host", "Values": ["a"]}}]),
            format!("DS034 {c}/0/HttpHeaderConfig/HttpHeaderName"),
        ),
        (
            json!([{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "a b", "Values": ["a"]}}]),
            format!("DS034 {c}/0/HttpHeaderConfig/HttpHeaderName"),
        ),
        (
            json!([{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "a".repeat(41), "Values": ["a"]}}]),
            format!("DS034 {c}/0/HttpHeaderConfig/HttpHeaderName"),
        ),
        (
            json!([{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "a", "Values": ["\u{e9}"]}}]),
            format!("DS034 {c}/0/HttpHeaderConfig/Values/0"),
        ),
        (
            json!([{"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["get"]}}]),
            format!("DS034 {c}/0/HttpRequestMethodConfig/Values/0"),
        ),
        (
            json!([{"Field": "http-request-method", "HttpRequestMethodConfig": {"RegexValues": ["G.T"]}}]),
            format!("DS034 {c}/0/HttpRequestMethodConfig/RegexValues"),
        ),
        (
            json!([{"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "a#", "Value": "b"}]}}]),
            format!("DS034 {c}/0/QueryStringConfig/Values/0/Key"),
        ),
        (
            json!([{"Field": "query-string", "RegexValues": ["a"], "QueryStringConfig": {"Values": [{"Value": "b"}]}}]),
            format!("DS034 {c}/0/RegexValues"),
        ),
        (
            json!([{"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.1"]}}]),
            format!("DS034 {c}/0/SourceIpConfig/Values/0"),
        ),
        (
            json!([{"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.0/33"]}}]),
            format!("DS034 {c}/0/SourceIpConfig/Values/0"),
        ),
        (
            json!([{"Field": "source-ip", "SourceIpConfig": {"Values": ["255.255.255.255/32"]}}]),
            format!("DS034 {c}/0/SourceIpConfig/Values/0"),
        ),
        (
            json!([{"Field": "path-pattern", "RegexValues": ["a(?=b)"]}]),
            format!("DS034 {c}/0/RegexValues/0"),
        ),
        (
            json!([{"Field": "path-pattern", "PathPatternConfig": {"RegexValues": ["(a"]}}]),
            format!("DS034 {c}/0/PathPatternConfig/RegexValues/0"),
        ),
        (
            json!([{"Field": "host-header", "HostHeaderConfig": {"Values": ["a.b"], "RegexValues": ["a"]}}]),
            format!("DS034 {c}/0/HostHeaderConfig/RegexValues"),
        ),
        (path("/******"), format!("DS039 {c}")),
    ] {
        refused(&conditions(condition), &expected);
    }
}

#[test]
fn values_beyond_a_rule_s_five_are_refused_and_beyond_a_condition_s_three_warned_of() {
    let paths = |count: usize| vec!["/a"; count];
    let of = |paths: Vec<&str>, hosts: Vec<&str>| {
        conditions(json!([
            {"Field": "path-pattern", "PathPatternConfig": {"Values": paths}},
            {"Field": "host-header", "HostHeaderConfig": {"Values": hosts}},
        ]))
    };
    taken(&of(paths(3), vec!["a.com"; 2]));
    refused(&of(paths(3), vec!["a.com"; 3]), "DS039 /rules/0/Conditions");
    let compiled = compile(&design(&json!([of(paths(4), vec!["a.com"])])), None);
    assert_eq!(found(&compiled), ["DS039 /rules/0/Conditions/0"]);
    assert_eq!(
        compiled.diagnostics[0].problem.severity(),
        Severity::Warning
    );
    assert_eq!(listener(&compiled, "alb:80").router.rules().len(), 1);
}

#[test]
fn conditions_in_each_of_aws_s_forms_are_taken() {
    for condition in [
        json!([{"Field": "path-pattern", "Values": ["/api/*"]}]),
        json!([{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/a_-.$/~\"'@:+&*"]}}]),
        json!([{"Field": "path-pattern", "RegexValues": ["^/api/v[0-9]+"]}]),
        json!([{"Field": "host-header", "HostHeaderConfig": {"Values": ["*.example.com", "a_b.example.*"]}}]),
        json!([{"Field": "host-header", "HostHeaderConfig": {"RegexValues": ["^(.+)\\.example\\.com$"]}}]),
        json!([{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "User-Agent", "Values": ["*Chrome*"]}},
            {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": "X-A", "RegexValues": ["a+"]}}]),
        json!([{"Field": "http-header", "RegexValues": ["a+"], "HttpHeaderConfig": {"HttpHeaderName": "X-A"}}]),
        json!([{"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["GET", "MY-OWN_ONE"]}}]),
        json!([{"Field": "query-string", "QueryStringConfig": {"Values": [{"Key": "v", "Value": "1*"}, {"Value": "\\*%20"}]}}]),
        json!([{"Field": "source-ip", "SourceIpConfig": {"Values": ["192.0.2.0/24", "2001:db8::/32"]}}]),
    ] {
        taken(&conditions(condition));
    }
}
