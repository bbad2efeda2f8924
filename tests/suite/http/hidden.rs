//! A member with every right but that to view one channel asks everything that can be asked, and hears everything that is
//! told. What the product cannot do yet is asked as soon as it is in the OpenAPI document.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tests::{App, Person, Server};

use super::operations::{Operation, document, operations};
use super::{NOTHING, id};

/// All that a role can have and does not make its holder see everything.
const PRYING: [&str; 13] = [
    "VIEW_CHANNEL",
    "SEND_MESSAGES",
    "READ_HISTORY",
    "CREATE_INVITE",
    "MANAGE_MESSAGES",
    "MANAGE_CHANNELS",
    "MANAGE_ROLES",
    "MANAGE_NICKNAMES",
    "MANAGE_SERVER",
    "VIEW_AUDIT_LOG",
    "KICK_MEMBERS",
    "BAN_MEMBERS",
    "MODERATE_MEMBERS",
];

/// What the secret is found by.
const WORD: &str = "swordfish";

/// A server with a channel that one member may view and another may not.
struct Scene {
    app: App,
    owner: Person,
    confidant: Person,
    spy: Person,
    server: Server,
    crew: String,
    category: String,
    channel: String,
    message: String,
}

impl Scene {
    async fn set() -> Self {
        let app = App::builder().gateways(2).start().await;
        let [owner, confidant, spy] =
            [app.person("ada").await, app.person("carol").await, app.person("mallory").await];
        let server = owner.create_server("Engines").await;
        confidant.join(&server).await;
        spy.join(&server).await;
        let role = async |name: &str, permissions: &[&str], to: &Person| {
            let roles = format!("/api/servers/{}/roles", server.id);
            let body = json!({ "name": name, "permissions": permissions });
            let role = id(&owner.post(&roles, body).await.ok()["role"]).to_string();
            owner.post(&format!("{roles}/{role}/assign/{}", to.id), json!({})).await.ok();
            role
        };
        // The first one stands above the second.
        let crew = role("Crew", &[], &confidant).await;
        role("Prying", &PRYING, &spy).await;
        let (category, channel, message) = Default::default();
        Self { app, owner, confidant, spy, server, crew, category, channel, message }
    }

    /// Makes the channel, and lets happen there what can happen in a channel.
    async fn plot(&mut self) {
        let channels = format!("/api/servers/{}/channels", self.server.id);
        let hide = async |body: Value| {
            let made = id(&self.owner.post(&channels, body).await.ok()["channel"]).to_string();
            self.rule(&made).await;
            made
        };
        // What is in a hidden category is hidden from the moment that it is there.
        let category = hide(json!({ "name": "new", "type": "category" })).await;
        self.owner.put(&format!("/api/channels/{category}"), json!({ "name": "cellar-4711" })).await.ok();
        let body = json!({ "name": "sanctum-4711", "topic": "topic-4711", "parentId": category });
        let channel = id(&self.owner.post(&channels, body).await.ok()["channel"]).to_string();
        let path = format!("/api/channels/{channel}");
        self.owner
            .put(&format!("{path}/permissions/{}", self.confidant.id), json!({ "allow": ["SPEAK"] }))
            .await
            .ok();
        let content = format!("{WORD} 4711");
        let message = self.confidant.send(&channel, &content).await;
        let edited = json!({ "content": format!("{WORD} 4711 again") });
        self.confidant.put(&format!("/api/messages/{}", id(&message)), edited).await.ok();
        let second = self.confidant.send(&channel, &content).await;
        self.owner.delete(&format!("/api/messages/{}", id(&second))).await.ok();
        let report = format!("/api/messages/{}/report", id(&message));
        self.owner.post(&report, json!({ "reason": "word-4711" })).await.ok();
        let mut socket = self.app.socket(&self.confidant, 0).await;
        socket.command("typing-start", json!(channel)).await;
        self.owner.put(&path, json!({ "topic": "topic-4711 too", "position": 0 })).await.ok();
        let other = json!({ "name": "other-4711", "parentId": category });
        let other = id(&self.owner.post(&channels, other).await.ok()["channel"]).to_string();
        self.owner.delete(&format!("/api/channels/{other}")).await.ok();
        (self.category, self.channel, self.message) = (category, channel, id(&message).to_string());
    }

    /// Lets nobody but the crew view a channel.
    async fn rule(&self, channel: &str) {
        let roles = self.owner.get(&format!("/api/servers/{}/roles", self.server.id)).await.ok();
        let everyone = id(roles["roles"].as_array().unwrap().last().unwrap()).to_string();
        let path = |target: &str| format!("/api/channels/{channel}/permissions/{target}");
        self.owner.put(&path(&self.crew), json!({ "allow": ["VIEW_CHANNEL"] })).await.ok();
        self.owner.put(&path(&everyone), json!({ "deny": ["VIEW_CHANNEL"] })).await.ok();
    }

