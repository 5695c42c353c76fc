//! Inputs that break something about containers and images, and mend it.

use crate::id::{ServiceIx, TaskId};
use crate::sim::agent::Container;
use crate::sim::faults::{Degradation, Faults, registry};
use crate::sim::input::{Check, Share, Whom};
use crate::sim::select::hinted;
use crate::sim::world::World;
use crate::time::Millis;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

/// An image by its reference, or the main one of a service.
#[derive(Clone, Copy)]
pub(super) struct Image<'a> {
    pub(super) image: &'a Option<String>,
    pub(super) service: &'a Option<String>,
}

/// Tasks that are there, and the service if all of it is meant.
struct Meant {
    tasks: Vec<TaskId>,
    service: Option<ServiceIx>,
}

impl World {
    fn faults(&mut self) -> &mut Faults {
        Arc::make_mut(&mut self.faults)
    }

    fn meant(&self, of: &Whom) -> Result<Meant, String> {
        match (&of.task, &of.service) {
            (Some(_), Some(_)) => Err("name a task or a service, not both".into()),
            (None, None) => Err("name a task or a service".into()),
            (Some(selector), None) => Ok(Meant {
                tasks: self.select_tasks(selector)?,
                service: None,
            }),
            (None, Some(name)) => {
                let service = self.find_service(name)?;
                let tasks = self.agents.iter();
                let tasks = tasks.filter(|(_, agent)| agent.service == service);
                Ok(Meant {
                    tasks: tasks.map(|(task, _)| *task).collect(),
                    service: Some(service),
                })
            }
        }
    }

    /// Refuses a container that the service does not have.
    fn check_container(&self, meant: &Meant, name: Option<&str>) -> Result<(), String> {
        let (Some(service), Some(name)) = (meant.service, name) else {
            return Ok(());
        };
        let definition = self.model.service(service).task_definition;
        let containers = &self
            .model
            .definition(definition)
            .document
            .container_definitions;
        if containers.iter().any(|it| it.name == name) {
            return Ok(());
        }
        let known = containers.iter().map(|it| it.name.as_str());
        let sentence = format!(
            "{} has no container `{name}`",
            self.model.service(service).name
        );
        Err(hinted(sentence, name, known))
    }

    /// Refuses checks that nobody makes.
    fn has_checks(&self, meant: &Meant, (own, targets): (bool, bool)) -> Result<(), String> {
        let of_tasks = meant.tasks.iter().filter_map(|task| self.agents.get(task));
        let of_tasks = of_tasks.map(|agent| (agent.service, agent.definition));
        let of_service = meant.service.into_iter();
        let of_service = of_service.map(|at| (at, self.model.service(at).task_definition));
        let mut all = of_tasks.chain(of_service);
        let is_checked = all.any(|(service, definition)| {
            let document = &self.model.definition(definition).document;
            let mut containers = document.container_definitions.iter();
            (own && containers.any(|it| it.health_check.is_some()))
                || (targets && !self.model.service(service).targets.is_empty())
        });
        let what = match (own, targets) {
            (true, true) | (false, false) => "health check",
            (true, false) => "health check of a container",
            (false, true) => "health check of a target group",
        };
        is_checked
            .then_some(())
            .ok_or_else(|| format!("there is no {what} to fail"))
    }

    /// Changes the named container of each task, or all of them.
    fn each_container(
        &mut self,
        meant: &Meant,
        name: Option<&str>,
        change: impl Fn(&mut Container),
    ) -> Result<(), String> {
        let mut places = Vec::new();
        for task in &meant.tasks {
            let place = name.map(|name| self.find_container(*task, Some(name)));
            // Of a service's tasks some may be of another revision, without that container.
            match place.transpose() {
                Ok(place) => places.push((*task, place)),
                Err(reason) if meant.service.is_none() => return Err(reason),
                Err(_) => {}
            }
        }
        for (task, place) in places {
            let Some(agent) = self.agent(task) else {
                continue;
            };
            let containers = agent.containers.iter_mut().enumerate();
            for (_, container) in containers.filter(|(at, _)| place.is_none_or(|it| it == *at)) {
                change(container);
            }
        }
        Ok(())
    }

