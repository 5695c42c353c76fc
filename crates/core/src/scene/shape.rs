//! What a picture is made of: shapes with colour tokens, never with colours.
//!
//! Whoever paints (a canvas, an SVG file) resolves the tokens, so light and dark need no layout.

use alloc::string::String;
use alloc::vec::Vec;

/// A point in scene units (one pixel at zoom 1).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

/// A point from its coordinates.
#[must_use]
pub const fn point(x: f64, y: f64) -> Point {
    Point { x, y }
}

/// An upright rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

/// A rectangle from its corner and size.
#[must_use]
pub const fn rect(x: f64, y: f64, w: f64, h: f64) -> Rect {
    Rect { x, y, w, h }
}

impl Rect {
    /// Whether `at` lies inside; the left and upper edges belong to it.
    #[must_use]
    pub fn contains(&self, at: Point) -> bool {
        at.x >= self.x && at.x < self.right() && at.y >= self.y && at.y < self.bottom()
    }

    /// Right edge.
    #[must_use]
    pub fn right(&self) -> f64 {
        self.x + self.w
    }

    /// Lower edge.
    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.y + self.h
    }

    /// The rectangle smaller by `by` on each side, never inside out.
    #[must_use]
    pub fn inset(&self, by: f64) -> Self {
        let by_x = by.min(self.w / 2.0);
        let by_y = by.min(self.h / 2.0);
        rect(
            self.x + by_x,
            self.y + by_y,
            self.w - 2.0 * by_x,
            self.h - 2.0 * by_y,
        )
    }

    /// Whether two rectangles share more than an edge.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let apart = self.right() <= other.x || other.right() <= self.x;
        !apart && self.y < other.bottom() && other.y < self.bottom()
    }
}

/// A colour by its role. Eight service hues, each with a pale partner for older revisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    /// Words that matter.
    Ink,
    /// Words beside them.
    Muted,
    /// The canvas itself.
    Paper,
    /// A zone's bay.
    Bay,
    /// A card on it.
    Card,
    /// Frames.
    Line,
    /// Hatching and empty meters.
    Faint,
    /// What can be acted on and what is selected.
    Accent,
    /// A finding that asks for attention.
    Amber,
    /// A finding that is bad.
    Red,
    /// All is well.
    Green,
    /// Words on a full hue.
    OnHue,
    /// Words on a pale hue.
    OnPale,
    /// Over what steps back; what lies below shines through.
    Veil,
    /// A service's hue, by number.
    Hue(u8),
    /// Its pale partner.
    Pale(u8),
}

/// How many hues there are before they repeat.
pub const HUES: u8 = 8;

/// Pattern of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dash {
    /// Unbroken.
    Solid,
    /// Dashed.
    Dashed,
}

/// How an edge is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub token: Token,
    /// Width in scene units.
    pub width: f64,
    /// Pattern.
    pub dash: Dash,
}

impl Stroke {
    /// An unbroken line.
    #[must_use]
    pub const fn solid(token: Token, width: f64) -> Self {
        Self {
            token,
            width,
            dash: Dash::Solid,
        }
    }

    /// A dashed line.
    #[must_use]
    pub const fn dashed(token: Token, width: f64) -> Self {
        Self {
            token,
            width,
            dash: Dash::Dashed,
        }
    }
}

/// Type face, weight and size together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextStyle {
    /// Names of cards: sans, bold, 14.
    Title,
    /// Ordinary words: sans, 12.
    Body,
    /// Everything AWS would print: monospace, 11.
    Mono,
    /// The same, bold.
    MonoBold,
    /// Small print on tiles and meters: monospace, 10.
    Small,
    /// The same, bold.
    SmallBold,
}

impl TextStyle {
    /// Size of the type in scene units.
    #[must_use]
    pub const fn size(self) -> f64 {
        match self {
            Self::Title => 14.0,
            Self::Body => 12.0,
            Self::Mono | Self::MonoBold => 11.0,
            Self::Small | Self::SmallBold => 10.0,
        }
    }

