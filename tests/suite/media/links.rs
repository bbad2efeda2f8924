//! Addresses of files that need no token.

use reqwest::Method;
use serde_json::json;
use tests::upload::{encoded, picture};
use tests::{App, Bucket, Person};

use super::url;

async fn link(person: &Person, path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    person.get(&format!("{path}/url?{query}")).await.ok()["url"].as_str().unwrap().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_needs_no_token_and_is_of_one_file_for_a_while() {
    let app = App::start().await;
    let (ada, eve) = (app.person("ada").await, app.stranger());
    let text = ada.upload("notes.html", b"<script>alert(1)</script>").await;
    let png = encoded(&picture(900, 900), image::ImageFormat::Png);
    let photo = ada.upload("photo.png", &png).await;
    let address = link(&ada, &url(&text)).await;
    let got = eve.fetch(&address, &[("range", "bytes=0-6")]).await;
    assert_eq!((got.status, got.bytes.as_slice()), (206, b"<script".as_slice()));
    assert_eq!(got.header("x-content-type-options"), "nosniff");
    assert!(got.header("content-disposition").starts_with("attachment"));
    assert!(got.header("content-type").starts_with("text/plain"));
    let tag = got.header("etag").to_string();
    assert_eq!(eve.fetch(&address, &[("if-none-match", &tag)]).await.status, 304);
    let small = link(&ada, photo["thumbnailUrl"].as_str().unwrap()).await;
    let small = eve.fetch(&small, &[]).await;
    assert!(small.status == 200 && small.header("content-type") == "image/webp");

    // Nothing of it can be exchanged.
    let other = address.replace(text["id"].as_str().unwrap(), photo["id"].as_str().unwrap());
    let longer = address.replace("until=2", "until=3");
    let sized = address.replace("content?", "content?size=200&");
    let bent = address.replace("signature=", "signature=A");
    for wrong in [other, longer, sized, bent] {
        eve.get(&wrong).await.fails(404, "RESOURCE_NOT_FOUND");
    }
    app.clock.advance_ms(15 * 60_000 + 1);
    eve.get(&address).await.fails(404, "RESOURCE_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_see_a_file_gets_no_address_and_a_deleted_one_has_none() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let file = ada.upload("a.txt", b"text").await;
    bob.get(&format!("{}/url", url(&file))).await.fails(404, "RESOURCE_NOT_FOUND");
    let body = json!({ "content": "x", "attachments": [file["id"]] });
    let sent = ada.post(&format!("/api/channels/{}/messages", server.channel), body).await.ok();
    let address = link(&bob, &url(&file)).await;
    // Any gateway knows the signature.
    let elsewhere = app.stranger().at(&app.gateways[1].url);
    assert_eq!(elsewhere.fetch(&address, &[]).await.bytes, b"text");
    ada.delete(&format!("/api/messages/{}", sent["message"]["id"].as_str().unwrap())).await.ok();
    elsewhere.get(&address).await.fails(404, "RESOURCE_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bucket_answers_by_itself_when_it_may() {
    let bucket = Bucket::start().await;
    let settings = bucket.settings();
    let app = settings.iter().fold(App::builder(), |app, (name, value)| app.with(name, value));
    let app = app.with("media.s3.direct", "true").start().await;
    let ada = app.person("ada").await;
    let file = ada.upload("r\u{e9}sum\u{e9}.html", b"<b>text</b>").await;
    let address = link(&ada, &url(&file)).await;
    assert!(address.starts_with(&bucket.url()), "{address}");
    let anyone = tests::http().build().unwrap();
    let got = anyone.request(Method::GET, &address).send().await.unwrap();
    assert_eq!(got.status(), 200);
    assert!(got.headers()["content-type"].to_str().unwrap().starts_with("text/plain"));
    assert!(got.headers()["content-disposition"].to_str().unwrap().starts_with("attachment"));
    assert_eq!(got.bytes().await.unwrap().as_ref(), b"<b>text</b>");
    let forged = address.replace("X-Amz-Expires=900", "X-Amz-Expires=9000");
    assert_ne!(forged, address);
    assert_eq!(anyone.get(&forged).send().await.unwrap().status(), 403);
}
