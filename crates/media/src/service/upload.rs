//! Files come.

use std::fs::File;
use std::sync::Arc;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use futures_util::TryStreamExt;
use futures_util::stream;
use kernel::{AttachmentId, Internal, Invalid, TimelineId, UploadId, UserId};

use super::record::Recording;
use super::sweep::keys;
use super::{AT_ONCE, Convert, Media};
use crate::Error;
use crate::kind::{AttachmentPurpose, Conversion};
use crate::model::{Attachment, Owner};
use crate::picture::{Finished, PreviewSize};
use crate::spool::{Limits, Received, Receiving};
use crate::storage::Key;
use crate::store::{attachments, uploads};
use crate::view::AttachmentView;

/// Bytes that are to be stored.
pub(super) struct Object {
    pub(super) key: Key,
    pub(super) file: File,
    pub(super) length: u64,
    pub(super) content_type: String,
}

/// What is known of files beside what is in them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Intake {
    /// Where they will be sent, if that is known.
    pub(super) channel: Option<TimelineId>,
    pub(super) recording: Recording,
    /// What the client announced, when it sent the file to the store itself.
    pub(super) upload: Option<UploadId>,
}

impl Media {
    /// A place to receive files that messages will have.
    ///
    /// # Errors
    /// [`Error::Busy`].
    pub fn receive(&self) -> Result<Receiving, Error> {
        self.receiving(Limits::ByKind(Arc::clone(&self.settings)))
    }

    /// A place to receive the picture that an avatar or icon is made of.
    ///
    /// # Errors
    /// [`Error::Busy`].
    pub fn receive_square(&self, owner: Owner) -> Result<Receiving, Error> {
        let limit = self.settings.square_limit(matches!(owner, Owner::Guild(_)));
        self.receiving(Limits::Picture(limit))
    }

    pub(super) fn receiving(&self, limits: Limits) -> Result<Receiving, Error> {
        let place = Arc::clone(&self.receiving).try_acquire_owned().map_err(|_| Error::Busy)?;
        Ok(Receiving { _place: place, limits, settings: Arc::clone(&self.settings) })
    }

    /// Keeps files that arrived, all or none: pictures are written anew, then all are stored. They belong to nothing yet,
    /// and only their uploader sees them. `channel` is where they will be sent, if that is known.
    ///
    /// # Errors
    /// [`Error::Invalid`] without files; [`Error::Type`] and [`Error::TooManyPixels`] of pictures; [`Error::Quota`];
    /// [`Error::Storage`]; [`Error::Database`].
    pub async fn upload(
        &self,
        user: UserId,
        channel: Option<TimelineId>,
        files: Vec<Received>,
    ) -> Result<Vec<AttachmentView>, Error> {
        self.take(user, files, Intake { channel, ..Intake::default() }).await
    }

    /// Keeps files that arrived, all or none.
    pub(super) async fn take(
        &self,
        user: UserId,
        files: Vec<Received>,
        intake: Intake,
    ) -> Result<Vec<AttachmentView>, Error> {
        if files.is_empty() {
            return Err(Invalid::field("files", "must be given: at least one file").into());
        }
        let (mut rows, mut objects) = (Vec::new(), Vec::new());
        for received in files {
            let (name, what) = (received.name.clone(), received.what);
            self.scanned(&received).await?;
            let finished = self.processor.finish(received).await?;
            let row = self.row(user, intake.channel, name, &finished)?;
            let row = Attachment { kind: what.kind, content_type: what.content_type.into(), ..row };
            let row = self.recorded(row, intake.recording);
            objects.extend(parts(&row, finished));
            rows.push(row);
        }
        self.reserve(user, &rows, intake.upload).await?;
        let ids = rows.iter().map(|row| row.id).collect::<Vec<_>>();
        let pending = rows.iter().filter(|row| row.conversion == Some(Conversion::Pending));
        let pending = pending.map(|row| Convert { file: row.id }).collect::<Vec<_>>();
        if let Err(error) = self.keep(objects, &ids, &pending).await {
            // What was stored of them goes with the next sweep; also when this cannot be written down.
            if let Err(fault) = self.undo(&ids, intake.upload).await {
                tracing::warn!(error = %fault, "that files did not arrive could not be written down");
            }
            if matches!(error, Error::NoFile) {
                // The rows went while the objects came: no sweep may know of them any more.
                self.gone(rows.iter().flat_map(keys).collect()).await;
            }
            return Err(error);
        }
        Ok(rows.into_iter().map(Into::into).collect())
    }

