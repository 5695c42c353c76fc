//! The editor of task definitions: form and JSON in step, problems on both sides, files that
//! become parts.

use super::page::{Held, Page, TestResult};

const JSON: &str = "editor-json";
const IMAGE: &str = "/containerDefinitions/0/image";
const MEMORY: &str = "/containerDefinitions/0/memory";

#[tokio::test]
async fn form_and_json_are_kept_in_step() -> TestResult {
    let page = Page::open().await?;
    page.open_line("primes:1", "task definition").await?;
    page.show_tab("primes").await?;
    page.wait_for_value(JSON, |text| text.contains("\"family\": \"primes\""))
        .await?;
    page.screenshots("editor").await?;

    page.type_over(IMAGE, "registry/primes:2").await?;
    page.wait_for_value(JSON, |text| {
        text.contains("\"image\": \"registry/primes:2\"")
    })
    .await?;

    let typed = r#"{"family": "primes", "containerDefinitions": [{"name": "primes", "image": "typed:3", "memory": "64x"}]"#;
    page.type_over(JSON, typed).await?;
    page.wait_for_problem("never closed").await?;
    page.wait_for_value(IMAGE, |image| image == "registry/primes:2")
        .await?;
    page.type_behind(JSON, "}").await?;
    page.wait_for_value(IMAGE, |image| image == "typed:3")
        .await?;
    page.wait_for_value(JSON, |text| text == format!("{typed}}}"))
        .await?;
    page.wait_for_problem("64x").await?;
    page.wait_for_complaint(MEMORY, "64x").await?;
    page.type_over(MEMORY, "64").await?;
    page.wait_for_no_problem().await?;
    page.wait_for_value(JSON, |text| text.contains("\"memory\": 64"))
        .await?;
    page.press_in_editor("Close").await?;
    page.wait_for_heading("primes:1").await?;
    page.close().await
}

#[tokio::test]
async fn a_pasted_definition_becomes_a_part_and_its_error_is_fixed() -> TestResult {
    let page = Page::open().await?;
    page.wait_for_line("i-0a", "t3").await?;
    page.paste("{\"family\": \"web\", \"containerDefinitions\"")
        .await?;
    page.wait_for_notice("pasted:1:").await?;
    page.paste(r#"[{"name": "web", "image": "web:1", "memory": "128"}]"#)
        .await?;
    page.wait_for_line("pasted:1", "task definition").await?;
    page.wait_for_notice("was added as pasted:1").await?;
    page.keys("\u{e007}", Held::Nothing).await?;
    page.wait_for_problem("128").await?;
    assert_eq!(page.go_to_problem("128").await?, MEMORY);
    page.screenshots("editor-problem").await?;
    page.press_in_editor("Fix").await?;
    page.wait_for_value(JSON, |text| text.contains("\"memory\": 128"))
        .await?;
    page.press_in_editor("New revision").await?;
    page.type_over(MEMORY, "256").await?;
    page.show_tab("Revisions").await?;
    page.wait_for_difference("128 → 256 MiB").await?;
    page.screenshots("editor-revisions").await?;
    page.key_on("Close", "\u{e00c}").await?;
    page.wait_for_line("pasted:2", "task definition").await?;
    page.close().await
}
