//! Domain values.

use diesel::pg::Pg;
use diesel::prelude::{Insertable, Queryable, Selectable};
use kernel::{
    AttachmentId, GuildId, MessageId, PictureId, ScheduledId, ScopeId, Seq, TimelineId, Timestamp, UploadId,
    UserId,
};
use uuid::Uuid;

use crate::kind::{AttachmentPurpose, Conversion, Kind};
use crate::rendition::Rendition;
use crate::schema::{attachments, pictures, uploads};

/// A file that somebody uploaded.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = attachments, check_for_backend(Pg))]
pub struct Attachment {
    /// Its id.
    pub id: AttachmentId,
    /// Who uploaded it.
    pub uploader_id: UserId,
    /// The channel or conversation that it was uploaded for, if that was said.
    pub channel_id: Option<TimelineId>,
    /// Where the message stands that it belongs to.
    pub timeline_id: Option<TimelineId>,
    /// The message that it belongs to.
    pub message_id: Option<MessageId>,
    /// That one's number.
    pub seq: Option<Seq>,
    /// The server or conversation where that was written.
    pub scope_id: Option<ScopeId>,
    /// Its place among the message's files, from 0.
    pub position: Option<i16>,
    /// The message that will be sent later and is to have it.
    pub scheduled_id: Option<ScheduledId>,
    /// What it is.
    pub kind: Kind,
    /// The media type that it is served under.
    pub content_type: String,
    /// What people see it called.
    pub name: String,
    /// Its bytes.
    pub size: i64,
    /// What its bytes hash to.
    pub sha256: Vec<u8>,
    /// Of a picture or video, pixels.
    pub width: Option<i32>,
    /// Of a picture or video, pixels.
    pub height: Option<i32>,
    /// Of a picture or video: what to show while it is loaded.
    pub blurhash: Option<String>,
    /// Bytes of the small preview.
    pub small: Option<i64>,
    /// Bytes of the large preview.
    pub large: Option<i64>,
    /// When it was uploaded.
    pub created_at: Timestamp,
    /// When its bytes were stored.
    pub stored_at: Option<Timestamp>,
    /// When it was removed.
    pub removed_at: Option<Timestamp>,
    /// What it was sent as.
    pub purpose: AttachmentPurpose,
    /// Of a video or sound: what became of it.
    pub conversion: Option<Conversion>,
    /// Of a video or sound: how long it is, milliseconds.
    pub duration_ms: Option<i32>,
    /// Of what can be heard: how loud it is, a hundred times.
    pub waveform: Option<Vec<u8>>,
    /// Bytes of its copy with 480 lines.
    pub p480: Option<i64>,
    /// Bytes of its copy with 720 lines.
    pub p720: Option<i64>,
    /// Bytes of its copy with 1080 lines.
    pub p1080: Option<i64>,
    /// Bytes of its copy in MP3.
    pub mp3: Option<i64>,
    /// When it goes by itself.
    pub expires_at: Option<Timestamp>,
}

impl Attachment {
    /// The copies that were made of it, and how many bytes each has.
    pub(crate) fn renditions(&self) -> impl Iterator<Item = (Rendition, i64)> {
        let sizes = [self.p480, self.p720, self.p1080, self.mp3];
        Rendition::ALL.into_iter().zip(sizes).filter_map(|(rendition, size)| Some((rendition, size?)))
    }
}

backbone::stored_enum! {
    /// What a square picture is for.
    pub enum Purpose {
        /// It shows a user.
        Avatar = "avatar",
        /// It shows a server.
        ServerIcon = "server-icon",
    }
}

/// Whom a square picture shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A user.
    User(UserId),
    /// A server.
    Guild(GuildId),
}

/// A square picture.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = pictures, check_for_backend(Pg))]
pub(crate) struct Picture {
    pub(crate) id: PictureId,
    pub(crate) purpose: Purpose,
    pub(crate) owner_id: Uuid,
    pub(crate) small: i64,
    pub(crate) medium: i64,
    pub(crate) large: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) stored_at: Option<Timestamp>,
    pub(crate) removed_at: Option<Timestamp>,
}

/// A file that somebody sends to the store itself.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = uploads, check_for_backend(Pg))]
pub(crate) struct Upload {
    pub(crate) id: UploadId,
    pub(crate) user_id: UserId,
    /// Where it will be sent, if that was said.
    pub(crate) channel_id: Option<TimelineId>,
    pub(crate) name: String,
    pub(crate) size: i64,
    pub(crate) created_at: Timestamp,
    /// The file that became of it.
    pub(crate) attachment_id: Option<AttachmentId>,
    /// When it was completed, refused or given up.
    pub(crate) ended_at: Option<Timestamp>,
    /// When its bytes are removed, if they are there.
    pub(crate) due_at: Timestamp,
}

impl Owner {
    pub(crate) fn purpose(self) -> Purpose {
        match self {
            Self::User(_) => Purpose::Avatar,
            Self::Guild(_) => Purpose::ServerIcon,
        }
    }

    pub(crate) fn uuid(self) -> Uuid {
        match self {
            Self::User(id) => id.uuid(),
            Self::Guild(id) => id.uuid(),
        }
    }
}

impl Picture {
    /// Whom it shows.
    pub(crate) fn owner(&self) -> Owner {
        match self.purpose {
            Purpose::Avatar => Owner::User(UserId::from_uuid(self.owner_id)),
            Purpose::ServerIcon => Owner::Guild(GuildId::from_uuid(self.owner_id)),
        }
    }
}
