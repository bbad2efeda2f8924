//! Who learns of what: a channel that somebody may not view is not there for them, whatever they ask or hear.

use std::time::Duration;

use serde_json::{Value, json};
use tests::App;

use super::{assign, community, everyone, hidden_channel, id, new_role, overwrite, unassign};

/// The code, sentence and details of a refusal.
fn refusal(body: &Value) -> Value {
    json!([body["code"], body["error"], body["details"]])
}

#[tokio::test(flavor = "multi_thread")]
async fn no_call_tells_a_hidden_channel_from_one_that_is_not_there() {
    const NOTHING: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    let manager = new_role(&ada, &server, "Manager", &["MANAGE_CHANNELS", "MANAGE_ROLES"]).await;
    assign(&ada, &server, &manager, &bob).await.ok();
    let hidden = hidden_channel(&ada, &server, "war-room").await;
    let sent = ada.send(&hidden, "the plan").await;
    let base = everyone(&ada, &server).await;
    let ask = async |channel: &str, message: &str| {
        let at = |rest: &str| format!("/api/channels/{channel}{rest}");
        let content = || json!({ "content": "x" });
        let answers = [
            bob.get(&at("")).await,
            bob.put(&at(""), json!({ "name": "x" })).await,
            bob.delete(&at("")).await,
            bob.get(&at("/messages")).await,
            bob.post(&at("/messages"), content()).await,
            bob.get(&at(&format!("/messages/{message}"))).await,
            bob.get(&at(&format!("/messages?around={message}"))).await,
            bob.get(&at("/changes?since=0")).await,
            bob.post(&at("/read"), json!({})).await,
            bob.get(&at("/permissions")).await,
            bob.get(&at(&format!("/permissions/{}", id(&base)))).await,
            bob.put(&at(&format!("/permissions/{}", id(&base))), json!({ "deny": [] })).await,
            bob.delete(&at(&format!("/permissions/{}", id(&base)))).await,
            bob.put(&format!("/api/messages/{message}"), content()).await,
            bob.delete(&format!("/api/messages/{message}")).await,
            bob.put(&format!("/api/channels/{}", server.channel), json!({ "parentId": channel })).await,
            bob.put(
                &format!("/api/servers/{}/channels/order", server.id),
                json!({ "channelIds": [channel] }),
            )
            .await,
        ];
        answers.map(|answer| refusal(&answer.body))
    };
    assert_eq!(ask(&hidden, id(&sent)).await, ask(NOTHING, NOTHING).await);
    let mut socket = app.socket(&bob, 0).await;
    for (command, key) in
        [("join-channel", "channelId"), ("typing-start", "channelId"), ("mark-read", "channelId")]
    {
        let hidden = socket.refused(command, json!({ key: hidden }), "RESOURCE_NOT_FOUND").await;
        assert_eq!(hidden, socket.refused(command, json!({ key: NOTHING }), "RESOURCE_NOT_FOUND").await);
    }
    let listed = bob.get(&format!("/api/servers/{}", server.id)).await.body.to_string();
    assert!(!listed.contains(&hidden) && !listed.contains("war-room"), "{listed}");
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_in_a_hidden_channel_is_heard_by_those_who_view_it_alone() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server) = community(&app).await;
    let crew = new_role(&ada, &server, "Crew", &[]).await;
    let eve = app.person("eve").await;
    eve.join(&server).await;
    assign(&ada, &server, &crew, &eve).await.ok();
    let category = super::new_channel(&ada, &server, json!({ "name": "crew", "type": "category" })).await;
    let base = everyone(&ada, &server).await;
    overwrite(&ada, &category, id(&base), &[], &["VIEW_CHANNEL"]).await.ok();
    overwrite(&ada, &category, id(&crew), &["VIEW_CHANNEL"], &[]).await.ok();
    let (mut his, _) = app.socket_and_ready(&bob, 1, "?subscribe=all").await;
    let (mut hers, _) = app.socket_and_ready(&eve, 1, "?subscribe=all").await;
    let body = json!({ "name": "bridge", "parentId": category });
    let made = ada.post(&format!("/api/servers/{}/channels", server.id), body).await.ok()["channel"].clone();
    let bridge = id(&made).to_string();
    let told = hers.expect("channel-created").await["channel"].clone();
    assert_eq!(
        (&told["id"], &told["parentId"], &told["position"]),
        (&made["id"], &json!(category), &json!(3))
    );
    ada.send(&bridge, "to the crew").await;
    assert_eq!(hers.expect("new-message").await["content"], "to the crew");
    ada.put(&format!("/api/channels/{bridge}"), json!({ "name": "deck" })).await.ok();
    assert_eq!(hers.expect("channel-updated").await["channel"]["name"], "deck");
    ada.delete(&format!("/api/channels/{bridge}")).await.ok();
    assert_eq!(hers.expect("channel-deleted").await["channelId"], bridge.as_str());
    for event in his.rest(Duration::from_millis(150)).await {
        let text = event.to_string();
        assert!(!text.contains(&bridge) && !text.contains(&category), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gains_sight_of_a_channel_is_told_and_who_loses_it_is_told_and_hears_no_more() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server) = community(&app).await;
    let crew = new_role(&ada, &server, "Crew", &[]).await;
    let hidden = hidden_channel(&ada, &server, "bridge").await;
    overwrite(&ada, &hidden, id(&crew), &["VIEW_CHANNEL"], &[]).await.ok();
    let (mut his, ready) = app.socket_and_ready(&bob, 1, "").await;
    assert!(!ready.to_string().contains(&hidden));
    let gaining: [&dyn Fn(bool) -> Change; 3] = [&Change::Role, &Change::Allow, &Change::Everyone];
    for change in gaining {
        apply(&ada, &bob, &server, (&hidden, &crew), change(true)).await;
        let told = his.expect("channel-created").await["channel"].clone();
        assert_eq!(
            (id(&told), &told["name"], &told["position"]),
            (hidden.as_str(), &json!("bridge"), &json!(2))
        );
        his.command("join-channel", json!(hidden)).await;
        ada.send(&hidden, "welcome").await;
        assert_eq!(his.expect("new-message").await["content"], "welcome");
        apply(&ada, &bob, &server, (&hidden, &crew), change(false)).await;
        ada.send(&hidden, "without him").await;
        assert_eq!(his.expect("channel-left").await["channelId"], hidden.as_str());
        let gone = his.expect("channel-deleted").await;
        assert_eq!(gone, json!({ "channelId": hidden, "serverId": server.id }));
        his.hears_no("new-message", Duration::from_millis(100)).await;
        his.refused("join-channel", json!(hidden), "RESOURCE_NOT_FOUND").await;
    }
    // Losing the role altogether, too.
    assign(&ada, &server, &crew, &bob).await.ok();
    his.expect("channel-created").await;
    ada.delete(&format!("/api/roles/{}", id(&crew))).await.ok();
    his.expect("channel-deleted").await;
    app.guilds_are_whole().await;
}

/// A way to let somebody see a channel, or to take it back.
enum Change {
    Role(bool),
    Allow(bool),
    Everyone(bool),
}

async fn apply(
    ada: &tests::Person,
    bob: &tests::Person,
    server: &tests::Server,
    (channel, crew): (&str, &Value),
    change: Change,
) {
    match change {
        Change::Role(true) => assign(ada, server, crew, bob).await.ok(),
        Change::Role(false) => unassign(ada, server, crew, bob).await.ok(),
        Change::Allow(true) => overwrite(ada, channel, &bob.id, &["VIEW_CHANNEL"], &[]).await.ok(),
        Change::Allow(false) => overwrite(ada, channel, &bob.id, &[], &[]).await.ok(),
        Change::Everyone(shown) => {
            let base = everyone(ada, server).await;
            let deny: &[&str] = if shown { &[] } else { &["VIEW_CHANNEL"] };
            overwrite(ada, channel, id(&base), &[], deny).await.ok()
        }
    };
}
