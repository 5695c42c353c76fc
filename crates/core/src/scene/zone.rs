//! Zones as bays, with their hosts in them.

use super::Source;
use super::draft::{Draft, face};
use super::host;
use super::layout::Layout;
use super::shape::{TextStyle, Token, point};
use crate::design::Part;

pub(super) fn draw(source: &Source<'_>, layout: &Layout, draft: &mut Draft) {
    for (name, rect) in &layout.zones {
        let part = Part::Zone(name.clone());
        draft.card(*rect, Token::Bay, source.frame(&part));
        let title = face(TextStyle::MonoBold, Token::Muted);
        draft.text(
            point(rect.x + 14.0, rect.y + 16.0),
            name,
            title,
            rect.w - 28.0,
        );
        draft.part(*rect, part);
        let hosts = &source.design.container_instances;
        if !hosts.iter().any(|host| host.availability_zone == *name) {
            let at = point(rect.x + 14.0, rect.y + 52.0);
            draft.text(
                at,
                "drop a host here",
                face(TextStyle::Body, Token::Muted),
                rect.w - 28.0,
            );
        }
    }
    let gone = host::recently_failed(source);
    for (at, rect) in layout.hosts.iter().enumerate() {
        host::draw(source, at, *rect, &gone, draft);
    }
}
