//! What is said about a container's name, sizes, ports and process (TD071 to TD136).

use super::Worded;
use crate::taskdef::Rule;

pub(super) const WORDS: &[Worded] = &[
    (
        Rule::ContainerName,
        "`{0}` cannot be the name of a container",
        "use 1 to 255 letters, digits, hyphens and underscores",
    ),
    (
        Rule::NoImage,
        "the container `{0}` has no image",
        "name one in `image`",
    ),
    (
        Rule::ImageForm,
        "`{0}` is not an image reference",
        "write repository:tag in at most 255 characters, or repository@sha256:… with 64 digits",
    ),
    (
        Rule::NoMemory,
        "the container `{0}` has neither memory nor memoryReservation",
        "state one of them, or the memory of the whole task",
    ),
    (
        Rule::ReservationAboveMemory,
        "{0} MiB are reserved, but at most {1} MiB may be used",
        "reserve no more than `memory`",
    ),
    (
        Rule::MemoryAboveTask,
        "`{0}` may use {1} MiB, more than the {2} MiB of its task",
        "lower it, or raise the memory of the task",
    ),
    (
        Rule::MemorySum,
        "the containers reserve {0} MiB, more than the {1} MiB of their task",
        "raise the memory of the task, or lower theirs",
    ),
    (
        Rule::CpuSum,
        "the containers reserve {0} CPU units, more than the {1} of their task",
        "raise the CPU of the task, or lower theirs",
    ),
    (
        Rule::MemoryBelowDocker,
        "Docker refuses a container with {0} MiB, so the task would never start",
        "give it 6 MiB or more",
    ),
    (
        Rule::MemoryFileSize,
        "{0} MiB is not a size",
        "give it 1 MiB or more",
    ),
    (
        Rule::MaxSwapRange,
        "{0} MiB is not a size",
        "write 0 for no swap, or more",
    ),
    (
        Rule::SwappinessRange,
        "{0} is not within 0 to 100",
        "write 0 to 100",
    ),
    (
        Rule::SwappinessAlone,
        "swappiness is ignored without maxSwap",
        "add maxSwap, or take it out",
    ),
    (
        Rule::HostPortDiffers,
        "in {2} mode the host port is the container port, so it cannot be {0} for {1}",
        "leave hostPort out",
    ),
    (
        Rule::ContainerPortTaken,
        "the containers share one network, and another one has port {0}",
        "let one of them listen elsewhere",
    ),
    (
        Rule::NoNetwork,
        "without a network there are no `{0}`",
        "take them out, or give the container a network",
    ),
    (
        Rule::DisableNetworking,
        "in awsvpc mode the network cannot be taken away from one container",
        "take disableNetworking out",
    ),
    (
        Rule::HostPortTaken,
        "host port {0} is taken by another mapping of the task",
        "use another port, or 0 in bridge mode for any free one",
    ),
    (
        Rule::HostPortReserved,
        "host port {0} is used by the instance itself, so no host has it free",
        "use another port, or 0 in bridge mode for any free one",
    ),
    (
        Rule::NoContainerPort,
        "the mapping names no container port",
        "state containerPort, 1 to 65535",
    ),
    (
        Rule::PortRange,
        "`{0}` is not a range of ports",
        "write first-last of 1 to 65535, such as 8000-8010",
    ),
    (
        Rule::PortRangeAlone,
        "the range {0} excludes `{1}` beside it",
        "take `{1}` out",
    ),
    (
        Rule::PortRangeNetwork,
        "{0} mode takes no ranges of ports",
        "use bridge or awsvpc, or map the ports one by one",
    ),
    (
        Rule::PortRangeOverlap,
        "the range {0} overlaps {1} of the same container",
        "map each port once",
    ),
    (
        Rule::TooManyPortRanges,
        "{0} ranges are more than the 100 that a container may have",
        "join ranges that follow each other",
    ),
    (
        Rule::PortName,
        "`{0}` cannot be the name of a port",
        "use 1 to 64 lower-case letters, digits, underscores and hyphens, no hyphen first",
    ),
    (
        Rule::PortNameTaken,
        "another port is called `{0}` too",
        "give each port of the definition a name of its own",
    ),
    (
        Rule::AppProtocol,
        "appProtocol needs a port with a name",
        "add `name`, or take appProtocol out",
    ),
    (
        Rule::PortProtocols,
        "container port {0} is mapped for tcp and udp, which AWS refuses",
        "use a range for one of them, or a second container",
    ),
    (
        Rule::PortTwice,
        "container port {0} is mapped twice; a service cannot tell which is meant",
        "take one mapping out",
    ),
    (
        Rule::LinksNetwork,
        "there are no links in {0} mode",
        "take them out; in awsvpc mode containers reach each other at localhost",
    ),
    (
        Rule::LinkTarget,
        "`{0}` links to no container of the definition",
        "write name or name:alias of another container",
    ),
    (
        Rule::LinkCycle,
        "links form a circle: {0}",
        "take one of them out",
    ),
    (
        Rule::NetworkField,
        "in awsvpc mode a container has no `{0}`: the network belongs to the task",
        "take it out",
    ),
    (
        Rule::ExtraHostsOnHost,
        "Docker has refused containers with extraHosts on the host's network",
        "take them out, or use bridge mode",
    ),
    (
        Rule::SearchDomain,
        "`{0}` is not a search domain",
        "use at most 254 letters, digits, hyphens and full stops, a letter or digit last",
    ),
    (
        Rule::WindowsPort,
        "Windows on Fargate keeps port {0} for itself",
        "listen on another port",
    ),
    (
        Rule::CommandText,
        "a command is a list of texts, not one text",
        "write one text for each word, or [\"sh\", \"-c\", \"…\"] for a line of shell",
    ),
    (
        Rule::EnvironmentValue,
        "the value {0} of an environment variable is not text",
        "write \"{0}\"",
    ),
    (
        Rule::SecretName,
        "the variable `{0}` comes from `{1}` already",
        "give each variable one source",
    ),
    (
        Rule::EnvironmentTwice,
        "the variable `{0}` is given twice; the last value counts",
        "take one of them out",
    ),
    (
        Rule::EnvironmentNoValue,
        "the variable `{0}` has no value, so Docker leaves it out",
        "give it a value; \"\" is one",
    ),
    (
        Rule::SecretSource,
        "`{0}` names neither a secret nor a parameter",
        "write the ARN of a secret, with all or none of :key:stage:version, or a parameter's ARN or name",
    ),
    (
        Rule::TooManyEnvironmentFiles,
        "{0} files of environment variables are more than the 10 that AWS takes",
        "join some of them",
    ),
    (
        Rule::EnvironmentFilesOnWindows,
        "Windows on Fargate reads no files of environment variables",
        "write the variables into `environment`",
    ),
    (
        Rule::EnvironmentFileArn,
        "`{0}` is not the ARN of an object in S3",
        "write arn:aws:s3:::BUCKET/KEY.env",
    ),
    (
        Rule::EnvironmentFileEnding,
        "the name of `{0}` does not end in .env",
        "give the object such a name",
    ),
    (
        Rule::UserForm,
        "`{0}` is not a user",
        "write user, user:group, uid, uid:gid, user:gid or uid:group",
    ),
    (
        Rule::RelativeDirectory,
        "`{0}` does not begin with /, and Docker refuses it",
        "write the path from the root",
    ),
    (
        Rule::WindowsField,
        "containers on Windows have no `{0}`",
        "take it out",
    ),
    (
        Rule::SecurityOption,
        "`{0}` is not a security option that ECS takes",
        "use label:…, apparmor:…, no-new-privileges or credentialspec:…",
    ),
    (
        Rule::TooManyCredentialSpecs,
        "more than one credential spec is given",
        "keep one",
    ),
    (
        Rule::CredentialSpec,
        "`{0}` is not a credential spec",
        "write credentialspec:ARN or credentialspecdomainless:ARN",
    ),
    (
        Rule::Capability,
        "`{0}` is not a capability",
        "write ALL, or a name of Linux in capitals without CAP_",
    ),
    (
        Rule::MountOption,
        "`{0}` is not an option that a file system in memory takes",
        "use options of mount such as ro, noexec or mode=1777",
    ),
    (
        Rule::UlimitOrder,
        "the soft limit {0} is above the hard limit {1}",
        "lower it, or raise the hard one; -1 is without limit",
    ),
    (
        Rule::UlimitFiles,
        "{0} open files are more than the 1048576 that Fargate takes",
        "lower the limit",
    ),
    (
        Rule::SystemControl,
        "`{0}` is not a kernel parameter that a container has of its own",
        "use one of net. or of shared memory, or set it on the host",
    ),
    (
        Rule::SystemControlNetwork,
        "on the host's network `{0}` would change the host",
        "set it on the host, or use another networkMode",
    ),
    (
        Rule::ResourceShared,
        "a sharing strategy excludes the value `{0}` beside it",
        "keep one of the two",
    ),
    (
        Rule::GpuValue,
        "`{0}` is not a number of GPUs",
        "write a count such as \"1\", or \"ALL\"",
    ),
    (
        Rule::NeuronValue,
        "Neuron devices are not counted: `{0}`",
        "write \"ALL\"",
    ),
    (
        Rule::UnknownAccelerator,
        "there is no accelerator called `{0}`",
        "declare it under inferenceAccelerators",
    ),
    (
        Rule::Timeout,
        "{0} {1} is outside the 2 to 120 seconds that Fargate gives",
        "choose 2 to 120",
    ),
    (
        Rule::RestartPeriod,
        "{0} seconds before a restart are outside 60 to 1800",
        "choose 60 to 1800",
    ),
    (
        Rule::IgnoredExitCodes,
        "{0} exit codes are more than the 50 that AWS takes",
        "take some of them out",
    ),
];
