//! A rate over time as straight pieces, with what was asked before each of them: every profile
//! becomes one, so that a rate or a sum is a search among its pieces, whatever it was written as.

use super::rate::Micro;
use crate::time::{Instant, Millis};
use alloc::vec::Vec;

/// The last moment at which a piece can begin, 34 years after the start: no run gets there, and
/// squares of such lengths, times the highest rate, still fit into 128 bits.
const LATEST: u64 = 1 << 40;

/// From a moment on a rate that changes evenly until the next piece begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    /// When it begins.
    pub(super) at: Millis,
    /// The rate there.
    pub(super) from: Micro,
    /// The rate that it comes to at the beginning of the next piece; the last one stays.
    pub(super) to: Micro,
}

impl Piece {
    /// One rate until the next piece.
    pub(super) const fn level(at: Millis, rate: Micro) -> Self {
        let (from, to) = (rate, rate);
        Self { at, from, to }
    }
}

#[derive(Clone, Copy, Debug)]
struct Segment {
    at: u64,
    from: i128,
    to: i128,
    /// The area under everything before, in half millionths times milliseconds, which is the
    /// coarsest unit in which a trapezoid is a whole number.
    before: i128,
}

/// The rate of everything from the start of the run on.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    /// By their beginning; the first begins at zero.
    segments: Vec<Segment>,
    /// How long it takes until everything comes again.
    period: Option<u64>,
    /// How far the start of the run is into the curve.
    shift: u64,
}

/// Half millionths of a request times milliseconds in a millionth times a second.
const UNIT: i128 = 2000;

impl Curve {
    /// A curve of pieces. Before the first the rate is zero; of two that begin at once the later
    /// counts, and one that begins before its predecessor is left out.
    pub(super) fn new(pieces: impl IntoIterator<Item = Piece>) -> Self {
        let nothing = Segment {
            at: 0,
            from: 0,
            to: 0,
            before: 0,
        };
        let mut curve = Self {
            segments: Vec::from([nothing]),
            period: None,
            shift: 0,
        };
        pieces.into_iter().for_each(|piece| curve.push(piece));
        curve
    }

    fn push(&mut self, piece: Piece) {
        let at = piece.at.0.min(LATEST);
        let (from, to) = (i128::from(piece.from), i128::from(piece.to));
        let Some(last) = self.segments.last_mut().filter(|last| last.at <= at) else {
            return;
        };
        if last.at == at {
            (last.from, last.to) = (from, to);
            return;
        }
        let length = at - last.at;
        let before = last.before + last.area(length, Some(length));
        let segment = Segment {
            at,
            from,
            to,
            before,
        };
        self.segments.push(segment);
    }

    /// The same again and again, each time so long; the run begins `shift` into it.
    pub(super) fn repeating(mut self, period: Millis, shift: Millis) -> Self {
        let period = period.0.clamp(1, LATEST);
        self.segments.retain(|segment| segment.at < period);
        self.period = Some(period);
        self.shift = shift.0 % period;
        self
    }

    /// Where the first piece begins that is not zero all along.
    pub(super) fn begins(&self) -> Option<Millis> {
        let mut segments = self.segments.iter();
        let first = segments.find(|segment| segment.from > 0 || segment.to > 0);
        first.map(|segment| Millis(segment.at))
    }

    /// The rate at a moment.
    pub(super) fn rate(&self, at: Instant) -> Micro {
        let at = self.position(at);
        let at = self.period.map_or(at, |period| at % period);
        let (segment, length) = self.segment(at);
        let inside = at.saturating_sub(segment.at);
        let change = match length {
            Some(length) => (segment.to - segment.from) * i128::from(inside) / i128::from(length),
            None => 0,
        };
        Micro::try_from(segment.from + change).unwrap_or_default()
    }

    /// What is asked from one moment to another, the latter left out; additive, since it is the
    /// difference of what was asked before each.
    pub(super) fn between(&self, from: Instant, to: Instant) -> Micro {
        let asked = self.before(to) - self.before(from);
        if asked < 0 {
            return 0;
        }
        Micro::try_from(asked).unwrap_or(Micro::MAX)
    }

    /// Whole millionths asked before a moment.
    fn before(&self, at: Instant) -> i128 {
        let at = self.position(at);
        let area = match self.period {
            None => self.area(at),
            Some(period) => i128::from(at / period) * self.area(period) + self.area(at % period),
        };
        area.div_euclid(UNIT)
    }

    fn position(&self, at: Instant) -> u64 {
        at.0.saturating_add(self.shift)
    }

    fn area(&self, at: u64) -> i128 {
        // At the very end of a period the last piece is meant, not the first.
        let (segment, length) = self.segment(at);
        segment.before + segment.area(at.saturating_sub(segment.at), length)
    }

