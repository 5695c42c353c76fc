//! What a token is: a placeholder of a template, or a number.

use serde_json::Number;

/// Most characters of a placeholder; a hostile text must not be searched to its end again and
/// again.
const PLACEHOLDER_MAX: usize = 200;

/// Length in bytes of the bracketed placeholder that `text` begins with: `{{ … }}`, `${…}`,
/// `$(…)` or `<…>` on one line.
pub(super) fn held(text: &str) -> Option<usize> {
    let brackets = [("{{", "}}"), ("${", "}"), ("$(", ")"), ("<", ">")];
    brackets.iter().find_map(|(open, close)| {
        let inner = text.strip_prefix(open)?;
        let end = inner.char_indices().nth(PLACEHOLDER_MAX);
        let near = &inner[..end.map_or(inner.len(), |(end, _)| end)];
        let line = near.split('\n').next()?;
        Some(open.len() + line.find(close)? + close.len())
    })
}

/// Whether a text holds a placeholder of one of the template languages that task definitions are
/// written in: envsubst, shell, ecspresso, CodeDeploy, the agent's own tests (task-definition.md
/// section 3).
#[must_use]
pub fn is_placeholder(text: &str) -> bool {
    // Nearly all texts have none of their signs.
    if !text.bytes().any(|b| matches!(b, b'{' | b'$' | b'<' | b'%')) {
        return false;
    }
    let between = |open: &str, close: &str| {
        let behind = text.split_once(open).map(|(_, behind)| behind);
        behind
            .and_then(|behind| behind.find(close))
            .is_some_and(|length| length > 0)
    };
    let variable = |sign: char| {
        let mut rest = text;
        while let Some((_, behind)) = rest.split_once(sign) {
            if behind.starts_with(|c: char| c.is_ascii_uppercase() || c == '_' || c == sign) {
                return true;
            }
            rest = behind;
        }
        false
    };
    let percent = text.split('%').skip(1).step_by(2).any(|name| {
        name.len() > 1
            && name
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    }) && text.matches('%').count() > 1;
    between("{{", "}}")
        || between("${", "}")
        || between("$(", ")")
        || in_brackets(text, '<', '>', |c| c.is_ascii_alphanumeric())
        || in_brackets(text, '{', '}', |_| false)
        || variable('$')
        || percent
}

/// Whether a name stands in such brackets: hyphens and underscores, at least one of them unless
/// its first character is a `plain` one, and letters and digits.
fn in_brackets(text: &str, open: char, close: char, plain: fn(char) -> bool) -> bool {
    let mut rest = text;
    while let Some((_, inner)) = rest.split_once(open) {
        let end = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_');
        let name = &inner[..end.unwrap_or(inner.len())];
        let is_name = name.contains(['-', '_']) || name.starts_with(plain);
        if is_name && inner[name.len()..].starts_with(close) {
            return true;
        }
        rest = inner;
    }
    false
}

/// Whether a text begins as YAML does: with `---`, or with a bare name, a colon and a space or
/// line break.
pub(super) fn is_yaml(text: &str) -> bool {
    let line = text.lines().next().unwrap_or_default();
    let name = line.split(':').next().unwrap_or_default();
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_name = !name.is_empty() && name.chars().all(allowed);
    let behind = line.get(name.len()..).unwrap_or_default();
    let is_member = behind == ":" || behind.starts_with(": ");
    line.trim_end() == "---" || (is_name && is_member)
}

/// Why a token is no number.
pub(super) enum NotANumber {
    /// It does not begin like one.
    Word,
    /// It does, and goes on otherwise.
    Malformed,
    /// It is one that 64 bits do not hold.
    TooLarge,
}

/// A number in JSON's grammar: `-? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`.
pub(super) fn number(token: &str) -> Result<Number, NotANumber> {
    let begins = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.');
    if !token.starts_with(begins) || !token.contains(|c: char| c.is_ascii_digit()) {
        return Err(NotANumber::Word);
    }
    let unsigned = token.strip_prefix('-').unwrap_or(token);
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let is_exponent = |text: &str| digits(text.strip_prefix(['+', '-']).unwrap_or(text));
    let sound = digits(whole)
        && (whole == "0" || !whole.starts_with('0'))
        && fraction.is_none_or(digits)
        && exponent.is_none_or(is_exponent);
    if !sound {
        return Err(NotANumber::Malformed);
    }
    if fraction.is_none() && exponent.is_none() && token != "-0" {
        let whole = token.parse::<i64>().map(Number::from);
        let whole = whole.or_else(|_| token.parse::<u64>().map(Number::from));
        return whole.map_err(|_| NotANumber::TooLarge);
    }
    // By serde_json, since the standard's exact reading brings a table of 10 KiB into the page; the
    // last bit of a number of 17 digits is not worth that. No member of AWS is a fraction.
    token.parse().map_err(|_| NotANumber::TooLarge)
}
