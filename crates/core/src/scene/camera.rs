//! The camera: which part of the scene a view shows, and how large.

use super::shape::{Point, Rect, point, rect};

/// Smallest and largest zoom.
pub const ZOOM_RANGE: (f64, f64) = (0.1, 8.0);

/// Fitting never magnifies beyond this: a small design should not look like a poster.
const FIT_ZOOM_MAX: f64 = 1.25;

/// Room left around a fitted scene, in view pixels.
const FIT_MARGIN: f64 = 12.0;

/// A place and a magnification; view = (scene − origin) × zoom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The scene point at the view's upper left corner.
    pub origin: Point,
    /// View pixels per scene unit.
    pub zoom: f64,
}

impl Default for Camera {
    fn default() -> Self {
        Self {
            origin: Point::default(),
            zoom: 1.0,
        }
    }
}

/// Size of a view or scene.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Size {
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Camera {
    /// Shows all of `content`, in the middle at the top of `view`.
    #[must_use]
    pub fn fit(content: Size, view: Size) -> Self {
        let room = |view: f64| (view - 2.0 * FIT_MARGIN).max(1.0);
        let zoom = (room(view.w) / content.w.max(1.0)).min(room(view.h) / content.h.max(1.0));
        let zoom = zoom.clamp(ZOOM_RANGE.0, FIT_ZOOM_MAX);
        let spare = view.w / zoom - content.w;
        Self {
            origin: point(-spare / 2.0, -FIT_MARGIN / zoom),
            zoom,
        }
    }

    /// The scene point under the view point `at`.
    #[must_use]
    pub fn to_scene(&self, at: Point) -> Point {
        point(
            self.origin.x + at.x / self.zoom,
            self.origin.y + at.y / self.zoom,
        )
    }

    /// Where the scene point `at` is in the view.
    #[must_use]
    pub fn to_view(&self, at: Point) -> Point {
        point(
            (at.x - self.origin.x) * self.zoom,
            (at.y - self.origin.y) * self.zoom,
        )
    }

    /// The view rectangle that covers `area` of the scene.
    #[must_use]
    pub fn rect_to_view(&self, area: Rect) -> Rect {
        let corner = self.to_view(point(area.x, area.y));
        rect(corner.x, corner.y, area.w * self.zoom, area.h * self.zoom)
    }

    /// Moves the picture by so many view pixels.
    #[must_use]
    pub fn panned(&self, dx: f64, dy: f64) -> Self {
        let origin = point(
            self.origin.x - dx / self.zoom,
            self.origin.y - dy / self.zoom,
        );
        Self {
            origin,
            zoom: self.zoom,
        }
    }

    /// Magnifies by `factor` about the view point `at`, which keeps its scene point.
    #[must_use]
    pub fn zoomed_at(&self, at: Point, factor: f64) -> Self {
        let zoom = (self.zoom * factor).clamp(ZOOM_RANGE.0, ZOOM_RANGE.1);
        let fixed = self.to_scene(at);
        Self {
            origin: point(fixed.x - at.x / zoom, fixed.y - at.y / zoom),
            zoom,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_point_under_the_cursor_stays_there() {
        let mut camera = Camera::default().panned(37.0, -12.0);
        let cursor = point(321.0, 123.0);
        let before = camera.to_scene(cursor);
        for factor in [1.1, 3.0, 0.2, 0.001, 99.0, 0.7] {
            camera = camera.zoomed_at(cursor, factor);
            let view = camera.to_view(before);
            assert!((view.x - cursor.x).abs() < 1e-6 && (view.y - cursor.y).abs() < 1e-6);
        }
    }

    #[test]
    fn fitting_shows_everything() {
        let content = Size { w: 900.0, h: 540.0 };
        for view in [Size { w: 950.0, h: 616.0 }, Size { w: 300.0, h: 200.0 }] {
            let camera = Camera::fit(content, view);
            let shown = camera.rect_to_view(rect(0.0, 0.0, content.w, content.h));
            assert!(shown.x >= 0.0 && shown.right() <= view.w, "{shown:?}");
            assert!(shown.y >= 0.0 && shown.bottom() <= view.h, "{shown:?}");
        }
    }
}
