//! Every table that names people: what of it its people get, and what is left of it when their account is gone. A new
//! table must be entered here, and `PersonalData` of its crate must do what is said of it.

use std::collections::BTreeSet;

use kernel::Clock;
use reqwest::Method;
use serde_json::json;
use tests::{App, Authenticator, Person, eventually};

use super::export::export;

/// The file of the export in which a table's rows are.
const EXPORTED: &[(&str, &str)] = &[
    ("api_keys", "api-keys.json"),
    ("attachments", "files.json"),
    ("audit_log", "audit.json"),
    ("blocks", "blocked.json"),
    ("call_people", "calls.json"),
    ("calls", "calls.json"),
    ("dm_settings", "message-settings.json"),
    ("email_changes", "pending-letters.json"),
    ("email_codes", "pending-letters.json"),
    ("friend_requests", "friend-requests.json"),
    ("friendships", "friends.json"),
    ("guild_audit", "moderation.json"),
    ("known_devices", "known-devices.json"),
    ("members", "servers.json"),
    ("guilds", "servers.json"),
    ("messages", "messages.json"),
    ("oauth_links", "logins-through-others.json"),
    ("participants", "conversations.json"),
    ("password_resets", "pending-letters.json"),
    ("reactions", "reactions.json"),
    ("read_marks", "read-marks.json"),
    ("recovery_codes", "second-factor.json"),
    ("reports", "reports.json"),
    ("scheduled_messages", "scheduled-messages.json"),
    ("second_factors", "second-factor.json"),
    ("sessions", "sessions.json"),
    ("users", "account.json"),
];
/// Why a table's rows are in no file.
const NOT_EXPORTED: &[(&str, &str)] = &[
    ("automod_tallies", "fingerprints of what was written, for some minutes"),
    ("bans", "that and why they were banned is in moderation.json"),
    ("delivery_marks", "what reached a device; where it was read to is in a file"),
    ("erasures", "empty while there is an account"),
    ("invites", "a code of a server, with who made it"),
    ("member_roles", "what a server gave to a member"),
    ("mentions", "they stand in what others wrote"),
    ("overwrites", "what a channel allows to a member"),
    ("pairs", "an index of conversations of two, which are exported"),
    ("pictures", "the avatar of account.json"),
    ("purges", "work that is under way"),
    ("silences", "that and why they were timed out is in moderation.json"),
    ("warnings", "that and why they were warned is in moderation.json"),
];
/// Tables in which no row of a deleted account is left, once its erasure is done.
const ERASED: &[&str] = &[
    "bans",
    "blocks",
    "call_people",
    "delivery_marks",
    "dm_settings",
    "email_changes",
    "email_codes",
    "friend_requests",
    "friendships",
    "known_devices",
    "member_roles",
    "members",
    "mentions",
    "oauth_links",
    "overwrites",
    "participants",
    "password_resets",
    "read_marks",
    "recovery_codes",
    "scheduled_messages",
    "second_factors",
    "silences",
    "warnings",
];
/// Why rows of a deleted account stay; they say nothing but its id, which is nobody's any more.
const KEPT: &[(&str, &str)] = &[
    ("api_keys", "nameless and revoked, until every gateway knows"),
    ("attachments", "nameless, until their bytes are removed"),
    ("audit_log", "without address and device, so that a suspended person cannot clear their record"),
    ("automod_tallies", "fingerprints, which are gone in some minutes"),
    ("calls", "they are part of what others did, too"),
    ("erasures", "so that what a request adds that had begun before goes too"),
    ("guild_audit", "who did what in a server"),
    ("guilds", "they belong to somebody else by then"),
    ("invites", "the code goes on to work"),
    ("messages", "they are part of other people's conversations"),
    ("pairs", "the other one keeps the conversation"),
    ("pictures", "until their bytes are removed"),
    ("purges", "work that is under way"),
    ("reactions", "they stand on what others wrote, as those of an account that was deleted"),
    ("reports", "moderators decide on what was written, not on who wrote it"),
    ("sessions", "without device and address, until no token of theirs could work"),
    ("users", "emptied: messages point to it"),
];

/// The tables that name people: by a column of this name, or by pointing to `users`.
const NAMING: &str = "SELECT DISTINCT name FROM (
    SELECT table_name::text AS name FROM information_schema.columns WHERE table_schema = 'public'
        AND column_name IN ('user_id', 'author_id', 'actor_id', 'subject_id', 'owner_id', 'sender_id', 'caller_id')
    UNION SELECT conrelid::regclass::text FROM pg_constraint WHERE contype = 'f' AND confrelid = 'users'::regclass
    UNION SELECT 'users') AS named";

fn all<'a>(one: impl Iterator<Item = &'a str>, other: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    one.chain(other).map(ToString::to_string).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_that_names_people_is_known_to_the_export_and_to_the_erasure() {
    let app = App::start().await;
    let tables = app.texts(NAMING).await.into_iter().collect::<BTreeSet<_>>();
    let (exported, not) =
        (EXPORTED.iter().map(|(table, _)| *table), NOT_EXPORTED.iter().map(|(table, _)| *table));
    assert_eq!(all(exported, not), tables, "what do people get of it? Enter it in EXPORTED or NOT_EXPORTED");
    let (erased, kept) = (ERASED.iter().copied(), KEPT.iter().map(|(table, _)| *table));
    assert_eq!(all(erased, kept), tables, "what is left of it? Enter it in ERASED or KEPT");
}

