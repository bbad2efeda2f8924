//! The section `[media]`.

use std::path::PathBuf;

use backbone::settings::{Fault, list};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::kind::{AttachmentPurpose, Kind};
use crate::rendition::Rendition;

/// Bytes of a megabyte, as the settings mean it.
const MB: u64 = 1_048_576;

/// Files. `config/default.toml` says what each setting means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MediaSettings {
    /// Where the bytes are kept.
    pub storage: StorageKind,
    /// The folder, of `storage = "folder"`.
    pub folder: PathBuf,
    /// Where files are written while they arrive; empty for the system's temporary folder.
    pub spool: PathBuf,
    /// How large a picture may be, megabytes.
    pub image_mb: u64,
    /// How large a video may be, megabytes.
    pub video_mb: u64,
    /// How large a sound may be, megabytes.
    pub audio_mb: u64,
    /// How large any other file may be, megabytes.
    pub document_mb: u64,
    /// How large the picture may be that an avatar is made of, megabytes.
    pub avatar_mb: u64,
    /// How large the picture may be that a server's icon is made of, megabytes.
    pub icon_mb: u64,
    /// Pixels of a picture, millions.
    pub megapixels: u64,
    /// Files of an upload, and of a message.
    pub files: usize,
    /// What all files of one user may take, megabytes.
    pub quota_mb: u64,
    /// What all files in the channels of one server may take, megabytes; 0 for as much as there is room.
    pub server_quota_mb: u64,
    /// Uploads that one gateway receives at the same time.
    pub uploads_at_once: usize,
    /// Pictures that one gateway works at, at the same time.
    pub pictures_at_once: usize,
    /// How long a client may pause while it sends a file, seconds.
    pub pause_s: u64,
    /// How long an upload may take as a whole, seconds.
    pub upload_s: u64,
    /// How long a file is kept that belongs to no message, days.
    pub unused_days: u32,
    /// How long an address can be used that carries its own signature, seconds.
    pub link_s: u32,
    /// How large a clip may be, megabytes.
    pub clip_mb: u64,
    /// How large a voice message may be, megabytes.
    pub voice_mb: u64,
    /// How long a clip is kept, days; 0 for ever.
    pub clip_days: u32,
    /// Looking for malware.
    pub scan: ScanSettings,
    /// Converting videos and sounds.
    pub convert: ConvertSettings,
    /// The store, of `storage = "s3"`.
    pub s3: S3Settings,
}

/// Looking for malware, by ClamAV.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanSettings {
    /// Where clamd listens: `host:port`, or `unix:/path`; empty: files are not looked at.
    pub clamd: String,
    /// How long it may take for one file, seconds.
    pub timeout_s: u64,
    /// Files that one gateway has looked at, at the same time.
    pub at_once: usize,
}

/// Converting videos and sounds, by ffmpeg.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConvertSettings {
    /// Whether to, where ffmpeg is there.
    pub enabled: bool,
    /// Files that one gateway converts at the same time.
    pub at_once: usize,
    /// How long one file may take as a whole, seconds.
    pub timeout_s: u64,
    /// What ffmpeg may take of memory, megabytes of addresses.
    pub memory_mb: u64,
    /// Threads that it encodes with.
    pub threads: u16,
    /// How much everything else goes before it, 0 (not at all) to 19.
    pub niceness: u8,
    /// Which copies of a video to make, of 480p, 720p and 1080p.
    #[serde(deserialize_with = "videos")]
    pub videos: Vec<Rendition>,
    /// The same of a clip.
    #[serde(deserialize_with = "videos")]
    pub clips: Vec<Rendition>,
}

/// Where bytes are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StorageKind {
    /// A folder that all gateways of the installation see.
    Folder,
    /// A bucket of a store that speaks S3.
    S3,
}

/// A store that speaks S3.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct S3Settings {
    /// Its address; empty for Amazon's of the region.
    pub endpoint: String,
    /// Its region: part of what is signed.
    pub region: String,
    /// The bucket, which must be there.
    pub bucket: String,
    /// What stands before each key.
    pub prefix: String,
    /// Who signs; empty: from the environment, the shared credentials file or the container, as Amazon's tools do it.
    pub access_key: String,
    /// With what.
    pub secret_key: String,
    /// Whether clients are sent to the store itself for what they read.
    pub direct: bool,
    /// How long the store may take to begin an answer, and for each piece of it, milliseconds.
    pub timeout_ms: u64,
}

impl std::fmt::Debug for S3Settings {
    /// Without the keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3Settings")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .field("direct", &self.direct)
            .field("timeout_ms", &self.timeout_ms)
            .finish_non_exhaustive()
    }
}

