//! What lists of conversations tell of their timelines.

use std::collections::HashMap;

use kernel::{Seq, TimelineId, UserId};

use super::Messaging;
use super::marks::Unread;
use crate::Error;
use crate::assemble::Around;
use crate::store::{conversations as store, marks};
use crate::view::MessageView;

/// Unread messages are counted up to here.
pub const UNREAD_MAX: i64 = 100;

/// A timeline, and the first message of it that somebody may see.
pub type Visible = (TimelineId, Seq);

/// A timeline in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// How far it is, how far its reader has read, and what is beyond: at most [`UNREAD_MAX`] messages.
    pub unread: Unread,
    /// The newest message that is not deleted.
    pub last: Option<MessageView>,
}

impl Messaging {
    /// What a list tells `user` of those of `timelines` that exist: a constant number of statements, however many they are. For what they
    /// may view: this asks for no proof, because it tells of many places at once.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn previews(
        &self,
        user: UserId,
        timelines: &[Visible],
    ) -> Result<HashMap<TimelineId, Preview>, Error> {
        let mut conn = self.pool.get().await?;
        let conn = &mut *conn;
        let glanced = store::glance(conn, user, timelines, UNREAD_MAX).await?;
        let ids = timelines.iter().map(|(id, _)| *id).collect::<Vec<_>>();
        let stands = marks::of(conn, user, &[], &ids).await?.into_iter();
        let mentions = stands.map(|stands| (stands.timeline, stands.mentions)).collect::<HashMap<_, _>>();
        let around = Around::of(conn, glanced.iter().filter_map(|each| each.last.as_ref())).await?;
        let around = around.for_reader(conn, user).await?;
        let previews = glanced.into_iter().map(|mut each| {
            let (place, last) = (each.place(), each.last.take());
            let unread = Unread {
                last_seq: each.last_seq,
                rev: each.rev,
                last_read_seq: each.read,
                unread: each.unread,
                mentions: mentions.get(&place.timeline).copied().unwrap_or(0),
            };
            let last = last.map(|row| MessageView::new(row, place, &around));
            (place.timeline, Preview { unread, last })
        });
        Ok(previews.collect())
    }

    /// How far those of `users` have read in a timeline who have read anything there. For those who may know it of each
    /// other: this asks for no proof.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn read_to(
        &self,
        timeline: TimelineId,
        users: &[UserId],
    ) -> Result<HashMap<UserId, Seq>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(store::read_to(&mut conn, timeline, users).await?.into_iter().collect())
    }
}
