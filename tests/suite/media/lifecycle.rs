//! What becomes of files that nobody wants any more.

use reqwest::Method;
use serde_json::json;
use tests::upload::{Part, encoded, picture};
use tests::{App, Person};

use super::url;

#[tokio::test(flavor = "multi_thread")]
async fn bytes_go_after_a_deletion_and_when_nobody_used_them() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let png = encoded(&picture(900, 900), image::ImageFormat::Png);
    let gone = ada.upload("a.png", &png).await;
    let kept = ada.upload("b.txt", b"text").await;
    assert_eq!(app.files().len(), 4, "a picture has two previews");
    ada.delete(&format!("/api/upload/{}", gone["id"].as_str().unwrap())).await.ok();
    app.services().media.sweep(100).await.unwrap();
    assert_eq!((app.files().len(), app.count("attachments").await), (1, 1));
    app.clock.advance_ms(6 * 86_400_000);
    app.services().media.sweep(100).await.unwrap();
    assert_eq!(app.files().len(), 1);
    app.clock.advance_ms(2 * 86_400_000);
    app.services().media.sweep(100).await.unwrap();
    assert!(app.files().is_empty());
    let again = ada.log_in("ada").await;
    again.get(&url(&kept)).await.fails(404, "RESOURCE_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_never_arrived_whole_is_removed() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    ada.upload("a.txt", b"text").await;
    app.sql("UPDATE attachments SET stored_at = NULL").await;
    app.services().media.sweep(100).await.unwrap();
    assert_eq!(app.files().len(), 1, "it may be on its way");
    app.clock.advance_ms(25 * 3_600_000);
    app.services().media.sweep(100).await.unwrap();
    assert!(app.files().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_in_the_export_and_go_with_the_account() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let file = ada.upload("a.txt", b"text").await;
    let png = encoded(&picture(90, 90), image::ImageFormat::Png);
    let part = Part { field: "avatar", ..Part::file("me.png", &png) };
    let user = ada.bring(Method::POST, "/api/users/avatar", &[part]).await.ok()["user"].clone();
    let archive = ada.fetch("/api/users/me/export", &[]).await;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive.bytes)).unwrap();
    let names = archive.file_names().map(|name| name.unwrap().into_owned()).collect::<Vec<_>>();
    let name = names.iter().find(|name| name.ends_with("files.json")).unwrap().clone();
    let held: serde_json::Value = serde_json::from_reader(archive.by_name(&name).unwrap()).unwrap();
    assert!(held.to_string().contains(file["id"].as_str().unwrap()), "{held}");
    ada.delete_own_account().await;
    app.stranger().get(user["avatar"].as_str().unwrap()).await.fails(404, "RESOURCE_NOT_FOUND");
    app.services().media.sweep(100).await.unwrap();
    assert!(app.files().is_empty() && app.count("attachments").await == 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_and_deletions_at_the_same_time_see_all_of_it_or_nothing() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let bytes = vec![b'x'; 300_000];
    for _ in 0..5 {
        let path = url(&ada.upload("a.txt", &bytes).await);
        let reads = (0..6).map(|_| async {
            let got = ada.fetch(&path, &[]).await;
            assert!(got.status == 404 || got.bytes == bytes, "{} {}", got.status, got.bytes.len());
        });
        let deletions = (0..3).map(|_| async { ada.delete(&path).await.status.is_success() });
        let sweeps = (0..3).map(|_| async { app.services().media.sweep(100).await.unwrap() });
        let (_, deleted, _) = tokio::join!(
            futures_util::future::join_all(reads),
            futures_util::future::join_all(deletions),
            futures_util::future::join_all(sweeps),
        );
        assert_eq!(deleted.iter().filter(|done| **done).count(), 1);
    }
    app.services().media.sweep(100).await.unwrap();
    assert!(app.files().is_empty() && app.count("attachments").await == 0);
}

trait Leaving {
    async fn delete_own_account(&self);
}

impl Leaving for Person {
    async fn delete_own_account(&self) {
        let body = json!({ "password": Person::PASSWORD });
        self.call(Method::DELETE, "/api/users/me", Some(body.to_string())).await.ok();
    }
}
