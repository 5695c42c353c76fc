//! Least outstanding requests: which share each target gets when every request goes to a target
//! with the fewest requests unanswered (load-balancing-and-scaling.md 2.7).
//!
//! AWS does not say who gets a request if several have the fewest; here each of them is as likely.
//! Each target's number of outstanding requests is a birth-death process of its own: requests are
//! answered at `n / R`, R being the mean response time, and come at the rate of the target group
//! times the chance that all others have more, or as many and lose the draw. The others are taken
//! as independent, so that the laws of all targets are found by iteration. The error against an
//! exact simulation is in `docs/traffic-model.md`.

use alloc::vec::Vec;

/// Numbers of outstanding requests that are told apart; the chance to have more is nil up to
/// [`LEVEL_MAX`].
const LEVELS: usize = 16;

/// Mean number of outstanding requests up to which the laws are computed. Beyond, shares go
/// towards the limit in which all targets have as many, in proportion to the level to the power
/// of -3/4, as the exact simulation does.
const LEVEL_MAX: f64 = 4.0;

/// Targets whose response times are within this ratio are taken as alike, or within its square and
/// so on, until there are no more than [`CLASSES_MAX`] kinds.
const ALIKE: f64 = 1.02;

/// Kinds of targets that are told apart; the time of an iteration is in proportion.
const CLASSES_MAX: usize = 6;

/// Shares are kept while no response time and not the rate has changed by a greater part.
const UNCHANGED: f64 = 0.005;

/// Iterations after which the laws are taken as they are.
const ITERATIONS_MAX: u32 = 200;

/// The iteration ends when no target's share of all requests has changed by more.
const TOLERANCE: f64 = 2e-5;

/// Part of a new law that replaces the old one: with all of it the iteration swings.
const DAMPING: f64 = 0.5;

/// Nodes and weights of Gauss and Legendre for an integral from 0 to 1.
const NODES: [(f64, f64); 4] = [
    (0.069_431_844_202_973_71, 0.173_927_422_568_726_93),
    (0.330_009_478_207_571_87, 0.326_072_577_431_273_07),
    (0.669_990_521_792_428_1, 0.326_072_577_431_273_07),
    (0.930_568_155_797_026_3, 0.173_927_422_568_726_93),
];

/// The shares of the targets of one group, with what was computed last: from one second to the
/// next little changes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeastOutstanding {
    /// Mean number of outstanding requests each target would have if it got all requests.
    loads: Vec<f64>,
    shares: Vec<f64>,
    classes: Vec<Class>,
}

/// Targets that are alike.
#[derive(Clone, Debug, PartialEq)]
struct Class {
    load: f64,
    size: u32,
    /// Chance to have so many outstanding, and to have more.
    law: [f64; LEVELS],
    more: [f64; LEVELS],
    /// Chance to get the next request with so many outstanding.
    chances: [f64; LEVELS],
    /// Share of all requests that one of them gets.
    share: f64,
}

impl LeastOutstanding {
    /// The share of each target, adding up to 1, for a group that gets `rate_per_ms` requests a
    /// millisecond and whose targets answer in `means_ms` on average.
    pub fn shares(&mut self, rate_per_ms: f64, means_ms: &[f64]) -> &[f64] {
        let loads = means_ms.iter().map(|mean| sane(rate_per_ms * mean));
        let known = loads.len() == self.loads.len();
        if known
            && loads
                .clone()
                .zip(&self.loads)
                .all(|(new, old)| near(new, *old))
        {
            return &self.shares;
        }
        self.loads.clear();
        self.loads.extend(loads);
        let inverse: f64 = self.loads.iter().map(|load| 1.0 / load.max(1e-12)).sum();
        let level = 1.0 / inverse.max(1e-12);
        let scale = (LEVEL_MAX / level).min(1.0);
        let class_of = self.classify(scale);
        self.solve();
        self.share_out(&class_of, scale);
        self.towards_equal_numbers(scale, inverse);
        &self.shares
    }

    /// Groups the targets by load, `scale` times as large; returns the class of each.
    fn classify(&mut self, scale: f64) -> Vec<usize> {
        let mut sorted: Vec<usize> = (0..self.loads.len()).collect();
        sorted.sort_by(|a, b| self.loads[*a].total_cmp(&self.loads[*b]).then(a.cmp(b)));
        let mut alike = ALIKE;
        let mut groups = self.group(&sorted, alike);
        while groups.len() > CLASSES_MAX {
            alike *= alike;
            groups = self.group(&sorted, alike);
        }
        if groups.len() != self.classes.len() {
            self.classes.clear();
        }
        let mut class_of = alloc::vec![0; sorted.len()];
        for (at, group) in groups.into_iter().enumerate() {
            let sum: f64 = group.iter().map(|target| self.loads[*target]).sum();
            let (load, size) = (scale * sum / group.len() as f64, group.len() as u32);
            match self.classes.get_mut(at) {
                Some(class) => (class.load, class.size) = (load, size),
                None => self.classes.push(Class::new(load, size, sorted.len())),
            }
            for target in group {
                class_of[*target] = at;
            }
        }
        class_of
    }

