//! The rates of each form at telling moments, and each form read and written.

use super::*;
use crate::draw::{Stream, draw_below};
use crate::source::from_value;
use alloc::format;
use serde_json::{json, to_value};

fn profile(value: &Value) -> Profile {
    from_value(value).unwrap_or_else(|error| panic!("{value}: {}: {error}", error.pointer()))
}

/// Every form, with each of its members.
fn forms() -> Vec<Value> {
    Vec::from([
        json!(120),
        json!(12.5),
        json!({"profile": "ramp", "from": 10, "to": 200.25, "start": "PT5M", "over": "PT10M"}),
        json!({"profile": "ramp", "from": 10, "to": 0, "over": "PT10M"}),
        json!({"profile": "steps", "steps": [{"at": "PT0S", "rate": 50}, {"at": "PT10M", "rate": 80}]}),
        json!({"profile": "daily", "low": 20, "high": 300, "peakAt": "PT14H"}),
        json!({"profile": "daily", "low": 20, "high": 300, "peakAt": "PT14M", "period": "PT1H"}),
        json!({"profile": "spike", "base": 50, "peak": 500, "at": "PT10M", "hold": "PT2M"}),
        json!({"profile": "spike", "base": 50, "peak": 500, "at": "PT10M", "rise": "PT30S",
            "hold": "PT2M", "fall": "PT1M"}),
        json!({"profile": "replay", "csv": "s,rps\n0,10\n60,40\n"}),
        json!({"profile": "replay", "csv": "0,10\n60,40\n", "loop": true}),
        json!({"profile": "replay", "file": "load.csv"}),
    ])
}

/// `seconds: requests per second` at each of the moments.
fn rates(value: &Value, seconds: &[f64]) -> String {
    let profile = profile(value);
    let at = |seconds: f64| Instant((seconds * 1000.0) as u64);
    let rate = |seconds: &f64| {
        let rate = profile.rate(at(*seconds)) as f64 / 1e6;
        format!("{seconds}: {rate}")
    };
    let rates: Vec<String> = seconds.iter().map(rate).collect();
    rates.join(", ")
}

#[test]
fn every_form_is_written_as_it_was_read() {
    for value in forms() {
        let read = profile(&value);
        let written = to_value(&read).unwrap();
        assert_eq!(written, value);
        assert_eq!(profile(&written), read);
    }
}

#[test]
fn each_form_has_its_rates() {
    let forms = forms();
    let told = [
        rates(&forms[1], &[0.0, 1e6]),
        rates(&forms[2], &[0.0, 300.0, 600.0, 899.999, 900.0, 1e6]),
        rates(&forms[4], &[0.0, 599.999, 600.0, 1e6]),
        rates(&forms[7], &[599.999, 600.0, 719.999, 720.0]),
        rates(
            &forms[8],
            &[600.0, 615.0, 630.0, 750.0, 780.0, 810.0, 900.0],
        ),
        rates(&forms[9], &[0.0, 59.999, 60.0, 1e6]),
        rates(&forms[10], &[0.0, 60.0, 119.999, 120.0, 180.0]),
        rates(&forms[11], &[0.0]),
    ];
    let expected = "\
0: 12.5, 1000000: 12.5
0: 10, 300: 10, 600: 105.125, 899.999: 200.249682, 900: 200.25, 1000000: 200.25
0: 50, 599.999: 50, 600: 80, 1000000: 80
599.999: 50, 600: 500, 719.999: 500, 720: 50
600: 50, 615: 275, 630: 500, 750: 500, 780: 275, 810: 50, 900: 50
0: 10, 59.999: 10, 60: 40, 1000000: 40
0: 10, 60: 40, 119.999: 40, 120: 10, 180: 40
0: 0";
    assert_eq!(told.join("\n"), expected);
}

#[test]
fn nobody_asks_before_the_first_step() {
    let late = json!({"profile": "steps", "steps": [{"at": "PT1M", "rate": 5}]});
    assert_eq!(rates(&late, &[0.0, 59.999, 60.0]), "0: 0, 59.999: 0, 60: 5");
}

#[test]
fn a_daily_rate_is_highest_at_its_peak_and_comes_again() {
    let day = json!({"profile": "daily", "low": 20, "high": 300, "peakAt": "PT14H"});
    let hours = |hours: f64| hours * 3600.0;
    let moments = [14.0, 38.0, 2.0, 8.0, 20.0].map(hours);
    assert_eq!(
        rates(&day, &moments),
        "50400: 300, 136800: 300, 7200: 20, 28800: 160, 72000: 160"
    );
    // Between the ends of its pieces it stays close to the sine.
    let profile = profile(&day);
    for seconds in (0..86_400).step_by(37) {
        let angle = TAU * f64::from(seconds - 50_400) / 86_400.0;
        let sine = 160.0 + 140.0 * libm::cos(angle);
        let rate = profile.rate(Instant(u64::try_from(seconds).unwrap() * 1000));
        assert!(
            (rate as f64 / 1e6 - sine).abs() < 0.01,
            "{seconds}: {rate} {sine}"
        );
    }
    let whole_day = profile.arrivals(Instant(0), Instant(86_400_000));
    assert!(
        (whole_day as f64 / 1e6 - 160.0 * 86_400.0).abs() < 1.0,
        "{whole_day}"
    );
}

