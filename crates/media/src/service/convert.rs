//! Videos and sounds are looked at and converted, after they were uploaded.

use std::fs::File;
use std::time::Duration;

use backbone::jobs::Job;
use futures_util::StreamExt;
use kernel::{AttachmentId, Internal, MessageId, TimelineId, UserId};
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;

use super::upload::Object;
use super::{Media, Wanted};
use crate::Error;
use crate::convert::{Container, Converted, Failed, Order, Workplace};
use crate::kind::{AttachmentPurpose, Conversion, Kind};
use crate::model::Attachment;
use crate::picture::{PreviewSize, Seen};
use crate::rendition::Rendition;
use crate::storage::Key;
use crate::store::attachments;
use crate::store::converting::{self, Outcome};

/// Look at a video or sound, and make of it what plays everywhere.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Convert {
    /// Which.
    pub file: AttachmentId,
}

impl Job for Convert {
    const KIND: &'static str = "media.convert";
    /// More than `media.convert.timeout_s` can be: the file is fetched and stored, too.
    const PATIENCE: Duration = Duration::from_secs(1_800);
    /// A file that cannot be converted is no failure; these are the store's and the database's.
    const TRIES: u32 = 8;
}

/// A message that shows more of its file than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// Where it stands.
    pub timeline: TimelineId,
    /// Which.
    pub message: MessageId,
    /// Who sent it.
    pub author: UserId,
}

impl Media {
    /// Does the job; the message that is to be told of, when the file belongs to one. Done twice it does no harm.
    ///
    /// # Errors
    /// [`Error::Storage`]; [`Error::Database`]: try again later.
    pub async fn convert(&self, job: Convert) -> Result<Option<Told>, Error> {
        let found = attachments::find(&mut *self.pool.get().await?, job.file).await?;
        let Some(file) = found else { return Ok(None) };
        if file.conversion != Some(Conversion::Pending) {
            // It was done, but perhaps not told.
            return Ok(told(&file));
        }
        let (outcome, objects) = match self.made_of(&file).await {
            Ok(converted) => self.prepared(&file, converted).await?,
            Err(Failed::Fault(error)) => return Err(Error::storage(error)),
            Err(Failed::Refused(words)) => {
                tracing::info!(file = %file.id, error = words, "a video or sound was not converted");
                (Outcome { conversion: Some(Conversion::Failed), ..Outcome::of(&file) }, Vec::new())
            }
        };
        let keys = objects.iter().map(|object| object.key.clone()).collect::<Vec<_>>();
        self.store(objects).await?;
        let noted = converting::finish(&mut *self.pool.get().await?, file.id, &outcome).await?;
        if noted.is_none() {
            // It was removed meanwhile; a sweep may have gone by already.
            self.gone(keys).await;
        }
        Ok(noted.as_ref().and_then(told))
    }

    async fn made_of(&self, file: &Attachment) -> Result<Converted, Failed> {
        let container = Container::of(&file.content_type);
        let container =
            container.ok_or_else(|| Failed::Refused("it is of no kind that is converted".into()))?;
        let order = Order {
            container,
            heard_only: file.kind == Kind::Audio,
            is_clip: file.purpose == AttachmentPurpose::Clip,
            is_mp3: file.content_type == Rendition::Mp3.content_type(),
        };
        let place = self.converter.workplace().await.map_err(Failed::Fault)?;
        self.fetch(file, &place).await.map_err(|error| Failed::Fault(std::io::Error::other(error)))?;
        self.converter.convert(&place, order).await
    }

    /// Copies the file out of the store.
    async fn fetch(&self, file: &Attachment, place: &Workplace) -> Result<(), Error> {
        let whole = self.download(file, Wanted::Whole)?;
        let mut input = place.input().await.map_err(Error::storage)?;
        let mut pieces = self.read(&whole, 0..whole.length).await?;
        while let Some(piece) = pieces.next().await {
            input.write_all(&piece.map_err(Error::storage)?).await.map_err(Error::storage)?;
        }
        input.flush().await.map_err(Error::storage)
    }

    /// What is to be written down, and the objects that are to be stored.
    async fn prepared(
        &self,
        file: &Attachment,
        converted: Converted,
    ) -> Result<(Outcome, Vec<Object>), Error> {
        let Converted { duration_ms, size, waveform, poster, renditions } = converted;
        let mut outcome = Outcome { conversion: Some(Conversion::Done), waveform, ..Outcome::of(file) };
        outcome.duration_ms = duration_ms.or(outcome.duration_ms);
        if let Some((width, height)) = size {
            let pixels = |pixels: u32| i32::try_from(pixels).map_err(Internal::new);
            (outcome.width, outcome.height) = (Some(pixels(width)?), Some(pixels(height)?));
        } else {
            // What a browser recorded without a camera has the container of a video.
            outcome.kind = Kind::Audio;
            outcome.content_type = heard(&file.content_type).into();
        }
        let mut objects = Vec::new();
        if let Some(poster) = poster {
            self.show(file, self.processor.poster(poster).await?, &mut outcome, &mut objects)?;
        }
        for (rendition, made) in renditions {
            let object =
                object(Key::rendition(file.channel_id, file.id, rendition), made, rendition.content_type())?;
            *outcome.length_of(rendition) = Some(length(&object)?);
            objects.push(object);
        }
        Ok((outcome, objects))
    }

    fn show(
        &self,
        file: &Attachment,
        seen: Seen,
        outcome: &mut Outcome,
        objects: &mut Vec<Object>,
    ) -> Result<(), Error> {
        outcome.blurhash = seen.blurhash;
        let previews = [
            (PreviewSize::Small, seen.small, &mut outcome.small),
            (PreviewSize::Large, seen.large, &mut outcome.large),
        ];
        for (size, preview, noted) in previews {
            let Some(preview) = preview else { continue };
            let object = object(
                Key::attachment(file.channel_id, file.id, Some(size.side())),
                preview.file,
                "image/webp",
            )?;
            *noted = Some(length(&object)?);
            objects.push(object);
        }
        Ok(())
    }
}

fn object(key: Key, file: File, content_type: &str) -> Result<Object, Error> {
    let length = file.metadata().map_err(Error::storage)?.len();
    Ok(Object { key, file, length, content_type: content_type.into() })
}

fn length(object: &Object) -> Result<i64, Internal> {
    i64::try_from(object.length).map_err(Internal::new)
}

/// The media type of a video in which there is nothing to be seen.
fn heard(content_type: &str) -> &str {
    match content_type {
        "video/webm" | "video/x-matroska" => "audio/webm",
        "video/mp4" | "video/x-m4v" | "video/quicktime" => "audio/mp4",
        other => other,
    }
}

fn told(file: &Attachment) -> Option<Told> {
    let (timeline, message) = file.timeline_id.zip(file.message_id)?;
    Some(Told { timeline, message, author: file.uploader_id })
}
