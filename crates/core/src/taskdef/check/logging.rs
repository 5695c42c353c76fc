//! Rules of logs and log routers (task-definition.md 2.7).

use super::{Context, Findings, Fix, Rule, is_unknown, item, literal, within};
use crate::taskdef::{
    ContainerDefinition, FirelensConfiguration, LaunchType, LogConfiguration, LogDriver,
};
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Options of the awslogs driver; AWS refuses others (L02). L02 names the first six and the two
/// of modes; the rest are Docker's, which we let pass since AWS's list is not public.
const AWSLOGS_OPTIONS: [&str; 13] = [
    "awslogs-group",
    "awslogs-region",
    "awslogs-stream-prefix",
    "awslogs-create-group",
    "awslogs-datetime-format",
    "awslogs-multiline-pattern",
    "awslogs-endpoint",
    "awslogs-stream",
    "awslogs-credentials-endpoint",
    "awslogs-format",
    "mode",
    "max-buffer-size",
    "tag",
];

/// Options of a log router (L05).
const ROUTER_OPTIONS: [&str; 3] = [
    "enable-ecs-log-metadata",
    "config-file-type",
    "config-file-value",
];

pub(super) fn logging(found: &mut Findings, context: &Context<'_>) {
    let containers = &context.definition.container_definitions;
    for (at, container) in containers.iter().enumerate() {
        let pointer = item("", "containerDefinitions", at);
        if let Some(log) = &container.log_configuration {
            let pointer = within(&pointer, "logConfiguration");
            driver(found, context, &pointer, log);
            if log.log_driver == Some(LogDriver::Awslogs) {
                awslogs(found, context, &pointer, log);
            }
            secret_options(found, &pointer, log);
        }
        if let Some(firelens) = &container.firelens_configuration {
            let pointer = within(&pointer, "firelensConfiguration");
            router_options(found, context, &pointer, firelens);
        }
    }
    routers(found, context);
    log_mode(found, containers);
}

/// L04: who writes to a log router, and who is one.
fn routers(found: &mut Findings, context: &Context<'_>) {
    let containers = &context.definition.container_definitions;
    let positions = |of: fn(&ContainerDefinition) -> bool| {
        let all = containers.iter().enumerate();
        all.filter(move |(_, it)| of(it)).map(|(at, _)| at)
    };
    let user = positions(|it| {
        let log = it.log_configuration.as_ref();
        log.is_some_and(|log| log.log_driver == Some(LogDriver::Awsfirelens))
    });
    let user = user.min();
    let mut routers = positions(|it| it.firelens_configuration.is_some());
    let router = routers.next();
    let is_any_open = |member: &str| {
        let list = "/containerDefinitions";
        context.is_any_open(list, containers.len(), member)
    };
    match (router, user) {
        (None, Some(at)) if !is_any_open("firelensConfiguration") => {
            let pointer = format!("/containerDefinitions/{at}/logConfiguration/logDriver");
            found.add(Rule::NoRouter, pointer, []);
        }
        (Some(at), None) if !is_any_open("logConfiguration/logDriver") => {
            let pointer = format!("/containerDefinitions/{at}/firelensConfiguration");
            let name = context.called(at);
            let fix = Fix::remove(pointer.clone());
            found.add(Rule::RouterUnused, pointer, [&name]).fix(fix);
        }
        (None | Some(_), _) => {}
    }
    for at in routers {
        let pointer = format!("/containerDefinitions/{at}/firelensConfiguration");
        let first = context.called(router.unwrap_or_default());
        found.add(Rule::RouterIgnored, pointer, [&first]);
    }
}

/// L03, told once: most containers leave the mode out.
fn log_mode(found: &mut Findings, containers: &[ContainerDefinition]) {
    let is_without = |container: &ContainerDefinition| {
        let log = container.log_configuration.as_ref();
        log.is_some_and(|log| {
            let options = log.options.as_ref();
            log.log_driver == Some(LogDriver::Awslogs)
                && options.is_some_and(|options| !options.contains_key("mode"))
                && !has_kept_option(log, "mode")
        })
    };
    let all = containers.iter().enumerate();
    let mut without = all.filter(|(_, it)| is_without(it));
    if let Some((at, _)) = without.next() {
        let pointer = format!("/containerDefinitions/{at}/logConfiguration/options");
        let more = without.count().to_string();
        found.add(Rule::LogMode, pointer, [&more]);
    }
}

