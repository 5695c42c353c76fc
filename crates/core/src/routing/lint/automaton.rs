//! Values with wildcards as sets of texts: whether one lies within the union of others, and
//! whether two have a text in common (load-balancing-and-scaling.md 1.3).
//!
//! **Containment** walks the value and the set of places that the others can be at, as a subset
//! construction does. One letter stands for all that no value names: what the others can do with
//! it they can do with any other, so where the value has a wildcard no other letter needs to be
//! tried. A set that contains one that was walked before is not walked again, since a text that
//! the others miss from there, they miss from the smaller set as well. That is exact as long as
//! some letter is named by no value; where all are, it may miss a containment, never invent one.
//!
//! **Intersection** is a search through the pairs of places, and gives a text.

use super::super::wildcard::Token;
use super::{Budget, Proof};
use alloc::vec;
use alloc::vec::Vec;

/// Most places of the walk of one containment: our own bound. Values of AWS's five wildcards stay
/// far below it; hostile ones with dozens of stars are left undecided.
const STATES_MAX: usize = 4096;

/// Stands in an example where any letter would do.
const ANY_LETTER: u8 = b'a';

/// The union of several values, ready to be walked: their tokens one behind the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Union {
    /// `None` ends a value.
    tokens: Vec<Option<Token>>,
    starts: Vec<usize>,
    /// What neither `*` nor `?` takes.
    separator: Option<u8>,
}

#[derive(Clone, Copy)]
enum Letter {
    Byte(u8),
    /// One that no value names and that separates nothing.
    Unnamed,
}

impl Union {
    pub(super) fn new(separator: Option<u8>) -> Self {
        Self {
            separator,
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, value: &[Token]) {
        self.starts.push(self.tokens.len());
        self.tokens.extend(value.iter().copied().map(Some));
        self.tokens.push(None);
    }

    /// Takes in the values of another one, whose wildcards take the same.
    pub(super) fn add_all(&mut self, other: &Self) {
        let behind = self.tokens.len();
        self.starts
            .extend(other.starts.iter().map(|it| behind + it));
        self.tokens.extend_from_slice(&other.tokens);
    }

    fn values(&self) -> impl Iterator<Item = &[Option<Token>]> {
        let ends = self.starts.iter().skip(1).copied();
        let ends = ends.chain([self.tokens.len()]);
        let all = self.starts.iter().zip(ends);
        all.map(|(start, end)| &self.tokens[*start..end - 1])
    }

    fn start(&self) -> Vec<usize> {
        let mut set = Vec::new();
        for start in &self.starts {
            self.enter(*start, &mut set);
        }
        set
    }

    /// Adds a place, and the one behind a star, which may take nothing.
    fn enter(&self, at: usize, set: &mut Vec<usize>) {
        set.push(at);
        if self.tokens.get(at) == Some(&Some(Token::Star)) {
            set.push(at + 1);
        }
    }

    fn step(&self, set: &[usize], letter: Letter) -> Vec<usize> {
        let is_taken = match letter {
            Letter::Byte(byte) => Some(byte) != self.separator,
            Letter::Unnamed => true,
        };
        let mut next = Vec::new();
        for at in set {
            match (self.tokens[*at], letter) {
                (Some(Token::Byte(wanted)), Letter::Byte(byte)) if wanted == byte => {
                    self.enter(at + 1, &mut next);
                }
                (Some(Token::One), _) if is_taken => self.enter(at + 1, &mut next),
                (Some(Token::Star), _) if is_taken => self.enter(*at, &mut next),
                (Some(_) | None, _) => {}
            }
        }
        next.sort_unstable();
        next.dedup();
        next
    }

    fn accepts(&self, set: &[usize]) -> bool {
        set.iter().any(|at| self.tokens[*at].is_none())
    }
}

/// Whether each text that `value` matches is matched by one of `union`.
pub(super) fn is_covered(value: &[Token], union: &Union, budget: &mut Budget) -> Proof {
    if let Some(proof) = at_a_glance(value, union, budget) {
        return proof;
    }
    let mut walked: Vec<Vec<Vec<usize>>> = vec![Vec::new(); value.len() + 1];
    let mut open = vec![(0, union.start())];
    let mut states = 0;
    while let Some((at, set)) = open.pop() {
        // Whatever the value still asks for, some text has it.
        if set.is_empty() {
            return Proof::No;
        }
        let before = &walked[at];
        let cost = before
            .iter()
            .map(|it| it.len().min(set.len()))
            .sum::<usize>();
        states += 1;
        if states > STATES_MAX || !budget.spend(1 + set.len() + cost) {
            return Proof::Unknown;
        }
        if before.iter().any(|smaller| is_subset(smaller, &set)) {
            continue;
        }
        match value.get(at) {
            None if union.accepts(&set) => {}
            None => return Proof::No,
            Some(Token::Byte(byte)) => open.push((at + 1, union.step(&set, Letter::Byte(*byte)))),
            Some(Token::One) => open.push((at + 1, union.step(&set, Letter::Unnamed))),
            Some(Token::Star) => {
                open.push((at, union.step(&set, Letter::Unnamed)));
                open.push((at + 1, set.clone()));
            }
        }
        walked[at].push(set);
    }
    Proof::Yes
}

/// What needs no walk, as nearly all questions do not: a value that is there as it stands, or that
/// has nothing in common with any.
fn at_a_glance(value: &[Token], union: &Union, budget: &mut Budget) -> Option<Proof> {
    // Letters that are compared in a row cost a fraction of a step.
    if !budget.spend(union.starts.len() * (1 + value.len() / 16)) {
        return Some(Proof::Unknown);
    }
    let mut all_part = true;
    for other in union.values() {
        let same = other.len() == value.len();
        if same && other.iter().flatten().eq(value) {
            return Some(Proof::Yes);
        }
        let is_apart = || {
            part_at_once(value.iter(), other.iter().flatten())
                || part_at_once(value.iter().rev(), other.iter().rev().flatten())
        };
        all_part = all_part && is_apart();
    }
    all_part.then_some(Proof::No)
}

/// Whether all of `small` is in `large`; both are sorted.
fn is_subset(small: &[usize], large: &[usize]) -> bool {
    let mut rest = large.iter();
    small.len() <= large.len() && small.iter().all(|wanted| rest.any(|it| it == wanted))
}

/// A text that two values match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Common {
    /// This one.
    Text(Vec<u8>),
    /// There is none.
    Nothing,
    /// Not looked for to the end.
    Unknown,
}

