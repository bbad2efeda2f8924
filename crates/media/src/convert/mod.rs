//! Videos and sounds: how long they are, what they look and sound like, and copies of them that play everywhere. All of it is
//! done by ffmpeg, where it is there, on files that come from strangers: see `sandbox`, `input` and docs/decisions/0027.

mod input;
mod plan;
mod probe;
mod sandbox;
mod tools;
mod waveform;
mod workplace;

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::rendition::Rendition;
use crate::settings::MediaSettings;
pub(crate) use input::Container;
use plan::{Size, renditions};
use probe::{Probed, QUESTION, understood};
use sandbox::{Sandbox, Trouble};
use tools::Tools;
use waveform::{RATE, Waveform};
pub(crate) use workplace::Workplace;

/// Bytes of what ffprobe may say.
const TOLD_MAX: usize = 262_144;
/// Pixels of the longer side of a poster.
const POSTER: u32 = 800;
/// The poster is the picture at a tenth of the video, but not later than this, milliseconds: not the black one that many
/// begin with.
const POSTER_AT: i32 = 3_000;

/// Looks at and converts videos and sounds. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Converter {
    sandbox: Option<Sandbox>,
    settings: Arc<MediaSettings>,
}

/// What was found in a video or sound, and made of it.
#[derive(Debug)]
pub(crate) struct Converted {
    pub(crate) duration_ms: Option<i32>,
    /// Pixels, of a video.
    pub(crate) size: Option<(u32, u32)>,
    pub(crate) waveform: Option<Vec<u8>>,
    /// A PNG.
    pub(crate) poster: Option<File>,
    pub(crate) renditions: Vec<(Rendition, File)>,
}

/// Why nothing was made of it.
#[derive(Debug)]
pub(crate) enum Failed {
    /// The file is broken, no video or sound, or takes too much.
    Refused(String),
    /// It could not be done now.
    Fault(std::io::Error),
}

/// What is to be converted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    pub(crate) container: Container,
    /// Whether only what can be heard matters.
    pub(crate) heard_only: bool,
    /// Whether it is a clip, which is made in more sizes.
    pub(crate) is_clip: bool,
    /// Whether it is an MP3 already.
    pub(crate) is_mp3: bool,
}

impl Converter {
    /// One for this machine.
    pub(crate) fn new(settings: Arc<MediaSettings>) -> Self {
        let tools = settings.convert.enabled.then(Tools::find).flatten();
        if settings.convert.enabled && tools.is_none() {
            tracing::info!(
                "videos and sounds are kept as they come: ffmpeg, ffprobe, prlimit and nice are not all there"
            );
        }
        Self { sandbox: tools.map(|tools| Sandbox::new(tools, &settings.convert)), settings }
    }

    /// Whether there is anything here that converts.
    pub(crate) fn is_there(&self) -> bool {
        self.sandbox.is_some()
    }

    /// A folder for one file.
    ///
    /// # Errors
    /// The disk did not take it.
    pub(crate) async fn workplace(&self) -> std::io::Result<Workplace> {
        Workplace::open(&self.settings.spool, self.patience()).await
    }

    fn patience(&self) -> Duration {
        Duration::from_secs(self.settings.convert.timeout_s)
    }

    /// Looks at the file of the workplace, and makes of it what is to be made.
    ///
    /// # Errors
    /// As [`Failed`] says.
    pub(crate) async fn convert(&self, place: &Workplace, order: Order) -> Result<Converted, Failed> {
        let sandbox = self.sandbox.as_ref().ok_or_else(|| Failed::Refused("nothing here converts".into()))?;
        let work = Work {
            sandbox,
            place,
            settings: &self.settings,
            input: order.container.words(Workplace::INPUT),
            deadline: Instant::now() + self.patience(),
        };
        let probed = work.probe().await?;
        let video = probed.video.filter(|_| !order.heard_only);
        if video.is_none() && !probed.audio {
            return Err(Failed::Refused("nothing is in it that could be seen or heard".into()));
        }
        if video.is_some_and(|size| size.area() > self.settings.pixels()) {
            return Err(Failed::Refused("its pictures have too many pixels".into()));
        }
        let heard = if probed.audio { work.listen().await? } else { Waveform::default() };
        let length = i32::try_from(heard.duration_ms()).ok().filter(|length| *length > 0);
        let duration_ms = probed.duration_ms.or(length);
        Ok(Converted {
            duration_ms,
            size: video.map(|size| (size.width, size.height)),
            waveform: heard.finish(),
            poster: match video {
                Some(size) => work.poster(size, duration_ms).await?,
                None => None,
            },
            renditions: match video {
                Some(size) => work.videos(size, order.is_clip).await?,
                None if order.is_mp3 => Vec::new(),
                None => vec![(Rendition::Mp3, work.sound().await?)],
            },
        })
    }
}

/// One file that is being converted.
struct Work<'a> {
    sandbox: &'a Sandbox,
    place: &'a Workplace,
    settings: &'a MediaSettings,
    /// What stands before the options of an output.
    input: Vec<String>,
    deadline: Instant,
}

