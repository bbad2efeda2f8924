//! Several things at once: one of them is first, nothing is left half done, and nothing outruns the loss of a right.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use tests::{App, PATIENCE, Person};
use tokio::time::{sleep, timeout};

use super::{are_whole, between, block, crew, group, say};

/// How long a message that got past the fence may be on its way.
const STRAGGLERS: Duration = Duration::from_millis(60);

#[tokio::test(flavor = "multi_thread")]
async fn two_who_open_at_once_meet_in_one_conversation() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let asks = (0..16).map(|n| {
        let (who, whom) = if n % 2 == 0 { (&ada, &bob) } else { (&bob, &ada) };
        let who = who.at(&app.gateways[n % 3 % 2].url);
        async move { who.post("/api/dms", json!({ "userId": whom.id })).await }
    });
    let answers = join_all(asks).await.into_iter().map(tests::Answer::ok).collect::<Vec<_>>();
    let made = answers.iter().filter(|answer| answer["created"] == true).count();
    let ids = answers.iter().map(|answer| answer["dm"]["id"].to_string());
    assert_eq!((ids.collect::<std::collections::HashSet<_>>().len(), made), (1, 1));
    are_whole(&app).await;
}

/// Notes, in the transaction of each raise of a conversation's version, the last change that was committed before it.
const NOTE_RAISES: &str = "
    CREATE TABLE raises (scope_id uuid, version bigint, rev bigint);
    CREATE FUNCTION note_raise() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO raises SELECT NEW.id, NEW.version, max(rev) FROM timelines WHERE scope_id = NEW.id;
            RETURN NULL;
        END $$;
    CREATE TRIGGER note_raise AFTER UPDATE ON scopes FOR EACH ROW EXECUTE FUNCTION note_raise()";

