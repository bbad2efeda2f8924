//! The fetcher by itself, with names that say what they like.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use messaging::preview::{Fetcher, Lookup, NotFetched, PreviewSettings};
use tests::PATIENCE;

use super::site::{Page, Site, html};

/// Names of which some mean the site, some the canary, and some change their minds.
#[derive(Debug, Default)]
struct Fickle(Arc<AtomicUsize>);

impl Lookup for Fickle {
    fn lookup(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        let asked = self.0.fetch_add(1, Ordering::SeqCst);
        let [good, bad]: [IpAddr; 2] = [[127, 0, 0, 2].into(), [127, 0, 0, 1].into()];
        let found = match name.as_str() {
            "site.example" => vec![good],
            "mixed.example" => vec![good, bad],
            "six.example" => vec!["::1".parse().unwrap()],
            "mapped.example" => vec!["::ffff:127.0.0.1".parse().unwrap()],
            "any.example" => vec!["0.0.0.0".parse().unwrap()],
            "fickle.example" if asked.is_multiple_of(2) => vec![good],
            _ => vec![bad],
        };
        async move { Ok(found) }.boxed()
    }
}

fn fetcher(site: &Site, timeout_ms: u64) -> Fetcher {
    let settings = PreviewSettings {
        timeout_ms,
        ports: vec![site.port],
        allowed_networks: vec!["127.0.0.2/32".parse().unwrap()],
        ..PreviewSettings::default()
    };
    Fetcher::new(&settings, Arc::new(Fickle::default()), tests::http()).unwrap()
}

/// Ways to write the canary's address.
const FORMS: [&str; 26] = [
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "017700000001",
    "0177.0.0.1",
    "127.000.000.001",
    "0",
    "0.0.0.0",
    "localhost",
    "localhost.",
    "foo.localhost",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
    "evil.example",
    "mixed.example",
    "six.example",
    "mapped.example",
    "any.example",
];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_inside_is_reached_directly_or_by_redirects() {
    let site = Site::start([("/ok", html("<title>Fine</title>"))]).await;
    let fetcher = fetcher(&site, 10_000);
    let mut tried = 0;
    for form in FORMS {
        let target = format!("http://{form}:{}/", site.port);
        let by = [301, 302, 303, 307, 308].map(|status| site.url(&format!("/to?{status}={target}")));
        let user = format!("http://user:secret@{form}:{}/", site.port);
        let tls = format!("https://{form}:{}/", site.port);
        for url in by.into_iter().chain([target, user, tls]) {
            let found = fetcher.fetch(&url).await;
            assert!(found.is_err(), "{url}: {found:?}");
            tried += 1;
        }
    }
    for (location, why) in [
        ("//127.0.0.1:PORT/", "no scheme"),
        ("ftp://site.example/", "another scheme"),
        ("file:///etc/passwd", "a file"),
        ("http://site.example:22/", "another port"),
        ("http://site.example@127.0.0.1:PORT/", "a name that is none"),
        ("/to?302=/to?302=http://evil.example:PORT/", "two steps"),
    ] {
        let location = location.replace("PORT", &site.port.to_string());
        assert!(fetcher.fetch(&site.url(&format!("/to?302={location}"))).await.is_err(), "{why}");
        tried += 1;
    }
    assert!(tried >= 100, "{tried}");
    assert_eq!(site.betrayed(), 0);
    // And the site itself is found, also behind a redirect.
    for path in ["/ok", "/to?302=/ok"] {
        assert_eq!(fetcher.fetch(&site.url(path)).await.unwrap().title.as_deref(), Some("Fine"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_changes_its_mind_gets_nothing_for_it() {
    let site = Site::start([("/", html("<title>Fine</title>"))]).await;
    let fetcher = fetcher(&site, 10_000);
    let url = format!("http://fickle.example:{}/", site.port);
    let mut outcomes = Vec::new();
    for _ in 0..8 {
        outcomes.push(fetcher.fetch(&url).await.is_ok());
    }
    assert!(outcomes.contains(&true) && outcomes.contains(&false), "{outcomes:?}");
    assert_eq!(site.betrayed(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn time_and_size_are_bounded() {
    let circle = Page::Redirect(302, "/circle".into());
    let site = Site::start([("/slow", Page::Slow), ("/endless", Page::Endless), ("/circle", circle)]).await;
    let slow = tokio::time::timeout(PATIENCE, fetcher(&site, 500).fetch(&site.url("/slow"))).await;
    assert!(matches!(slow, Ok(Err(NotFetched::TooSlow | NotFetched::Failed(_)))), "{slow:?}");
    let endless = fetcher(&site, 15_000).fetch(&site.url("/endless")).await.unwrap();
    assert_eq!(endless.title.as_deref(), Some("Endless"));
    tokio::time::sleep(Duration::from_millis(200)).await;
    let taken = site.taken.load(Ordering::SeqCst);
    assert!(taken < 16 * 1_048_576, "{taken} bytes, with what waits in sockets");
    let circle = fetcher(&site, 10_000).fetch(&site.url("/circle")).await;
    assert!(matches!(circle, Err(NotFetched::Redirects)), "{circle:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_pages_are_read_and_oembed_helps() {
    let oembed = r#"<title>x</title><link rel=alternate type=application/json+oembed href="/oembed.json">"#;
    let inside =
        r#"<link rel=alternate type=application/json+oembed href="http://127.0.0.1:1/"><title>y</title>"#;
    let site = Site::start([
        ("/image", Page::Body("image/png", b"<title>no</title>".to_vec())),
        ("/nothing", Page::Body("", b"<title>no</title>".to_vec())),
        ("/latin", Page::Body("text/html; charset=latin1", b"<title>Gr\xfc\xdfe</title>".to_vec())),
        ("/video", html(oembed)),
        ("/inside", html(inside)),
        (
            "/oembed.json",
            Page::Body("application/json", br#"{"title": "A film", "provider_name": "Films"}"#.to_vec()),
        ),
    ])
    .await;
    let fetcher = fetcher(&site, 10_000);
    for path in ["/image", "/nothing"] {
        let found = fetcher.fetch(&site.url(path)).await;
        assert!(matches!(found, Err(NotFetched::NoPage(_))), "{found:?}");
    }
    let title = async |path: &str| fetcher.fetch(&site.url(path)).await.unwrap().title.unwrap();
    assert_eq!(title("/latin").await, "Grüße");
    assert_eq!(title("/video").await, "A film");
    assert_eq!(title("/inside").await, "y");
    assert!(fetcher.fetch(&site.url("/missing")).await.is_err());
    assert_eq!(site.betrayed(), 0);
}
