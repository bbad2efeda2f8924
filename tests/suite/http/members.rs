//! Who is in a server.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{App, Person, Server};

use super::{id, keys, list};

/// So many people, with accounts.
async fn crowd(app: &App, count: usize) -> Vec<Person> {
    let names = (0..count).map(|number| format!("person-{number}")).collect::<Vec<_>>();
    join_all(names.iter().map(|name| app.person(name))).await
}

async fn page(person: &Person, server: &Server, query: &str) -> Value {
    person.get(&format!("/api/servers/{}/members{query}", server.id)).await.ok()
}

fn ids(page: &Value) -> Vec<String> {
    list(&page["members"]).iter().map(|member| id(&member["user"]).to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_who_join_at_once_are_all_in_and_counted_once() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let people = crowd(&app, 30).await;
    let join = format!("/api/servers/join/{}", server.code);
    // Everybody twice.
    let joins = people.iter().chain(&people).map(|person| person.post(&join, json!({})));
    let answers = join_all(joins).await;
    let new = answers.into_iter().filter(|answer| answer.clone().ok()["joined"] == true).count();
    assert_eq!(new, 30);
    let path = format!("/api/servers/{}", server.id);
    assert_eq!(ada.get(&path).await.ok()["server"]["memberCount"], 31);
    assert_eq!(ids(&page(&ada, &server, "").await).len(), 31);

    // A third of them leaves while another third joins again.
    let leave = format!("{path}/leave");
    let leaving = people.iter().take(10).map(|person| person.post(&leave, json!({})));
    let joining = people.iter().skip(10).take(10).map(|person| person.post(&join, json!({})));
    let (left, _) = futures_util::future::join(join_all(leaving), join_all(joining)).await;
    for answer in left {
        answer.ok();
    }
    assert_eq!(ada.get(&path).await.ok()["server"]["memberCount"], 21);
    assert_eq!(ids(&page(&ada, &server, "").await).len(), 21);
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_paged_to_the_end_without_duplicates() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let people = crowd(&app, 24).await;
    join_all(people.iter().map(|person| person.join(&server))).await;
    let all = people.iter().chain([&ada]).map(|person| person.id.clone()).collect::<BTreeSet<_>>();

    for limit in [1, 7, 24, 25, 26] {
        let (mut seen, mut query, mut pages) = (Vec::new(), format!("?limit={limit}"), 0);
        loop {
            let page = page(&ada, &server, &query).await;
            pages += 1;
            seen.extend(ids(&page));
            let Some(next) = page["nextCursor"].as_str() else {
                assert_eq!((&page["hasMore"], &page["nextCursor"]), (&json!(false), &Value::Null));
                break;
            };
            assert_eq!(page["hasMore"], true);
            assert_eq!(ids(&page).len(), limit, "a page that is not the last is full");
            query = format!("?limit={limit}&after={next}");
        }
        assert_eq!(seen, all.iter().cloned().collect::<Vec<_>>(), "all, once, by id");
        assert_eq!(pages, 25_usize.div_ceil(limit));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_members_has_at_least_one_and_at_most_a_hundred() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let people = crowd(&app, 101).await;
    join_all(people.iter().map(|person| person.join(&server))).await;
    for (query, count) in [
        ("", 50),
        ("?limit=0", 1),
        ("?limit=-7", 1),
        ("?limit=100", 100),
        ("?limit=101", 100),
        ("?limit=9223372036854775807", 100),
    ] {
        let page = page(&ada, &server, query).await;
        assert_eq!((ids(&page).len(), &page["hasMore"]), (count, &json!(true)), "{query}");
    }
    let beyond = page(&ada, &server, "?after=ffffffff-ffff-ffff-ffff-ffffffffffff").await;
    assert_eq!((&beyond["members"], &beyond["hasMore"]), (&json!([]), &json!(false)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_shown_with_their_card_and_whether_the_server_is_theirs() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let page = page(&bob, &server, "").await;
    assert_eq!(keys(&page), ["hasMore", "members", "nextCursor", "success"]);
    let [first, second] = list(&page["members"]) else { unreachable!("{page}") };
    for (member, person, owner) in [(first, &ada, true), (second, &bob, false)] {
        assert_eq!(keys(member), ["isOwner", "joinedAt", "nickname", "roles", "timedOutUntil", "user"]);
        assert_eq!(keys(&member["user"]), ["avatar", "id", "name", "username"]);
        assert_eq!((id(&member["user"]), &member["isOwner"]), (person.id.as_str(), &json!(owner)));
    }
}