/// Talks until that is refused with one of these codes. Returns the `rev` of the last message that was accepted.
async fn talk(who: Person, conversation: String, codes: &'static [&'static str]) -> i64 {
    let path = format!("/api/dms/conversations/{conversation}/messages");
    let mut last = 0;
    loop {
        let answer = who.post(&path, json!({ "content": "still here" })).await;
        match answer.body["code"].as_str() {
            None => last = answer.ok()["message"]["rev"].as_i64().unwrap(),
            Some("CONFLICT") => {}
            Some(code) => {
                assert!(codes.contains(&code), "{code}");
                return last;
            }
        }
        sleep(Duration::from_millis(3)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_while_both_write_is_the_end_of_both() {
    let app = App::builder().gateways(2).start().await;
    app.sql(NOTE_RAISES).await;
    for round in 0..8 {
        let names = [format!("ada{round}"), format!("bob{round}")];
        let [ada, bob] = crew(&app, [&names[0], &names[1]]).await;
        let id = between(&ada, &bob).await;
        let (mut hers, mut his) = (app.socket(&ada, round % 2).await, app.socket(&bob, 1).await);
        let refused = &["FORBIDDEN", "BLOCKED"];
        let talks = [ada.at(&app.gateways[1].url), bob.at(&app.gateways[0].url)];
        let talks = talks.map(|who| tokio::spawn(talk(who, id.clone(), refused)));
        his.expect("new-dm").await;
        block(&ada, &bob).await;
        let end = app.number(&format!("SELECT max(rev) AS number FROM raises WHERE scope_id = '{id}'")).await;
        for talk in talks {
            assert!(timeout(PATIENCE, talk).await.unwrap().unwrap() <= end);
        }
        for socket in [&mut hers, &mut his] {
            for event in socket.rest(STRAGGLERS).await {
                assert!(event["rev"].as_i64().unwrap_or(0) <= end, "after the block at {end}: {event}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_removed_sees_and_sends_nothing_that_is_committed_later() {
    let app = Arc::new(App::builder().gateways(2).start().await);
    app.sql(NOTE_RAISES).await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let id = group(&ada, "Engine room", &[]).await;
    let noise = {
        let (ada, id) = (ada.at(&app.gateways[0].url), id.clone());
        tokio::spawn(async move {
            loop {
                ada.post(&format!("/api/dms/conversations/{id}/messages"), json!({ "content": "noise" }))
                    .await;
                sleep(Duration::from_millis(15)).await;
            }
        })
    };
    for round in 0..15 {
        ada.post(&format!("/api/groups/{id}/members"), json!({ "userId": bob.id })).await.ok();
        let mut his = app.socket(&bob, round % 2).await;
        let talking = tokio::spawn(talk(
            bob.at(&app.gateways[(round + 1) % 2].url),
            id.clone(),
            &["RESOURCE_NOT_FOUND"],
        ));
        his.expect("new-dm").await;
        ada.delete(&format!("/api/groups/{id}/members/{}", bob.id)).await.ok();
        let end = app
            .number(&format!(
                "SELECT rev AS number FROM raises WHERE scope_id = '{id}' ORDER BY version DESC LIMIT 1"
            ))
            .await;
        assert!(timeout(PATIENCE, talking).await.unwrap().unwrap() <= end);
        his.expect("conversation-member-removed").await;
        for event in his.rest(STRAGGLERS).await {
            assert!(event["rev"].as_i64().unwrap_or(0) <= end, "removed at {end}: {event}");
        }
    }
    assert!(!noise.is_finished());
    noise.abort();
    are_whole(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_has_one_owner_whatever_is_handed_over_while_owners_leave() {
    let app = App::start().await;
    let [ada, bob, eve, kim] = crew(&app, ["ada", "bob", "eve", "kim"]).await;
    for _ in 0..8 {
        let id = group(&ada, "Engine room", &[&bob, &eve, &kim]).await;
        let of = |what: &str| format!("/api/groups/{id}{what}");
        let to = |whom: &Person| json!({ "userId": whom.id });
        let (transfer, leave, admin, gone) = (of("/transfer"), of("/leave"), of("/admin"), of("/leave"));
        let acts = tokio::join!(
            ada.post(&transfer, to(&bob)),
            ada.post(&leave, json!({})),
            bob.post(&gone, json!({})),
            ada.put(&admin, to(&eve)),
        );
        let statuses = [acts.0, acts.1, acts.2, acts.3].map(|answer| answer.status.as_u16());
        assert!(statuses.iter().all(|status| [200, 403, 404].contains(status)), "{statuses:?}");
        are_whole(&app).await;
        let owner = kim.get(&of("")).await.ok()["group"]["ownerId"].clone();
        assert!([&eve.id, &kim.id].iter().any(|id| owner == id.as_str()), "both others left");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_never_has_more_than_a_hundred_members() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let id = group(&ada, "Engine room", &[]).await;
    app.sql(
        "INSERT INTO users (id, username, username_key, name, created_at, updated_at) \
         SELECT md5(n::text)::uuid, 'crowd' || n, 'crowd' || n, 'Crowd', now(), now() FROM generate_series(1, 130) AS n; \
         INSERT INTO dm_settings SELECT id, 'everyone' FROM users WHERE username LIKE 'crowd%'",
    )
    .await;
    let crowd = app.value("(SELECT string_agg(id::text, ',') FROM users WHERE username LIKE 'crowd%')").await;
    let crowd = crowd.split(',').collect::<Vec<_>>();
    let path = format!("/api/groups/{id}/members");
    let adds = crowd.chunks(10).map(|some| ada.post(&path, json!({ "memberIds": some })));
    let answers = join_all(adds).await;
    let added = answers.iter().filter(|answer| answer.status.is_success()).count();
    assert_eq!(added, 9, "the tenth would be the hundred and first");
    for answer in answers.into_iter().filter(|answer| !answer.status.is_success()) {
        answer.fails(409, "CONFLICT");
    }
    are_whole(&app).await;
    assert_eq!(app.count(&format!("participants WHERE conversation_id = '{id}'")).await, 91);
    say(&ada, &id, "a full house").await;
}
