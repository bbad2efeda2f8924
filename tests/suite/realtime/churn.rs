//! Sessions of several people join, leave, are removed, come back and go on two gateways, in any order: afterwards each
//! hears exactly what it was told that it hears, nobody hears what is not theirs, and nothing is left behind.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures_util::future::join_all;
use kernel::Env;
use serde_json::{Value, json};
use tests::{App, Person, Server, Socket, eventually};
use tokio::time::sleep;

const PEOPLE: usize = 4;
const SESSIONS: usize = 3;

/// 600 steps in `make test`; `GUILDHALL_CHURN=1000` for twenty times as many.
fn rounds() -> usize {
    std::env::var("GUILDHALL_CHURN").ok().and_then(|wish| wish.parse().ok()).unwrap_or(50)
}

/// A session, and what it was told.
struct Listener {
    person: Person,
    all: bool,
    /// It has left a channel: it need not hear all any more.
    left: bool,
    socket: Socket,
    /// The channels that it hears.
    told: HashSet<String>,
    /// Commands without an answer yet, and their channels.
    asked: HashMap<String, String>,
}

impl Listener {
    async fn open(app: &App, person: &Person, gateway: usize, all: bool) -> Self {
        let query = if all { "?subscribe=all" } else { "" };
        let (socket, ready) = app.socket_and_ready(person, gateway, query).await;
        let channels = ready["servers"].as_array().unwrap().iter().flat_map(|server| {
            let written = server["channels"].as_array().unwrap().iter().filter(|each| each["type"] == "text");
            written.map(|channel| channel["id"].as_str().unwrap())
        });
        // Of a session that hears everything, `ready` says where it begins.
        let told = channels.filter(|_| all).map(ToString::to_string).collect();
        Self { person: person.clone(), all, left: false, socket, told, asked: HashMap::new() }
    }

    fn ask(&mut self, event: &str, channel: &str) {
        let sent = self.socket.send(event, json!(channel));
        self.asked.insert(sent, channel.to_string());
    }

    /// Applies what came within a while. Returns what messages said.
    async fn listen(&mut self, pause: Duration) -> HashSet<(String, String)> {
        let mut heard = HashSet::new();
        for event in self.socket.rest(pause).await {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
            let channel = text(&event["data"]["channelId"]);
            let asked = event["ref"].as_str().and_then(|sent| self.asked.remove(sent));
            match (event["event"].as_str().unwrap(), asked) {
                ("channel-joined", _) => drop(self.told.insert(channel)),
                ("channel-left", _) => drop(self.told.remove(&channel)),
                // It may not see it any more.
                ("error", Some(channel)) => drop(self.told.remove(&channel)),
                ("new-message", _) => drop(heard.insert((channel, text(&event["data"]["content"])))),
                _ => {}
            }
        }
        heard
    }
}

async fn create_channel(owner: &Person, server: &Server) -> String {
    let path = format!("/api/servers/{}/channels", server.id);
    let made = owner.post(&path, json!({ "name": "new" })).await.ok();
    made["channel"]["id"].as_str().unwrap().to_string()
}

async fn remove(app: &App, server: &Server, person: &Person) -> bool {
    let (guild, user) = (server.id.parse().unwrap(), person.id.parse().unwrap());
    app.services().guilds.remove_member(guild, user).await.is_ok()
}

/// One step: `what` happens to `who`, and nobody waits for anything but calls over HTTP.
async fn step(app: &App, server: &Server, channels: &[String], who: &mut Listener, luck: [u8; 3]) {
    let [what, which, gateway] = luck;
    let channel = &channels[usize::from(which) % channels.len()];
    let gateway = usize::from(gateway % 2);
    match what {
        0..90 => who.ask("join-channel", channel),
        90..130 => {
            who.left = true;
            who.ask("leave-channel", channel);
        }
        130..160 => drop(remove(app, server, &who.person).await),
        160..215 => who.person.at(&app.gateways[gateway].url).join(server).await,
        215..235 => *who = Listener::open(app, &who.person, gateway, who.all).await,
        // Removed and admitted at once, while the session asks for the channel.
        235..250 => {
            who.ask("join-channel", channel);
            tokio::join!(remove(app, server, &who.person), who.person.join(server));
        }
        _ => drop(who.listen(Duration::from_millis(5)).await),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_any_coming_and_going_each_session_hears_exactly_what_it_was_told() {
    let app = App::builder().gateways(2).start().await;
    let owner = app.person("owner").await;
    let server = owner.create_server("Engines").await;
    let mut channels = vec![server.channel.clone(), create_channel(&owner, &server).await];
    let mut listeners = Vec::new();
    for n in 0..PEOPLE {
        let person = app.person(&format!("p{n}")).await;
        person.join(&server).await;
        for session in 0..SESSIONS {
            listeners.push(Listener::open(&app, &person, session % 2, session == 2).await);
        }
    }
    let env = Env::system();
    for round in 0..rounds() {
        let steps = listeners.iter_mut().map(|who| step(&app, &server, &channels, who, env.bytes()));
        let noise = owner.at(&app.gateways[round % 2].url);
        tokio::join!(join_all(steps), noise.send(&channels[round % channels.len()], "noise"));
        if round % 10 == 9 && channels.len() < 400 {
            channels.push(create_channel(&owner, &server).await);
        }
    }
    settle(&app, &server, &mut listeners).await;
    for (n, channel) in channels.iter().enumerate() {
        owner.at(&app.gateways[n % 2].url).send(channel, "the end").await;
    }
    sleep(Duration::from_millis(200)).await;
    let members = owner.get(&format!("/api/servers/{}/members?limit=100", server.id)).await.ok().to_string();
    for listener in &mut listeners {
        let heard = listener.listen(Duration::ZERO).await;
        let heard = heard.into_iter().filter(|(_, text)| text == "the end").map(|(channel, _)| channel);
        let who = format!("{} (all: {})", listener.person.username, listener.all);
        let heard = heard.collect::<HashSet<_>>();
        assert_eq!(heard, listener.told, "{who} hears something else than it was told");
        let member = members.contains(&listener.person.id);
        assert!(member || heard.is_empty(), "{who} is no member and hears");
        let all = listener.all && !listener.left && member;
        assert!(!all || heard.len() == channels.len(), "{who} hears {heard:?}");
    }
    drop(listeners);
    for gateway in &app.gateways {
        eventually("all sessions are forgotten", async || gateway.topics() == 0).await;
    }
}

/// Every other one is a member at the end; everybody has their answers.
async fn settle(app: &App, server: &Server, listeners: &mut [Listener]) {
    for (n, person) in listeners.chunks(SESSIONS).map(|sessions| &sessions[0].person).enumerate() {
        if n % 2 == 0 {
            person.join(server).await;
        } else {
            remove(app, server, person).await;
        }
    }
    eventually("everybody has their answers", async || {
        let mut open = 0;
        for listener in listeners.iter_mut() {
            listener.listen(Duration::from_millis(20)).await;
            open += listener.asked.len();
        }
        open == 0
    })
    .await;
    for listener in listeners {
        listener.listen(Duration::from_millis(20)).await;
    }
}