    /// The path of a call, with what there is for its parameters.
    fn path(&self, operation: &Operation, channel: &str, message: &str) -> String {
        let value = |parameter: &str| match parameter {
            "serverId" => self.server.id.clone(),
            "channelId" | "chatId" => channel.to_string(),
            "messageId" => message.to_string(),
            "roleId" | "roleOrUserId" => self.crew.clone(),
            "inviteCode" => self.server.code.clone(),
            "userId" => self.confidant.id.clone(),
            _ => NOTHING.to_string(),
        };
        let path = operation.parameters().into_iter().fold(operation.template.clone(), |path, parameter| {
            path.replace(&format!("{{{parameter}}}"), &value(&parameter))
        });
        let declared = operation.told["parameters"].as_array().into_iter().flatten();
        let query = declared.filter_map(|one| match one["name"].as_str()? {
            "query" => Some(format!("query={WORD}")),
            "since" => Some("since=0".into()),
            _ => None,
        });
        let query = query.collect::<Vec<_>>().join("&");
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    /// What must not be told.
    fn secrets(&self) -> [&str; 4] {
        ["4711", &self.category, &self.channel, &self.message]
    }

    /// Those of some texts that tell a secret.
    fn leaks(&self, texts: impl IntoIterator<Item = String>) -> Vec<String> {
        let tells = |text: &String| self.secrets().iter().any(|secret| text.contains(secret));
        texts.into_iter().filter(tells).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_member_learns_of_a_hidden_channel_by_nothing() {
    let mut scene = Scene::set().await;
    let (mut near, _) = scene.app.socket_and_ready(&scene.spy, 0, "?subscribe=all").await;
    let (mut far, _) = scene.app.socket_and_ready(&scene.spy, 1, "?subscribe=all").await;
    let before = near.rest(Duration::from_millis(100)).await;
    scene.plot().await;
    let scene = scene;
    let mut heard =
        [before, near.rest(Duration::from_millis(300)).await, far.rest(Duration::from_millis(300)).await]
            .concat();
    // The category was seen for the moment between its making and its hiding, under another name: that is told, and
    // taken back.
    heard.retain(|event| !of(event, &scene.category) || event.to_string().contains("4711"));
    let (late, ready) = scene.app.socket_and_ready(&scene.spy, 1, "?subscribe=all").await;
    drop(late);
    let events = heard.into_iter().chain([ready]).map(|event| event.to_string());
    assert_eq!(scene.leaks(events), Vec::<String>::new(), "events");
    let operations = operations(&document(&scene.app).await);
    reads_nothing(&scene, &operations).await;
    cannot_tell_it_from_nothing(&scene, &operations).await;
    let kept =
        scene.owner.get(&format!("/api/channels/{}/messages/{}", scene.channel, scene.message)).await.ok();
    assert_eq!(kept["message"]["content"], format!("{WORD} 4711 again"), "nothing of it was changed");
    scene.app.guilds_are_whole().await;
}

/// Whether an event is about a channel.
fn of(event: &Value, channel: &str) -> bool {
    event["data"]["channel"]["id"] == channel || event["data"]["channelId"] == channel
}

/// Every call that reads, about every place that the spy knows and does not know.
async fn reads_nothing(scene: &Scene, operations: &[Operation]) {
    let mut checked = 0;
    for operation in operations.iter().filter(|operation| operation.method == Method::GET) {
        for (channel, message) in [(&scene.server.channel, NOTHING), (&scene.channel, &scene.message)] {
            let path = scene.path(operation, channel, message);
            let answer = scene.spy.get(&path).await;
            assert_eq!(scene.leaks([answer.body.to_string()]), Vec::<String>::new(), "{path}");
            checked += 1;
        }
    }
    assert!(checked >= 60, "only {checked} calls were made");
    let path = format!("/api/servers/{}/channels", scene.server.id);
    let channels = scene.spy.get(&path).await.ok()["channels"].as_array().unwrap().clone();
    let positions = channels.iter().map(|channel| channel["position"].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(positions, [0, 1], "no gap where something is hidden");
}

/// Every call and command that names a channel or message: what is hidden is answered like what is not there.
async fn cannot_tell_it_from_nothing(scene: &Scene, operations: &[Operation]) {
    let mut checked = 0;
    for operation in operations {
        let parameters = operation.parameters();
        if !parameters.iter().any(|name| ["channelId", "chatId", "messageId"].contains(&name.as_str())) {
            continue;
        }
        let mut told = Vec::new();
        for (channel, message) in [(scene.channel.as_str(), scene.message.as_str()), (NOTHING, NOTHING)] {
            let path = scene.path(operation, channel, message);
            let answer = operation.call(&scene.spy, &path).await;
            told.push((
                answer.status,
                answer.body["code"].clone(),
                answer.body["error"].clone(),
                answer.body["details"].clone(),
            ));
        }
        assert_eq!(told[0], told[1], "{} {}", operation.method, operation.template);
        checked += 1;
    }
    assert!(checked >= 15, "only {checked} calls were made");
    let mut socket = scene.app.socket(&scene.spy, 0).await;
    let (channel, message) = (scene.channel.as_str(), scene.message.as_str());
    for (command, key) in [
        ("join-channel", "channelId"),
        ("send-message", "channelId"),
        ("mark-read", "channelId"),
        ("typing-start", "channelId"),
        ("join-voice-channel", "channelId"),
        ("leave-voice-channel", "channelId"),
        ("edit-message", "messageId"),
        ("delete-message", "messageId"),
    ] {
        let hidden = if key == "channelId" { channel } else { message };
        let mut told = Vec::new();
        for id in [hidden, NOTHING] {
            let data = json!({ key: id, "content": "x" });
            told.push(socket.refused(command, data, "RESOURCE_NOT_FOUND").await);
        }
        assert_eq!(told[0], told[1], "{command}");
    }
    let resumed = socket.command("resume", json!({ "timelines": { channel: 0, NOTHING: 0 } })).await;
    assert_eq!((&resumed["timelines"], resumed["gone"].as_array().unwrap().len()), (&json!({}), 2));
}
