//! A request that somebody tries: the fields as they stand, what is wrong with them, what the
//! listener does with the request and why, and the way it takes over the canvas.

use crate::session::Shown;
use std::net::IpAddr;
use std::sync::Arc;
use stowplan_core::control::{ControlState, TargetHealth, Task};
use stowplan_core::design::Part;
use stowplan_core::id::TargetGroupIx;
use stowplan_core::model::{Listener, ListenerProtocol, Model};
use stowplan_core::routing::{Chosen, Forwarded, Outcome, Protocol, Request, Trace, is_token};
use stowplan_core::scene::{Route, Subject};
use stowplan_core::sim::traffic::TrafficFault;
use stowplan_core::view::{
    RuleReport, authentication_words, chosen_words, route_report, share_words, traffic_fault_words,
};

/// A field of the tester.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestField {
    /// The listener that is asked, by our name for it.
    Listener,
    /// Method.
    Method,
    /// URL.
    Url,
    /// Headers, one `Name: value` on a line.
    Headers,
    /// The address that the request comes from.
    SourceIp,
}

impl RequestField {
    /// All, in the order of the form.
    pub const ALL: [Self; 5] = [
        Self::Listener,
        Self::Method,
        Self::Url,
        Self::Headers,
        Self::SourceIp,
    ];

    /// Its name.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Listener => "Listener",
            Self::Method => "Method",
            Self::Url => "URL",
            Self::Headers => "Headers",
            Self::SourceIp => "Source IP",
        }
    }

    const fn at(self) -> usize {
        match self {
            Self::Listener => 0,
            Self::Method => 1,
            Self::Url => 2,
            Self::Headers => 3,
            Self::SourceIp => 4,
        }
    }
}

/// What was typed into the fields; `None` where nothing was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed([Option<String>; 5]);

impl Typed {
    /// Sets a field.
    pub fn set(&mut self, field: RequestField, text: String) {
        self.0[field.at()] = Some(text);
    }

    fn get(&self, field: RequestField) -> Option<&str> {
        self.0[field.at()].as_deref()
    }
}

/// The tester as it is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tested {
    /// Listeners to choose from.
    pub listeners: Vec<String>,
    values: [String; 5],
    faults: [Option<String>; 5],
    /// Something to know about the URL that is no mistake.
    pub note: Option<String>,
    /// What becomes of the request; `None` while a field is wrong.
    pub answer: Option<Answer>,
}

/// What becomes of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// One sentence.
    pub sentence: String,
    /// Which rule decided.
    pub chosen: String,
    /// More about it: name and value.
    pub facts: Vec<(&'static str, String)>,
    /// The rules that were asked, in order, the one that decided last.
    pub rules: Vec<Rule>,
    /// How many rules were not asked any more.
    pub unasked: usize,
    /// Its way over the canvas.
    pub route: Option<Arc<Route>>,
}

/// A rule that was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its priority, or `default`.
    pub name: String,
    /// Whether it decides.
    pub decides: bool,
    /// Why in one line: the first condition that was not met, or the last that was.
    pub why: String,
    /// Every condition: whether it was met, and the line.
    pub conditions: Vec<(bool, String)>,
}

impl Tested {
    /// The text of a field.
    #[must_use]
    pub fn value(&self, field: RequestField) -> &str {
        &self.values[field.at()]
    }

    /// What is wrong with it.
    #[must_use]
    pub fn fault(&self, field: RequestField) -> Option<&str> {
        self.faults[field.at()].as_deref()
    }

    /// The way over the canvas.
    #[must_use]
    pub fn route(&self) -> Option<&Arc<Route>> {
        self.answer.as_ref()?.route.as_ref()
    }
}

/// Asks the listener.
#[must_use]
pub fn tested(shown: &Shown<'_>, typed: &Typed) -> Tested {
    let there = shown.model.listeners.iter().filter(|it| it.present);
    let there: Vec<&Listener> = there.collect();
    let mut tested = Tested {
        listeners: there.iter().map(|it| it.name.clone()).collect(),
        ..Tested::default()
    };
    let wanted = typed.get(RequestField::Listener);
    let found = there.iter().find(|it| Some(it.name.as_str()) == wanted);
    let found = found.or(there.first()).copied();
    for field in RequestField::ALL {
        let text = typed.get(field).map(String::from);
        tested.values[field.at()] = text.unwrap_or_else(|| default(shown.model, field, found));
    }
    let Some(listener) = found else {
        let fault = "there is no listener: add a load balancer, and send its requests somewhere";
        tested.faults[RequestField::Listener.at()] = Some(fault.into());
        return tested;
    };
    tested.values[RequestField::Listener.at()].clone_from(&listener.name);
    if let Some(request) = request(listener, &mut tested) {
        let trace = listener.router.trace(&request);
        tested.answer = Some(answer(shown, listener, &trace));
    }
    tested
}

