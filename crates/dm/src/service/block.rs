//! The end of two people reaching each other, for both sides at once.

use diesel_async::AsyncPgConnection;
use futures_util::future::{BoxFuture, FutureExt};
use kernel::{Event, Internal, ScopeId, UserId};
use social::OnBlock;

use crate::Error;
use crate::store::pairs::{self, Pair};

/// What a block, or the end of one, means for a conversation of two: whatever was granted there before is granted anew,
/// from how the two stand then. Who may write is decided by `membership.rs`; neither side loses sight of what they have
/// written to each other, so sessions go on hearing it, and nothing comes any more. And whom each of the two reaches by a
/// mention, anywhere, is looked up anew.
#[derive(Clone, Copy, Debug, Default)]
pub struct DirectEnds;

impl OnBlock for DirectEnds {
    fn on_block<'a>(
        &'a self,
        tx: &'a mut AsyncPgConnection,
        pair: (UserId, UserId),
    ) -> BoxFuture<'a, Result<Vec<Event>, Internal>> {
        raise(tx, pair).map(|raised| raised.map(|()| Vec::new()).map_err(Internal::new)).boxed()
    }
}

async fn raise(tx: &mut AsyncPgConnection, (one, other): (UserId, UserId)) -> Result<(), Error> {
    let Some(pair) = Pair::of(one, other) else { return Ok(()) };
    let conversation = pairs::conversation(tx, pair).await?;
    let scopes = conversation.map(ScopeId::from).into_iter().chain([one.into(), other.into()]);
    messaging::fence::raise_all(tx, &scopes.collect::<Vec<_>>()).await?;
    Ok(())
}