/// Has somebody report, and be warned, timed out and banned.
async fn disgrace(app: &App, ada: &Person) {
    let charles = app.person("charles").await;
    let mill = charles.create_server("Mill").await;
    ada.join(&mill).await;
    let report = json!({ "userId": charles.id, "serverId": mill.id, "reason": "x" });
    ada.post("/api/users/report", report).await.ok();
    let member = format!("/api/servers/{}/members/{}", mill.id, ada.id);
    charles.post(&format!("{member}/warn"), json!({ "reason": "x" })).await.ok();
    charles.post(&format!("{member}/timeout"), json!({ "duration": 60 })).await.ok();
    charles.post(&format!("{member}/ban"), json!({})).await.ok();
}

/// Has somebody ask, be asked, write to one, block another and choose who may write.
async fn among_people(app: &App, ada: &Person) {
    let [bob, eve, mallory] = [app.person("bob").await, app.person("eve").await, app.person("mallory").await];
    for other in [&bob, &eve] {
        ada.post(&format!("/api/users/{}/friend-request", other.id), json!({})).await.ok();
    }
    bob.post(&format!("/api/users/{}/friend-request", ada.id), json!({})).await.ok();
    let called = ada.post("/api/voice/dm-call", json!({ "recipientId": bob.id })).await.ok();
    let call = called["session"]["id"].as_str().unwrap();
    ada.delete(&format!("/api/voice/sessions/{call}")).await.ok();
    ada.put("/api/dms/settings", json!({ "acceptFrom": "friends" })).await.ok();
    ada.post("/api/users/block", json!({ "userId": mallory.id })).await.ok();
}

/// Somebody of whom everything is held that can be.
async fn well_known(app: &App) -> Person {
    let ada = app.person("ada").await;
    ada.put("/api/users/me", json!({ "phone": "+493011111111" })).await.ok();
    ada.upload("countess.txt", b"text").await;
    let server = ada.create_server("Engines").await;
    let message = ada.send(&server.channel, "by ada").await["id"].as_str().unwrap().to_string();
    ada.post(&format!("/api/messages/{message}/reactions"), json!({ "emoji": "👍" })).await.ok();
    among_people(app, &ada).await;
    let at = Clock::now(&*app.clock).plus(chrono::TimeDelta::hours(1));
    let later = json!({ "channelId": server.channel, "content": "by ada later", "scheduledFor": at });
    ada.post("/api/scheduled-messages", later).await.ok();
    let change = json!({ "newEmail": "countess@example.org", "password": Person::PASSWORD });
    ada.post("/api/auth/change-email", change).await.ok();
    app.stranger().post("/api/auth/forgot-password", json!({ "email": "ada@example.org" })).await.ok();
    ada.post("/api/auth/api-keys", json!({ "name": "Robot", "scopes": ["read"] })).await.ok();
    let authenticator = Authenticator::scan(&ada.post("/api/auth/2fa/enable", json!({})).await.ok());
    ada.post("/api/auth/2fa/verify", json!({ "code": authenticator.code(app) })).await.ok();
    app.sql(&format!(
        "INSERT INTO oauth_links (provider, subject, user_id, created_at, last_used_at) VALUES ('house', '1', '{}', now(), now())",
        ada.id
    ))
    .await;
    disgrace(app, &ada).await;
    eventually("nothing waits but the scheduled message", async || app.open_jobs().await == 1).await;
    ada
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_to_be_exported_is_and_what_is_said_to_go_goes() {
    let app = App::builder().with_mail().start().await;
    let ada = well_known(&app).await;
    let files = export(&ada).await;
    for (table, file) in EXPORTED {
        let (_, text) = files.iter().find(|(name, _)| name == file).unwrap_or_else(|| panic!("no {file}"));
        assert!(!text.trim_start_matches(['[', '\n', ' ']).starts_with(']'), "{table}: {file} is empty");
    }
    let all = files.iter().map(|(_, text)| text.as_str()).collect::<String>();
    for there in [
        "+493011111111",
        "countess@example.org",
        "totp",
        "\"recoveryCodesLeft\":10",
        "reset-password",
        "house",
    ] {
        assert!(all.replace(": ", ":").contains(there), "{there}");
    }
    let secret = app.value("SELECT encode(secret_sealed, 'hex') FROM second_factors").await;
    assert!(!all.contains(&secret) && !all.contains("otpauth"));

    let body = json!({ "password": Person::PASSWORD }).to_string();
    ada.call(Method::DELETE, "/api/users/me", Some(body)).await.ok();
    for table in ERASED {
        let rows = format!("{table} AS t WHERE t::text LIKE '%{}%'", ada.id);
        assert_eq!(app.count(&rows).await, 0, "{table}");
    }
    // What others left is not hers.
    let others = app.value("(SELECT string_agg(id::text, '|') FROM users WHERE username IN ('charles', 'bob', 'eve', 'mallory'))");
    let others = others.await;
    for (table, _) in KEPT {
        for trace in ["ada@example.org", "countess", "127.0.0.1", "Robot", "house"] {
            assert_eq!(
                app.count(&format!("{table} AS t WHERE t::text LIKE '%{trace}%' AND t::text !~ '{others}'"))
                    .await,
                0,
                "{table}: {trace}"
            );
        }
    }
}