impl Work<'_> {
    async fn probe(&self) -> Result<Probed, Failed> {
        let mut told = Vec::new();
        let mut read = |piece: &[u8]| {
            told.extend_from_slice(piece);
            told.len() <= TOLD_MAX
        };
        let words = QUESTION.into_iter().map(String::from).chain(self.input.iter().cloned());
        let words = words.collect::<Vec<_>>();
        self.sandbox.ffprobe(self.place.folder(), &words, self.deadline, &mut read).await?;
        understood(&told).ok_or_else(|| Failed::Refused("ffprobe told nothing of it".into()))
    }

    /// All that can be heard.
    async fn listen(&self) -> Result<Waveform, Failed> {
        let mut waveform = Waveform::default();
        let mut read = |piece: &[u8]| {
            waveform.push(piece);
            true
        };
        let rate = RATE.to_string();
        let options =
            ["-map", "0:a:0", "-vn", "-ac", "1", "-ar", &rate, "-c:a", "pcm_s16le", "-f", "s16le", "pipe:1"];
        self.sandbox
            .ffmpeg(self.place.folder(), &self.words(&[], &options), self.deadline, &mut read)
            .await?;
        Ok(waveform)
    }

    /// A picture of the video.
    async fn poster(&self, size: Size, duration_ms: Option<i32>) -> Result<Option<File>, Failed> {
        let Size { width, height } = size.within(POSTER);
        let scale = format!("scale={width}:{height}");
        let tenth = (duration_ms.unwrap_or(0) / 10).min(POSTER_AT);
        let options = [
            "-map",
            "0:V:0",
            "-frames:v",
            "1",
            "-vf",
            &scale,
            "-c:v",
            "png",
            "-f",
            "image2",
            "-update",
            "1",
            "file:poster",
        ];
        // Where a video has no picture at a tenth of what it says is its length, it may have one at its beginning.
        for at in [tenth, 0] {
            let at = format!("{}ms", at);
            self.make(&["-ss", &at], &options).await?;
            if let Some(poster) = self.place.made("poster").await.map_err(Failed::Fault)? {
                return Ok(Some(poster));
            }
        }
        Ok(None)
    }

    async fn videos(&self, size: Size, is_clip: bool) -> Result<Vec<(Rendition, File)>, Failed> {
        let convert = &self.settings.convert;
        let wanted = if is_clip { &convert.clips } else { &convert.videos };
        let mut made = Vec::new();
        for (rendition, Size { width, height }) in renditions(size, wanted) {
            let (scale, threads) = (format!("scale={width}:{height},setsar=1"), convert.threads.to_string());
            let file = format!("file:{}", rendition.name());
            #[rustfmt::skip]
            let options = [
                "-map", "0:V:0", "-map", "0:a:0?", "-vf", &scale, "-fpsmax", "60", "-c:v", "libx264", "-preset", "veryfast",
                "-crf", "23", "-pix_fmt", "yuv420p", "-threads", &threads, "-c:a", "aac", "-b:a", "128k", "-ac", "2",
                // What a telephone noted, such as the place, stays behind.
                "-map_metadata", "-1", "-map_chapters", "-1", "-movflags", "+faststart", "-f", "mp4", &file,
            ];
            self.make(&[], &options).await?;
            made.push((rendition, self.result(rendition).await?));
        }
        Ok(made)
    }

    async fn sound(&self) -> Result<File, Failed> {
        let file = format!("file:{}", Rendition::Mp3.name());
        #[rustfmt::skip]
        let options = [
            "-map", "0:a:0", "-vn", "-c:a", "libmp3lame", "-b:a", "128k", "-ac", "2", "-map_metadata", "-1",
            "-map_chapters", "-1", "-f", "mp3", &file,
        ];
        self.make(&[], &options).await?;
        self.result(Rendition::Mp3).await
    }

    async fn make(&self, before: &[&str], options: &[&str]) -> Result<(), Failed> {
        let words = self.words(before, options);
        let mut silent = |_: &[u8]| true;
        Ok(self.sandbox.ffmpeg(self.place.folder(), &words, self.deadline, &mut silent).await?)
    }

    async fn result(&self, rendition: Rendition) -> Result<File, Failed> {
        let made = self.place.made(rendition.name()).await.map_err(Failed::Fault)?;
        made.ok_or_else(|| Failed::Refused("nothing came of it".into()))
    }

    fn words(&self, before: &[&str], options: &[&str]) -> Vec<String> {
        let threads = self.settings.convert.threads.to_string();
        let common = ["-nostdin", "-hide_banner", "-loglevel", "error", "-y", "-threads", &threads];
        let common = common.into_iter().chain(before.iter().copied()).map(String::from);
        let options = options.iter().map(|word| (*word).to_string());
        common.chain(self.input.iter().cloned()).chain(options).collect()
    }
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Refused(words) => Self::Refused(words),
            Trouble::Fault(error) => Self::Fault(error),
        }
    }
}
