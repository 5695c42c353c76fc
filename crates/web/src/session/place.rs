//! Where new parts go: what a drop on the canvas means, and what "add" means without a place.

use super::tool::Cargo;
use super::{Item, Session};
use stowplan_core::design::{Design, Edit, Part, last_segment};
use stowplan_core::scene::{Point, Subject, Target};

/// The type that a host gets where there is none to copy.
const INSTANCE_TYPE: &str = "t3.medium";

impl Session {
    pub(super) fn add(&mut self, item: Item) {
        let selected = match &self.selection {
            Some(Subject::Part(part)) => Some(part.clone()),
            Some(Subject::Task(_)) | None => None,
        };
        let zone = selected
            .as_ref()
            .and_then(|part| zone_of(self.shown().design, part));
        let zone = zone.or_else(|| emptiest_zone(self.shown().design));
        self.make(item, selected.as_ref(), zone);
    }

    pub(super) fn place(&mut self, item: Item, at: Point) {
        let at = self.camera.to_scene(at);
        let under = self.scene.hit(at).and_then(Target::part).cloned();
        let zone = self.scene.zone_at(at).map(String::from);
        self.make(item, under.as_ref(), zone);
    }

    pub(super) fn drop_cargo(&mut self, cargo: Cargo, at: Point) {
        match cargo {
            Cargo::New(item) => self.place(item, at),
            Cargo::Host(id) => self.move_host(&id, at),
            Cargo::Rule { listener, priority } => {
                let at = self.camera.to_scene(at);
                let to = self.scene.rule_slot(&listener, priority, at);
                self.edit(
                    Edit::MoveRule {
                        listener,
                        priority,
                        to,
                    },
                    None,
                );
            }
        }
    }

    fn move_host(&mut self, id: &str, at: Point) {
        let Some(zone) = self
            .scene
            .zone_at(self.camera.to_scene(at))
            .map(String::from)
        else {
            return self.complain("a host stands in a zone: drop it on one".into());
        };
        let part = Part::ContainerInstance(id.into());
        if let Some(pointer) = part.pointer(self.shown().design) {
            let pointer = format!("{pointer}/availabilityZone");
            self.edit(
                Edit::Set {
                    pointer,
                    value: Some(zone.into()),
                },
                None,
            );
            self.selection = Some(Subject::Part(part));
        }
    }

    fn make(&mut self, item: Item, near: Option<&Part>, zone: Option<String>) {
        match edit_for(self.shown().design, item, near, zone) {
            Ok(edit) => self.edit(edit, None),
            Err(advice) => self.complain(advice.into()),
        }
    }
}

/// The edit that adds `item` near a part.
fn edit_for(
    design: &Design,
    item: Item,
    near: Option<&Part>,
    zone: Option<String>,
) -> Result<Edit, &'static str> {
    match item {
        Item::Zone => Ok(Edit::AddZone),
        Item::LoadBalancer => Ok(Edit::AddLoadBalancer),
        Item::Host => {
            let availability_zone = zone.ok_or("a host stands in a zone: drop it on one")?;
            let like = design.container_instances.last();
            let instance_type = like
                .map_or(INSTANCE_TYPE, |host| &host.instance_type)
                .to_string();
            Ok(Edit::AddContainerInstance {
                availability_zone,
                instance_type,
            })
        }
        Item::Service => {
            let cluster = design
                .clusters
                .first()
                .ok_or("there is no cluster to put a service in")?;
            Ok(Edit::AddService {
                cluster: cluster.cluster_name.clone(),
            })
        }
        Item::TargetGroup => Ok(Edit::AddTargetGroup {
            service: service_for_group(design, near),
        }),
        Item::Rule => {
            let listener = listener_near(design, near).ok_or("add a load balancer first")?;
            let target_group = group_near(design, near).ok_or("add a target group first")?;
            Ok(Edit::AddRule {
                listener,
                target_group,
            })
        }
    }
}

/// The service under the drop, or the first that has no target group yet.
fn service_for_group(design: &Design, near: Option<&Part>) -> Option<String> {
    if let Some(Part::Service(name)) = near {
        return Some(name.clone());
    }
    let mut without = design
        .services
        .iter()
        .filter(|service| service.load_balancers.is_empty());
    without.next().map(|service| service.service_name.clone())
}

fn listener_near(design: &Design, near: Option<&Part>) -> Option<String> {
    match near {
        Some(Part::Listener(name) | Part::Rule(name, _)) => Some(name.clone()),
        Some(Part::LoadBalancer(name)) => {
            let of_it = |listener: &&stowplan_core::design::Listener| {
                last_segment(&listener.load_balancer_arn) == name
            };
            Some(design.listeners.iter().find(of_it)?.name())
        }
        Some(
            Part::Zone(_)
            | Part::Cluster(_)
            | Part::ContainerInstance(_)
            | Part::TaskDefinition(_)
            | Part::Service(_)
            | Part::TargetGroup(_),
        )
        | None => Some(design.listeners.first()?.name()),
    }
}

/// The target group under the drop, else the first that no rule leads to, else the first.
fn group_near(design: &Design, near: Option<&Part>) -> Option<String> {
    if let Some(Part::TargetGroup(name)) = near {
        return Some(name.clone());
    }
    let named = |name: &str| {
        let actions = design.rules.iter().flat_map(|rule| &rule.actions);
        let mut groups = actions.flat_map(stowplan_core::design::Action::target_groups);
        groups.any(|group| last_segment(group) == name)
    };
    let loose = design
        .target_groups
        .iter()
        .find(|group| !named(&group.name));
    loose
        .or(design.target_groups.first())
        .map(|group| group.name.clone())
}

/// The zone that a part is or stands in.
fn zone_of(design: &Design, part: &Part) -> Option<String> {
    match part {
        Part::Zone(name) => Some(name.clone()),
        Part::ContainerInstance(id) => {
            let mut hosts = design.container_instances.iter();
            hosts
                .find(|host| host.ec2_instance_id == *id)
                .map(|host| host.availability_zone.clone())
        }
        Part::Cluster(_)
        | Part::TaskDefinition(_)
        | Part::Service(_)
        | Part::LoadBalancer(_)
        | Part::Listener(_)
        | Part::Rule(..)
        | Part::TargetGroup(_) => None,
    }
}

/// The zone with the fewest hosts, the first of them.
fn emptiest_zone(design: &Design) -> Option<String> {
    let hosts = |zone: &String| {
        let hosts = design.container_instances.iter();
        hosts.filter(|host| host.availability_zone == *zone).count()
    };
    design.zones().into_iter().min_by_key(hosts)
}
