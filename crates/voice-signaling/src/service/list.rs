//! Who is where, for those who may know.

use std::collections::{HashMap, HashSet};

use identity::Identity;
use kernel::{ChannelId, GuildId, UserId};
use kernel::{Limit, Page};

use super::Voice;
use crate::Error;
use crate::model::{Participant, Session};
use crate::view::{ParticipantView, SessionView, VoiceChannelView};

/// Sessions in a page.
pub type SessionsLimit = Limit<50, 100>;

impl Voice {
    /// The sessions in the voice channels that `user` may view, of one guild or of all, by channel, after a channel.
    ///
    /// # Errors
    /// [`Error::Down`], [`Error::Database`].
    pub async fn sessions(
        &self,
        user: UserId,
        guild: Option<GuildId>,
        after: Option<ChannelId>,
        limit: SessionsLimit,
    ) -> Result<Page<SessionView>, Error> {
        let of = guild.map(|guild| [guild]);
        let visible = self.0.guilds.voice_channels(user, of.as_ref().map(<[_; 1]>::as_slice)).await?;
        let places = visible.into_values().flatten().filter(|place| after.is_none_or(|after| *place > after));
        let mut sessions = self.0.store.at(&places.collect::<Vec<_>>()).await?;
        sessions.sort_by_key(|session| session.place);
        let page = Page::of(sessions, limit.get());
        Ok(Page { items: self.views(&page.items).await?, has_more: page.has_more })
    }

    /// The session in which somebody is, if it goes on.
    pub(super) async fn session(&self, of: &Participant) -> Result<Option<SessionView>, Error> {
        let mut sessions = self.0.store.at(&[of.place]).await?;
        sessions.retain(|session| session.id == of.session);
        Ok(self.views(&sessions).await?.pop())
    }

    /// The sessions in these channels, without more about who is in them than their ids.
    ///
    /// # Errors
    /// [`Error::Down`].
    pub async fn in_channels(&self, channels: &[ChannelId]) -> Result<Vec<VoiceChannelView>, Error> {
        if channels.is_empty() {
            return Ok(Vec::new());
        }
        Ok(self.0.store.at(channels).await?.iter().map(VoiceChannelView::of).collect())
    }

    async fn views(&self, sessions: &[Session]) -> Result<Vec<SessionView>, Error> {
        let people = sessions.iter().flat_map(|session| &session.people).map(|each| each.user);
        let people = people.collect::<HashSet<_>>().into_iter().collect::<Vec<_>>();
        let mut conn = self.0.pool.get().await?;
        let cards: HashMap<_, _> = Identity::cards(&mut conn, &people).await?;
        let view = |session: &Session| SessionView {
            id: session.id,
            r#type: "channel",
            channel_id: session.place,
            server_id: session.scope.into(),
            created_by: session.by,
            created_at: session.started,
            participants: session
                .people
                .iter()
                .filter_map(|each| Some(ParticipantView::of(each, cards.get(&each.user)?.clone())))
                .collect(),
        };
        Ok(sessions.iter().map(view).collect())
    }
}
