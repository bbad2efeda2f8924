//! Two to four people write to each other and block each other at once, in any order: nothing is written from one to the other
//! between the commit of a block and that of its end.

use futures_util::future::join_all;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::json;
use tests::{App, Person};

use super::{are_whole, crew, group, say};

/// What one person does to another.
#[derive(Clone, Copy, Debug)]
enum Act {
    Write,
    Later,
    React,
    Ask,
    Block,
    Unblock,
}

/// Notes, in the transaction of each raise of a conversation's version, the last change that was committed before it, and
/// whether one of the two blocks the other from now on.
const NOTE_WALLS: &str = "
    CREATE TABLE walls (conversation_id uuid, version bigint, rev bigint, blocked boolean);
    CREATE FUNCTION note_wall() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO walls SELECT NEW.id, NEW.version, t.rev, EXISTS (SELECT FROM blocks b WHERE
                (b.user_id, b.blocked_id) IN ((q.low_id, q.high_id), (q.high_id, q.low_id)))
            FROM timelines t JOIN pairs q ON q.conversation_id = t.id WHERE t.id = NEW.id;
            RETURN NULL;
        END $$;
    CREATE TRIGGER note_wall AFTER UPDATE ON scopes FOR EACH ROW EXECUTE FUNCTION note_wall()";

/// What was changed behind a block and before the next raise: written, or reacted to.
const PASSED: &str = "(SELECT m.seq FROM walls w JOIN messages m ON m.timeline_id = w.conversation_id WHERE w.blocked \
    AND m.rev > w.rev AND m.rev <= COALESCE((SELECT min(n.rev) FROM walls n \
        WHERE n.conversation_id = w.conversation_id AND n.version > w.version), m.rev)) AS passed";

fn acts(actors: usize) -> impl Strategy<Value = Vec<(usize, usize, Act)>> {
    let act = prop_oneof![
        6 => Just(Act::Write), 1 => Just(Act::Later), 3 => Just(Act::React), 1 => Just(Act::Ask),
        2 => Just(Act::Block), 3 => Just(Act::Unblock),
    ];
    let pair = (0..actors, 1..actors).prop_map(move |(from, step)| (from, (from + step) % actors));
    prop::collection::vec((pair, act).prop_map(|((from, to), act)| (from, to, act)), 40)
}

/// Does it; whether it was answered as it may be.
async fn perform(app: &App, from: &Person, to: &Person, act: Act) -> bool {
    let other = |what: &str| format!("/api/users/{}/{what}", to.id);
    let answer = match act {
        Act::Write => from.post(&format!("/api/dm/{}", to.id), json!({ "content": "hello" })).await,
        Act::Later => {
            let at = super::content::later(app);
            from.post(&format!("/api/dm/{}", to.id), json!({ "content": "later", "scheduledFor": at })).await
        }
        Act::React => {
            let page = from.get(&format!("/api/dm/{}?limit=1", to.id)).await.ok();
            let Some(id) = page["messages"][0]["id"].as_str() else { return true };
            from.post(&format!("/api/messages/{id}/react"), json!({ "emoji": "👍" })).await
        }
        Act::Ask => from.post(&other("friend-request"), json!({})).await,
        Act::Block => from.post(&other("block"), json!({})).await,
        Act::Unblock => from.delete(&other("block")).await,
    };
    matches!(answer.status.as_u16(), 200 | 201 | 403 | 409)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_across_a_block_whoever_does_what_at_once() {
    let app = App::builder().with("limits.enabled", "false").gateways(2).start().await;
    app.sql(NOTE_WALLS).await;
    let mut runner = TestRunner::deterministic();
    for (round, actors) in [2, 3, 4].into_iter().enumerate() {
        let names = ["ada", "bob", "eve", "kim"].map(|name| format!("{name}{round}"));
        let all = crew(&app, names.each_ref().map(String::as_str)).await;
        let room = group(&all[0], "Engine room", &[&all[1], &all[2], &all[3]]).await;
        let people = all.iter().take(actors).enumerate();
        let people = people.map(|(n, person)| person.at(&app.gateways[n % 2].url)).collect::<Vec<_>>();
        for _ in 0..3 {
            let plan = acts(actors).new_tree(&mut runner).unwrap().current();
            // Each of the actors does theirs in order, all of them at once.
            let does = people.iter().enumerate().map(|(n, from)| {
                let (plan, people, app) = (&plan, &people, &app);
                async move {
                    for (_, to, act) in plan.iter().filter(|(by, ..)| *by == n) {
                        assert!(perform(app, from, &people[*to], *act).await, "{act:?}");
                    }
                }
            });
            join_all(does).await;
            assert_eq!(app.count(PASSED).await, 0, "{plan:?}");
            nobody_is_called(&app, &people, &room).await;
        }
        // What was to be sent later finds the blocks of its own time.
        app.clock.advance_ms(3_600_001);
        tests::eventually("all of it was tried", async || app.open_jobs().await == 0).await;
        assert_eq!(app.count(PASSED).await, 0);
    }
    assert_ne!(app.count("walls WHERE blocked").await, 0);
    are_whole(&app).await;
}

/// In what everybody reads nobody is called by whom they keep out, or who keeps them out.
async fn nobody_is_called(app: &App, people: &[Person], room: &str) {
    for one in people {
        let names = people.iter().map(|other| format!("@{}", other.username)).collect::<Vec<_>>();
        let message = say(one, room, &names.join(" ")).await;
        for other in people.iter().filter(|other| other.id != one.id) {
            let walls = format!(
                "blocks WHERE (user_id, blocked_id) IN (('{0}', '{1}'), ('{1}', '{0}'))",
                one.id, other.id
            );
            let called = message["mentions"].as_array().unwrap().iter();
            let called = called.filter(|card| card["id"] == other.id.as_str()).count();
            assert_eq!(called == 0, app.count(&walls).await > 0, "{message}");
        }
    }
}