/// A text that both `a` and `b` match; of several one in which stars take something, so that it
/// reads like a request.
pub(super) fn common(
    a: &[Token],
    b: &[Token],
    separator: Option<u8>,
    budget: &mut Budget,
) -> Common {
    if are_apart(a, b) {
        return if budget.spend(1) {
            Common::Nothing
        } else {
            Common::Unknown
        };
    }
    match shortest(&lengthened(a), &lengthened(b), separator, budget) {
        Common::Nothing => shortest(a, b, separator, budget),
        found @ (Common::Text(_) | Common::Unknown) => found,
    }
}

/// Whether two values differ before their first wildcards, or behind their last: nearly all that
/// have nothing in common do.
pub(super) fn are_apart(a: &[Token], b: &[Token]) -> bool {
    part_at_once(a.iter(), b.iter()) || part_at_once(a.iter().rev(), b.iter().rev())
}

fn part_at_once<'a>(
    a: impl Iterator<Item = &'a Token>,
    b: impl Iterator<Item = &'a Token>,
) -> bool {
    for pair in a.zip(b) {
        match pair {
            (Token::Byte(x), Token::Byte(y)) if x == y => {}
            (Token::Byte(_), Token::Byte(_)) => return true,
            (Token::Byte(_) | Token::One | Token::Star, _) => return false,
        }
    }
    false
}

/// The same with stars that take at least one letter.
fn lengthened(value: &[Token]) -> Vec<Token> {
    let mut longer = Vec::with_capacity(value.len());
    for token in value {
        if *token == Token::Star {
            longer.push(Token::One);
        }
        longer.push(*token);
    }
    longer
}

/// How a pair of places was come to.
#[derive(Clone, Copy)]
struct Arrival {
    from: u32,
    letter: Option<u8>,
}

fn shortest(a: &[Token], b: &[Token], separator: Option<u8>, budget: &mut Budget) -> Common {
    let width = b.len() + 1;
    let goal = a.len() * width + b.len();
    // To make room for all pairs costs something as well.
    if !budget.spend(goal / 16) {
        return Common::Unknown;
    }
    let mut arrivals: Vec<Option<Arrival>> = vec![None; goal + 1];
    let mut open = vec![0];
    let mut next = 0;
    while let Some(&pair) = open.get(next) {
        if pair == goal {
            return Common::Text(letters(&arrivals, goal));
        }
        if !budget.spend(1) {
            return Common::Unknown;
        }
        next += 1;
        let (i, j) = (pair / width, pair % width);
        for (to, letter) in moves((a.get(i), i), (b.get(j), j), separator) {
            let to = to.0 * width + to.1;
            if to != 0 && arrivals[to].is_none() {
                let from = u32::try_from(pair).unwrap_or(u32::MAX);
                arrivals[to] = Some(Arrival { from, letter });
                open.push(to);
            }
        }
    }
    Common::Nothing
}

type Move = ((usize, usize), Option<u8>);

/// Where two values can go from their places, with the letter that they take.
fn moves(
    (x, i): (Option<&Token>, usize),
    (y, j): (Option<&Token>, usize),
    separator: Option<u8>,
) -> impl Iterator<Item = Move> {
    let is_star = |token: Option<&Token>| token == Some(&Token::Star);
    let after = |token: Option<&Token>, at: usize| if is_star(token) { at } else { at + 1 };
    let letter = x.zip(y).and_then(|(x, y)| shared(*x, *y, separator));
    let taken = letter.map(|letter| ((after(x, i), after(y, j)), Some(letter)));
    let ended_a = is_star(x).then_some(((i + 1, j), None));
    let ended_b = is_star(y).then_some(((i, j + 1), None));
    [taken, ended_a, ended_b].into_iter().flatten()
}

/// A letter that both tokens take.
fn shared(x: Token, y: Token, separator: Option<u8>) -> Option<u8> {
    match (x, y) {
        (Token::Byte(x), Token::Byte(y)) => (x == y).then_some(x),
        (Token::Byte(byte), Token::One | Token::Star)
        | (Token::One | Token::Star, Token::Byte(byte)) => {
            (Some(byte) != separator).then_some(byte)
        }
        (Token::One | Token::Star, Token::One | Token::Star) => Some(ANY_LETTER),
    }
}

fn letters(arrivals: &[Option<Arrival>], goal: usize) -> Vec<u8> {
    let mut text = Vec::new();
    let mut at = goal;
    while let Some(arrival) = arrivals[at] {
        text.extend(arrival.letter);
        at = arrival.from as usize;
    }
    text.reverse();
    text
}

#[cfg(test)]
mod tests;
