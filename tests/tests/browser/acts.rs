//! What an operator does to a run: by the buttons of a part, or by a scenario file.

use super::page::{Page, TestResult};

const SCENARIO: &str = r#"{
  "name": "zone loss",
  "description": "a zone fails, and a host is drained before",
  "seed": 3,
  "duration": "PT10M",
  "inputs": [
    {"at": "PT3M", "do": "drainInstance", "instance": "i-0a"},
    {"at": "PT5M", "do": "failAvailabilityZone", "zone": "us-east-1b"}
  ],
  "assert": [
    "min(healthy_tasks{service=edges}) >= 1 after 3m",
    "max(running_tasks{service=primes}) <= 3"
  ]
}"#;

#[tokio::test]
async fn a_host_is_drained_and_activated_by_its_buttons() -> TestResult {
    let page = Page::open().await?;
    page.choose("Speed", "max").await?;
    page.press("Play").await?;
    page.wait_for_event("(service primes) has reached a steady state.")
        .await?;
    page.press("Pause").await?;
    page.select("i-0a", "t3").await?;
    page.wait_for_heading("i-0a").await?;
    page.press("Drain").await?;
    page.wait_for_event("input: drain i-0a").await?;
    page.wait_for_event("container instance i-0a is DRAINING")
        .await?;
    page.wait_for_line("i-0a", "DRAINING").await?;
    page.screenshots("draining").await?;
    page.key_on("Activate", "\u{e007}").await?;
    page.wait_until("the host takes tasks again", |lines| {
        !lines.iter().any(|line| line.contains("DRAINING"))
    })
    .await?;
    page.select("us-east-1b", "").await?;
    page.press("Fail zone").await?;
    page.wait_for_line("i-0c", "STOPPED").await?;
    page.select("primes", "desired").await?;
    page.press("Bad revision: exit").await?;
    page.wait_for_words("[aria-label=Inspector]", "deployment primes:2 PRIMARY")
        .await?;
    page.wait_for_words("[aria-label=Inspector]", "IN_PROGRESS")
        .await?;
    page.screenshots("bad-revision").await?;
    page.close().await
}

#[tokio::test]
async fn a_scenario_is_played_judged_and_saved_again() -> TestResult {
    let page = Page::open().await?;
    page.wait_for_line("i-0a", "t3").await?;
    page.open_file("bad.scenario.json", "{\"inputs\": [\n{\"at\": 5}]}")
        .await?;
    page.wait_for_notice("bad.scenario.json:2:").await?;
    page.open_file("zone.scenario.json", SCENARIO).await?;
    page.wait_for_notice("zone.scenario.json is loaded: 2 inputs, 2 assertions")
        .await?;
    let panel = "[role=tabpanel][aria-label=Assertions] li";
    page.wait_for_words(panel, "… not yet").await?;
    page.press("Play to the end").await?;
    page.wait_for_words(panel, "✓ pass").await?;
    page.wait_for_words(panel, "✗ fail").await?;
    page.screenshots("assertions").await?;
    assert_eq!(page.clock().await?, "00:10:00");
    page.click_first("[role=tabpanel][aria-label=Assertions] .bad button")
        .await?;
    assert_ne!(page.clock().await?, "00:10:00");
    page.press("Export").await?;
    page.press("This run as a scenario (.scenario.json)")
        .await?;
    let text = page.downloaded("zone-loss.scenario.json").await?;
    assert!(text.contains("failAvailabilityZone"), "{text}");
    page.close().await
}
