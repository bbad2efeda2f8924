//! The end of two people reaching each other, for both sides at once.

use bytes::Bytes;
use diesel_async::AsyncPgConnection;
use futures_util::future::{BoxFuture, FutureExt};
use kernel::{Event, Fence, Header, Internal, ScopeId, Topic, UserId};
use messaging::fence;
use social::OnBlock;

use crate::Error;
use crate::store::pairs::{self, Pair};

/// What a block, or the end of one, means for a conversation of two: whatever was granted there before is granted anew,
/// from how the two stand then. Who may write is decided by `membership.rs`; neither side loses sight of what they have
/// written to each other, so sessions go on hearing it, and nothing comes any more. And whom each of the two reaches by a
/// mention, anywhere, is looked up anew. Gateways are told of the conversation's new version, for what goes on there: a call.
#[derive(Clone, Copy, Debug, Default)]
pub struct DirectEnds;

impl OnBlock for DirectEnds {
    fn on_block<'a>(
        &'a self,
        tx: &'a mut AsyncPgConnection,
        pair: (UserId, UserId),
    ) -> BoxFuture<'a, Result<Vec<Event>, Internal>> {
        raise(tx, pair).map(|raised| raised.map(Vec::from_iter).map_err(Internal::new)).boxed()
    }
}

async fn raise(tx: &mut AsyncPgConnection, (one, other): (UserId, UserId)) -> Result<Option<Event>, Error> {
    let Some(pair) = Pair::of(one, other) else { return Ok(None) };
    let conversation = pairs::conversation(tx, pair).await?.map(ScopeId::from);
    let scopes = conversation.into_iter().chain([one.into(), other.into()]);
    fence::raise_all(tx, &scopes.collect::<Vec<_>>()).await?;
    let Some(scope) = conversation else { return Ok(None) };
    let version = fence::version(tx, scope).await?.ok_or(Error::NoConversation)?;
    // Without a frame: no socket learns of it.
    let header = Header { fence: Some(Fence { scope, version }), ..Header::default() };
    Ok(Some(Event { topic: Topic::User(one), header, frame: Bytes::new() }))
}
