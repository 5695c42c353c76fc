//! What AWS leaves open or only traces show, each a named setting with its reason.
//!
//! Section numbers are those of `reference/ecs.md` unless another file is named.

use crate::routing::RoutingSettings;
use crate::time::{Instant, Millis};

/// Modelling choices. `Default` is what the simulator uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How often the service scheduler looks at its services. Unpublished; posted traces fit
    /// cycles of about 10 s (3.9).
    pub scheduler_tick: Millis,
    /// How long everything must stay as it is until a deployment counts as completed and the
    /// service as steady. Two posted traces show 52 s (3.9).
    pub stability_confirmation: Millis,
    /// A task without load balancer or container checks is healthy so long after RUNNING.
    /// Documented: 40 s (3.2).
    pub healthy_without_checks: Millis,
    /// Whether STOPPING tasks count towards the upper bound. AWS contradicts itself; the newer
    /// and stricter text counts them (3.3).
    pub count_stopping: bool,
    /// From registration to a target's first health check. Documented only as "seconds to
    /// minutes"; load-balancing-and-scaling.md 2.3 suggests 5 to 15 s.
    pub target_registration: Millis,
    /// Passing checks until a new target is healthy. The load balancer's guide says one, an ECS
    /// guide computes with the healthy threshold; the former owns the behaviour (2.3 there).
    pub first_passes_to_healthy: u32,
    /// Attaching a network interface to an `awsvpc` task: "several seconds" (1.1).
    pub eni_attachment: Millis,
    /// How fast a host pulls images in MiB/s. Our guess for a Nitro host and ECR in Region.
    pub pull_mib_per_second: u64,
    /// Pull of an image that the host already has: only its manifest is asked for. Our guess.
    pub cached_pull: Millis,
    /// How long an agent waits for a registry that does not answer until the pull has failed.
    /// Docker's client gives up on a request after 15 s; what the agent repeats is not told apart.
    pub registry_timeout: Millis,
    /// How long an agent goes on trying until it reports that an image cannot be pulled. Posted
    /// cases trip a circuit breaker of three in 8 to 12 minutes (3.7), which leaves about this.
    pub pull_retries: Millis,
    /// Creating and starting a container once its image is there. Our guess.
    pub container_start: Millis,
    /// From the order to the agent's first act, and from an end to its report. Our guess.
    pub agent_latency: Millis,
    /// Seconds until SIGKILL where a container does not say. Documented: 30 s (1.3).
    pub stop_timeout: Millis,
    /// Most tasks that one service launches in a minute, spread evenly over its ticks.
    /// Documented: 500 on EC2 (3.1).
    pub launches_per_minute: u32,
    /// Failed launches in a row that are retried at once, and the first delay after them; it
    /// doubles up to `launch_delay_max`. The curve is unpublished (3.6).
    pub launch_failures_free: u32,
    /// First delay between launches once throttled (3.6, our choice).
    pub launch_delay_first: Millis,
    /// Longest delay between launches. Documented: 27 minutes (3.6).
    pub launch_delay_max: Millis,
    /// From launching or starting a host until its agent is there. ECS does not say how long that
    /// takes; 60 to 120 s is usual (5.4).
    pub instance_boot: Millis,
    /// From the notice to the end of a Spot instance. Documented by EC2: two minutes.
    pub spot_notice: Millis,
    /// When the container of a revision that was deployed in order to fail ends. Our choice:
    /// after it counts as started, before a check could pass it.
    pub bad_revision_exit: Millis,
    /// How long a revision that was deployed in order to start slowly takes. Our choice: longer
    /// than any usual grace period.
    pub bad_revision_startup: Millis,
    /// The calendar moment at which a run starts, in seconds since 1970: hosts register by it
    /// where `registeredAt` is asked for. Ours: 2026-01-01T00:00:00Z, since no clock is read.
    pub epoch_seconds: i64,
    /// How long zones stay as they are after moving tasks between them came to nothing. Not
    /// documented; as long as between launches that keep failing (2.13).
    pub rebalance_pause: Millis,
    /// How long a load balancer waits for a target to take a connection. Documented: 10 s
    /// (load-balancing-and-scaling.md 1.6).
    pub target_connect_timeout: Millis,
    /// Whether a target group whose targets are all `initial` fails open, as one whose targets are
    /// all unhealthy does. Not documented (load-balancing-and-scaling.md 1.8); 503 is only seen of
    /// empty groups.
    pub initial_targets_fail_open: bool,
    /// How long clients believe what DNS said of a load balancer's name. Documented: 60 s
    /// (load-balancing-and-scaling.md 1.6).
    pub dns_ttl: Millis,
    /// Whether tasks that end because their service was deleted leave their Cloud Map records
    /// behind. The guide says that what Cloud Map has must be cleaned up by hand, and Cloud Map
    /// deletes no service that has instances; that a service deleted by force leaves records of
    /// its tasks is what people report (hashicorp/terraform-provider-aws 4853).
    pub deleted_service_leaves_records: bool,
    /// A message that still holds is said again after this time. Documented: 6 hours (3.9).
    pub event_repeat: Millis,
    /// How long after its minute a point of a load balancer's metrics can be seen. No figure is
    /// guaranteed; AWS's own benchmark fits 60 to 120 s (load-balancing-and-scaling.md 4.4).
    pub metric_delay_elb: Millis,
    /// How long after its minute a point of ECS's metrics can be seen; as above.
    pub metric_delay_ecs: Millis,
    /// Whether RequestCountPerTarget divides by registered targets. The guide says "each target";
    /// the usual reading is healthy ones (load-balancing-and-scaling.md 4.3).
    pub count_registered_targets: bool,
    /// How requests are routed (load-balancing-and-scaling.md 1.3 to 1.5).
    pub routing: RoutingSettings,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            scheduler_tick: Millis::seconds(10),
            stability_confirmation: Millis::seconds(50),
            healthy_without_checks: Millis::seconds(40),
            count_stopping: true,
            target_registration: Millis::seconds(10),
            first_passes_to_healthy: 1,
            eni_attachment: Millis::seconds(5),
            pull_mib_per_second: 40,
            cached_pull: Millis(500),
            registry_timeout: Millis::seconds(15),
            pull_retries: Millis::seconds(150),
            container_start: Millis(700),
            agent_latency: Millis(300),
            stop_timeout: Millis::seconds(30),
            launches_per_minute: 500,
            launch_failures_free: 3,
            launch_delay_first: Millis::seconds(15),
            launch_delay_max: Millis::minutes(27),
            rebalance_pause: Millis::minutes(27),
            instance_boot: Millis::seconds(90),
            spot_notice: Millis::seconds(120),
            bad_revision_exit: Millis::seconds(3),
            bad_revision_startup: Millis::minutes(15),
            epoch_seconds: 1_767_225_600,
            target_connect_timeout: Millis::seconds(10),
            initial_targets_fail_open: true,
            dns_ttl: Millis::seconds(60),
            deleted_service_leaves_records: true,
            event_repeat: Millis::minutes(360),
            metric_delay_elb: Millis::seconds(90),
            metric_delay_ecs: Millis::seconds(90),
            count_registered_targets: false,
            routing: RoutingSettings::default(),
        }
    }
}

