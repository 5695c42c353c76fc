//! Before anything is created: every image is on every engine, or can be pulled to it.

use crate::document::Document;
use crate::execute::{Outcome, Refusal, execute};
use crate::failure::{Complaint, Failure};
use crate::host::Host;
use crate::plan::{self, Operation};
use crate::report::Notice;

/// Asks for every image and pulls what is missing; every image that cannot be had is named.
pub(crate) async fn ensure(
    document: &Document,
    hosts: &[Host],
    notify: &mut dyn FnMut(Notice),
) -> Result<(), Failure> {
    let mut complaints = Vec::new();
    for host in hosts {
        for operation in plan::images(&document.definition) {
            let Operation::InspectImage { image } = &operation else {
                continue;
            };
            match ensure_one(host, image, &operation, notify).await {
                Ok(()) => {}
                Err(Refusal::Answered(why)) => {
                    complaints.extend(complain(document, host, image, &why));
                }
                Err(Refusal::Silent(why)) => return Err(silent(host, &why)),
            }
        }
    }
    if complaints.is_empty() {
        Ok(())
    } else {
        Err(Failure::Document(complaints))
    }
}

async fn ensure_one(
    host: &Host,
    image: &str,
    inspect: &Operation,
    notify: &mut dyn FnMut(Notice),
) -> Result<(), Refusal> {
    match execute(host, inspect).await? {
        Outcome::Done | Outcome::Listed(_) => return Ok(()),
        Outcome::Missing => {}
    }
    let pull = Operation::PullImage {
        image: image.to_owned(),
    };
    notify(Notice::Operation {
        host: host.name.clone(),
        text: pull.to_string(),
    });
    execute(host, &pull).await.map(|_| ())
}

/// Not the document's fault.
fn silent(host: &Host, why: &str) -> Failure {
    let message = format!("`{}` does not answer any more: {why}", host.name);
    Failure::Unusable(Complaint::new(
        message,
        "start its Docker again and try again",
    ))
}

/// One complaint for each container that names the image.
fn complain(document: &Document, host: &Host, image: &str, why: &str) -> Vec<Complaint> {
    let containers = document.definition.container_definitions.iter().enumerate();
    let naming = containers.filter(|(_, container)| container.image == image);
    let why = why.trim_start_matches("CannotPullContainerError: ");
    let message = format!(
        "image `{image}` is not on `{}` and cannot be pulled: {why}",
        host.name
    );
    let hint = "build or load the image there first, or check its name and the registry's access";
    naming
        .map(|(at, _)| {
            let pointer = format!("/containerDefinitions/{at}/image");
            document.complaint(&pointer, &message, Some(hint.to_owned()))
        })
        .collect()
}
