//! Recorded traffic: CSV with a column of times and one of requests per second, as load tests and
//! monitoring write it. Further columns are left alone.
//!
//! A time is a number of seconds or a length of ISO 8601 since the start of the run, or a moment
//! such as `2026-06-18T22:00:00Z`; moments count from the first row. Nothing is guessed: the first
//! row that does not fit is told with line, column and text.

use super::curve::{Curve, Piece};
use super::rate::Rate;
use crate::query::parse_moment;
use crate::source::Lines;
use crate::time::Millis;
use alloc::string::String;
use alloc::vec::Vec;
use csv_core::{ReadFieldResult, Reader};

/// Most rows: a day in seconds, or two months in minutes.
pub const CSV_ROWS_MAX: usize = 100_000;

/// Longest cell that is looked at, in bytes: no time and no number of anybody's is half as long.
const CELL_BYTES_MAX: usize = 64;

/// Latest time, in seconds: a century, so that milliseconds of it are exact as floats.
const SECONDS_MAX: f64 = 3.2e9;

/// Least number of seconds that is held for a Unix time, our own choice: 2001, before which nobody
/// recorded what is replayed here, and 31 years as a time since the start of a run.
const UNIX_TIME_MIN: f64 = 1.0e9;

/// Why rows could not be read, and where. Line and column count from 1, in characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvFault {
    /// Line of the CSV.
    pub line: usize,
    /// Column in that line.
    pub column: usize,
    /// What stands there, cut off where it is long.
    pub text: String,
    /// What is wrong with it.
    pub kind: CsvFaultKind,
}

/// What can be wrong with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CsvFaultKind {
    /// The first cell is no time.
    NotATime,
    /// It is a number so high that it was probably meant as a Unix time.
    UnixTime,
    /// It is a moment where the rows before it have times since the start, or the reverse.
    OtherKindOfTime,
    /// It is not after the one of the row before.
    NotLater,
    /// There is no second cell.
    NoRate,
    /// The second cell is no number from 0 to [`super::RATE_MAX`].
    NotARate,
    /// It is row [`CSV_ROWS_MAX`] + 1.
    TooManyRows,
    /// There is no row at all.
    NoRows,
}

/// The curve of the rows.
pub(super) fn curve(text: &str, looped: bool) -> Result<Curve, CsvFault> {
    let rows = rows(text)?;
    let period = period(&rows).filter(|_| looped);
    let pieces = rows
        .iter()
        .map(|row| Piece::level(row.at, row.rate.micro()));
    let curve = Curve::new(pieces);
    Ok(match period {
        Some(period) => curve.repeating(period, Millis::ZERO),
        None => curve,
    })
}

#[derive(Clone, Copy, Debug)]
struct Row {
    at: Millis,
    rate: Rate,
}

/// The last row holds as long as the one before it; a single one holds on.
fn period(rows: &[Row]) -> Option<Millis> {
    let [.., before, last] = rows else {
        return None;
    };
    Some(Millis(last.at.0 + (last.at.0 - before.at.0)))
}

fn rows(text: &str) -> Result<Vec<Row>, CsvFault> {
    let mut records = Records::new(text);
    let mut rows: Vec<Row> = Vec::new();
    let (mut first, mut is_head) = (None, true);
    while let Some(record) = records.next() {
        let (time, rate) = (time(&record.time.text), record.rate.as_ref().and_then(rate));
        if core::mem::take(&mut is_head) && time.is_none() && rate.is_none() {
            continue;
        }
        if rows.len() == CSV_ROWS_MAX {
            return Err(records.fault(&record.time, CsvFaultKind::TooManyRows));
        }
        let faulty = |kind| Err(records.fault(&record.time, kind));
        if is_unix_time(&record.time.text) {
            return faulty(CsvFaultKind::UnixTime);
        }
        let Some(time) = time else {
            return faulty(CsvFaultKind::NotATime);
        };
        let Some(at) = since(time, *first.get_or_insert(time)) else {
            return faulty(CsvFaultKind::OtherKindOfTime);
        };
        let at = at.filter(|at| rows.last().is_none_or(|row| row.at < *at));
        let Some(at) = at else {
            return faulty(CsvFaultKind::NotLater);
        };
        match (rate, &record.rate) {
            (Some(rate), _) => rows.push(Row { at, rate }),
            (None, Some(cell)) => return Err(records.fault(cell, CsvFaultKind::NotARate)),
            (None, None) => return faulty(CsvFaultKind::NoRate),
        }
    }
    match rows.is_empty() {
        true => Err(records.fault(&Cell::default(), CsvFaultKind::NoRows)),
        false => Ok(rows),
    }
}

