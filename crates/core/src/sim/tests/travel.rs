//! The laws of time travel: seek, what-if, replay.

use super::*;
use alloc::vec::Vec;

#[test]
fn seeking_equals_the_straight_run() {
    let recording = eventful();
    let mut timeline = Timeline::new(recording.clone());
    timeline.seek(Instant(900_000));
    for n in 0..40 {
        let to = Instant(draw_below(11, Stream::Placement, n, 900_000));
        timeline.seek(to);
        let (straight, log) = simulate(&recording, to);
        assert_eq!(timeline.now(), to);
        assert!(
            timeline.world().control() == straight.control(),
            "state at {to}"
        );
        assert_eq!(
            lines(straight.model(), timeline.events()),
            lines(straight.model(), &log)
        );
    }
}

#[test]
fn what_if_equals_a_run_that_knew_the_input_from_the_start() {
    let mut timeline = Timeline::new(eventful());
    timeline.seek(Instant(900_000));
    for (n, seconds) in [(0_u64, 600), (1, 200), (2, 170), (3, 0)] {
        timeline.seek(Instant(seconds * 1000));
        let dropped = timeline.input(Input::TerminateInstance {
            instance: "i-0c".into(),
        });
        assert!(dropped > 0 || n == 0, "input {n} drops the future");
        timeline.seek(Instant(seconds * 1000 + 400_000));
        let (straight, log) = simulate(timeline.recording(), timeline.now());
        assert!(
            timeline.world().control() == straight.control(),
            "state after input {n}"
        );
        assert_eq!(
            lines(straight.model(), timeline.all_events()),
            lines(straight.model(), &log)
        );
        // Going back over the input and forth again shows it as well.
        timeline.seek(Instant(seconds * 1000 / 2));
        timeline.seek(Instant(seconds * 1000 + 300_000));
        let (straight, _) = simulate(timeline.recording(), timeline.now());
        assert!(
            timeline.world().control() == straight.control(),
            "seek after input {n}"
        );
    }
}

#[test]
fn a_refused_input_is_told_and_changes_nothing() {
    let (world, log) = run(&eventful(), 301);
    let refused = story(&world, &log, "input had no effect");
    assert!(
        refused.contains("no host `nowhere` is registered"),
        "{refused}"
    );
}

#[test]
fn a_long_run_keeps_few_checkpoints_and_still_seeks() {
    let mut timeline = Timeline::new(eventful());
    let days = Instant::ZERO + Millis::minutes(3 * 24 * 60);
    timeline.seek(days);
    timeline.seek(Instant(171_000));
    let (straight, _) = simulate(timeline.recording(), Instant(171_000));
    assert!(timeline.world().control() == straight.control());
    assert_eq!(timeline.end(), days);
}

#[test]
fn inputs_at_every_offset_keep_the_checkpoints_going() {
    let mut timeline = Timeline::new(recording(sample(), Vec::new()));
    timeline.seek(Instant(59_999));
    for _ in 0..2 {
        timeline.input(Input::StopTask {
            task: "0".into(),
            reason: None,
        });
    }
    timeline.seek(Instant(200_000));
    timeline.seek(Instant(61_000));
    let (straight, _) = simulate(timeline.recording(), Instant(61_000));
    assert!(timeline.world().control() == straight.control());
}
