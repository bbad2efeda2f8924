//! Values that are JSON and break a rule.

use reqwest::Method;
use serde_json::{Value, json};
use tests::App;

use super::id;

const PASSWORD: &str = "correct horse battery";

#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_no_message_may_have_is_refused() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let message = ada.send(&server.channel, "a message").await;
    let (send, edit) =
        (format!("/api/channels/{}/messages", server.channel), format!("/api/messages/{}", id(&message)));
    let texts = [
        "",
        " \n\t ",
        "\u{a0}\u{3000}",
        "a\0b",
        "\0",
        "\u{1b}[31m",
        "a\u{7f}",
        "a\u{85}",
        &"x".repeat(4_001),
        &"🚀".repeat(4_001),
    ];
    for text in texts {
        ada.post(&send, json!({ "content": text })).await.fails_at("content");
        ada.put(&edit, json!({ "content": text })).await.fails_at("content");
        ada.put(&edit, json!({ "newContent": text })).await.fails_at("content");
    }
    for nonce in ["", "a\0b", "a\nb", &"x".repeat(65)] {
        ada.post(&send, json!({ "content": "x", "nonce": nonce })).await.fails_at("nonce");
    }
    for reply in ["", "1", "nope", "a\0b"] {
        ada.post(&send, json!({ "content": "x", "replyTo": reply })).await.fails_at("replyTo");
    }
    let read = format!("/api/channels/{}/read", server.channel);
    for seq in [-1, i64::MIN] {
        ada.post(&read, json!({ "seq": seq })).await.fails_at("seq");
    }
    let both = ada.post(&send, json!({ "content": "", "nonce": "" })).await.fails_at("content");
    assert!(both["details"]["nonce"].is_array(), "{both}");
    assert_eq!(ada.history(&server.channel, "").await["messages"], json!([message]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_no_server_or_channel_may_have_is_refused() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let (servers, channels) = ("/api/servers".to_string(), format!("/api/servers/{}/channels", server.id));
    for (path, note, most) in [(&servers, "description", 1_000), (&channels, "topic", 1_024)] {
        for name in ["", "  ", "\u{a0}", "a\0b", "a\u{202e}b", "a\u{200b}b", &"x".repeat(101)] {
            ada.post(path, json!({ "name": name })).await.fails_at("name");
        }
        for text in ["a\0b", "\u{1b}[31m", &"x".repeat(most + 1)] {
            ada.post(path, json!({ "name": "x", note: text })).await.fails_at(note);
        }
        let both = ada.post(path, json!({ "name": "", note: "\0" })).await.fails_at("name");
        assert!(both["details"][note].is_array(), "{both}");
    }
    let servers = ada.get("/api/servers").await.ok()["servers"].clone();
    assert!(servers[1].is_null() && servers[0]["channels"][2].is_null(), "{servers}");
    // The longest ones.
    ada.post("/api/servers", json!({ "name": "é".repeat(100), "description": "ü".repeat(1_000) })).await.ok();
    ada.post(&channels, json!({ "name": "名".repeat(100), "topic": "ü".repeat(1_024) })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_breaks_a_rule_is_told_which() {
    let app = App::start().await;
    let stranger = app.stranger();
    let long = format!("{}@example.org", "x".repeat(250));
    let emails = ["", "nobody", "@example.org", "a@", "a b@example.org", "a\0b@example.org", "a@b@c", &long];
    let usernames = ["", "a", "a b", "a@b", "<b>", "a\0b", "a\u{202e}b", "a/b", &"x".repeat(33), "\u{301}ab"];
    let names = ["", " ", "a\0b", "a\u{202e}b", &"x".repeat(65)];
    let passwords = ["", "1234567", "1234567\0", &"x".repeat(73)];
    let cases = [
        ("email", &emails[..]),
        ("username", &usernames[..]),
        ("name", &names[..]),
        ("password", &passwords[..]),
    ];
    for (field, values) in cases {
        for value in values {
            let mut body = json!({ "email": "ada@example.org", "password": PASSWORD, "username": "ada" });
            body[field] = json!(value);
            let refused = stranger.post("/api/auth/register", body).await.fails_at(field);
            assert_eq!(refused["details"].as_object().unwrap().len(), 1, "{refused}");
        }
    }
    app.person("ada").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_nul_byte_is_refused_or_leads_nowhere_wherever_it_stands() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let channel = format!("/api/channels/{}", server.channel);
    let login = |body: Value| (Method::POST, "/api/auth/login".to_string(), Some(body));
    let calls = [
        login(json!({ "username": "ada\0", "password": PASSWORD })),
        login(json!({ "username": "ada", "password": "correct\0horse" })),
        (Method::GET, "/api/servers/%00".into(), None),
        (Method::GET, format!("{channel}%00"), None),
        (Method::GET, format!("{channel}/messages/%00"), None),
        (Method::GET, "/api/invite/%00".into(), None),
        (Method::POST, "/api/servers/join/a%00b".into(), None),
        (Method::DELETE, "/api/messages/%00".into(), None),
        (Method::GET, "/%00".into(), None),
        (Method::GET, format!("{channel}/messages?before=%00"), None),
        (Method::GET, format!("{channel}/messages?after=1%00"), None),
        (Method::GET, format!("{channel}/messages?limit=%00"), None),
        (Method::GET, format!("{channel}/changes?since=%00"), None),
        (Method::GET, format!("/api/servers/{}/members?after=%00", server.id), None),
    ];
    for (method, path, body) in calls {
        let answer = ada.call(method, &path, body.map(|body| body.to_string())).await;
        let code = match answer.status.as_u16() {
            400 => "VALIDATION_FAILED",
            401 => "INVALID_CREDENTIALS",
            _ => "RESOURCE_NOT_FOUND",
        };
        let status = answer.status.as_u16();
        assert!([400, 401, 404].contains(&status), "{path}: {}", answer.body);
        answer.fails(status, code);
    }
    // Where it means nothing it does no harm.
    ada.get("/api/servers?x=%00").await.ok();
    ada.history(&server.channel, "?colour=%00&%00=1").await;
}
