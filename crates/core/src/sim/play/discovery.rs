//! What an operator does about Cloud Map.

use crate::control::Observation;
use crate::id::RegistryIx;
use crate::sim::select::hinted;
use crate::sim::world::World;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

impl World {
    /// A registry that the document no longer has may still have records.
    pub(super) fn deregister_records(
        &self,
        name: &str,
        seen: &mut Vec<Observation>,
    ) -> Result<(), String> {
        let registries = self.model.registries.iter();
        let mut found = registries.clone();
        let found = found.position(|it| it.name == name || it.full_name() == name);
        let registry = found.ok_or_else(|| {
            let known = registries.map(|it| it.name.as_str());
            hinted(
                format!("no Cloud Map service is called `{name}`"),
                name,
                known,
            )
        })?;
        let registry = RegistryIx::from_at(registry);
        let mut records = self.control.records_of(registry);
        if !records.any(|record| record.left_behind) {
            return Err("no record was left behind".into());
        }
        seen.push(Observation::RecordsRemoved { registry });
        Ok(())
    }
}
