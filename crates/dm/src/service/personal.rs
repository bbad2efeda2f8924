//! What conversations hold on one person: handed to them, and removed when their account is gone. What they wrote stays,
//! for it belongs to the conversations of others, too.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream, StreamExt};
use identity::{PersonalData, Piece};
use kernel::{ConversationId, Event, Fence, Internal, UserId};
use serde_json::json;

use super::{Dm, ids, views};
use crate::event::{ConversationMemberRemoved, tell};
use crate::store::{conversations, participants, settings};
use crate::{Error, Kind};

/// Conversations in one piece.
const SLICE: i64 = 500;
const CONVERSATIONS: &str = "The direct and group conversations that you are in, and how you have set them.";
const CHOICE: &str = "From whom you accept messages.";

impl Dm {
    async fn next_piece(
        &self,
        user: UserId,
        after: Option<ConversationId>,
    ) -> Result<(Piece, Option<ConversationId>), Error> {
        let mut conn = self.pool.get().await?;
        let ids = participants::of_user(&mut conn, user, after, SLICE).await?;
        let items = views::mine(&mut conn, user, &ids).await?.into_iter().map(|(view, _)| {
            json!({
                "conversationId": view.info.id, "type": view.info.kind, "name": view.info.name,
                "with": view.recipient.map(|other| other.username), "role": view.role, "isPinned": view.is_pinned,
                "isMuted": view.is_muted, "createdAt": view.info.created_at,
            })
        });
        let piece = Piece { file: "conversations", about: CONVERSATIONS, items: items.collect() };
        Ok((piece, ids.last().copied()))
    }

    async fn choice(self, user: UserId) -> Result<Piece, Error> {
        let accepts = self.accepts(user).await?;
        Ok(Piece { file: "message-settings", about: CHOICE, items: vec![json!({ "acceptFrom": accepts })] })
    }

    /// Takes the user out of all conversations. Each is a transaction of its own, for each locks a scope: one that fails
    /// leaves the others done.
    async fn quit_all(self, user: UserId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        settings::forget(&mut conn, user).await?;
        loop {
            let mine = participants::of_user(&mut conn, user, None, SLICE).await?;
            if mine.is_empty() {
                return Ok(());
            }
            for id in mine {
                let events = conn.transaction(async |tx| self.quit_in(tx, user, id).await).await?;
                self.publish(events);
            }
        }
    }

    async fn quit_in(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        id: ConversationId,
    ) -> Result<Vec<Event>, Error> {
        match self.leave_in(tx, user, id).await {
            Ok((_, events)) => return Ok(events),
            // Gone since.
            Err(Error::NoConversation) => return Ok(Vec::new()),
            Err(Error::NotAGroup) => {}
            Err(error) => return Err(error),
        }
        let scope = id.into();
        let fence = Fence { scope, version: messaging::fence::raise(tx, scope).await? };
        let Some((Kind::Direct, _, members)) = conversations::lock(tx, id).await? else {
            return Ok(Vec::new());
        };
        let before = ids(&participants::all(tx, id).await?);
        if participants::remove(tx, id, user).await?.is_none() {
            return Ok(Vec::new());
        }
        if members <= 1 {
            // The other one went before: nobody can read it any more.
            messaging::timeline::close(tx, &[id.into()], self.env.now()).await?;
            conversations::delete(tx, id).await?;
            return Ok(Vec::new());
        }
        conversations::count(tx, id, members - 1).await?;
        let told =
            ConversationMemberRemoved { conversation_id: id, user_id: user, member_count: members - 1 };
        Ok(tell(before, fence, &told)?)
    }
}

impl PersonalData for Dm {
    fn export(&self, user: UserId) -> BoxStream<'static, Result<Piece, Internal>> {
        let dm = self.clone();
        let conversations = stream::try_unfold(Some(None), move |after| {
            let dm = dm.clone();
            async move {
                let Some(after) = after else { return Ok(None) };
                let (piece, next) = dm.next_piece(user, after).await?;
                Ok::<_, Error>(Some((piece, next.map(Some))))
            }
        });
        let choice = stream::once(self.clone().choice(user));
        conversations.chain(choice).map(|piece| piece.map_err(Internal::new)).boxed()
    }

    fn erase(&self, user: UserId) -> BoxFuture<'static, Result<(), Internal>> {
        self.clone().quit_all(user).map(|done| done.map_err(Internal::new)).boxed()
    }
}
