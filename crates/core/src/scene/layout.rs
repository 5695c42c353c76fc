//! Where everything stands: bands from top to bottom, zones as columns. A function of the
//! document alone, so neither a run nor a selection moves anything.

use super::camera::Size;
use super::shape::{Rect, rect};
use crate::design::{Design, last_segment};
use alloc::string::String;
use alloc::vec::Vec;

/// Room around the board and between bands.
pub(super) const GAP: f64 = 12.0;
/// Width of a zone's column.
const ZONE_WIDTH: f64 = 300.0;
/// The board is never narrower than three zones: rules need the room.
const COLUMNS_MIN: u32 = 3;
/// Height of a zone's heading.
const ZONE_HEAD: f64 = 30.0;
/// Room inside a zone.
const ZONE_PAD: f64 = 12.0;
/// Height of a host.
const HOST_HEIGHT: f64 = 126.0;
/// Height of a zone without hosts, so that one can be dropped there.
const ZONE_EMPTY: f64 = 96.0;
/// Height of a service's card.
const SERVICE_HEIGHT: f64 = 66.0;
/// Services in a row.
const SERVICES_IN_ROW: usize = 3;
/// Height of the strip's headings.
const STRIP_HEAD: f64 = 46.0;
/// Height of a rule's row.
const ROW_HEIGHT: f64 = 18.0;

/// The rectangles of every part, by the document's order.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// The whole board.
    pub size: Size,
    /// Load balancers' strips, with the rows of their listeners.
    pub strips: Vec<Strip>,
    /// Where target groups that no rule names are listed, if there are any.
    pub unrouted: Option<(Rect, Vec<String>)>,
    /// Zones by name.
    pub zones: Vec<(String, Rect)>,
    /// Hosts by their place in the document.
    pub hosts: Vec<Rect>,
    /// Services by their place in the document.
    pub services: Vec<Rect>,
}

/// A load balancer's strip.
#[derive(Clone, Debug, PartialEq)]
pub struct Strip {
    /// The load balancer, by its place in the document.
    pub balancer: usize,
    /// The whole strip.
    pub rect: Rect,
    /// Its listeners, from top to bottom.
    pub listeners: Vec<ListenerBand>,
}

/// A listener within a strip.
#[derive(Clone, Debug, PartialEq)]
pub struct ListenerBand {
    /// The listener, by its place in the document.
    pub listener: usize,
    /// Its heading.
    pub head: Rect,
    /// Its rules by their places in the document, by priority.
    pub rules: Vec<(usize, Rect)>,
    /// What happens where none matches.
    pub fallback: Rect,
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

impl Layout {
    /// Lays a document out.
    #[must_use]
    pub fn of(design: &Design) -> Self {
        let zones = design.zones();
        let columns = float(zones.len()).max(f64::from(COLUMNS_MIN));
        let width = columns * ZONE_WIDTH + (columns - 1.0) * GAP;
        let mut y = GAP;
        let strips = strips(design, width, &mut y);
        let unrouted = unrouted(design, width, &mut y);
        let (zones, hosts) = zones_and_hosts(design, zones, &mut y);
        let services = services(design, width, &mut y);
        Self {
            size: Size {
                w: width + 2.0 * GAP,
                h: y,
            },
            strips,
            unrouted,
            zones,
            hosts,
            services,
        }
    }
}

fn strips(design: &Design, width: f64, y: &mut f64) -> Vec<Strip> {
    let balancers = design.load_balancers.iter().enumerate();
    balancers
        .map(|(balancer, known)| {
            let top = *y;
            *y += 28.0;
            let of_balancer =
                |at: &usize| last_segment(&design.listeners[*at].load_balancer_arn) == known.name;
            let listeners = (0..design.listeners.len()).filter(of_balancer);
            let listeners = listeners
                .map(|at| listener_band(design, at, width, y))
                .collect();
            *y += 6.0;
            let rect = rect(GAP, top, width, (*y - top).max(STRIP_HEAD));
            *y = rect.bottom() + GAP;
            Strip {
                balancer,
                rect,
                listeners,
            }
        })
        .collect()
}

fn listener_band(design: &Design, listener: usize, width: f64, y: &mut f64) -> ListenerBand {
    let mut row = || {
        let row = rect(GAP + 8.0, *y, width - 16.0, ROW_HEIGHT);
        *y += ROW_HEIGHT;
        row
    };
    let head = row();
    let rules = design.rules_of(&design.listeners[listener].name());
    let rules = rules.into_iter().map(|rule| (rule, row())).collect();
    ListenerBand {
        listener,
        head,
        rules,
        fallback: row(),
    }
}

fn unrouted(design: &Design, width: f64, y: &mut f64) -> Option<(Rect, Vec<String>)> {
    let of_rules = design.rules.iter().flat_map(|rule| &rule.actions);
    let of_listeners = design
        .listeners
        .iter()
        .flat_map(|listener| &listener.default_actions);
    let named: Vec<&str> = of_rules
        .chain(of_listeners)
        .flat_map(crate::design::Action::target_groups)
        .map(last_segment)
        .collect();
    let names = design.target_groups.iter().map(|group| group.name.clone());
    let loose: Vec<String> = names
        .filter(|name| !named.contains(&name.as_str()))
        .collect();
    if loose.is_empty() {
        return None;
    }
    let band = rect(GAP, *y, width, 36.0);
    *y = band.bottom() + GAP;
    Some((band, loose))
}

fn zones_and_hosts(
    design: &Design,
    zones: Vec<String>,
    y: &mut f64,
) -> (Vec<(String, Rect)>, Vec<Rect>) {
    let top = *y;
    let mut hosts = alloc::vec![Rect::default(); design.container_instances.len()];
    let mut height = ZONE_EMPTY;
    for (column, zone) in zones.iter().enumerate() {
        let x = GAP + float(column) * (ZONE_WIDTH + GAP) + ZONE_PAD;
        let of_zone = design.container_instances.iter().enumerate();
        let of_zone = of_zone.filter(|(_, host)| host.availability_zone == *zone);
        let mut host_top = top + ZONE_HEAD;
        for (at, _) in of_zone {
            hosts[at] = rect(x, host_top, ZONE_WIDTH - 2.0 * ZONE_PAD, HOST_HEIGHT);
            host_top += HOST_HEIGHT + ZONE_PAD;
        }
        height = height.max(host_top - top);
    }
    let column = |(at, zone): (usize, String)| {
        (
            zone,
            rect(
                GAP + float(at) * (ZONE_WIDTH + GAP),
                top,
                ZONE_WIDTH,
                height,
            ),
        )
    };
    if !zones.is_empty() {
        *y = top + height + GAP;
    }
    (zones.into_iter().enumerate().map(column).collect(), hosts)
}

fn services(design: &Design, width: f64, y: &mut f64) -> Vec<Rect> {
    let columns = float(SERVICES_IN_ROW);
    let card_width = (width - (columns - 1.0) * GAP) / columns;
    let top = *y;
    let place = |at: usize| {
        let x = GAP + float(at % SERVICES_IN_ROW) * (card_width + GAP);
        rect(
            x,
            top + float(at / SERVICES_IN_ROW) * (SERVICE_HEIGHT + GAP),
            card_width,
            SERVICE_HEIGHT,
        )
    };
    let cards: Vec<Rect> = (0..design.services.len()).map(place).collect();
    if let Some(last) = cards.last() {
        *y = last.bottom() + GAP;
    }
    cards
}
