//! The audit log: what was there before and after, and nothing of what its reader may not know.

use serde_json::{Value, json};
use tests::App;

use super::{give, log, of, role};

/// Action, before and after of each entry, the oldest first.
fn told(entries: &[Value]) -> Vec<(&str, &Value, &Value)> {
    entries
        .iter()
        .rev()
        .map(|entry| (entry["action"].as_str().unwrap(), &entry["before"], &entry["after"]))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_of_roles_channels_and_settings_are_written_down_with_what_was_there_before() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let crew = role(&ada, &server, "Crew", &[]).await;
    ada.put(&format!("/api/roles/{crew}"), json!({ "name": "Staff", "hoisted": true })).await.ok();
    ada.put(&format!("/api/roles/{crew}"), json!({ "name": "Staff" })).await.ok();
    let channels = of(&server, "/channels");
    let voice = ada.get(&channels).await.ok()["channels"][1]["id"].clone();
    let made = ada.post(&channels, json!({ "name": "mill", "topic": "Cogs" })).await.ok()["channel"].clone();
    let mill = made["id"].as_str().unwrap();
    let path = format!("/api/channels/{mill}");
    ada.put(&path, json!({ "name": "store" })).await.ok();
    ada.put(&path, json!({ "name": "store", "position": 0 })).await.ok();
    let rule = format!("{path}/permissions/{crew}");
    ada.put(&rule, json!({ "deny": ["SEND_MESSAGES"] })).await.ok();
    ada.put(&rule, json!({ "allow": ["SPEAK"] })).await.ok();
    ada.put(&rule, json!({ "allow": ["SPEAK"] })).await.ok();
    ada.delete(&rule).await.ok();
    ada.delete(&path).await.ok();
    ada.delete(&format!("/api/roles/{crew}")).await.ok();
    ada.put(&of(&server, ""), json!({ "description": "Cards" })).await.ok();
    let entries = log(&ada, &server, "").await;
    let rule =
        |allow: &[&str]| json!({ "id": crew, "type": "role", "allow": allow, "deny": ["SEND_MESSAGES"] });
    let store =
        json!({ "name": "store", "type": "text", "topic": "Cogs", "parentId": null, "userLimit": null });
    let mut mill_then = store.clone();
    mill_then["name"] = json!("mill");
    let (general, null) = (&server.channel, Value::Null);
    let told = told(&entries);
    assert_eq!(
        told.iter().map(|(action, ..)| *action).collect::<Vec<_>>(),
        [
            "role-create",
            "role-update",
            "channel-create",
            "channel-update",
            "channels-reorder",
            "overwrite-update",
            "overwrite-update",
            "overwrite-delete",
            "channel-delete",
            "role-delete",
            "server-update",
        ]
    );
    assert_eq!(told[1].1, &json!({ "name": "Crew", "hoisted": false }));
    assert_eq!(told[1].2, &json!({ "name": "Staff", "hoisted": true }));
    assert_eq!((told[2].1, told[2].2), (&null, &mill_then));
    assert_eq!((told[3].1, told[3].2), (&json!({ "name": "mill" }), &json!({ "name": "store" })));
    assert_eq!(told[4].1, &json!({ "channelIds": [general, voice, mill] }));
    assert_eq!(told[4].2, &json!({ "channelIds": [mill, general, voice] }));
    assert_eq!((told[5].1, told[5].2), (&null, &rule(&[])));
    assert_eq!((told[6].1, told[6].2), (&rule(&[]), &rule(&["SPEAK"])));
    assert_eq!((told[7].1, told[7].2), (&rule(&["SPEAK"]), &null));
    assert_eq!((told[8].1, told[8].2), (&store, &null));
    assert_eq!((&told[9].1["name"], told[9].2), (&json!("Staff"), &null));
    assert_eq!(
        (told[10].1, told[10].2),
        (&json!({ "description": null }), &json!({ "description": "Cards" }))
    );
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_know_of_a_channel_reads_nothing_of_it() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let crew = role(&ada, &server, "Crew", &[]).await;
    let readers = role(&ada, &server, "Readers", &["VIEW_AUDIT_LOG", "MODERATE_MEMBERS"]).await;
    give(&ada, &server, &readers, &bob).await;
    let roles = ada.get(&of(&server, "/roles")).await.ok()["roles"].as_array().unwrap().clone();
    let everyone = roles.last().unwrap()["id"].as_str().unwrap().to_string();
    let made = ada.post(&of(&server, "/channels"), json!({ "name": "vault" })).await.ok();
    let vault = made["channel"]["id"].as_str().unwrap().to_string();
    let path = format!("/api/channels/{vault}");
    ada.put(&format!("{path}/permissions/{everyone}"), json!({ "deny": ["VIEW_CHANNEL"] })).await.ok();
    ada.put(&format!("{path}/permissions/{crew}"), json!({ "allow": ["VIEW_CHANNEL"] })).await.ok();
    ada.put(&path, json!({ "name": "safe", "position": 0 })).await.ok();
    let eve = app.person("eve").await;
    eve.join(&server).await;
    give(&ada, &server, &crew, &eve).await;
    let message = eve.send(&vault, "Fools!").await["id"].as_str().unwrap().to_string();
    ada.post(&format!("/api/messages/{message}/report"), json!({ "reason": "An insult" })).await.ok();
    let report = ada.get(&of(&server, "/reports")).await.ok()["reports"][0]["id"].clone();

    let seen = async || {
        let queue = bob.get(&of(&server, "/reports")).await.ok().to_string();
        let mut words =
            log(&bob, &server, "").await.into_iter().map(|entry| entry.to_string()).collect::<Vec<_>>();
        words.push(queue);
        words
            .into_iter()
            .filter(|text| text.contains(&vault) || text.contains("vault") || text.contains("Fools"))
            .count()
    };
    assert_eq!(seen().await, 0);
    let deal = json!({ "reportId": report, "status": "dismissed" });
    bob.put(&of(&server, "/reports"), deal.clone()).await.fails(404, "RESOURCE_NOT_FOUND");
    // Who comes to know of it reads all of it.
    give(&ada, &server, &crew, &bob).await;
    assert_eq!(seen().await, 6);
    bob.put(&of(&server, "/reports"), deal).await.ok();
    // Of what is gone the owner reads, who could know of everything.
    ada.delete(&path).await.ok();
    assert_eq!(seen().await, 0);
    assert!(log(&ada, &server, "?action=channel-delete").await[0]["before"]["name"] == "safe");
}
