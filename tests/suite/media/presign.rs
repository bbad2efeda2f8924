//! Files that clients send to the store itself: to a small one of the test's own, and to a real one where all of this folder
//! runs on that.

use reqwest::Method;
use serde_json::{Value, json};
use tests::upload::{Part, encoded, picture};
use tests::{App, AppBuilder, Bucket, Clamd, Person, eicar};

use super::checking::check;
use super::url;

/// An app whose store clients reach.
async fn direct(own: AppBuilder) -> (App, Option<Bucket>) {
    let own = own.with("media.s3.direct", "true");
    if std::env::var(tests::STORE).is_ok() {
        return (own.start().await, None);
    }
    let bucket = Bucket::start().await;
    let app = bucket.settings().iter().fold(own, |app, (name, value)| app.with(name, value));
    (app.start().await, Some(bucket))
}

/// The objects of the store.
fn kept(app: &App, bucket: Option<&Bucket>) -> Vec<String> {
    bucket.map_or_else(|| app.store().keys(), Bucket::keys)
}

async fn presign(person: &Person, name: &str, size: usize) -> Value {
    let body = json!({ "name": name, "size": size, "contentType": "video/mp4" });
    person.post("/api/upload/presign", body).await.ok()
}

/// Sends bytes to an address of the store; its answer.
async fn put(address: &str, content_type: &str, bytes: &[u8]) -> u16 {
    let http = tests::http().no_proxy().build().unwrap();
    let request = http.request(Method::PUT, address).header("content-type", content_type);
    request.body(bytes.to_vec()).send().await.unwrap().status().as_u16()
}

/// Sends what was announced, as it was announced.
async fn send(announced: &Value, bytes: &[u8]) {
    let address = announced["url"].as_str().unwrap();
    assert_eq!(put(address, announced["headers"]["Content-Type"].as_str().unwrap(), bytes).await, 200);
}

