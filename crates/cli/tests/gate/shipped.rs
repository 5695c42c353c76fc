//! The scenarios that come with the product, as the gate of a pull request: green as they are, red
//! with the minute when somebody changes what they guard, green again when that is taken back.

use super::command::{Folder, Told};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop")
}

fn design() -> Value {
    let text = std::fs::read_to_string(example().join("shop.stowplan.json"));
    serde_json::from_str(&text.expect("the example is there")).expect("the example is JSON")
}

/// Runs every scenario of the example against a design.
fn gate(folder: &Folder, design: &Value) -> Told {
    folder.write("shop.json", design.to_string());
    let mut scenarios: Vec<String> = std::fs::read_dir(example().join("scenarios"))
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path().display().to_string())
        .collect();
    scenarios.sort();
    let mut arguments = vec!["test", "shop.json"];
    arguments.extend(scenarios.iter().map(String::as_str));
    folder.stowplan(&arguments)
}

fn at<'a>(list: &'a mut Value, member: &str, name: &str) -> &'a mut Value {
    let items = list.as_array_mut().expect("it is a list").iter_mut();
    let mut items = items.filter(|item| item[member] == name);
    items.next().expect("the part is there")
}

/// A change that the scenarios have to notice, with a line that they then print.
fn turns_red(folder: &str, change: impl Fn(&mut Value), expected: &[&str]) {
    let folder = Folder::new(folder);
    let good = design();
    let mut bad = good.clone();
    change(&mut bad);
    let told = gate(&folder, &bad);
    assert_eq!(told.code, Some(3), "{}\n{}", told.out, told.err);
    for line in expected {
        assert!(told.out.contains(line), "{line}\n{}", told.out);
    }
    let told = gate(&folder, &good);
    assert_eq!(told.code, Some(0), "{}", told.out);
    assert!(told.out.ends_with("all passed\n"), "{}", told.out);
}

#[test]
fn minimum_healthy_percent_of_zero_turns_the_gate_red() {
    turns_red(
        "shipped-minimum",
        |design| {
            let web = at(&mut design["services"], "serviceName", "web");
            web["deploymentConfiguration"]["minimumHealthyPercent"] = json!(0);
        },
        &[
            "FAIL rolling deploy: min(healthy_tasks{service=web}) >= 6\n     \
             was 0, wanted >= 6: first at 00:10:00, seed 1\n     replay: stowplan test shop.json",
        ],
    );
}

#[test]
fn a_removed_zone_turns_the_gate_red() {
    let elsewhere = |zone: &Value| zone["AvailabilityZone"] != "us-east-1c";
    turns_red(
        "shipped-zone",
        |design| {
            let subnets = design["network"]["subnets"].as_array_mut();
            subnets.expect("a list").retain(elsewhere);
            let subnets = design["loadBalancers"][0]["Subnets"].as_array_mut();
            subnets
                .expect("a list")
                .retain(|subnet| subnet != "subnet-c");
            let hosts = design["containerInstances"].as_array_mut();
            hosts
                .expect("a list")
                .retain(|host| host["availabilityZone"] != "us-east-1c");
        },
        &[
            "FAIL zone loss at peak: min(healthy_tasks{service=web}) >= 8 after 15m\n     \
             was 6, wanted >= 8: first at 00:25:00, seed 1",
            "had no effect at 00:11:00: no zone is called `us-east-1c`",
        ],
    );
}

#[test]
fn a_start_longer_than_the_grace_period_turns_the_gate_red() {
    turns_red(
        "shipped-start",
        |design| design["workloads"]["shop/web"]["startupSeconds"] = json!(120),
        &[
            "FAIL rolling deploy: deploy_duration{service=web} < 6m\n     \
             was not within the run, wanted < 6m: time ran out at 00:16:00, seed 1",
        ],
    );
}
