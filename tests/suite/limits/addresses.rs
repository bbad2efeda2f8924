//! Whom an address belongs to.

use reqwest::Method;
use tests::{Answer, Person};

use super::{limited, rate};

async fn call(person: &Person, headers: &[(&str, &str)]) -> u16 {
    let request = person.request(Method::GET, "/api/auth/me");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    Answer::to(request).await.status.as_u16()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_address_helps_nobody() {
    let app = rate(limited(), "requests", 1, 3_600, 3).start().await;
    for number in 0..3 {
        let forged = format!("203.0.113.{number}");
        assert_eq!(call(&app.stranger(), &[("x-forwarded-for", &forged)]).await, 401);
    }
    for header in ["x-forwarded-for", "forwarded", "x-real-ip", "cf-connecting-ip", "true-client-ip"] {
        assert_eq!(call(&app.stranger(), &[(header, "203.0.113.200")]).await, 429, "{header}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_is_believed_what_it_wrote_and_not_what_its_client_wrote() {
    let app = rate(limited(), "requests", 1, 3_600, 2)
        .with("http.trusted_proxies", "127.0.0.1,10.0.0.0/8")
        .start()
        .await;
    let from = |list: &'static str| {
        let stranger = app.stranger();
        async move { call(&stranger, &[("x-forwarded-for", list)]).await }
    };
    assert_eq!(from("203.0.113.7").await, 401);
    assert_eq!(from("198.51.100.1, 203.0.113.7, 10.0.0.3").await, 401);
    for forged in ["198.51.100.2, 203.0.113.7", "203.0.113.8,203.0.113.7:1234", "::1, ::ffff:203.0.113.7"] {
        assert_eq!(from(forged).await, 429, "{forged}");
    }
    // The other header is a client's, whatever the proxy is.
    let both = [("forwarded", "for=198.51.100.3"), ("x-forwarded-for", "203.0.113.7")];
    assert_eq!(call(&app.stranger(), &both).await, 429);
    // Others behind the same proxy go on.
    assert_eq!(from("203.0.113.9").await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_sessions_shows_the_address_that_is_counted() {
    let app = limited().with("http.trusted_proxies", "127.0.0.1").start().await;
    let ada = app.person("ada").await;
    let body = serde_json::json!({ "username": "ada", "password": "correct horse battery" });
    let login = app.stranger().request(Method::POST, "/api/auth/login");
    Answer::to(login.header("x-forwarded-for", "203.0.113.7").json(&body)).await.ok();
    let sessions = ada.get("/api/auth/sessions").await.ok();
    let addresses =
        sessions["sessions"].as_array().unwrap().iter().map(|session| session["address"].as_str().unwrap());
    assert!(addresses.collect::<Vec<_>>().contains(&"203.0.113.7"), "{sessions}");
}
