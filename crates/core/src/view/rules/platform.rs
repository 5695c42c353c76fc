//! What is said about order, health, logs and platforms (TD137 and after).

use super::Worded;
use crate::taskdef::Rule;

pub(super) const WORDS: &[Worded] = &[
    (
        Rule::DependencyTarget,
        "`{0}` is not a container of the definition",
        "name another container of the definition",
    ),
    (
        Rule::DependsOnItself,
        "`{0}` waits for itself",
        "name another container of the definition",
    ),
    (
        Rule::DependencyCycle,
        "containers wait for each other: {0}",
        "take one of the dependencies out",
    ),
    (
        Rule::EssentialEnd,
        "`{0}` is essential: its end would end the task, so {1} cannot be waited for",
        "set its `essential` to false",
    ),
    (
        Rule::NeverHealthy,
        "`{0}` has no health check, so it never becomes HEALTHY",
        "give it a `healthCheck`, or wait for START; an image's own check does not count",
    ),
    (
        Rule::ProxyOrder,
        "`{0}` does not wait for the proxy, and has no network until that runs",
        "add a dependency on `{1}` with HEALTHY",
    ),
    (
        Rule::MixedCycle,
        "containers wait for each other in a circle that AWS does not see: {0}",
        "take one of the links, volumesFrom or dependencies out, or the task stays pending",
    ),
    (
        Rule::HealthCommand,
        "a health check begins with CMD or CMD-SHELL, and what to execute follows",
        "write [\"CMD-SHELL\", \"curl -f http://localhost/\"], or [\"CMD\", …] with one text for each word",
    ),
    (
        Rule::HealthRange,
        "{0} {1} is outside {2} to {3}",
        "choose a value of {2} to {3}",
    ),
    (
        Rule::HealthTimeout,
        "a check may take {0} seconds, but the next is due after {1}",
        "lower timeout, or raise interval",
    ),
    (
        Rule::LogDriverPlatform,
        "{1} has no log driver `{0}`",
        "use awslogs, splunk or awsfirelens",
    ),
    (
        Rule::AwslogsMissing,
        "awslogs needs {0}",
        "add it to `options`",
    ),
    (
        Rule::LogModeValue,
        "`{0}` is not a log mode",
        "write blocking or non-blocking",
    ),
    (
        Rule::BufferMode,
        "max-buffer-size is for mode non-blocking only",
        "change the mode, or take it out",
    ),
    (
        Rule::MultilineTwice,
        "awslogs-multiline-pattern excludes awslogs-datetime-format beside it",
        "keep one of the two",
    ),
    (
        Rule::AwslogsUnknown,
        "`{0}` is not an option of awslogs",
        "take it out, or mend its name",
    ),
    (
        Rule::LogMode,
        "no `mode` is stated: since June 2025 a full buffer drops lines where it blocked before",
        "state mode blocking or non-blocking",
    ),
    (
        Rule::NoRouter,
        "awsfirelens needs a log router, and no container has a firelensConfiguration",
        "add a router container, or choose another log driver",
    ),
    (
        Rule::RouterUnused,
        "`{0}` is a log router, but no container logs with awsfirelens",
        "let one do so, or take firelensConfiguration out",
    ),
    (
        Rule::FirelensOption,
        "a log router has no option `{0}`",
        "use enable-ecs-log-metadata, config-file-type and config-file-value",
    ),
    (
        Rule::FirelensMetadata,
        "`{1}` is neither true nor false",
        "write \"true\" or \"false\"",
    ),
    (
        Rule::FirelensConfigType,
        "`{1}` is neither s3 nor file",
        "write \"s3\" or \"file\"",
    ),
    (
        Rule::FargateFirelensConfig,
        "on Fargate a log router reads its configuration from a file only",
        "write \"file\", and build the file into the image",
    ),
    (
        Rule::SecretOption,
        "`{0}` is given in `options` already",
        "keep one of the two",
    ),
    (
        Rule::FargateNetwork,
        "Fargate needs awsvpc, not {0}",
        "set networkMode to awsvpc",
    ),
    (
        Rule::FargateSize,
        "Fargate needs the `{0}` of the whole task",
        "state it at the top, such as \"cpu\": \"256\" with \"memory\": \"512\"",
    ),
    (
        Rule::FargateCpu,
        "Fargate has no task with {0} CPU units",
        "choose one of {1}",
    ),
    (
        Rule::FargateMemory,
        "Fargate has no task of {0} MiB with {1} CPU units",
        "the nearest it has is {2} MiB",
    ),
    (Rule::FargateField, "Fargate has no `{0}`", "take it out"),
    (
        Rule::FargateCapability,
        "Fargate does not give `{0}`, only SYS_PTRACE",
        "take it out",
    ),
    (
        Rule::FargateUlimit,
        "Fargate does not honour the limit `{0}`, only nofile",
        "take it out",
    ),
    (
        Rule::FargatePidMode,
        "Fargate does not show the host's processes",
        "use pidMode task",
    ),
    (
        Rule::ExternalNetwork,
        "hosts outside AWS have no awsvpc mode",
        "use bridge, host or none",
    ),
    (
        Rule::ExternalField,
        "hosts outside AWS have no `{0}`",
        "take it out",
    ),
    (
        Rule::WindowsNetwork,
        "tasks on Windows cannot have networkMode {0}",
        "leave networkMode out for NAT, or use awsvpc",
    ),
    (
        Rule::RegistryCredentials,
        "`{0}` is not the ARN of a secret",
        "write the ARN of a secret in Secrets Manager, or its name",
    ),
    (
        Rule::RestartPolicyOnWindows,
        "Windows on Fargate has no restart policy",
        "take it out",
    ),
    (
        Rule::RouterIgnored,
        "the agent uses the log router `{0}` only, and not this one",
        "keep one firelensConfiguration",
    ),
    (
        Rule::GpuShare,
        "{0} is not a share of a GPU",
        "give memory of 1 MiB or more, and maxComputePercent of 1 to 100",
    ),
    (
        Rule::ConstraintExpression,
        "the expression cannot be read from its character {0} on: `{1}`",
        "write a subject, an operator and a value, such as `attribute:stack == prod`",
    ),
    (
        Rule::ConstraintWithoutExpression,
        "a memberOf constraint needs an expression",
        "say which hosts, such as `attribute:ecs.instance-type =~ m5.*`",
    ),
];
