//! The tour of the README in a real browser, with real pointer and keys.
//!
//! `cargo xtask test` builds the site and starts chromedriver; the environment says where they are
//! (`STOWPLAN_DIST`, `STOWPLAN_CHROMEDRIVER`, `STOWPLAN_CHROME`, `STOWPLAN_CHROME_ARGS`). The site
//! is served from a sub-folder, so a reference that is not relative fails here.
#![expect(
    clippy::unwrap_used,
    reason = "a browser that does not answer is a failed test"
)]

mod acts;
mod editor;
mod page;
mod place;
mod request;
mod site;
mod why;

use page::{Page, TestResult};
use serde_json::Value;
use std::path::{Path, PathBuf};
use stowplan_core::design::Part;

/// The exported task definition that the Docker test runs.
fn fixture() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/primes.2.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn greeting() -> String {
    let value = &fixture()["containerDefinitions"][0]["environment"][0];
    format!(
        "{}={}",
        value["name"].as_str().unwrap(),
        value["value"].as_str().unwrap()
    )
}

#[tokio::test]
async fn the_tour_can_be_followed() -> TestResult {
    let page = Page::open().await?;
    draw(&page).await?;
    deploy(&page).await?;
    lose_a_host(&page).await?;
    scrub(&page).await?;
    export(&page).await?;
    survive_a_reload(&page).await?;
    page.close().await
}

async fn draw(page: &Page) -> TestResult {
    page.wait_for_line("i-0a", "t3").await?;
    let zone = page.place(&Part::Zone("us-east-1b".into())).await?;
    page.drag_part("Host", zone.below_heading()).await?;
    page.wait_for_line("i-0e", "t3").await?;
    let lines = page.outline().await?;
    assert!(
        lies_between(&lines, "i-0e", "us-east-1b", "us-east-1c"),
        "{lines:?}"
    );

    page.press("Undo").await?;
    page.wait_until("the host is gone again", |lines| !has(lines, "i-0e"))
        .await?;
    page.press("Redo").await?;
    page.wait_for_line("i-0e", "t3").await?;

    let rule = |priority| Part::Rule("shop-alb:80".into(), priority);
    let (from, to) = (page.place(&rule(2)).await?, page.place(&rule(1)).await?);
    page.drag(from.left_end(), to.above()).await?;
    page.wait_for_line("1 /edges*", "").await?;
    page.wait_for_line("2 /primes*", "").await
}

async fn deploy(page: &Page) -> TestResult {
    page.choose("Speed", "max").await?;
    page.press("Play").await?;
    page.wait_for_line("primes", "desired 4 running 4 pending 0")
        .await?;
    page.wait_for_event("(service primes) has reached a steady state.")
        .await?;
    page.wait_for_event("(service edges) has reached a steady state.")
        .await?;
    page.press("Pause").await?;

    page.select("primes", "desired").await?;
    page.press("New revision").await?;
    page.wait_for_heading("primes:2").await?;
    page.fill("environment", &greeting()).await?;
    page.choose("Speed", "16×").await?;
    page.press("Deploy primes:2").await?;
    page.press("Play").await?;
    let side_by_side = |lines: &[String]| {
        let running = |revision: &str| {
            lines
                .iter()
                .any(|line| line.starts_with(revision) && line.ends_with("RUNNING"))
        };
        running("primes:1 ") && running("primes:2 ")
    };
    page.wait_until("both revisions run side by side", side_by_side)
        .await?;
    page.press("Pause").await?;
    page.screenshots("rollout").await?;

    page.choose("Speed", "max").await?;
    page.press("Play").await?;
    let only_new =
        |lines: &[String]| tasks(lines, "primes:1 ") == 0 && tasks(lines, "primes:2 ") == 4;
    page.wait_until("the old revision is gone", only_new)
        .await?;
    page.press("Pause").await
}

/// Tasks of a revision that the outline lists; the definition itself is a line too.
fn tasks(lines: &[String], revision: &str) -> usize {
    let of_it = |line: &&String| line.starts_with(revision) && !line.ends_with("task definition");
    lines.iter().filter(of_it).count()
}

