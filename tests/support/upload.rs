//! Bodies that bring files, and pictures to bring.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::Method;

use crate::{Answer, Person};

const BOUNDARY: &str = "----guildhall-9f2c";

/// A part of a body.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// Which field it is.
    pub field: &'a str,
    /// What the file is called; none for a text.
    pub name: Option<&'a str>,
    /// What it claims to be.
    pub claims: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
}

impl<'a> Part<'a> {
    /// A file.
    pub fn file(name: &'a str, bytes: &'a [u8]) -> Self {
        Self { field: "files", name: Some(name), claims: "application/octet-stream", bytes }
    }

    /// A text.
    pub fn text(field: &'a str, text: &'a str) -> Self {
        Self { field, name: None, claims: "text/plain", bytes: text.as_bytes() }
    }
}

/// The body of these parts.
pub fn body(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for Part { field, name, claims, bytes } in parts {
        let name = name.map(|name| format!("; filename=\"{name}\"")).unwrap_or_default();
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"{name}\r\nContent-Type: {claims}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

/// What such a body is.
pub fn content_type() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

impl Person {
    /// Sends a body of parts.
    pub async fn bring(&self, method: Method, path: &str, parts: &[Part<'_>]) -> Answer {
        let request = self.request(method, path).header("content-type", content_type());
        Answer::to(request.body(body(parts))).await
    }

    /// Uploads one file for any channel; what the answer says of it.
    pub async fn upload(&self, name: &str, bytes: &[u8]) -> serde_json::Value {
        let answer = self.bring(Method::POST, "/api/upload", &[Part::file(name, bytes)]).await.ok();
        answer["attachments"][0].clone()
    }

    /// The status, headers and bytes at a path.
    pub async fn fetch(&self, path: &str, headers: &[(&str, &str)]) -> Fetched {
        let request = self.request(Method::GET, path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Fetched { status, headers, bytes: response.bytes().await.expect("a body").to_vec() }
    }
}

/// An answer that is a file.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Its status.
    pub status: u16,
    /// Its headers.
    pub headers: reqwest::header::HeaderMap,
    /// Its body.
    pub bytes: Vec<u8>,
}

impl Fetched {
    /// One of its headers; empty without it.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// A picture in which no two corners are alike.
pub fn picture(width: u32, height: u32) -> DynamicImage {
    let byte = |part: u32, whole: u32| u8::try_from(part * 255 / whole.max(1)).expect("a byte");
    DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
        Rgb([byte(x, width), byte(y, height), 96])
    }))
}

/// It in a file.
pub fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).expect("a picture");
    file.into_inner()
}

/// A JPEG as a telephone makes it: lying on its side, with the place where it was taken.
pub fn photograph(width: u32, height: u32) -> Vec<u8> {
    // TIFF 6.0 and Exif 2.3: orientation 6 (turn it right), a pointer to GPS, latitude.
    let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02".to_vec();
    exif.extend_from_slice(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0");
    exif.extend_from_slice(b"\x88\x25\0\x04\0\0\0\x01\0\0\0\x26\0\0\0\0");
    exif.extend_from_slice(b"\0\x01\0\x1d\0\x02\0\0\0\x0bGPS-SECRET\0\0\0\0\0");
    let jpeg = encoded(&picture(width, height), ImageFormat::Jpeg);
    let length = u16::try_from(exif.len() + 2).expect("a short segment");
    [&jpeg[..2], b"\xff\xe1", &length.to_be_bytes(), &exif, &jpeg[2..]].concat()
}

/// A GIF of two frames with a comment.
pub fn moving() -> Vec<u8> {
    let mut gif = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0".to_vec();
    gif.extend_from_slice(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0\x21\xfe\x0eGPS-SECRET-two\0");
    for _ in 0..2 {
        gif.extend_from_slice(b"\x21\xf9\x04\0\x0a\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0");
    }
    gif.push(b';');
    gif
}

/// A PNG that announces so many pixels, and has next to none: a bomb.
pub fn bomb(width: u32, height: u32) -> Vec<u8> {
    let png = encoded(&picture(1, 1), ImageFormat::Png);
    let mut head = b"IHDR".to_vec();
    head.extend_from_slice(&width.to_be_bytes());
    head.extend_from_slice(&height.to_be_bytes());
    head.extend_from_slice(&png[24..29]);
    let sum = crc(&head).to_be_bytes();
    [&png[..12], &head, &sum, &png[33..]].concat()
}

/// The checksum of PNG's chunks.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 },
        )
    })
}

/// A second of a tone that grows from silence, as WAV: 16 bits, 8,000 samples a second.
pub fn tone() -> Vec<u8> {
    let samples = (0..8_000_i32).flat_map(|n| {
        let loud = if n % 20 < 10 { n } else { -n };
        i16::try_from(loud * 4).expect("a sample").to_le_bytes()
    });
    let samples = samples.collect::<Vec<_>>();
    let length = u32::try_from(samples.len()).expect("a short sound");
    let mut wav = b"RIFF".to_vec();
    wav.extend_from_slice(&(36 + length).to_le_bytes());
    wav.extend_from_slice(b"WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data");
    wav.extend_from_slice(&length.to_le_bytes());
    wav.extend_from_slice(&samples);
    wav
}
