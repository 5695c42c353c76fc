//! The page as a user sees it: by roles and labels, with waiting instead of sleeping.

use super::{place::Place, screenshots, site};
use serde_json::json;
use std::env;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use stowplan_core::design::{Design, Part, sample};
use stowplan_core::scene::{Point, Size, point};
use thirtyfour::extensions::cdp::ChromeDevTools;
use thirtyfour::prelude::*;

/// What a step of a story gives.
pub(crate) type TestResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked at.
const GLANCE: Duration = Duration::from_millis(50);

/// Where the page keeps the design.
const KEPT: &str = "return localStorage.getItem('stowplan.design')";

/// A modifier that is held while a key is pressed.
#[derive(Clone, Copy)]
pub(crate) enum Held {
    /// None.
    Nothing,
    /// Ctrl.
    Ctrl,
}

/// An open page.
pub(crate) struct Page {
    driver: WebDriver,
    downloads: PathBuf,
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("`{name}` is not set: run `cargo xtask test`"))
}

fn quoted(text: &str) -> String {
    // No label that is looked for holds a double quote.
    format!("\"{text}\"")
}

/// A control by its accessible name: its label, or its words.
fn named(name: &str) -> By {
    let name = quoted(name);
    By::XPath(format!(
        "//*[self::button or self::input or self::select or self::textarea]\
         [@aria-label={name} or normalize-space(.)={name}]"
    ))
}

impl Page {
    /// Opens the site in a fresh browser.
    pub(crate) async fn open() -> TestResult<Self> {
        let address = site::serve(variable("STOWPLAN_DIST").into())?;
        let downloads = env::temp_dir().join(format!(
            "stowplan-{}-{}",
            std::process::id(),
            address
                .chars()
                .filter(char::is_ascii_digit)
                .collect::<String>()
        ));
        std::fs::create_dir_all(&downloads)?;
        let mut wishes = DesiredCapabilities::chrome();
        wishes.set_binary(&variable("STOWPLAN_CHROME"))?;
        for argument in variable("STOWPLAN_CHROME_ARGS").split_whitespace() {
            wishes.add_arg(argument)?;
        }
        wishes.add_experimental_option(
            "prefs",
            json!({ "download.default_directory": downloads, "download.prompt_for_download": false }),
        )?;
        let driver = WebDriver::new(variable("STOWPLAN_CHROMEDRIVER"), wishes).await?;
        let page = Self { driver, downloads };
        page.show_at(1440, 900, "light").await?;
        page.driver.goto(&address).await?;
        Ok(page)
    }

    /// Closes the browser and removes what was downloaded.
    pub(crate) async fn close(self) -> TestResult {
        self.driver.quit().await?;
        Ok(std::fs::remove_dir_all(&self.downloads)?)
    }

    /// Loads the page again.
    pub(crate) async fn reload(&self) -> TestResult {
        Ok(self.driver.refresh().await?)
    }

    async fn show_at(&self, width: u32, height: u32, scheme: &str) -> TestResult {
        let tools = ChromeDevTools::new(self.driver.handle.clone());
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        tools
            .execute_cdp_with_params("Emulation.setDeviceMetricsOverride", size)
            .await?;
        let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        tools
            .execute_cdp_with_params("Emulation.setEmulatedMedia", media)
            .await?;
        Ok(())
    }

    /// Pictures of the page as it is, small and large, light and dark.
    pub(crate) async fn screenshots(&self, name: &str) -> TestResult {
        std::fs::create_dir_all(screenshots())?;
        for (width, height) in [(1024, 700), (1440, 900)] {
            for scheme in ["dark", "light"] {
                self.show_at(width, height, scheme).await?;
                // Two frames: one for the new size to be told, one for it to be painted.
                let frames = "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))";
                self.driver.execute_async(frames, Vec::new()).await?;
                let file = screenshots().join(format!("{name}-{width}-{scheme}.png"));
                self.driver.screenshot(&file).await?;
            }
        }
        Ok(())
    }

    async fn element(&self, by: By) -> TestResult<WebElement> {
        let began = Instant::now();
        loop {
            match self.driver.find(by.clone()).await {
                Ok(element) => return Ok(element),
                Err(error) if began.elapsed() > PATIENCE => return Err(error.into()),
                Err(_) => tokio::time::sleep(GLANCE).await,
            }
        }
    }

    /// Presses a button.
    pub(crate) async fn press(&self, name: &str) -> TestResult {
        Ok(self.element(named(name)).await?.click().await?)
    }

