//! Videos and sounds are converted, by the real ffmpeg: these tests say so and do nothing where it is not.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tests::upload::{Part, tone};
use tests::{App, AppBuilder, Ffmpeg, Person, Server, eventually};

use super::{holds, url};

/// How long a conversion may take here; generous, because two cores run many tests at once.
const LONG: Duration = Duration::from_secs(120);

fn converting() -> AppBuilder {
    App::builder()
        .with("media.convert.enabled", "true")
        .with("media.convert.niceness", "0")
        .with("media.convert.videos", "480p,720p")
}

/// Sends a file as a message; what the message is when it was converted.
async fn converted(person: &Person, server: &Server, name: &str, bytes: &[u8]) -> Value {
    let file = person.upload(name, bytes).await;
    assert_eq!(file["conversion"], "pending", "{name}");
    let body = json!({ "content": "x", "attachments": [file["id"]] });
    let messages = format!("/api/channels/{}/messages", server.channel);
    let sent = person.post(&messages, body).await.ok()["message"]["id"].as_str().unwrap().to_string();
    finished(person, server, &sent).await
}

async fn finished(person: &Person, server: &Server, message: &str) -> Value {
    let path = format!("/api/channels/{}/messages/{message}", server.channel);
    let deadline = tokio::time::Instant::now() + LONG;
    loop {
        let message = person.get(&path).await.ok()["message"].clone();
        if message["attachments"][0]["conversion"] != "pending" {
            return message;
        }
        assert!(tokio::time::Instant::now() < deadline, "it was never converted");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_gets_a_length_a_picture_and_copies_without_what_the_camera_noted() {
    let Some(ffmpeg) = Ffmpeg::find() else { return };
    let app = converting().start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut socket = app.socket(&ada, 0).await;
    socket.command("join-channel", json!({ "channelId": server.channel })).await;
    let place = ["-metadata", "location=+52.5200+013.4050/GPS-SECRET", "-movflags", "use_metadata_tags"];
    let video = ffmpeg.video("mp4", 900, 700, &place);
    assert!(holds(&video, "GPS-SECRET"));
    let sent = converted(&ada, &server, "a.mp4", &video).await;
    let file = &sent["attachments"][0];
    assert_eq!((&file["conversion"], &sent["type"]), (&json!("done"), &json!("video")));
    assert_eq!((&file["width"], &file["height"]), (&json!(900), &json!(700)));
    let length = file["duration"].as_f64().unwrap();
    assert!((1.9..2.3).contains(&length), "{length}");
    assert!(file["blurhash"].is_string());
    assert_eq!(file["waveform"].as_array().unwrap().len(), 100);
    for (preview, side) in [("thumbnailUrl", 200), ("previewUrl", 800)] {
        let got = ada.fetch(file[preview].as_str().unwrap(), &[]).await;
        assert_eq!(got.header("content-type"), "image/webp");
        let picture = image::load_from_memory_with_format(&got.bytes, image::ImageFormat::WebP).unwrap();
        assert_eq!(picture.width(), side);
    }
    let copies = file["renditions"].as_array().unwrap();
    assert_eq!(copies.len(), 1, "720 lines would be more than it has: {copies:?}");
    assert_eq!((&copies[0]["name"], &copies[0]["contentType"]), (&json!("480p"), &json!("video/mp4")));
    let copy = ada.fetch(copies[0]["url"].as_str().unwrap(), &[]).await;
    assert_eq!(
        (copy.header("content-type"), copy.bytes.len()),
        ("video/mp4", usize::try_from(copies[0]["size"].as_u64().unwrap()).unwrap())
    );
    assert!(!holds(&copy.bytes, "GPS-SECRET"));
    assert_eq!(ffmpeg.probe(&copy.bytes), json!({ "video": ["h264", 616, 480], "audio": "aac" }));
    let range = ada.fetch(copies[0]["url"].as_str().unwrap(), &[("range", "bytes=0-9")]).await;
    assert_eq!((range.status, range.bytes.len()), (206, 10));
    // Whoever is there hears of it, once.
    assert_eq!(socket.expect("new-message").await["id"], sent["id"]);
    let told = socket.expect("message-updated").await;
    assert_eq!((&told["id"], &told["attachments"]), (&sent["id"], &sent["attachments"]));
    // Addresses of copies carry their own signature.
    let link = format!("{}/url?rendition=480p", url(file));
    let link = ada.get(&link).await.ok()["url"].as_str().unwrap().to_string();
    assert_eq!(app.stranger().fetch(&link, &[]).await.bytes, copy.bytes);
    app.stranger().get(&link.replace("480p", "720p")).await.fails(404, "RESOURCE_NOT_FOUND");
    // And all of it goes with the message.
    assert_eq!(app.files().len(), 4);
    let (checked, found) = super::checking::check(&app, false).await;
    assert!(checked.is_clean(), "{found:?}");
    ada.delete(&format!("/api/messages/{}", sent["id"].as_str().unwrap())).await.ok();
    app.services().media.sweep(100).await.unwrap();
    assert!(app.files().is_empty(), "{:?}", app.files());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voice_message_of_a_browser_becomes_an_mp3_with_a_waveform() {
    let Some(ffmpeg) = Ffmpeg::find() else { return };
    let app = converting().start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    // As browsers record: through a pipe, so that the file does not say how long it is.
    let webm = ffmpeg.piped(&tone(), &["-c:a", "libopus", "-f", "webm"]);
    let parts = [
        Part { field: "audio", ..Part::file("voice.webm", &webm) },
        Part::text("channelId", &server.channel),
        Part::text("duration", "77"),
    ];
    let sent = ada.bring(Method::POST, "/api/voice-messages", &parts).await.ok();
    assert_eq!(sent["message"]["attachments"][0]["contentType"], "audio/webm");
    let message = finished(&ada, &server, sent["message"]["id"].as_str().unwrap()).await;
    let note = &message["voiceNote"];
    assert!((0.9..1.2).contains(&note["duration"].as_f64().unwrap()), "measured, not believed: {note}");
    let peaks =
        note["waveform"].as_array().unwrap().iter().map(|peak| peak.as_u64().unwrap()).collect::<Vec<_>>();
    assert!(peaks[..20].iter().sum::<u64>() * 3 < peaks[60..80].iter().sum(), "it grows louder: {peaks:?}");
    let mp3 = ada.fetch(note["url"].as_str().unwrap(), &[]).await;
    assert_eq!(mp3.header("content-type"), "audio/mpeg");
    assert_eq!(ffmpeg.probe(&mp3.bytes), json!({ "video": null, "audio": "mp3" }));
    assert!(message["attachments"][0]["thumbnailUrl"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clip_is_made_in_all_sizes_that_it_is_large_enough_for() {
    let Some(ffmpeg) = Ffmpeg::find() else { return };
    let app = converting().start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let video = ffmpeg.video("webm", 1280, 720, &[]);
    let parts =
        [Part { field: "file", ..Part::file("c.webm", &video) }, Part::text("channelId", &server.channel)];
    let sent = ada.bring(Method::POST, "/api/clips", &parts).await.ok();
    let message = finished(&ada, &server, sent["message"]["id"].as_str().unwrap()).await;
    let copies = message["attachments"][0]["renditions"].as_array().unwrap().iter();
    assert_eq!(copies.map(|copy| copy["name"].clone()).collect::<Vec<_>>(), ["480p", "720p"]);
    let clip = &ada.get("/api/clips").await.ok()["clips"][0];
    assert!(clip["thumbnailUrl"].is_string() && clip["duration"].is_number(), "{clip}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_claims_to_be_a_video_reads_nothing_and_harms_nobody() {
    let Some(ffmpeg) = Ffmpeg::find() else { return };
    let app = converting().with("media.convert.timeout_s", "20").start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let secret = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(secret.path(), tone()).unwrap();
    let path = secret.path().display().to_string();
    let mp4 = ffmpeg.video("mp4", 64, 64, &[]);
    let head = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec();
    for (what, bytes) in [
        ("a head and nothing", head.clone()),
        (
            "a playlist behind a head",
            [head.as_slice(), b"\n#EXTM3U\n#EXTINF:1,\nfile://", path.as_bytes(), b"\n"].concat(),
        ),
        ("half a video", mp4[..mp4.len() / 2].to_vec()),
        ("a sound of no sound", b"RIFF\x04\0\0\0WAVE".to_vec()),
        ("an MP3 that is none", b"ID3\x03\0\0\0\0\0\0 nothing of the sort".to_vec()),
        (
            "a Matroska that is none",
            [b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x82\x84webm".as_slice(), &[7; 4_000]].concat(),
        ),
        ("an Ogg that is none", [b"OggS\0\x02".as_slice(), &[7; 4_000]].concat()),
    ] {
        let message = converted(&ada, &server, what, &bytes).await;
        let file = &message["attachments"][0];
        assert_eq!(file["conversion"], "failed", "{what}: {file}");
        assert!(file["waveform"].is_null() && file["renditions"].is_null(), "{what}: {file}");
        assert_eq!(ada.fetch(&url(file), &[]).await.bytes, bytes, "{what}: it is as it came");
    }
    assert_eq!(app.files().len(), 7, "nothing else was left: {:?}", app.files());
    assert_eq!(app.count("jobs").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_takes_too_long_is_given_up_and_leaves_no_process_and_no_folder() {
    let Some(ffmpeg) = Ffmpeg::find() else { return };
    let app = converting()
        .with("media.convert.threads", "1")
        .with("media.convert.timeout_s", "1")
        .with("media.convert.videos", "1080p")
        .start()
        .await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let long = ffmpeg.long_video();
    let message = converted(&ada, &server, "long.mp4", &long).await;
    assert_eq!(message["attachments"][0]["conversion"], "failed");
    eventually("no program is left", async || !running_in(&app.spool())).await;
    assert_eq!(app.files().len(), 1);
    assert_eq!(std::fs::read_dir(app.spool()).unwrap().count(), 0);
}

/// Whether a process works in a folder below this one.
fn running_in(folder: &std::path::Path) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let mut folders = processes.filter_map(|process| std::fs::read_link(process.path().join("cwd")).ok());
    folders.any(|at| at.starts_with(folder))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_removed_while_it_is_converted_leaves_nothing() {
    let Some(ffmpeg) = Ffmpeg::find() else { return };
    let app = converting().start().await;
    let ada = app.person("ada").await;
    for _ in 0..3 {
        let file = ada.upload("a.mp4", &ffmpeg.video("mp4", 640, 480, &[])).await;
        eventually("it is being converted", async || {
            running_in(&app.spool()) || app.count("jobs").await == 0
        })
        .await;
        ada.delete(&url(&file)).await.ok();
        app.services().media.sweep(100).await.unwrap();
        eventually("the job is done", async || app.count("jobs").await == 0).await;
        assert_eq!(app.files(), Vec::<String>::new());
    }
}
