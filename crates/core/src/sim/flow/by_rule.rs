//! How often each rule is chosen now, for the picture: metrics of CloudWatch know target groups
//! only.

use super::routes::Routes;
use crate::routing::Chosen;
use crate::sim::traffic::Micro;
use crate::sim::world::World;
use alloc::collections::BTreeMap;
use alloc::string::String;

impl World {
    /// Requests per second that the rules of each listener decide about at this moment, in
    /// millionths, by the listener's name and the rule's priority (`None` for the default actions).
    /// Those that are asked again after a failure are left out, as are those that a load balancer
    /// answers before it asks a rule.
    #[must_use]
    pub fn rule_rates(&self) -> BTreeMap<(String, Option<u32>), Micro> {
        let routes = Routes {
            model: self.model(),
            control: self.control(),
            design: self.design(),
        };
        let mut rates = BTreeMap::new();
        for source in self.traffic().iter() {
            let Some(listener) = routes.listener(&source.listener) else {
                continue;
            };
            let rate = source.requests_per_second.rate(self.now());
            let mix = source.mix();
            let total: u32 = mix.iter().map(|it| it.weight).sum();
            for asked in &mix {
                let request = routes.request(listener, asked);
                if listener.router.refusal(&request).is_some() {
                    continue;
                }
                let priority = match listener.router.choose(&request) {
                    Chosen::Rule(at) => listener.router.rules().get(at as usize),
                    Chosen::Default => None,
                };
                let key = (listener.name.clone(), priority.map(|rule| rule.priority));
                let share = rate * u64::from(asked.weight) / u64::from(total.max(1));
                *rates.entry(key).or_default() += share;
            }
        }
        rates
    }
}
