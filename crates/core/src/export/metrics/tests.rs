//! Every exposition is valid OpenMetrics; the checker refuses what is not.

use super::grammar;
use super::*;
use crate::design::Design;
use crate::sim::{Recording, simulate};
use alloc::sync::Arc;

/// A run of the sample with a request a second on its listener, the load balancer called so.
fn exposition(name: &str) -> String {
    let text = include_str!("../../design/sample.stowplan.json").replace("shop-alb", name);
    let design = Design::read(&text).unwrap();
    let source = format!(r#"[{{"listener": "{name}:80", "requestsPerSecond": 1}}]"#);
    let recording = Recording {
        design: Arc::new(design),
        seed: 7,
        inputs: Vec::new(),
        traffic: crate::source::read(&source).unwrap(),
    };
    let (world, _) = simulate(&recording, Instant(180_000));
    metrics_openmetrics(world.metrics(), &world.model().settings)
}

#[test]
fn an_exposition_follows_the_grammar() {
    let samples = grammar::read(&exposition("shop-alb")).unwrap();
    assert!(samples.len() > 90, "{} samples", samples.len());
    assert!(samples.iter().all(|it| it.value.is_finite()));
    let sums = samples.iter().filter(|it| {
        it.name == "aws_applicationelb_request_count_sum"
            && it.labels == [("load_balancer".to_string(), "shop-alb".to_string())]
    });
    assert_eq!(sums.count(), 3, "a point for each minute");
    assert!(grammar::read("# EOF\n").unwrap().is_empty());
}

#[test]
fn values_are_escaped() {
    assert_eq!(escaped("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
    assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
    assert_eq!(snake("HTTPCode_ELB_5XX_Count"), "httpcode_elb_5_xx_count");
}

#[test]
fn the_checker_refuses_what_is_not_valid() {
    let head = "# TYPE a_seconds gauge\n# UNIT a_seconds seconds\n# HELP a_seconds x\n";
    let valid = format!("{head}a_seconds{{b=\"c\"}} 1 5\na_seconds{{b=\"c\"}} 2 6\n# EOF\n");
    assert!(grammar::read(&valid).is_ok());
    for (from, to) in [
        ("# EOF\n", ""),
        (" 2 6", " 2 5"),
        ("# UNIT a_seconds seconds", "# UNIT a_seconds hours"),
        ("gauge", "gage"),
        ("b=\"c\"} 2", "b=\"c} 2"),
        ("b=\"c\"} 2", "b=\"\\x\"} 2"),
        ("b=\"c\"} 2", "b=\"c\",b=\"d\"} 2"),
        ("a_seconds{b=\"c\"} 2", "b_seconds{b=\"c\"} 2"),
        ("a_seconds{b=\"c\"} 2", "a_seconds{b=\"c\"}  2"),
    ] {
        let broken = valid.replace(from, to);
        assert!(grammar::read(&broken).is_err(), "{broken}");
    }
}
