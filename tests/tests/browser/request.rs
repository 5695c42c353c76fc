//! The tester of requests: what a listener does with one, why earlier rules did not take it, and
//! what is wrong with a field.

use super::page::{Page, TestResult};

const ANSWER: &str = "[aria-label='What becomes of the request']";

#[tokio::test]
async fn a_request_is_tried_and_earlier_rules_say_why_they_did_not_match() -> TestResult {
    let page = Page::open().await?;
    page.wait_for_line("i-0a", "t3").await?;
    page.show_tab("Request").await?;
    page.wait_for_words(ANSWER, "The load balancer answers 404")
        .await?;
    page.type_over("request-url", "http://shop-alb/edges?id=1")
        .await?;
    page.wait_for_words(ANSWER, "The request goes to `edges-tg`.")
        .await?;
    page.wait_for_words(ANSWER, "rule 2 is the first that matches")
        .await?;
    // The first rule's reasons, by the keyboard.
    page.open_details("[aria-label=Rules] summary").await?;
    let why = "path-pattern `/primes*` does not match `/edges`";
    page.wait_for_words("[aria-label=Rules] details[open] li", why)
        .await?;
    page.screenshots("request").await?;
    page.type_over("request-url", "shop-alb/edges").await?;
    page.wait_for_words("#request-url-told", "a URL begins with")
        .await?;
    page.wait_for_complaint("request-url", "a URL begins with")
        .await?;
    page.type_over("request-url", "http://shop-alb/edges")
        .await?;
    page.wait_for_words(ANSWER, "The request goes to `edges-tg`.")
        .await?;
    page.type_over("request-headers", "no colon").await?;
    page.wait_for_complaint("request-headers", "`no colon` is not")
        .await?;
    page.close().await
}

#[tokio::test]
async fn a_listener_is_given_traffic_and_its_charts_appear() -> TestResult {
    let page = Page::open().await?;
    page.wait_for_line("i-0a", "t3").await?;
    page.press("Play").await?;
    page.wait_for_line("primes", "running 4").await?;
    page.press("Pause").await?;
    page.select("HTTP :80", "").await?;
    page.fill("shop-alb:80 req/s", "120").await?;
    page.wait_for_words("[aria-label=Acts]", "Stop traffic shop-alb:80")
        .await?;
    page.show_tab("Metrics").await?;
    page.press("Play").await?;
    page.wait_for_words("figcaption", "shop-alb RequestCount")
        .await?;
    page.press("Pause").await?;
    page.screenshots("traffic").await?;
    page.press("Save as CSV").await?;
    let text = page.downloaded("shop.metrics.csv").await?;
    assert!(text.contains("RequestCount"), "{text}");
    page.close().await
}