    fn row(
        &self,
        user: UserId,
        channel: Option<TimelineId>,
        name: String,
        finished: &Finished,
    ) -> Result<Attachment, Internal> {
        let bytes = |length: u64| i64::try_from(length).map_err(Internal::new);
        let seen = finished.picture.as_ref();
        let pixels = |pixels: u32| i32::try_from(pixels).map_err(Internal::new);
        Ok(Attachment {
            id: self.env.id(),
            uploader_id: user,
            channel_id: channel,
            timeline_id: None,
            message_id: None,
            seq: None,
            scope_id: None,
            position: None,
            scheduled_id: None,
            kind: crate::Kind::Document,
            content_type: String::new(),
            name,
            size: bytes(finished.length)?,
            sha256: finished.sha256.clone(),
            width: seen.map(|seen| pixels(seen.width)).transpose()?,
            height: seen.map(|seen| pixels(seen.height)).transpose()?,
            blurhash: seen.and_then(|seen| seen.blurhash.clone()),
            small: seen.and_then(|seen| seen.small.as_ref()).map(|small| bytes(small.length)).transpose()?,
            large: seen.and_then(|seen| seen.large.as_ref()).map(|large| bytes(large.length)).transpose()?,
            created_at: self.env.now(),
            stored_at: None,
            removed_at: None,
            purpose: AttachmentPurpose::File,
            conversion: None,
            duration_ms: None,
            waveform: None,
            p480: None,
            p720: None,
            p1080: None,
            mp3: None,
            expires_at: None,
        })
    }

    /// Writes down that the files come, if there is room for them; in the place of the upload that the client announced.
    async fn reserve(
        &self,
        user: UserId,
        rows: &[Attachment],
        upload: Option<UploadId>,
    ) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        conn.transaction(async |tx| {
            attachments::lock_user(tx, user).await?;
            if let (Some(upload), Some(row)) = (upload, rows.first()) {
                uploads::complete(tx, upload, row.id, self.env.now())
                    .await?
                    .then_some(())
                    .ok_or(Error::Early("the upload is completed, or over"))?;
            }
            self.has_room(tx, user, rows.iter().map(|row| row.size)).await?;
            Ok(attachments::insert(tx, rows).await?)
        })
        .await
    }

    /// That the user's files may take so many bytes more. Whoever asks holds their lock.
    pub(super) async fn has_room(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        more: impl Iterator<Item = i64>,
    ) -> Result<(), Error> {
        let used = attachments::used(tx, user).await?.saturating_add(uploads::announced(tx, user).await?);
        let all = more.fold(used, i64::saturating_add);
        let limit = self.settings.quota();
        if u64::try_from(all).unwrap_or(u64::MAX) > limit { Err(Error::Quota { limit }) } else { Ok(()) }
    }

    /// The files were not stored. The upload that the client announced can be completed again.
    async fn undo(&self, ids: &[AttachmentId], upload: Option<UploadId>) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        attachments::remove(&mut conn, ids, self.env.now()).await?;
        if let Some(upload) = upload {
            uploads::reopen(&mut conn, upload).await?;
        }
        Ok(())
    }

    async fn keep(
        &self,
        objects: Vec<Object>,
        ids: &[AttachmentId],
        pending: &[Convert],
    ) -> Result<(), Error> {
        self.store(objects).await?;
        let mut conn = self.pool.get().await?;
        let kept = conn.transaction(async |tx| {
            let stored = attachments::stored(tx, ids, self.env.now()).await?;
            // Fewer, when the account was deleted meanwhile.
            if stored != ids.len() {
                return Err(Error::NoFile);
            }
            if !pending.is_empty() {
                self.jobs.add_all(tx, pending.iter().map(|job| (job, self.jobs.now()))).await?;
            }
            Ok(())
        });
        kept.await?;
        if !pending.is_empty() {
            self.jobs.wake();
        }
        Ok(())
    }

    /// Stores objects, some at a time.
    pub(super) async fn store(&self, objects: Vec<Object>) -> Result<(), Error> {
        let all = stream::iter(objects.into_iter().map(Ok));
        all.try_for_each_concurrent(AT_ONCE, |object| async move {
            let Object { key, file, length, content_type } = object;
            self.storage.put(key, file, length, &content_type).await
        })
        .await
    }
}

/// The objects that a file is stored as.
fn parts(row: &Attachment, finished: Finished) -> Vec<Object> {
    let key = |preview: Option<PreviewSize>| {
        Key::attachment(row.channel_id, row.id, preview.map(PreviewSize::side))
    };
    let whole = Object {
        key: key(None),
        file: finished.file,
        length: finished.length,
        content_type: row.content_type.clone(),
    };
    let (small, large) = finished.picture.map_or((None, None), |seen| (seen.small, seen.large));
    let previews = [(PreviewSize::Small, small), (PreviewSize::Large, large)].into_iter().filter_map(
        |(size, preview)| {
            let preview = preview?;
            Some(Object {
                key: key(Some(size)),
                file: preview.file,
                length: preview.length,
                content_type: "image/webp".into(),
            })
        },
    );
    std::iter::once(whole).chain(previews).collect()
}