impl Settings {
    /// Most tasks that one service launches in one tick; at least one.
    #[must_use]
    pub fn launches_per_tick(&self) -> u32 {
        let share = u64::from(self.launches_per_minute) * self.scheduler_tick.0 / 60_000;
        u32::try_from(share).unwrap_or(u32::MAX).max(1)
    }

    /// The number of the tick that `now` falls into.
    #[must_use]
    pub fn tick_of(&self, now: Instant) -> u64 {
        now.0 / self.scheduler_tick.0.max(1)
    }

    /// Delay before the next launch after `failures` launches in a row never reached RUNNING.
    #[must_use]
    pub fn launch_delay(&self, failures: u32) -> Millis {
        match failures.checked_sub(self.launch_failures_free) {
            None => Millis::ZERO,
            Some(over) => {
                let factor = 1_u64.checked_shl(over).unwrap_or(u64::MAX);
                let delay = self.launch_delay_first.0.saturating_mul(factor);
                Millis(delay.min(self.launch_delay_max.0))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn launch_delays_double_up_to_the_documented_ceiling() {
        let delays = |failures| Settings::default().launch_delay(failures);
        assert_eq!(delays(2), Millis::ZERO);
        assert_eq!(delays(3), Millis::seconds(15));
        assert_eq!(delays(5), Millis::seconds(60));
        assert_eq!(delays(100), Millis::minutes(27));
    }
}