/// What stands in a field where nothing was typed.
fn default(model: &Model, field: RequestField, listener: Option<&Listener>) -> String {
    match (field, listener) {
        (RequestField::Method, _) => "GET".into(),
        (RequestField::SourceIp, _) => "127.0.0.1".into(),
        (RequestField::Url, Some(listener)) => {
            let scheme = match protocol(listener) {
                Protocol::Http => "http",
                Protocol::Https => "https",
            };
            let balancer = &model.load_balancer(listener.load_balancer).name;
            let port = if listener.port == protocol(listener).default_port() {
                String::new()
            } else {
                format!(":{}", listener.port)
            };
            format!("{scheme}://{balancer}{port}/")
        }
        (RequestField::Listener | RequestField::Url | RequestField::Headers, _) => String::new(),
    }
}

const fn protocol(listener: &Listener) -> Protocol {
    match listener.protocol {
        ListenerProtocol::Https | ListenerProtocol::Tls => Protocol::Https,
        ListenerProtocol::Http
        | ListenerProtocol::Tcp
        | ListenerProtocol::Udp
        | ListenerProtocol::TcpUdp
        | ListenerProtocol::Geneve => Protocol::Http,
    }
}

/// The request that the fields mean; notes what is wrong with each.
fn request(listener: &Listener, tested: &mut Tested) -> Option<Request> {
    let mut request = match Request::from_url(tested.value(RequestField::Url).trim()) {
        Ok(request) => Some(request),
        Err(error) => {
            tested.faults[RequestField::Url.at()] = Some(error.to_string());
            None
        }
    };
    let method = tested.value(RequestField::Method).trim().to_string();
    if !is_token(&method) {
        let fault = fault_words(&TrafficFault::Method(method.clone()));
        tested.faults[RequestField::Method.at()] = Some(fault);
        request = None;
    }
    let headers = headers(tested.value(RequestField::Headers));
    let source_ip = source_ip(tested.value(RequestField::SourceIp));
    if let Err(fault) = &headers {
        tested.faults[RequestField::Headers.at()] = Some(fault.clone());
    }
    if let Err(fault) = &source_ip {
        tested.faults[RequestField::SourceIp.at()] = Some(fault.clone());
    }
    let (mut request, headers) = (request?, headers.ok()?);
    tested.note = note(listener, &request);
    request.protocol = protocol(listener);
    request.port = listener.port;
    request.method = method;
    request.source_ip = source_ip.ok()?;
    for (name, value) in headers {
        if name.eq_ignore_ascii_case("host") {
            request.host = value;
        } else {
            request.headers.push((name, value));
        }
    }
    Some(request)
}

fn fault_words(fault: &TrafficFault) -> String {
    let words = traffic_fault_words(fault);
    match words.hint {
        Some(hint) => format!("{}; {hint}", words.message),
        None => words.message,
    }
}

/// A URL of another port is asked here all the same, and told.
fn note(listener: &Listener, request: &Request) -> Option<String> {
    let (asked, own) = (request.protocol.name(), protocol(listener).name());
    let differs = asked != own || request.port != listener.port;
    differs.then(|| {
        format!(
            "the URL asks {asked} :{}; it is tried as if it came to {own} :{}",
            request.port, listener.port
        )
    })
}

fn headers(text: &str) -> Result<Vec<(String, String)>, String> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let header = |line: &str| match line.split_once(':') {
        Some((name, value)) if is_token(name.trim()) => {
            Ok((name.trim().to_string(), value.trim().to_string()))
        }
        Some((name, _)) => Err(fault_words(&TrafficFault::Header(name.trim().into()))),
        None => Err(format!("`{}` is not `Name: value`", line.trim())),
    };
    lines.map(header).collect()
}

fn source_ip(text: &str) -> Result<IpAddr, String> {
    let text = text.trim();
    let read = text.parse();
    read.map_err(|_| format!("`{text}` is not an address of IPv4 or IPv6, such as 203.0.113.7"))
}

