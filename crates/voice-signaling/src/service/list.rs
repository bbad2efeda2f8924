//! Who is where, for those who may know.

use std::collections::HashSet;

use identity::Identity;
use kernel::{GuildId, Limit, Page, ScopeId, TimelineId, UserId};

use super::Voice;
use crate::Error;
use crate::model::{Participant, Session};
use crate::view::{SessionState, SessionView};

/// Sessions in a page.
pub type SessionsLimit = Limit<50, 100>;

impl Voice {
    /// The sessions in the places that `user` may view, by place, after a place: in the channels of one guild, or in those of
    /// all and in the conversations that sessions hear from the start.
    ///
    /// # Errors
    /// [`Error::Down`], [`Error::Database`].
    pub async fn sessions(
        &self,
        user: UserId,
        guild: Option<GuildId>,
        after: Option<TimelineId>,
        limit: SessionsLimit,
    ) -> Result<Page<SessionView>, Error> {
        let of = guild.map(|guild| [guild]);
        let visible = self.0.guilds.talk_channels(user, of.as_ref().map(<[_; 1]>::as_slice)).await?;
        let mut scopes = visible.keys().copied().map(ScopeId::from).collect::<Vec<_>>();
        let mut places = visible.into_values().flatten().map(TimelineId::from).collect::<HashSet<_>>();
        if guild.is_none() {
            for (conversation, ..) in self.0.dm.scopes_of(user).await? {
                scopes.push(conversation.into());
                places.insert(conversation.into());
            }
        }
        let mut sessions = self.known(&scopes, &places).await?;
        sessions.retain(|session| after.is_none_or(|after| session.place > after));
        sessions.sort_by_key(|session| session.place);
        let page = Page::of(sessions, limit.get());
        Ok(Page { items: self.views(&page.items).await?, has_more: page.has_more })
    }

    /// The session in which somebody is, if it goes on.
    pub(super) async fn session(&self, of: &Participant) -> Result<Option<SessionView>, Error> {
        let found = self.0.store.find(of.session).await?;
        Ok(self.views(found.as_slice()).await?.pop())
    }

    /// The sessions of some scopes in those of their places that are named, without more about who is in them than their ids.
    ///
    /// # Errors
    /// [`Error::Down`].
    pub async fn states(
        &self,
        scopes: &[ScopeId],
        places: &HashSet<TimelineId>,
    ) -> Result<Vec<SessionState>, Error> {
        Ok(self.known(scopes, places).await?.iter().map(SessionState::of).collect())
    }

    async fn known(&self, scopes: &[ScopeId], places: &HashSet<TimelineId>) -> Result<Vec<Session>, Error> {
        if scopes.is_empty() {
            return Ok(Vec::new());
        }
        let mut sessions = self.0.store.of(scopes).await?;
        sessions.retain(|session| places.contains(&session.place));
        Ok(sessions)
    }

    async fn views(&self, sessions: &[Session]) -> Result<Vec<SessionView>, Error> {
        let people = sessions.iter().flat_map(|session| &session.participants).map(|each| each.user);
        let people = people.collect::<HashSet<_>>().into_iter().collect::<Vec<_>>();
        let conn = self.0.pool.get().await?;
        let cards = Identity::cards(&conn, &people).await?;
        let view = |session| SessionView::of(session, |user| cards.get(&user).cloned());
        Ok(sessions.iter().map(view).collect())
    }
}
