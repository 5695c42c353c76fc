//! The grammar of OpenMetrics 1.0 text, as far as gauges go: an exposition that this takes, every
//! parser does. Written from the specification's ABNF and its rules on order, beside the writer
//! and knowing nothing of it.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A sample line.
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) labels: Vec<(String, String)>,
    pub(super) value: f64,
    pub(super) timestamp: f64,
}

/// Reads an exposition.
pub(super) fn read(text: &str) -> Result<Vec<Sample>, String> {
    let Some(body) = text.strip_suffix("# EOF\n") else {
        return Err("it does not end with EOF".to_owned());
    };
    let mut families: BTreeSet<String> = BTreeSet::new();
    let mut sets: BTreeSet<(String, Vec<(String, String)>)> = BTreeSet::new();
    let (mut family, mut samples) = (None, Vec::new());
    for line in body.split_terminator('\n') {
        if let Some(meta) = line.strip_prefix("# ") {
            let mut words = meta.splitn(3, ' ');
            let (kind, name) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let rest = words.next().unwrap_or("");
            if !is_name(name, ":") {
                return Err(format!("no name: {line}"));
            }
            if family.as_deref() != Some(name) {
                family = Some(name.to_owned());
                if !families.insert(name.to_owned()) {
                    return Err(format!("families are interleaved: {line}"));
                }
            } else if samples.last().is_some_and(|it: &Sample| it.name == name) {
                return Err(format!("metadata behind samples: {line}"));
            }
            let is_fine = match kind {
                "TYPE" => rest == "gauge",
                "UNIT" => name.ends_with(&format!("_{rest}")),
                "HELP" => !rest.contains('\\') && !rest.contains('"'),
                _ => false,
            };
            if !is_fine {
                return Err(format!("bad metadata: {line}"));
            }
            continue;
        }
        let sample = sample(line).ok_or_else(|| format!("no sample: {line}"))?;
        if family.as_deref() != Some(&sample.name) {
            return Err(format!("a sample outside its family: {line}"));
        }
        let before = samples
            .last()
            .filter(|it: &&Sample| it.name == sample.name && it.labels == sample.labels);
        match before {
            Some(before) if before.timestamp >= sample.timestamp => {
                return Err(format!("time goes back: {line}"));
            }
            Some(_) => {}
            None if !sets.insert((sample.name.clone(), sample.labels.clone())) => {
                return Err(format!("a metric in two places: {line}"));
            }
            None => {}
        }
        samples.push(sample);
    }
    Ok(samples)
}

fn is_name(name: &str, more: &str) -> bool {
    let fits = |it: char| it.is_ascii_alphabetic() || it == '_' || more.contains(it);
    let mut letters = name.chars();
    letters.next().is_some_and(fits) && letters.all(|it| fits(it) || it.is_ascii_digit())
}

fn sample(line: &str) -> Option<Sample> {
    let (name, rest) = line.split_once('{')?;
    let (labels, rest) = labels(rest)?;
    let mut numbers = rest.strip_prefix(' ')?.split(' ');
    let value: f64 = numbers.next()?.parse().ok()?;
    let timestamp: f64 = numbers.next()?.parse().ok()?;
    let names: BTreeSet<&String> = labels.iter().map(|(name, _)| name).collect();
    let is_fine = is_name(name, ":") && numbers.next().is_none() && names.len() == labels.len();
    is_fine.then(|| Sample {
        name: name.to_owned(),
        labels: labels.clone(),
        value,
        timestamp,
    })
}

/// Labels up to the brace, and what follows it.
fn labels(text: &str) -> Option<(Vec<(String, String)>, &str)> {
    let (mut labels, mut rest) = (Vec::new(), text);
    loop {
        let (name, behind) = rest.split_once("=\"")?;
        if !is_name(name, "") {
            return None;
        }
        let mut value = String::new();
        let mut letters = behind.char_indices();
        let end = loop {
            match letters.next()? {
                (at, '"') => break at + 1,
                (_, '\n') => return None,
                (_, '\\') => value.push(match letters.next()?.1 {
                    'n' => '\n',
                    it @ ('\\' | '"') => it,
                    _ => return None,
                }),
                (_, it) => value.push(it),
            }
        };
        labels.push((name.to_owned(), value));
        rest = &behind[end..];
        if let Some(behind) = rest.strip_prefix('}') {
            return Some((labels, behind));
        }
        rest = rest.strip_prefix(',')?;
    }
}
