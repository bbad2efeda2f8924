//! The same with a bucket. The store is the test's own: it speaks the part of S3 that is used, and checks signatures.

use reqwest::Method;
use tests::upload::{Part, encoded, picture};
use tests::{App, Bucket, Mood};

use super::url;

async fn start(bucket: &Bucket, own: &[(&str, &str)]) -> App {
    let settings = bucket.settings();
    let all = settings.iter().chain(own);
    all.fold(App::builder(), |app, (name, value)| app.with(name, value)).start().await
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_kept_in_a_bucket() {
    let bucket = Bucket::start().await;
    let app = start(&bucket, &[]).await;
    let ada = app.person("ada").await;
    let text = vec![b'x'; 3_000_000];
    let file = ada.upload("../a.txt", &text).await;
    let id = file["id"].as_str().unwrap();
    assert_eq!(bucket.keys(), [format!("/files/hall/one/attachments/any/{id}")]);
    let got = ada.fetch(&url(&file), &[]).await;
    assert!(got.status == 200 && got.bytes == text);
    let got = ada.fetch(&url(&file), &[("range", "bytes=2999990-")]).await;
    assert_eq!((got.status, got.bytes.len()), (206, 10));
    let png = encoded(&picture(900, 900), image::ImageFormat::Png);
    let photo = ada.upload("b.png", &png).await;
    assert_eq!(ada.fetch(photo["thumbnailUrl"].as_str().unwrap(), &[]).await.status, 200);
    let avatar = Part { field: "avatar", ..Part::file("me.png", &png) };
    ada.bring(Method::POST, "/api/users/avatar", &[avatar]).await.ok();
    assert_eq!(bucket.keys().len(), 7);
    assert_eq!(bucket.keys().iter().filter(|key| key.starts_with("/files/hall/one/avatars/")).count(), 3);
    for file in [&file, &photo] {
        ada.delete(&url(file)).await.ok();
    }
    app.services().media.sweep(100).await.unwrap();
    assert_eq!(bucket.keys().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_away_is_told_and_leaves_nothing_behind() {
    let bucket = Bucket::start().await;
    let app = start(&bucket, &[("media.s3.timeout_ms", "2500")]).await;
    let ada = app.person("ada").await;
    let file = ada.upload("a.txt", b"text").await;
    for mood in [Mood::Overloaded, Mood::Silent] {
        bucket.be(mood);
        ada.get(&url(&file)).await.fails(503, "UNAVAILABLE");
        let answer = ada.bring(Method::POST, "/api/upload", &[Part::file("b.txt", b"more")]).await;
        answer.fails(503, "UNAVAILABLE");
    }
    ada.delete(&url(&file)).await.ok();
    app.services().media.sweep(100).await.unwrap();
    assert_eq!(app.count("attachments").await, 3, "nothing is forgotten whose bytes may be there");
    bucket.be(Mood::Well);
    app.services().media.sweep(100).await.unwrap();
    assert!(bucket.keys().is_empty());
    assert_eq!(app.count("attachments").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_an_answer_and_no_file() {
    let bucket = Bucket::start().await;
    let app = start(&bucket, &[("media.s3.secret_key", "another")]).await;
    let ada = app.person("ada").await;
    let answer = ada.bring(Method::POST, "/api/upload", &[Part::file("a.txt", b"text")]).await;
    let told = answer.fails(503, "UNAVAILABLE").to_string();
    assert!(!told.contains("Signature") && bucket.keys().is_empty(), "{told}");
}