    /// Presses a button of the editor; the page behind it has buttons of the same names.
    pub(crate) async fn press_in_editor(&self, name: &str) -> TestResult {
        let name = quoted(name);
        let by = By::XPath(format!(
            "//dialog//button[@aria-label={name} or normalize-space(.)={name}]"
        ));
        Ok(self.element(by).await?.click().await?)
    }

    /// Opens what a summary hides, by the keyboard.
    pub(crate) async fn open_details(&self, selector: &str) -> TestResult {
        let summary = self.element(By::Css(selector.to_owned())).await?;
        Ok(summary.send_keys(Key::Enter + "").await?)
    }

    /// Clicks the middle of a control.
    pub(crate) async fn click_element(&self, name: &str) -> TestResult {
        self.press(name).await
    }

    /// Clicks what `selector` finds first.
    pub(crate) async fn click_first(&self, selector: &str) -> TestResult {
        let by = By::Css(selector.to_owned());
        Ok(self.element(by).await?.click().await?)
    }

    /// Presses the mark of an input on the time axis; gives the time it stands for.
    pub(crate) async fn press_mark(&self, label: &str) -> TestResult<String> {
        let label = quoted(label);
        let by = By::XPath(format!("//button[contains(@aria-label, {label})]"));
        let mark = self.element(by).await?;
        let name = mark.attr("aria-label").await?.unwrap_or_default();
        // The arrow of the mark is above the axis; marks of one moment lie over each other.
        self.driver
            .execute("arguments[0].click()", vec![mark.to_json()?])
            .await?;
        Ok(name.split(' ').next().unwrap_or_default().to_owned())
    }

    /// Chooses an option of a list.
    pub(crate) async fn choose(&self, name: &str, option: &str) -> TestResult {
        let list = self.element(named(name)).await?;
        let option = By::XPath(format!("./option[normalize-space(.)={}]", quoted(option)));
        Ok(list.find(option).await?.click().await?)
    }

    /// Replaces the text of a field and leaves it.
    pub(crate) async fn fill(&self, name: &str, text: &str) -> TestResult {
        let field = self.element(named(name)).await?;
        field.click().await?;
        field.send_keys(Key::Control + "a").await?;
        field.send_keys(text).await?;
        Ok(field.send_keys(Key::Tab + "").await?)
    }

    /// Presses a key while a control has the focus.
    pub(crate) async fn key_on(&self, name: &str, key: &str) -> TestResult {
        let control = self.element(named(name)).await?;
        Ok(control.send_keys(key).await?)
    }

    /// Presses a key on the page itself.
    pub(crate) async fn keys(&self, key: &str, held: Held) -> TestResult {
        self.driver
            .execute("document.activeElement.blur()", Vec::new())
            .await?;
        let body = self.driver.find(By::Tag("body")).await?;
        match held {
            Held::Nothing => body.send_keys(key).await?,
            Held::Ctrl => body.send_keys(Key::Control + key).await?,
        }
        Ok(())
    }

    /// Opens a line of the outline as a double click does.
    pub(crate) async fn open_line(&self, name: &str, detail: &str) -> TestResult {
        self.select(name, detail).await?;
        let line = self
            .element(By::Css("[role=treeitem][aria-selected=true]"))
            .await?;
        Ok(line.send_keys(Key::Enter + "").await?)
    }

    /// Shows a page of the editor.
    pub(crate) async fn show_tab(&self, name: &str) -> TestResult {
        let by = By::XPath(format!(
            "//*[@role='tab'][starts-with(normalize-space(.), {})]",
            quoted(name)
        ));
        Ok(self.element(by).await?.click().await?)
    }

    /// Replaces the text of the field with this id, without leaving it.
    pub(crate) async fn type_over(&self, id: &str, text: &str) -> TestResult {
        let field = self.element(By::Id(id)).await?;
        field.send_keys(Key::Control + "a").await?;
        Ok(field.send_keys(text).await?)
    }

    /// Types where the focus is, behind what stands there.
    pub(crate) async fn type_behind(&self, id: &str, text: &str) -> TestResult {
        let field = self.element(By::Id(id)).await?;
        field.send_keys(Key::Control + Key::End).await?;
        Ok(field.send_keys(text).await?)
    }