/// Whether a number counts seconds, or milliseconds, since 1970 rather than since the start.
fn is_unix_time(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(|it| it >= UNIX_TIME_MIN)
}

#[derive(Clone, Copy, Debug)]
enum Time {
    Since(Millis),
    /// Seconds since 1970.
    Moment(i64),
}

fn time(text: &str) -> Option<Time> {
    if text.starts_with('P') {
        let length = text.parse::<Millis>().ok()?;
        return (length.0 as f64 <= SECONDS_MAX * 1000.0).then_some(Time::Since(length));
    }
    match text.parse::<f64>() {
        Ok(seconds) => {
            let fits = (0.0..=SECONDS_MAX).contains(&seconds);
            fits.then_some(Time::Since(Millis((seconds * 1000.0 + 0.5) as u64)))
        }
        Err(_) => parse_moment(text).map(Time::Moment),
    }
}

/// The time since the start of the run; the inner `None` is before it, the outer one means that
/// the two are of different kinds.
#[expect(clippy::option_option, reason = "two ways in which there is no time")]
fn since(time: Time, first: Time) -> Option<Option<Millis>> {
    match (time, first) {
        (Time::Since(length), Time::Since(_)) => Some(Some(length)),
        (Time::Moment(moment), Time::Moment(first)) => {
            let seconds = u64::try_from(moment.saturating_sub(first));
            Some(seconds.ok().map(Millis::seconds))
        }
        (Time::Since(_), Time::Moment(_)) | (Time::Moment(_), Time::Since(_)) => None,
    }
}

fn rate(cell: &Cell) -> Option<Rate> {
    Rate::per_second(cell.text.parse().ok()?)
}

/// The first two cells of a record.
struct Record {
    time: Cell,
    rate: Option<Cell>,
}

#[derive(Debug, Default)]
struct Cell {
    /// Where it begins.
    offset: usize,
    /// Without spaces around it, cut off where it is too long.
    text: String,
}

struct Records<'a> {
    reader: Reader,
    text: &'a str,
    offset: usize,
}

