//! Which listener a request goes to: the one that is named, or the one that the URL means.

use crate::design::unknown;
use crate::exit::Stop;
use crate::report::safe;
use stowplan_core::design::Design;
use stowplan_core::model::{Listener, ListenerProtocol, Model};
use stowplan_core::routing::{Protocol, Request};
use stowplan_core::view::{listener_note, nearest_name};
use stowplan_runner::Complaint;

/// A listener, and whether it was found by the URL alone among several.
pub(super) struct Choice<'a> {
    pub(super) listener: &'a Listener,
    is_guess: bool,
}

/// The listener that `wanted` names, or that the request means.
pub(super) fn choose<'a>(
    design: &Design,
    model: &'a Model,
    wanted: Option<&str>,
    request: &Request,
) -> Result<Choice<'a>, Stop> {
    let present: Vec<&Listener> = model.listeners.iter().filter(|it| it.present).collect();
    match (wanted, present.as_slice()) {
        (Some(name), _) => Ok(Choice {
            listener: named(design, &present, name)?,
            is_guess: false,
        }),
        (None, [only]) => Ok(Choice {
            listener: only,
            is_guess: false,
        }),
        (None, []) => Err(Stop::unusable(Complaint {
            message: "the design has no listener that could take the request".into(),
            hint: Some("add one to `listeners`, or mend those that have errors".into()),
        })),
        (None, several) => meant(model, several, request),
    }
}

fn named<'a>(design: &Design, all: &[&'a Listener], name: &str) -> Result<&'a Listener, Stop> {
    let mut written = design.listeners.iter();
    let written = written.find(|it| it.is_meant_by(name));
    // Those of a Classic Load Balancer stand with it, and have no ARN.
    let classic = || design.classic_listeners().find(|it| it == name);
    let Some(meant) = written
        .map(stowplan_core::design::Listener::name)
        .or_else(classic)
    else {
        let names: Vec<String> = all.iter().map(|it| it.name.clone()).collect();
        let near = nearest_name(name, names.iter().map(String::as_str));
        return Err(match near {
            None => unknown("listener", &safe(name), &names),
            Some(near) => Stop::unusable(Complaint {
                message: format!("there is no listener called `{}`", safe(name)),
                hint: Some(format!("did you mean `{near}`?")),
            }),
        });
    };
    let found = all.iter().find(|it| it.name == meant);
    found.copied().ok_or_else(|| {
        Stop::unusable(Complaint {
            message: format!("`{meant}` is left out because of its errors"),
            hint: Some("mend them first".into()),
        })
    })
}

/// Of several listeners the only one at the port of the URL; of several such the one whose load
/// balancer has the name that the host begins with, as its DNS name does.
fn meant<'a>(
    model: &Model,
    several: &[&'a Listener],
    request: &Request,
) -> Result<Choice<'a>, Stop> {
    let at_port = several.iter().filter(|it| it.port == request.port);
    let at_port: Vec<&Listener> = at_port.copied().collect();
    let label = request.host.split('.').next().unwrap_or_default();
    let is_named = |it: &&&Listener| {
        let name = model.load_balancer(it.load_balancer).name.as_str();
        let rest = label.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    let by_host: Vec<&&Listener> = at_port.iter().filter(is_named).collect();
    let found = match (at_port.as_slice(), by_host.as_slice()) {
        ([only], _) => Some(*only),
        (_, [only]) => Some(**only),
        _ => None,
    };
    if let Some(listener) = found {
        return Ok(Choice {
            listener,
            is_guess: true,
        });
    }
    let names: Vec<String> = several.iter().map(|it| format!("`{}`", it.name)).collect();
    let message = if at_port.is_empty() {
        format!("no listener has the port {} of the URL", request.port)
    } else {
        format!(
            "several listeners have the port {} of the URL",
            request.port
        )
    };
    Err(Stop::unusable(Complaint {
        message,
        hint: Some(format!("name one by --listener: {}", names.join(", "))),
    }))
}

/// Sends the request to the listener, whatever port and scheme its URL names; tells of it where
/// something was chosen for the user.
pub(super) fn aim(request: &mut Request, choice: &Choice<'_>) -> Option<Complaint> {
    let listener = choice.listener;
    let protocol = match listener.protocol {
        ListenerProtocol::Http => Some(Protocol::Http),
        ListenerProtocol::Https => Some(Protocol::Https),
        ListenerProtocol::Tcp
        | ListenerProtocol::Tls
        | ListenerProtocol::Udp
        | ListenerProtocol::TcpUdp
        | ListenerProtocol::Geneve => None,
    };
    let differs =
        listener.port != request.port || protocol.is_some_and(|it| it != request.protocol);
    let note = listener_note(listener, choice.is_guess, differs);
    request.port = listener.port;
    request.protocol = protocol.unwrap_or(request.protocol);
    note.map(|words| Complaint {
        message: words.message,
        hint: words.hint,
    })
}
