//! The real ffmpeg, to make videos and sounds with and to look at what became of them.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// It, where it is installed.
#[derive(Debug)]
pub struct Ffmpeg(tempfile::TempDir);

impl Ffmpeg {
    /// It, if it is installed; else a word of why the test does nothing.
    pub fn find() -> Option<Self> {
        let is_there =
            |name: &str| Command::new(name).arg("-version").output().is_ok_and(|out| out.status.success());
        if is_there("ffmpeg") && is_there("ffprobe") {
            return Some(Self(tempfile::tempdir().expect("a folder")));
        }
        crate::skipped("ffmpeg is not installed (Debian: apt-get install ffmpeg)");
        None
    }

    /// Two seconds of a moving picture with a tone, in a file of this ending.
    pub fn video(&self, ending: &str, width: u32, height: u32, more: &[&str]) -> Vec<u8> {
        let picture = format!("testsrc=size={width}x{height}:rate=10:duration=2");
        let codecs = match ending {
            "webm" => ["-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"],
            _ => ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac"],
        };
        let sound = "sine=frequency=440:duration=2";
        let words = ["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", sound, "-pix_fmt", "yuv420p"];
        self.file(ending, &[&words, codecs.as_slice(), more].concat())
    }

    /// More than can be converted in a second.
    pub fn long_video(&self) -> Vec<u8> {
        let words = [
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=1280x720:rate=30:duration=20",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
        ];
        self.file("mp4", &[words.as_slice(), &["-pix_fmt", "yuv420p"]].concat())
    }

    /// What it makes of a sound, written where it cannot go back.
    pub fn piped(&self, input: &[u8], words: &[&str]) -> Vec<u8> {
        let mut child = Command::new("ffmpeg")
            .args(["-v", "error", "-i", "pipe:0"])
            .args(words)
            .arg("pipe:1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("ffmpeg");
        let (mut stdin, input) = (child.stdin.take().expect("a pipe"), input.to_vec());
        let writer = std::thread::spawn(move || stdin.write_all(&input));
        let output = child.wait_with_output().expect("ffmpeg ends");
        writer.join().expect("a thread").expect("it reads all");
        assert!(output.status.success() && !output.stdout.is_empty());
        output.stdout
    }

    /// What is in a file: the video's codec and size, the sound's codec.
    pub fn probe(&self, bytes: &[u8]) -> Value {
        let path = self.path("probed");
        std::fs::write(&path, bytes).expect("a file");
        let words = ["-v", "error", "-show_streams", "-of", "json"];
        let output = Command::new("ffprobe").args(words).arg(path).output().expect("ffprobe");
        let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let streams = told["streams"].as_array().cloned().unwrap_or_default();
        let of = |kind: &str| streams.iter().find(|stream| stream["codec_type"] == kind).cloned();
        json!({
            "video": of("video").map(|video| json!([video["codec_name"], video["width"], video["height"]])),
            "audio": of("audio").map(|audio| audio["codec_name"].clone()),
        })
    }

    fn file(&self, ending: &str, words: &[&str]) -> Vec<u8> {
        let path = self.path(&format!("made.{ending}"));
        let output = Command::new("ffmpeg").args(["-v", "error", "-y"]).args(words).arg(&path).output();
        let output = output.expect("ffmpeg");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        std::fs::read(path).expect("a file")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
}