#[test]
fn a_daily_rate_of_an_odd_period_has_no_gap() {
    let odd = json!({"profile": "daily", "low": 0, "high": 100, "peakAt": "PT0.1S", "period": "PT0.301S"});
    assert_eq!(rates(&odd, &[0.1, 0.401]), "0.1: 100, 0.401: 100");
    let profile = profile(&odd);
    let asked = profile.arrivals(Instant(0), Instant(301_000));
    assert!((asked as f64 / 1e6 - 15_050.0).abs() < 50.0, "{asked}");
}

#[test]
fn parts_of_every_form_add_up_to_the_whole() {
    for value in forms() {
        let profile = profile(&value);
        for n in 0..200_u64 {
            let moment = |k| Instant(draw_below(3, Stream::Pull, 3 * n + k, 200_000_000));
            let mut at = [moment(0), moment(1), moment(2)];
            at.sort();
            let [a, b, c] = at;
            let parts = profile.arrivals(a, b) + profile.arrivals(b, c);
            assert_eq!(parts, profile.arrivals(a, c), "{value}: {a:?} {b:?} {c:?}");
        }
    }
}

#[test]
fn what_comes_is_the_area_under_the_rate() {
    let forms = forms();
    let asked = |form: usize, from: u64, to: u64| {
        profile(&forms[form]).arrivals(Instant(from * 1000), Instant(to * 1000))
    };
    assert_eq!(asked(0, 0, 60), 7_200_000_000);
    // Ten minutes from 10 to 200.25.
    assert_eq!(asked(2, 300, 900), 63_075_000_000);
    assert_eq!(asked(8, 600, 630), 8_250_000_000);
    assert_eq!(asked(10, 0, 360), 3 * (600 + 2400) * 1_000_000);
    // A rate of half a millisecond's worth is not lost in parts of a millisecond.
    let slow = profile(&json!(0.0005));
    let parts = (0..4_000_000).step_by(7919);
    let parts = parts.map(|at| slow.arrivals(Instant(at), Instant((at + 7919).min(4_000_000))));
    assert_eq!(parts.sum::<u64>(), 2_000_000);
}

#[test]
fn what_is_no_profile_is_told_at_its_place() {
    let told = |value: &Value| {
        let error = from_value::<Profile>(value).unwrap_err();
        format!("at `{}` {error}", error.pointer())
    };
    let told: Vec<String> = [
        json!(-1),
        json!("fast"),
        json!({"from": 1}),
        json!({"profile": "ramps"}),
        json!({"profile": "constant", "rate": 5}),
        json!({"profile": "ramp", "from": 1, "to": 2, "over": "10m"}),
        json!({"profile": "ramp", "from": 1, "to": 2, "over": "PT1M", "until": 5}),
        json!({"profile": "steps", "steps": [{"at": "PT0S", "rate": 5}, {"at": "PT1M", "rate": -5}]}),
        json!({"profile": "replay"}),
        json!({"profile": "replay", "csv": "0,1", "file": "x"}),
        json!({"profile": "replay", "csv": 5}),
    ]
    .iter()
    .map(told)
    .collect();
    let expected = "\
at `` a rate is a number from 0 to 10000000, in requests per second
at `` expected a number of requests per second, or a profile
at `` missing field `profile`
at `` unknown variant `ramps`, expected one of `ramp`, `steps`, `daily`, `spike`, `replay`
at `` unknown variant `constant`, expected one of `ramp`, `steps`, `daily`, `spike`, `replay`
at `/over` `10m` is not an ISO 8601 duration such as `PT10M` or `PT1H30M`
at `/until` unknown field `until`, expected one of `from`, `to`, `start`, `over`
at `/steps/1/rate` a rate is a number from 0 to 10000000, in requests per second
at `` missing field `csv` (or `file`)
at `` a replay has `csv` or `file`, not both
at `/csv` invalid type: integer `5`, expected a string";
    assert_eq!(told.join("\n"), expected);
}

#[test]
fn the_content_of_a_file_takes_its_place() {
    let file = profile(&json!({"profile": "replay", "file": "load.csv", "loop": true}));
    assert_eq!(file.file(), Some("load.csv"));
    let read = file.with_csv("0,5\n10,7\n");
    assert_eq!((read.file(), read.rate(Instant(20_000))), (None, 5_000_000));
    assert_eq!(
        to_value(&read).unwrap(),
        json!({"profile": "replay", "csv": "0,5\n10,7\n", "loop": true})
    );
    assert_eq!(read.with_csv("0,9"), read);
}

#[test]
fn times_beyond_measure_do_no_harm() {
    let longest = "PT18446744073709551S";
    for value in [
        json!({"profile": "ramp", "from": 1, "to": 10_000_000, "start": longest, "over": longest}),
        json!({"profile": "ramp", "from": 1, "to": 10_000_000, "over": longest}),
        json!({"profile": "daily", "low": 1, "high": 9, "peakAt": longest, "period": longest}),
        json!({"profile": "daily", "low": 1, "high": 9, "peakAt": "PT1S", "period": "PT0S"}),
        json!({"profile": "spike", "base": 1, "peak": 9, "at": longest, "rise": longest,
            "hold": longest, "fall": longest}),
        json!({"profile": "steps", "steps": [{"at": longest, "rate": 5}, {"at": "PT0S", "rate": 6}]}),
    ] {
        let profile = profile(&value);
        for at in [0, 1, 1 << 40, u64::MAX] {
            assert!(profile.rate(Instant(at)) <= 10_000_000_000_000, "{value}");
            let asked = profile.arrivals(Instant(0), Instant(at));
            assert!(at > 0 || asked == 0, "{value}");
        }
    }
}
