//! What is in a video or sound, as ffprobe tells it. Pure.

use serde::Deserialize;

use super::plan::Size;

/// What ffprobe is asked for.
pub(super) const QUESTION: [&str; 6] = [
    "-v",
    "error",
    "-show_entries",
    "format=duration:stream=codec_type,width,height,duration:stream_disposition=attached_pic:stream_tags=rotate:stream_side_data=rotation",
    "-of",
    "json",
];

/// What is in a video or sound.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Probed {
    /// How long it is, if it says so: what a browser recorded does not.
    pub(super) duration_ms: Option<i32>,
    /// How large its video is, the right way up.
    pub(super) video: Option<Size>,
    /// Whether it can be heard.
    pub(super) audio: bool,
}

#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    streams: Vec<Stream>,
    #[serde(default)]
    format: Format,
}

#[derive(Default, Deserialize)]
struct Format {
    duration: Option<String>,
}

#[derive(Deserialize)]
struct Stream {
    codec_type: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    duration: Option<String>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    tags: Tags,
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

#[derive(Default, Deserialize)]
struct Disposition {
    #[serde(default)]
    attached_pic: u8,
}

#[derive(Default, Deserialize)]
struct Tags {
    rotate: Option<String>,
}

#[derive(Deserialize)]
struct SideData {
    rotation: Option<i32>,
}

impl Stream {
    fn is(&self, kind: &str) -> bool {
        // The picture on a record's sleeve is no video.
        self.codec_type.as_deref() == Some(kind) && self.disposition.attached_pic == 0
    }

    /// As it is shown: telephones film lying on their side, and say so.
    fn size(&self) -> Option<Size> {
        let (width, height) = (self.width?, self.height?);
        let noted = self.side_data_list.iter().find_map(|data| data.rotation);
        let turn = noted.or_else(|| self.tags.rotate.as_deref()?.parse().ok()).unwrap_or(0);
        let lies = turn.rem_euclid(180) == 90;
        let size = if lies { Size { width: height, height: width } } else { Size { width, height } };
        (width > 0 && height > 0).then_some(size)
    }
}

/// What ffprobe told; `None` when it makes no sense.
pub(super) fn understood(told: &[u8]) -> Option<Probed> {
    let told = serde_json::from_slice::<Told>(told).ok()?;
    let video = told.streams.iter().find(|stream| stream.is("video"));
    let durations = told.streams.iter().filter_map(|stream| stream.duration.as_deref());
    let durations = told.format.duration.as_deref().into_iter().chain(durations);
    Some(Probed {
        duration_ms: durations.filter_map(millis).max(),
        video: video.and_then(Stream::size),
        audio: told.streams.iter().any(|stream| stream.is("audio")),
    })
}

/// Seconds with decimals, in milliseconds.
fn millis(seconds: &str) -> Option<i32> {
    let (whole, part) = seconds.split_once('.').unwrap_or((seconds, ""));
    let part = part.chars().chain("000".chars()).take(3).collect::<String>();
    let millis = whole.parse::<i32>().ok()?.checked_mul(1_000)?.checked_add(part.parse::<i32>().ok()?)?;
    (millis >= 0 && !whole.starts_with('-')).then_some(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ffprobe_tells_is_understood() {
        let filmed = br#"{"programs": [], "streams": [
            {"codec_type": "video", "width": 1920, "height": 1080, "duration": "2.000000", "disposition": {"attached_pic": 0},
             "side_data_list": [{}, {"rotation": -90}]},
            {"codec_type": "audio", "duration": "2.041000", "disposition": {"attached_pic": 0}}],
            "format": {"duration": "2.041"}}"#;
        let size = Size { width: 1080, height: 1920 };
        let expected = Probed { duration_ms: Some(2_041), video: Some(size), audio: true };
        assert_eq!(understood(filmed), Some(expected));
        let song = br#"{"streams": [{"codec_type": "audio"}, {"codec_type": "video", "width": 9, "height": 9,
            "disposition": {"attached_pic": 1}}], "format": {}}"#;
        assert_eq!(understood(song), Some(Probed { audio: true, ..Probed::default() }));
        let turned =
            br#"{"streams": [{"codec_type": "video", "width": 4, "height": 2, "tags": {"rotate": "270"}}]}"#;
        assert_eq!(understood(turned).unwrap().video, Some(Size { width: 2, height: 4 }));
        assert_eq!(understood(b"{}"), Some(Probed::default()));
        assert_eq!(understood(b"no JSON"), None);
    }

    #[test]
    fn durations_are_read_or_left_out() {
        for (told, expected) in [
            ("0.5", Some(500)),
            ("12", Some(12_000)),
            ("1.23456", Some(1_234)),
            ("N/A", None),
            ("-1.0", None),
            ("-0.5", None),
            ("99999999999.0", None),
            ("1.x", None),
        ] {
            assert_eq!(millis(told), expected, "{told}");
        }
    }
}
