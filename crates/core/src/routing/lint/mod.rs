//! Rules that no request reaches, and rules whose order decides
//! (load-balancing-and-scaling.md 1.2, 1.3).
//!
//! A rule is **shadowed** if each request that it matches is matched by an earlier rule, or by
//! several that differ in one place only (a rule for GET and one for POST before one for both).
//! Two rules **overlap** if some request is matched by both and each matches one that the other
//! does not: then whoever stands first gets it. That an earlier rule lies within a later one is
//! the usual exception before the rule, and not told of.
//!
//! Only what is proven is told. Wildcards, methods and addresses are decided exactly; regular
//! expressions are compared by their text, but for those that say no more than wildcards could.
//! Header and query conditions ask for *some* header or pair, so that two of them never
//! contradict one another. An overlap is shown by a request, which the router itself has tried.

mod automaton;
mod blocks;
mod budget;
mod example;
mod sets;
mod side;
mod simple_regex;

pub use example::Example;

use super::{Chosen, Router};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use budget::{Budget, Proof};
use example::example;
use sets::{Place, Set};
use side::Side;

/// Most steps that are spent on shadows, and most that are spent on overlaps, for one listener:
/// our own bounds. The hundred rules that AWS takes need a fraction of it, and no document can
/// hold up an edit for long. Nothing is claimed of what lies beyond.
pub const LINT_STEPS_MAX: u64 = 2_000_000;

/// Most rules of a listener that are looked at, the first ones: ten times what AWS takes unless
/// asked for more.
pub const LINT_RULES_MAX: usize = 1000;

/// What it costs to look at a pair of rules that share nothing at a glance.
const OVERLAP_STEPS: usize = 4;

/// A finding about a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its place in [`Router::rules`].
    pub rule: u32,
    /// What was found.
    pub fault: Fault,
}

/// What was found about a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Its own conditions are never met.
    Impossible(Impossible),
    /// Earlier rules match all that it matches.
    Shadowed {
        /// Their places; of several each is needed.
        by: Vec<u32>,
    },
    /// It shares requests with an earlier rule that does something else, so that order decides.
    Overlaps {
        /// The first such rule.
        earlier: u32,
        /// How many rules behind this one have the same first such rule; they are not told of.
        more: u32,
        /// A request that both match, and that the earlier one gets.
        example: Box<Example>,
    },
}

/// Why no request meets the conditions of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impossible {
    /// No value of the path can match one that begins with a slash, as all do.
    Path,
    /// The only method is TRACE, which is answered before any rule is asked (1.7).
    Method,
    /// Two conditions on one place exclude each other.
    Contradiction,
}

/// What is wrong with the order or the conditions of a listener's rules, in their order.
#[must_use]
pub fn lint(router: &Router) -> Vec<Finding> {
    let (shadows, overlaps) = (Budget::new(LINT_STEPS_MAX), Budget::new(LINT_STEPS_MAX));
    lint_within(router, shadows, overlaps)
}

fn lint_within(router: &Router, mut shadows: Budget, mut overlaps: Budget) -> Vec<Finding> {
    let rules = router.rules().iter().take(LINT_RULES_MAX);
    let sides: Vec<Side> = rules.map(|it| Side::new(it, router.settings())).collect();
    let mut dead = BTreeMap::new();
    for at in 0..sides.len() {
        if shadows.is_spent() {
            break;
        }
        if let Some(fault) = dead_by(&sides, at, &mut shadows) {
            dead.insert(at, fault);
        }
    }
    let mut found = found_overlaps(router, &sides, &dead, &mut overlaps);
    found.extend(dead.into_iter().map(|(at, fault)| Finding {
        rule: number(at),
        fault,
    }));
    found.sort_by_key(|it| it.rule);
    found
}

fn number(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Why the rule at this place is never chosen.
fn dead_by(sides: &[Side], at: usize, budget: &mut Budget) -> Option<Fault> {
    let later = &sides[at];
    if let Some(why) = later.impossible(budget) {
        return Some(Fault::Impossible(why));
    }
    let mut nearly: BTreeMap<&Place, Vec<(usize, &Set)>> = BTreeMap::new();
    for (earlier, side) in sides[..at].iter().enumerate() {
        match lacking(later, side, budget) {
            Lacking::Nothing => {
                let by = [number(earlier)].into();
                return Some(Fault::Shadowed { by });
            }
            Lacking::One(place, set) => nearly.entry(place).or_default().push((earlier, set)),
            Lacking::More => {}
        }
        if budget.is_spent() {
            return None;
        }
    }
    let mut groups = nearly.into_iter();
    groups.find_map(|(place, group)| together(later, place, group, budget))
}

/// What keeps a later rule from being shadowed by an earlier one.
enum Lacking<'a> {
    Nothing,
    /// This condition of the earlier one alone, which the later one does not imply.
    One(&'a Place, &'a Set),
    More,
}

