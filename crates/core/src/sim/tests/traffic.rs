//! Traffic in scenarios: read and written, refused at its place, changed by inputs.

use super::*;
use crate::sim::traffic::{
    ATTEMPTS_MAX, Profile, REQUESTS_MAX, SOURCES_MAX, STEPS_MAX, TrafficSource,
};
use crate::source::read;
use crate::view::scenario_fault_words;
use serde_json::{Value, json};

fn read_scenario(value: &Value) -> Scenario {
    read(&value.to_string()).unwrap()
}

/// Twenty minutes with this traffic and these inputs.
fn scenario(traffic: Value, inputs: Value) -> Scenario {
    read_scenario(&json!({"duration": "PT20M", "traffic": traffic, "inputs": inputs}))
}

/// What is wrong with a scenario on the sample, a line each.
fn faults(scenario: &Scenario) -> String {
    let prepared = Prepared::new(Arc::new(sample()), scenario, None);
    let line = |fault: &ScenarioFault| {
        let words = scenario_fault_words(fault);
        let hint = words.hint.map(|hint| format!(" ({hint})"));
        format!(
            "{} {}{}",
            fault.pointer,
            words.message,
            hint.unwrap_or_default()
        )
    };
    let faults = prepared.err().unwrap_or_default();
    faults.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// What is wrong with a source that has these members too.
fn faults_with(members: Value) -> String {
    let mut source = json!({"listener": "shop-alb:80", "requestsPerSecond": 1});
    let (Value::Object(source_members), Value::Object(members)) = (&mut source, members) else {
        panic!("these are no members");
    };
    source_members.extend(members);
    faults(&scenario(json!([source]), json!([])))
}

fn full() -> Value {
    json!([
        {
            "name": "shoppers",
            "listener": "shop-alb:80",
            "requestsPerSecond": {"profile": "ramp", "from": 10, "to": 200, "start": "PT5M", "over": "PT10M"},
            "requests": [
                {"weight": 3, "method": "POST", "host": "shop.example", "path": "/api/items", "query": "a=b",
                    "headers": {"User-Agent": "x"}, "sourceIp": "203.0.113.7", "protocol": "HTTP/2"},
                {"sourceIp": "2001:db8::7", "protocol": "gRPC", "path": "/grpc"},
                {}
            ],
            "retries": {"attempts": 2, "backoff": "PT0.5S"},
            "session": "PT10M"
        },
        {"listener": "shop-alb:80", "requestsPerSecond": 12.5, "retries": {"attempts": 0}}
    ])
}

#[test]
fn traffic_is_written_as_it_was_read() {
    let inputs = json!([
        {"at": "PT1M", "do": "setTraffic", "name": "shoppers", "requestsPerSecond": 500},
        {"at": "PT2M", "do": "setTraffic", "listener": "shop-alb:80", "session": "PT1M",
            "retries": {"attempts": 1}, "requests": [{"path": "/x"}],
            "requestsPerSecond": {"profile": "replay", "csv": "0,1\n5,2\n", "loop": true}},
        {"at": "PT3M", "do": "stopTraffic", "name": "shoppers"}
    ]);
    let scenario = scenario(full(), inputs.clone());
    let written = serde_json::to_value(&scenario).unwrap();
    assert_eq!(written["traffic"], full());
    assert_eq!(written["inputs"], inputs);
    assert_eq!(read_scenario(&written), scenario);
    let recording = Recording {
        traffic: scenario.traffic.clone(),
        ..recording(sample(), scenario.inputs.clone())
    };
    let text = serde_json::to_string(&recording).unwrap();
    assert_eq!(read::<Recording>(&text).unwrap(), recording);
    let without = serde_json::to_value(super::recording(sample(), Vec::new())).unwrap();
    assert_eq!(without.get("traffic"), None);
}

#[test]
fn what_is_absent_is_a_request_for_the_root() {
    let [first, second] = &scenario(full(), json!([])).traffic[..] else {
        panic!("there are two sources");
    };
    assert_eq!((first.name(), second.name()), ("shoppers", "shop-alb:80"));
    let [only] = &second.mix()[..] else {
        panic!("there is one request");
    };
    assert_eq!(
        (only.weight, only.method.as_str(), only.path.as_str()),
        (1, "GET", "/")
    );
    assert_eq!(only.host, None);
    assert_eq!(first.mix()[2], *only);
}

#[test]
fn a_type_error_is_told_at_its_field() {
    let place = |value: Value| {
        let error = read::<Scenario>(&value.to_string()).unwrap_err();
        format!("{} {error}", error.pointer)
    };
    let source = |members: &str| {
        let text = format!(
            r#"{{"traffic": [{{"listener": "l", "requestsPerSecond": 1}}, {{"listener": "l", {members}}}]}}"#
        );
        serde_json::from_str(&text).unwrap()
    };
    let input = |members: &str| {
        let text = format!(r#"{{"inputs": [{{"at": "PT1M", "do": "setTraffic", {members}}}]}}"#);
        serde_json::from_str(&text).unwrap()
    };
    let told = [
        place(source(r#""requestsPerSecond": -1"#)),
        place(source(
            r#""requestsPerSecond": {"profile": "steps", "steps": [{"at": "PT0S", "rate": 20000000}]}"#,
        )),
        place(source(
            r#""requestsPerSecond": {"profile": "ramp", "from": 1, "to": 2, "over": "soon"}"#,
        )),
        place(source(r#""name": "x""#)),
        place(source(r#""requestsPerSecond": 1, "rate": 5"#)),
        place(source(
            r#""requestsPerSecond": 1, "requests": [{}, {"sourceIp": "nowhere"}]"#,
        )),
        place(source(
            r#""requestsPerSecond": 1, "requests": [{"weight": -3}]"#,
        )),
        place(input(
            r#""name": "x", "requestsPerSecond": {"profile": "spike", "base": 1, "peak": -1, "at": "PT1M", "hold": "PT1M"}"#,
        )),
        place(input(r#""name": "x", "rate": 5"#)),
        place(input(r#""name": "x", "retries": {"attempts": "two"}"#)),
    ];
    let expected = "\
/traffic/1/requestsPerSecond a rate is a number from 0 to 10000000, in requests per second
/traffic/1/requestsPerSecond/steps/0/rate a rate is a number from 0 to 10000000, in requests per second
/traffic/1/requestsPerSecond/over `soon` is not an ISO 8601 duration such as `PT10M` or `PT1H30M`
/traffic/1 missing field `requestsPerSecond`
/traffic/1/rate unknown field `rate`, expected one of `name`, `listener`, `requestsPerSecond`, `requests`, `retries`, `session`
/traffic/1/requests/1/sourceIp invalid IP address syntax
/traffic/1/requests/0/weight invalid value: integer `-3`, expected u32
/inputs/0/requestsPerSecond/peak a rate is a number from 0 to 10000000, in requests per second
/inputs/0/rate unknown field `rate`, expected one of `name`, `listener`, `requestsPerSecond`, `requests`, `retries`, `session`
/inputs/0/retries/attempts invalid type: string \"two\", expected u32";
    assert_eq!(told.join("\n"), expected);
}

#[test]
fn names_that_lead_nowhere_are_faults() {
    let traffic = json!([
        {"name": "a", "listener": "shop-alb:81", "requestsPerSecond": 1},
        {"name": "a", "listener": "shop-alb:80", "requestsPerSecond": 1},
        {"listener": "shop-alb:80", "requestsPerSecond": 1},
        {"listener": "shop-alb:80", "requestsPerSecond": 1},
        {"name": "b", "listener": "nothing like it", "requestsPerSecond": 1}
    ]);
    let inputs = json!([
        {"at": "PT1M", "do": "stopTraffic", "name": "nobody"},
        {"at": "PT1M", "do": "setTraffic", "requestsPerSecond": 5},
        {"at": "PT1M", "do": "setTraffic", "listener": "shop-alb:8"}
    ]);
    let expected = "\
/traffic/0/listener no listener is called `shop-alb:81` (did you mean `shop-alb:80`?)
/traffic/1/name two sources of traffic are called `a` (give one of them another `name`)
/traffic/3/listener two sources of traffic are called `shop-alb:80` (give one of them another `name`)
/traffic/4/listener no listener is called `nothing like it` (the design has `shop-alb:80`)
/inputs/1 this names no source of traffic (say which by `name`, or by `listener`)
/inputs/2/listener no listener is called `shop-alb:8` (did you mean `shop-alb:80`?)";
    assert_eq!(faults(&scenario(traffic, inputs)), expected);
}

#[test]
fn a_listener_that_an_edit_adds_may_be_asked_and_one_may_be_named_by_its_arn() {
    let added = json!({"LoadBalancerArn": "shop-alb", "Port": 8080, "ListenerArn": "arn:aws:l/1"});
    let edit = json!({"at": "PT1M", "do": "edit",
        "change": {"edit": "set", "pointer": "/listeners/-", "value": added}});
    for listener in ["shop-alb:8080", "arn:aws:l/1"] {
        let traffic = json!([{"listener": listener, "requestsPerSecond": 1}]);
        assert_eq!(faults(&scenario(traffic.clone(), json!([edit]))), "");
        assert_ne!(faults(&scenario(traffic, json!([]))), "");
    }
}

#[test]
fn requests_that_nobody_could_send_are_faults() {
    let requests = |requests: Value| faults_with(json!({"requests": requests}));
    let too_many: Vec<Value> = (0..=REQUESTS_MAX).map(|_| json!({})).collect();
    let told = [
        requests(json!([])),
        requests(json!(too_many)),
        requests(json!([{"weight": 0}, {"weight": 1001}, {"weight": 1000}])),
        requests(json!([{"path": "items"}, {"path": "/a?b=c"}, {"path": ""}, {"path": "/"}])),
        requests(json!([{"method": ""}, {"method": "GET /"}, {"method": "PURGE"}])),
        requests(json!([{"headers": {"X-Fine": "y", "not fine": "y", "X/Two": "a\nb"}}])),
        requests(json!([{"host": "a b"}, {"host": "a\n"}, {"query": "?a=1"}, {"query": "a b"}])),
        requests(json!([{"path": format!("/{}", "x".repeat(20_000))}])),
        requests(json!([{"host": "x".repeat(300)}])),
        faults_with(json!({"retries": {"attempts": ATTEMPTS_MAX + 1}})),
        faults_with(json!({"retries": {"attempts": ATTEMPTS_MAX}, "session": "PT0S"})),
    ];
    let expected = "\
/traffic/0/requests a mix of no requests asks nothing (add a request, or leave `requests` out for `GET /`)
/traffic/0/requests 51 requests are more than the 50 of a mix (write several sources)
/traffic/0/requests/0/weight a weight is 1 to 1000, not 0 (take out what nobody asks; only the proportions count)
/traffic/0/requests/1/weight a weight is 1 to 1000, not 1001 (take out what nobody asks; only the proportions count)
/traffic/0/requests/0/path `items` is not a path (begin it with `/`; what stands behind the `?` goes into `query`)
/traffic/0/requests/1/path `/a?b=c` is not a path (begin it with `/`; what stands behind the `?` goes into `query`)
/traffic/0/requests/2/path `` is not a path (begin it with `/`; what stands behind the `?` goes into `query`)
/traffic/0/requests/0/method `` is not a method of HTTP (write one such as `GET`)
/traffic/0/requests/1/method `GET /` is not a method of HTTP (write one such as `GET`)
/traffic/0/requests/0/headers/X~1Two `X/Two` is not a header that HTTP can carry (use letters, digits and hyphens in its name, and one line of text)
/traffic/0/requests/0/headers/not fine `not fine` is not a header that HTTP can carry (use letters, digits and hyphens in its name, and one line of text)
/traffic/0/requests/0/host `a b` is not a host (write a name such as `shop.example.com`, without blanks)
/traffic/0/requests/1/host `a\\n` is not a host (write a name such as `shop.example.com`, without blanks)
/traffic/0/requests/2/query `?a=1` is not a query (write it without the `?` before it, and a blank as `%20`)
/traffic/0/requests/3/query `a b` is not a query (write it without the `?` before it, and a blank as `%20`)
/traffic/0/requests/0/path 20001 bytes are more than the 16384 that are taken here (make it shorter)
/traffic/0/requests/0/host 300 bytes are more than the 260 that are taken here (make it shorter)
/traffic/0/retries/attempts 6 further attempts are more than 5 (write 0 to 5)
";
    assert_eq!(told.join("\n"), expected);
}

#[test]
fn profiles_of_which_something_never_comes_are_faults() {
    let rate = |profile: Value| faults_with(json!({"requestsPerSecond": profile}));
    let spike_at_ten = |profile: Value| {
        let input =
            json!({"at": "PT10M", "do": "setTraffic", "name": "x", "requestsPerSecond": profile});
        faults(&scenario(json!([]), json!([input])))
    };
    let step = |at: usize| json!({"at": format!("PT{at}S"), "rate": 1});
    let too_many: Vec<Value> = (0..=STEPS_MAX).map(step).collect();
    let told = [
        rate(json!({"profile": "ramp", "from": 1, "to": 2, "start": "PT21M", "over": "PT1M"})),
        rate(json!({"profile": "ramp", "from": 1, "to": 2, "start": "PT20M", "over": "P300D"})),
        rate(
            json!({"profile": "steps", "steps": [{"at": "PT0S", "rate": 1}, {"at": "PT30M", "rate": 2}]}),
        ),
        rate(
            json!({"profile": "steps", "steps": [{"at": "PT5M", "rate": 1}, {"at": "PT5M", "rate": 2}]}),
        ),
        rate(json!({"profile": "steps", "steps": []})),
        rate(json!({"profile": "steps", "steps": too_many})),
        rate(json!({"profile": "daily", "low": 1, "high": 2, "peakAt": "PT14H"})),
        rate(json!({"profile": "daily", "low": 1, "high": 2, "peakAt": "PT14H", "period": "PT0S"})),
        rate(json!({"profile": "daily", "low": 3, "high": 2, "peakAt": "PT5M", "period": "PT59S"})),
        rate(json!({"profile": "spike", "base": 3, "peak": 2, "at": "PT1M", "hold": "PT1M"})),
        rate(json!({"profile": "spike", "base": 1, "peak": 2, "at": "PT21M", "hold": "PT1M"})),
        rate(json!({"profile": "replay", "csv": "0,1\n1,two\n"})),
        rate(json!({"profile": "replay", "csv": "1201,1\n"})),
        rate(json!({"profile": "replay", "csv": "0,1\n9999,1\n"})),
        rate(json!({"profile": "replay", "file": "load.csv"})),
        faults(&scenario(
            json!([]),
            json!([{"at": "PT1M", "do": "setTraffic", "name": "x",
            "requestsPerSecond": {"profile": "steps", "steps": [{"at": "PT1H", "rate": 5}]}}]),
        )),
        spike_at_ten(
            json!({"profile": "spike", "base": 1, "peak": 2, "at": "PT1M", "hold": "PT9M"}),
        ),
        spike_at_ten(
            json!({"profile": "spike", "base": 1, "peak": 2, "at": "PT1M", "hold": "PT9M", "fall": "PT1S"}),
        ),
    ];
    let expected = "\
/traffic/0/requestsPerSecond/start this begins at PT21M, but the run ends at PT20M (lengthen `duration`, or let it begin earlier)

/traffic/0/requestsPerSecond/steps/1/at this begins at PT30M, but the run ends at PT20M (lengthen `duration`, or let it begin earlier)
/traffic/0/requestsPerSecond/steps/1/at the step at PT5M is not after the one at PT5M (write steps in the order of time)
/traffic/0/requestsPerSecond/steps a profile of no steps asks nothing (add a step, or write the rate as a number)
/traffic/0/requestsPerSecond/steps 1001 steps are more than 1000 (write them as the `csv` of a replay)

/traffic/0/requestsPerSecond/period a period of PT0S is shorter than a minute (leave it out for a day, or write one such as `PT1H`)
/traffic/0/requestsPerSecond/low the lowest rate is above the highest (let `low` and `high` change places)
/traffic/0/requestsPerSecond/period a period of PT59S is shorter than a minute (leave it out for a day, or write one such as `PT1H`)
/traffic/0/requestsPerSecond/peak the peak is below the rate around it (write steps for a rate that falls for a while)
/traffic/0/requestsPerSecond/at this begins at PT21M, but the run ends at PT20M (lengthen `duration`, or let it begin earlier)
/traffic/0/requestsPerSecond/csv line 2, column 3: `two` is not a number of requests per second from 0 to 10000000 (write a number such as 120 or 12.5)
/traffic/0/requestsPerSecond/csv this begins at PT20M1S, but the run ends at PT20M (lengthen `duration`, or let it begin earlier)

/traffic/0/requestsPerSecond/file `load.csv` stands beside the scenario and cannot be opened here (put its text into `csv`, or play the scenario with `stowplan simulate`)
/inputs/0/requestsPerSecond/steps/0/at this begins at PT1H, but the run ends at PT20M (lengthen `duration`, or let it begin earlier)
/inputs/0/requestsPerSecond/at this spike is over at PT10M, when the input at PT10M sets it (count its moments from the start of the run, not from the input)
";
    assert_eq!(told.join("\n"), expected);
}

#[test]
fn whoever_reads_files_finds_every_profile_that_wants_one() {
    let replay = json!({"profile": "replay", "file": "load.csv"});
    let traffic = json!([
        {"listener": "shop-alb:80", "requestsPerSecond": 5},
        {"name": "a", "listener": "shop-alb:80", "requestsPerSecond": replay}
    ]);
    let inputs = json!([
        {"at": "PT1M", "do": "stopTraffic", "name": "a"},
        {"at": "PT1M", "do": "setTraffic", "name": "b", "session": "PT1M"},
        {"at": "PT1M", "do": "setTraffic", "name": "b", "requestsPerSecond": replay}
    ]);
    let mut scenario = scenario(traffic, inputs);
    let wanted = |(pointer, profile): (String, &mut Profile)| {
        let is_file = profile.file().is_some();
        *profile = profile.with_csv("0,7\n");
        is_file.then_some(pointer)
    };
    let pointers: Vec<String> = scenario.profiles_mut().filter_map(wanted).collect();
    assert_eq!(
        pointers,
        [
            "/traffic/1/requestsPerSecond",
            "/inputs/2/requestsPerSecond"
        ]
    );
    assert_eq!(faults(&scenario), "");
    assert_eq!(
        scenario.traffic[1].requests_per_second.rate(Instant(5)),
        7_000_000
    );
}

/// Every source at the end of a run, and what its inputs said: applied, or refused and why.
fn played(traffic: Value, inputs: Value) -> String {
    let scenario = scenario(traffic, inputs);
    let recording = Recording {
        traffic: scenario.traffic.clone(),
        ..recording(sample(), scenario.inputs)
    };
    let (world, log) = run(&recording, 600);
    let told = log.iter().filter_map(|event| {
        if let EventKind::InputRefused { label, reason } = &event.kind {
            return Some(format!("{label}: {reason}\n"));
        }
        let EventKind::InputApplied { label } = &event.kind else {
            return None;
        };
        Some(format!("{label}: done\n"))
    });
    let told: String = told.collect();
    let sources = world.traffic().iter();
    let line = |source: &TrafficSource| {
        let rate = source.requests_per_second.rate(world.now()) / 1_000_000;
        let attempts = source.retries.map_or(0, |it| it.attempts);
        let paths: Vec<String> = source.mix().into_iter().map(|it| it.path).collect();
        let (name, listener) = (source.name(), &source.listener);
        format!(
            "= {name} {listener} {rate}/s {attempts} {}\n",
            paths.join(" ")
        )
    };
    told + &sources.map(line).collect::<String>()
}

#[test]
fn inputs_change_begin_and_end_traffic_or_are_refused() {
    let traffic = json!([
        {"name": "shoppers", "listener": "shop-alb:80", "requestsPerSecond": 5, "retries": {"attempts": 2},
            "requests": [{"path": "/a"}]},
        {"listener": "shop-alb:80", "requestsPerSecond": 1}
    ]);
    let inputs = json!([
        {"at": "PT1M", "do": "setTraffic", "name": "shoppers", "requestsPerSecond": 500.5},
        {"at": "PT1M", "do": "setTraffic", "name": "shoppers", "requestsPerSecond": 500.5},
        {"at": "PT1M", "do": "setTraffic", "name": "shopers", "requestsPerSecond": 5},
        {"at": "PT1M", "do": "setTraffic", "name": "crawler", "listener": "shop-alb:80"},
        {"at": "PT1M", "do": "setTraffic", "name": "crawler", "listener": "shop-alb:80",
            "requestsPerSecond": {"profile": "steps", "steps": [{"at": "PT1M", "rate": 1}, {"at": "PT10M", "rate": 9}]}},
        {"at": "PT2M", "do": "setTraffic", "listener": "shop-alb:80", "requests": [{"path": "/b"}, {"path": "/c"}],
            "retries": {"attempts": 1}, "session": "PT1M"},
        {"at": "PT2M", "do": "setTraffic", "name": "shoppers", "listener": "shop-alb:81"},
        {"at": "PT2M", "do": "setTraffic", "name": "shoppers", "requests": []},
        {"at": "PT2M", "do": "setTraffic", "requestsPerSecond": 2},
        {"at": "PT3M", "do": "stopTraffic", "name": "shoppers"},
        {"at": "PT3M", "do": "stopTraffic", "name": "shoppers"},
        {"at": "PT3M", "do": "stopTraffic", "name": "crawlers"}
    ]);
    let expected = "\
traffic shoppers: 500.5 requests/s: done
traffic shoppers: 500.5 requests/s: it is so already
traffic shopers: 5 requests/s: no traffic is called `shopers`, and with `listener` and `requestsPerSecond` it would begin; did you mean `shoppers`?
traffic crawler: listener: traffic `crawler` is new and needs `requestsPerSecond`
traffic crawler: steps: done
traffic shop-alb:80: requests, retries, session: done
traffic shoppers: listener: no listener is called `shop-alb:81`; did you mean `shop-alb:80`?
traffic shoppers: requests: a mix of no requests asks nothing; add a request, or leave `requests` out for `GET /`
traffic of nobody: 2 requests/s: this names no source of traffic; say which by `name`, or by `listener`
traffic shoppers stops: done
traffic shoppers stops: no traffic is called `shoppers`
traffic crawlers stops: no traffic is called `crawlers`; did you mean `crawler`?
= shop-alb:80 shop-alb:80 1/s 1 /b /c
= crawler shop-alb:80 9/s 0 /
";
    assert_eq!(played(traffic, inputs), expected);
}

#[test]
fn traffic_has_a_most_and_a_source_keeps_its_name_where_its_listener_changes() {
    let source = |at: usize| json!({"name": format!("s{at}"), "listener": "shop-alb:80", "requestsPerSecond": 1});
    let most: Vec<Value> = (0..SOURCES_MAX).map(source).collect();
    let more: Vec<Value> = (0..=SOURCES_MAX).map(source).collect();
    assert_eq!(
        faults(&scenario(json!(more), json!([]))),
        "/traffic 101 sources of traffic are more than the 100 of a run \
         (put requests of one listener into one mix)"
    );
    let begin = json!([{"at": "PT1M", "do": "setTraffic", "listener": "shop-alb:80", "requestsPerSecond": 1}]);
    let told = played(json!(most), begin);
    assert!(
        told.starts_with("traffic shop-alb:80: 1 requests/s: 101 sources"),
        "{told}"
    );
    let added = json!({"LoadBalancerArn": "shop-alb", "Port": 81});
    let told = played(
        json!([{"listener": "shop-alb:80", "requestsPerSecond": 3}]),
        json!([
            {"at": "PT1M", "do": "edit", "change": {"edit": "set", "pointer": "/listeners/-", "value": added}},
            {"at": "PT2M", "do": "setTraffic", "name": "shop-alb:80", "listener": "shop-alb:81"}
        ]),
    );
    assert!(
        told.ends_with("= shop-alb:80 shop-alb:81 3/s 0 /\n"),
        "{told}"
    );
}

#[test]
fn a_run_with_traffic_is_played_from_any_moment_alike() {
    let inputs = json!([
        {"at": "PT2M", "do": "setTraffic", "name": "shoppers", "requestsPerSecond": 500},
        {"at": "PT4M", "do": "stopTraffic", "name": "shoppers"}
    ]);
    let scenario = scenario(full(), inputs);
    assert_eq!(faults(&scenario), "");
    let prepared = Prepared::new(Arc::new(sample()), &scenario, None).unwrap();
    let run = run_scenario(&prepared, 7, TURNS_DEFAULT);
    assert!(run.refused.is_empty());
    assert_eq!(run.world.traffic().len(), 1);
    let mut timeline = Timeline::new(Recording {
        traffic: scenario.traffic.clone(),
        ..recording(sample(), scenario.inputs)
    });
    let names = |timeline: &Timeline| {
        let sources = timeline.world().traffic().iter();
        sources
            .map(|it| {
                (
                    it.name().to_string(),
                    it.requests_per_second.rate(timeline.now()),
                )
            })
            .collect::<Vec<_>>()
    };
    timeline.seek(Instant(1_200_000));
    assert_eq!(names(&timeline).len(), 1);
    timeline.seek(Instant(150_000));
    assert_eq!(names(&timeline)[0], ("shoppers".to_string(), 500_000_000));
    timeline.seek(Instant(60_000));
    assert_eq!(names(&timeline)[0], ("shoppers".to_string(), 10_000_000));
}
