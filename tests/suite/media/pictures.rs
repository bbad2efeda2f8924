//! Pictures: what is kept of them, and what is not.

use image::{GenericImageView, ImageFormat};
use tests::App;
use tests::upload::{bomb, encoded, moving, photograph, picture};

use super::{holds, url};
use reqwest::Method;
use tests::upload::Part;

#[tokio::test(flavor = "multi_thread")]
async fn a_photograph_loses_its_place_and_stands_upright() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let photo = photograph(1200, 900);
    assert!(holds(&photo, "GPS-SECRET"));
    let file = ada.upload("IMG_1.jpg", &photo).await;
    assert_eq!((file["kind"].as_str(), file["contentType"].as_str()), (Some("image"), Some("image/jpeg")));
    assert_eq!((file["width"].as_i64(), file["height"].as_i64()), (Some(900), Some(1200)));
    assert!(file["blurhash"].as_str().is_some_and(|hash| hash.len() > 6));
    let got = ada.fetch(&url(&file), &[]).await;
    assert_eq!(got.header("content-disposition").split(';').next(), Some("inline"));
    assert!(!holds(&got.bytes, "GPS-SECRET") && !holds(&got.bytes, "Exif"));
    let upright = image::load_from_memory(&got.bytes).unwrap();
    assert_eq!(upright.dimensions(), (900, 1200));
    // Turned to the right, what was at the left below is at the left above: little red, much green.
    let corner = upright.to_rgb8().get_pixel(2, 2).0;
    assert!(corner[0] < 40 && corner[1] > 200, "{corner:?}");
    for (name, width, height) in [("thumbnailUrl", 150, 200), ("previewUrl", 600, 800)] {
        let path = file[name].as_str().unwrap();
        let small = ada.fetch(path, &[]).await;
        assert_eq!((small.status, small.header("content-type")), (200, "image/webp"));
        assert!(small.header("etag") != got.header("etag"));
        let small = image::load_from_memory(&small.bytes).unwrap();
        assert_eq!(small.dimensions(), (width, height), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_format_is_kept_without_what_is_hidden_in_it() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    for (format, mime) in [
        (ImageFormat::Png, "image/png"),
        (ImageFormat::Jpeg, "image/jpeg"),
        (ImageFormat::Gif, "image/gif"),
        (ImageFormat::WebP, "image/webp"),
    ] {
        // A polyglot: behind the picture stands a page.
        let mut bytes = encoded(&picture(120, 80), format);
        bytes.extend_from_slice(b"<html><script>alert(1)</script></html>");
        let file = ada.upload("page.html", &bytes).await;
        assert_eq!(file["contentType"], mime);
        assert!(file.get("thumbnailUrl").is_none(), "it is small enough");
        let got = ada.fetch(&url(&file), &[]).await;
        assert!(!holds(&got.bytes, "script"), "{mime}");
        assert_eq!(image::load_from_memory(&got.bytes).unwrap().dimensions(), (120, 80));
        let same = ada.fetch(&format!("{}?size=800", url(&file)), &[]).await;
        assert_eq!((same.header("content-type"), &same.bytes), (mime, &got.bytes));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gif_goes_on_moving() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let file = ada.upload("dance.gif", &moving()).await;
    let got = ada.fetch(&url(&file), &[]).await;
    assert!(holds(&got.bytes, "NETSCAPE2.0") && !holds(&got.bytes, "GPS-SECRET"));
    let decoder = image::codecs::gif::GifDecoder::new(std::io::Cursor::new(got.bytes)).unwrap();
    assert_eq!(image::AnimationDecoder::into_frames(decoder).count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_of_too_many_pixels_is_an_error() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    for (width, height) in [(10_000, 10_000), (65_535, 65_535), (2_000_000_000, 1), (1, 2_000_000_000)] {
        let bytes = bomb(width, height);
        let parts = [Part::file("b.png", &bytes)];
        let answer = ada.bring(Method::POST, "/api/upload", &parts).await;
        assert_eq!(
            answer.fails(413, "FILE_TOO_LARGE")["details"]["pixels"],
            50_000_000,
            "{width} × {height}"
        );
    }
    // It says less than it has, or more: it is not whole.
    let bytes = bomb(3_000, 3_000);
    let parts = [Part::file("b.png", &bytes)];
    ada.bring(Method::POST, "/api/upload", &parts).await.fails(415, "INVALID_FILE_TYPE");
    assert!(app.files().is_empty());
}
