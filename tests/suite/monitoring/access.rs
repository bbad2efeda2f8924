//! Who may read the figures.

use std::time::Duration;

use reqwest::StatusCode;
use tests::{App, Figures, SCRAPE};

async fn read(url: &str, token: Option<&str>) -> (StatusCode, String) {
    let mut request = tests::http().timeout(Duration::from_secs(30)).build().unwrap().get(url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn unless_it_is_allowed_there_is_no_such_path() {
    let app = App::start().await;
    let admin = app.admin("ada").await;
    let url = format!("{}/metrics", app.url());
    for token in [None, Some(SCRAPE), Some(""), Some(admin.token())] {
        assert_eq!(read(&url, token).await.0, 404);
    }
    assert_eq!(app.gateways[0].running.as_ref().unwrap().metrics, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_token_opens_them() {
    let app = App::builder().with_figures().start().await;
    let admin = app.admin("ada").await;
    let url = format!("{}/metrics", app.url());
    let longer = format!("{SCRAPE}x");
    for token in [None, Some(""), Some(&SCRAPE[1..]), Some(&longer), Some(admin.token())] {
        let (status, said) = read(&url, token).await;
        assert_eq!(status, 401);
        assert!(said.contains("UNAUTHENTICATED") && !said.contains("guildhall_"), "{said}");
    }
    assert_eq!(read(&url, Some(SCRAPE)).await.0, 200);
    // It opens nothing else.
    assert_eq!(read(&format!("{}/api/metrics", app.url()), Some(SCRAPE)).await.0, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_their_own_serves_them_and_nothing_else() {
    let mut app = App::builder().with("metrics.listen", "127.0.0.1:0").start().await;
    let address = app.gateways[0].running.as_ref().unwrap().metrics.expect("it listens");
    let (status, text) = read(&format!("http://{address}/metrics"), None).await;
    assert_eq!(status, 200);
    assert!(Figures::parse(&text).sum("guildhall_bus_up", &[]) > 0.0);
    for path in ["/", "/health", "/api/metrics", "/api/openapi.json", "/metrics/x"] {
        assert_eq!(read(&format!("http://{address}{path}"), None).await.0, 404, "{path}");
    }
    assert_eq!(read(&format!("{}/metrics", app.url()), None).await.0, 404);
    app.stop(0).await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "it listens still");
}
