//! What ffmpeg and ffprobe are told of a file that came from a stranger.

/// Decoders that may be used: those of what people send. ffmpeg has hundreds, most of them for games of the nineties.
const DECODERS: &str = "h264,hevc,av1,libdav1d,libaom-av1,vp8,vp9,libvpx,libvpx-vp9,mpeg4,mpeg2video,mpeg1video,h263,mjpeg,prores,\
theora,flv,msmpeg4v3,wmv2,wmv3,vc1,aac,mp3,mp3float,mp2,mp2float,opus,libopus,vorbis,libvorbis,flac,alac,ac3,eac3,amrnb,amrwb,\
libopencore_amrnb,libopencore_amrwb,wmav1,wmav2,pcm_s16le,pcm_s16be,pcm_s24le,pcm_s24be,pcm_s32le,pcm_s32be,pcm_f32le,\
pcm_f32be,pcm_u8,pcm_s8,pcm_alaw,pcm_mulaw";

/// A kind of container: what reads it. Nothing else is tried, so a playlist or a script that is called a video is not read
/// as what it is; and none of these reads another file than the one that it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Container(&'static str);

impl Container {
    /// What reads files of this media type; `None` of what is not converted.
    pub(crate) fn of(content_type: &str) -> Option<Self> {
        Some(Self(match content_type {
            "video/mp4" | "video/x-m4v" | "video/quicktime" | "audio/mp4" => "mov",
            "video/webm" | "video/x-matroska" | "audio/webm" => "matroska",
            "video/x-msvideo" => "avi",
            "video/x-flv" => "flv",
            "video/mpeg" => "mpeg",
            "video/x-ms-wmv" => "asf",
            "audio/mpeg" => "mp3",
            "audio/ogg" => "ogg",
            "audio/wav" => "wav",
            "audio/flac" => "flac",
            "audio/aac" => "aac",
            "audio/amr" => "amr",
            "audio/x-aiff" => "aiff",
            _ => return None,
        }))
    }

    /// What stands before the options of the output, for a file in the folder where the program runs.
    pub(super) fn words(self, file: &str) -> Vec<String> {
        let mut words = vec!["-protocol_whitelist", "file", "-codec_whitelist", DECODERS, "-f", self.0];
        if self.0 == "mov" {
            // They are off unless asked for: tracks that say that their data is in another file.
            words.extend(["-enable_drefs", "0", "-use_absolute_path", "0"]);
        }
        words.push("-i");
        let mut words = words.into_iter().map(String::from).collect::<Vec<_>>();
        words.push(format!("file:{file}"));
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_as_what_it_was_found_to_be_and_opens_no_other() {
        let words = Container::of("video/mp4").unwrap().words("in").join(" ");
        assert!(words.starts_with("-protocol_whitelist file -codec_whitelist h264,"), "{words}");
        assert!(words.ends_with(" -f mov -enable_drefs 0 -use_absolute_path 0 -i file:in"), "{words}");
        for other in
            ["text/plain", "application/octet-stream", "image/gif", "audio/midi", "application/x-mpegurl"]
        {
            assert_eq!(Container::of(other), None, "{other}");
        }
    }
}
