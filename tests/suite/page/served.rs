//! How the page's files are served; needs no browser.

use serde_json::json;
use tests::App;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_under_a_strict_policy_that_browsers_may_keep() {
    let app = App::start().await;
    let http = tests::http().no_proxy().build().unwrap();
    let url = &app.gateways[0].url;
    for path in
        ["/", "/assets/style.css", "/assets/app/main.js", "/assets/app/voice/peer.js", "/assets/icon.svg"]
    {
        let answer = http.get(format!("{url}{path}")).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_string();
        assert!(header("content-security-policy").starts_with("default-src 'self'; "), "{path}");
        assert!(!header("content-security-policy").contains("unsafe"), "{path}");
        assert!(header("permissions-policy").contains("camera=(self), microphone=(self)"), "{path}");
        assert_eq!(header("cache-control"), "no-cache");
        assert_eq!(header("x-content-type-options"), "nosniff");
        let tag = header("etag");
        let again = http.get(format!("{url}{path}")).header("if-none-match", &tag).send().await.unwrap();
        assert_eq!((again.status().as_u16(), again.headers()["etag"].to_str().unwrap()), (304, tag.as_str()));
        let head = http.head(format!("{url}{path}")).send().await.unwrap();
        assert_eq!(head.status(), 200, "{path}");
        assert!(head.bytes().await.unwrap().is_empty(), "{path}");
        let refused = app.stranger().post(path, json!({})).await;
        assert_eq!(refused.headers["allow"], "GET, HEAD");
        refused.fails(405, "METHOD_NOT_ALLOWED");
    }
    let page = http.get(format!("{url}/")).send().await.unwrap().text().await.unwrap();
    for link in ["/api/docs", "/api/openapi.json", "/health"] {
        assert!(page.contains(&format!("href=\"{link}\"")), "{link}");
    }
    assert_eq!(http.get(format!("{url}/assets/app/none.js")).send().await.unwrap().status(), 404);
}
