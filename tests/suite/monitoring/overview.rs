//! The figures that administrators see as JSON.

use serde_json::json;
use tests::App;

#[tokio::test(flavor = "multi_thread")]
async fn administrators_see_what_happened() {
    let app = App::builder().with_mail().start().await;
    let (admin, bob) = (app.admin("ada").await, app.person("bob").await);
    let server = bob.create_server("Engines").await;
    let mut socket = app.socket(&bob, 0).await;
    socket.command("join-channel", json!(server.channel)).await;
    bob.send(&server.channel, "hello").await;
    socket.expect_event("new-message").await;
    let answer = admin.get("/api/metrics").await.ok();
    let metrics = &answer["metrics"];
    for (path, least) in [
        ("/http/requests", 4),
        ("/http/duration/count", 4),
        ("/http/inFlight", 1),
        ("/sockets/sessions", 1),
        ("/sockets/users", 1),
        ("/sockets/subscriptions", 1),
        ("/sockets/opened", 1),
        ("/sockets/commands", 1),
        ("/sockets/framesSent", 3),
        ("/sockets/bytesSent", 100),
        ("/sockets/framesReceived", 1),
        ("/sockets/bytesReceived", 10),
        ("/delivery/here/count", 1),
        ("/writers/changes", 1),
        ("/database/limit", 1),
        ("/database/wait/count", 5),
        ("/bus/published", 1),
    ] {
        let found = metrics.pointer(path).and_then(serde_json::Value::as_i64);
        assert!(found.is_some_and(|found| found >= least), "{path}: {metrics:#}");
    }
    assert_eq!((&metrics["bus"]["up"], &metrics["sockets"]["tooSlow"]), (&json!(true), &json!(0)));
    assert!(metrics["delivery"]["here"]["p50"].as_f64().unwrap() > 0.0, "{metrics:#}");
    assert_eq!(metrics["jobs"]["failed"], 0);
    bob.get("/api/metrics").await.fails(403, "INSUFFICIENT_PERMISSIONS");
}
