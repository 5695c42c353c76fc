//! Rules of names and images (task-definition.md 2.3).

use super::{Context, Findings, Rule, item, literal, within};
use crate::taskdef::ContainerDefinition;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;

/// Longest image reference by tag; of one by digest, only what stands before `@` counts.
const IMAGE_MAX: usize = 255;

pub(super) fn identity(found: &mut Findings, context: &Context<'_>) {
    let mut known = BTreeSet::new();
    for (at, container) in context.definition.container_definitions.iter().enumerate() {
        let pointer = item("", "containerDefinitions", at);
        if let Some(name) = literal(&container.name) {
            if !super::is_name(name) {
                let place = place(&pointer, container, "name");
                found.add(Rule::ContainerName, place, [name]);
            } else if !known.insert(name) {
                found.add(Rule::ContainerNameTaken, within(&pointer, "name"), [name]);
            }
        }
        image(found, context, at, container);
        registry_credentials(found, &pointer, container);
    }
}

fn image(found: &mut Findings, context: &Context<'_>, at: usize, container: &ContainerDefinition) {
    let pointer = item("", "containerDefinitions", at);
    let Some(image) = literal(&container.image) else {
        return;
    };
    if image.is_empty() {
        let place = place(&pointer, container, "image");
        found.add(Rule::NoImage, place, [&context.called(at)]);
    } else if !is_image(image) {
        found.add(Rule::ImageForm, within(&pointer, "image"), [image]);
    }
}

/// C03: an ARN has to be a secret's; anything else is taken for a secret's name.
fn registry_credentials(found: &mut Findings, pointer: &str, container: &ContainerDefinition) {
    let Some(credentials) = &container.repository_credentials else {
        return;
    };
    if let Some(from) = literal(&credentials.credentials_parameter)
        && from.starts_with("arn:")
        && !(from.contains(":secretsmanager:") && from.contains(":secret:"))
    {
        let pointer = within(pointer, "repositoryCredentials/credentialsParameter");
        found.add(Rule::RegistryCredentials, pointer, [from]);
    }
}

/// A member that is there but empty is wrong at its own place, a missing one at its container's.
fn place(pointer: &str, container: &ContainerDefinition, member: &str) -> String {
    let is_there = container.extra.contains_key(member)
        || match member {
            "name" => !container.name.is_empty(),
            _ => !container.image.is_empty(),
        };
    if is_there {
        format!("{pointer}/{member}")
    } else {
        pointer.into()
    }
}

/// C02: letters, digits and `-_:./#` in at most 255 characters, or a digest behind `@`. AWS's own
/// samples write `<placeholders>` into it, which [`literal`] leaves out.
fn is_image(image: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_:./#".contains(c);
    let (name, digest) = match image.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (image, None),
    };
    let is_digest = |digest: &str| {
        let hex = digest.strip_prefix("sha256:");
        hex.is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    !name.is_empty()
        && name.len() <= IMAGE_MAX
        && name.chars().all(allowed)
        && digest.is_none_or(is_digest)
}