    /// Presses a problem; gives the id of the field that then has the focus.
    pub(crate) async fn go_to_problem(&self, text: &str) -> TestResult<String> {
        let by = By::XPath(format!(
            "//*[@aria-label='Problems']//button[contains(., {})]",
            quoted(text)
        ));
        self.element(by).await?.click().await?;
        // The field is given the focus when the page has been drawn.
        let focused =
            "const done = arguments[0]; setTimeout(() => done(document.activeElement.id), 50)";
        let focused = self.driver.execute_async(focused, Vec::new()).await?;
        Ok(focused.convert()?)
    }

    /// Waits for the value of the field with this id.
    pub(crate) async fn wait_for_value(
        &self,
        id: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> TestResult {
        let began = Instant::now();
        let field = self.element(By::Id(id)).await?;
        loop {
            let value = field.prop("value").await?.unwrap_or_default();
            if wanted(&value) {
                return Ok(());
            }
            assert!(began.elapsed() < PATIENCE, "`{id}` is `{value}`");
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Waits for a problem of the editor.
    pub(crate) async fn wait_for_problem(&self, text: &str) -> TestResult {
        self.wait_for_words("[aria-label=Problems] li", text).await
    }

    /// Waits until the editor has no problem.
    pub(crate) async fn wait_for_no_problem(&self) -> TestResult {
        let wanted = |texts: &[String]| texts == ["No problems"];
        self.wait_for_texts("there are no problems", "[aria-label=Problems] h3", wanted)
            .await
            .map(drop)
    }

    /// Waits until a field's own words about what is wrong with it hold `text`.
    pub(crate) async fn wait_for_complaint(&self, id: &str, text: &str) -> TestResult {
        let field = self.element(By::Id(id)).await?;
        let described = field.attr("aria-describedby").await?.unwrap_or_default();
        let told = described.split(' ').next_back().unwrap_or_default();
        let selector = format!("[id='{told}']");
        let wanted = |texts: &[String]| texts.iter().any(|words| words.contains(text));
        self.wait_for_texts(text, &selector, wanted).await?;
        assert_eq!(field.attr("aria-invalid").await?.as_deref(), Some("true"));
        Ok(())
    }

    /// Waits for a line of what differs between revisions.
    pub(crate) async fn wait_for_difference(&self, text: &str) -> TestResult {
        self.wait_for_words("[aria-label=Revisions] li li", text)
            .await
    }

    /// Pastes a text on the page, as Ctrl+V does while no field has the focus.
    pub(crate) async fn paste(&self, text: &str) -> TestResult {
        let script = "const data = new DataTransfer(); data.setData('text/plain', arguments[0]);\
            document.querySelector('canvas[role=application]').dispatchEvent(\
                new ClipboardEvent('paste', { clipboardData: data, bubbles: true }))";
        self.driver.execute(script, vec![json!(text)]).await?;
        Ok(())
    }

    /// Selects a line of the outline.
    pub(crate) async fn select(&self, name: &str, detail: &str) -> TestResult {
        let by = By::XPath(format!(
            "//*[@role='treeitem'][starts-with(normalize-space(.), {}) and contains(., {})]",
            quoted(name),
            quoted(detail)
        ));
        Ok(self.element(by).await?.click().await?)
    }

    async fn texts(&self, selector: &str) -> TestResult<Vec<String>> {
        let script =
            "return [...document.querySelectorAll(arguments[0])].map(e => e.textContent.trim())";
        Ok(self
            .driver
            .execute(script, vec![json!(selector)])
            .await?
            .convert()?)
    }

    /// The lines of the outline, from top to bottom.
    pub(crate) async fn outline(&self) -> TestResult<Vec<String>> {
        self.texts("[role=treeitem]").await
    }

    /// Waits until the outline is as wanted.
    pub(crate) async fn wait_until(
        &self,
        what: &str,
        wanted: impl Fn(&[String]) -> bool,
    ) -> TestResult {
        self.wait_for_texts(what, "[role=treeitem]", wanted)
            .await
            .map(drop)
    }

    async fn wait_for_texts(
        &self,
        what: &str,
        selector: &str,
        wanted: impl Fn(&[String]) -> bool,
    ) -> TestResult<Vec<String>> {
        let began = Instant::now();
        loop {
            let texts = self.texts(selector).await?;
            if wanted(&texts) {
                return Ok(texts);
            }
            assert!(
                began.elapsed() < PATIENCE,
                "waited in vain until {what}: {texts:#?}"
            );
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Waits for a line of the outline.
    pub(crate) async fn wait_for_line(&self, name: &str, detail: &str) -> TestResult {
        let wanted = |line: &String| line.starts_with(name) && line.contains(detail);
        self.wait_until(&format!("`{name} {detail}` is there"), |lines| {
            lines.iter().any(wanted)
        })
        .await
    }

    /// Waits for a line of the event list.
    pub(crate) async fn wait_for_event(&self, text: &str) -> TestResult {
        self.wait_for_words("[aria-label=Events] li", text).await
    }

    /// Waits until what `selector` finds holds a text.
    pub(crate) async fn wait_for_words(&self, selector: &str, text: &str) -> TestResult {
        let wanted = |texts: &[String]| texts.iter().any(|words| words.contains(text));
        self.wait_for_texts(text, selector, wanted).await.map(drop)
    }

    /// Waits for the inspector to show something.
    pub(crate) async fn wait_for_heading(&self, text: &str) -> TestResult {
        let wanted = |texts: &[String]| texts.iter().any(|heading| heading == text);
        self.wait_for_texts(text, "[aria-label=Inspector] h2", wanted)
            .await
            .map(drop)
    }

    /// Waits for a message; gives it.
    pub(crate) async fn wait_for_notice(&self, text: &str) -> TestResult<String> {
        let wanted = |texts: &[String]| texts.iter().any(|notice| notice.contains(text));
        let texts = self
            .wait_for_texts(text, "[data-testid=notice]", wanted)
            .await?;
        Ok(texts.concat())
    }

    /// Waits until the browser has kept the design.
    pub(crate) async fn wait_until_saved(&self) -> TestResult {
        let wanted = |texts: &[String]| texts == ["saved"];
        self.wait_for_texts("it is saved", "[data-testid=saved]", wanted)
            .await
            .map(drop)
    }

    /// The clock of the run.
    pub(crate) async fn clock(&self) -> TestResult<String> {
        Ok(self.texts("[aria-label='Simulated time']").await?.concat())
    }

    /// Where a part is on the page now. The camera must not have been moved.
    pub(crate) async fn place(&self, part: &Part) -> TestResult<Place> {
        self.wait_until_saved().await?;
        let kept: Option<String> = self.driver.execute(KEPT, Vec::new()).await?.convert()?;
        let design = match kept {
            Some(text) => Design::read(&text)?,
            None => sample(),
        };
        let canvas = self
            .element(By::Css("canvas[role=application]"))
            .await?
            .rect()
            .await?;
        let (corner, view) = (
            point(canvas.x, canvas.y),
            Size {
                w: canvas.width,
                h: canvas.height,
            },
        );
        Place::of(&design, part, corner, view)
            .ok_or_else(|| format!("{part:?} is not drawn").into())
    }

    /// Drags from one place of the page to another.
    pub(crate) async fn drag(&self, from: Point, to: Point) -> TestResult {
        let half = point((from.x + to.x) / 2.0, (from.y + to.y) / 2.0);
        let chain = self.driver.action_chain();
        let chain = chain.move_to(whole(from.x), whole(from.y)).click_and_hold();
        let chain = chain
            .move_to(whole(half.x), whole(half.y))
            .move_to(whole(to.x), whole(to.y));
        Ok(chain.release().perform().await?)
    }

    /// Drags a part from the palette.
    pub(crate) async fn drag_part(&self, name: &str, to: Point) -> TestResult {
        let part = self.element(named(name)).await?.rect().await?;
        self.drag(
            point(part.x + part.width / 2.0, part.y + part.height / 2.0),
            to,
        )
        .await
    }

    /// Clicks a place of the page.
    pub(crate) async fn click_at(&self, at: Point) -> TestResult {
        Ok(self
            .driver
            .action_chain()
            .move_to(whole(at.x), whole(at.y))
            .click()
            .perform()
            .await?)
    }

    /// Chooses a file in the file dialog.
    pub(crate) async fn open_file(&self, name: &str, text: &str) -> TestResult {
        let path = self.downloads.join(name);
        std::fs::write(&path, text)?;
        let input = self.element(By::Css("input[type=file]")).await?;
        Ok(input.send_keys(path.display().to_string()).await?)
    }

    /// The text of a file once the browser has saved it.
    pub(crate) async fn downloaded(&self, name: &str) -> TestResult<String> {
        let path = self.downloads.join(name);
        let began = Instant::now();
        while !path.is_file() {
            assert!(began.elapsed() < PATIENCE, "`{name}` was not downloaded");
            tokio::time::sleep(GLANCE).await;
        }
        Ok(std::fs::read_to_string(path)?)
    }
}

fn whole(pixels: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "a place on a screen")]
    let pixels = pixels.round() as i64;
    pixels
}
