//! Names in conversations: whom they call, and that they call nobody across a block.

use serde_json::{Value, json};
use tests::App;

use super::{between, block, crew, group, listed, say};

fn called(message: &Value) -> Vec<&str> {
    message["mentions"].as_array().unwrap().iter().map(|card| card["username"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_are_in_it_are_called_by_name_and_it_is_counted() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let direct = between(&ada, &bob).await;
    let message = say(&ada, &direct, "@bob, ask @eve, not @ada").await;
    assert_eq!(called(&message), ["bob"], "nobody who is not in it, and not oneself");
    say(&ada, &direct, "no names").await;
    let mine = listed(&bob, "").await;
    assert_eq!((&mine[0]["mentions"], &mine[0]["unreadCount"]), (&json!(1), &json!(2)));
    let (mut his, ready) = app.socket_and_ready(&bob, 1, "").await;
    assert_eq!(ready["unread"][&direct]["mentions"], 1);
    his.command("mark-dm-read", json!({ "conversationId": direct, "seq": 1 })).await;
    assert_eq!(his.expect("read-mark").await["mentions"], 0);
    // Everybody is called by who keeps the group.
    let room = group(&ada, "Pump-house", &[&bob, &eve]).await;
    assert_eq!(say(&eve, &room, "@everyone").await["mentionEveryone"], false);
    assert_eq!(say(&ada, &room, "@everyone").await["mentionEveryone"], true);
    assert_eq!(listed(&bob, "").await[0]["mentions"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_called_across_a_block_whoever_made_it() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let room = group(&eve, "Pump-house", &[&ada, &bob]).await;
    block(&ada, &bob).await;
    assert_eq!(called(&say(&bob, &room, "@ada and @eve").await), ["eve"]);
    assert_eq!(called(&say(&ada, &room, "@bob and @eve").await), ["eve"]);
    assert_eq!(listed(&bob, "").await[0]["mentions"], 0);
}
