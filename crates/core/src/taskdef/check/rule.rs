//! The rules that a task definition is checked by: their stable ids, how bad it is to break them,
//! and where they come from. [`crate::view`] words them.

use crate::severity::Severity::{self, Error, Info, Warning};

/// Declares the rules in the order of their numbers.
macro_rules! rules {
    ($( $(#[doc = $about:literal])+ $rule:ident = $number:literal $severity:ident $source:literal; )+) => {
        /// A rule. Error: AWS refuses the definition, or it cannot be read. Warning: AWS takes
        /// it, but it fails or does something else than it says. Info: worth knowing.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $( $(#[doc = $about])+ $rule, )+ }

        impl Rule {
            /// All rules by number.
            pub const ALL: &'static [Self] = &[$(Self::$rule),+];

            /// The stable id.
            #[must_use]
            pub const fn id(self) -> &'static str {
                match self { $(Self::$rule => concat!("TD", $number)),+ }
            }

            /// How bad it is to break it.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $(Self::$rule => $severity),+ }
            }

            /// The paragraph of the reference task-definition.md that states it.
            #[must_use]
            pub const fn source(self) -> &'static str {
                match self { $(Self::$rule => $source),+ }
            }
        }
    };
}

rules! {
    // Reading
    /// The text is not JSON.
    NotJson = "001" Error "3";
    /// A comment or trailing comma, which AWS's tools refuse.
    NotStrictJson = "002" Error "3";
    /// A member is given twice.
    DuplicateMember = "003" Error "3";
    /// A placeholder outside quotes.
    BarePlaceholder = "004" Error "3";
    /// A number that 64 bits do not hold.
    NumberTooLarge = "005" Error "3";
    /// More text, values or nesting than is read.
    TooMuch = "006" Error "3";
    /// The file holds no task definition.
    NotADefinition = "007" Error "3";
    /// The file has another shape than registration takes.
    OtherShape = "008" Info "3";
    /// A value of the wrong type.
    WrongType = "009" Error "1.1";
    /// A text that is not one of those allowed.
    NotAChoice = "010" Error "1.1";
    /// A number outside what the type holds.
    OutOfRange = "011" Error "1.1";
    /// A number or flag written as text.
    TextForNumber = "012" Warning "3";
    /// A text written as a number or flag.
    NumberForText = "013" Warning "3";
    /// A list around the one object that belongs there.
    ListForObject = "014" Warning "7.5";
    /// A member that AWS does not know.
    UnknownMember = "015" Warning "1.2";
    /// A member that only AWS writes.
    OutputOnly = "016" Info "1.2";
    /// A member that is null.
    NullMember = "017" Info "3";
    /// A placeholder, whose value is not checked.
    Placeholder = "018" Info "3";
    /// A member that the API requires.
    MissingMember = "019" Error "1.1";

    // The definition
    /// The family's name.
    FamilyName = "020" Error "T01";
    /// There is no container.
    NoContainers = "021" Error "T02";
    /// More than 10 containers.
    TooManyContainers = "022" Error "T02";
    /// More than 65,536 bytes.
    TooLarge = "023" Error "T03";
    /// Close to 65,536 bytes.
    NearlyTooLarge = "024" Warning "T03";
    /// No container is essential.
    NoEssential = "025" Error "T04";
    /// Two containers share a name.
    ContainerNameTaken = "026" Error "T05";
    /// More than 10 placement constraints.
    TooManyConstraints = "027" Error "T07";
    /// More than 50 tags.
    TooManyTags = "028" Error "T08";
    /// Two tags share a key.
    TagKeyTaken = "029" Error "T08";
    /// A key that begins with `aws:`.
    TagKeyReserved = "030" Error "T08";
    /// A key of the wrong length.
    TagKeyLength = "031" Error "T08";
    /// A value that is too long.
    TagValueLength = "032" Error "T08";
    /// Task CPU outside what is taken.
    TaskCpuRange = "033" Error "T09";
    /// Task CPU or memory that is not a size.
    UnreadableSize = "034" Error "T10";
    /// Shared process ids or shared memory on Windows.
    NamespacesOnWindows = "035" Error "T11";
    /// Kernel parameters of shared memory that is the host's.
    HostIpcControl = "036" Error "T12";
    /// Kernel parameters of shared memory that is not there.
    NoIpcControl = "037" Warning "T12";
    /// It looks as if made for Fargate, but nothing says so.
    FargateUnstated = "038" Info "T14";
    /// Elastic Inference has been retired.
    ElasticInference = "039" Warning "T15";
    /// The proxy is no container of the definition.
    ProxyContainer = "040" Error "T16";
    /// A property that the proxy does not have.
    ProxyProperty = "041" Error "T16";
    /// Properties that the proxy needs.
    ProxyIncomplete = "042" Error "T16";
    /// A proxy outside awsvpc mode.
    ProxyNetwork = "043" Error "T16";
    /// App Mesh has ended.
    AppMeshEnded = "044" Warning "T16";
    /// Size of the task's own disk.
    EphemeralStorageSize = "045" Error "T17";
    /// ARM64 with Windows.
    ArmWindows = "046" Error "T18";
    /// Fault injection where it does nothing.
    FaultInjection = "047" Warning "T19";
    /// Trusted execution outside Managed Instances.
    TrustedExecution = "048" Warning "T20";
    /// A confidential sandbox without policy.
    AttestationPolicy = "049" Error "T20";
    /// No execution role, though one is needed.
    ExecutionRole = "050" Error "T21";
    /// What is neither a role's name nor its ARN.
    RoleForm = "051" Warning "T21";

    // Volumes
    /// A volume's name.
    VolumeName = "052" Error "V01";
    /// Two volumes share a name.
    VolumeNameTaken = "053" Error "V01";
    /// A volume is two things at once.
    VolumeKinds = "054" Error "V02";
    /// An empty path of the host.
    EmptySourcePath = "055" Error "V03";
    /// A relative path of the host.
    RelativeSourcePath = "056" Warning "V03";
    /// autoprovision without scope shared.
    Autoprovision = "057" Error "V05";
    /// A root directory beside an access point.
    EfsRoot = "058" Error "V06";
    /// An access point or IAM without encryption.
    EfsEncryption = "059" Error "V06";
    /// What is not a port.
    EfsPort = "060" Error "V06";
    /// A port for encrypted connections without encryption.
    EfsPortPlain = "061" Error "V06";
    /// FSx outside Windows on EC2.
    FsxPlatform = "062" Error "V07";
    /// Credentials of FSx that are no ARN.
    FsxCredentials = "063" Error "V07";
    /// Two volumes configured at launch.
    ConfiguredAtLaunch = "064" Error "V08";
    /// A mount of a volume that is not declared.
    UnknownVolume = "065" Error "V09";
    /// A relative path inside a container.
    RelativeContainerPath = "066" Warning "V09";
    /// Two mounts at one path.
    ContainerPathTaken = "067" Warning "V09";
    /// Volumes of a container that is not there.
    VolumesFrom = "068" Error "V10";
    /// Volumes of itself.
    VolumesFromItself = "069" Error "V10";
    /// A volume that nobody mounts.
    UnusedVolume = "070" Info "V11";

    // Name, image and sizes
    /// A container's name.
    ContainerName = "071" Error "C01";
    /// A container without image.
    NoImage = "072" Error "C02";
    /// What is not an image reference.
    ImageForm = "073" Error "C02";
    /// A container without memory.
    NoMemory = "074" Error "S01";
    /// More is reserved than may be used.
    ReservationAboveMemory = "075" Error "S03";
    /// A container may use more than its task.
    MemoryAboveTask = "076" Error "S04";
    /// The containers reserve more memory than their task has.
    MemorySum = "077" Error "S05";
    /// The containers reserve more CPU than their task has.
    CpuSum = "078" Error "S06";
    /// Less memory than Docker takes.
    MemoryBelowDocker = "079" Warning "S07";
    /// A size of shared memory or of a file system in memory.
    MemoryFileSize = "080" Warning "S10";
    /// A negative size of swap.
    MaxSwapRange = "081" Warning "S10";
    /// A readiness to swap outside 0 to 100.
    SwappinessRange = "082" Warning "S10";
    /// swappiness without maxSwap.
    SwappinessAlone = "083" Warning "S10";

    // Ports and network
    /// Host port and container port differ where they are one.
    HostPortDiffers = "084" Error "P02";
    /// Two containers of one network share a port.
    ContainerPortTaken = "085" Error "P03";
    /// Ports or links without a network.
    NoNetwork = "086" Error "P04";
    /// Networking taken away where it cannot be.
    DisableNetworking = "087" Error "P04";
    /// Two mappings want one host port.
    HostPortTaken = "088" Error "P05";
    /// A host port that the instance itself uses.
    HostPortReserved = "089" Warning "P06";
    /// A mapping without a port.
    NoContainerPort = "090" Error "P08";
    /// What is not a range of ports.
    PortRange = "091" Error "P09";
    /// A port beside a range.
    PortRangeAlone = "092" Error "P09";
    /// A range where ranges are not taken.
    PortRangeNetwork = "093" Error "P09";
    /// A range that overlaps another mapping.
    PortRangeOverlap = "094" Error "P09";
    /// More than 100 ranges.
    TooManyPortRanges = "095" Error "P09";
    /// A mapping's name.
    PortName = "096" Error "P10";
    /// Two mappings share a name.
    PortNameTaken = "097" Error "P10";
    /// appProtocol without a name.
    AppProtocol = "098" Error "P10";
    /// One port with two protocols.
    PortProtocols = "099" Error "P11";
    /// One port mapped twice.
    PortTwice = "100" Warning "P11";
    /// Links outside bridge mode.
    LinksNetwork = "101" Error "P12";
    /// A link to no container.
    LinkTarget = "102" Error "P12";
    /// Links in a circle.
    LinkCycle = "103" Error "P12";
    /// Names and DNS where the network belongs to the task.
    NetworkField = "104" Error "P13";
    /// extraHosts on the host's network.
    ExtraHostsOnHost = "105" Warning "P13";
    /// What is not a search domain.
    SearchDomain = "106" Error "P14";
    /// A port that Windows on Fargate keeps.
    WindowsPort = "107" Error "P16";

    // Process, environment, security
    /// A command that is one text.
    CommandText = "108" Error "R01";
    /// An environment value that is not text.
    EnvironmentValue = "109" Error "R02";
    /// A name in both environment and secrets, or twice in secrets.
    SecretName = "110" Error "R03";
    /// A variable given twice.
    EnvironmentTwice = "111" Warning "R03";
    /// A variable without a value.
    EnvironmentNoValue = "112" Warning "R03";
    /// What a secret cannot come from.
    SecretSource = "113" Warning "R04";
    /// More than 10 files of environment variables.
    TooManyEnvironmentFiles = "114" Error "R05";
    /// Files of environment variables for Windows on Fargate.
    EnvironmentFilesOnWindows = "115" Error "R05";
    /// A file of environment variables that is no object of S3.
    EnvironmentFileArn = "116" Error "R05";
    /// A file of environment variables with another ending.
    EnvironmentFileEnding = "117" Error "R05";
    /// What is not a user.
    UserForm = "118" Warning "R06";
    /// A relative working directory.
    RelativeDirectory = "119" Warning "R07";
    /// A member that Windows does not have.
    WindowsField = "120" Error "R08";
    /// A security option that is not taken.
    SecurityOption = "121" Error "R09";
    /// More than one credential spec.
    TooManyCredentialSpecs = "122" Error "R10";
    /// What is not a credential spec.
    CredentialSpec = "123" Error "R10";
    /// What is not a capability.
    Capability = "124" Error "R11";
    /// What is not an option of mount.
    MountOption = "125" Error "R13";
    /// A soft limit above the hard one.
    UlimitOrder = "126" Error "R15";
    /// More open files than are taken.
    UlimitFiles = "127" Error "R15";
    /// A kernel parameter that containers cannot have.
    SystemControl = "128" Error "R16";
    /// Network parameters on the host's network.
    SystemControlNetwork = "129" Error "R16";
    /// A value beside a sharing strategy.
    ResourceShared = "130" Error "R17";
    /// What is not a number of GPUs.
    GpuValue = "131" Error "R17";
    /// A number of Neuron devices.
    NeuronValue = "132" Error "R17";
    /// An accelerator that is not declared.
    UnknownAccelerator = "133" Error "R17";
    /// A time to stop or start that is not taken.
    Timeout = "134" Error "R19";
    /// A time before restarts that is not taken.
    RestartPeriod = "135" Error "R20";
    /// More than 50 exit codes.
    IgnoredExitCodes = "136" Error "R20";

    // Order, health, logs
    /// A dependency on no container.
    DependencyTarget = "137" Error "O01";
    /// A dependency on itself.
    DependsOnItself = "138" Error "O01";
    /// Dependencies in a circle.
    DependencyCycle = "139" Error "O01";
    /// The end of an essential container is waited for.
    EssentialEnd = "140" Error "O02";
    /// The health of a container without check is waited for.
    NeverHealthy = "141" Error "O03";
    /// Nobody waits for the proxy.
    ProxyOrder = "142" Warning "O04";
    /// Links, volumes and dependencies in a circle.
    MixedCycle = "143" Warning "O05";
    /// A health check that Docker would never execute.
    HealthCommand = "144" Error "H01";
    /// A health check's numbers.
    HealthRange = "145" Error "H02";
    /// A check that may take longer than the time between two.
    HealthTimeout = "146" Warning "H03";
    /// A log driver that the platform does not have.
    LogDriverPlatform = "147" Error "L01";
    /// Options that awslogs needs.
    AwslogsMissing = "148" Error "L02";
    /// What is not a log mode.
    LogModeValue = "149" Error "L02";
    /// A buffer for a mode that has none.
    BufferMode = "150" Error "L02";
    /// Two ways to tell lines apart.
    MultilineTwice = "151" Error "L02";
    /// An option that awslogs does not have.
    AwslogsUnknown = "152" Error "L02";
    /// awslogs no longer blocks by default.
    LogMode = "153" Info "L03";
    /// Logs for a router that is not there.
    NoRouter = "154" Error "L04";
    /// A router that gets no logs.
    RouterUnused = "155" Error "L04";
    /// An option that the router does not have.
    FirelensOption = "156" Error "L05";
    /// What is neither true nor false.
    FirelensMetadata = "157" Error "L05";
    /// What is not a place of configuration.
    FirelensConfigType = "158" Error "L05";
    /// Configuration in S3 on Fargate.
    FargateFirelensConfig = "159" Error "L05";
    /// An option is both plain and secret.
    SecretOption = "160" Error "L07";

    // Fargate
    /// Fargate without awsvpc.
    FargateNetwork = "161" Error "2.8";
    /// Fargate without task CPU or memory.
    FargateSize = "162" Error "2.8";
    /// A CPU that Fargate does not have.
    FargateCpu = "163" Error "2.8";
    /// A memory that Fargate does not have with the CPU.
    FargateMemory = "164" Error "2.8";
    /// A member that Fargate refuses.
    FargateField = "165" Error "2.8";
    /// Capabilities that Fargate does not give.
    FargateCapability = "166" Error "R11";
    /// Limits that Fargate does not honour.
    FargateUlimit = "167" Warning "R15";
    /// The host's process ids on Fargate.
    FargatePidMode = "168" Error "T11";

    // ECS Anywhere
    /// awsvpc outside AWS.
    ExternalNetwork = "169" Error "2.9";
    /// A feature that hosts outside AWS do not have.
    ExternalField = "170" Error "2.9";

    // Ids are for good, so what came later stands here.
    /// A network mode that Windows does not have.
    WindowsNetwork = "171" Error "T06";
    /// What credentials of a registry cannot come from.
    RegistryCredentials = "172" Error "C03";
    /// A restart policy for Windows on Fargate.
    RestartPolicyOnWindows = "173" Error "R20";
    /// A second log router.
    RouterIgnored = "174" Warning "L04";
    /// A share of a GPU that is none.
    GpuShare = "175" Error "1.1";
    /// An expression that the cluster query language does not have.
    ConstraintExpression = "176" Error "T07";
    /// A constraint that does not say which hosts.
    ConstraintWithoutExpression = "177" Error "T07";
}

impl Rule {
    /// Whether what is wrong is the name of a member, not its value.
    #[must_use]
    pub const fn is_of_a_name(self) -> bool {
        matches!(
            self,
            Self::UnknownMember | Self::OutputOnly | Self::AwslogsUnknown | Self::FirelensOption
        )
    }

    /// Whether the place as a whole has to go, so that what else is wrong with it is moot.
    pub(super) const fn refuses(self) -> bool {
        matches!(
            self,
            Self::NamespacesOnWindows
                | Self::FsxPlatform
                | Self::NoNetwork
                | Self::DisableNetworking
                | Self::LinksNetwork
                | Self::NetworkField
                | Self::EnvironmentFilesOnWindows
                | Self::WindowsField
                | Self::FargateField
                | Self::ExternalField
                | Self::RestartPolicyOnWindows
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_count_up_without_gaps() {
        for (at, rule) in Rule::ALL.iter().enumerate() {
            assert_eq!(rule.id(), alloc::format!("TD{:03}", at + 1));
        }
    }
}
