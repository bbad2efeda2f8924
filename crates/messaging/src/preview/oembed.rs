//! What a page says of itself when asked by oEmbed. Pure.

use serde::Deserialize;
use url::Url;

use super::Found;
use super::html::{picture, tidy};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Answer {
    title: Option<String>,
    author_name: Option<String>,
    provider_name: Option<String>,
    thumbnail_url: Option<String>,
}

/// What an answer that came from `url` says. One that is none says nothing.
pub(super) fn read(body: &[u8], url: &Url) -> Found {
    let answer = serde_json::from_slice::<Answer>(body).unwrap_or_default();
    Found {
        title: answer.title.and_then(|title| tidy(&title, 200)),
        description: answer.author_name.and_then(|author| tidy(&author, 100)),
        image: answer.thumbnail_url.and_then(|link| picture(&link, url)),
        site: answer.provider_name.and_then(|name| tidy(&name, 100)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read_and_nonsense_is_nothing() {
        let url = Url::parse("https://example.org/oembed").unwrap();
        let found = read(br#"{"title": " A\nB ", "thumbnail_url": "/t.png", "version": 1.0}"#, &url);
        assert_eq!(
            (found.title.as_deref(), found.image.as_deref()),
            (Some("A B"), Some("https://example.org/t.png"))
        );
        assert_eq!(read(b"<html>", &url), Found::default());
        assert_eq!(read(br#"{"title": 7}"#, &url), Found::default());
    }
}
