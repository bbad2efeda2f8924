//! The conversations of somebody.

use kernel::{ConversationId, Fence, Limit, Page, Seq, Timestamp, UserId};
use messaging::Visible;

use super::{Dm, views};
use crate::event::{ConversationSettingsUpdated, tell};
use crate::input::SettingsBody;
use crate::store::lists::{self, ListPosition};
use crate::store::{memberships, participants};
use crate::view::{ConversationView, DetailView, SummaryView};
use crate::{Error, Kind};

/// Conversations in a page: 50 unless said, at most 100.
pub type ConversationsLimit = Limit<50, 100>;

/// Where a page of a list ended. As text: opaque to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(ListPosition);

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (pinned, at, id) = self.0;
        write!(f, "{}.{}.{id}", u8::from(pinned), at.millis())
    }
}

impl std::str::FromStr for Cursor {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parse = || {
            let (pinned, rest) = text.split_once('.')?;
            let (at, id) = rest.split_once('.')?;
            let pinned = match pinned {
                "0" => false,
                "1" => true,
                _ => return None,
            };
            Some(Self((pinned, Timestamp::from_millis(at.parse().ok()?)?, id.parse().ok()?)))
        };
        parse().ok_or("must be the nextCursor of a page")
    }
}

impl Dm {
    /// A page of the user's conversations, or of those of one kind: pinned ones first, then by activity. A constant number
    /// of queries.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn list(
        &self,
        user: UserId,
        kind: Option<Kind>,
        behind: Option<Cursor>,
        limit: ConversationsLimit,
    ) -> Result<(Page<SummaryView>, Option<Cursor>), Error> {
        let mut conn = self.pool.get().await?;
        let behind = behind.map(|cursor| cursor.0);
        let page = Page::of(lists::page(&mut conn, user, kind, behind, limit.get() + 1).await?, limit.get());
        let next = page.items.last().copied().filter(|_| page.has_more).map(Cursor);
        let ids = page.items.iter().map(|(_, _, id)| *id).collect::<Vec<_>>();
        let views = views::mine(&mut conn, user, &ids).await?;
        drop(conn);
        Ok((Page { items: self.summaries(user, views).await?, has_more: page.has_more }, next))
    }

    /// A conversation that the user is in, with everybody who is in it.
    ///
    /// # Errors
    /// [`Error::NoConversation`], [`Error::Database`].
    pub async fn detail(&self, user: UserId, id: ConversationId) -> Result<DetailView, Error> {
        let mut conn = self.pool.get().await?;
        let (view, from) = views::one(&mut conn, user, id).await?;
        let rows = participants::all(&mut conn, id).await?;
        let membership = memberships::one(&mut conn, user, id).await?.ok_or(Error::NoConversation)?;
        drop(conn);
        // Across a block nobody learns how far the other one is.
        let readers = if membership.refusal().is_none() { super::ids(&rows) } else { vec![user] };
        let read = self.log.read_to(id.into(), &readers).await?;
        let mut conn = self.pool.get().await?;
        let members = views::participants(&mut conn, &rows, &read).await?;
        drop(conn);
        let summary = self.summaries(user, vec![(view, from)]).await?.pop().ok_or(Error::NoConversation)?;
        Ok(DetailView { summary, members })
    }

    /// A conversation that the user is in.
    ///
    /// # Errors
    /// [`Error::NoConversation`], [`Error::Database`].
    pub async fn conversation(&self, user: UserId, id: ConversationId) -> Result<ConversationView, Error> {
        let mut conn = self.pool.get().await?;
        Ok(views::one(&mut conn, user, id).await?.0)
    }

    /// Who else is in a conversation of the user, and how far each has read.
    ///
    /// # Errors
    /// [`Error::NoConversation`], [`Error::Database`].
    pub async fn read_by(&self, user: UserId, id: ConversationId) -> Result<Vec<(UserId, Seq)>, Error> {
        let mut conn = self.pool.get().await?;
        let mut others = super::ids(&participants::all(&mut conn, id).await?);
        drop(conn);
        if !others.contains(&user) {
            return Err(Error::NoConversation);
        }
        others.retain(|other| *other != user);
        let read = self.log.read_to(id.into(), &others).await?;
        Ok(others.into_iter().map(|other| (other, read.get(&other).copied().unwrap_or(0))).collect())
    }

    async fn summaries(
        &self,
        user: UserId,
        views: Vec<(ConversationView, Seq)>,
    ) -> Result<Vec<SummaryView>, Error> {
        let timelines =
            views.iter().map(|(view, from)| (view.info.id.into(), *from)).collect::<Vec<Visible>>();
        let mut previews = self.log.previews(user, &timelines).await?;
        let summaries = views.into_iter().map(|(view, _)| {
            let preview = previews.remove(&view.info.id.into());
            SummaryView::new(view, preview)
        });
        Ok(summaries.collect())
    }

    /// Those of `ids` that the user is in, as they see them, in the same order. A constant number of statements, and none for
    /// none.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn views(&self, user: UserId, ids: &[ConversationId]) -> Result<Vec<ConversationView>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut conn = self.pool.get().await?;
        let views = views::mine(&mut conn, user, ids).await?;
        Ok(views.into_iter().map(|(view, _)| view).collect())
    }

    /// Changes what a conversation is for the user. Tells their other sessions.
    ///
    /// # Errors
    /// [`Error::NoConversation`], [`Error::Database`].
    pub async fn configure(
        &self,
        user: UserId,
        conversation_id: ConversationId,
        body: SettingsBody,
    ) -> Result<ConversationSettingsUpdated, Error> {
        let mut conn = self.pool.get().await?;
        let change = (body.is_pinned, body.is_muted);
        let settings = participants::configure(&mut conn, conversation_id, user, change).await?;
        let (is_pinned, is_muted) = settings.ok_or(Error::NoConversation)?;
        let membership =
            memberships::one(&mut conn, user, conversation_id).await?.ok_or(Error::NoConversation)?;
        let fence = Fence { scope: conversation_id.into(), version: membership.version };
        let settings = ConversationSettingsUpdated { conversation_id, is_pinned, is_muted };
        self.publish(tell([user], fence, &settings)?);
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_was_and_nothing_else_is_one() {
        let env = Env::system();
        let cursor = Cursor((true, env.now(), env.id()));
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "1", "2.0.x", "1.x.y", "1.5.01890a5d"] {
            assert!(text.parse::<Cursor>().is_err(), "{text}");
        }
    }
}