    pub(super) fn break_checks(
        &mut self,
        of: &Whom,
        container: Option<&str>,
        check: Check,
        broken: bool,
    ) -> Result<(), String> {
        let meant = self.meant(of)?;
        let (own, targets) = match check {
            Check::Both => (true, true),
            Check::Container => (true, false),
            Check::Target => (false, true),
        };
        self.check_container(&meant, container)?;
        if broken {
            self.has_checks(&meant, (own, targets))?;
        }
        // What is broken for a whole service is told there; what is mended, everywhere.
        if own && (meant.service.is_none() || !broken) {
            self.each_container(&meant, container, |it| it.fails_checks = broken)?;
        }
        for task in meant.tasks.iter().filter(|_| targets) {
            if let Some(agent) = self.agent(*task)
                && (meant.service.is_none() || !broken)
            {
                agent.fails_probes = broken;
            }
        }
        if let Some(service) = meant.service {
            let name = container.map(String::from);
            let fault = self.faults().service(service);
            match (own, broken, name) {
                (true, true, name) => drop(fault.checks.insert(name)),
                (true, false, None) => fault.checks.clear(),
                (true, false, name) => drop(fault.checks.remove(&name)),
                (false, ..) => {}
            }
            if targets {
                fault.targets = broken;
            }
        }
        self.recheck_all(&meant);
        Ok(())
    }

    fn recheck_all(&mut self, meant: &Meant) {
        for task in &meant.tasks {
            self.recheck(*task);
        }
    }

    pub(super) fn slow_start(&mut self, service: &str, seconds: Option<u32>) -> Result<(), String> {
        let service = self.find_service(service)?;
        let startup = seconds.map(|seconds| Millis::seconds(u64::from(seconds)));
        self.faults().service(service).startup = startup;
        Ok(())
    }

    /// Makes containers answer late or with errors, or as they used to.
    pub(super) fn degrade(
        &mut self,
        of: &Whom,
        container: Option<&str>,
        worse: Option<(u32, Share)>,
    ) -> Result<(), String> {
        let meant = self.meant(of)?;
        self.check_container(&meant, container)?;
        let degraded = worse.map(|(latency_ms, errors)| Degradation {
            latency: Millis(u64::from(latency_ms)),
            errors_ppm: errors.ppm,
        });
        let Some(service) = meant.service else {
            self.each_container(&meant, container, |it| it.degraded = degraded)?;
            self.recheck_all(&meant);
            return Ok(());
        };
        // What is told of the service holds for all of its tasks, whatever was told of them.
        self.each_container(&meant, container, |it| it.degraded = None)?;
        let known = &mut self.faults().service(service).degraded;
        match (degraded, container.map(String::from)) {
            (Some(worse), name) => drop(known.insert(name, worse)),
            (None, None) => known.clear(),
            (None, name) => drop(known.remove(&name)),
        }
        self.recheck_all(&meant);
        Ok(())
    }

    /// The image reference that is meant.
    fn image(&self, meant: Image<'_>) -> Result<String, String> {
        match (meant.image, meant.service) {
            (Some(_), Some(_)) => Err("name an image or a service, not both".into()),
            (None, None) => Err("name an image or a service".into()),
            (Some(image), None) => {
                let known = self.images();
                if known.contains(image.as_str()) {
                    return Ok(image.clone());
                }
                let sentence = format!("no task definition has the image `{image}`");
                Err(hinted(sentence, image, known.into_iter()))
            }
            (None, Some(service)) => {
                let service = self.model.service(self.find_service(service)?);
                let document = &self.model.definition(service.task_definition).document;
                let mut containers = document.container_definitions.iter();
                let main = containers.find(|it| it.is_essential());
                main.map(|it| it.image.clone())
                    .ok_or_else(|| format!("service `{}` has no image", service.name))
            }
        }
    }

    fn images(&self) -> BTreeSet<&str> {
        let definitions = self.model.task_definitions.iter();
        let containers = definitions.flat_map(|it| &it.document.container_definitions);
        containers.map(|it| it.image.as_str()).collect()
    }

    pub(super) fn fail_image(&mut self, meant: Image<'_>) -> Result<(), String> {
        let image = self.image(meant)?;
        self.faults().images.insert(image);
        Ok(())
    }

    pub(super) fn restore_image(&mut self, meant: Image<'_>) -> Result<(), String> {
        let image = self.image(meant)?;
        if self.faults().images.remove(&image) {
            return Ok(());
        }
        Err(format!("the registry has the image `{image}`"))
    }

    pub(super) fn fail_registry(&mut self, name: Option<&str>) -> Result<(), String> {
        let Some(name) = name else {
            self.faults().all_registries = true;
            return Ok(());
        };
        let known: BTreeSet<&str> = self.images().into_iter().map(registry).collect();
        if !known.contains(name) {
            let sentence = format!("no image comes from the registry `{name}`");
            return Err(hinted(sentence, name, known.into_iter()));
        }
        self.faults().registries.insert(name.into());
        Ok(())
    }

    pub(super) fn recover_registry(&mut self, name: Option<&str>) -> Result<(), String> {
        let faults = self.faults();
        match name {
            None => {
                faults.all_registries = false;
                faults.registries.clear();
                Ok(())
            }
            Some(name) if faults.registries.remove(name) => Ok(()),
            Some(name) => Err(format!("registry `{name}` has not failed by itself")),
        }
    }
}
