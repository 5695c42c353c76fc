//! Hue is the service, everywhere: its tiles, its target groups, its card and its charts.

use super::shape::HUES;
use crate::design::{Design, last_segment};
use crate::model::Model;

/// The hue of a service: its index in the model, which outlives edits; a service with an error
/// has no index and takes its place in the document.
#[must_use]
pub fn hue_of_service(design: &Design, model: &Model, name: &str) -> u8 {
    let in_model = || {
        model
            .services
            .iter()
            .position(|service| service.name == name)
    };
    let in_document = || {
        design
            .services
            .iter()
            .position(|service| service.service_name == name)
    };
    let at = in_model().or_else(in_document).unwrap_or_default();
    u8::try_from(at % usize::from(HUES)).unwrap_or_default()
}

/// The hue of the first service that registers with a target group.
#[must_use]
pub fn hue_of_target_group(design: &Design, model: &Model, group: &str) -> Option<u8> {
    let service = design.services.iter().find(|service| {
        service
            .load_balancers
            .iter()
            .any(|wire| last_segment(&wire.target_group_arn) == group)
    })?;
    Some(hue_of_service(design, model, &service.service_name))
}
