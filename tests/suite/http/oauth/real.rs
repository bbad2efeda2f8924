//! Against a real OpenID provider: `oidc-provider` from npm.
//!
//! Skipped, with a message, where Node.js or the package is missing: `npm ci --prefix tests/oidc` installs it.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::json;
use tests::{App, Navigator, Page};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

use super::{BEGIN, CHALLENGE, body, on, query};

const PUBLIC: &str = "http://localhost:8080";

/// The provider's process. Ends with it.
struct Provider {
    url: String,
    _process: Child,
    /// Kept open: what it writes there must go somewhere.
    _output: Lines<BufReader<ChildStdout>>,
}

impl Provider {
    /// Starts it; `None` where it cannot be started.
    async fn start() -> Option<Self> {
        let place = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("oidc");
        if !place.join("node_modules/oidc-provider").is_dir() {
            skip("the package is not installed: npm ci --prefix tests/oidc");
            return None;
        }
        let mut node = Command::new("node");
        node.current_dir(&place).args(["server.mjs", &format!("{PUBLIC}/api/auth/callback/house")]);
        node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let Ok(mut process) = node.spawn() else {
            skip("there is no Node.js");
            return None;
        };
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = async {
            while let Some(line) = lines.next_line().await.unwrap() {
                if let Some(url) = line.strip_prefix("READY ") {
                    return url.to_string();
                }
            }
            unreachable!("the provider ended")
        };
        let url = timeout(tests::PATIENCE * 2, ready).await.unwrap();
        Some(Self { url, _process: process, _output: lines })
    }

    async fn app(&self) -> App {
        let settings = [
            ("identity.oauth.public_url", PUBLIC),
            ("identity.oauth.redirect_targets", "https://app.example.org/login"),
            ("identity.oauth.issuers.house.issuer", self.url.as_str()),
            ("identity.oauth.issuers.house.client_id", "guildhall"),
            ("identity.oauth.issuers.house.client_secret", "house-secret"),
        ];
        settings.into_iter().fold(App::builder(), |app, (name, value)| app.with(name, value)).start().await
    }
}

#[expect(clippy::print_stderr, reason = "nobody should think that it ran")]
fn skip(why: &str) {
    eprintln!("SKIPPED, against a real OpenID provider: {why}");
}

/// Where a page sends on to, as a whole address.
fn next(from: &str, page: &Page) -> String {
    let location = page.location.as_deref().unwrap_or_else(|| unreachable!("{} {}", page.status, page.text));
    url::Url::parse(from).unwrap().join(location).unwrap().into()
}

/// Goes on until a page wants something, or the browser is sent back to the product.
async fn follow(browser: &mut Navigator, mut url: String) -> (String, Page) {
    loop {
        let page = browser.go(&url).await;
        if page.location.is_none() {
            return (url, page);
        }
        let on = next(&url, &page);
        if on.starts_with(PUBLIC) {
            return (on, page);
        }
        url = on;
    }
}

/// Logs in at the provider as `login` and agrees to everything; where the browser comes back to.
async fn agree(browser: &mut Navigator, begin: String, login: &str) -> String {
    let (mut at, mut page) = follow(browser, begin).await;
    for form in [vec![("prompt", "login"), ("login", login), ("password", "x")], vec![("prompt", "consent")]]
    {
        assert!(page.text.contains("<form"), "{}", page.text);
        let answer = browser.submit(&at, &form).await;
        let on = next(&at, &answer);
        (at, page) = follow(browser, on).await;
    }
    at
}

/// The whole way; the parameters with which the browser comes to the frontend's page.
async fn dance(app: &App, login: &str) -> HashMap<String, String> {
    let mut browser = Navigator::default();
    let begin = on(&browser.visit(&format!("{}{BEGIN}?challenge={CHALLENGE}", app.url())).await);
    let back = agree(&mut browser, begin, login).await.replace(PUBLIC, app.url());
    query(&on(&browser.visit(&back).await))
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_logs_in_through_a_real_provider() {
    let Some(provider) = Provider::start().await else { return };
    let app = provider.app().await;
    let stranger = app.stranger();
    let mut ids = Vec::new();
    for _ in 0..2 {
        let got = dance(&app, "vera").await;
        let login = stranger.post(BEGIN, body(&got["code"])).await.ok();
        let user = &login["user"];
        assert_eq!((&user["email"], &user["emailVerified"]), (&json!("vera@example.org"), &json!(true)));
        assert_eq!(user["name"], "vera of the house");
        ids.push(user["id"].clone());
    }
    assert_eq!(ids[0], ids[1]);
    let got = dance(&app, "mira").await;
    let login = stranger.post(BEGIN, body(&got["code"])).await.ok();
    assert_eq!(login["user"]["email"], json!(null), "not verified there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_provider_refuses_what_it_should() {
    let Some(provider) = Provider::start().await else { return };
    let app = provider.app().await;
    // Its user says no.
    let mut browser = Navigator::default();
    let begin = on(&browser.visit(&format!("{}{BEGIN}?challenge={CHALLENGE}", app.url())).await);
    let (at, _) = follow(&mut browser, begin).await;
    let (back, _) = follow(&mut browser, format!("{at}/abort")).await;
    let there = on(&browser.visit(&back.replace(PUBLIC, app.url())).await);
    assert_eq!(query(&there)["error"], "access_denied");
    // A code that was stolen on the way to another browser.
    let (mut victim, mut thief) = (Navigator::default(), Navigator::default());
    let begin = format!("{}{BEGIN}?challenge={CHALLENGE}", app.url());
    let (one, two) = (on(&victim.visit(&begin).await), on(&thief.visit(&begin).await));
    let stolen = query(&agree(&mut victim, one, "vera").await)["code"].clone();
    let back = agree(&mut thief, two, "eve").await.replace(PUBLIC, app.url());
    let own = query(&back)["code"].clone();
    let there = on(&thief.visit(&back.replace(&own, &stolen)).await);
    assert_eq!(query(&there)["error"], "provider_failed");
}