fn answer(shown: &Shown<'_>, listener: &Listener, trace: &Trace) -> Answer {
    let report = route_report(shown.model, trace);
    let is_default = trace.chosen == Some(Chosen::Default);
    let default = is_default.then(|| Rule {
        name: "default".into(),
        decides: true,
        why: "no rule matches".into(),
        conditions: Vec::new(),
    });
    let asked = trace.rules.len();
    let mut facts = Vec::new();
    if let Some(authentication) = trace.authentication {
        facts.push((
            "authentication",
            authentication_words(authentication).into(),
        ));
    }
    if let Some(status) = report.status {
        facts.push(("status", status.to_string()));
    }
    if let Some(location) = report.location {
        facts.push(("Location", location));
    }
    if let Outcome::Forwarded(forwarded) = &trace.outcome {
        forwarded_facts(shown, forwarded, &mut facts);
    }
    Answer {
        sentence: report.outcome,
        chosen: chosen_words(trace.chosen, &trace.rules),
        facts,
        rules: report.rules.into_iter().map(rule).chain(default).collect(),
        unasked: match trace.chosen {
            Some(_) => listener.router.rules().len() - asked,
            None => 0,
        },
        route: trace
            .chosen
            .map(|_| Arc::new(route(shown, listener, trace))),
    }
}

fn rule(report: RuleReport) -> Rule {
    let mut conditions = report.conditions.iter();
    let broken = conditions.find(|it| !it.matches);
    let telling = broken.or(report.conditions.last());
    Rule {
        name: report.priority.to_string(),
        decides: report.matches,
        why: telling.map(|it| it.why.clone()).unwrap_or_default(),
        conditions: report
            .conditions
            .into_iter()
            .map(|it| (it.matches, it.why))
            .collect(),
    }
}

fn forwarded_facts(
    shown: &Shown<'_>,
    forwarded: &Forwarded,
    facts: &mut Vec<(&'static str, String)>,
) {
    for group in &forwarded.groups {
        let name = &shown.model.target_group(group.target_group).name;
        let permille = u64::from(group.weight) * 1000 / u64::from(forwarded.total.max(1));
        let share = share_words(u32::try_from(permille).unwrap_or(u32::MAX));
        let targets = shown.control.map_or_else(String::new, |control| {
            let all = targets(control, group.target_group).count();
            let healthy = healthy(control, group.target_group).count();
            format!(", healthy {healthy}/{all}")
        });
        let weight = group.weight;
        facts.push((
            "target group",
            format!("{name} {share} (weight {weight}){targets}"),
        ));
    }
    if !forwarded.rewritings.is_empty() {
        let sent = format!("{}{}", forwarded.host, forwarded.url);
        facts.push(("sent as", sent));
    }
}

/// Tasks in a target group that new requests may go to, and their health there.
fn targets(
    control: &ControlState,
    group: TargetGroupIx,
) -> impl Iterator<Item = (Subject, TargetHealth)> {
    let open = move |task: &Task| {
        let mut targets = task.targets.iter();
        let target = targets.find(|it| it.target_group == group)?;
        match target.health {
            TargetHealth::Initial | TargetHealth::Healthy | TargetHealth::Unhealthy => {
                Some(target.health)
            }
            TargetHealth::Draining | TargetHealth::Unused => None,
        }
    };
    let tasks = control.tasks.iter();
    tasks.filter_map(move |(id, task)| Some((Subject::Task(*id), open(task)?)))
}

fn healthy(control: &ControlState, group: TargetGroupIx) -> impl Iterator<Item = Subject> {
    let targets = targets(control, group);
    targets.filter_map(|(subject, health)| (health == TargetHealth::Healthy).then_some(subject))
}

fn route(shown: &Shown<'_>, listener: &Listener, trace: &Trace) -> Route {
    let groups = trace.outcome.asked_groups();
    let decided = match trace.chosen {
        Some(Chosen::Rule(_)) => trace.rules.last(),
        Some(Chosen::Default) | None => None,
    };
    let name = |at: &TargetGroupIx| shown.model.target_group(*at).name.clone();
    Route {
        listener: listener.name.clone(),
        rule: decided.map(|rule| rule.priority),
        ends: groups.iter().flat_map(|it| ends(shown, *it)).collect(),
        groups: groups.iter().map(name).collect(),
    }
}

/// Who answers for a group: its healthy tasks, all of them where none is healthy, as a load
/// balancer fails open; on the document, its services.
fn ends(shown: &Shown<'_>, group: TargetGroupIx) -> Vec<Subject> {
    let Some(control) = shown.control else {
        let services = shown.model.present_services();
        let of_group = services.filter(|(_, service)| {
            let mut targets = service.targets.iter();
            targets.any(|it| it.target_group == group)
        });
        return of_group
            .map(|(_, service)| Subject::Part(Part::Service(service.name.clone())))
            .collect();
    };
    let healthy: Vec<Subject> = healthy(control, group).collect();
    if healthy.is_empty() {
        return targets(control, group)
            .map(|(subject, _)| subject)
            .collect();
    }
    healthy
}

#[cfg(test)]
mod tests;
