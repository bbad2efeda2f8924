//! The one place where access to conversations is proved.

use std::collections::HashMap;

use kernel::{Access, ConversationId, Denied, Fence, Grant, Permissions, UserId, Version};
use messaging::fence;

use crate::membership::Membership;
use crate::service::views;
use crate::store::memberships;
use crate::{Dm, Error, HEARD_MAX};

impl Dm {
    /// What `user` may do in the timeline of `conversation`.
    ///
    /// # Errors
    /// [`Error::Denied`] with [`Denied::Hidden`] when there is no such conversation, or the user is not in it: the same
    /// answer after the same query. [`Error::Database`].
    pub async fn access(&self, user: UserId, conversation: ConversationId) -> Result<Grant, Error> {
        let mut grants = self.access_many(user, &[conversation]).await?;
        let grant = grants.remove(&conversation);
        if grant.is_none() {
            self.grants.forget(user, conversation.into());
        }
        grant.ok_or(Error::Denied(Denied::Hidden))
    }

    /// What `user` may do in the timelines of several conversations. Those that [`Self::access`] would refuse are left
    /// out. One statement, so the version and what permissions are computed from are of one moment.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn access_many(
        &self,
        user: UserId,
        conversations: &[ConversationId],
    ) -> Result<HashMap<ConversationId, Grant>, Error> {
        let mut conn = self.pool.get().await?;
        let memberships = memberships::of(&mut conn, user, conversations).await?;
        let grants = memberships.iter().map(|membership| (membership.conversation, prove(membership)));
        let grants = grants.collect::<HashMap<_, _>>();
        grants.values().for_each(|grant| self.grants.remember(*grant));
        Ok(grants)
    }

    /// The conversations whose past `user` may read, each with what it is called for them and what they may do there: this one,
    /// or the [`HEARD_MAX`] with the latest activity. A constant number of statements.
    ///
    /// # Errors
    /// [`Error::Denied`] with [`Denied::Hidden`] when they are not in `only`; [`Error::Database`].
    pub async fn readable(
        &self,
        user: UserId,
        only: Option<ConversationId>,
    ) -> Result<Vec<(String, Grant)>, Error> {
        let mut conn = self.pool.get().await?;
        let ids = match only {
            Some(id) => vec![id],
            None => {
                memberships::heard(&mut conn, user, HEARD_MAX).await?.into_iter().map(|(id, ..)| id).collect()
            }
        };
        let memberships = memberships::of(&mut conn, user, &ids).await?;
        if only.is_some() && memberships.is_empty() {
            return Err(Denied::Hidden.into());
        }
        let mut names = views::names(&mut conn, user, &ids).await?;
        let readable = memberships.iter().map(|membership| {
            (names.remove(&membership.conversation).unwrap_or_default(), prove(membership))
        });
        Ok(readable.collect())
    }

    /// A grant that was made before and is not known to be outdated, from memory. It may be outdated all the same: only
    /// for what compares its version with the scope's before it does or tells anything, as all of `Messaging` does that
    /// takes a proof. What it does not give, [`Self::access`] may.
    pub fn recall(&self, user: UserId, conversation: ConversationId) -> Option<Grant> {
        self.grants.recall(user, conversation.into())
    }

    /// This process heard of a scope's version: grants of an older one are not recalled any more.
    pub fn heard(&self, fence: Fence) {
        self.grants.heard(fence);
    }

    /// What some users may do in the timeline of a conversation, and the version of its scope at which they may. Who is not in
    /// it is left out.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn access_among(
        &self,
        conversation: ConversationId,
        users: &[UserId],
    ) -> Result<(Version, HashMap<UserId, Grant>), Error> {
        let mut conn = self.pool.get().await?;
        // Before what permissions are computed from.
        let version = fence::version(&mut conn, conversation.into()).await?.unwrap_or(Version::MAX);
        let memberships = memberships::among(&mut conn, conversation, users).await?;
        Ok((version, memberships.iter().map(|membership| (membership.user, prove(membership))).collect()))
    }

    /// The right to tell in a conversation what happened there: that of a group's owner, or of one of two. `None` when there is no
    /// such conversation, and when the two cannot write to each other any more.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn announcer(&self, conversation: ConversationId) -> Result<Option<Grant>, Error> {
        let mut conn = self.pool.get().await?;
        let keeper = memberships::keeper(&mut conn, conversation).await?;
        let keeper = keeper.filter(|membership| membership.refusal().is_none());
        Ok(keeper
            .map(|membership| grant(&membership, membership.permissions() | Permissions::MANAGE_MESSAGES)))
    }

    /// Why `user` may not write in a conversation that they see, in words for them; `None` when they may.
    ///
    /// # Errors
    /// [`Error::Denied`] when they do not see it; [`Error::Database`].
    pub async fn refusal(&self, user: UserId, conversation: ConversationId) -> Result<Option<Error>, Error> {
        let mut conn = self.pool.get().await?;
        let membership = memberships::one(&mut conn, user, conversation).await?;
        Ok(membership.ok_or(Denied::Hidden)?.refusal())
    }
}

fn prove(membership: &Membership) -> Grant {
    grant(membership, membership.permissions())
}

#[expect(clippy::disallowed_methods, reason = "the one place where access to conversations is proved")]
fn grant(membership: &Membership, permissions: Permissions) -> Grant {
    Grant::mint(Access {
        user: membership.user,
        timeline: membership.conversation.into(),
        scope: membership.conversation.into(),
        version: membership.version,
        permissions: permissions & Permissions::CHANNEL,
        visible_from: membership.visible_from,
    })
}
