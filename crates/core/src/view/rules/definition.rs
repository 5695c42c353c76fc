//! What is said about reading, the definition as a whole, and volumes (TD001 to TD070).

use super::Worded;
use crate::taskdef::Rule;

pub(super) const WORDS: &[Worded] = &[
    (
        Rule::NotJson,
        "the text is not JSON",
        "mend it where the message points",
    ),
    (
        Rule::NotStrictJson,
        "a comment or a comma before a closing bracket",
        "take it out before AWS reads the file",
    ),
    (
        Rule::DuplicateMember,
        "a member is given twice; the last one counts",
        "take one of them out",
    ),
    (
        Rule::BarePlaceholder,
        "a placeholder is not in quotes",
        "fill in the template first, or put the placeholder into quotes",
    ),
    (
        Rule::NumberTooLarge,
        "a number does not fit into 64 bits",
        "no member of AWS takes so large a number",
    ),
    (
        Rule::TooMuch,
        "the text is longer, or nested deeper, than is read",
        "take a part of it",
    ),
    (
        Rule::NotADefinition,
        "this is not a task definition",
        "paste what `aws ecs describe-task-definition` prints, or an object with `containerDefinitions`",
    ),
    (
        Rule::OtherShape,
        "the file has another shape than registration takes",
        "export it to have what `register-task-definition` takes",
    ),
    (Rule::WrongType, "{0} stands where {1} belongs", "write {1}"),
    (
        Rule::NotAChoice,
        "`{0}` is not one of {1}",
        "write one of them as it stands here",
    ),
    (
        Rule::OutOfRange,
        "{0} is not a whole number from {1} to {2}",
        "write a whole number of this range",
    ),
    (
        Rule::TextForNumber,
        "{0} is written as text; AWS takes {1} without quotes",
        "take the quotes away; the export does",
    ),
    (
        Rule::NumberForText,
        "{0} is written without quotes; AWS takes text",
        "write \"{0}\"; the export does",
    ),
    (
        Rule::ListForObject,
        "a list stands around the one object that belongs here",
        "take the square brackets away",
    ),
    (
        Rule::UnknownMember,
        "AWS knows no `{1}` in {0}",
        "it is kept in the document and left out of the export",
    ),
    (
        Rule::OutputOnly,
        "`{0}` is written by AWS only",
        "it is kept in the document and left out of the export",
    ),
    (
        Rule::NullMember,
        "null stands here; AWS takes it as absent",
        "take it out; the export does",
    ),
    (
        Rule::Placeholder,
        "`{0}` is a placeholder; what will stand there is not checked",
        "check again when the template is filled in",
    ),
    (
        Rule::MissingMember,
        "`{1}` is missing in {0}",
        "AWS requires it; add it",
    ),
    (
        Rule::FamilyName,
        "`{0}` cannot be the name of a family",
        "use 1 to 255 letters, digits, hyphens and underscores",
    ),
    (
        Rule::NoContainers,
        "the task definition has no container",
        "add a container definition",
    ),
    (
        Rule::TooManyContainers,
        "{0} containers are more than the 10 that AWS takes",
        "split the task into two definitions",
    ),
    (
        Rule::TooLarge,
        "the definition has {0} bytes; AWS takes at most 65536",
        "move environment variables into environmentFiles or Parameter Store",
    ),
    (
        Rule::NearlyTooLarge,
        "the definition has {0} bytes and comes close to the 65536 that AWS takes",
        "move environment variables into environmentFiles or Parameter Store",
    ),
    (
        Rule::NoEssential,
        "no container of the task definition is essential",
        "take `\"essential\": false` out of at least one of them",
    ),
    (
        Rule::ContainerNameTaken,
        "another container is called `{0}` too",
        "give each container of the task a name of its own",
    ),
    (
        Rule::TooManyConstraints,
        "{0} placement constraints are more than the 10 that AWS takes",
        "join them with `and` in one expression",
    ),
    (
        Rule::TooManyTags,
        "{0} tags are more than the 50 that AWS takes",
        "take some of them out",
    ),
    (
        Rule::TagKeyTaken,
        "the tag `{0}` is given twice",
        "take one of them out",
    ),
    (
        Rule::TagKeyReserved,
        "`{0}` begins with aws:, which AWS keeps for itself",
        "choose another key",
    ),
    (
        Rule::TagKeyLength,
        "the key of a tag needs 1 to 128 characters",
        "shorten or complete it",
    ),
    (
        Rule::TagValueLength,
        "the value of a tag may have at most 256 characters",
        "shorten it",
    ),
    (
        Rule::TaskCpuRange,
        "task CPU {0} is outside 128 to 196608 CPU units (0.125 to 192 vCPU)",
        "choose a value of this range",
    ),
    (
        Rule::UnreadableSize,
        "`{0}` is not a size",
        "write CPU units or MiB such as \"512\", or with a unit: \"0.5 vCPU\" of CPU, \"1 GB\" of memory",
    ),
    (
        Rule::NamespacesOnWindows,
        "tasks on Windows have no `{0}`",
        "take it out",
    ),
    (
        Rule::HostIpcControl,
        "with ipcMode host, `{0}` would change the host",
        "use ipcMode task, or set the parameter on the host",
    ),
    (
        Rule::NoIpcControl,
        "with ipcMode none, `{0}` has nothing to act on",
        "use ipcMode task, or take the parameter out",
    ),
    (
        Rule::FargateUnstated,
        "this looks made for Fargate, but `requiresCompatibilities` does not say so, and AWS checks none of Fargate's rules",
        "add \"requiresCompatibilities\": [\"FARGATE\"] if it is",
    ),
    (
        Rule::ElasticInference,
        "Elastic Inference has been retired",
        "take the accelerators out",
    ),
    (
        Rule::ProxyContainer,
        "the proxy `{0}` is not a container of the definition",
        "name one of its containers",
    ),
    (
        Rule::ProxyProperty,
        "`{0}` is not a property of the proxy",
        "use one of {1}",
    ),
    (
        Rule::ProxyIncomplete,
        "the proxy needs {0}",
        "add them to its `properties`",
    ),
    (
        Rule::ProxyNetwork,
        "a proxy needs networkMode awsvpc",
        "set networkMode to awsvpc, or take the proxy out",
    ),
    (
        Rule::AppMeshEnded,
        "App Mesh has reached the end of its support",
        "move to Service Connect",
    ),
    (
        Rule::EphemeralStorageSize,
        "{0} GiB is outside the 21 to 200 that Fargate gives",
        "choose 21 to 200, or leave `ephemeralStorage` out for 20",
    ),
    (
        Rule::ArmWindows,
        "ECS has Windows on X86_64 only",
        "use X86_64, or LINUX",
    ),
    (
        Rule::FaultInjection,
        "fault injection works in awsvpc and host mode on Linux only",
        "use such a mode, or take it out",
    ),
    (
        Rule::TrustedExecution,
        "trusted execution is for Managed Instances only",
        "name MANAGED_INSTANCES in requiresCompatibilities, or take it out",
    ),
    (
        Rule::AttestationPolicy,
        "a confidential sandbox needs an attestationPolicy",
        "add the policy",
    ),
    (
        Rule::ExecutionRole,
        "`{0}` uses {1}, for which ECS needs an execution role",
        "add executionRoleArn",
    ),
    (
        Rule::RoleForm,
        "`{1}` is neither a role's name nor its ARN",
        "write the name, or arn:aws:iam::ACCOUNT:role/NAME",
    ),
    (
        Rule::VolumeName,
        "`{0}` cannot be the name of a volume",
        "use 1 to 255 letters, digits, hyphens and underscores",
    ),
    (
        Rule::VolumeNameTaken,
        "another volume is called `{0}` too",
        "give each volume a name of its own",
    ),
    (
        Rule::VolumeKinds,
        "a volume has one kind, not {0} at once",
        "keep one of them, or declare a volume for each",
    ),
    (
        Rule::EmptySourcePath,
        "the path on the host is empty",
        "leave sourcePath out for a directory that lives as long as the task",
    ),
    (
        Rule::RelativeSourcePath,
        "`{0}` does not begin with /, and Docker takes it for the name of a volume",
        "write the path from the root",
    ),
    (
        Rule::Autoprovision,
        "autoprovision is for volumes of scope shared only",
        "set scope to shared, or take it out",
    ),
    (
        Rule::EfsRoot,
        "with an access point the root directory cannot be `{0}`",
        "leave rootDirectory out: the access point has its own",
    ),
    (
        Rule::EfsEncryption,
        "{0} needs transit encryption",
        "set transitEncryption to ENABLED",
    ),
    (
        Rule::EfsPort,
        "{0} is not a port",
        "use 1 to 65535, or leave it out",
    ),
    (
        Rule::EfsPortPlain,
        "port {0} is for encrypted connections, and this one is not",
        "set transitEncryption to ENABLED, or leave the port out",
    ),
    (
        Rule::FsxPlatform,
        "FSx for Windows is for Windows on EC2 only",
        "use EFS on Linux, or run the task on Windows instances",
    ),
    (
        Rule::FsxCredentials,
        "`{0}` is not the ARN of a secret or parameter",
        "write the ARN",
    ),
    (
        Rule::ConfiguredAtLaunch,
        "a second volume is configured at launch; AWS takes one",
        "keep `configuredAtLaunch` on one of them",
    ),
    (
        Rule::UnknownVolume,
        "there is no volume called `{0}`",
        "declare it under `volumes`, or name one that is there",
    ),
    (
        Rule::RelativeContainerPath,
        "`{0}` does not begin with /, and Docker refuses it",
        "write the path from the root",
    ),
    (
        Rule::ContainerPathTaken,
        "another mount of the container is at `{0}` too, and Docker refuses it",
        "mount it elsewhere",
    ),
    (
        Rule::VolumesFrom,
        "`{0}` is not a container of the definition",
        "name another container of the definition",
    ),
    (
        Rule::VolumesFromItself,
        "`{0}` takes volumes from itself",
        "name another container of the definition",
    ),
    (
        Rule::UnusedVolume,
        "no container mounts the volume `{0}`",
        "mount it, or take it out",
    ),
];
