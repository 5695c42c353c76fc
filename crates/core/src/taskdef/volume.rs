//! Volumes of a task definition (task-definition.md 1.1 and 2.2).

use super::choices::{Switch, VolumeScope};
use super::shape::structure;
use alloc::collections::BTreeMap;
use alloc::string::String;

structure! {
    /// A volume that containers of the task can mount. With a name only it lives as long as the task.
    Volume {
        /// Name, unique within the definition.
        name: Option<String> = "name",
        /// A directory of the host.
        host: Option<HostVolumeProperties> = "host",
        /// A volume of Docker; EC2 and EXTERNAL only.
        docker_volume_configuration: Option<DockerVolumeConfiguration> = "dockerVolumeConfiguration",
        /// A file system of EFS.
        efs_volume_configuration: Option<EfsVolumeConfiguration> = "efsVolumeConfiguration",
        /// A file system of S3 Files.
        s3files_volume_configuration: Option<S3FilesVolumeConfiguration> = "s3filesVolumeConfiguration",
        /// A file system of FSx for Windows; Windows on EC2 only.
        fsx_volume_configuration: Option<FsxWindowsFileServerVolumeConfiguration> = "fsxWindowsFileServerVolumeConfiguration",
        /// Whether the service or run states what it is, as for EBS.
        configured_at_launch: Option<bool> = "configuredAtLaunch",
    }

    /// A directory of the host.
    HostVolumeProperties {
        /// Its path; absent means one that lives as long as the task.
        source_path: Option<String> = "sourcePath",
    }

    /// A volume of Docker.
    DockerVolumeConfiguration {
        /// How long it lives; absent means as long as the task.
        scope: Option<VolumeScope> = "scope",
        /// Whether a shared volume is made where it does not exist.
        autoprovision: Option<bool> = "autoprovision",
        /// Docker's volume driver; absent means local.
        driver: Option<String> = "driver",
        /// The driver's options.
        driver_opts: Option<BTreeMap<String, String>> = "driverOpts",
        /// Labels put on the volume.
        labels: Option<BTreeMap<String, String>> = "labels",
    }

    /// A file system of EFS.
    EfsVolumeConfiguration as "EFSVolumeConfiguration" {
        /// Its id.
        file_system_id: String = required "fileSystemId",
        /// Directory that is mounted; absent or `/` where an access point is used.
        root_directory: Option<String> = "rootDirectory",
        /// Whether what travels is encrypted; absent means it is not.
        transit_encryption: Option<Switch> = "transitEncryption",
        /// Port of the encrypted connection, 1 to 65535.
        transit_encryption_port: Option<i32> = "transitEncryptionPort",
        /// Who may mount it.
        authorization_config: Option<EfsAuthorizationConfig> = "authorizationConfig",
    }

    /// Who may mount a file system of EFS.
    EfsAuthorizationConfig as "EFSAuthorizationConfig" {
        /// An access point, which needs encryption.
        access_point_id: Option<String> = "accessPointId",
        /// Whether the task role is asked, which needs encryption.
        iam: Option<Switch> = "iam",
    }

    /// A file system of S3 Files.
    S3FilesVolumeConfiguration {
        /// Its ARN.
        file_system_arn: String = required "fileSystemArn",
        /// Directory that is mounted.
        root_directory: Option<String> = "rootDirectory",
        /// Port of the encrypted connection.
        transit_encryption_port: Option<i32> = "transitEncryptionPort",
        /// ARN of an access point.
        access_point_arn: Option<String> = "accessPointArn",
    }

    /// A file system of FSx for Windows.
    FsxWindowsFileServerVolumeConfiguration as "FSxWindowsFileServerVolumeConfiguration" {
        /// Its id.
        file_system_id: String = required "fileSystemId",
        /// Directory that is mounted.
        root_directory: String = required "rootDirectory",
        /// Who may mount it.
        authorization_config: Option<FsxAuthorizationConfig> = required "authorizationConfig",
    }

    /// Who may mount a file system of FSx for Windows.
    FsxAuthorizationConfig as "FSxWindowsFileServerAuthorizationConfig" {
        /// ARN of the secret or parameter with the credentials.
        credentials_parameter: String = required "credentialsParameter",
        /// Domain of Active Directory.
        domain: String = required "domain",
    }
}
