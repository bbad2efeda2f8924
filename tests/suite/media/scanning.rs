//! Files are looked at for malware before they are kept.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tests::upload::{Part, encoded, picture, tone};
use tests::{Answer, App, Clamd, Person, eicar};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// What a peer does that is no good clamd.
#[derive(Clone, Copy, Debug)]
enum Script {
    /// Takes nothing and says nothing.
    Hang,
    /// Hangs up at once.
    HangUp,
    /// Reads some, then hangs up.
    BreakOff,
    /// Says this, after everything came.
    Say(&'static [u8]),
    /// Says this before everything came, and hangs up.
    Interrupt(&'static [u8]),
    /// Hangs up the first time, then says that all is well.
    HangUpOnce,
}

/// A peer that follows the script; where it is.
async fn peer(script: Script) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        let mut first = true;
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(follow(stream, script, std::mem::take(&mut first)));
        }
    });
    address
}

async fn follow(mut stream: TcpStream, script: Script, first: bool) {
    match script {
        Script::Hang => tokio::time::sleep(Duration::from_secs(600)).await,
        Script::HangUp => {}
        Script::HangUpOnce if first => {}
        Script::BreakOff => {
            let _ = stream.read(&mut [0; 10]).await;
        }
        Script::Interrupt(words) => {
            let _ = stream.read(&mut [0; 10]).await;
            let _ = stream.write_all(words).await;
            // What comes is thrown away, so that the answer is not.
            let _ = stream.shutdown().await;
            let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
        }
        Script::Say(words) => answer(&mut stream, words).await,
        Script::HangUpOnce => answer(&mut stream, b"stream: OK\0").await,
    }
}

async fn answer(stream: &mut TcpStream, words: &[u8]) {
    let mut command = [0; 10];
    stream.read_exact(&mut command).await.unwrap();
    assert_eq!(&command, b"zINSTREAM\0");
    loop {
        let length = stream.read_u32().await.unwrap();
        if length == 0 {
            break;
        }
        stream.read_exact(&mut vec![0; usize::try_from(length).unwrap()]).await.unwrap();
    }
    stream.write_all(words).await.unwrap();
}

async fn scanned(address: &str) -> (App, Person) {
    let app =
        App::builder().with("media.scan.clamd", address).with("media.scan.timeout_s", "2").start().await;
    let ada = app.person("ada").await;
    (app, ada)
}

async fn upload(person: &Person, bytes: &[u8]) -> Answer {
    person.bring(Method::POST, "/api/upload", &[Part::file("a.txt", bytes)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_answer_as_clamd_does_lets_nothing_through() {
    let large = vec![b'x'; 3_000_000];
    for script in [
        Script::Hang,
        Script::HangUp,
        Script::BreakOff,
        Script::Say(b""),
        Script::Say(b"all is well\0"),
        Script::Say(b"UNKNOWN COMMAND\0"),
        Script::Say(b"stream: lstat() failed ERROR\0"),
        Script::Interrupt(b"INSTREAM size limit exceeded. ERROR\0"),
    ] {
        let (app, ada) = scanned(&peer(script).await).await;
        let refused = upload(&ada, &large).await.fails(503, "UNAVAILABLE");
        assert!(refused["error"].as_str().unwrap().contains("malware"), "{script:?}: {refused}");
        assert_eq!((app.count("attachments").await, app.files().len()), (0, 0), "{script:?}");
    }
    // Nobody is there at all.
    let (app, ada) = scanned("unix:/nonexistent/clamd").await;
    upload(&ada, b"x").await.fails(503, "UNAVAILABLE");
    assert_eq!(app.files().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_breaks_is_tried_again_and_what_is_found_is_told() {
    let (app, ada) = scanned(&peer(Script::HangUpOnce).await).await;
    upload(&ada, b"x").await.ok();
    assert_eq!(app.files().len(), 1);
    for script in
        [Script::Say(b"stream: Worm.Mydoom FOUND\0"), Script::Interrupt(b"stream: Worm.Mydoom FOUND\0")]
    {
        let (app, ada) = scanned(&peer(script).await).await;
        let refused = upload(&ada, &vec![b'x'; 3_000_000]).await.fails(415, "INVALID_FILE_TYPE");
        assert_eq!(refused["details"], json!({ "malware": "Worm.Mydoom" }));
        assert_eq!((app.count("attachments").await, app.files().len()), (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_clamd_finds_the_test_file_wherever_it_comes() {
    let Some(clamd) = Clamd::start().await else { return };
    let (app, ada) = scanned(&clamd.address()).await;
    let server = ada.create_server("Engines").await;
    let png = encoded(&picture(90, 90), image::ImageFormat::Png);
    ada.upload("good.txt", b"good").await;
    ada.upload("good.png", &png).await;
    let found = upload(&ada, &eicar()).await.fails(415, "INVALID_FILE_TYPE");
    assert!(found["details"]["malware"].as_str().unwrap().starts_with("Eicar-Test-Signature"), "{found}");
    let good = Part::file("good.txt", b"good");
    let bad = eicar();
    ada.bring(Method::POST, "/api/upload", &[good, Part::file("bad.txt", &bad)])
        .await
        .fails(415, "INVALID_FILE_TYPE");
    let avatar = Part { field: "avatar", ..Part::file("me.png", &png) };
    ada.bring(Method::POST, "/api/users/avatar", &[avatar]).await.ok();
    let sound = tone();
    let clip =
        [Part { field: "file", ..Part::file("c.wav", &sound) }, Part::text("channelId", &server.channel)];
    ada.bring(Method::POST, "/api/clips", &clip).await.ok();
    // More than it is set to look at.
    upload(&ada, &vec![b'x'; 1_500_000]).await.fails(503, "UNAVAILABLE");
    assert_eq!(app.count("attachments").await, 3);
    let root = app.admin("root").await;
    let entries = root.get("/api/admin/audit-log?action=malware-found").await.ok();
    let entries = entries["auditLog"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    let who = |entry: &Value| entry["subject"]["id"].clone();
    assert!(
        entries.iter().all(|entry| who(entry) == json!(ada.id) && entry["details"]["malware"].is_string())
    );
}
