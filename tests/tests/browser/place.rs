//! Where a part is on the page: the scene's own layout, seen through the camera that fits it.

use stowplan_core::design::{Design, Part};
use stowplan_core::model::compile;
use stowplan_core::scene::{Camera, Detail, Point, Rect, Size, Source, Subject, point, scene};
use stowplan_core::time::Instant;

/// A part's rectangle in page pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place(Rect);

impl Place {
    /// Where `part` of `design` is on a canvas at `corner` with `view` pixels. A run moves nothing,
    /// so the layout of the document holds for it too.
    pub(crate) fn of(design: &Design, part: &Part, corner: Point, view: Size) -> Option<Self> {
        let compiled = compile(design, None);
        let picture = scene(&Source {
            design,
            model: &compiled.model,
            diagnostics: &compiled.diagnostics,
            control: None,
            stopped: &[],
            traffic: None,
            now: Instant::ZERO,
            detail: Detail::Task,
        });
        let place = picture.place(&Subject::Part(part.clone()))?;
        let rect = Camera::fit(picture.size, view).rect_to_view(place);
        Some(Self(Rect {
            x: rect.x + corner.x,
            y: rect.y + corner.y,
            ..rect
        }))
    }

    /// Free room of a zone, right below its heading.
    pub(crate) fn below_heading(self) -> Point {
        point(self.0.x + self.0.w / 2.0, self.0.y + 20.0)
    }

    /// The grip of a rule.
    pub(crate) fn left_end(self) -> Point {
        point(self.0.x + 10.0, self.0.y + self.0.h / 2.0)
    }

    /// Just above a row.
    pub(crate) fn above(self) -> Point {
        point(self.0.x + 20.0, self.0.y + 2.0)
    }

    /// The cross of a host that runs.
    pub(crate) fn upper_right(self) -> Point {
        point(
            self.0.right() - self.0.w * 0.058,
            self.0.y + self.0.h * 0.12,
        )
    }
}
