//! From a message or channel id to its access to the change.

use std::future::Future;

use kernel::{Allowed, Capability, Code, Grant, MessageId, Rev, Seq, TimelineId, UserId, can};
use messaging::input::{Content, Draft};
use messaging::{
    Changes, ChangesLimit, Cursor, EditHistory, HistoryPage, MessageView, PageLimit, ReadMark, RepliesLimit,
    Sent, Thread, Window,
};

use super::{mentions, place};
use crate::http::ApiError;
use crate::services::Services;

/// Sends a message to a channel or conversation.
pub(crate) async fn send(
    services: &Services,
    user: UserId,
    channel: impl Into<TimelineId>,
    draft: Draft,
) -> Result<Sent, ApiError> {
    super::media::may_attach(services, draft.files().len())?;
    let channel = channel.into();
    let (messaging, draft) = (&services.messaging, &draft);
    // Whom it mentions is looked up behind each proof: rights and blocks that change meanwhile make the send stale.
    let send = |allowed: Allowed<can::Send>| async move {
        let draft = mentions::addressed(services, user, channel, draft.clone()).await?;
        Ok::<_, Tried>(messaging.send(allowed, draft).await?)
    };
    in_channel(services, user, channel, send).await
}

/// Changes the text of a message.
pub(crate) async fn edit(
    services: &Services,
    user: UserId,
    message: MessageId,
    content: Content,
) -> Result<MessageView, ApiError> {
    let edit = |allowed| services.messaging.edit(allowed, message, content.clone());
    at_message::<can::Send, _, _, _>(services, user, message, edit).await
}

/// Deletes a message.
pub(crate) async fn delete(services: &Services, user: UserId, message: MessageId) -> Result<(), ApiError> {
    let delete = |allowed| services.messaging.delete(allowed, message);
    at_message::<can::View, _, _, _>(services, user, message, delete).await
}

/// Reads a part of the history of a channel or conversation.
pub(crate) async fn history(
    services: &Services,
    user: UserId,
    channel: impl Into<TimelineId>,
    window: Window,
    limit: PageLimit,
) -> Result<HistoryPage, ApiError> {
    let messaging = &services.messaging;
    in_channel(services, user, channel, |allowed| messaging.history(allowed, window, limit)).await
}

/// Reads one message.
pub(crate) async fn get(
    services: &Services,
    user: UserId,
    channel: impl Into<TimelineId>,
    message: MessageId,
) -> Result<MessageView, ApiError> {
    in_channel(services, user, channel, |allowed| services.messaging.message(allowed, message)).await
}

/// Reads what changed in a channel or conversation.
pub(crate) async fn changes(
    services: &Services,
    user: UserId,
    channel: impl Into<TimelineId>,
    (since, base): (Rev, Option<Rev>),
    limit: ChangesLimit,
) -> Result<Changes, ApiError> {
    in_channel(services, user, channel, |allowed| services.messaging.changes(allowed, since, base, limit))
        .await
}

/// Marks a channel or conversation as read.
pub(crate) async fn read(
    services: &Services,
    user: UserId,
    channel: impl Into<TimelineId>,
    seq: Option<Seq>,
) -> Result<ReadMark, ApiError> {
    let messaging = &services.messaging;
    let read = |allowed: Allowed<can::View>| async move {
        Ok::<_, messaging::Error>((messaging.mark_read(allowed, seq).await?, *allowed))
    };
    let (moved, grant) = in_channel(services, user, channel, read).await?;
    // What mentions them beyond the mark: nothing is, most of the time. Conversations have no roles.
    let roles = match moved.at_end() || !moved.in_channel() {
        true => Vec::new(),
        false => services.guilds.roles_of(user, &[moved.scope().into()]).await?,
    };
    let mark = messaging.tell_mark(moved, &roles).await?;
    // Those in a conversation hear how far the others have read; across a block, nobody does.
    if mark.conversation_id.is_some() && grant.has(can::Send::PERMISSION) {
        services.receipts.tell(user, place::fence(&grant), mark.seq);
    }
    Ok(mark)
}

/// Marks a message's channel or conversation as read up to it.
pub(crate) async fn read_to(
    services: &Services,
    user: UserId,
    message: MessageId,
) -> Result<ReadMark, ApiError> {
    let (timeline, seq) = services.messaging.place_of(message).await?;
    hiding(read(services, user, timeline, Some(seq)).await)
}

