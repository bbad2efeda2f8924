//! A place that exists, with people in it: what the calls of the table are about.

use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering};

use kernel::Clock;
use reqwest::Method;
use serde_json::json;
use tests::upload::Part;
use tests::{App, Person, Server};

static COUNT: AtomicU32 = AtomicU32::new(0);

/// Where calls are made.
pub(super) struct Places<'a> {
    app: &'a App,
    read: Rc<Place>,
}

impl<'a> Places<'a> {
    pub(super) async fn of(app: &'a App) -> Self {
        Self { app, read: Rc::new(Place::make(app).await) }
    }

    /// The place of a call: all those that change nothing share one, any other has its own.
    pub(super) async fn with(&self, call: &str) -> Rc<Place> {
        if call.starts_with("GET ") { Rc::clone(&self.read) } else { Rc::new(Place::make(self.app).await) }
    }
}

/// A server with a channel and a message, its owner, and a member.
pub(super) struct Place {
    pub(super) owner: Person,
    pub(super) member: Person,
    pub(super) server: Server,
    /// Another member, who is timed out.
    pub(super) silenced: Person,
    /// What they wrote before.
    provocation: String,
    /// Somebody who is banned.
    pub(super) banned: Person,
    /// A warning of the member, and a report of them.
    warning: String,
    pub(super) report: String,
    /// A further code, made by the owner.
    further_code: String,
    /// The owner's message.
    pub(super) message: String,
    /// A role that nobody has; the channel allows it something.
    pub(super) role: String,
    /// The owner's conversation with the member, and their group.
    pub(super) conversation: String,
    pub(super) group: String,
    /// Another session of the owner, and what it was given.
    pub(super) other_session: String,
    pub(super) other_token: String,
    pub(super) refresh_token: String,
    /// A moment to come.
    pub(super) tomorrow: String,
    /// What the owner will send later.
    pub(super) scheduled: String,
    /// A key of the owner.
    pub(super) api_key: String,
    /// A file of the owner, of no message.
    pub(super) media: String,
    /// A clip that the owner sent.
    pub(super) clip: String,
    /// The voice channel, and who is in it: the owner, the member and the friend.
    pub(super) lounge: String,
    pub(super) voice_session: String,
    /// A call in the group that rings the owner and the member, and one that is over.
    pub(super) call: String,
    past_call: String,
    /// A huddle in the text channel, of somebody else.
    huddle: String,
    /// A request that waits for the owner's answer.
    pub(super) request: String,
    /// One of the owner, which waits for another's.
    pub(super) own_request: String,
    /// A friend of the owner, and a member of the server.
    pub(super) friend: Person,
}

