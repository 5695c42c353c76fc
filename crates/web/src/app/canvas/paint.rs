//! Paints shapes: a loop without decisions. What is drawn, where and when is the scene's to say.

use super::Palette;
use leptos::web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};
use stowplan_core::scene::{
    Align, Camera, Dash, DiscPart, Point, Rect, Shape, Stroke, TextStyle, Token,
};
use wasm_bindgen::{JsCast, JsValue};

type Context = CanvasRenderingContext2d;

const MONO: &str = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace";
const SANS: &str = "system-ui, 'DejaVu Sans', 'Segoe UI', sans-serif";

/// Distance between the lines of a hatch.
const HATCH_STEP: f64 = 7.0;

/// The drawing context of a canvas.
pub(super) fn context(canvas: &HtmlCanvasElement) -> Option<Context> {
    canvas.get_context("2d").ok().flatten()?.dyn_into().ok()
}

/// Empties the whole canvas.
pub(super) fn clear(context: &Context, canvas: &HtmlCanvasElement) {
    ignore(context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0));
    context.clear_rect(
        0.0,
        0.0,
        f64::from(canvas.width()),
        f64::from(canvas.height()),
    );
}

/// From here on, coordinates are those of the scene.
pub(super) fn look_through(context: &Context, camera: Camera, ratio: f64) {
    let scale = camera.zoom * ratio;
    let (x, y) = (-camera.origin.x * scale, -camera.origin.y * scale);
    ignore(context.set_transform(scale, 0.0, 0.0, scale, x, y));
    context.set_text_baseline("middle");
}

/// Canvas calls fail on infinite numbers only, which scenes do not have.
fn ignore(result: Result<(), JsValue>) {
    debug_assert!(result.is_ok(), "{result:?}");
}

/// Paints shapes in their order.
pub(super) fn paint(context: &Context, shapes: &[Shape], palette: &Palette) {
    for shape in shapes {
        match shape {
            Shape::Rect {
                rect,
                radius,
                fill,
                stroke,
            } => {
                trace_rect(context, rect, *radius);
                finish(context, palette, *fill, *stroke);
            }
            Shape::Line { from, to, stroke } => {
                trace(context, &[*from, *to]);
                finish(context, palette, None, Some(*stroke));
            }
            Shape::Polygon {
                points,
                fill,
                stroke,
            } => {
                trace(context, points);
                context.close_path();
                finish(context, palette, *fill, *stroke);
            }
            Shape::Hatch { rect, token } => hatch(context, rect, palette.colour(*token)),
            Shape::Text {
                at,
                text,
                style,
                token,
                align,
            } => {
                context.set_font(&font(*style));
                context.set_text_align(side(*align));
                context.set_fill_style_str(palette.colour(*token));
                ignore(context.fill_text(text, at.x, at.y));
            }
            Shape::Disc {
                centre,
                radius,
                fill,
                part,
            } => {
                disc(context, *centre, *radius, palette.colour(*fill), *part);
            }
        }
    }
}

fn trace_rect(context: &Context, rect: &Rect, radius: f64) {
    let radius = radius.min(rect.w / 2.0).min(rect.h / 2.0).max(0.0);
    context.begin_path();
    ignore(context.round_rect_with_f64(rect.x, rect.y, rect.w, rect.h, radius));
}

fn trace(context: &Context, points: &[Point]) {
    context.begin_path();
    for point in points {
        context.line_to(point.x, point.y);
    }
}

fn finish(context: &Context, palette: &Palette, fill: Option<Token>, stroke: Option<Stroke>) {
    if let Some(fill) = fill {
        context.set_fill_style_str(palette.colour(fill));
        context.fill();
    }
    if let Some(stroke) = stroke {
        context.set_stroke_style_str(palette.colour(stroke.token));
        context.set_line_width(stroke.width);
        set_dash(context, stroke.dash);
        context.stroke();
    }
}

fn set_dash(context: &Context, dash: Dash) {
    let lengths: &[f64] = match dash {
        Dash::Solid => &[],
        Dash::Dashed => &[4.0, 3.0],
    };
    let lengths: js_sys::Array = lengths
        .iter()
        .map(|length| JsValue::from(*length))
        .collect();
    ignore(context.set_line_dash(&lengths));
}

fn hatch(context: &Context, rect: &Rect, colour: &str) {
    context.save();
    context.begin_path();
    context.rect(rect.x, rect.y, rect.w, rect.h);
    context.clip();
    context.begin_path();
    let mut x = rect.x - rect.h;
    while x < rect.right() {
        context.move_to(x, rect.bottom());
        context.line_to(x + rect.h, rect.y);
        x += HATCH_STEP;
    }
    context.set_stroke_style_str(colour);
    context.set_line_width(1.0);
    set_dash(context, Dash::Solid);
    context.stroke();
    context.restore();
}

fn disc(context: &Context, centre: Point, radius: f64, colour: &str, part: DiscPart) {
    use std::f64::consts::{FRAC_PI_2, TAU};
    context.set_fill_style_str(colour);
    context.begin_path();
    let (begin, end) = match part {
        DiscPart::Whole => (0.0, TAU),
        DiscPart::Half => (FRAC_PI_2, 3.0 * FRAC_PI_2),
    };
    ignore(context.arc(centre.x, centre.y, radius, begin, end));
    context.fill();
    context.begin_path();
    ignore(context.arc(centre.x, centre.y, radius, 0.0, TAU));
    context.set_stroke_style_str(colour);
    context.set_line_width(1.0);
    set_dash(context, Dash::Solid);
    context.stroke();
}

fn font(style: TextStyle) -> String {
    let weight = if style.is_bold() { "bold " } else { "" };
    let family = if style.is_mono() { MONO } else { SANS };
    format!("{weight}{}px {family}", style.size())
}

fn side(align: Align) -> &'static str {
    match align {
        Align::Left => "left",
        Align::Right => "right",
    }
}