/// Deletes several messages of a channel.
pub(crate) async fn delete_many(
    services: &Services,
    user: UserId,
    channel: impl Into<TimelineId>,
    ids: Vec<MessageId>,
) -> Result<Vec<MessageId>, ApiError> {
    let messaging = &services.messaging;
    in_channel(services, user, channel, |allowed| messaging.delete_all(allowed, ids.clone())).await
}

/// Reads what a message said before it was edited.
pub(crate) async fn formerly(
    services: &Services,
    user: UserId,
    message: MessageId,
) -> Result<EditHistory, ApiError> {
    at_message(services, user, message, |allowed| services.messaging.formerly(allowed, message)).await
}

/// Reads a part of a message's thread.
pub(crate) async fn thread(
    services: &Services,
    user: UserId,
    parent: MessageId,
    after: Option<Cursor>,
    limit: RepliesLimit,
) -> Result<Thread, ApiError> {
    let messaging = &services.messaging;
    let timeline = messaging.timeline_of_thread(parent).await?;
    let read = |allowed| messaging.thread(allowed, parent, after, limit);
    hiding(in_channel(services, user, timeline, read).await)
}

/// Who may not see the channel is told about the message what they would be told if it did not exist.
pub(super) fn hiding<T>(outcome: Result<T, ApiError>) -> Result<T, ApiError> {
    outcome.map_err(|error| match error.code {
        kernel::Code::ResourceNotFound => messaging::Error::NoMessage.into(),
        _ => error,
    })
}

/// As [`in_channel`], in the place of a message.
pub(super) async fn at_message<C: Capability, T, E: Into<Tried>, F>(
    services: &Services,
    user: UserId,
    message: MessageId,
    act: impl Fn(Allowed<C>) -> F,
) -> Result<T, ApiError>
where
    F: Future<Output = Result<T, E>>,
{
    let timeline = services.messaging.timeline_of(message).await?;
    hiding(in_channel(services, user, timeline, act).await)
}

/// Acts with a proof from memory, or else with one that is as fresh as can be: when access to the place changed between
/// the proof and the act, proves and acts again.
pub(super) async fn in_channel<C: Capability, T, E: Into<Tried>, F>(
    services: &Services,
    user: UserId,
    channel: impl Into<TimelineId>,
    act: impl Fn(Allowed<C>) -> F,
) -> Result<T, ApiError>
where
    F: Future<Output = Result<T, E>>,
{
    let timeline = channel.into();
    if let Some(grant) = place::recall(services, user, timeline) {
        match attempt(grant, &act).await {
            // What is refused was not done, and may be allowed by now. What was done, was done by a proof that held.
            Err(Tried::Stale) => services.figures.retries().remembered(),
            // Automod compares the version itself before it refuses, and writes the refusal down: once is enough.
            Err(Tried::Failed(error)) if error.code.status() < 500 && error.code != Code::MessageBlocked => {}
            outcome => return outcome.map_err(Into::into),
        }
    }
    for _ in 0..place::TRIES {
        let grant = place::access(services, user, timeline).await?;
        match attempt(grant, &act).await {
            Err(Tried::Stale) => services.figures.retries().fresh(),
            Err(Tried::Failed(error)) => {
                if let Some(reason) = place::why(services, &grant, error).await {
                    return Err(reason);
                }
            }
            Ok(done) => return Ok(done),
        }
    }
    Err(messaging::Error::Stale.into())
}

async fn attempt<C: Capability, T, E: Into<Tried>, F>(
    grant: Grant,
    act: impl Fn(Allowed<C>) -> F,
) -> Result<T, Tried>
where
    F: Future<Output = Result<T, E>>,
{
    let allowed = grant.require().map_err(|denied| Tried::Failed(denied.into()))?;
    act(allowed).await.map_err(Into::into)
}

/// What became of an act that was not done.
pub(super) enum Tried {
    /// Access to the place is another than was proved.
    Stale,
    Failed(ApiError),
}

impl From<messaging::Error> for Tried {
    fn from(error: messaging::Error) -> Self {
        match error {
            messaging::Error::Stale => Self::Stale,
            other => Self::Failed(other.into()),
        }
    }
}

impl From<ApiError> for Tried {
    fn from(error: ApiError) -> Self {
        Self::Failed(error)
    }
}

impl From<Tried> for ApiError {
    fn from(tried: Tried) -> Self {
        match tried {
            Tried::Stale => messaging::Error::Stale.into(),
            Tried::Failed(error) => error,
        }
    }
}
