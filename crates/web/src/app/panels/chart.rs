//! One chart, drawn with plotters: a step line per revision, the desired count, and the present.

use crate::app::canvas::Palette;
use crate::data::chart::Series;
use leptos::web_sys::HtmlCanvasElement;
use plotters::prelude::*;
use plotters_canvas::CanvasBackend;
use stowplan_core::scene::Token;
use stowplan_core::time::Instant;

/// What a chart shows.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Chart {
    pub(super) hue: u8,
    pub(super) series: Vec<Series>,
    pub(super) desired: u32,
    pub(super) end: Instant,
    pub(super) played: Instant,
    pub(super) marks: Vec<Instant>,
}

impl Chart {
    /// The revisions and their latest counts in words: `:1 4 · :2 0`.
    pub(super) fn legend(&self) -> String {
        let counts = self.series.iter().map(|series| {
            let count = series.steps.last().map_or(0, |(_, count)| *count);
            let revision = series
                .name
                .rfind(':')
                .map_or(&*series.name, |at| &series.name[at..]);
            format!("{revision} {count}")
        });
        counts.collect::<Vec<_>>().join(" · ")
    }

    fn top(&self) -> u32 {
        let counts = self
            .series
            .iter()
            .flat_map(|series| series.steps.iter().map(|step| step.1));
        counts.chain([self.desired]).max().unwrap_or_default() + 1
    }
}

/// Draws onto `canvas`, whose pixels are `ratio` to a CSS pixel.
pub(super) fn draw(
    canvas: HtmlCanvasElement,
    chart: &Chart,
    now: Instant,
    ratio: f64,
    palette: &Palette,
) {
    let Some(backend) = CanvasBackend::with_canvas_object(canvas) else {
        return;
    };
    let area = backend.into_drawing_area();
    // A canvas that cannot be drawn on stays empty; the legend still says the numbers.
    drop(draw_on(&area, chart, now, ratio, palette));
}

/// About so many grid lines divide a chart.
const GRID_LINES: u32 = 5;

type Area = DrawingArea<CanvasBackend, plotters::coord::Shift>;
type Outcome = Result<(), DrawingAreaErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>>;

fn draw_on(area: &Area, chart: &Chart, now: Instant, ratio: f64, palette: &Palette) -> Outcome {
    let colour = |token| rgb(palette.colour(token));
    area.fill(&colour(Token::Card))?;
    let top = chart.top();
    let mut context = ChartBuilder::on(area)
        .margin(pixels(4.0, ratio))
        .build_cartesian_2d(0..chart.end.0.max(1), 0..top)?;
    // A handful of grid lines whatever the scale.
    let step = (top / GRID_LINES).max(1);
    for level in (step..top).step_by(usize::try_from(step).unwrap_or(1)) {
        let line = [(0, level), (chart.end.0, level)];
        context.draw_series(LineSeries::new(line, colour(Token::Faint).stroke_width(1)))?;
    }
    for mark in &chart.marks {
        let line = [(mark.0, 0), (mark.0, top)];
        context.draw_series(LineSeries::new(
            line,
            colour(Token::Line).stroke_width(pixels(1.0, ratio)),
        ))?;
    }
    let wanted = [(0, chart.desired), (chart.end.0, chart.desired)];
    let dashed = colour(Token::Amber).stroke_width(pixels(1.0, ratio));
    let dash = pixels(4.0, ratio);
    context.draw_series(DashedLineSeries::new(wanted, dash, dash, dashed))?;
    for series in &chart.series {
        let token = if series.current {
            Token::Hue(chart.hue)
        } else {
            Token::Pale(chart.hue)
        };
        let style = colour(token).stroke_width(pixels(2.0, ratio));
        context.draw_series(LineSeries::new(steps(series, chart.played), style))?;
    }
    let cursor = [(now.0, 0), (now.0, top)];
    context.draw_series(LineSeries::new(
        cursor,
        colour(Token::Accent).stroke_width(pixels(1.0, ratio)),
    ))?;
    area.present()
}

/// Each count holds until the next: two points per step.
fn steps(series: &Series, until: Instant) -> Vec<(u64, u32)> {
    let mut points = Vec::new();
    let mut count = 0;
    for (at, next) in &series.steps {
        points.push((at.0, count));
        points.push((at.0, *next));
        count = *next;
    }
    points.push((until.0, count));
    points
}

fn pixels(length: f64, ratio: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "a few pixels")]
    #[expect(clippy::cast_sign_loss, reason = "lengths are positive")]
    let pixels = (length * ratio).round().max(1.0) as u32;
    pixels
}

/// A `#rrggbb` of the style sheet, or the `#rgb` that its minifier makes of one; black where it is
/// anything else.
fn rgb(text: &str) -> RGBColor {
    let digits = text.trim_start_matches('#');
    let number = u32::from_str_radix(digits, 16).unwrap_or_default();
    let [_, red, green, blue] = number.to_be_bytes();
    if digits.len() == 3 {
        return RGBColor(green % 16 * 17, blue / 16 * 17, blue % 16 * 17);
    }
    RGBColor(red, green, blue)
}
