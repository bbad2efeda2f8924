//! Somebody who uses the page.

use serde_json::{Value, json};
use tests::{Browser, Person, Window};

/// Keeps the newest WebSocket at hand, so that a test can break it: at once, or as soon as a message is sent.
const REMEMBER: &str = "const Real = WebSocket;
    window.WebSocket = class extends Real {
        constructor(...all) { super(...all); window.newest = this; }
        send(frame) {
            super.send(frame);
            if (!window.cuts || !frame.includes('send-message')) return;
            window.cuts = false;
            this.close();
        }
    };";

/// A person at a window.
pub(super) struct Visitor<'a> {
    window: Window<'a>,
}

impl<'a> Visitor<'a> {
    /// Opens the page in a new window and logs in.
    pub(super) async fn log_in(browser: &'a Browser, url: &str, username: &str) -> Self {
        Self::log_in_after(browser, url, username, "").await
    }

    /// The same after a script of the test.
    pub(super) async fn log_in_after(browser: &'a Browser, url: &str, username: &str, script: &str) -> Self {
        let window = browser.window().await;
        window.open(&format!("{url}/")).await;
        window.run(REMEMBER).await;
        window.run(script).await;
        window.types("#login [name=account]", username).await;
        window.types("#login [name=password]", "correct horse battery\n").await;
        let visitor = Self { window };
        visitor.sees("document.querySelector('.chat[data-ready]')").await;
        visitor
    }

    pub(super) async fn sees(&self, expression: &str) {
        self.window.sees(expression).await;
    }

    pub(super) async fn run(&self, script: &str) -> Value {
        self.window.run(script).await
    }

    pub(super) async fn clicks(&self, selector: &str) {
        self.window.clicks(selector).await;
    }

    /// Types where messages are written; a line break sends.
    pub(super) async fn writes(&self, text: &str) {
        self.window.types("#text", text).await;
    }

    /// Fills in a dialog's field and sends it.
    pub(super) async fn answers(&self, selector: &str, text: &str) {
        self.window.types(selector, &format!("{text}\n")).await;
    }

    /// Waits until a message with this text is there.
    pub(super) async fn reads(&self, text: &str) {
        self.sees(&format!("{TEXTS}.includes({})", json!(text))).await;
    }

    /// Waits until no message has this text.
    pub(super) async fn misses(&self, text: &str) {
        self.sees(&format!("!{TEXTS}.includes({})", json!(text))).await;
    }

    /// The texts of all messages on the page, in their order.
    pub(super) async fn texts(&self) -> Vec<String> {
        serde_json::from_value(self.run(&format!("return {TEXTS}")).await).unwrap()
    }

    /// Waits until the page has exactly the messages that the server has, in the same order, and none waits.
    pub(super) async fn agrees(&self, with: &Person, channel: &str) {
        tests::eventually("the page agrees with the server", async || {
            let waiting = self.run("return document.querySelectorAll('.draft').length").await;
            let page = with.history(channel, "?limit=100").await;
            let messages = page["messages"].as_array().unwrap().iter().rev();
            let truth = messages.map(|message| message["content"].as_str().unwrap()).collect::<Vec<_>>();
            waiting == 0 && self.texts().await == truth
        })
        .await;
    }

    /// Closes the window.
    pub(super) async fn closes(self) {
        self.window.close().await;
    }

    /// Breaks the connection right behind the next message, before the answer can come.
    pub(super) async fn will_get_no_answer(&self) {
        self.run("window.cuts = true").await;
    }

    /// Breaks the connection.
    pub(super) async fn loses_the_connection(&self) {
        self.run("window.newest.close()").await;
    }
}

/// The text of each message; what stands behind it ("edited") is not of it.
const TEXTS: &str =
    "[...document.querySelectorAll('.message .text')].map((text) => text.firstChild.textContent)";
