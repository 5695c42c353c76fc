//! Questions: which hosts match a cluster query, and what to change so that a task that waits is
//! placed.

use super::page::{Page, TestResult};

const FIND: &str = "Find hosts by cluster query";
const ESCAPE: &str = "\u{e00c}";

#[tokio::test]
async fn hosts_that_match_are_found_as_one_types() -> TestResult {
    let page = Page::open().await?;
    page.wait_for_line("i-0c", "t3").await?;
    page.key_on(FIND, "attribute:ecs.availability-zone ==")
        .await?;
    page.wait_for_words("[role=search]", "a value is missing here")
        .await?;
    page.key_on(FIND, " us-east-1b").await?;
    page.wait_for_words("[role=search]", "1 of 4 hosts matches")
        .await?;
    page.wait_for_line("i-0c", "matches").await?;
    page.screenshots("query").await?;
    page.key_on(FIND, ESCAPE).await?;
    page.wait_until("no host is marked", |lines| {
        !lines.iter().any(|line| line.contains("matches"))
    })
    .await?;
    page.close().await
}

#[tokio::test]
async fn a_task_that_waits_says_what_to_change() -> TestResult {
    let page = Page::open().await?;
    page.select("primes:1", "task definition").await?;
    page.wait_for_heading("primes:1").await?;
    page.fill("memory", "4096").await?;
    page.press("Play").await?;
    page.wait_for_line("primes", "waiting 4").await?;
    page.press("Pause").await?;
    page.select("primes", "waiting").await?;
    let panel = "[role=tabpanel][aria-label=Explain]";
    page.wait_for_words(panel, "primes:1 waits: 0 of 4 hosts")
        .await?;
    page.wait_for_words(panel, "add one more ").await?;
    page.wait_for_words("[aria-label=Inspector]", "smallest change: ")
        .await?;
    page.screenshots("waiting").await?;
    page.close().await
}