async fn lose_a_host(page: &Page) -> TestResult {
    let host = page.place(&Part::ContainerInstance("i-0a".into())).await?;
    page.click_at(host.upper_right()).await?;
    page.wait_for_line("i-0a", "TERMINATED").await?;
    page.choose("Speed", "16×").await?;
    page.press("Play").await?;
    let replaced = |lines: &[String]| {
        lines
            .iter()
            .any(|line| line.starts_with("primes desired 4 running 4"))
            && !lies_between(lines, "primes:2 ", "i-0a", "i-0b")
    };
    page.wait_until("its tasks run elsewhere", replaced).await?;
    page.press("Pause").await
}

async fn scrub(page: &Page) -> TestResult {
    let late = page.clock().await?;
    let earlier = page.press_mark("new revision of primes").await?;
    assert_eq!(page.clock().await?, earlier);
    let before = |lines: &[String]| {
        tasks(lines, "primes:1 ") == 4
            && tasks(lines, "primes:2 ") == 0
            && !lines.iter().any(|line| line.ends_with("TERMINATED"))
    };
    page.wait_until("the past is shown", before).await?;
    page.press("Back to the start of the run").await?;
    assert_eq!(page.clock().await?, "00:00:00");
    // From the start, since the middle of the axis may by chance be the moment of the mark.
    page.click_element("Time of the run").await?;
    let middle = page.clock().await?;
    assert!(middle != "00:00:00" && middle != late, "{middle}");
    Ok(())
}

async fn export(page: &Page) -> TestResult {
    page.press("Export").await?;
    page.press("primes.2.json").await?;
    let text = page.downloaded("primes.2.json").await?;
    let exported: Value = serde_json::from_str(&text)?;
    assert_eq!(exported, fixture());
    Ok(())
}

async fn survive_a_reload(page: &Page) -> TestResult {
    page.wait_until_saved().await?;
    page.reload().await?;
    page.wait_for_line("i-0e", "t3").await?;
    page.wait_for_line("1 /edges*", "").await?;
    page.wait_for_line("primes", "primes:2 × 4").await
}

#[tokio::test]
async fn a_bad_file_leaves_the_open_design_as_it_was() -> TestResult {
    let page = Page::open().await?;
    page.wait_for_line("i-0a", "t3").await?;
    let before = page.outline().await?;
    page.open_file("bad.json", "{\n  \"stowplan\": 1,\n  \"services\": 5\n}")
        .await?;
    let notice = page.wait_for_notice("bad.json:3:15").await?;
    assert!(notice.contains("`/services`"), "{notice}");
    page.open_file("worse.json", "not JSON at all").await?;
    page.wait_for_notice("worse.json:1:").await?;
    assert_eq!(page.outline().await?, before);
    page.close().await
}

#[tokio::test]
async fn parts_can_be_added_and_played_with_the_keyboard_alone() -> TestResult {
    let page = Page::open().await?;
    page.wait_for_line("i-0a", "t3").await?;
    page.screenshots("sample").await?;
    page.key_on("Service", "\u{e007}").await?;
    page.wait_for_line("service", "service:1 × 2").await?;
    page.key_on("Target group", "\u{e007}").await?;
    page.wait_for_line("service-tg", "target group").await?;
    page.keys("z", page::Held::Ctrl).await?;
    page.wait_until("the target group is gone", |lines| {
        !has(lines, "service-tg")
    })
    .await?;
    page.keys(" ", page::Held::Nothing).await?;
    page.wait_for_event("(service primes) has started 4 tasks")
        .await?;
    page.close().await
}

fn has(lines: &[String], name: &str) -> bool {
    lines.iter().any(|line| line.starts_with(name))
}

/// Whether a line that begins with `name` stands after `first` and before `last`.
fn lies_between(lines: &[String], name: &str, first: &str, last: &str) -> bool {
    let at = |name: &str| lines.iter().position(|line| line.starts_with(name));
    let (Some(first), Some(last)) = (at(first), at(last)) else {
        return false;
    };
    lines
        .iter()
        .take(last)
        .skip(first)
        .any(|line| line.starts_with(name))
}

/// Where pictures of the page are put.
fn screenshots() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots")
}
