//! The list: what is in it, in which order, and what it counts.

use serde_json::json;
use tests::App;

use super::{between, crew, group, listed, say};

#[tokio::test(flavor = "multi_thread")]
async fn pinned_ones_come_first_then_those_with_the_latest_activity_in_pages() {
    let app = App::start().await;
    let [ada, bob, eve, kim] = crew(&app, ["ada", "bob", "eve", "kim"]).await;
    let mut ids = Vec::new();
    for other in [&bob, &eve, &kim] {
        ids.push(between(&ada, other).await);
    }
    ids.push(group(&ada, "Engine room", &[&bob]).await);
    let order = |list: &[serde_json::Value]| {
        list.iter().map(|each| each["id"].as_str().unwrap().to_string()).collect::<Vec<_>>()
    };
    let [with_bob, with_eve, with_kim, room] = ids.try_into().unwrap();
    say(&bob, &with_bob, "one").await;
    say(&eve, &with_eve, "two").await;
    assert_eq!(order(&listed(&ada, "").await), [&with_eve, &with_bob, &room, &with_kim].map(Clone::clone));
    let settings = format!("/api/dms/conversations/{with_kim}/settings");
    let set = ada.put(&settings, json!({ "isPinned": true })).await.ok();
    assert_eq!((&set["isPinned"], &set["isMuted"]), (&json!(true), &json!(false)));
    assert_eq!(ada.put(&settings, json!({})).await.ok()["isPinned"], true);
    let sorted = [&with_kim, &with_eve, &with_bob, &room].map(Clone::clone);
    assert_eq!(order(&listed(&ada, "").await), sorted);
    assert_eq!(listed(&kim, "").await[0]["isPinned"], false, "everybody's own");
    let (mut pages, mut query) = (Vec::new(), String::from("?limit=1"));
    loop {
        let page = ada.get(&format!("/api/dms/conversations{query}")).await.ok();
        pages.extend(order(page["conversations"].as_array().unwrap()));
        assert_eq!(page["hasMore"], page["nextCursor"].is_string());
        let Some(next) = page["nextCursor"].as_str() else { break };
        query = format!("?limit=1&cursor={next}");
    }
    assert_eq!(pages, sorted);
    let groups = ada.get("/api/groups").await.ok();
    assert_eq!(order(groups["groups"].as_array().unwrap()), [room]);
    ada.get("/api/dms?cursor=x").await.fails_at("cursor");
}

#[tokio::test(flavor = "multi_thread")]
async fn unread_messages_are_counted_exactly_up_to_a_hundred() {
    let app = App::start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let id = between(&ada, &bob).await;
    let mut last = json!(null);
    for n in 0..4 {
        last = say(&bob, &id, &n.to_string()).await;
    }
    let path = format!("/api/messages/{}", last["id"].as_str().unwrap());
    bob.delete(&path).await.ok();
    let list = listed(&ada, "").await;
    assert_eq!((&list[0]["unreadCount"], &list[0]["lastMessage"]["content"]), (&json!(3), &json!("2")));
    assert_eq!((&list[0]["lastSeq"], &list[0]["lastReadSeq"]), (&json!(4), &json!(0)));
    assert_eq!(listed(&bob, "").await[0]["unreadCount"], 0, "one's own are none");
    let read = format!("/api/dms/conversations/{id}/read");
    let mark = ada.post(&read, json!({ "seq": 2 })).await.ok();
    assert_eq!((&mark["conversationId"], &mark["seq"]), (&json!(id), &json!(2)));
    assert_eq!(listed(&ada, "").await[0]["unreadCount"], 1);
    let page = bob.get(&format!("/api/dms/conversations/{id}/messages")).await.ok();
    let read_by = page["messages"].as_array().unwrap().iter().map(|message| message["readBy"].clone());
    assert_eq!(read_by.collect::<Vec<_>>(), [json!([]), json!([ada.id]), json!([ada.id])]);
    let detail = bob.get(&format!("/api/dms/conversations/{id}")).await.ok();
    let members = detail["conversation"]["members"].as_array().unwrap();
    assert!(
        members.iter().any(|member| member["user"]["id"] == ada.id.as_str() && member["lastReadSeq"] == 2)
    );
    app.sql(&format!(
        "INSERT INTO messages (timeline_id, seq, id, author_id, kind, content, created_rev, rev, created_at) \
         SELECT '{id}', n, gen_random_uuid(), '{}', 'text', 'x', n + 1, n + 1, now() FROM generate_series(5, 204) AS n; \
         UPDATE timelines SET last_seq = 204, rev = 205 WHERE id = '{id}'",
        bob.id
    ))
    .await;
    assert_eq!(listed(&ada, "").await[0]["unreadCount"], 100);
}
