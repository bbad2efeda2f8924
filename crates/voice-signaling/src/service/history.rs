//! Calls that are over, for those whom they concerned.

use std::collections::HashSet;

use diesel_async::AsyncConnection;
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream, StreamExt};
use identity::{Identity, PersonalData, Piece};
use kernel::{Internal, Limit, Page, UserId, VoiceSessionId};
use serde_json::json;

use super::Voice;
use crate::Error;
use crate::history::{CallMessage, CallView, PastCall, store, words};

/// Calls in a page.
pub type CallsLimit = Limit<20, 50>;

/// Calls in one piece, and in one go.
const SLICE: i64 = 500;
const CALLS: &str = "The calls that you made and got, and what became of them.";

impl Voice {
    /// The calls that concerned `user` and are over, the last first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn calls(
        &self,
        user: UserId,
        before: Option<VoiceSessionId>,
        limit: CallsLimit,
    ) -> Result<Page<CallView>, Error> {
        let mut conn = self.0.pool.get().await?;
        let rows = store::of(&mut conn, user, None, before, limit.get() + 1).await?;
        let Page { items, has_more } = Page::of(rows, limit.get());
        drop(conn);
        Ok(Page { items: self.shown(items).await?, has_more })
    }

    /// A call that concerned `user` and is over.
    ///
    /// # Errors
    /// [`Error::NoCall`], [`Error::Database`].
    pub async fn past_call(&self, user: UserId, id: VoiceSessionId) -> Result<CallView, Error> {
        let mut conn = self.0.pool.get().await?;
        let found = store::of(&mut conn, user, Some(id), None, 1).await?;
        drop(conn);
        self.shown(found).await?.pop().ok_or(Error::NoCall)
    }

    /// What its conversation is to be told of a call that is over.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn call_message(&self, id: VoiceSessionId) -> Result<Option<CallMessage>, Error> {
        let mut conn = self.0.pool.get().await?;
        let call = store::find(&mut conn, id).await?;
        Ok(call.map(|call| CallMessage {
            conversation: call.conversation_id,
            caller: call.caller_id,
            words: words(&call),
            nonce: format!("call:{id}"),
        }))
    }

    async fn shown(&self, rows: Vec<PastCall>) -> Result<Vec<CallView>, Error> {
        let mut conn = self.0.pool.get().await?;
        let calls = store::with_people(&mut conn, rows).await?;
        let people = calls.iter().flat_map(|(call, people)| people.keys().copied().chain([call.caller_id]));
        let people = people.collect::<HashSet<_>>().into_iter().collect::<Vec<_>>();
        let cards = Identity::cards(&conn, &people).await?;
        Ok(calls.into_iter().filter_map(|call| CallView::of(call, &cards)).collect())
    }

    async fn next_piece(
        &self,
        user: UserId,
        before: Option<VoiceSessionId>,
    ) -> Result<(Piece, Option<VoiceSessionId>), Error> {
        let mut conn = self.0.pool.get().await?;
        let rows = store::of(&mut conn, user, None, before, SLICE).await?;
        let last = rows.last().map(|call| call.id);
        let calls = store::with_people(&mut conn, rows).await?;
        let items = calls.into_iter().map(|(call, people)| {
            json!({
                "id": call.id, "conversationId": call.conversation_id, "callerId": call.caller_id,
                "isVideo": call.is_video, "outcome": call.outcome, "startedAt": call.started_at,
                "answeredAt": call.answered_at, "endedAt": call.ended_at, "part": people.get(&user),
            })
        });
        Ok((Piece { file: "calls", about: CALLS, items: items.collect() }, last))
    }

    async fn forget(self, user: UserId) -> Result<(), Error> {
        let mut conn = self.0.pool.get().await?;
        loop {
            let forgotten = conn.transaction(async |tx| store::forget(tx, user, SLICE).await).await?;
            if forgotten == 0 {
                return Ok(());
            }
        }
    }
}

impl PersonalData for Voice {
    fn export(&self, user: UserId) -> BoxStream<'static, Result<Piece, Internal>> {
        let voice = self.clone();
        let pieces = stream::try_unfold(Some(None), move |before| {
            let voice = voice.clone();
            async move {
                let Some(before) = before else { return Ok(None) };
                let (piece, next) = voice.next_piece(user, before).await?;
                Ok::<_, Error>(Some((piece, next.map(Some))))
            }
        });
        pieces.map(|piece| piece.map_err(Internal::new)).boxed()
    }

    fn erase(&self, user: UserId) -> BoxFuture<'static, Result<(), Internal>> {
        self.clone().forget(user).map(|done| done.map_err(Internal::new)).boxed()
    }
}
