//! A routed request for programs. The shape is part of the contract: members are added, never
//! renamed or taken away; the command's help lists them.

use super::Case;
use crate::exit::Stop;
use crate::terminal::{Look, Terminal};
use anyhow::Context;
use serde::Serialize;
use std::net::IpAddr;
use stowplan_core::view::{RegisteredReport, RouteReport, registered_reports, route_report};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    listener: &'a str,
    request: RequestEntry<'a>,
    #[serde(flatten)]
    report: RouteReport,
    registered: Vec<RegisteredReport<'a>>,
    left_out: Vec<LeftOutEntry<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestEntry<'a> {
    method: &'a str,
    url: String,
    host: &'a str,
    path: &'a str,
    query: Option<&'a str>,
    headers: Vec<HeaderEntry<'a>>,
    source_ip: IpAddr,
    authenticated: bool,
}

#[derive(Serialize)]
struct HeaderEntry<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Serialize)]
struct LeftOutEntry<'a> {
    priority: u32,
    pointer: &'a str,
    why: &'a str,
}

pub(super) fn print(case: &Case<'_>, terminal: &mut Terminal) -> Result<(), Stop> {
    let groups = case.trace.outcome.asked_groups().into_iter();
    let document = Document {
        listener: &case.listener.name,
        request: request(case),
        report: route_report(case.model, case.trace),
        registered: groups
            .flat_map(|group| registered_reports(case.model, group))
            .collect(),
        left_out: case.left_out.iter().map(entry).collect(),
    };
    let text = serde_json::to_string_pretty(&document).context("cannot write JSON")?;
    terminal.line(Look::Plain, &text);
    Ok(())
}

fn entry(left_out: &super::LeftOut) -> LeftOutEntry<'_> {
    LeftOutEntry {
        priority: left_out.priority,
        pointer: &left_out.pointer,
        why: &left_out.why,
    }
}

fn request<'a>(case: &Case<'a>) -> RequestEntry<'a> {
    let request = case.request;
    let headers = request.headers.iter();
    RequestEntry {
        method: &request.method,
        url: stowplan_core::view::url_of(request),
        host: &request.host,
        path: &request.path,
        query: request.query.as_deref(),
        headers: headers
            .map(|(name, value)| HeaderEntry { name, value })
            .collect(),
        source_ip: request.source_ip,
        authenticated: request.authenticated,
    }
}
