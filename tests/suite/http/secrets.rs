//! Secrets at rest: sealed, bound to their rows, brought under a new key while the product runs.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::sql_types::{Bytea, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use identity::Phone;
use kernel::UserId;
use serde_json::{Value, json};
use tests::{App, Authenticator, KEY, Logs, Person};

const PASSWORD: &str = "correct horse battery";
const NEW: &str = "test-2:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    place: String,
    #[diesel(sql_type = Bytea)]
    value: Vec<u8>,
}

/// Rows of a place and a value.
async fn rows(app: &App, query: &str) -> Vec<Row> {
    let mut conn = AsyncPgConnection::establish(&app.database_url()).await.unwrap();
    // Named, for in scope its `load` would hide that of atomics.
    diesel_async::RunQueryDsl::load(sql_query(query), &mut conn).await.unwrap()
}

/// Every value of every column of bytes.
async fn stored(app: &App) -> Vec<Row> {
    let mut all = rows(app, "SELECT 'users.phone_sealed' AS place, phone_sealed AS value FROM users WHERE phone_sealed IS NOT NULL
        UNION ALL SELECT 'users.phone_key', phone_key FROM users WHERE phone_key IS NOT NULL
        UNION ALL SELECT 'second_factors.phone_sealed', phone_sealed FROM second_factors WHERE phone_sealed IS NOT NULL
        UNION ALL SELECT 'second_factors.code_hash', code_hash FROM second_factors WHERE code_hash IS NOT NULL
        UNION ALL SELECT 'second_factors.secret_sealed', secret_sealed FROM second_factors WHERE secret_sealed IS NOT NULL
        UNION ALL SELECT 'recovery_codes.code_hash', code_hash FROM recovery_codes").await;
    all.sort_by(|a, b| a.place.cmp(&b.place));
    all
}

/// `guildhall …` with the app's settings and these keys.
async fn guildhall(app: &App, keys: &str, words: &[&str]) -> Result<(), String> {
    app.command(env!("CARGO_BIN_EXE_guildhall-under-test"), words, &[("identity.keys", keys)]).await
}

async fn with_phone(app: &App, username: &str, phone: &str) -> Person {
    let email = format!("{username}@example.org");
    let body = json!({ "email": email, "password": PASSWORD, "username": username, "phone": phone });
    let stranger = app.stranger();
    let answer = stranger.post("/api/auth/register", body).await.ok();
    stranger.with_login(&answer)
}

/// Gives somebody an app; returns it with the recovery codes.
async fn equip(app: &App, person: &Person) -> (Authenticator, Value) {
    let begun = person.post("/api/auth/2fa/enable", json!({ "password": PASSWORD })).await.ok();
    let authenticator = Authenticator::scan(&begun);
    let code = json!({ "code": authenticator.code(app) });
    let codes = person.post("/api/auth/2fa/verify", code).await.ok();
    (authenticator, codes["recoveryCodes"].clone())
}

async fn log_in(at: &Person, username: &str, code: String) -> tests::Answer {
    let body = json!({ "username": username, "password": PASSWORD, "verificationCode": code });
    at.post("/api/auth/login", body).await
}

fn with_texts() -> tests::AppBuilder {
    let folder = std::env::temp_dir().join(format!("guildhall-texts-{}", std::process::id()));
    App::builder()
        .with("identity.sms.provider", "folder")
        .with("identity.sms.folder", folder.to_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_says_nothing() {
    let logs = Logs::watch();
    let app = with_texts().start().await;
    let body =
        json!({ "email": "a@example.org", "password": PASSWORD, "username": "al", "phone": "030 12345678" });
    app.stranger().post("/api/auth/register", body).await.fails_at("phone");
    let ada = with_phone(&app, "ada", "+49 30 12345678").await;
    let ben = with_phone(&app, "ben", "+493012345678").await;
    let (_, codes) = equip(&app, &ada).await;
    let secret = ben.post("/api/auth/2fa/enable", json!({})).await.ok()["secret"].clone();
    let cy = app.person("cy").await;
    cy.post("/api/auth/2fa/enable", json!({ "phone": "+493012345678" })).await.ok();
    let stored = stored(&app).await;
    let places = stored.iter().map(|row| row.place.as_str()).collect::<BTreeSet<_>>();
    assert_eq!(places.len(), 6, "{places:?}");
    let log = logs.text();
    let codes = codes.as_array().unwrap().iter().map(|code| code.as_str().unwrap());
    assert!(
        !log.contains("12345678") && !log.contains(secret.as_str().unwrap()) && log.contains("2fa/verify")
    );
    assert!(codes.clone().all(|code| !log.contains(code)));
    let codes = codes.map(|code| code.replace('-', ""));
    let secrets = codes.chain(["12345678".into(), secret.as_str().unwrap().into()]).collect::<Vec<_>>();
    for Row { place, value } in &stored {
        let text = String::from_utf8_lossy(value).to_lowercase();
        assert!(secrets.iter().all(|secret| !text.contains(&secret.to_lowercase())), "{place}: {text}");
    }
    let of = |place: &str| {
        let some = stored.iter().filter(|row| row.place == place);
        some.map(|row| &row.value).collect::<BTreeSet<_>>()
    };
    assert_eq!(of("users.phone_sealed").len(), 2, "the same number is never sealed to the same bytes");
    assert_eq!(of("users.phone_key").len(), 1, "but found");
    let mut conn = app.services().pool.get().await.unwrap();
    let identity = &app.services().identity;
    let found = identity.by_phone(&mut conn, &Phone::parse("+49 (30) 12345678").unwrap(), 10).await.unwrap();
    assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), [ada.id, ben.id]);
    let none = identity.by_phone(&mut conn, &Phone::parse("+4930123456").unwrap(), 10).await.unwrap();
    assert!(none.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_moved_to_another_row_does_not_open() {
    let app = with_texts().start().await;
    let ada = with_phone(&app, "ada", "+493012345678").await;
    let ben = with_phone(&app, "ben", "+493087654321").await;
    let (of_ada, _) = equip(&app, &ada).await;
    equip(&app, &ben).await;
    Authenticator::next(&app);
    // Somebody who may write to the database, but has no key, gives Ben what Ada has.
    app.sql(&format!(
        "UPDATE second_factors SET secret_sealed = (SELECT secret_sealed FROM second_factors WHERE user_id = '{}') WHERE user_id = '{}';
         UPDATE users SET phone_sealed = (SELECT phone_sealed FROM users WHERE id = '{}') WHERE id = '{}'",
        ada.id, ben.id, ada.id, ben.id
    ))
    .await;
    log_in(&app.stranger(), "ben", of_ada.code(&app)).await.fails(500, "INTERNAL");
    log_in(&app.stranger(), "ada", of_ada.code(&app)).await.ok();
    let mut conn = app.services().pool.get().await.unwrap();
    let ids = [&ada.id, &ben.id].map(|id| id.parse::<UserId>().unwrap());
    let identity = &app.services().identity;
    assert!(identity.phones(&mut conn, &ids[1..]).await.is_err());
    assert_eq!(identity.phones(&mut conn, &ids[..1]).await.unwrap()[&ids[0]].as_str(), "+493012345678");
    drop(conn);
    // Nor does it survive a rotation unnoticed.
    let both = format!("{NEW},{KEY}");
    let told = guildhall(&app, &both, &["secrets", "rotate"]).await.unwrap_err();
    assert!(told.contains("2 values") && told.contains(&ben.id) && !told.contains(&ada.id), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_comes_under_a_new_key_while_the_product_runs() {
    let both = format!("{NEW},{KEY}");
    let mut app = with_texts().start().await;
    let mut people = Vec::new();
    for number in 0..20 {
        people.push(with_phone(&app, &format!("person{number}"), &format!("+4930000000{number:02}")).await);
    }
    let (authenticator, _) = equip(&app, &people[0]).await;
    people[1].post("/api/auth/2fa/enable", json!({ "method": "sms" })).await.ok();
    Authenticator::next(&app);

    // First every gateway learns the new key.
    let there = app.add_gateway_with(&[("identity.keys", &both)]).await;
    app.stop(0).await;
    assert!(guildhall(&app, NEW, &["secrets", "check"]).await.unwrap_err().contains("cannot be read"));

    // Then, while numbers are changed and read, all is encrypted anew; interrupted once.
    let identity = app.gateways[there].running.as_ref().unwrap().services.identity.clone();
    let pool = app.gateways[there].running.as_ref().unwrap().services.pool.clone();
    let ids = people.iter().map(|person| person.id.parse::<UserId>().unwrap()).collect::<Vec<_>>();
    let done = Arc::new(AtomicBool::new(false));
    let busy = tokio::spawn({
        let (identity, ids, done) = (identity.clone(), ids.clone(), Arc::clone(&done));
        async move {
            let mut round = 0_usize;
            while !done.load(Ordering::SeqCst) {
                let mut conn = pool.get().await.unwrap();
                let phone = Phone::parse(&format!("+4931{round:08}")).unwrap();
                identity.set_phone(&mut conn, ids[round % 5], Some(&phone)).await.unwrap();
                assert_eq!(identity.phones(&mut conn, &ids).await.unwrap().len(), ids.len());
                round += 1;
            }
        }
    });
    let interrupted = tokio::spawn({
        let identity = identity.clone();
        async move { identity.rotate_secrets(3, |_, so_far| assert!(so_far.renewed < 6, "interrupted")).await }
    });
    assert!(interrupted.await.is_err());
    guildhall(&app, &both, &["secrets", "rotate", "--slice", "3"]).await.unwrap();
    done.store(true, Ordering::SeqCst);
    busy.await.unwrap();
    guildhall(&app, NEW, &["secrets", "check"]).await.unwrap();

    // Every sealed column took part.
    let columns = rows(
        &app,
        "SELECT table_name || '.' || column_name AS place, ''::bytea AS value
        FROM information_schema.columns WHERE column_name LIKE '%\\_sealed' ORDER BY 1",
    )
    .await;
    let columns = columns.into_iter().map(|row| row.place).collect::<BTreeSet<_>>();
    let uses = identity.secret_key_uses().await.unwrap();
    assert_eq!(uses.iter().map(|one| one.column.clone()).collect::<BTreeSet<_>>(), columns);
    assert!(uses.iter().all(|one| one.key_id == "test-2"), "{uses:?}");

    // Last the old key goes, and nothing was lost.
    let without = app.add_gateway_with(&[("identity.keys", NEW)]).await;
    app.stop(there).await;
    log_in(&app.stranger_at(without), "person0", authenticator.code(&app)).await.ok();
    let services = &app.gateways[without].running.as_ref().unwrap().services;
    let mut conn = services.pool.get().await.unwrap();
    assert_eq!(services.identity.phones(&mut conn, &ids).await.unwrap()[&ids[7]].as_str(), "+493000000007");
    let found =
        services.identity.by_phone(&mut conn, &Phone::parse("+493000000007").unwrap(), 2).await.unwrap();
    assert_eq!(found, [ids[7]]);
}
