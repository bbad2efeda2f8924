//! What a message said before it was edited.

use kernel::{Allowed, MessageId, Rev, Timestamp, can};
use serde::Serialize;
use utoipa::ToSchema;

use super::Messaging;
use super::history::{page, views};
use crate::Error;
use crate::store::edits;
use crate::store::read::{self, Which};
use crate::view::MessageView;

/// What a message said before an edit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FormerText)]
pub struct PreviousVersionView {
    /// The text.
    #[schema(example = "Helo **world**")]
    pub content: String,
    /// When it was written.
    pub written_at: Timestamp,
    /// The `rev` of the edit that replaced it.
    #[schema(value_type = i64, example = 131)]
    pub rev: Rev,
}

/// A message and what it said before.
#[derive(Clone, Debug)]
pub struct EditHistory {
    /// As it is now.
    pub message: MessageView,
    /// What it said before, oldest first: at most the first text and the last 99.
    pub versions: Vec<PreviousVersionView>,
}

impl Messaging {
    /// A message and what it said before, for those who keep order.
    ///
    /// # Errors
    /// [`Error::NoMessage`] when it is not there, or deleted; [`Error::Denied`] without READ_HISTORY; [`Error::Stale`]:
    /// authorise again; [`Error::NoTimeline`], [`Error::Database`].
    pub async fn formerly(
        &self,
        allowed: Allowed<can::ManageMessages>,
        id: MessageId,
    ) -> Result<EditHistory, Error> {
        let allowed = allowed.require::<can::ReadHistory>()?;
        let mut conn = self.pool.get().await?;
        let conn = &mut *conn;
        let seq = read::seq_of(conn, allowed.timeline(), id).await?.ok_or(Error::NoMessage)?;
        // Before the message: when it is deleted in between, nothing is shown.
        let former = edits::of(conn, allowed.timeline(), seq).await?;
        let (mut snapshot, _) = page(conn, &allowed, Which::At(seq), 1).await?;
        snapshot.rows.retain(|row| row.deleted_at.is_none());
        let message = views(conn, &allowed, snapshot).await?.pop().ok_or(Error::NoMessage)?;
        let versions = former.into_iter().map(|former| PreviousVersionView {
            content: former.content,
            written_at: former.written_at,
            rev: former.rev,
        });
        Ok(EditHistory { message, versions: versions.collect() })
    }
}
