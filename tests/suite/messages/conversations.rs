//! What holds of timelines that belong to conversations: asked of the crate itself, as whoever builds conversations does.

use kernel::{TimelineId, UserId, can};
use messaging::DeliveryStatus;
use serde_json::json;
use tests::{App, eventually};

use super::{community, path, reply};

#[tokio::test(flavor = "multi_thread")]
async fn unread_messages_of_a_conversation_are_counted_exactly() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    let first = ada.send(&server.channel, "first").await;
    let second = ada.send(&server.channel, "second").await;
    reply(&ada, &server, &second, "in the thread").await.ok();
    for number in 0..3 {
        ada.send(&server.channel, &number.to_string()).await;
    }
    ada.delete(&path(&first, "")).await.ok();
    app.sql("UPDATE timelines SET kind = 'direct'").await;
    let (user, timeline): (UserId, TimelineId) = (bob.id.parse().unwrap(), server.channel.parse().unwrap());
    let unread =
        || async { app.services().messaging.unread(user, &[], &[timeline]).await.unwrap()[&timeline] };
    assert_eq!(unread().await.unread, 4, "not the deleted one, not the one in the thread");
    app.sql(&format!("UPDATE messages SET author_id = '{user}' WHERE seq = 6")).await;
    assert_eq!(unread().await.unread, 3, "not one's own");
    app.sql("UPDATE timelines SET kind = 'channel'").await;
    for number in 0..100 {
        ada.send(&server.channel, &number.to_string()).await;
    }
    app.sql("UPDATE timelines SET kind = 'direct'").await;
    assert_eq!(unread().await.unread, 100, "no more are counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_author_learns_what_became_of_a_message() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    for number in 0..3 {
        ada.send(&server.channel, &number.to_string()).await;
    }
    let messaging = &app.services().messaging;
    let [author, reader]: [UserId; 2] = [ada.id.parse().unwrap(), bob.id.parse().unwrap()];
    let timeline: TimelineId = server.channel.parse().unwrap();
    let status = || async {
        let grant = app.services().guilds.access(author, server.channel.parse().unwrap()).await.unwrap();
        let allowed = grant.require::<can::View>().unwrap();
        messaging.delivery_status(allowed, &[reader], &[1, 2, 3]).await.unwrap()
    };
    use DeliveryStatus::{Delivered, Read, Sent};
    assert_eq!(status().await, [Sent, Sent, Sent]);
    // Two of his devices; the slower one changes nothing.
    messaging.delivered(reader, timeline, 2);
    messaging.delivered(reader, timeline, 1);
    eventually("written down", async || status().await == [Delivered, Delivered, Sent]).await;
    messaging.delivered(reader, timeline, 1);
    messaging.flush_delivered().await.unwrap();
    assert_eq!(status().await, [Delivered, Delivered, Sent]);
    bob.post(&format!("/api/channels/{}/read", server.channel), json!({ "seq": 1 })).await.ok();
    assert_eq!(status().await, [Read, Delivered, Sent]);
    assert_eq!(app.count("delivery_marks").await, 1);
}
