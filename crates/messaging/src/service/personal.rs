//! What timelines hold on one person: handed to them, and removed when their account is gone. What they wrote stays, for
//! it belongs to the conversations of others, too; that it was them is told by nothing but their account.

use std::collections::VecDeque;

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream, StreamExt};
use identity::{PersonalData, Piece};
use kernel::{Internal, Seq, TimelineId, UserId};
use serde_json::{Value, json};

use super::Messaging;
use crate::row::Row;
use crate::store::personal::{self, Visited};
use crate::store::scheduled;
use crate::{Error, fence};

/// Timelines in one statement.
const TIMELINES: i64 = 500;
/// Places of a timeline in one statement: of so many messages the user may have written each.
const PLACES: Seq = 1_000;

const MESSAGES: &str = "What you wrote, wherever you could write; what you deleted has no text any more.";
const REACTIONS: &str =
    "The emoji that you put on messages, by channel or conversation and the message's seq.";
const MARKS: &str = "Where you have read to in each channel and conversation.";

/// How far the reading of one user's traces has come.
#[derive(Debug)]
struct Progress {
    /// The timelines that were found and not read yet, and the last of those that were found.
    ahead: VecDeque<Visited>,
    found: TimelineId,
    /// The one that is being read, and how far.
    at: Option<(Visited, Seq)>,
}

impl Progress {
    fn new() -> Self {
        Self { ahead: VecDeque::new(), found: TimelineId::from_uuid(uuid::Uuid::nil()), at: None }
    }
}

impl Messaging {
    /// The next part of a timeline where the user may have left something: between which places. `None` at the end.
    ///
    /// There is no index of messages by author, nor of reactions: they would cost every send something, for what is asked for
    /// once in years. So the timelines are read where the user has a read mark.
    async fn next_part(
        &self,
        user: UserId,
        progress: &mut Progress,
    ) -> Result<Option<(Visited, (Seq, Seq))>, Error> {
        loop {
            if let Some((place, after)) = progress.at.take() {
                let until = after.saturating_add(PLACES);
                if until < place.last_seq {
                    progress.at = Some((place, until));
                }
                return Ok(Some((place, (after, until))));
            }
            if progress.ahead.is_empty() {
                let visited = self.visited(user, progress.found).await?;
                let Some(last) = visited.last() else { return Ok(None) };
                progress.found = last.timeline;
                progress.ahead = visited.into();
            }
            progress.at = progress.ahead.pop_front().map(|place| (place, 0));
        }
    }

    /// The next messages that the user wrote, none when there are no more.
    async fn next_messages(&self, user: UserId, progress: &mut Progress) -> Result<Option<Piece>, Error> {
        while let Some((place, part)) = self.next_part(user, progress).await? {
            let mut conn = self.pool.get().await?;
            let rows = personal::written(&mut conn, place.timeline, user, part).await?;
            if !rows.is_empty() {
                let items = rows.into_iter().map(|row| written(row, place)).collect();
                return Ok(Some(Piece { file: "messages", about: MESSAGES, items }));
            }
        }
        Ok(None)
    }

    /// The next reactions of the user, none when there are no more.
    async fn next_reactions(&self, user: UserId, progress: &mut Progress) -> Result<Option<Piece>, Error> {
        while let Some((place, part)) = self.next_part(user, progress).await? {
            let mut conn = self.pool.get().await?;
            let found = personal::reacted(&mut conn, place.timeline, user, part).await?;
            if !found.is_empty() {
                let items = found.into_iter().map(|(seq, emoji)| reacted(place, seq, &emoji)).collect();
                return Ok(Some(Piece { file: "reactions", about: REACTIONS, items }));
            }
        }
        Ok(None)
    }

    async fn visited(&self, user: UserId, after: TimelineId) -> Result<Vec<Visited>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(personal::visited(&mut conn, user, after, TIMELINES).await?)
    }

    /// The read marks of timelines after `after`, and where to go on.
    async fn next_marks(
        &self,
        user: UserId,
        after: TimelineId,
    ) -> Result<(Piece, Option<TimelineId>), Error> {
        let visited = self.visited(user, after).await?;
        let next = visited.last().map(|place| place.timeline);
        let items = visited.into_iter().map(|place| located(place, json!({ "seq": place.read })));
        Ok((Piece { file: "read-marks", about: MARKS, items: items.collect() }, next))
    }

    async fn forget(self, user: UserId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        scheduled::erase(&mut conn, user).await?;
        fence::forget(&mut conn, user.into()).await?;
        Ok(personal::forget(&mut conn, user).await?)
    }
}

fn written(row: Row, place: Visited) -> Value {
    let item = json!({
        "id": row.id, "seq": row.seq, "type": row.kind, "content": row.content, "replyTo": row.reply_to,
        "parentMessageId": row.parent_id, "createdAt": row.created_at, "editedAt": row.edited_at,
        "deletedAt": row.deleted_at,
    });
    located(place, item)
}

/// An item, with where it is: a channel of a server, or a conversation, which is its own scope.
fn located(place: Visited, mut item: Value) -> Value {
    let mut tell =
        |name: &str, value: Value| item.as_object_mut().and_then(|item| item.insert(name.to_string(), value));
    if place.timeline.uuid() == place.scope.uuid() {
        tell("conversationId", json!(place.timeline));
    } else {
        tell("channelId", json!(place.timeline));
        tell("serverId", json!(place.scope));
    }
    item
}

fn reacted(place: Visited, seq: Seq, emoji: &str) -> Value {
    located(place, json!({ "seq": seq, "emoji": emoji }))
}

impl PersonalData for Messaging {
    fn export(&self, user: UserId) -> BoxStream<'static, Result<Piece, Internal>> {
        let none = Piece { file: "messages", about: MESSAGES, items: Vec::new() };
        let messaging = self.clone();
        let messages = stream::try_unfold(Progress::new(), move |mut progress| {
            let messaging = messaging.clone();
            async move {
                let piece = messaging.next_messages(user, &mut progress).await?;
                Ok(piece.map(|piece| (piece, progress)))
            }
        });
        let messaging = self.clone();
        let reactions = stream::try_unfold(Progress::new(), move |mut progress| {
            let messaging = messaging.clone();
            async move {
                let piece = messaging.next_reactions(user, &mut progress).await?;
                Ok(piece.map(|piece| (piece, progress)))
            }
        });
        let messaging = self.clone();
        let first = TimelineId::from_uuid(uuid::Uuid::nil());
        let marks = stream::try_unfold(Some(first), move |after| {
            let messaging = messaging.clone();
            async move {
                let Some(after) = after else { return Ok(None) };
                messaging.next_marks(user, after).await.map(Some)
            }
        });
        let messaging = self.clone();
        let later = stream::once(async move { messaging.scheduled_piece(user).await });
        // Also when nothing was written there is a file.
        let all = stream::once(async { Ok(none) }).chain(messages).chain(reactions).chain(marks).chain(later);
        all.map(|piece: Result<Piece, Error>| piece.map_err(Internal::new)).boxed()
    }

    fn erase(&self, user: UserId) -> BoxFuture<'static, Result<(), Internal>> {
        self.clone().forget(user).map(|done| done.map_err(Internal::new)).boxed()
    }
}
