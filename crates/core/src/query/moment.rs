//! Dates and times as ISO 8601 writes them, in seconds since 1970 UTC.

/// Reads a date, or a date with a time: `2018-06-18`, `2018-06-18T22:28:28`, with `Z` or an
/// offset such as `+02:00` behind it (ecs.md 2.9). A date is its midnight, a time without an
/// offset is UTC; the guide does not say, and AWS shows its times in UTC. Fractions of a second
/// are read and left out.
#[must_use]
pub fn parse_moment(text: &str) -> Option<i64> {
    let (date, time) = match text.split_once('T') {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let midnight = date_days(date)? * 86_400;
    match time {
        None => Some(midnight),
        Some(time) => {
            let (clock, offset) = split_offset(time)?;
            Some(midnight + clock_seconds(clock)? - offset)
        }
    }
}

/// Days from 1970-01-01 to a date.
fn date_days(date: &str) -> Option<i64> {
    let mut parts = date.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = digits(parts.next()?, 2)?;
    let day = digits(parts.next()?, 2)?;
    let is_date = parts.next().is_none()
        && (1..=12).contains(&month)
        && (1..=month_days(year, month)).contains(&day);
    is_date.then(|| days(year, month) + day - 1)
}

/// Days from 1970-01-01 to the first of a month.
fn days(year: i64, month: i64) -> i64 {
    // A year begins in March here, so that the leap day is its last.
    let year = if month <= 2 { year - 1 } else { year };
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let months_since_march = (month + 9) % 12;
    let days_of_months = (153 * months_since_march + 2) / 5;
    // 719,468 days lie between the March before the year 1 BC and 1970.
    year * 365 + leaps + days_of_months - 719_468
}

const fn month_days(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// The time of day, and the seconds by which its place is ahead of UTC.
fn split_offset(time: &str) -> Option<(&str, i64)> {
    if let Some(clock) = time.strip_suffix('Z') {
        return Some((clock, 0));
    }
    let Some(at) = time.find(['+', '-']) else {
        return Some((time, 0));
    };
    let (clock, offset) = time.split_at(at);
    let (hours, minutes) = offset[1..].split_once(':')?;
    let (hours, minutes) = (digits(hours, 2)?, digits(minutes, 2)?);
    let seconds = hours * 3600 + minutes * 60;
    let is_offset = hours < 24 && minutes < 60;
    is_offset.then_some((
        clock,
        if offset.starts_with('-') {
            -seconds
        } else {
            seconds
        },
    ))
}

/// Seconds since midnight of `22:28:28` or `22:28:28.5`.
fn clock_seconds(clock: &str) -> Option<i64> {
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let mut parts = clock.split(':');
    let hours = digits(parts.next()?, 2)?;
    let minutes = digits(parts.next()?, 2)?;
    let seconds = digits(parts.next()?, 2)?;
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
    let is_clock =
        parts.next().is_none() && is_fraction && hours < 24 && minutes < 60 && seconds < 60;
    is_clock.then_some(hours * 3600 + minutes * 60 + seconds)
}

/// A number of exactly so many digits.
fn digits(text: &str, count: usize) -> Option<i64> {
    let are_digits = text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| are_digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_the_guide_and_its_neighbours() {
        // Expected seconds are those of `date -u -d … +%s`.
        for (text, seconds) in [
            ("1970-01-01", Some(0)),
            ("2018-06-18", Some(1_529_280_000)),
            ("2018-06-18T22:28:28", Some(1_529_360_908)),
            ("2018-06-18T22:28:28Z", Some(1_529_360_908)),
            ("2018-06-18T22:28:28+00:00", Some(1_529_360_908)),
            ("2018-06-18T22:28:28.999Z", Some(1_529_360_908)),
            ("2018-06-18T22:28:28+02:00", Some(1_529_353_708)),
            ("2018-06-18T22:28:28-05:30", Some(1_529_380_708)),
            ("2000-02-29", Some(951_782_400)),
            ("1969-12-31T23:59:59Z", Some(-1)),
            ("0000-03-01", Some(-62_162_035_200)),
            ("9999-12-31", Some(253_402_214_400)),
            ("1900-02-29", None),
            ("2018-02-29", None),
            ("2018-13-01", None),
            ("2018-00-01", None),
            ("2018-6-18", None),
            ("2018-06-18T", None),
            ("2018-06-18T22:28", None),
            ("2018-06-18T24:00:00", None),
            ("2018-06-18T22:28:28.", None),
            ("2018-06-18T22:28:28+0200", None),
            ("2018-06-18T22:28:28+24:00", None),
            ("2018-06-18T22:28:28ZZ", None),
            ("2018-06-18 22:28:28", None),
            ("18.06.2018", None),
            ("+018-06-18", None),
            ("", None),
            ("２018-06-18", None),
        ] {
            assert_eq!(parse_moment(text), seconds, "{text}");
        }
    }
}
