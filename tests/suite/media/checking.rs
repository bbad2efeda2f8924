//! Whether what is kept and what is written down are the same.

use ::media::{Checked, Finding};
use reqwest::Method;
use tests::upload::{Part, encoded, picture};
use tests::{App, Bucket};

use super::url;

pub(super) async fn check(app: &App, fix: bool) -> (Checked, Vec<Finding>) {
    let mut found = Vec::new();
    let checked = app.services().media.check(fix, |finding| found.push(finding.clone())).await.unwrap();
    found.sort_by_key(ToString::to_string);
    (checked, found)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_nothing_and_what_is_not_there_are_found_and_removed() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let png = encoded(&picture(900, 900), image::ImageFormat::Png);
    let (photo, note) = (ada.upload("a.png", &png).await, ada.upload("b.txt", b"text").await);
    let kept = ada.upload("c.txt", b"kept").await;
    let avatar = Part { field: "avatar", ..Part::file("me.png", &png) };
    ada.bring(Method::POST, "/api/users/avatar", &[avatar]).await.ok();
    let (checked, found) = check(&app, false).await;
    assert_eq!(checked, Checked { objects: 8, rows: 4, orphans: 0, broken: 0 });
    assert_eq!(found, []);

    let key = |name: &str| format!("attachments/any/{name}");
    let id = |file: &serde_json::Value| file["id"].as_str().unwrap().to_string();
    let nobody = "01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30";
    app.store().put(&key(nobody), b"no row");
    if app.store().is_folder() {
        app.store().put(&key(".tmpAAAA"), b"it may be arriving");
    }
    app.store().put("notes.txt", b"somebody else's");
    app.store().remove(&key(&format!("{}-200.webp", id(&photo))));
    app.store().put(&key(&id(&note)), b"shorter or longer");
    let expected = [
        Finding::Missing(format!("attachments/any/{}-200.webp", id(&photo))),
        Finding::Missing(format!("attachments/any/{}", id(&note))),
        Finding::Orphan(format!("attachments/any/{nobody}")),
        Finding::Stranger("notes.txt".into()),
    ];
    for fix in [false, true] {
        let (checked, found) = check(&app, fix).await;
        assert_eq!((checked.orphans, checked.broken), (1, 2));
        let mut expected = expected.to_vec();
        expected.sort_by_key(ToString::to_string);
        assert_eq!(found, expected);
    }
    app.services().media.sweep(100).await.unwrap();
    let (checked, found) = check(&app, false).await;
    assert_eq!((checked.is_clean(), found), (true, vec![Finding::Stranger("notes.txt".into())]));
    let kept_alone =
        app.store().keys().iter().filter(|key| key.ends_with(".tmpAAAA") || *key == "notes.txt").count();
    assert_eq!(kept_alone, if app.store().is_folder() { 2 } else { 1 });
    ada.get(&url(&photo)).await.fails(404, "RESOURCE_NOT_FOUND");
    assert_eq!(ada.fetch(&url(&kept), &[]).await.bytes, b"kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_keeps_the_address_of_a_picture_that_is_lost() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let png = encoded(&picture(90, 90), image::ImageFormat::Png);
    let avatar = Part { field: "avatar", ..Part::file("me.png", &png) };
    let icon = Part { field: "icon", ..avatar.clone() };
    ada.bring(Method::POST, "/api/users/avatar", &[avatar]).await.ok();
    ada.bring(Method::POST, &format!("/api/servers/{}/icon", server.id), &[icon]).await.ok();
    let shown = async || {
        let server = ada.get(&format!("/api/servers/{}", server.id)).await.ok();
        let user = ada.get("/api/users/me").await.ok();
        [user["user"]["avatar"].is_string(), server["server"]["icon"].is_string()]
    };
    assert_eq!(shown().await, [true, true]);
    for folder in ["avatars", "server-icons"] {
        let keys = app.store().keys();
        app.store().remove(keys.iter().find(|key| key.starts_with(folder)).unwrap());
    }
    let binary = env!("CARGO_BIN_EXE_guildhall-under-test");
    let (clean, said) = app.chore(binary, &["media", "check"], "").await;
    assert!(!clean && said.contains("2 rows lack their bytes"), "{said}");
    assert_eq!(shown().await, [true, true], "nothing is changed without being asked for");
    let (done, said) = app.chore(binary, &["media", "check", "--fix"], "").await;
    assert!(done && said.contains(&format!("was the picture of the user {}", ada.id)), "{said}");
    assert!(said.contains(&format!("was the icon of the server {}", server.id)), "{said}");
    assert_eq!(shown().await, [false, false]);
    let (clean, said) = app.chore(binary, &["media", "check"], "").await;
    assert!(clean && said.contains("nothing is wrong"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_is_compared_page_by_page() {
    let bucket = Bucket::start().await;
    let settings = bucket.settings();
    let app = settings.iter().fold(App::builder(), |app, (name, value)| app.with(name, value)).start().await;
    let ada = app.person("ada").await;
    let mut files = Vec::new();
    for number in 0..5 {
        files.push(ada.upload("a.txt", format!("text {number}").as_bytes()).await);
    }
    assert_eq!(check(&app, false).await, (Checked { objects: 5, rows: 5, orphans: 0, broken: 0 }, vec![]));
    let key = |id: &str| format!("/files/hall/one/attachments/any/{id}");
    let nobody = "01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30";
    bucket.tamper(&key(nobody), Some(b"no row"));
    bucket.tamper("/files/hall/two/x", Some(b"another installation's"));
    bucket.tamper(&key(files[3]["id"].as_str().unwrap()), None);
    let (checked, found) = check(&app, true).await;
    assert_eq!(checked, Checked { objects: 5, rows: 5, orphans: 1, broken: 1 });
    assert_eq!(found.len(), 2);
    app.services().media.sweep(100).await.unwrap();
    assert_eq!(check(&app, false).await, (Checked { objects: 4, rows: 4, orphans: 0, broken: 0 }, vec![]));
    assert_eq!(bucket.keys().len(), 5);
}