    /// Whether every letter has one width.
    #[must_use]
    pub const fn is_mono(self) -> bool {
        match self {
            Self::Title | Self::Body => false,
            Self::Mono | Self::MonoBold | Self::Small | Self::SmallBold => true,
        }
    }

    /// Whether it is bold.
    #[must_use]
    pub const fn is_bold(self) -> bool {
        match self {
            Self::Title | Self::MonoBold | Self::SmallBold => true,
            Self::Body | Self::Mono | Self::Small => false,
        }
    }

    /// Width of `text`, exact for monospace faces (0.6 em) and a little too wide for others, so
    /// that a text that is fitted to a width never runs over it.
    #[must_use]
    pub fn width(self, text: &str) -> f64 {
        let per_letter = if self.is_mono() { 0.605 } else { 0.6 };
        let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        f64::from(letters) * per_letter * self.size()
    }

    /// `text`, shortened with an ellipsis where it is wider than `width_max`.
    #[must_use]
    pub fn fit(self, text: &str, width_max: f64) -> String {
        if self.width(text) <= width_max {
            return text.into();
        }
        let mut kept = String::new();
        for letter in text.chars() {
            kept.push(letter);
            if self.width(&kept) + self.width("…") > width_max {
                kept.pop();
                break;
            }
        }
        if !kept.is_empty() {
            kept.push('…');
        }
        kept
    }
}

/// Which end of a text its point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// The left end.
    Left,
    /// The right end.
    Right,
}

/// One thing to paint. Later shapes lie over earlier ones.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A rectangle.
    Rect {
        /// Where.
        rect: Rect,
        /// Radius of its corners.
        radius: f64,
        /// Inside.
        fill: Option<Token>,
        /// Edge.
        stroke: Option<Stroke>,
    },
    /// A straight line.
    Line {
        /// From.
        from: Point,
        /// To.
        to: Point,
        /// How.
        stroke: Stroke,
    },
    /// Diagonal hatching: free room.
    Hatch {
        /// Where.
        rect: Rect,
        /// Colour of the lines.
        token: Token,
    },
    /// One line of text on its middle height.
    Text {
        /// Its end or begin, by `align`, at the middle of the letters' height.
        at: Point,
        /// The words, already fitted.
        text: String,
        /// Face.
        style: TextStyle,
        /// Colour.
        token: Token,
        /// Which end `at` is.
        align: Align,
    },
    /// A filled or open polygon.
    Polygon {
        /// Corners.
        points: Vec<Point>,
        /// Inside.
        fill: Option<Token>,
        /// Edge.
        stroke: Option<Stroke>,
    },
    /// A circle or the left half of one.
    Disc {
        /// Middle.
        centre: Point,
        /// Radius.
        radius: f64,
        /// Colour of the inside.
        fill: Token,
        /// How much of it.
        part: DiscPart,
    },
}

/// How much of a disc is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiscPart {
    /// All.
    Whole,
    /// The left half, with the rest as an outline: half-way there.
    Half,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fitted_text_never_runs_over() {
        for width in 0..120 {
            let width = f64::from(width);
            let fitted = TextStyle::Small.fit("a-rather-long-name", width);
            assert!(
                TextStyle::Small.width(&fitted) <= width,
                "{fitted} in {width}"
            );
        }
        assert_eq!(TextStyle::Small.fit("edges", 60.0), "edges");
        assert_eq!(TextStyle::Small.fit("edges-shop", 32.0), "edge…");
    }

    #[test]
    fn rectangles_that_touch_do_not_overlap() {
        let left = rect(0.0, 0.0, 10.0, 10.0);
        assert!(!left.overlaps(&rect(10.0, 0.0, 10.0, 10.0)));
        assert!(left.overlaps(&rect(9.0, 9.0, 10.0, 10.0)));
        assert!(!left.contains(point(10.0, 5.0)));
        assert_eq!(left.inset(20.0), rect(5.0, 5.0, 0.0, 0.0));
    }
}
