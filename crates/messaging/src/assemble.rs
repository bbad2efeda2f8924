//! What a message shows beside its own row, for any number of messages in a constant number of queries.

use std::collections::{HashMap, HashSet};

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use identity::{Identity, UserCard};
use kernel::{MessageId, UserId};
use media::AttachmentView;

use crate::preview::LinkPreview;
use crate::row::Row;
use crate::store::previews;
use crate::store::reactions::{self, MessageKey, Tally};
use crate::view::ReactionView;

/// The people in some messages, what people put on them, and what is behind their links.
#[derive(Debug, Default)]
pub(crate) struct Around {
    cards: HashMap<UserId, UserCard>,
    tallies: HashMap<MessageKey, Vec<Tally>>,
    files: HashMap<MessageId, Vec<AttachmentView>>,
    previews: HashMap<MessageId, LinkPreview>,
    /// The emoji of the reader, when there is one.
    own: Option<HashSet<(MessageKey, String)>>,
}

impl Around {
    /// What is around `rows`: one query for people, one more when there are reactions, one when there are files, and one
    /// when there may be previews: not of what is written now.
    pub(crate) async fn of<'a>(
        conn: &mut AsyncPgConnection,
        rows: impl IntoIterator<Item = &'a Row>,
    ) -> QueryResult<Self> {
        Self::with(conn, HashMap::new(), rows).await
    }

    /// As [`Self::of`], for those who were asked for before: no query when there is nobody else.
    pub(crate) async fn with<'a>(
        conn: &mut AsyncPgConnection,
        mut cards: HashMap<UserId, UserCard>,
        rows: impl IntoIterator<Item = &'a Row>,
    ) -> QueryResult<Self> {
        let (mut people, mut keys) = (HashSet::new(), HashSet::new());
        let (mut filed, mut linked) = (HashSet::new(), HashSet::new());
        for row in rows {
            people.insert(row.author_id);
            people.extend(row.mentioned());
            if row.emoji > 0 {
                keys.insert((row.timeline_id, row.seq));
            }
            if row.files > 0 {
                filed.insert(row.id);
            }
            if row.may_have_preview() {
                linked.insert(row.id);
            }
        }
        people.retain(|user| !cards.contains_key(user));
        cards.extend(Identity::cards(conn, &people.into_iter().collect::<Vec<_>>()).await?);
        let tallies = reactions::of(conn, &keys.into_iter().collect::<Vec<_>>()).await?;
        let files = media::attached(conn, &filed.into_iter().collect::<Vec<_>>()).await?;
        let previews = previews::of(conn, &linked.into_iter().collect::<Vec<_>>()).await?;
        Ok(Self { cards, tallies, files, previews, own: None })
    }

    /// Of new messages on which nothing stands: those who wrote them.
    pub(crate) fn new_ones(cards: HashMap<UserId, UserCard>) -> Self {
        Self { cards, ..Self::default() }
    }

    /// The same as `reader` sees it: one query more when there are reactions.
    pub(crate) async fn for_reader(self, conn: &mut AsyncPgConnection, reader: UserId) -> QueryResult<Self> {
        let keys = self.tallies.keys().copied().collect::<Vec<_>>();
        let own = reactions::own(conn, reader, &keys).await?;
        Ok(Self { own: Some(own.into_iter().collect()), ..self })
    }

    /// Somebody, as they are shown beside messages.
    pub(crate) fn card(&self, user: UserId) -> UserCard {
        self.cards.get(&user).cloned().unwrap_or_else(|| gone(user))
    }

    /// The files of a message.
    pub(crate) fn files(&self, row: &Row) -> Vec<AttachmentView> {
        let files = self.files.get(&row.id).filter(|_| row.deleted_at.is_none());
        files.cloned().unwrap_or_default()
    }

    /// What is behind the link of a message, if that is known.
    pub(crate) fn preview(&self, row: &Row) -> Option<LinkPreview> {
        // Its text may be another than the one whose link was looked at.
        self.previews.get(&row.id).filter(|_| row.may_have_preview()).cloned()
    }

    /// What is on a message.
    pub(crate) fn reactions(&self, row: &Row) -> Vec<ReactionView> {
        let message = (row.timeline_id, row.seq);
        let tallies = self.tallies.get(&message).into_iter().flatten();
        // A tombstone has none, whatever is removed in this moment.
        let tallies = tallies.filter(|_| row.deleted_at.is_none());
        let views = tallies.map(|tally| ReactionView {
            emoji: tally.emoji.clone(),
            count: tally.count,
            users: tally.users.clone(),
            me: self.own.as_ref().map(|own| own.contains(&(message, tally.emoji.clone()))),
        });
        views.collect()
    }
}

/// The card of an account that does not exist any more.
pub(crate) fn gone(id: UserId) -> UserCard {
    UserCard { id, username: "deleted".into(), name: "Deleted account".into(), avatar: None }
}
