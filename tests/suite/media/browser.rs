//! The hostile files in a real browser: whoever opens or embeds one runs none of its scripts.

use std::collections::HashMap;
use std::net::TcpListener;

use actix_web::{App as Site, HttpResponse, HttpServer, web};
use serde_json::{Value, json};
use tests::{App, Browser};

use super::table::{cases, html, script, send, svg};
use super::url;

/// Files that are looked at together.
const SLICE: usize = 8;

/// A page of somebody else's, that embeds and opens what it is told to and writes down which scripts ran.
const PAGE: &str = r#"<!DOCTYPE html><title>watch</title><body><script>
const ran = [], popups = [];
let settled = -1;
addEventListener('message', event => ran.push(String(event.data)));
window.alert = () => ran.push('ran an alert');
const WAYS = {
    iframe: 'src', object: 'data', embed: 'src', img: 'src', video: 'src', audio: 'src', script: 'src', link: 'href',
};
// Which of them say for certain that they are done.
const TOLD = ['img', 'video', 'audio', 'script', 'link'];
function put(way, url) {
    if (way === 'popup') { popups.push(window.open(url)); return null; }
    const element = document.createElement(way);
    if (way === 'link') element.rel = 'stylesheet';
    if (way === 'video' || way === 'audio') element.preload = 'metadata';
    const done = new Promise(resolve => {
        for (const name of ['load', 'error', 'loadedmetadata']) element.addEventListener(name, resolve);
    });
    element[WAYS[way]] = url;
    document.body.append(element);
    return TOLD.includes(way) ? done : Promise.race([done, new Promise(resolve => setTimeout(resolve, 300))]);
}
// The files of one slice in all ways; then what does run, in the ways in which it can. That comes last, so when it ran the
// others would have.
async function look(slice, urls, controls) {
    await Promise.all(urls.flatMap(url => [...Object.keys(WAYS), 'popup'].map(way => put(way, url))));
    for (const [way, url] of controls) put(way, url);
    const seen = ([way, url]) => ran.includes('ran ' + (way === 'script' ? location.href : url));
    while (!controls.every(seen)) await new Promise(resolve => setTimeout(resolve, 20));
    popups.splice(0).forEach(popup => popup && popup.close());
    document.body.replaceChildren();
    settled = slice;
}
</script>"#;

/// Serves the page, and what does run in a browser.
fn site() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let of = |kind: &'static str, body: Vec<u8>| {
        web::to(move || {
            let body = body.clone();
            async move { HttpResponse::Ok().content_type(kind).body(body) }
        })
    };
    let server = HttpServer::new(move || {
        Site::new()
            .route("/watch", of("text/html", PAGE.into()))
            .route("/html", of("text/html", html()))
            .route("/svg", of("image/svg+xml", svg()))
            .route("/js", of("text/javascript", script()))
    });
    tokio::spawn(server.workers(1).disable_signals().listen(listener).unwrap().run());
    origin
}

/// What runs, and how: so it is known that it would be seen.
fn controls(site: &str, slice: usize) -> Value {
    let ways = [
        ("iframe", "html"),
        ("object", "html"),
        ("embed", "svg"),
        ("iframe", "svg"),
        ("popup", "html"),
        ("popup", "svg"),
        ("script", "js"),
    ];
    ways.map(|(way, file)| json!([way, format!("{site}/{file}?{slice}-{way}")])).into()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_hostile_file_runs_a_script_in_a_browser() {
    let Some(browser) = Browser::start().await else { return };
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut files = HashMap::new();
    for case in cases() {
        let answer = send(&ada, &case).await;
        if answer.status == 201 {
            let file = answer.ok()["attachments"][0].clone();
            // What shows pictures and what opens a file sends no token.
            let link =
                ada.get(&format!("{}/url", url(&file))).await.ok()["url"].as_str().unwrap().to_string();
            files.insert(format!("{}{link}", app.url()), case.what);
        }
    }
    assert!(files.len() >= 150, "only {} were kept", files.len());
    let site = site();
    let window = browser.window().await;
    let watch = format!("{site}/watch");
    window.open(&watch).await;
    let urls = files.keys().cloned().collect::<Vec<_>>();
    for (slice, some) in urls.chunks(SLICE).enumerate() {
        window.run(&format!("look({slice}, {}, {})", json!(some), controls(&site, slice))).await;
        window.sees(&format!("settled === {slice}")).await;
        let ran = window.run("return ran.splice(0)").await;
        for one in ran.as_array().unwrap() {
            let place = one.as_str().unwrap().strip_prefix("ran ").unwrap_or_default();
            let names = some.iter().map(|url| &files[url]).collect::<Vec<_>>();
            // A script in the page itself says the page's address: one of each slice is ours.
            assert!(place.starts_with(&site), "{one} ran: {:?}, of {names:?}", files.get(place));
        }
        let in_page = ran.as_array().unwrap().iter().filter(|one| **one == format!("ran {watch}")).count();
        assert_eq!(in_page, 1, "a file ran as a script of the page, of {some:?}");
    }
}