/// L01: what each platform has beside awslogs, splunk and awsfirelens.
fn driver(found: &mut Findings, context: &Context<'_>, pointer: &str, log: &LogConfiguration) {
    let Some(driver) = log.log_driver else { return };
    let everywhere = matches!(
        driver,
        LogDriver::Awslogs | LogDriver::Splunk | LogDriver::Awsfirelens
    );
    let managed = everywhere || driver == LogDriver::JsonFile;
    let platform = if context.is_for(LaunchType::Fargate) && !everywhere {
        "Fargate"
    } else if context.is_for(LaunchType::ManagedInstances) && !managed {
        "Managed Instances"
    } else {
        return;
    };
    let pointer = within(pointer, "logDriver");
    found.add(Rule::LogDriverPlatform, pointer, [driver.name(), platform]);
}

/// Whether an option has a value that is no text, such as a reference of CloudFormation: these
/// are kept apart from the typed ones.
fn has_kept_option(log: &LogConfiguration, name: &str) -> bool {
    let kept = log.extra.get("options").and_then(|kept| kept.get(name));
    kept.is_some_and(|value| !value.is_null())
}

fn awslogs(found: &mut Findings, context: &Context<'_>, pointer: &str, log: &LogConfiguration) {
    let none = BTreeMap::new();
    let options = log.options.as_ref().unwrap_or(&none);
    if log.options.is_none() && is_unknown(&log.extra, "options") {
        return;
    }
    let is_secret = |name: &str| {
        let mut secrets = log.secret_options.iter().flatten();
        secrets.any(|it| it.name == name)
    };
    let is_there =
        |name: &str| options.contains_key(name) || has_kept_option(log, name) || is_secret(name);
    let mut needed: Vec<&str> = alloc::vec!["awslogs-group", "awslogs-region"];
    if context.is_for(LaunchType::Fargate) {
        needed.push("awslogs-stream-prefix");
    }
    needed.retain(|name| !is_there(name));
    if !needed.is_empty() {
        let place = if log.options.is_some() {
            "/options"
        } else {
            ""
        };
        let needed = needed.join(", ");
        found.add(Rule::AwslogsMissing, format!("{pointer}{place}"), [&needed]);
    }
    let pointer = within(pointer, "options");
    let mode = options.get("mode").map(String::as_str);
    if let Some(mode) = mode.and_then(literal)
        && !matches!(mode, "blocking" | "non-blocking")
    {
        found.add(Rule::LogModeValue, within(&pointer, "mode"), [mode]);
    }
    if options.contains_key("max-buffer-size") && mode == Some("blocking") {
        let pointer = format!("{pointer}/max-buffer-size");
        let fix = Fix::remove(pointer.clone());
        found.add(Rule::BufferMode, pointer, []).fix(fix);
    }
    if options.contains_key("awslogs-datetime-format")
        && options.contains_key("awslogs-multiline-pattern")
    {
        found.add(
            Rule::MultilineTwice,
            format!("{pointer}/awslogs-multiline-pattern"),
            [],
        );
    }
    for name in options.keys() {
        if literal(name).is_some() && !AWSLOGS_OPTIONS.contains(&name.as_str()) {
            let pointer = format!("{pointer}/{}", crate::source::escape(name));
            found.add(Rule::AwslogsUnknown, pointer, [name]);
        }
    }
}

fn secret_options(found: &mut Findings, pointer: &str, log: &LogConfiguration) {
    for (at, secret) in log.secret_options.iter().flatten().enumerate() {
        let name = &secret.name;
        if log
            .options
            .as_ref()
            .is_some_and(|options| options.contains_key(name))
        {
            let pointer = format!("{pointer}/secretOptions/{at}/name");
            found.add(Rule::SecretOption, pointer, [name]);
        }
    }
}

fn router_options(
    found: &mut Findings,
    context: &Context<'_>,
    pointer: &str,
    firelens: &FirelensConfiguration,
) {
    for (name, value) in firelens.options.iter().flatten() {
        let pointer = format!("{pointer}/options/{}", crate::source::escape(name));
        let Some(value) = literal(value) else {
            continue;
        };
        let fargate = context.is_for(LaunchType::Fargate);
        let rule = match name.as_str() {
            "enable-ecs-log-metadata" if !matches!(value, "true" | "false") => {
                Rule::FirelensMetadata
            }
            "config-file-type" if !matches!(value, "s3" | "file") => Rule::FirelensConfigType,
            "config-file-type" if fargate && value != "file" => Rule::FargateFirelensConfig,
            name if !ROUTER_OPTIONS.contains(&name) => Rule::FirelensOption,
            _ => continue,
        };
        found.add(rule, pointer, [name, value]);
    }
}
