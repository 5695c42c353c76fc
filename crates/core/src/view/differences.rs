//! What differs between two revisions, in words.

use crate::taskdef::Difference;
use alloc::format;
use alloc::string::{String, ToString};
use serde_json::Value;

/// Most characters of a value that a line shows.
const SHOWN_MAX: usize = 60;

/// One difference: `memory of web 256 → 512 MiB`, `environment FLAG of web is new: "1"`.
#[must_use]
pub fn difference_line(difference: &Difference) -> String {
    let Difference {
        container,
        path,
        unit,
        before,
        after,
    } = difference;
    if path.is_empty() {
        let name = container.as_deref().unwrap_or_default();
        let change = if before.is_none() {
            "is new"
        } else {
            "is gone"
        };
        return format!("container `{name}` {change}");
    }
    let what = match container {
        Some(name) => format!("{} of `{name}`", path.join(" ")),
        None => path.join(" "),
    };
    let unit = match *unit {
        "" => String::new(),
        unit => format!(" {unit}"),
    };
    match (before, after) {
        (None, Some(after)) => format!("{what} is new: {}{unit}", shown(after)),
        (Some(before), None) => format!("{what} is gone: {}{unit}", shown(before)),
        (Some(before), Some(after)) => {
            format!("{what} {} → {}{unit}", shown(before), shown(after))
        }
        (None, None) => what,
    }
}

/// All of it in one sentence: how much differs, and what follows for a service.
#[must_use]
pub fn difference_summary(differences: &[Difference]) -> String {
    match differences.len() {
        0 => "nothing differs that ECS would see".into(),
        1 => "1 difference; moving a service to it starts a deployment".into(),
        count => format!("{count} differences; moving a service to it starts a deployment"),
    }
}

fn shown(value: &Value) -> String {
    let bare = value.as_str().filter(|text| {
        // Quotes only where the text would be mistaken for none, or for several.
        !text.is_empty() && !text.contains(char::is_whitespace)
    });
    let text = bare.map_or_else(|| value.to_string(), String::from);
    if text.chars().count() <= SHOWN_MAX {
        return text;
    }
    text.chars().take(SHOWN_MAX - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::taskdef::{TaskDefinition, diff, read_definition};
    use alloc::vec::Vec;

    fn lines(before: &str, after: &str) -> Vec<String> {
        let read = |text: &str| -> TaskDefinition { read_definition(text).definition.unwrap() };
        diff(&read(before), &read(after))
            .iter()
            .map(difference_line)
            .collect()
    }

    #[test]
    fn differences_are_told_by_name_with_units() {
        let before = r#"{"family":"shop","cpu":"1 vCPU","containerDefinitions":[
            {"name":"web","image":"web:1","memory":256,"environment":[{"name":"A","value":"1"},{"name":"B","value":"x y"}],
             "portMappings":[{"containerPort":80,"hostPort":8080}]},
            {"name":"proxy","image":"p","memory":128},{"name":"old","image":"o"}]}"#;
        let after = r#"{"family":"shop","cpu":"2048","containerDefinitions":[
            {"name":"proxy","image":"p","memory":128,"essential":false},
            {"name":"web","image":"web:2","memory":512,"environment":[{"name":"B","value":"x z"},{"name":"C","value":""}],
             "portMappings":[{"containerPort":80,"hostPort":0}]},
            {"name":"new","image":"n"}]}"#;
        assert_eq!(
            lines(before, after),
            [
                "cpu 1024 → 2048 CPU units",
                "image of `web` web:1 → web:2",
                "memory of `web` 256 → 512 MiB",
                "portMappings 80 hostPort of `web` is gone: 8080",
                "environment A of `web` is gone: {\"name\":\"A\",\"value\":\"1\"}",
                "environment B value of `web` \"x y\" → \"x z\"",
                "environment C of `web` is new: {\"name\":\"C\",\"value\":\"\"}",
                "essential of `proxy` is new: false",
                "container `old` is gone",
                "container `new` is new",
            ]
        );
    }

    #[test]
    fn what_aws_fills_in_is_no_difference() {
        let before = r#"{"family":"web","networkMode":"awsvpc","cpu":"0.5 vCPU","memory":"1GB","containerDefinitions":[
            {"name":"web","image":"web:1","portMappings":[{"containerPort":80}]}]}"#;
        let after = r#"{"taskDefinition":{"family":"web","networkMode":"awsvpc","cpu":"512","memory":"1024","revision":7,
            "status":"ACTIVE","volumes":[],"containerDefinitions":[{"name":"web","image":"web:1","cpu":"0","essential":true,
            "environment":[],"portMappings":[{"containerPort":80,"hostPort":80,"protocol":"tcp"}]}]}}"#;
        assert_eq!(lines(before, after), Vec::<String>::new());
        assert_eq!(lines(after, before), Vec::<String>::new());
    }
}
