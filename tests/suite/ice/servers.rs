//! What people are told of STUN and TURN servers.

use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use data_encoding::BASE64;
use kernel::{Clock, Timestamp};
use serde_json::{Value, json};
use tests::{App, Logs, Person, TURN_SECRET, TurnServer};

const PATH: &str = "/api/voice/ice-servers";

async fn app() -> App {
    App::builder()
        .with("voice.ice.stun", "stun:turn.example.org")
        .with("voice.ice.turn", "turn:turn.example.org, turns:turn.example.org:443")
        .with("voice.ice.secret", TURN_SECRET)
        .with("voice.ice.lifetime_s", "3600")
        .start()
        .await
}

/// The TURN servers that somebody is told of, and until when.
async fn turn(person: &Person) -> (Value, Timestamp) {
    let answer = person.get(PATH).await.ok();
    (answer["iceServers"][1].clone(), serde_json::from_value(answer["expiresAt"].clone()).unwrap())
}

/// As whoever has the secret checks it.
fn is_of(credential: &Value, person: &Person, until: Timestamp) -> bool {
    let name = format!("{}:{}", until.seconds(), person.id);
    let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, TURN_SECRET.as_bytes());
    let password = BASE64.encode(sign(&key, name.as_bytes()).as_ref());
    credential["username"] == name && credential["credential"] == password
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_are_ones_own_and_last_for_a_while() {
    let logs = Logs::watch();
    let app = app().await;
    let (ada, ben) = (app.person("ada").await, app.person("ben").await);
    let answer = ada.get(PATH).await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    let body = answer.ok();
    assert_eq!(body["iceServers"][0], json!({ "urls": ["stun:turn.example.org:3478"] }));
    let urls =
        json!(["turn:turn.example.org:3478?transport=udp", "turns:turn.example.org:443?transport=tcp"]);
    assert_eq!(body["iceServers"][1]["urls"], urls);

    let (of_ada, until) = turn(&ada).await;
    let (of_ben, until_then) = turn(&ben).await;
    assert!(is_of(&of_ada, &ada, until) && is_of(&of_ben, &ben, until_then));
    let left = until.seconds() - app.clock.now().seconds();
    assert!((3_500..=3_600).contains(&left), "{left}");
    app.clock.advance_ms(1_800_000);
    let (later, until_later) = turn(&ada).await;
    assert!(is_of(&later, &ada, until_later) && until_later.seconds() - until.seconds() >= 1_800);

    app.stranger().get(PATH).await.fails(401, "UNAUTHENTICATED");
    let log = logs.text();
    assert!(!log.contains(TURN_SECRET) && !log.contains(of_ada["credential"].as_str().unwrap()));
    assert!(log.contains(PATH));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_server_takes_the_credentials_and_no_others() {
    let Some(server) = TurnServer::start(&[], &[]).await else { return };
    let app = app().await;
    let (ada, ben) = (app.person("ada").await, app.person("ben").await);
    let ((of_ada, _), (of_ben, _)) = (turn(&ada).await, turn(&ben).await);
    let name = of_ada["username"].as_str().unwrap();
    assert!(server.relays_for(name, of_ada["credential"].as_str().unwrap()).await);
    assert!(!server.relays_for(name, of_ben["credential"].as_str().unwrap()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_servers_there_are_none() {
    let app = App::start().await;
    let answer = app.person("ada").await.get(PATH).await.ok();
    assert_eq!(answer["iceServers"], json!([]));
}
