//! `stowplan route`: what a listener does with one request, and why. Nothing runs and nothing is
//! sent: the rules are asked as the simulator asks them.

mod json;
mod listener;
mod request;
mod text;

use crate::design::Opened;
use crate::exit::{Exit, Stop};
use crate::report::safe;
use crate::terminal::Terminal;
use clap::ValueEnum;
use std::net::IpAddr;
use std::path::PathBuf;
use stowplan_core::design::{Action, Design, last_segment};
use stowplan_core::model::{Compiled, Diagnostic, Listener, Model, compile};
use stowplan_core::routing::{Request, Trace};
use stowplan_core::severity::Severity;
use stowplan_core::view::diagnostic_words;

/// Arguments of `stowplan route`.
#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The design
    #[arg(value_name = "DESIGN.stowplan.json")]
    path: PathBuf,
    /// The URL that the client asks for
    #[arg(long, value_name = "URL")]
    url: String,
    /// The listener, as `LOAD-BALANCER:PORT` or ARN [default: the one that the URL means]
    #[arg(long, value_name = "NAME")]
    listener: Option<String>,
    /// Method
    #[arg(long, value_name = "METHOD", default_value = "GET")]
    method: String,
    /// A header, as `NAME: VALUE`; may be given several times, and `Host` replaces the URL's
    #[arg(long = "header", value_name = "HEADER")]
    headers: Vec<String>,
    /// The address that the connection comes from
    #[arg(long, value_name = "IP", default_value = "127.0.0.1", value_parser = address)]
    source_ip: IpAddr,
    /// As if the client had logged in, or carried a valid token
    #[arg(long)]
    authenticated: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

const HELP: &str = "\
Rules are asked by ascending priority, and the first whose conditions are all met decides; those
behind it are not asked and not listed.

JSON is one document: {listener, request: {method, url, host, path, query, headers: [{name,
value}], sourceIp, authenticated}, rules: [{priority, matches, conditions: [{field, values,
compared, matches, why}]}], matchedRulePriority, authentication, status, location, targetGroups:
[{name, weight}], host, url, outcome, registered: [{targetGroup, service, cluster, container,
port, tasks, isAlternate, words}], leftOut: [{priority, pointer, why}]}.
`matchedRulePriority` is 0 for the default rule and -1 where no rule was asked, as in access logs;
`status` is there where the load balancer answers itself. Members are only ever added.

Exit codes: 0 answered, whether by a target group, by a rule or by the load balancer's own refusal,
2 wrong usage or a file that cannot be read, 4 the design has errors; what is sound of it is asked.";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A block for each rule that is asked
    Text,
    /// One JSON document for programs
    Json,
}

/// What is asked, and what came of it.
struct Case<'a> {
    model: &'a Model,
    listener: &'a Listener,
    request: &'a Request,
    trace: &'a Trace,
    left_out: &'a [LeftOut],
}

/// A rule of the listener that takes no part.
struct LeftOut {
    priority: u32,
    pointer: String,
    /// Its first error, in words.
    why: String,
}

pub(crate) fn run(arguments: &Arguments, terminal: &mut Terminal) -> Result<Exit, Stop> {
    let mut request = request::read(arguments).map_err(Stop::unusable)?;
    let Some(unheard) = Opened::unheard(&arguments.path, terminal)? else {
        return Ok(Exit::DocumentErrors);
    };
    let opened = &unheard.opened;
    let compiled = compile(&opened.design, None);
    let wanted = arguments.listener.as_deref();
    let chosen = match listener::choose(&opened.design, &compiled.model, wanted, &request) {
        Ok(chosen) => chosen,
        Err(stop) => {
            // What keeps the listener out may stand anywhere.
            unheard.tell(|_| true, terminal);
            return Err(stop);
        }
    };
    let parts = concerned(&opened.design, chosen.listener);
    unheard.tell(|it| parts.iter().any(|part| is_inside(it, part)), terminal);
    if let Some(note) = listener::aim(&mut request, &chosen) {
        terminal.complain("note", &note);
    }
    let listener = chosen.listener;
    let trace = listener.router.trace(&request);
    let case = Case {
        model: &compiled.model,
        listener,
        request: &request,
        trace: &trace,
        left_out: &left_out(&opened.design, &compiled, listener),
    };
    match arguments.format {
        Format::Text => text::print(&case, terminal),
        Format::Json => json::print(&case, terminal)?,
    }
    Ok(opened.exit())
}

fn address(text: &str) -> Result<IpAddr, String> {
    let read = text.parse();
    read.map_err(|_| "this is not an IPv4 or IPv6 address, such as 203.0.113.7".to_owned())
}

/// Pointers of the listener, of its rules, and of the target groups that these name.
fn concerned(design: &Design, listener: &Listener) -> Vec<String> {
    let mut listeners = design.listeners.iter();
    let Some(at) = listeners.position(|it| it.name() == listener.name) else {
        // Of a Classic Load Balancer, with which it stands.
        let (balancer, _) = listener.name.rsplit_once(':').unwrap_or_default();
        let all = design.load_balancers.iter().enumerate();
        let its = all.filter(|(_, it)| it.name == balancer);
        return its.map(|(at, _)| format!("/loadBalancers/{at}")).collect();
    };
    let written = &design.listeners[at];
    let rules = design.rules.iter().enumerate();
    let rules = rules.filter(|(_, it)| written.is_meant_by(&it.listener_arn));
    let rules: Vec<usize> = rules.map(|(at, _)| at).collect();
    let of_rules = rules.iter().flat_map(|at| &design.rules[*at].actions);
    let actions = written.default_actions.iter().chain(of_rules);
    let named = actions.flat_map(Action::target_groups);
    let named: Vec<&str> = named.map(last_segment).collect();
    let groups = design.target_groups.iter().enumerate();
    let groups = groups.filter(|(_, group)| named.contains(&group.name.as_str()));
    let groups = groups.map(|(at, _)| format!("/targetGroups/{at}"));
    let rules = rules.iter().map(|at| format!("/rules/{at}"));
    let own = core::iter::once(format!("/listeners/{at}"));
    own.chain(rules).chain(groups).collect()
}

/// Whether `pointer` is that of a part, or of something in it.
fn is_inside(pointer: &str, part: &str) -> bool {
    let rest = pointer.strip_prefix(part);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The rules of the listener that have errors, by priority.
fn left_out(design: &Design, compiled: &Compiled, listener: &Listener) -> Vec<LeftOut> {
    let mut written = design.listeners.iter();
    let written = written.find(|it| it.name() == listener.name);
    let rules = design.rules.iter().enumerate();
    let ours = rules.filter(|(_, rule)| {
        written.is_some_and(|listener| listener.is_meant_by(&rule.listener_arn))
    });
    let faulty = ours.filter_map(|(at, rule)| {
        let pointer = format!("/rules/{at}");
        let is_of_it = |it: &&Diagnostic| {
            is_inside(&it.pointer, &pointer) && it.problem.severity() == Severity::Error
        };
        let error = compiled.diagnostics.iter().find(is_of_it)?;
        Some(LeftOut {
            priority: rule.priority,
            why: safe(&diagnostic_words(error).message),
            pointer,
        })
    });
    let mut left_out: Vec<LeftOut> = faulty.collect();
    left_out.sort_by_key(|it| it.priority);
    left_out
}
