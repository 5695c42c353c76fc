//! Listeners, edits of them, and what is counted over a load balancer.

use super::*;

#[test]
fn listeners_have_protocols_of_their_load_balancer_and_only_http_has_rules() {
    let mut document = design(&json!([rule("nlb:80", path("/a"), forward("web"))]));
    document.listeners[0].load_balancer_arn = "nlb".into();
    assert_eq!(
        found(&compile(&document, None)),
        ["DS038 /listeners/0/Protocol"]
    );
    document.listeners[0].protocol = Some("TCP".into());
    document.target_groups.push(crate::design::TargetGroup {
        name: "tcp".into(),
        ..Default::default()
    });
    document.listeners[0].default_actions[0].target_group_arn = Some("tcp".into());
    let compiled = compile(&document, None);
    assert_eq!(found(&compiled), ["DS038 /rules/0/ListenerArn"]);
    let tcp = listener(&compiled, "nlb:80");
    assert_eq!((tcp.protocol, tcp.port), (ListenerProtocol::Tcp, 80));
    assert_eq!(tcp.target_groups().count(), 1);
    document.listeners[0].default_actions[0].r#type = "fixed-response".into();
    let found = found(&compile(&document, None));
    assert!(
        found.contains(&"DS035 /listeners/0/DefaultActions/0".to_string()),
        "{found:?}"
    );
}

#[test]
fn target_groups_know_the_load_balancers_that_forward_to_them() {
    let mut document = design(&json!([conditions(path("/a"))]));
    let compiled = compile(&document, None);
    let of = |compiled: &Compiled, name: &str| {
        let at = compiled.model.target_group_named(name).unwrap();
        compiled.model.target_group(at).balancers.clone()
    };
    assert_eq!(
        of(&compiled, "web").into_iter().collect::<Vec<_>>(),
        [LoadBalancerIx(0)]
    );
    assert_eq!(of(&compiled, "api").len(), 1);
    assert!(of(&compiled, "sticky").is_empty());
    // AWS lets one load balancer have a target group.
    document.listeners[1].load_balancer_arn = "nlb".into();
    document.listeners[1].protocol = Some("TLS".into());
    let compiled = compile(&document, None);
    assert_eq!(found(&compiled), ["DS039 /targetGroups/0"]);
    assert_eq!(of(&compiled, "web").len(), 2);
}

#[test]
fn what_an_edit_breaks_goes_on_as_it_was() {
    let mut document = design(&json!([conditions(path("/a"))]));
    let before = compile(&document, None).model;
    document.rules[0].conditions[0].values = vec!["/ b".into()];
    document.listeners[0].default_actions.clear();
    let broken = compile(&document, Some(&before));
    assert_eq!(broken.diagnostics.len(), 2);
    let name = "alb:80";
    let was = before.listener(before.listener_named(name).unwrap());
    let is = listener(&broken, name);
    assert!(is.present && is.router == was.router);
    let fresh = compile(&document, None).model;
    assert_eq!(fresh.listener_named(name), None);
    // What was taken out is gone, and keeps its index.
    document.listeners.remove(0);
    document.rules.clear();
    let without = compile(&document, Some(&before));
    assert_eq!(
        without.model.listener_named(name),
        before.listener_named(name)
    );
    assert!(!listener(&without, name).present);
    // An edit elsewhere keeps the router itself.
    let again = compile(&design(&json!([conditions(path("/a"))])), Some(&before));
    assert!(alloc::sync::Arc::ptr_eq(
        &listener(&again, name).router,
        &was.router
    ));
}

#[test]
fn limits_of_a_load_balancer_are_told_on_it() {
    let rules = |count: u32| -> Vec<Value> {
        (1..=count)
            .map(|priority| {
                let mut rule = conditions(path(&format!("/{priority}")));
                rule["Priority"] = priority.into();
                rule["ListenerArn"] = (if priority % 2 == 0 {
                    "alb:80"
                } else {
                    "alb:443"
                })
                .into();
                rule
            })
            .collect()
    };
    assert!(
        compile(&design(&json!(rules(100))), None)
            .diagnostics
            .is_empty()
    );
    let compiled = compile(&design(&json!(rules(101))), None);
    assert_eq!(found(&compiled), ["DS039 /loadBalancers/0"]);
    assert_eq!(
        compiled.diagnostics[0].problem.severity(),
        Severity::Warning
    );
    let mut document = design(&json!([]));
    for port in 1..=49 {
        let mut listener = document.listeners[0].clone();
        listener.port = 1000 + port;
        document.listeners.push(listener);
    }
    assert_eq!(found(&compile(&document, None)), ["DS039 /loadBalancers/0"]);
}
