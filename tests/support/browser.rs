//! Somebody at a real browser: Chromium without a screen, told what to do by chromedriver (W3C WebDriver).

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::PATIENCE;

/// Set to 1 where a browser must be there: then a test without one fails.
const REQUIRED: &str = "GUILDHALL_REQUIRE_BROWSER";
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const FLAGS: [&str; 10] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--window-size=1280,800",
];

/// What a browser needs where nobody sits: a microphone and a camera of its own, the right to use them, and addresses of
/// this machine among the ways to reach it, as themselves.
const WITH_DEVICES: [&str; 4] = [
    "--use-fake-device-for-media-stream=fps=5",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
];

/// Whose turn it is to speak: pictures that are encoded for each other are enough for a machine's cores.
static TALKING: Semaphore = Semaphore::const_new(1);

/// A browser. Ends when it is dropped.
#[derive(Debug)]
pub struct Browser {
    http: Client,
    driver: Child,
    /// Of the WebDriver session.
    url: String,
    _profile: TempDir,
    /// Of one with devices. Given back behind all else.
    _turn: Option<SemaphorePermit<'static>>,
}

/// A window of a browser, at work one at a time.
#[derive(Debug)]
pub struct Window<'a> {
    browser: &'a Browser,
    handle: String,
}

impl Browser {
    /// Starts one without a microphone or a camera. `None`, with a printed word, where there is none.
    pub async fn start() -> Option<Self> {
        Self::start_with(&[], None).await
    }

    /// Starts one with a microphone that beeps and a camera that shows a clock, when no other test has one.
    pub async fn start_with_devices() -> Option<Self> {
        let turn = TALKING.acquire().await.expect("it is never closed");
        Self::start_with(&WITH_DEVICES, Some(turn)).await
    }

    async fn start_with(flags: &[&str], turn: Option<SemaphorePermit<'static>>) -> Option<Self> {
        let binary = NAMES.iter().find_map(|name| in_path(name));
        let (Some(binary), Some(driver)) = (binary, in_path("chromedriver")) else {
            assert!(
                std::env::var(REQUIRED).map_or(true, |value| value != "1"),
                "{REQUIRED} is set, and there is no chromium or no chromedriver in PATH"
            );
            // Not by a macro: of a test that passes that would not be seen.
            let _ = writeln!(std::io::stderr(), "skipped: no chromium or no chromedriver in PATH");
            return None;
        };
        // The port that it chooses may be taken before it listens, by another test: then it ends without a word.
        let started = (0..5).find_map(|_| start(&driver));
        let (driver, port) = started.expect("chromedriver and its port");
        // Never through a proxy that the environment names.
        let http = crate::http().no_proxy().timeout(PATIENCE * 4).build().unwrap();
        let profile = tempfile::tempdir().expect("a directory for the browser");
        let mut args = FLAGS.iter().chain(flags).map(ToString::to_string).collect::<Vec<_>>();
        args.push(format!("--user-data-dir={}", profile.path().display()));
        // What a page has it download goes with the profile.
        let prefs = json!({ "download.default_directory": profile.path().join("downloads") });
        let options = json!({ "binary": binary, "args": args, "prefs": prefs });
        let wish = json!({ "alwaysMatch": { "browserName": "chrome", "goog:chromeOptions": options } });
        let url = format!("http://127.0.0.1:{port}/session");
        let mut browser = Self { http, driver, url, _profile: profile, _turn: turn };
        let session = browser.call(Method::POST, "", json!({ "capabilities": wish })).await;
        browser.url = format!("{}/{}", browser.url, session["sessionId"].as_str().expect("a session"));
        Some(browser)
    }

    /// A new window.
    pub async fn window(&self) -> Window<'_> {
        let opened = self.call(Method::POST, "/window/new", json!({ "type": "window" })).await;
        Window { browser: self, handle: opened["handle"].as_str().expect("a window").to_string() }
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        let request = self.http.request(method, format!("{}{path}", self.url)).json(&body);
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        let value = answer["value"].clone();
        assert!(value.get("error").is_none(), "{path} {body}: {value}");
        value
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Chromium survives a driver that is killed, so the session is ended first; on a thread of its own, because the
        // test's runtime may be ending.
        let url = std::mem::take(&mut self.url);
        let ending = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let http = crate::http().no_proxy().timeout(PATIENCE).build().ok()?;
                http.delete(url).send().await.ok()
            })
        });
        let _ = ending.join();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

impl Window<'_> {
    /// Goes to a page.
    pub async fn open(&self, url: &str) {
        self.call("/url", json!({ "url": url })).await;
    }

    /// Runs a script; what it returns.
    pub async fn run(&self, script: &str) -> Value {
        self.call("/execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// Waits until an expression is true.
    pub async fn sees(&self, expression: &str) {
        let script = format!("return Boolean({expression})");
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while self.run(&script).await != true {
            let late = tokio::time::Instant::now() >= deadline;
            assert!(
                !late,
                "never seen: {expression}; the page says: {}",
                self.run("return document.body.innerText").await
            );
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// Types into what a selector finds; line breaks press Enter.
    pub async fn types(&self, selector: &str, text: &str) {
        let keys = text.replace('\n', "\u{e007}");
        let element = self.element(selector).await;
        self.call(&format!("/element/{element}/value"), json!({ "text": keys })).await;
    }

    /// Clicks on what a selector finds.
    pub async fn clicks(&self, selector: &str) {
        let element = self.element(selector).await;
        self.call(&format!("/element/{element}/click"), json!({})).await;
    }

    /// Closes it, as a person would.
    pub async fn close(self) {
        self.browser.call(Method::POST, "/window", json!({ "handle": self.handle })).await;
        self.browser.call(Method::DELETE, "/window", json!({})).await;
    }

    async fn element(&self, selector: &str) -> String {
        self.sees(&format!("document.querySelector({})", json!(selector))).await;
        let found = self.call("/element", json!({ "using": "css selector", "value": selector })).await;
        let id = found.as_object().and_then(|found| found.values().next()?.as_str()).expect("an element");
        id.to_string()
    }

    async fn call(&self, path: &str, body: Value) -> Value {
        self.browser.call(Method::POST, "/window", json!({ "handle": self.handle })).await;
        self.browser.call(Method::POST, path, body).await
    }
}

/// Starts chromedriver; `None` when it ends before it says where it listens.
fn start(program: &Path) -> Option<(Child, String)> {
    let command = Command::new(program).arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut driver = command.expect("chromedriver");
    let said = driver.stdout.take().into_iter().flat_map(|output| BufReader::new(output).lines());
    match said.map_while(Result::ok).filter_map(|line| Some(port(&line)?.to_string())).next() {
        Some(port) => Some((driver, port)),
        None => {
            let _ = driver.wait();
            None
        }
    }
}

/// The port in chromedriver's "ChromeDriver was started successfully on port 40123."
fn port(line: &str) -> Option<&str> {
    let (_, port) = line.split_once("started successfully on port ")?;
    Some(port.trim_end_matches('.'))
}

pub(crate) fn in_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(name)).find(|file| file.is_file())
}
