//! Clips: videos and sounds that were sent as such, with the texts that they were sent with.

use std::collections::HashMap;

use diesel_async::AsyncPgConnection;
use kernel::{Allowed, AttachmentId, Limit, Page, TimelineId, Timestamp, UserId, can};
use media::{Attachment, AttachmentView, Listed, Seconds};
use serde::Serialize;
use utoipa::ToSchema;

use super::Messaging;
use super::files::still_holds;
use crate::Error;
use crate::store::write;
use crate::view::MessageView;

/// Clips in a page: 20 unless said, at most 100.
pub type ClipsLimit = Limit<20, 100>;

/// A clip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Clip)]
pub struct ClipView {
    /// Its id: that of its file.
    pub id: AttachmentId,
    /// Where it is, on this server.
    #[schema(example = "/api/media/01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30")]
    pub url: String,
    /// Where a picture of it is, once it was converted.
    pub thumbnail_url: Option<String>,
    /// How long it is, seconds, once that is known.
    #[schema(value_type = Option<f64>)]
    pub duration: Option<Seconds>,
    /// Whether it is to be seen or only to be heard.
    #[serde(rename = "type")]
    pub kind: media::Kind,
    /// What it is about.
    #[schema(example = "How the engine carries")]
    pub title: String,
    /// Who sent it.
    pub uploaded_by: UserId,
    /// Where it was sent.
    pub channel_id: TimelineId,
    /// The message that it came with.
    pub message_id: kernel::MessageId,
    /// When it goes by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was uploaded.
    pub created_at: Timestamp,
    /// All that is known of the file.
    pub file: AttachmentView,
}

impl ClipView {
    /// The clip that this message brought; `None` when it brought none.
    pub fn of(message: &MessageView) -> Option<Self> {
        let file = message.attachments.first()?.clone();
        let channel_id = message.channel_id.map(Into::into).or(message.conversation_id.map(Into::into))?;
        Some(Self::new(file, message.content.clone(), message.author.id, channel_id, message.id))
    }

    fn new(
        file: AttachmentView,
        title: String,
        uploaded_by: UserId,
        channel_id: TimelineId,
        message_id: kernel::MessageId,
    ) -> Self {
        Self {
            id: file.id,
            url: file.url.clone(),
            thumbnail_url: file.thumbnail_url.clone(),
            duration: file.duration,
            kind: file.kind,
            title,
            uploaded_by,
            channel_id,
            message_id,
            expires_at: file.expires_at,
            created_at: file.created_at,
            file,
        }
    }
}

impl Messaging {
    /// The clips of a place that the proof shows, the last uploaded first: those that were uploaded before `before`.
    ///
    /// # Errors
    /// [`Error::Stale`]: authorise again; [`Error::Database`].
    pub async fn clips(
        &self,
        allowed: Allowed<can::ReadHistory>,
        before: Option<AttachmentId>,
        limit: ClipsLimit,
    ) -> Result<Page<ClipView>, Error> {
        let (timeline, from) = (allowed.timeline(), allowed.visible_from());
        let wanted = Listed { timeline, from, kind: None, clips: true, before };
        let mut conn = self.pool.get().await?;
        let mut snapshot = conn.build_transaction().read_only().repeatable_read();
        snapshot
            .run(async move |tx| {
                still_holds(tx, &allowed).await?;
                let files = media::list(tx, wanted, limit.get() + 1).await?;
                titled(tx, Page::of(files, limit.get())).await
            })
            .await
    }

    /// The clips that somebody sent, wherever that was.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn own_clips(
        &self,
        user: UserId,
        before: Option<AttachmentId>,
        limit: ClipsLimit,
    ) -> Result<Page<ClipView>, Error> {
        let mut conn = self.pool.get().await?;
        let files = media::own_clips(&mut conn, user, before, limit.get() + 1).await?;
        titled(&mut conn, Page::of(files, limit.get())).await
    }
}

/// With what their messages say.
async fn titled(conn: &mut AsyncPgConnection, page: Page<Attachment>) -> Result<Page<ClipView>, Error> {
    let Page { items, has_more } = page;
    let messages = items.iter().filter_map(|file| file.message_id).collect::<Vec<_>>();
    let rows = write::by_id(conn, &messages).await?;
    let mut titles = rows.into_iter().map(|row| (row.id, row.content)).collect::<HashMap<_, _>>();
    let clips = items.into_iter().filter_map(|file| {
        let (message, timeline, user) = (file.message_id?, file.timeline_id?, file.uploader_id);
        let title = titles.remove(&message)?;
        Some(ClipView::new(file.into(), title, user, timeline, message))
    });
    Ok(Page { items: clips.collect(), has_more })
}
