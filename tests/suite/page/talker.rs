//! Somebody who speaks on the page, and what their browser says of its peers.

use serde_json::{Value, json};
use tests::Browser;

use super::visitor::Visitor;

/// Keeps every RTCPeerConnection at hand, and the kinds of the addresses that it found. `change(settings)` is what a test
/// makes of what the page wants.
const WATCH: &str = "const Real = RTCPeerConnection;
    const change = (settings) => CHANGE;
    window.peers = [];
    window.RTCPeerConnection = class extends Real {
        constructor(settings) {
            super(change(settings));
            window.peers.push(this);
            this.found = [];
            this.errors = [];
            this.addEventListener('icecandidate', ({ candidate }) => candidate?.candidate && this.found.push(candidate.type));
            this.addEventListener('icecandidateerror', (event) => this.errors.push(event.errorCode));
        }
        setConfiguration(settings) { super.setConfiguration(change(settings)); }
    };";

/// Bytes that came from each other who is connected, by kind.
const RECEIVED: &str = "return (async () => {
    const all = [];
    for (const peer of window.peers) {
        if (peer.connectionState !== 'connected') continue;
        const bytes = { audio: 0, video: 0 };
        const stats = await peer.getStats();
        stats.forEach((each) => { if (each.type === 'inbound-rtp') bytes[each.kind] += each.bytesReceived; });
        all.push(bytes);
    }
    return all;
})()";

/// The kinds of the addresses between which media flow, for each other.
const PATHS: &str = "return (async () => {
    const all = [];
    for (const peer of window.peers.filter((each) => each.connectionState === 'connected')) {
        const stats = await peer.getStats();
        const pair = [...stats.values()].find((each) => each.type === 'candidate-pair' && each.nominated && each.state === 'succeeded');
        all.push([stats.get(pair.localCandidateId).candidateType, stats.get(pair.remoteCandidateId).candidateType]);
    }
    return all;
})()";

/// What the page wants, as it is.
pub(super) const UNCHANGED: &str = "settings";

/// A person with a microphone and a camera at a window.
pub(super) struct Talker<'a>(Visitor<'a>);

impl<'a> std::ops::Deref for Talker<'a> {
    type Target = Visitor<'a>;

    fn deref(&self) -> &Visitor<'a> {
        &self.0
    }
}

impl<'a> Talker<'a> {
    /// Logs in, at a page whose peers get what the expression `change` makes of `settings`.
    pub(super) async fn log_in(browser: &'a Browser, url: &str, username: &str, change: &str) -> Self {
        Self(Visitor::log_in_after(browser, url, username, &WATCH.replace("CHANGE", change)).await)
    }

    /// Goes to a voice channel.
    pub(super) async fn opens(&self, channel: &str) {
        self.clicks(&format!(".server a[href='#/c/{channel}']")).await;
        self.sees("!document.getElementById('stage').hidden").await;
    }

    /// Comes into a voice channel.
    pub(super) async fn comes_into(&self, channel: &str) {
        self.opens(channel).await;
        self.clicks("#voice-join").await;
        self.sees("document.querySelector('#voice-controls:not([hidden]) #voice-mute:not(:disabled)')").await;
    }

    /// Turns the camera on.
    pub(super) async fn shows_the_camera(&self) {
        self.clicks("#voice-camera").await;
        self.sees("document.querySelector('#voice-camera[data-on]')").await;
    }

    /// Waits until the bar says this.
    pub(super) async fn is_told(&self, words: &str) {
        self.sees(&format!("document.getElementById('voice-bar').innerText.includes({})", json!(words)))
            .await;
    }

    /// Waits until a name stands in the list of who is in voice channels, or in none.
    pub(super) async fn sees_people(&self, names: &[&str]) {
        let listed =
            "[...document.querySelectorAll('.occupants .label')].map((label) => label.textContent).sort()";
        self.sees(&format!("JSON.stringify({listed}) === {}", json!(json!(names).to_string()))).await;
    }

    /// Waits until sound and pictures come from so many others, and goes on coming.
    pub(super) async fn receives_from(&self, others: usize) {
        let before = std::cell::RefCell::new(Vec::new());
        tests::eventually("sound and pictures of everybody", async || {
            let now = self.received().await;
            let then = before.replace(now.clone());
            let more = |(now, then): (&Value, &Value)| {
                ["audio", "video"].iter().all(|kind| now[kind].as_u64() > then[kind].as_u64())
            };
            let is_all = now.len() == others && then.len() == others;
            is_all && now.iter().zip(&then).all(more)
        })
        .await;
    }

    /// Bytes that came from each other who is connected.
    pub(super) async fn received(&self) -> Vec<Value> {
        serde_json::from_value(self.run(RECEIVED).await).unwrap()
    }

    /// The kinds of the addresses between which media flow, for each other: ours and theirs.
    pub(super) async fn paths(&self) -> Vec<(String, String)> {
        serde_json::from_value(self.run(PATHS).await).unwrap()
    }

    /// Does not wait for the page's next try to connect, which may be a while away.
    pub(super) async fn hurries(&self) {
        self.run("window.dispatchEvent(new Event('online'))").await;
    }

    /// Closes the window.
    pub(super) async fn closes(self) {
        self.0.closes().await;
    }
}