impl<'a> Records<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            reader: Reader::new(),
            text: text.strip_prefix('\u{feff}').unwrap_or(text),
            offset: 0,
        }
    }

    /// The next record that is not blank.
    fn next(&mut self) -> Option<Record> {
        loop {
            // Ends of lines are taken together with what comes after them.
            let (time, mut is_last) = self.cell(b" \t\r\n")?;
            let is_blank = is_last && time.text.is_empty();
            let mut rate = None;
            while !is_last {
                let (cell, ends) = self.cell(b" \t")?;
                rate.get_or_insert(cell);
                is_last = ends;
            }
            if !is_blank {
                return Some(Record { time, rate });
            }
        }
    }

    /// The next cell, which begins behind all bytes of `blank`, and whether its record ends with it.
    fn cell(&mut self, blank: &[u8]) -> Option<(Cell, bool)> {
        let bytes = self.text.as_bytes();
        let mut kept = Vec::new();
        let mut buffer = [0; CELL_BYTES_MAX];
        let mut offset = self.offset;
        while bytes.get(offset).is_some_and(|byte| blank.contains(byte)) {
            offset += 1;
        }
        loop {
            let rest = bytes.get(self.offset..).unwrap_or_default();
            let (read, taken, put) = self.reader.read_field(rest, &mut buffer);
            self.offset += taken;
            let room = CELL_BYTES_MAX.saturating_sub(kept.len()).min(put);
            kept.extend_from_slice(&buffer[..room]);
            match read {
                ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
                ReadFieldResult::Field { record_end } => {
                    let text = String::from_utf8_lossy(&kept).trim().into();
                    return Some((Cell { offset, text }, record_end));
                }
                ReadFieldResult::End => return None,
            }
        }
    }

    fn fault(&self, cell: &Cell, kind: CsvFaultKind) -> CsvFault {
        let place = Lines::new(self.text).place(cell.offset.min(self.text.len()));
        CsvFault {
            line: place.line,
            column: place.column,
            text: cell.text.clone(),
            kind,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Instant;
    use alloc::format;

    fn told(text: &str) -> String {
        match rows(text) {
            Ok(rows) => {
                let row = |row: &Row| format!("{} {}", row.at.0, row.rate.micro());
                rows.iter().map(row).collect::<Vec<_>>().join(", ")
            }
            Err(CsvFault {
                line,
                column,
                text,
                kind,
            }) => format!("{line}:{column} {kind:?} `{text}`"),
        }
    }

    #[test]
    fn every_way_of_writing_rows_is_read() {
        let two = "0 10000000, 60000 40500000";
        for text in [
            "0,10\n60,40.5\n",
            "0,10\n60,40.5",
            "seconds,requests_per_second\n0,10\n60,40.5\n",
            "time,rate,note\r\n0,10,\r\n60,40.5,\"a, b\r\nc\"\r\n",
            "\u{feff}time,rate\n0,10\n60,40.5\n",
            "\n\n 0 , 10 \n\n   \n60,\t40.5\n\n",
            "\"0\",\"10\"\n\"60\",\"40.5\"\n",
            "PT0S,10\nPT1M,40.5\n",
            "0.0,1e1\n6e1,4.05e1\n",
            "when,rps\n2026-06-18T22:00:00Z,10\n2026-06-18T22:01:00Z,40.5\n",
            "2026-06-18T22:00:00+02:00,10\n2026-06-18T20:01:00Z,40.5\n",
            "0,10,1,2,3\n60,40.5,x\n",
        ] {
            assert_eq!(told(text), two, "{text:?}");
        }
        assert_eq!(told("0.25,0\n0.2505,1"), "250 0, 251 1000000");
        let long = format!("{},rate\n5,1\n", "x".repeat(1000));
        assert_eq!(told(&long), "5000 1000000");
    }

    #[test]
    fn the_first_row_that_does_not_fit_is_told_with_its_place() {
        for (text, fault) in [
            ("", "1:1 NoRows ``"),
            ("\n\n", "1:1 NoRows ``"),
            ("seconds,rate\n", "1:1 NoRows ``"),
            ("seconds,rate\nabc,5\n", "2:1 NotATime `abc`"),
            ("s,r\ns,r\n", "2:1 NotATime `s`"),
            ("0;10\n60;40\n", "2:1 NotATime `60;40`"),
            ("-1,5\n", "1:1 NotATime `-1`"),
            ("nan,5\n", "1:1 NotATime `nan`"),
            ("1e10,5\n", "1:1 UnixTime `1e10`"),
            ("0,5\n\n\n 60 , -1\n", "4:7 NotARate `-1`"),
            ("0,5\r\n60,\"4\r\n0\"\r\n", "2:4 NotARate `4\r\n0`"),
            ("0,nan\n", "1:3 NotARate `nan`"),
            ("0,10000001\n", "1:3 NotARate `10000001`"),
            ("0,\n", "1:3 NotARate ``"),
            ("0,5\n60\n", "2:1 NoRate `60`"),
            ("0,5\n0.0001,6\n", "2:1 NotLater `0.0001`"),
            ("60,5\n0,6\n", "2:1 NotLater `0`"),
            (
                "2026-06-18T22:00:00Z,1\n2026-06-18T21:00:00Z,2\n",
                "2:1 NotLater `2026-06-18T21:00:00Z`",
            ),
            ("0,5\n2026-06-18,6\n", "2:1 OtherKindOfTime `2026-06-18`"),
            ("2026-06-18,5\n60,6\n", "2:1 OtherKindOfTime `60`"),
            ("1750284000,10\n", "1:1 UnixTime `1750284000`"),
            ("0,5\n\u{e9}\u{e9},6,\n", "2:1 NotATime `\u{e9}\u{e9}`"),
        ] {
            assert_eq!(told(text), fault, "{text:?}");
        }
        let row = |row: usize| format!("{row},1\n");
        let most: String = (0..CSV_ROWS_MAX).map(row).collect();
        assert_eq!(rows(&most).unwrap().len(), CSV_ROWS_MAX);
        let more = most + "100000,1\n";
        assert_eq!(told(&more), "100001:1 TooManyRows `100000`");
    }

    #[test]
    fn a_replay_that_loops_gives_its_last_row_the_time_of_the_one_before() {
        let rate = |text: &str, looped, second: u64| {
            let curve = curve(text, looped).unwrap();
            curve.rate(Instant(second * 1000)) / 1_000_000
        };
        let text = "0,1\n10,2\n30,3\n";
        let seconds = [0, 10, 30, 49, 50, 60, 80, 100];
        assert_eq!(
            seconds.map(|at| rate(text, true, at)),
            [1, 2, 3, 3, 1, 2, 3, 1]
        );
        assert_eq!(rate(text, false, 1000), 3);
        assert_eq!(rate("5,4\n", true, 1000), 4);
        assert_eq!(rate("5,4\n", true, 4), 0);
    }
}
