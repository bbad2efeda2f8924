//! Everything at once ends in one consistent state.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{App, Person, eventually};

use super::{community, deny, new_voice_channel, seen};

/// Members of a server.
async fn members(app: &App, server: &tests::Server, count: usize) -> Vec<Person> {
    let people = (0..count).map(|n| async move {
        let person = app.person(&format!("member{n}")).await;
        person.join(server).await;
        person
    });
    join_all(people).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_takes_exactly_as_many_as_may_be_there() {
    let app = App::builder().with("voice.channel_members", "5").gateways(2).start().await;
    let (ada, _, server, lounge) = community(&app).await;
    let people = members(&app, &server, 12).await;
    let there = people.iter().enumerate().map(|(n, person)| {
        let person = if n % 2 == 0 { person.clone() } else { person.at(&app.gateways[1].url) };
        let lounge = lounge.clone();
        async move { person.post("/api/voice/sessions", json!({ "channelId": lounge })).await }
    });
    let answers = join_all(there).await;
    let sessions =
        answers.iter().filter(|answer| answer.status == 201).map(|answer| &answer.body["session"]["id"]);
    let sessions = sessions.collect::<Vec<&Value>>();
    assert_eq!(sessions.len(), 5);
    assert!(sessions.windows(2).all(|two| two[0] == two[1]), "one session: {sessions:?}");
    assert_eq!(seen(&ada).await[0].1.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_who_comes_everywhere_at_once_is_in_one_place() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server, lounge) = community(&app).await;
    let other = new_voice_channel(&ada, &server, "Quiet").await;
    let there = bob.at(&app.gateways[1].url);
    for _ in 0..5 {
        let steps = (0..10).map(|n| {
            let person = if n % 2 == 0 { bob.clone() } else { there.clone() };
            let channel = if n % 4 < 2 { lounge.clone() } else { other.clone() };
            async move { person.post("/api/voice/sessions", json!({ "channelId": channel })).await.status }
        });
        let statuses = join_all(steps).await;
        assert!(statuses.iter().all(|status| [201, 409].contains(&status.as_u16())), "{statuses:?}");
        let seen = seen(&ada).await;
        assert_eq!((seen.len(), seen[0].1.len()), (1, 1), "{seen:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_while_the_right_is_taken_away_is_not_there_afterwards() {
    let app = App::builder().gateways(2).start().await;
    let (ada, _, server, lounge) = community(&app).await;
    let people = members(&app, &server, 8).await;
    for _ in 0..4 {
        let coming = people.iter().map(|person| {
            let (person, lounge) = (person.at(&app.gateways[1].url), lounge.clone());
            async move { person.post("/api/voice/sessions", json!({ "channelId": lounge })).await.status }
        });
        let taking = async { deny(&ada, &server, &lounge, &["CONNECT"]).await };
        let (statuses, ()) = futures_util::future::join(join_all(coming), taking).await;
        assert!(statuses.iter().all(|status| [201, 403, 404].contains(&status.as_u16())), "{statuses:?}");
        eventually("nobody is there", async || seen(&ada).await.is_empty()).await;
        deny(&ada, &server, &lounge, &[]).await;
    }
}
