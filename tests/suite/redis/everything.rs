//! What is in Redis beside events: who is there, voice, and rates.

use backbone::rates::{Quota, Rate, Rates};
use backbone::redis::RedisSettings;
use kernel::Env;
use serde_json::json;
use tests::{PATIENCE, Person, Socket, eventually};

use super::crowd::Crowd;

/// Somebody comes and goes, is seen to, and speaks.
pub(super) async fn presence_and_voice_work(crowd: &Crowd, name: &str) {
    let Crowd { app, ada, server, .. } = crowd;
    let person = app.person(name).await;
    person.join(server).await;
    let mut socket = app.socket(&person, 1).await;
    eventually("they are there", async || status(ada, &person).await == "online").await;
    let channels = ada.get(&format!("/api/servers/{}/channels", server.id)).await.ok()["channels"].clone();
    let channels = channels.as_array().unwrap().clone();
    let lounge = channels.into_iter().find(|channel| channel["type"] == "voice").unwrap()["id"].clone();
    eventually("they speak", async || does(&mut socket, "join-voice-channel", &lounge).await).await;
    // A server that was frozen takes itself for the master until a sentinel tells it: a gateway may read there for a moment.
    eventually("they are seen to speak", async || is_heard(ada, &person).await).await;
    eventually("they leave", async || does(&mut socket, "leave-voice-channel", &lounge).await).await;
    app.voice_is_whole().await;
    drop(socket);
    eventually("they are gone", async || status(ada, &person).await == "offline").await;
}

async fn does(socket: &mut Socket, command: &str, channel: &serde_json::Value) -> bool {
    let reference = socket.send(command, json!({ "channelId": channel }));
    socket.answer(&reference).await["event"] == "ack"
}

/// Whether somebody is in the first voice session there is.
async fn is_heard(by: &Person, who: &Person) -> bool {
    let sessions = by.get("/api/voice/sessions").await.ok();
    let participants = sessions["sessions"][0]["participants"].as_array().cloned().unwrap_or_default();
    participants.iter().any(|each| each["user"]["id"] == who.id.as_str())
}

async fn status(by: &Person, of: &Person) -> String {
    let profile = by.get(&format!("/api/users/{}", of.id)).await.ok();
    profile["user"]["status"].as_str().unwrap_or_default().to_owned()
}

/// Two processes count together: for many people, one bucket and two of one group.
pub(super) async fn rates_are_counted_together(settings: &RedisSettings, name: &'static str) {
    let rates = [(); 2].map(|()| Rates::start(settings, PATIENCE, &Env::system()).unwrap());
    for each in &rates {
        eventually("they count in Redis", async || each.is_shared()).await;
    }
    let rate = Rate { count: 1, period_s: 3_600, burst: 3 };
    let (alone, one, two) =
        (Quota::new(name, rate), Quota::grouped(name, "one", rate), Quota::grouped(name, "two", rate));
    for number in 0..12 {
        let whom = number.to_string();
        for (buckets, what) in
            [(&[(alone, whom.as_str())][..], "one"), (&[(one, whom.as_str()), (two, "all")], "two")]
        {
            let mut allowed = 0;
            for each in rates.iter().cycle().take(8) {
                allowed += u32::from(each.take(buckets, 1).await.unwrap().allowed);
            }
            // All of the second kind share one bucket, which is empty after the first.
            let expected = if what == "one" || number == 0 { 3 } else { 0 };
            assert_eq!(allowed, expected, "{what} {number}");
        }
    }
    assert!(rates.iter().all(Rates::is_shared));
}
