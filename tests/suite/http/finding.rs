//! Finding people.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{App, Person};

use super::{keys, list};

/// The usernames that a search finds, in its order.
async fn find(person: &Person, query: &str) -> Vec<String> {
    let found = search(person, &[("query", query), ("limit", "50")]).await;
    list(&found["users"]).iter().map(|user| user["username"].as_str().unwrap().to_string()).collect()
}

async fn search(person: &Person, parameters: &[(&str, &str)]) -> Value {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    person.get(&format!("/api/users/search?{query}")).await.ok()
}

async fn named(app: &App, username: &str, name: &str) -> Person {
    let person = app.person(username).await;
    let body = json!({ "name": name }).to_string();
    person.call(Method::PATCH, "/api/users/me", Some(body)).await.ok();
    person
}

#[tokio::test(flavor = "multi_thread")]
async fn beginnings_come_before_parts_and_likenesses() {
    let app = App::start().await;
    let asker = app.person("asker").await;
    named(&app, "lovelace", "Ada King").await;
    named(&app, "lovely", "Zoe").await;
    named(&app, "countess", "Lovelace, Ada").await;
    named(&app, "king", "Ada Lovelace").await;
    named(&app, "babbage", "Charles").await;
    assert_eq!(find(&asker, "lovelace").await, ["lovelace", "countess", "king"]);
    assert_eq!(find(&asker, "LO").await, ["lovelace", "lovely", "countess"]);
    assert_eq!(find(&asker, "@lovel").await[..3], ["lovelace", "lovely", "countess"]);
    let mut alike = find(&asker, "lovelase").await;
    alike.sort();
    assert!(
        ["countess", "king", "lovelace"].iter().all(|name| alike.contains(&(*name).to_string())),
        "{alike:?}"
    );
    assert_eq!(find(&asker, "nobody at all").await, Vec::<String>::new());
    // Not oneself.
    assert_eq!(find(&asker, "asker").await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn signs_have_no_meaning_of_their_own() {
    let app = App::start().await;
    let asker = app.person("asker").await;
    for username in ["a_b", "axb", "percent"] {
        app.person(username).await;
    }
    named(&app, "signs", "100% \\ 'quoted'").await;
    assert_eq!(find(&asker, "a_").await, ["a_b"]);
    assert_eq!(find(&asker, "100%").await, ["signs"]);
    for nothing in [
        "%%",
        "__",
        "\\\\",
        "%_",
        "p%",
        "'; DROP TABLE users; --",
        "\" OR 1=1",
        "\0\0",
        "a\0",
        "\u{10ffff}\u{10ffff}",
    ] {
        let query = form_urlencoded::Serializer::new(String::new()).append_pair("query", nothing).finish();
        let answer = asker.get(&format!("/api/users/search?{query}")).await;
        if answer.status == 200 {
            assert_eq!(list(&answer.ok()["users"]).len(), 0, "{nothing:?}");
        } else {
            answer.fails_at("query");
        }
    }
    assert_eq!(find(&asker, "percent").await, ["percent"], "the table is still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_finds_its_owner_unless_they_do_not_want_it() {
    let app = App::start().await;
    let asker = app.person("asker").await;
    let ada = app.person("ada").await;
    let found = search(&asker, &[("q", " ADA@example.org ")]).await;
    assert_eq!(list(&found["users"])[0]["username"], "ada");
    assert!(!found.to_string().contains("example.org"), "the address itself is not told: {found}");
    assert_eq!(find(&asker, "ada@example").await, Vec::<String>::new(), "a part of it finds nobody");
    ada.put("/api/users/me", json!({ "preferences": { "discoverableByEmail": false } })).await.ok();
    assert_eq!(find(&asker, "ada@example.org").await, Vec::<String>::new());
    assert_eq!(find(&asker, "ada").await, ["ada"], "the name still does");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_number_finds_its_owners_unless_they_do_not_want_it() {
    let app = App::start().await;
    let asker = app.person("asker").await;
    for (username, phone) in [("ada", "+493012345678"), ("bob", "+493012345678"), ("cy", "+493012345679")] {
        app.person(username).await.put("/api/users/me", json!({ "phone": phone })).await.ok();
    }
    asker.put("/api/users/me", json!({ "phone": "+493012345678" })).await.ok();
    for number in ["+493012345678", "+49 30 1234-5678", "493012345678"] {
        assert_eq!(find(&asker, number).await, ["ada", "bob"], "{number}");
    }
    for part in ["+49301234567", "12345678", "+4930123456780", "30 12345678"] {
        assert_eq!(find(&asker, part).await, Vec::<String>::new(), "{part}");
    }
    let ada = asker.log_in("ada").await;
    ada.put("/api/users/me", json!({ "preferences": { "discoverableByPhone": false } })).await.ok();
    assert_eq!(find(&asker, "+493012345678").await, ["bob"]);
    app.sql("UPDATE users SET suspended_at = now() WHERE username = 'bob'").await;
    assert_eq!(find(&asker, "+493012345678").await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_suspended_is_not_found() {
    let app = App::start().await;
    let asker = app.person("asker").await;
    app.person("ada").await;
    app.sql("UPDATE users SET suspended_at = now() WHERE username = 'ada'").await;
    for query in ["ad", "ada", "ada@example.org"] {
        assert_eq!(find(&asker, query).await, Vec::<String>::new(), "{query}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_hang_together_by_cursor_and_by_offset() {
    let app = App::start().await;
    let asker = app.person("asker").await;
    app.sql(
        "INSERT INTO users (id, username, username_key, name, created_at, updated_at) \
         SELECT gen_random_uuid(), 'many' || n, 'many' || n, 'Many ' || n, now(), now() FROM generate_series(1000, 1299) AS n",
    )
    .await;
    let (mut seen, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let mut parameters = vec![("query", "many"), ("limit", "50")];
        if let Some(cursor) = &cursor {
            parameters.push(("cursor", cursor));
        }
        let page = search(&asker, &parameters).await;
        assert_eq!(page["total"], 200, "it stops somewhere");
        seen.extend(list(&page["users"]).iter().map(|user| user["username"].as_str().unwrap().to_string()));
        if page["hasMore"] == false {
            assert!(page["nextCursor"].is_null());
            break;
        }
        cursor = Some(page["nextCursor"].to_string());
    }
    let expected = (1000..1200).map(|n| format!("many{n}")).collect::<Vec<_>>();
    assert_eq!(seen, expected);
    let page = search(&asker, &[("query", "many"), ("offset", "198"), ("limit", "1000")]).await;
    assert_eq!((list(&page["users"]).len(), &page["hasMore"]), (2, &json!(false)));
    let page = search(&asker, &[("query", "many"), ("offset", "-5"), ("limit", "0")]).await;
    assert_eq!(list(&page["users"])[0]["username"], "many1000");
    let beyond = search(&asker, &[("query", "many"), ("cursor", "9223372036854775807")]).await;
    assert_eq!(list(&beyond["users"]).len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_needs_two_characters_and_an_account() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let bob = app.person("bob").await;
    bob.join(&ada.create_server("Engines").await).await;
    for query in ["", "?query=", "?query=a", "?q=%20a%20", "?limit=5"] {
        ada.get(&format!("/api/users/search{query}")).await.fails_at("query");
    }
    ada.get("/api/users/search?query=bob&limit=x").await.fails_at("limit");
    app.stranger().get("/api/users/search?query=bob").await.fails(401, "UNAUTHENTICATED");
    // Those who share a server are shown their status.
    let found = search(&ada, &[("query", "bob")]).await;
    assert_eq!(keys(&found["users"][0]), ["avatar", "bio", "id", "name", "status", "username"]);
    let found = search(&app.person("eve").await, &[("query", "bob")]).await;
    assert_eq!(keys(&found["users"][0]), ["avatar", "bio", "id", "name", "username"]);
}
