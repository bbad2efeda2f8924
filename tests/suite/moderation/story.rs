//! Everybody does everything to everybody; the table of who could is looked at by eye.

use std::fmt::Write as _;

use reqwest::Method;
use serde_json::json;
use tests::{App, Person, Server};

use super::{give, member, of, role};

/// The cast. `low` and `high` are moderators; `muted` is timed out; `eve` never was a member, `out` is banned.
const CAST: [&str; 8] = ["owner", "admin", "high", "low", "plain", "muted", "eve", "out"];
const VERBS: [&str; 5] = ["warn", "timeout", "nickname", "kick", "ban"];

/// Does something to somebody; what came of it in one word.
async fn act(by: &Person, verb: &str, to: &Person, server: &Server) -> String {
    let answer = match verb {
        "warn" => by.post(&member(server, to, "/warn"), json!({ "reason": "x" })).await,
        "timeout" => by.post(&member(server, to, "/timeout"), json!({ "duration": 1 })).await,
        "nickname" => {
            let body = json!({ "nickname": "x" }).to_string();
            by.call(Method::PUT, &member(server, to, ""), Some(body)).await
        }
        "kick" => by.post(&member(server, to, "/kick"), json!({})).await,
        _ => by.post(&member(server, to, "/ban"), json!({})).await,
    };
    match (answer.status.as_u16(), answer.body["code"].as_str().unwrap_or_default()) {
        (200 | 201, _) => "done".into(),
        (403, "INSUFFICIENT_PERMISSIONS") => "may-not".into(),
        (403, "ROLE_HIERARCHY") => "above".into(),
        (404, _) => "unknown".into(),
        (400, _) => "oneself".into(),
        (status, code) => format!("{status}-{code}"),
    }
}

/// Puts everybody back where they were.
async fn restore(people: &[Person], roles: &[(usize, String)], server: &Server) {
    let owner = &people[0];
    for (number, person) in people.iter().enumerate().skip(1) {
        if number < 6 {
            owner.delete(&of(server, &format!("/bans/{}", person.id))).await;
            person.join(server).await;
            owner.delete(&member(server, person, "/timeout")).await;
            owner.put(&member(server, person, ""), json!({ "nickname": null })).await.ok();
        }
    }
    for (number, role) in roles {
        give(owner, server, role, &people[*number]).await;
    }
    owner.delete(&of(server, &format!("/bans/{}", people[6].id))).await;
    owner.post(&member(server, &people[5], "/timeout"), json!({ "duration": 60 })).await.ok();
    owner.post(&member(server, &people[7], "/ban"), json!({})).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_of_who_can_do_what_to_whom() {
    let app = App::start().await;
    let mut people = Vec::new();
    for name in CAST {
        people.push(app.person(name).await);
    }
    let server = people[0].create_server("Engines").await;
    for person in &people[1..6] {
        person.join(&server).await;
    }
    let moderates = ["KICK_MEMBERS", "BAN_MEMBERS", "MODERATE_MEMBERS", "MANAGE_NICKNAMES"];
    // The first that is made stands highest.
    let mut roles = Vec::new();
    for (number, permissions) in [(1, &["ADMINISTRATOR"][..]), (2, &moderates[..]), (3, &moderates[..])] {
        roles.push((number, role(&people[0], &server, CAST[number], permissions).await));
    }
    let mut table = String::new();
    restore(&people, &roles, &server).await;
    for verb in VERBS {
        let _ = writeln!(table, "{verb:10}{}", CAST.map(|name| format!("{name:9}")).concat().trim_end());
        for (number, by) in people.iter().enumerate() {
            let _ = write!(table, "{:10}", CAST[number]);
            for to in &people {
                let came = act(by, verb, to, &server).await;
                let _ = write!(table, "{came:9}");
                // What was refused changed nothing; if it did, what follows it in the table is another.
                if came == "done" && verb != "warn" {
                    restore(&people, &roles, &server).await;
                }
            }
            table = table.trim_end().to_string() + "\n";
        }
        table.push('\n');
    }
    insta::assert_snapshot!("who_can_do_what_to_whom", table.trim_end());
    app.guilds_are_whole().await;
}
