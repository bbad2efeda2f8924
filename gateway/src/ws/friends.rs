//! The commands about friends.

use kernel::{FriendRequestId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use social::RequestView;
use social::input::AskBody;
use utoipa::ToSchema;

use super::payload::EmptyAck;
use crate::actions;
use crate::actions::friends::FriendView;
use crate::http::{ApiError, State};

/// What is to be done.
#[derive(Debug)]
pub(crate) enum FriendCommand {
    Ask(AskBody),
    Accept(FriendRequestId),
    Decline(FriendRequestId),
    Cancel(FriendRequestId),
    Remove(UserId),
}

/// Which request.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestData {
    /// The friend request.
    pub(super) request_id: FriendRequestId,
}

/// Which friend.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct FriendData {
    /// The friend.
    pub(super) friend_id: UserId,
}

/// The request, or the one of the other that is accepted by it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct RequestAck {
    /// The request.
    request: RequestView,
}

/// Somebody is a friend.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct FriendAck {
    /// The friend.
    friend: FriendView,
}

/// Does it for `user`; the result is the ack.
pub(super) async fn execute(state: &State, user: UserId, command: FriendCommand) -> Result<Value, ApiError> {
    let done = state.run(move |s| async move {
        Ok::<_, ApiError>(match command {
            FriendCommand::Ask(body) => {
                json!(RequestAck { request: actions::friends::ask(&s, user, &body).await? })
            }
            FriendCommand::Accept(id) => {
                json!(FriendAck { friend: actions::friends::accept(&s, user, id).await? })
            }
            FriendCommand::Decline(id) => {
                s.social.decline(user, id).await?;
                json!(EmptyAck {})
            }
            FriendCommand::Cancel(id) => {
                s.social.cancel(user, id).await?;
                json!(EmptyAck {})
            }
            FriendCommand::Remove(friend) => {
                s.social.remove(user, friend).await?;
                json!(EmptyAck {})
            }
        })
    });
    done.await
}
