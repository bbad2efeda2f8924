//! Files and bodies of people who mean no good: a clear error or a harmless file, and nothing left.

use std::time::Duration;

use image::ImageFormat;
use reqwest::Method;
use tests::App;
use tests::upload::{Part, body, content_type, encoded, moving, photograph, picture};
use tests::wire::Wire;

use super::url;

#[tokio::test(flavor = "multi_thread")]
async fn names_are_no_paths_and_break_no_header() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let long = format!("{}.txt", "n".repeat(300));
    for (name, shown) in [
        ("../../../etc/passwd", "passwd"),
        ("..\\\\..\\\\boot.ini", "boot.ini"),
        ("/etc/shadow", "shadow"),
        ("..", "file"),
        ("a\u{202e}txt.exe", "atxt.exe"),
        ("s\u{f6}mething <b>.txt", "s\u{f6}mething <b>.txt"),
        ("'; DROP TABLE users; --", "'; DROP TABLE users; --"),
        (&long, &format!("{}.txt", "n".repeat(196))),
    ] {
        let file = ada.upload(name, b"text").await;
        assert_eq!(file["name"], *shown, "{name:?}");
        let got = ada.fetch(&url(&file), &[]).await;
        assert_eq!((got.status, got.bytes.as_slice()), (200, b"text".as_slice()));
        let header = got.header("content-disposition");
        assert!(
            header.starts_with("attachment; filename=\"") && header.matches('"').count() == 2,
            "{header}"
        );
    }
    // A header cannot hold these at all.
    for name in ["\u{1b}[31mred.txt", "a\0b.txt"] {
        ada.bring(Method::POST, "/api/upload", &[Part::file(name, b"text")]).await.fails_at("body");
    }
    for path in app.files() {
        assert!(path.starts_with("attachments/any/"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_run_in_a_browser_is_saved_and_never_shown() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".as_slice();
    for (name, claims, bytes) in [
        ("a.html", "text/html", b"<!DOCTYPE html><script>alert(1)</script>".as_slice()),
        ("a.png", "image/png", b"<html><body onload=alert(1)>"),
        ("a.svg", "image/svg+xml", svg),
        ("a.jpg", "image/jpeg", svg),
        (
            "a.xml",
            "text/xml",
            b"<?xml version=\"1.0\"?><x:script xmlns:x='http://www.w3.org/1999/xhtml'>alert(1)</x:script>",
        ),
        ("a.js", "text/javascript", b"alert(1)"),
        ("a.pdf", "application/pdf", b"%PDF-1.7 /JS (app.alert(1))"),
        ("a.swf", "application/x-shockwave-flash", b"CWS\x08aaaaaaaa"),
        ("a.bin", "text/html", b"\0\x01\x02<script>alert(1)</script>"),
    ] {
        let parts = [Part { claims, ..Part::file(name, bytes) }];
        let file = ada.bring(Method::POST, "/api/upload", &parts).await.ok()["attachments"][0].clone();
        assert_eq!(file["kind"], "document", "{name}");
        let got = ada.fetch(&url(&file), &[]).await;
        assert!(got.header("content-disposition").starts_with("attachment;"), "{name}");
        assert_eq!(got.header("x-content-type-options"), "nosniff");
        assert!(got.header("content-security-policy").contains("default-src 'none'"));
        for active in ["html", "xml", "svg", "script"] {
            assert!(!got.header("content-type").contains(active), "{name}: {}", got.header("content-type"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_broken_or_of_no_use_is_refused() {
    let app = App::builder().with("media.image_mb", "1").with("media.document_mb", "1").start().await;
    let ada = app.person("ada").await;
    let send =
        async |bytes: &[u8]| ada.bring(Method::POST, "/api/upload", &[Part::file("x.png", bytes)]).await;
    let (png, gif) = (encoded(&picture(300, 200), ImageFormat::Png), moving());
    for bytes in [
        &png[..png.len() / 2],
        &png[..40],
        &gif[..gif.len() - 1],
        &encoded(&picture(300, 200), ImageFormat::WebP)[..200],
        &photograph(300, 200)[..120],
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"RIFF\xff\xff\xff\xffWEBPVP8 ",
        b"MZ\x90\0\x03\0\0\0 a program",
        b"II*\0\x08\0\0\0 a TIFF, whose place could not be removed",
    ] {
        send(bytes).await.fails(415, "INVALID_FILE_TYPE");
    }
    let large = vec![b'x'; 1_048_577];
    assert_eq!(send(&large).await.fails(413, "FILE_TOO_LARGE")["details"]["bytes"], 1_048_576);
    // It looks like a picture until it is too large for one.
    let large = [png.as_slice(), &large].concat();
    send(&large).await.fails(413, "FILE_TOO_LARGE");
    assert_eq!((app.count("attachments").await, app.files().len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_none_are_refused() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let send = async |kind: &str, bytes: Vec<u8>| {
        let request = ada.request(Method::POST, "/api/upload").header("content-type", kind).body(bytes);
        tests::Answer::to(request).await
    };
    let whole = body(&[Part::file("a.txt", b"text")]);
    send("multipart/form-data", whole.clone()).await.fails_at("body");
    send("multipart/form-data; boundary=other", whole.clone()).await.fails_at("body");
    send(&content_type(), whole[..whole.len() - 20].to_vec()).await.fails_at("body");
    send(&content_type(), b"nothing of the sort".to_vec()).await.fails_at("body");
    send("text/plain", b"x".to_vec()).await.fails_at("body");
    let many = (0..40).map(|_| Part::text("x", "y")).collect::<Vec<_>>();
    ada.bring(Method::POST, "/api/upload", &many).await.fails_at("body");
    let long = "x".repeat(70_000);
    ada.bring(Method::POST, "/api/upload", &[Part::text("channelId", &long)]).await.fails_at("channelId");
    assert_eq!((app.count("attachments").await, app.files().len()), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_stops_claims_too_much_or_dawdles_gets_an_answer_and_leaves_nothing() {
    let app = App::builder().with("media.pause_s", "1").start().await;
    let ada = app.person("ada").await;
    let head = |length: u64| {
        format!(
            "POST /api/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: {}\r\n\
             Content-Length: {length}\r\n\r\n",
            ada.token(),
            content_type()
        )
    };
    let (_wire, answer) = Wire::request(app.url(), &head(10_000_000_000)).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let begun = String::from_utf8(body(&[Part::file("a.txt", b"the beginning")])[..150].to_vec()).unwrap();
    // It says no more: after a second it is told that this was too slow.
    let (_wire, answer) = Wire::request(app.url(), &format!("{}{begun}", head(100_000))).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    // It hangs up.
    let address = app.url().strip_prefix("http://").unwrap().to_string();
    for _ in 0..5 {
        let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, format!("{}{begun}", head(100_000)).as_bytes())
            .await
            .unwrap();
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    ada.upload("after.txt", b"all is well").await;
    assert_eq!((app.count("attachments").await, app.files().len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_takes_so_many_uploads_and_no_more() {
    let app = App::builder().with("media.uploads_at_once", "1").with("limits.enabled", "false").start().await;
    let ada = app.person("ada").await;
    let begun = body(&[Part::file("a.txt", b"the beginning")])[..150].to_vec();
    let head = format!(
        "POST /api/upload HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: {}\r\nContent-Length: 9999\r\n\r\n",
        ada.token(),
        content_type()
    );
    let address = app.url().strip_prefix("http://").unwrap().to_string();
    // One that begins while the other is received is refused itself, and holds no place.
    let mut begun_ones = Vec::new();
    loop {
        let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
        let request = [head.as_bytes(), &begun].concat();
        tokio::io::AsyncWriteExt::write_all(&mut stream, &request).await.unwrap();
        begun_ones.push(stream);
        let second = ada.bring(Method::POST, "/api/upload", &[Part::file("b.txt", b"b")]).await;
        if second.status.as_u16() == 503 {
            break;
        }
        assert!(begun_ones.len() < 50, "none of fifty was refused");
    }
    drop(begun_ones);
    tests::eventually("there is room again", async || {
        ada.bring(Method::POST, "/api/upload", &[Part::file("b.txt", b"b")]).await.status.is_success()
    })
    .await;
}