    /// Cuts targets, sorted by load, where the load exceeds the first of the group by `alike`.
    fn group<'a>(&self, sorted: &'a [usize], alike: f64) -> Vec<&'a [usize]> {
        let mut groups = Vec::new();
        let mut rest = sorted;
        while let Some(first) = rest.first() {
            // Less than a millionth of a request outstanding is none for everybody.
            let bound = (self.loads[*first] * alike).max(1e-6);
            let length = rest.partition_point(|target| self.loads[*target] <= bound);
            let (group, others) = rest.split_at(length.max(1));
            groups.push(group);
            rest = others;
        }
        groups
    }

    /// Iterates until every law agrees with those of the others.
    fn solve(&mut self) {
        if let [alone] = &mut self.classes[..] {
            alone.share = 1.0 / f64::from(alone.size);
            return;
        }
        for _ in 0..ITERATIONS_MAX {
            set_chances(&mut self.classes);
            let mut moved: f64 = 0.0;
            for class in &mut self.classes {
                let before = class.share;
                class.follow(DAMPING);
                moved = moved.max((class.share - before).abs());
            }
            if moved < TOLERANCE {
                break;
            }
        }
    }

    fn share_out(&mut self, class_of: &[usize], scale: f64) {
        self.shares.clear();
        for (at, load) in class_of.iter().zip(&self.loads) {
            self.shares
                .push(interpolated(&self.classes, *at, load * scale));
        }
        let sum: f64 = self.shares.iter().sum();
        for share in &mut self.shares {
            *share /= sum.max(1e-12);
        }
    }

    /// Beyond [`LEVEL_MAX`] the shares go towards those of equal numbers outstanding.
    fn towards_equal_numbers(&mut self, scale: f64, inverse: f64) {
        let half = libm::sqrt(scale);
        let part = half * libm::sqrt(half);
        for (share, load) in self.shares.iter_mut().zip(&self.loads) {
            let equal = 1.0 / (load.max(1e-12) * inverse);
            *share = part * *share + (1.0 - part) * equal;
        }
    }
}

impl Class {
    /// As if every target got an equal part of the requests, and none beyond the levels.
    fn new(load: f64, size: u32, targets: usize) -> Self {
        let chance = (1.0 / targets as f64).min(LEVEL_MAX / load.max(1e-12));
        let mut class = Self {
            load,
            size,
            law: [0.0; LEVELS],
            more: [0.0; LEVELS],
            chances: [chance; LEVELS],
            share: 0.0,
        };
        class.follow(1.0);
        class
    }

    /// Moves a `part` of the way to the law that belongs to the chances to get a request.
    fn follow(&mut self, part: f64) {
        let mut new = [1.0; LEVELS];
        let mut sum = 1.0;
        for n in 1..LEVELS {
            new[n] = new[n - 1] * self.load * self.chances[n - 1] / n as f64;
            sum += new[n];
        }
        self.share = 0.0;
        for (n, new) in new.iter().enumerate() {
            self.law[n] += part * (new / sum - self.law[n]);
            self.share += self.law[n] * self.chances[n];
        }
        let mut more = 0.0;
        for n in (0..LEVELS).rev() {
            self.more[n] = more;
            more += self.law[n];
        }
    }

    /// Chance that a target has more than `n` outstanding, or `n` and a draw of `x` is lost to it.
    fn factor(&self, n: usize, x: f64) -> f64 {
        self.more[n] + x * self.law[n]
    }
}

/// Sets for each class the chance that one of its targets gets the next request, by its number
/// outstanding: the integral over x of the product over all others of (more + x equal), whose
/// terms are the chances that so many others are equal and the draw is won.
///
/// The product falls like an exponential from x = 1 on; that is taken out, so that few nodes do
/// for any number of targets.
fn set_chances(classes: &mut [Class]) {
    for n in 0..LEVELS {
        let mut steepness = 0.0;
        for class in classes.iter_mut() {
            class.chances[n] = 0.0;
            let reach = class.factor(n, 1.0).max(f64::MIN_POSITIVE);
            steepness += f64::from(class.size) * class.law[n] / reach;
        }
        let whole = -libm::expm1(-steepness);
        for (node, weight) in NODES {
            let falls = 1.0 - node * whole;
            let (x, slope) = if steepness > 1e-6 {
                let x = 1.0 + libm::log(falls) / steepness;
                (x, whole / (steepness * falls))
            } else {
                (1.0 - node, 1.0)
            };
            let all: f64 = classes
                .iter()
                .map(|class| power(class.factor(n, x), class.size))
                .product();
            for class in classes.iter_mut() {
                let own = class.factor(n, x).max(f64::MIN_POSITIVE);
                class.chances[n] += weight * slope * (all / own).min(1.0);
            }
        }
    }
}

/// The share of a target of class `at`, on the line to the class on the other side of it, so that
/// targets of a wide class are told apart as well.
fn interpolated(classes: &[Class], at: usize, load: f64) -> f64 {
    let class = &classes[at];
    let (below, above) = (
        at.checked_sub(1).map(|at| &classes[at]),
        classes.get(at + 1),
    );
    let (first, second) = if load > class.load {
        (above, below)
    } else {
        (below, above)
    };
    let Some(other) = first.or(second) else {
        return class.share;
    };
    let apart = other.load - class.load;
    if apart == 0.0 {
        return class.share;
    }
    let slope = (other.share - class.share) / apart;
    (class.share + slope * (load - class.load)).max(0.0)
}

fn power(mut base: f64, mut exponent: u32) -> f64 {
    let mut product = 1.0;
    while exponent > 0 {
        if exponent & 1 == 1 {
            product *= base;
        }
        base *= base;
        exponent >>= 1;
    }
    product
}

fn sane(load: f64) -> f64 {
    if load > 0.0 { load.min(1e9) } else { 0.0 }
}

fn near(new: f64, old: f64) -> bool {
    (new - old).abs() <= UNCHANGED * old
}
