//! Names and references: parts refer to each other by name, and pasted ARNs are understood.

use alloc::format;
use alloc::string::String;

/// The name that a reference means: the name itself, or the part of an ARN that names the thing.
///
/// `arn:…:targetgroup/edges-tg/6d0e…` means `edges-tg`, `arn:…:loadbalancer/app/shop-alb/50dc…`
/// means `shop-alb`, `arn:…:task-definition/edges:8` means `edges:8`, and so on.
#[must_use]
pub fn last_segment(reference: &str) -> &str {
    if !reference.starts_with("arn:") {
        return reference;
    }
    let mut resource = reference
        .splitn(6, ':')
        .nth(5)
        .unwrap_or(reference)
        .split('/');
    let kind = resource.next().unwrap_or(reference);
    match kind {
        "targetgroup" => resource.next().unwrap_or(reference),
        "loadbalancer" => resource.nth(1).unwrap_or(reference),
        _ => resource.next_back().unwrap_or(kind),
    }
}

/// `base`, or `base-2`, `base-3` … : the first that `taken` does not claim.
#[must_use]
pub fn fresh_name(base: &str, taken: impl Fn(&str) -> bool) -> String {
    if !taken(base) {
        return base.into();
    }
    let numbered = (2_u32..).map(|number| format!("{base}-{number}"));
    numbered
        .into_iter()
        .find(|name| !taken(name))
        .expect("some number is free")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_name_their_resource() {
        for (reference, name) in [
            ("edges-tg", "edges-tg"),
            (
                "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/edges-tg/6d0e",
                "edges-tg",
            ),
            (
                "arn:aws:elasticloadbalancing:us-east-1:1:loadbalancer/app/shop-alb/50dc",
                "shop-alb",
            ),
            ("arn:aws:ecs:us-east-1:1:task-definition/edges:8", "edges:8"),
            ("arn:aws:ecs:us-east-1:1:cluster/shop", "shop"),
        ] {
            assert_eq!(last_segment(reference), name);
        }
    }

    #[test]
    fn fresh_names_count_from_two() {
        assert_eq!(
            fresh_name("web", |name| name == "web" || name == "web-2"),
            "web-3"
        );
    }
}
