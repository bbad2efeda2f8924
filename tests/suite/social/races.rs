//! Two to four people do anything to each other at once: whatever happens, between two people is one thing at most, and
//! everybody is told the same of it.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tests::{App, Person};

use super::{ask, block, friends, ids, unblock};

/// What one person does to another.
#[derive(Clone, Copy, Debug)]
enum Act {
    Ask,
    Accept,
    Decline,
    Cancel,
    Remove,
    Block,
    Unblock,
}

/// A way in which two people stand to each other that must not be.
const BROKEN: &str = "(SELECT 'a friendship with a block' FROM friendships f JOIN blocks b ON \
        (b.user_id, b.blocked_id) IN ((f.user_id, f.friend_id), (f.friend_id, f.user_id)) \
    UNION ALL SELECT 'a request with a block' FROM friend_requests r JOIN blocks b ON \
        (b.user_id, b.blocked_id) IN ((r.sender_id, r.receiver_id), (r.receiver_id, r.sender_id)) \
    UNION ALL SELECT 'a request between friends' FROM friend_requests r JOIN friendships f ON \
        (f.user_id, f.friend_id) = (r.sender_id, r.receiver_id) \
    UNION ALL SELECT 'half a friendship' FROM friendships f WHERE NOT EXISTS (SELECT FROM friendships g \
        WHERE (g.user_id, g.friend_id) = (f.friend_id, f.user_id)) \
    UNION ALL SELECT 'two requests' FROM friend_requests GROUP BY least(sender_id, receiver_id), \
        greatest(sender_id, receiver_id) HAVING count(*) > 1) AS broken";

fn acts(actors: usize) -> impl Strategy<Value = Vec<(usize, usize, Act)>> {
    let act = prop_oneof![
        4 => Just(Act::Ask), 2 => Just(Act::Accept), 1 => Just(Act::Decline), 1 => Just(Act::Cancel),
        1 => Just(Act::Remove), 1 => Just(Act::Block), 2 => Just(Act::Unblock),
    ];
    let pair = (0..actors, 1..actors).prop_map(move |(from, step)| (from, (from + step) % actors));
    prop::collection::vec((pair, act).prop_map(|((from, to), act)| (from, to, act)), 24)
}

/// The request between two people as one of them is told of it.
async fn request(person: &Person, other: &Person, list: &str, side: &str) -> Option<String> {
    let page = person.get("/api/friends/requests").await.ok();
    let found = page[list].as_array().unwrap().iter().find(|item| item[side]["id"] == other.id.as_str());
    found.map(|item| item["id"].as_str().unwrap().to_string())
}

/// Does it; the status of the answer, and what it may be.
async fn perform(from: &Person, to: &Person, act: Act) -> (u16, &'static [u16]) {
    let answer = |list, side, verb: &'static str| async move {
        let Some(id) = request(from, to, list, side).await else { return 404 };
        let path = format!("/api/friends/{verb}/{id}");
        match verb {
            "requests" => from.delete(&path).await.status.as_u16(),
            _ => from.post(&path, json!({})).await.status.as_u16(),
        }
    };
    match act {
        Act::Ask => (ask(from, to).await.status.as_u16(), &[201, 403, 409]),
        Act::Accept => (answer("incoming", "from", "accept").await, &[200, 404]),
        Act::Decline => (answer("incoming", "from", "decline").await, &[200, 404]),
        Act::Cancel => (answer("outgoing", "to", "requests").await, &[200, 404]),
        Act::Remove => {
            (from.delete(&format!("/api/friends/remove/{}", to.id)).await.status.as_u16(), &[200, 404])
        }
        Act::Block => (block(from, to).await.status.as_u16(), &[200]),
        Act::Unblock => (unblock(from, to).await.status.as_u16(), &[200]),
    }
}

/// Nobody acts any more: what each is told agrees with what the others are told.
async fn agree(people: &[Person]) {
    for one in people {
        let mine: BTreeSet<_> = friends(one).await.into_iter().collect();
        let page = one.get("/api/friends/requests").await.ok();
        let blocked = ids(&one.get("/api/users/me/blocked").await.ok()["blockedUsers"]);
        for other in people.iter().filter(|other| other.id != one.id) {
            let theirs = friends(other).await;
            assert_eq!(mine.contains(&other.id), theirs.contains(&one.id), "friends of both or of none");
            let sent = |page: &Value, list: &str| {
                let items = page[list].as_array().unwrap().iter();
                items.filter(|item| item["from"]["id"] == one.id && item["to"]["id"] == other.id).count()
            };
            let seen = other.get("/api/friends/requests").await.ok();
            assert_eq!(sent(&page, "outgoing"), sent(&seen, "incoming"), "{page} {seen}");
            assert!(!(blocked.contains(&other.id) && mine.contains(&other.id)), "a friend is blocked");
            let profile = other.get(&format!("/api/users/{}", one.id)).await.ok();
            let known = !profile["user"]["status"].is_null();
            assert_eq!(
                known,
                mine.contains(&other.id),
                "who is no friend and shares no server sees no status"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_people_do_to_each_other_at_once_they_stand_in_one_way() {
    let app = App::builder().gateways(2).start().await;
    let mut runner = TestRunner::deterministic();
    for (round, actors) in [2, 2, 3, 4].into_iter().enumerate() {
        let mut people = Vec::new();
        for n in 0..actors {
            people.push(app.person(&format!("person{round}x{n}")).await.at(&app.gateways[n % 2].url));
        }
        for _ in 0..3 {
            let plan = acts(actors).new_tree(&mut runner).unwrap().current();
            // Each of the actors does theirs in order, all of them at once.
            let does = people.iter().enumerate().map(|(n, from)| {
                let (plan, people) = (&plan, &people);
                async move {
                    for (_, to, act) in plan.iter().filter(|(by, ..)| *by == n) {
                        let (status, allowed) = perform(from, &people[*to], *act).await;
                        assert!(allowed.contains(&status), "{act:?}: {status}");
                    }
                }
            });
            join_all(does).await;
            assert_eq!(app.count(BROKEN).await, 0, "{plan:?}");
            agree(&people).await;
        }
    }
}
