//! Sending files, and getting them back.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::HEXLOWER;
use reqwest::Method;
use serde_json::json;
use tests::App;
use tests::upload::Part;

use super::url;

const TEXT: &[u8] = b"Some words, and no more than that.\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_back_as_it_was() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let file = ada.upload("notes.txt", TEXT).await;
    assert_eq!(file["kind"], "document");
    assert_eq!(
        (&file["name"], &file["contentType"], &file["size"]),
        (&json!("notes.txt"), &json!("text/plain"), &json!(TEXT.len()))
    );
    assert_eq!(file["sha256"], HEXLOWER.encode(digest(&SHA256, TEXT).as_ref()));
    let got = ada.fetch(&url(&file), &[]).await;
    assert_eq!((got.status, got.bytes.as_slice()), (200, TEXT));
    assert_eq!(got.header("content-type"), "text/plain");
    assert_eq!(
        got.header("content-disposition"),
        "attachment; filename=\"notes.txt\"; filename*=UTF-8''notes.txt"
    );
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    assert!(got.header("content-security-policy").contains("sandbox"));
    assert_eq!(got.header("cache-control"), "private, no-cache");
    assert_eq!(got.header("content-length"), TEXT.len().to_string());
    ada.get(&format!("{}?size=200", url(&file))).await.fails(404, "RESOURCE_NOT_FOUND");
    ada.get(&format!("{}?size=201", url(&file))).await.fails_at("size");
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_and_copies_are_understood() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let path = url(&ada.upload("notes.txt", TEXT).await);
    let length = TEXT.len();
    let tag = ada.fetch(&path, &[]).await.header("etag").to_string();
    for (range, first, end) in [
        ("bytes=5-9", 5, 10),
        ("bytes=-4", length - 4, length),
        ("bytes=30-", 30, length),
        ("bytes=0-999", 0, length),
    ] {
        let got = ada.fetch(&path, &[("range", range), ("if-range", &tag)]).await;
        assert_eq!((got.status, got.bytes.as_slice()), (206, &TEXT[first..end]), "{range}");
        assert_eq!(got.header("content-range"), format!("bytes {first}-{}/{length}", end - 1));
    }
    for (name, value) in [("range", "bytes=1-2,4-5"), ("range", "lines=1-2"), ("range", "bytes=9-5")] {
        assert_eq!(ada.fetch(&path, &[(name, value)]).await.status, 200, "{value}");
    }
    assert_eq!(ada.fetch(&path, &[("range", "bytes=0-1"), ("if-range", "\"other\"")]).await.status, 200);
    let outside = ada.fetch(&path, &[("range", "bytes=999-")]).await;
    assert_eq!(
        (outside.status, outside.header("content-range")),
        (416, format!("bytes */{length}").as_str())
    );
    let same = ada.fetch(&path, &[("if-none-match", &tag)]).await;
    assert_eq!((same.status, same.bytes.len(), same.header("etag")), (304, 0, tag.as_str()));
    assert_eq!(ada.fetch(&path, &[("if-none-match", "\"other\"")]).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_no_message_is_its_uploaders() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let parts = [Part::file("a.txt", TEXT), Part::text("channelId", &server.channel)];
    let file = ada.bring(Method::POST, "/api/media/upload", &parts).await.ok()["attachments"][0].clone();
    let path = url(&file);
    bob.get(&path).await.fails(404, "RESOURCE_NOT_FOUND");
    bob.delete(&path).await.fails(404, "RESOURCE_NOT_FOUND");
    app.stranger().get(&path).await.fails(401, "UNAUTHENTICATED");
    assert_eq!(ada.fetch(&path, &[]).await.status, 200);
    ada.delete(&path).await.ok();
    ada.get(&path).await.fails(404, "RESOURCE_NOT_FOUND");
    ada.delete(&path).await.fails(404, "RESOURCE_NOT_FOUND");
    let stranger = app.person("eve").await;
    stranger.bring(Method::POST, "/api/upload", &parts).await.fails(404, "RESOURCE_NOT_FOUND");
    assert_eq!(app.count("attachments WHERE removed_at IS NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_files_of_a_call_are_kept_or_none() {
    let app = App::builder().with("media.files", "3").start().await;
    let ada = app.person("ada").await;
    let good = Part::file("a.txt", TEXT);
    let two = ada
        .bring(Method::POST, "/api/files/upload", &[good.clone(), Part { field: "file", ..good.clone() }])
        .await
        .ok();
    assert_eq!(two["attachments"].as_array().unwrap().len(), 2);
    let broken = Part::file("b.png", b"\x89PNG\r\n\x1a\nnothing of the sort");
    ada.bring(Method::POST, "/api/upload", &[good.clone(), broken]).await.fails(415, "INVALID_FILE_TYPE");
    ada.bring(Method::POST, "/api/upload", &[good.clone(), good.clone(), good.clone(), good.clone()])
        .await
        .fails_at("files");
    ada.bring(Method::POST, "/api/upload", &[good.clone(), Part::file("empty", b"")]).await.fails_at("files");
    ada.bring(Method::POST, "/api/upload", &[]).await.fails_at("files");
    ada.bring(Method::POST, "/api/upload", &[good, Part::text("channelId", "x")]).await.fails_at("channelId");
    ada.post("/api/upload", json!({ "files": [] })).await.fails_at("body");
    assert_eq!(app.count("attachments").await, 2);
    assert_eq!(app.files().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_is_exact_and_deleting_makes_room() {
    let app = App::builder().with("media.quota_mb", "1").start().await;
    let ada = app.person("ada").await;
    let large = vec![b'x'; 400_000];
    let parts = [Part::file("a.txt", &large)];
    let calls = (0..6).map(|_| ada.bring(Method::POST, "/api/upload", &parts));
    let answers = futures_util::future::join_all(calls).await;
    let (good, bad): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status.is_success());
    assert_eq!((good.len(), bad.len()), (2, 4));
    for answer in bad {
        assert_eq!(answer.fails(403, "QUOTA_EXCEEDED")["details"]["bytes"], 1_048_576);
    }
    assert_eq!(app.number("SELECT sum(size)::bigint AS number FROM attachments").await, 800_000);
    let file = good.into_iter().next().unwrap().ok()["attachments"][0].clone();
    ada.delete(&url(&file)).await.ok();
    ada.bring(Method::POST, "/api/upload", &parts).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_have_a_rate_of_their_own() {
    let app = App::builder().with("limits.enabled", "true").start().await;
    let ada = app.person("ada").await;
    for _ in 0..20 {
        ada.upload("a.txt", TEXT).await;
    }
    let answer = ada.bring(Method::POST, "/api/upload", &[Part::file("a.txt", TEXT)]).await;
    assert_eq!(answer.fails(429, "RATE_LIMITED")["details"]["policy"], "uploads");
    ada.get("/api/auth/me").await.ok();
}
