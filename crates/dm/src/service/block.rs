//! The end of a conversation of two, for both sides at once.

use bytes::Bytes;
use diesel_async::AsyncPgConnection;
use futures_util::future::{BoxFuture, FutureExt};
use kernel::{Event, Fence, Header, Internal, Topic, UserId};
use social::OnBlock;

use crate::Error;
use crate::store::pairs::{self, Pair};

/// What a block, or the end of one, means for a conversation of two: whatever was granted there before is granted anew,
/// from how the two stand then. Who may write is decided by `membership.rs`; neither side loses sight of what they have
/// written to each other, so sessions go on hearing it, and nothing comes any more. Gateways are told of the new version, for
/// whatever goes on in the conversation: a call.
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
    let Some(conversation) = pairs::conversation(tx, pair).await? else { return Ok(None) };
    let scope = conversation.into();
    let version = messaging::fence::raise(tx, scope).await?;
    // Without a frame: no socket learns of it.
    let header = Header { fence: Some(Fence { scope, version }), ..Header::default() };
    Ok(Some(Event { topic: Topic::User(one), header, frame: Bytes::new() }))
}