    /// The piece at a position, and how long it is if it ends.
    fn segment(&self, at: u64) -> (Segment, Option<u64>) {
        let next = self.segments.partition_point(|segment| segment.at <= at);
        let segment = self.segments[next.saturating_sub(1)];
        let end = self.segments.get(next).map(|next| next.at).or(self.period);
        (segment, end.map(|end| end - segment.at))
    }
}

impl Segment {
    /// The area under its first milliseconds, rounded down.
    fn area(&self, inside: u64, length: Option<u64>) -> i128 {
        let level = 2 * self.from * i128::from(inside);
        match length.filter(|_| self.from != self.to) {
            Some(length) => {
                let square = i128::from(inside) * i128::from(inside);
                level + ((self.to - self.from) * square).div_euclid(i128::from(length.max(1)))
            }
            None => level,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::{Stream, draw_below};
    use crate::sim::traffic::RATE_MAX;

    const HIGHEST: u64 = RATE_MAX as u64 * 1_000_000;

    fn drawn(seed: u64) -> Curve {
        let below = |n, bound| draw_below(seed, Stream::Pull, n, bound);
        let piece = |n: u64| Piece {
            at: Millis(below(3 * n, 100_000)),
            from: below(3 * n + 1, HIGHEST),
            to: below(3 * n + 2, HIGHEST),
        };
        let mut pieces: Vec<Piece> = (1..=below(0, 20)).map(piece).collect();
        pieces.sort_by_key(|piece| piece.at);
        let curve = Curve::new(pieces);
        match seed % 3 {
            0 => curve,
            _ => curve.repeating(Millis(below(100, 150_000)), Millis(below(101, 90_000))),
        }
    }

    /// The area by pieces of a millisecond, each from the rates at its ends: half of each.
    fn counted(curve: &Curve, from: u64, to: u64) -> f64 {
        let rate = |at| curve.rate(Instant(at)) as f64;
        let step = |at| (rate(at) + rate(at + 1)) / 2000.0;
        (from..to).map(step).sum()
    }

    #[test]
    fn parts_add_up_to_the_whole_to_the_last_millionth() {
        for seed in 0..300 {
            let curve = drawn(seed);
            let moment = |n| Instant(draw_below(seed, Stream::Pull, n, 700_000));
            for n in 0..20 {
                let mut at = [
                    moment(200 + 3 * n),
                    moment(201 + 3 * n),
                    moment(202 + 3 * n),
                ];
                at.sort();
                let [a, b, c] = at;
                let parts = curve.between(a, b) + curve.between(b, c);
                assert_eq!(parts, curve.between(a, c), "seed {seed}: {a:?} {b:?} {c:?}");
                let next = Instant(b.0 + 1);
                let (low, high) = (curve.rate(b), curve.rate(next));
                let asked = curve.between(b, next);
                assert!(asked <= HIGHEST / 1000 + 1, "{low} {high} {asked}");
            }
            assert_eq!(curve.between(moment(1), moment(1)), 0);
        }
    }

    #[test]
    fn what_is_asked_is_the_area_under_the_rate() {
        for seed in 0..40 {
            let curve = drawn(seed);
            let from = draw_below(seed, Stream::Pull, 300, 300_000);
            let to = from + 20_000;
            let asked = curve.between(Instant(from), Instant(to)) as f64;
            let counted = counted(&curve, from, to);
            // Where a rate jumps, a millisecond of it may count on either side.
            let jumps = 60.0 * HIGHEST as f64 / 1000.0;
            assert!(
                (asked - counted).abs() <= jumps,
                "seed {seed}: {asked} {counted}"
            );
        }
    }

    #[test]
    fn no_length_and_no_rate_is_too_much() {
        let at = |ms| Millis(ms);
        let steep = Piece {
            at: at(5),
            from: HIGHEST,
            to: 0,
        };
        let curves = [
            Curve::new([steep, Piece::level(at(u64::MAX), HIGHEST)]),
            Curve::new([Piece::level(at(u64::MAX), HIGHEST), steep]),
            Curve::new([steep]).repeating(at(u64::MAX), at(u64::MAX)),
            Curve::new([steep]).repeating(at(0), at(0)),
            Curve::new([Piece::level(at(0), HIGHEST)]).repeating(at(1), at(9)),
        ];
        for curve in curves {
            let end = Instant(u64::MAX);
            assert!(curve.rate(end) <= HIGHEST);
            let day = Instant(u64::MAX - 86_400_000);
            assert!(curve.between(day, end) <= HIGHEST * 86_400);
            assert_eq!(curve.between(end, Instant::ZERO), 0);
        }
        let most = Curve::new([Piece::level(at(0), HIGHEST)]);
        assert_eq!(most.between(Instant::ZERO, Instant(u64::MAX)), u64::MAX);
    }
}
