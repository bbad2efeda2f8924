//! What this crate holds on one person: handed to them, and removed when their account is gone.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream, StreamExt};
use identity::{Identity, PersonalData, Piece};
use kernel::{Event, FriendRequestId, Internal, UserId};
use serde_json::{Value, json};

use super::Social;
use crate::Error;
use crate::event::{FriendRemoved, FriendRequestCancelled, FriendRequestDeclined, tell};
use crate::model::Request;
use crate::store::{blocks, friendships, pair, requests};

const FRIENDS: &str = "Your friends.";
const REQUESTS: &str = "Friend requests that wait for an answer, yours and those of others to you.";
const BLOCKED: &str = "The people whom you block.";
/// Rows read at once.
const SLICE: i64 = 1_000;

/// The files of the export, in their order, and from where on to read each.
#[derive(Clone, Copy, Debug)]
enum Next {
    Friends(Option<UserId>),
    Requests(Option<FriendRequestId>),
    Blocked(Option<UserId>),
    Done,
}

impl Social {
    /// A piece of the export, and what comes after it.
    async fn piece(&self, user: UserId, next: Next) -> Result<Option<(Piece, Next)>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(Some(match next {
            Next::Friends(after) => {
                let rows = friendships::page(&mut conn, user, after, SLICE).await?;
                let last = last(&rows).map(|friend| Next::Friends(Some(friend.friend_id)));
                let items =
                    rows.iter().map(|row| json!({ "userId": row.friend_id, "since": row.created_at }));
                (piece("friends", FRIENDS, items), last.unwrap_or(Next::Requests(None)))
            }
            Next::Requests(before) => {
                let rows = requests::page(&mut conn, user, None, before, SLICE).await?;
                let last = last(&rows).map(|request| Next::Requests(Some(request.id)));
                let items = rows.iter().map(|row| {
                    json!({ "id": row.id, "from": row.sender_id, "to": row.receiver_id, "createdAt": row.created_at })
                });
                (piece("friend-requests", REQUESTS, items), last.unwrap_or(Next::Blocked(None)))
            }
            Next::Blocked(after) => {
                let rows = blocks::page(&mut conn, user, after, SLICE).await?;
                let last = last(&rows).map(|block| Next::Blocked(Some(block.blocked_id)));
                let items =
                    rows.iter().map(|row| json!({ "userId": row.blocked_id, "since": row.created_at }));
                (piece("blocked", BLOCKED, items), last.unwrap_or(Next::Done))
            }
            Next::Done => return Ok(None),
        }))
    }

    /// Ends everything between `user` and others, each in a transaction of its own: one that fails leaves the others
    /// done. The others are told.
    async fn part_with_all(self, user: UserId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        for friend in friendships::of(&mut conn, user).await? {
            let done = conn.transaction(async |tx| forget_friend(tx, user, friend).await);
            let event = done.await?;
            self.publish(event);
        }
        loop {
            let waiting = requests::page(&mut conn, user, None, None, SLICE).await?;
            for request in &waiting {
                let done = conn.transaction(async |tx| forget_request(tx, user, request).await);
                let event = done.await?;
                self.publish([event]);
            }
            if last(&waiting).is_none() {
                break;
            }
        }
        Ok(blocks::forget(&mut conn, user).await?)
    }
}

/// Ends a friendship with somebody whose account is gone.
async fn forget_friend(
    tx: &mut AsyncPgConnection,
    user: UserId,
    friend: UserId,
) -> Result<Option<Event>, Error> {
    pair::lock(tx, user, friend).await?;
    if !friendships::delete(tx, user, friend).await? {
        return Ok(None);
    }
    let gone = Identity::cards(tx, &[user]).await?.remove(&user);
    let told = gone.map(|gone| tell(friend, &FriendRemoved { friend_id: user, friend: gone }));
    Ok(told.transpose()?)
}

/// Removes a request of or to somebody whose account is gone. The name of who is gone is not told: it is no name any
/// more.
async fn forget_request(tx: &mut AsyncPgConnection, user: UserId, request: &Request) -> Result<Event, Error> {
    let other = request.beside(user);
    pair::lock(tx, user, other).await?;
    requests::delete(tx, request.id).await?;
    let gone = Identity::cards(tx, &[user]).await?.remove(&user);
    let (request_id, username) = (request.id, gone.map(|gone| gone.username).unwrap_or_default());
    Ok(if request.sender_id == user {
        tell(other, &FriendRequestCancelled { request_id, user_id: user, username })?
    } else {
        tell(other, &FriendRequestDeclined { request_id, user_id: user, username })?
    })
}

impl PersonalData for Social {
    fn export(&self, user: UserId) -> BoxStream<'static, Result<Piece, Internal>> {
        let pieces =
            stream::try_unfold((self.clone(), Next::Friends(None)), move |(social, next)| async move {
                let piece = social.piece(user, next).await.map_err(Internal::new)?;
                Ok(piece.map(|(piece, next)| (piece, (social, next))))
            });
        pieces.boxed()
    }

    fn erase(&self, user: UserId) -> BoxFuture<'static, Result<(), Internal>> {
        self.clone().part_with_all(user).map(|done| done.map_err(Internal::new)).boxed()
    }
}

fn last<T>(rows: &[T]) -> Option<&T> {
    rows.last().filter(|_| i64::try_from(rows.len()).is_ok_and(|rows| rows == SLICE))
}

fn piece(file: &'static str, about: &'static str, items: impl Iterator<Item = Value>) -> Piece {
    Piece { file, about, items: items.collect() }
}
