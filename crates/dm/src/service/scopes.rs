//! What hubs ask: who is in a conversation, at which access version.

use std::collections::{HashMap, HashSet};

use kernel::{ConversationId, Seq, UserId, Version};
use messaging::fence;

use super::{Dm, ids};
use crate::store::{conversations, memberships, pairs, participants};
use crate::{Error, HEARD_MAX, Kind, PARTNERS_MAX};

impl Dm {
    /// The conversations that sessions of the user hear from the start, each with a version of its scope at which they were
    /// in it, and the first message that they may see there: the [`HEARD_MAX`] with the latest activity.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn scopes_of(&self, user: UserId) -> Result<Vec<(ConversationId, Version, Seq)>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(memberships::heard(&mut conn, user, HEARD_MAX).await?)
    }

    /// Those of `users` who are in the conversation, each with the first message that they may see there. The version is
    /// that of its scope, read before all else: what is lost later has a higher one. A group that is gone has a version and
    /// nobody in it.
    ///
    /// # Errors
    /// [`Error::NoConversation`] when there never was one; [`Error::Database`].
    pub async fn viewers(
        &self,
        conversation: ConversationId,
        users: &[UserId],
    ) -> Result<(Version, HashMap<UserId, Seq>), Error> {
        let mut conn = self.pool.get().await?;
        let version = fence::version(&mut conn, conversation.into()).await?.ok_or(Error::NoConversation)?;
        let viewers = participants::among(&mut conn, conversation, users).await?;
        Ok((version, viewers.into_iter().collect()))
    }

    /// Whom a call of `user` in the conversation rings, and whether it is one of two: everybody else who is in it, but for those
    /// across a block. They are at most [`crate::MEMBERS_MAX`].
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn callees(
        &self,
        user: UserId,
        conversation: ConversationId,
    ) -> Result<(bool, Vec<UserId>), Error> {
        let mut conn = self.pool.get().await?;
        let kind = conversations::kind(&mut conn, conversation).await?.ok_or(Error::NoConversation)?;
        let mut others = ids(&participants::all(&mut conn, conversation).await?);
        others.retain(|other| *other != user);
        let walls = pairs::walls(&mut conn, user, &others).await?;
        let reached = walls.into_iter().filter(|(_, blocks, blocked)| !blocks && !blocked);
        Ok((kind == Kind::Direct, reached.map(|(other, ..)| other).collect()))
    }

    /// Whether there is such a conversation.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn exists(&self, conversation: ConversationId) -> Result<bool, Error> {
        let mut conn = self.pool.get().await?;
        Ok(conversations::exist(&mut conn, conversation).await?)
    }

    /// Who writes with these people: each of them and another one who is in a conversation with them, at most
    /// [`PARTNERS_MAX`] of the newest conversations each. One query; the same two may be in it more than once.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn partners_of(&self, users: &[UserId]) -> Result<Vec<(UserId, UserId)>, Error> {
        if users.is_empty() {
            return Ok(Vec::new());
        }
        let mut conn = self.pool.get().await?;
        Ok(participants::partners(&mut conn, users, PARTNERS_MAX).await?)
    }

    /// Those of `others` who are in a conversation that `user` is in, too.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn acquainted(&self, user: UserId, others: &[UserId]) -> Result<HashSet<UserId>, Error> {
        if others.is_empty() {
            return Ok(HashSet::new());
        }
        let mut conn = self.pool.get().await?;
        Ok(participants::sharing(&mut conn, user, others).await?)
    }

    /// At most `limit` of those who are in a conversation that `user` is in, after `after`, by id; `user` too, if there is
    /// one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn companions(&self, user: UserId, after: UserId, limit: i64) -> Result<Vec<UserId>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(participants::companions(&mut conn, user, after, limit).await?)
    }
}
