//! One chart, drawn with plotters: its lines, the level that is wanted, and the present.

use crate::app::canvas::Palette;
use crate::data::chart::Chart;
use leptos::web_sys::HtmlCanvasElement;
use plotters::prelude::*;
use plotters_canvas::CanvasBackend;
use stowplan_core::scene::{Dash, Token};
use stowplan_core::time::Instant;

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

/// So many grid lines divide a chart.
const GRID_LINES: u32 = 4;

type Area = DrawingArea<CanvasBackend, plotters::coord::Shift>;
type Outcome = Result<(), DrawingAreaErrorKind<<CanvasBackend as DrawingBackend>::ErrorType>>;

fn draw_on(area: &Area, chart: &Chart, now: Instant, ratio: f64, palette: &Palette) -> Outcome {
    area.fill(&rgb(palette.colour(Token::Card)))?;
    let (end, top) = (chart.end.0.max(1), chart.top());
    let mut context = ChartBuilder::on(area)
        .margin(pixels(4.0, ratio))
        .build_cartesian_2d(0..end, 0.0..top)?;
    let style = |token, width: f64| rgb(palette.colour(token)).stroke_width(pixels(width, ratio));
    let dash_length = pixels(4.0, ratio);
    let mut line = |points: Vec<(u64, f64)>, style: ShapeStyle, dash: Dash| match dash {
        Dash::Solid => context
            .draw_series(LineSeries::new(points, style))
            .map(drop),
        Dash::Dashed => {
            let series = DashedLineSeries::new(points, dash_length, dash_length, style);
            context.draw_series(series).map(drop)
        }
    };
    for level in 1..GRID_LINES {
        let level = top * f64::from(level) / f64::from(GRID_LINES);
        line(
            vec![(0, level), (end, level)],
            style(Token::Faint, 1.0),
            Dash::Solid,
        )?;
    }
    for mark in &chart.marks {
        line(
            vec![(mark.0, 0.0), (mark.0, top)],
            style(Token::Line, 1.0),
            Dash::Solid,
        )?;
    }
    if let Some(wanted) = chart.wanted {
        line(
            vec![(0, wanted), (end, wanted)],
            style(Token::Amber, 1.0),
            Dash::Dashed,
        )?;
    }
    for known in &chart.lines {
        for stretch in &known.stretches {
            let points = stretch.iter().map(|(at, number)| (at.0, *number)).collect();
            line(points, style(known.token, 2.0), known.dash)?;
        }
    }
    line(
        vec![(now.0, 0.0), (now.0, top)],
        style(Token::Accent, 1.0),
        Dash::Solid,
    )?;
    area.present()
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
