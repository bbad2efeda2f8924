//! The product itself: health, request ids, other origins.

use std::collections::HashSet;

use reqwest::{Method, Response};
use serde_json::json;
use tests::{App, Person, eventually};

use super::{NOTHING, keys};

const OURS: &str = "https://chat.example.org";
const THEIRS: &str = "https://evil.example.org";

#[tokio::test(flavor = "multi_thread")]
async fn health_tells_how_the_parts_are_at_both_paths() {
    let app = App::start().await;
    let bus = async || app.stranger().get("/health").await.body["services"]["bus"]["latencyMs"].is_number();
    eventually("the bus was asked for its latency", bus).await;
    for path in ["/health", "/api/health"] {
        let health = app.stranger().get(path).await;
        assert_eq!(health.status, 200);
        let health = health.ok();
        assert_eq!(keys(&health), ["services", "status", "success", "timestamp", "version"]);
        assert_eq!(health["status"], "ok");
        assert!(health["timestamp"].as_str().unwrap().ends_with('Z'));
        assert_eq!(health["version"].as_str().unwrap().split('.').count(), 3);
        assert_eq!(keys(&health["services"]), ["bus", "database"]);
        for part in ["bus", "database"] {
            let part = &health["services"][part];
            assert_eq!((keys(part), &part["status"]), (vec!["latencyMs", "status"], &json!("ok")));
            assert!((0.0..10_000.0).contains(&part["latencyMs"].as_f64().unwrap()), "{part}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_a_request_id_of_its_own() {
    let app = App::builder().with("http.allowed_origins[0]", OURS).start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut ids = HashSet::new();
    let mut asked = 0;
    for (method, path, body, status) in [
        (Method::GET, "/health".to_string(), None, 200),
        (Method::GET, "/api/openapi.json".into(), None, 200),
        (Method::GET, "/api/servers".into(), None, 200),
        (Method::POST, "/api/servers".into(), Some(r#"{"name":"x"}"#), 201),
        (Method::POST, "/api/servers".into(), Some("{"), 400),
        (Method::GET, "/api/servers/x".into(), None, 400),
        (Method::POST, "/api/auth/login".into(), Some(r#"{"email":"x","password":"x"}"#), 401),
        (Method::GET, format!("/api/servers/{NOTHING}"), None, 404),
        (Method::GET, "/nothing".into(), None, 404),
        (Method::PUT, "/api/servers".into(), None, 405),
        (Method::POST, format!("/api/servers/{}/leave", server.id), None, 409),
        (Method::GET, "/ws".into(), None, 400),
    ] {
        let answer = ada.call(method, &path, body.map(Into::into)).await;
        assert_eq!(answer.status, status, "{path}");
        ids.insert(answer.headers["x-request-id"].to_str().unwrap().to_string());
        asked += 1;
    }
    ids.insert(
        app.stranger().get("/api/servers").await.headers["x-request-id"].to_str().unwrap().to_string(),
    );
    for origin in [OURS, THEIRS] {
        let answer = preflight(&ada, origin).await;
        ids.insert(answer.headers()["x-request-id"].to_str().unwrap().to_string());
    }
    assert_eq!(ids.len(), asked + 3);
    assert!(ids.iter().all(|id| id.len() >= 16), "{ids:?}");
}

async fn preflight(person: &Person, origin: &str) -> Response {
    let request = person
        .request(Method::OPTIONS, "/api/servers")
        .header("origin", origin)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization, content-type");
    request.send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_known_origin_may_call_and_others_may_not() {
    let app = App::builder().with("http.allowed_origins[0]", OURS).start().await;
    let ada = app.person("ada").await;
    let known = preflight(&ada, OURS).await;
    assert!(known.status().is_success());
    assert_eq!(known.headers()["access-control-allow-origin"], OURS);
    let allowed = |name: &str| known.headers()[name].to_str().unwrap().to_lowercase();
    for method in ["get", "post", "put", "patch", "delete"] {
        assert!(allowed("access-control-allow-methods").contains(method), "{method}");
    }
    for header in ["authorization", "content-type"] {
        assert!(allowed("access-control-allow-headers").contains(header), "{header}");
    }
    for origin in [THEIRS, "null", "https://chat.example.org.evil.example", "http://chat.example.org", "*"] {
        let unknown = preflight(&ada, origin).await;
        assert!(!unknown.status().is_success(), "{origin}");
        assert!(!unknown.headers().contains_key("access-control-allow-origin"), "{origin}");
    }

    for (origin, known) in [(OURS, true), (THEIRS, false)] {
        let request = ada.request(Method::GET, "/api/servers").header("origin", origin);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.headers().contains_key("access-control-allow-origin"), known, "{origin}");
        if known {
            let shown = answer.headers()["access-control-expose-headers"].to_str().unwrap();
            let mut shown = shown.split(',').map(str::trim).collect::<Vec<_>>();
            shown.sort_unstable();
            let of_files = ["accept-ranges", "content-disposition", "content-range", "etag"];
            let of_all = ["ratelimit", "ratelimit-policy", "retry-after", "x-request-id"];
            assert_eq!(shown, [of_files, of_all].concat());
        }
        assert!(!answer.headers().contains_key("access-control-allow-credentials"), "{origin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_configured_origins_no_other_origin_may_call() {
    let app = App::start().await;
    let answer = preflight(&app.stranger(), OURS).await;
    assert!(!answer.status().is_success());
    assert!(!answer.headers().contains_key("access-control-allow-origin"));
}