async fn complete(person: &Person, announced: &Value) -> tests::Answer {
    person.post("/api/upload/complete", json!({ "uploadId": announced["uploadId"] })).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_goes_to_the_store_and_is_looked_at_as_every_other() {
    let (app, bucket) = direct(App::builder()).await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let png = encoded(&picture(900, 700), image::ImageFormat::Png);
    let announced = presign(&ada, "../holiday.png", png.len()).await;
    assert_eq!(announced["method"], "PUT");
    complete(&ada, &announced).await.fails(409, "CONFLICT");
    send(&announced, &png).await;
    complete(&eve, &announced).await.fails(404, "RESOURCE_NOT_FOUND");
    let file = complete(&ada, &announced).await.ok()["attachment"].clone();
    assert_eq!((&file["kind"], &file["name"]), (&json!("image"), &json!("holiday.png")));
    assert_eq!((&file["width"], &file["contentType"]), (&json!(900), &json!("image/png")));
    assert_eq!(ada.fetch(file["previewUrl"].as_str().unwrap(), &[]).await.status, 200);
    assert_eq!(
        ada.fetch(&url(&file), &[]).await.bytes.len(),
        usize::try_from(file["size"].as_u64().unwrap()).unwrap()
    );
    eve.get(&url(&file)).await.fails(404, "RESOURCE_NOT_FOUND");
    // An answer that was lost is given again; the file as it was sent is gone.
    assert_eq!(complete(&ada, &announced).await.ok()["attachment"], file);
    let keys = kept(&app, bucket.as_ref());
    assert!(keys.len() == 3 && !keys.iter().any(|key| key.contains("uploads/")), "{keys:?}");
    assert!(check(&app, false).await.0.is_clean());
    ada.delete(&url(&file)).await.ok();
    complete(&ada, &announced).await.fails(404, "RESOURCE_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_takes_one_length_and_one_type_in_one_place() {
    let (app, bucket) = direct(App::builder()).await;
    let ada = app.person("ada").await;
    let announced = presign(&ada, "a.txt", 10).await;
    let address = announced["url"].as_str().unwrap();
    for (kind, bytes) in [
        ("video/mp4", b"123456789".as_slice()),
        ("video/mp4", b"12345678901"),
        ("text/html", b"1234567890"),
        ("", b"1234567890"),
    ] {
        assert_eq!(put(address, kind, bytes).await, 403, "{kind}, {} bytes", bytes.len());
    }
    let id = announced["uploadId"].as_str().unwrap();
    let elsewhere = address.replace(id, "01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30");
    let longer = address.replace("X-Amz-Expires=900", "X-Amz-Expires=9000");
    for forged in [elsewhere, longer] {
        assert_ne!(forged, address);
        assert_eq!(put(&forged, "video/mp4", b"1234567890").await, 403);
    }
    assert!(kept(&app, bucket.as_ref()).is_empty());
    complete(&ada, &announced).await.fails(409, "CONFLICT");
    send(&announced, b"1234567890").await;
    assert_eq!(complete(&ada, &announced).await.ok()["attachment"]["contentType"], "text/plain");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_leaves_nothing_behind() {
    let (app, bucket) =
        direct(App::builder().with("media.image_mb", "1").with("media.document_mb", "1")).await;
    let ada = app.person("ada").await;
    let large = vec![b'x'; 1_048_577];
    for (bytes, status, code) in [
        (b"\x89PNG\r\n\x1a\nnothing of the sort".as_slice(), 415, "INVALID_FILE_TYPE"),
        (b"MZ\x90\0\x03\0\0\0 a program", 415, "INVALID_FILE_TYPE"),
        (&large, 413, "FILE_TOO_LARGE"),
    ] {
        let announced = presign(&ada, "a.mp4", bytes.len()).await;
        send(&announced, bytes).await;
        complete(&ada, &announced).await.fails(status, code);
        complete(&ada, &announced).await.fails(404, "RESOURCE_NOT_FOUND");
    }
    assert!(kept(&app, bucket.as_ref()).is_empty());
    assert_eq!((app.count("attachments").await, app.count("uploads WHERE ended_at IS NULL").await), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn malware_is_found_in_it_too() {
    let Some(clamd) = Clamd::start().await else { return };
    let (app, bucket) = direct(App::builder().with("media.scan.clamd", &clamd.address())).await;
    let ada = app.person("ada").await;
    let announced = presign(&ada, "a.txt", eicar().len()).await;
    send(&announced, &eicar()).await;
    let refused = complete(&ada, &announced).await.fails(415, "INVALID_FILE_TYPE");
    assert!(refused["details"]["malware"].as_str().unwrap().contains("Eicar"), "{refused}");
    assert!(kept(&app, bucket.as_ref()).is_empty());
    assert_eq!(app.count("audit_log WHERE action = 'malware-found'").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_never_completed_is_swept() {
    let (app, bucket) = direct(App::builder()).await;
    let ada = app.person("ada").await;
    let (sent, silent) = (presign(&ada, "a.txt", 4).await, presign(&ada, "b.txt", 4).await);
    send(&sent, b"text").await;
    assert_eq!(check(&app, true).await.0.orphans, 0, "it may be completed yet");
    let sweep = async || app.services().media.sweep(100).await.unwrap();
    sweep().await;
    assert_eq!(kept(&app, bucket.as_ref()).len(), 1);
    app.clock.advance_ms(30 * 60_000);
    let ada = ada.log_in("ada").await;
    complete(&ada, &sent).await.fails(404, "RESOURCE_NOT_FOUND");
    assert_eq!(app.count("uploads WHERE ended_at IS NULL").await, 2);
    sweep().await;
    assert!(kept(&app, bucket.as_ref()).is_empty());
    assert_eq!(app.count("uploads WHERE ended_at IS NULL").await, 0);
    // What comes after that goes as well.
    send(&silent, b"late").await;
    app.clock.advance_ms(24 * 3_600_000);
    sweep().await;
    assert!(kept(&app, bucket.as_ref()).is_empty());
    assert_eq!(app.count("uploads").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn announced_files_count_and_make_one_file_whoever_completes_them() {
    let (app, bucket) = direct(App::builder().with("media.quota_mb", "1").gateways(2)).await;
    let ada = app.person("ada").await;
    let bytes = vec![b'x'; 400_000];
    let calls = (0..6).map(|_| {
        ada.post(
            "/api/upload/presign",
            json!({ "name": "a.txt", "size": bytes.len(), "contentType": "video/mp4" }),
        )
    });
    let answers = futures_util::future::join_all(calls).await;
    let (good, bad): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status.is_success());
    assert_eq!((good.len(), bad.len()), (2, 4));
    for answer in bad {
        answer.fails(403, "QUOTA_EXCEEDED");
    }
    ada.bring(Method::POST, "/api/upload", &[Part::file("a.txt", &bytes)]).await.fails(403, "QUOTA_EXCEEDED");
    let announced = good[0].body.clone();
    send(&announced, &bytes).await;
    let elsewhere = ada.at(&app.gateways[1].url);
    let calls = (0..8).map(|number| complete(if number % 2 == 0 { &ada } else { &elsewhere }, &announced));
    let answers = futures_util::future::join_all(calls).await;
    for answer in &answers {
        assert!(matches!(answer.status.as_u16(), 200 | 409), "{}", answer.body);
    }
    let done = complete(&ada, &announced).await.ok()["attachment"].clone();
    for answer in answers.iter().filter(|answer| answer.status == 200) {
        assert_eq!(answer.body["attachment"]["id"], done["id"]);
    }
    assert_eq!((app.count("attachments").await, kept(&app, bucket.as_ref()).len()), (1, 1));
    // The one that waits counts still, and what became of the other counts once.
    ada.bring(Method::POST, "/api/upload", &[Part::file("a.txt", &bytes)]).await.fails(403, "QUOTA_EXCEEDED");
    ada.bring(Method::POST, "/api/upload", &[Part::file("a.txt", &bytes[..200_000])]).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_announced_must_be_possible() {
    let (app, _bucket) = direct(App::builder().with("limits.enabled", "true")).await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let ask = async |person: &Person, body: Value| person.post("/api/upload/presign", body).await;
    ask(&ada, json!({ "name": "a", "size": 0 })).await.fails_at("size");
    ask(&ada, json!({ "name": "a", "size": "1" })).await.fails_at("size");
    ask(&ada, json!({ "name": "a", "size": 1, "contentType": "text/html\r\nx: y" }))
        .await
        .fails_at("contentType");
    let told = ask(&ada, json!({ "name": "a", "size": 10_000_000_000_i64 })).await;
    assert_eq!(told.fails(413, "FILE_TOO_LARGE")["details"]["bytes"], 52_428_800);
    let server = ada.create_server("Engines").await;
    let there = json!({ "name": "a", "size": 1, "channelId": server.channel });
    ask(&eve, there.clone()).await.fails(404, "RESOURCE_NOT_FOUND");
    ask(&ada, there).await.ok();
    // Announcing is what is counted: twenty, or twice as many while Redis does not answer in time and the gateway counts by itself.
    let eager = app.person("bob").await;
    for number in 0.. {
        let answer = ask(&eager, json!({ "name": "a", "size": 1 })).await;
        if answer.status == 429 {
            assert_eq!(answer.fails(429, "RATE_LIMITED")["details"]["policy"], "uploads");
            break;
        }
        assert!(number < 45, "nobody counted: {}", answer.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_clients_reach_no_store_it_is_said() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let told = ada.post("/api/upload/presign", json!({ "name": "a", "size": 1 })).await;
    assert!(told.fails(409, "CONFLICT").to_string().contains("POST /api/upload"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_announced_goes_with_their_account() {
    let (app, bucket) = direct(App::builder()).await;
    let ada = app.person("ada").await;
    let announced = presign(&ada, "countess.txt", 4).await;
    send(&announced, b"text").await;
    let body = json!({ "password": Person::PASSWORD });
    ada.call(Method::DELETE, "/api/users/me", Some(body.to_string())).await.ok();
    assert_eq!(app.count("uploads WHERE name <> '' OR ended_at IS NULL").await, 0);
    app.services().media.sweep(100).await.unwrap();
    assert!(kept(&app, bucket.as_ref()).is_empty());
}