impl Place {
    /// A new one.
    pub(super) async fn make(app: &App) -> Self {
        let [owner, member] = [app.person(&new_name()).await, app.person(&new_name()).await];
        let server = owner.create_server("Engines").await;
        member.join(&server).await;
        let message = owner.send(&server.channel, "the first").await["id"].as_str().unwrap().to_string();
        let roles = format!("/api/servers/{}/roles", server.id);
        let role = owner.post(&roles, json!({ "name": "Crew" })).await.ok()["role"]["id"].clone();
        let role = role.as_str().unwrap().to_string();
        let overwrite = format!("/api/channels/{}/permissions/{role}", server.channel);
        owner.put(&overwrite, json!({ "allow": ["SPEAK"] })).await.ok();
        let [silenced, banned] = [app.person(&new_name()).await, app.person(&new_name()).await];
        silenced.join(&server).await;
        let provocation = silenced.send(&server.channel, "Fools!").await["id"].as_str().unwrap().to_string();
        let of = |what: &str| format!("/api/servers/{}{what}", server.id);
        let (silence, ban) =
            (format!("/members/{}/timeout", silenced.id), format!("/members/{}/ban", banned.id));
        owner.post(&of(&silence), json!({ "duration": 60 })).await.ok();
        owner.post(&of(&ban), json!({})).await.ok();
        let warn = of(&format!("/members/{}/warn", member.id));
        let warning = owner.post(&warn, json!({ "reason": "x" })).await.ok()["warning"]["id"].clone();
        let complaint = json!({ "userId": member.id, "serverId": server.id, "reason": "x" });
        owner.post("/api/users/report", complaint).await.ok();
        let report = owner.get(&of("/reports")).await.ok()["reports"][0]["id"].clone();
        let further_code = owner.post(&of("/invites"), json!({})).await.ok()["invite"]["code"].clone();
        let [friend, asker, asked] =
            [app.person(&new_name()).await, app.person(&new_name()).await, app.person(&new_name()).await];
        friend.join(&server).await;
        let ask = async |from: &Person, to: &Person| {
            let sent = from.post(&format!("/api/users/{}/friend-request", to.id), json!({})).await.ok();
            sent["request"]["id"].as_str().unwrap().to_string()
        };
        ask(&friend, &owner).await;
        ask(&owner, &friend).await;
        let (request, own_request) = (ask(&asker, &owner).await, ask(&owner, &asked).await);
        let login = json!({ "username": owner.username, "password": Person::PASSWORD });
        let login = owner.post("/api/auth/login", login).await.ok();
        let text = |name: &str| login[name].as_str().unwrap().to_string();
        let (other_session, other_token) = (text("sessionId"), text("token"));
        let key = json!({ "name": "Robot", "scopes": ["read"] });
        let key = owner.post("/api/auth/api-keys", key).await.ok();
        let media = owner.upload("a.txt", b"text").await["id"].as_str().unwrap().to_string();
        let clip = [Part::file("a.wav", b"RIFF\x04\0\0\0WAVE"), Part::text("channelId", &server.channel)];
        let clip = owner.bring(Method::POST, "/api/clips", &clip).await.ok()["clip"]["id"].clone();
        let dm = owner.post("/api/dms", json!({ "userId": member.id })).await.ok()["dm"]["id"].clone();
        let group = json!({ "name": "Crew", "memberIds": [member.id, silenced.id] });
        let group = owner.post("/api/groups", group).await.ok()["group"]["id"].clone();
        let tomorrow = app.clock.now().plus(chrono::TimeDelta::days(1)).to_string();
        let later = json!({ "channelId": server.channel, "content": "x", "scheduledFor": tomorrow });
        let later = owner.post("/api/scheduled-messages", later).await.ok();
        let lounge =
            owner.get(&of("/channels")).await.ok()["channels"][1]["id"].as_str().unwrap().to_string();
        for person in [&member, &friend] {
            person.post("/api/voice/sessions", json!({ "channelId": lounge })).await.ok();
        }
        let voice = owner.post("/api/voice/sessions", json!({ "channelId": lounge })).await.ok();
        let voice_session = voice["session"]["id"].as_str().unwrap().to_string();
        let call = async || {
            let called = silenced.post("/api/voice/dm-call", json!({ "conversationId": group })).await.ok();
            called["session"]["id"].as_str().unwrap().to_string()
        };
        let past_call = call().await;
        silenced.delete(&format!("/api/voice/sessions/{past_call}")).await.ok();
        let call = call().await;
        let bystander = app.person(&new_name()).await;
        bystander.join(&server).await;
        let huddle = bystander.post("/api/huddles", json!({ "channelId": server.channel })).await.ok();
        let huddle = huddle["huddle"]["id"].as_str().unwrap().to_string();
        Self {
            media,
            clip: clip.as_str().unwrap().to_string(),
            lounge,
            voice_session,
            call,
            past_call,
            huddle,
            tomorrow,
            scheduled: later["scheduledMessage"]["id"].as_str().unwrap().to_string(),
            conversation: dm.as_str().unwrap().to_string(),
            group: group.as_str().unwrap().to_string(),
            api_key: key["apiKey"]["id"].as_str().unwrap().to_string(),
            warning: warning.as_str().unwrap().to_string(),
            report: report.as_str().unwrap().to_string(),
            further_code: further_code.as_str().unwrap().to_string(),
            request,
            own_request,
            friend,
            owner,
            member,
            silenced,
            provocation,
            banned,
            server,
            message,
            role,
            other_session,
            other_token,
            refresh_token: text("refreshToken"),
        }
    }

    /// What stands for a parameter of a path.
    fn id(&self, template: &str, parameter: &str) -> Option<&str> {
        Some(match parameter {
            "userId" if template.ends_with("/timeout") => &self.silenced.id,
            "userId" if template.contains("/bans/") => &self.banned.id,
            "userId" if template.starts_with("/api/dm/") => &self.silenced.id,
            "messageId" if template.ends_with("/report") => &self.provocation,
            "warningId" => &self.warning,
            "serverId" => &self.server.id,
            "channelId" | "chatId" => &self.server.channel,
            "messageId" => &self.message,
            "conversationId" => &self.conversation,
            "groupId" => &self.group,
            "roleId" | "roleOrUserId" => &self.role,
            "inviteCode" => &self.further_code,
            "userId" => &self.member.id,
            "requestId" => &self.request,
            "friendId" => &self.friend.id,
            "sessionId" => &self.other_session,
            "scheduledId" => &self.scheduled,
            "voiceSessionId" => &self.voice_session,
            "callId" if template == "/api/calls/{callId}" => &self.past_call,
            "callId" => &self.call,
            // Of those who leave: the session that they are in.
            "huddleId" if template.ends_with("/leave") => &self.voice_session,
            "huddleId" => &self.huddle,
            "apiKeyId" => &self.api_key,
            "mediaId" => &self.media,
            "clipId" => &self.clip,
            "pictureId" => "01890a63-5f20-7b3b-8e66-9c8d7e6f5a41",
            "provider" => "google",
            "file" => "docs.css",
            _ => return None,
        })
    }

    /// The path with ids for its parameters.
    pub(super) fn path(&self, template: &str) -> String {
        let segments = template.split('/').map(|segment| {
            let parameter = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
            let id = parameter.map_or(Some(segment), |parameter| self.id(template, parameter));
            assert!(
                id.is_some(),
                "{template}: say in Place::id (tests/suite/rights/place.rs) what {segment} is"
            );
            id.unwrap()
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// A username that nobody has.
    pub(super) fn new_name(&self) -> String {
        new_name()
    }

    /// An e-mail address that nobody has.
    pub(super) fn new_address(&self) -> String {
        format!("{}@example.org", new_name())
    }
}

fn new_name() -> String {
    format!("person{}", COUNT.fetch_add(1, Ordering::SeqCst))
}
