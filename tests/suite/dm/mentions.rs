//! Names in conversations: whom they call, and that they call nobody across a block.

use serde_json::{Value, json};
use tests::{App, Person};

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

/// Notes, in the transaction of each raise of whom somebody reaches, the last change of the group that was committed before
/// it, and across from whom a block stands from now on.
const NOTE_REACHES: &str = "
    CREATE TABLE reaches (user_id uuid, version bigint, rev bigint, blocked uuid[]);
    CREATE FUNCTION note_reach() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO reaches SELECT NEW.id, NEW.version, t.rev, ARRAY(
                SELECT blocked_id FROM blocks WHERE user_id = NEW.id UNION SELECT user_id FROM blocks WHERE blocked_id = NEW.id)
            FROM timelines t, users u WHERE t.kind = 'group' AND u.id = NEW.id;
            RETURN NULL;
        END $$;
    CREATE TRIGGER note_reach AFTER INSERT OR UPDATE ON scopes FOR EACH ROW EXECUTE FUNCTION note_reach()";

/// What calls somebody across a block, of what was written behind it and before the next raise.
const CALLED: &str = "reaches r JOIN messages m ON m.author_id = r.user_id AND m.mentioned_users && r.blocked \
    AND m.created_rev > r.rev AND m.created_rev <= COALESCE((SELECT min(n.rev) FROM reaches n \
        WHERE n.user_id = r.user_id AND n.version > r.version), m.created_rev)";

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_called_across_a_block_that_is_made_while_they_are_called() {
    let app = App::builder().with("limits.enabled", "false").gateways(2).start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let room = group(&eve, "Pump-house", &[&ada, &bob]).await;
    app.sql(NOTE_REACHES).await;
    let (ada, bob) = (ada.at(&app.gateways[0].url), bob.at(&app.gateways[1].url));
    let calls = |from: &Person| {
        let (from, room) = (from.clone(), room.clone());
        async move {
            for _ in 0..25 {
                // Eve is reached whatever the two do to each other.
                let message = say(&from, &room, "@ada, @bob and @eve").await;
                assert!(called(&message).contains(&"eve"), "{message}");
            }
        }
    };
    assert_eq!(called(&say(&ada, &room, "@bob and @eve").await).len(), 2);
    let quarrel = async {
        for _ in 0..6 {
            for (by, whom) in [(&ada, &bob), (&bob, &ada)] {
                block(by, whom).await;
                by.delete(&format!("/api/users/{}/block", whom.id)).await.ok();
            }
        }
    };
    tokio::join!(calls(&ada), calls(&bob), calls(&ada), calls(&bob), quarrel);
    assert!(app.count("reaches WHERE blocked <> '{}'").await >= 24, "each block is noted for both");
    assert_eq!(app.count(CALLED).await, 0, "calls across a block");
}