fn lacking<'a>(later: &Side, earlier: &'a Side, budget: &mut Budget) -> Lacking<'a> {
    let mut lacking = Lacking::Nothing;
    for (place, set) in &earlier.conditions {
        if later.implies(place, &[set], budget) == Proof::Yes {
            continue;
        }
        lacking = match lacking {
            Lacking::Nothing => Lacking::One(place, set),
            Lacking::One(..) | Lacking::More => return Lacking::More,
        };
    }
    lacking
}

/// Whether rules that each lack one condition at this place shadow the later one together.
fn together(
    later: &Side,
    place: &Place,
    mut group: Vec<(usize, &Set)>,
    budget: &mut Budget,
) -> Option<Fault> {
    let mut shadow = |group: &[(usize, &Set)]| {
        let sets: Vec<&Set> = group.iter().map(|(_, set)| *set).collect();
        later.implies(place, &sets, budget) == Proof::Yes
    };
    if group.len() < 2 || !shadow(&group) {
        return None;
    }
    // From the last on, so that the first rules stay.
    for at in (0..group.len()).rev() {
        let left_out = group.remove(at);
        if !shadow(&group) {
            group.insert(at, left_out);
        }
    }
    let by = group.into_iter().map(|(at, _)| number(at)).collect();
    Some(Fault::Shadowed { by })
}

/// Overlaps, at most one of each rule and one of each earlier rule.
fn found_overlaps(
    router: &Router,
    sides: &[Side],
    dead: &BTreeMap<usize, Fault>,
    budget: &mut Budget,
) -> Vec<Finding> {
    let mut firsts: BTreeMap<usize, (usize, u32, Example)> = BTreeMap::new();
    let living: Vec<usize> = (0..sides.len())
        .filter(|at| !dead.contains_key(at))
        .collect();
    for (order, later) in living.iter().enumerate() {
        let mut earlier = living[..order].iter();
        let found = earlier.find_map(|earlier| {
            let example = overlap(router, sides, (*earlier, *later), budget)?;
            Some((*earlier, example))
        });
        // What was not looked for to the end is not the first of a rule.
        if budget.is_spent() {
            break;
        }
        if let Some((earlier, example)) = found {
            let first = firsts.entry(earlier);
            first
                .and_modify(|(_, more, _)| *more += 1)
                .or_insert((*later, 0, example));
        }
    }
    let finding = |(earlier, (later, more, example)): (usize, (usize, u32, Example))| Finding {
        rule: number(later),
        fault: Fault::Overlaps {
            earlier: number(earlier),
            more,
            example: Box::new(example),
        },
    };
    firsts.into_iter().map(finding).collect()
}

/// A request that both rules match, where neither lies within the other and they do not do the
/// same.
fn overlap(
    router: &Router,
    sides: &[Side],
    (earlier, later): (usize, usize),
    budget: &mut Budget,
) -> Option<Example> {
    let rules = router.rules();
    if !budget.spend(OVERLAP_STEPS) || rules[earlier].routed == rules[later].routed {
        return None;
    }
    let (a, b) = (&sides[earlier], &sides[later]);
    let example = example(a, b, budget)?;
    let differ = is_not_within(a, b, budget) && is_not_within(b, a, budget);
    // The router asks rule by rule what its index cannot tell apart.
    (differ && budget.spend(rules.len()) && is_shown(router, (earlier, later), &example))
        .then_some(example)
}

fn is_not_within(inner: &Side, outer: &Side, budget: &mut Budget) -> bool {
    let mut conditions = outer.conditions.iter();
    conditions.any(|(place, set)| inner.implies(place, &[set], budget) == Proof::No)
}

/// Whether the router chooses the earlier rule for the example, and would choose the later one if
/// it stood alone.
fn is_shown(router: &Router, (earlier, later): (usize, usize), example: &Example) -> bool {
    let request = example.request();
    let alone = Router::new(
        [router.rules()[later].clone()].into(),
        router.action(Chosen::Default).clone(),
        router.settings(),
    );
    router.refusal(&request).is_none()
        && router.choose(&request) == Chosen::Rule(number(earlier))
        && alone.choose(&request) == Chosen::Rule(0)
}

#[cfg(test)]
mod tests;
