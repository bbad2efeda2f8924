//! Reports and the queue of the moderators.

use serde_json::json;
use tests::App;

use super::{log, of};

#[tokio::test(flavor = "multi_thread")]
async fn a_report_waits_in_the_queue_until_somebody_deals_with_it() {
    let app = App::start().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let message = bob.send(&server.channel, "You fool").await;
    let path = format!("/api/messages/{}/report", message["id"].as_str().unwrap());
    let body = || json!({ "reason": "An insult" });
    eve.post(&path, body()).await.fails(404, "RESOURCE_NOT_FOUND");
    bob.post(&path, body()).await.fails_at("userId");
    ada.post(&path, body()).await.ok();
    ada.post(&path, body()).await.ok();
    ada.post("/api/users/report", json!({ "userId": bob.id, "serverId": server.id, "reason": "Rude" }))
        .await
        .ok();
    let queue = ada.get(&of(&server, "/reports")).await.ok();
    let reports = queue["reports"].as_array().unwrap();
    assert_eq!(reports.len(), 2, "the same twice is one: {queue}");
    let report = &reports[0];
    assert_eq!((&report["content"], &report["status"]), (&json!("You fool"), &json!("open")));
    assert_eq!(
        (&report["user"]["username"], &report["reporter"]["username"]),
        (&json!("bob"), &json!("ada"))
    );
    bob.get(&of(&server, "/reports")).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    let resolve = json!({ "reportId": report["id"], "status": "resolved", "note": "Talked to both" });
    bob.put(&of(&server, "/reports"), resolve.clone()).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    let done = ada.put(&of(&server, "/reports"), resolve).await.ok();
    assert_eq!(
        (&done["report"]["handler"]["username"], &done["report"]["note"]),
        (&json!("ada"), &json!("Talked to both"))
    );
    assert_eq!(ada.get(&of(&server, "/reports")).await.ok()["reports"].as_array().unwrap().len(), 1);
    assert_eq!(
        ada.get(&of(&server, "/reports?status=resolved")).await.ok()["reports"][0]["id"],
        report["id"]
    );
    let strange = json!({ "reportId": report["id"], "handlerId": eve.id });
    ada.put(&of(&server, "/reports"), strange).await.fails_at("handlerId");
    let entry = &log(&ada, &server, "?action=report-update").await[0];
    assert_eq!((&entry["before"]["status"], &entry["after"]["status"]), (&json!("open"), &json!("resolved")));
    app.guilds_are_whole().await;
}
