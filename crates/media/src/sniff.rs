//! What is in a file, by its first bytes.

use infer::MatcherType;

use crate::Error;
use crate::kind::Kind;
use crate::picture::Format;

/// So many first bytes tell: more than any signature needs, and those of office documents, whose names stand behind the
/// first entry of a zip archive.
pub(crate) const HEAD: usize = 8_192;

/// What a file is by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sniffed {
    pub(crate) kind: Kind,
    /// The media type that it is served under.
    pub(crate) content_type: &'static str,
    /// Of a picture that can be worked at.
    pub(crate) format: Option<Format>,
}

impl Sniffed {
    /// It, when it is to be heard: what a browser records has the container of a video.
    pub(crate) fn heard(self) -> Option<Self> {
        let content_type = match (self.kind, self.content_type) {
            (Kind::Audio, content_type) => content_type,
            (_, "video/webm") => "audio/webm",
            (_, "video/mp4") => "audio/mp4",
            _ => return None,
        };
        Some(Self { kind: Kind::Audio, content_type, format: None })
    }
}

/// Why a picture of another format is refused.
const UNFIT: Error = Error::Type("of pictures, JPEG, PNG, GIF and WebP can be sent; save it as one of these");

/// What a file is that begins with `head`.
///
/// # Errors
/// [`Error::Type`]: a program, or a picture that cannot be worked at, for then what it tells of its maker (the place where it
/// was taken) could not be removed.
pub(crate) fn sniff(head: &[u8]) -> Result<Sniffed, Error> {
    let other = |kind, content_type| Ok(Sniffed { kind, content_type, format: None });
    if is_tiff(head) {
        return Err(UNFIT);
    }
    let Some(found) = infer::get(head) else {
        return other(Kind::Document, if is_text(head) { "text/plain" } else { "application/octet-stream" });
    };
    match (found.matcher_type(), found.mime_type()) {
        (MatcherType::Image, mime) => {
            let format = Format::of(mime).ok_or(UNFIT)?;
            Ok(Sniffed { kind: Kind::Image, content_type: format.mime(), format: Some(format) })
        }
        (MatcherType::Video, mime) => other(Kind::Video, mime),
        (MatcherType::Audio, mime) => other(Kind::Audio, browsers_name(mime)),
        (MatcherType::App, mime) if !mime.ends_with("-cert") && !mime.ends_with("-disk") => {
            Err(Error::Type("programs cannot be sent; put it into an archive"))
        }
        // HTML, XML (so SVG) and scripts are text to us, and are served as nothing else.
        (MatcherType::Text, _) => other(Kind::Document, "text/plain"),
        (_, mime) => other(Kind::Document, mime),
    }
}

/// Whether it is TIFF, or one of the raw formats of cameras that are made of it: `infer` does not see all of them.
fn is_tiff(head: &[u8]) -> bool {
    head.starts_with(b"II*\0") || head.starts_with(b"MM\0*")
}

/// The names that browsers know.
fn browsers_name(mime: &'static str) -> &'static str {
    match mime {
        "audio/x-wav" => "audio/wav",
        "audio/x-flac" => "audio/flac",
        "audio/m4a" => "audio/mp4",
        "audio/opus" => "audio/ogg",
        other => other,
    }
}

/// Whether it is text in UTF-8, as far as it can be seen.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The head may end within a character.
        Err(error) if error.error_len().is_none() && head.len() >= HEAD => head
            .get(..error.valid_up_to())
            .and_then(|text| std::str::from_utf8(text).ok())
            .unwrap_or_default(),
        Err(_) => return false,
    };
    kernel::text::control_character(text).is_none()
}

/// Whether browsers may show what is served under this type: nothing in it can be a script.
pub(crate) fn is_inline(content_type: &str) -> bool {
    matches!(
        content_type,
        "image/jpeg"
            | "image/png"
            | "image/gif"
            | "image/webp"
            | "video/mp4"
            | "video/webm"
            | "video/quicktime"
            | "audio/mpeg"
            | "audio/ogg"
            | "audio/wav"
            | "audio/flac"
            | "audio/mp4"
            | "audio/aac"
            | "audio/webm"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(head: &[u8]) -> (Kind, &'static str) {
        let found = sniff(head).unwrap();
        (found.kind, found.content_type)
    }

    #[test]
    fn the_content_tells_what_it_is() {
        assert_eq!(kind(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), (Kind::Image, "image/png"));
        assert_eq!(kind(b"\xff\xd8\xff\xe0\0\x10JFIF"), (Kind::Image, "image/jpeg"));
        assert_eq!(kind(b"GIF89a\x01\0\x01\0"), (Kind::Image, "image/gif"));
        assert_eq!(kind(b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"), (Kind::Video, "video/mp4"));
        assert_eq!(kind(b"ID3\x03\0\0\0\0\0\0"), (Kind::Audio, "audio/mpeg"));
        assert_eq!(kind(b"%PDF-1.7\n"), (Kind::Document, "application/pdf"));
        assert_eq!(kind(b"PK\x03\x04\x14\0\0\0"), (Kind::Document, "application/zip"));
        assert_eq!(kind("a;b\nä;c\n".as_bytes()), (Kind::Document, "text/plain"));
        assert_eq!(kind(b"\x01\x02\x03\0"), (Kind::Document, "application/octet-stream"));
        assert_eq!(kind(b""), (Kind::Document, "text/plain"));
    }

    #[test]
    fn what_could_hold_a_script_is_plain_text_and_never_inline() {
        for text in [
            "<!DOCTYPE html><script>alert(1)</script>",
            "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
            "<?xml version=\"1.0\"?><svg/>",
            "#!/bin/sh\nrm -rf /",
        ] {
            let (kind, content_type) = kind(text.as_bytes());
            assert_eq!((kind, content_type), (Kind::Document, "text/plain"), "{text}");
            assert!(!is_inline(content_type));
        }
        assert!(!is_inline("application/pdf") && !is_inline("image/svg+xml") && !is_inline("text/html"));
    }

    #[test]
    fn programs_and_pictures_that_cannot_be_cleaned_are_refused() {
        assert!(matches!(sniff(b"MZ\x90\0\x03\0\0\0"), Err(Error::Type(_))));
        assert!(matches!(sniff(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\x3e\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), Err(Error::Type(_))));
        assert!(matches!(sniff(b"II*\0\x10\0\0\0"), Err(Error::Type(_))), "TIFF");
        assert!(matches!(sniff(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), Err(Error::Type(_))), "HEIC");
    }

    #[test]
    fn a_head_may_end_within_a_character() {
        let mut text = "ä".repeat(HEAD / 2 - 1).into_bytes();
        text.extend_from_slice(b"xyz");
        text.extend_from_slice("ä".as_bytes());
        text.truncate(HEAD);
        assert_eq!(kind(&text).1, "text/plain");
    }
}
