//! A listener as a simulation needs it: its protocol and its rules as a router
//! (load-balancing-and-scaling.md 1.1, 1.2, 3.1).

use crate::id::{LoadBalancerIx, TargetGroupIx};
use crate::routing::{Chosen, Routed, Router};
use alloc::string::String;
use alloc::sync::Arc;

/// A listener.
#[derive(Clone, Debug, PartialEq)]
pub struct Listener {
    /// Our name for it: `load-balancer:port`.
    pub name: String,
    /// Its load balancer.
    pub load_balancer: LoadBalancerIx,
    /// Protocol.
    pub protocol: ListenerProtocol,
    /// Port, 1 to 65535.
    pub port: u16,
    /// Its rules; of a listener that is not HTTP or HTTPS, the default alone, a forward.
    pub router: Arc<Router>,
    /// Whether the design still has it.
    pub present: bool,
}

impl Listener {
    /// The target groups that its rules and its default forward to, one for each mention.
    pub fn target_groups(&self) -> impl Iterator<Item = TargetGroupIx> + '_ {
        let rules = self.router.rules().iter().map(|rule| &rule.routed);
        let all = rules.chain([self.router.action(Chosen::Default)]);
        all.flat_map(Routed::target_groups)
    }
}

/// Protocol of a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListenerProtocol {
    /// HTTP, of an Application Load Balancer.
    Http,
    /// HTTPS, of an Application Load Balancer.
    Https,
    /// TCP.
    Tcp,
    /// TLS.
    Tls,
    /// UDP.
    Udp,
    /// TCP and UDP on one port.
    TcpUdp,
    /// GENEVE, of a Gateway Load Balancer.
    Geneve,
}