impl MediaSettings {
    /// The first setting that is no good.
    pub fn fault(&self) -> Option<Fault> {
        let sizes = [
            ("media.image_mb", self.image_mb),
            ("media.video_mb", self.video_mb),
            ("media.audio_mb", self.audio_mb),
            ("media.document_mb", self.document_mb),
            ("media.avatar_mb", self.avatar_mb),
            ("media.icon_mb", self.icon_mb),
            ("media.clip_mb", self.clip_mb),
            ("media.voice_mb", self.voice_mb),
        ];
        let size = sizes.into_iter().find(|(_, mb)| !(1..=4_096).contains(mb));
        size.map(|(name, _)| Fault::new(name, "must be 1 to 4096")).or_else(|| {
            let rules = [
                (!self.folder.as_os_str().is_empty(), "media.folder", "must be a path"),
                ((1..=1_000).contains(&self.megapixels), "media.megapixels", "must be 1 to 1000"),
                ((1..=100).contains(&self.files), "media.files", "must be 1 to 100"),
                (self.quota_mb > 0, "media.quota_mb", "must be at least 1"),
                ((1..=1_000).contains(&self.uploads_at_once), "media.uploads_at_once", "must be 1 to 1000"),
                ((1..=64).contains(&self.pictures_at_once), "media.pictures_at_once", "must be 1 to 64"),
                (self.pause_s > 0, "media.pause_s", "must be at least 1"),
                (self.upload_s >= self.pause_s, "media.upload_s", "must be at least media.pause_s"),
                ((10..=86_400).contains(&self.link_s), "media.link_s", "must be 10 to 86400"),
                ((1..=3_650).contains(&self.unused_days), "media.unused_days", "must be 1 to 3650"),
                (self.clip_days <= 36_500, "media.clip_days", "must be 0 to 36500"),
            ];
            Fault::first(rules)
                .or_else(|| self.scan.fault())
                .or_else(|| self.convert.fault())
                .or_else(|| self.s3.fault().filter(|_| self.storage == StorageKind::S3))
        })
    }

    /// How large a file of this kind may be, bytes.
    pub(crate) fn limit(&self, kind: Kind) -> u64 {
        MB * match kind {
            Kind::Image => self.image_mb,
            Kind::Video => self.video_mb,
            Kind::Audio => self.audio_mb,
            Kind::Document => self.document_mb,
        }
    }

    /// How large the picture may be that an avatar or icon is made of, bytes.
    pub(crate) fn square_limit(&self, of_server: bool) -> u64 {
        MB * if of_server { self.icon_mb } else { self.avatar_mb }
    }

    /// How large a file may be that is sent for this, bytes; `None` for what its kind says.
    pub(crate) fn recording_limit(&self, purpose: AttachmentPurpose) -> Option<u64> {
        match purpose {
            AttachmentPurpose::File => None,
            AttachmentPurpose::Clip => Some(MB * self.clip_mb),
            AttachmentPurpose::Voice => Some(MB * self.voice_mb),
        }
    }

    /// What all files of one user may take, bytes.
    pub(crate) fn quota(&self) -> u64 {
        MB * self.quota_mb
    }

    /// What all files in the channels of one server may take, bytes.
    pub fn server_quota(&self) -> Option<u64> {
        Some(MB.saturating_mul(self.server_quota_mb)).filter(|quota| *quota > 0)
    }

    /// Pixels that a picture may have.
    pub(crate) fn pixels(&self) -> u64 {
        1_000_000 * self.megapixels
    }
}

/// Names of copies of videos.
fn videos<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Rendition>, D::Error> {
    let video =
        |name: String| Rendition::of(&name).filter(|rendition| *rendition != Rendition::Mp3).ok_or(name);
    let videos = list(deserializer)?.into_iter().map(video).collect::<Result<_, _>>();
    videos.map_err(|name| D::Error::custom(format!("{name} is none of 480p, 720p and 1080p")))
}

impl ScanSettings {
    fn fault(&self) -> Option<Fault> {
        let is_place = self.clamd.is_empty() || self.clamd.starts_with("unix:/") || self.clamd.contains(':');
        let rules = [
            (is_place, "media.scan.clamd", "must be host:port, or unix:/path"),
            ((1..=600).contains(&self.timeout_s), "media.scan.timeout_s", "must be 1 to 600"),
            ((1..=64).contains(&self.at_once), "media.scan.at_once", "must be 1 to 64"),
        ];
        Fault::first(rules)
    }
}

impl ConvertSettings {
    /// How long a try at one file may take at most, seconds: a job's patience is a bit longer.
    const LONGEST: u64 = 1_500;

    fn fault(&self) -> Option<Fault> {
        let rules = [
            ((1..=64).contains(&self.at_once), "media.convert.at_once", "must be 1 to 64"),
            ((1..=Self::LONGEST).contains(&self.timeout_s), "media.convert.timeout_s", "must be 1 to 1500"),
            ((256..=65_536).contains(&self.memory_mb), "media.convert.memory_mb", "must be 256 to 65536"),
            ((1..=64).contains(&self.threads), "media.convert.threads", "must be 1 to 64"),
            (self.niceness <= 19, "media.convert.niceness", "must be 0 to 19"),
        ];
        Fault::first(rules)
    }

    /// What a program may take of memory, bytes.
    pub(crate) fn memory(&self) -> u64 {
        MB * self.memory_mb
    }
}

impl S3Settings {
    fn fault(&self) -> Option<Fault> {
        let has_scheme = self.endpoint.starts_with("http://") || self.endpoint.starts_with("https://");
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        let rules = [
            (
                self.endpoint.is_empty() || has_scheme,
                "media.s3.endpoint",
                "must start with http:// or https://",
            ),
            (!self.region.is_empty(), "media.s3.region", "must be set"),
            (!self.bucket.is_empty(), "media.s3.bucket", "must be set"),
            (
                self.prefix.chars().all(plain)
                    && !self.prefix.starts_with('/')
                    && !self.prefix.contains(".."),
                "media.s3.prefix",
                "must be letters, digits and - _ . /",
            ),
            (
                self.access_key.is_empty() == self.secret_key.is_empty(),
                "media.s3.secret_key",
                "must be set with media.s3.access_key, or neither",
            ),
            (self.timeout_ms > 0, "media.s3.timeout_ms", "must be at least 1"),
        ];
        Fault::first(rules)
    }
}
