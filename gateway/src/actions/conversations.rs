//! Writing to people, and what a group tells of itself.

use std::collections::HashMap;

use dm::input::{AddMembersBody, AdminBody, CreateGroupBody, UpdateGroupBody};
use dm::{ConversationView, ParticipantView};
use kernel::{Allowed, Capability, ConversationId, MessageId, Seq, UserId, can};
use messaging::input::SendBody;
use messaging::{DeliveryStatus, HistoryPage, MessageType, MessageView, PageLimit, ReadMark, Window};

use super::scheduled::SendOutcome;
use super::{messages, scheduled};
use crate::http::ApiError;
use crate::services::Services;

/// To whom a message goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum To {
    /// Somebody: the conversation with them, which is opened if there is none.
    Person(UserId),
    /// A conversation.
    Conversation(ConversationId),
}

/// A part of the history of a conversation, and how far everybody in it has read.
#[derive(Debug)]
pub(crate) struct Read {
    pub(crate) page: HistoryPage,
    /// Who has read up to where; the one who asks is not among them.
    pub(crate) marks: Vec<(UserId, Seq)>,
    /// What became of those messages of the page that the one who asks wrote.
    pub(crate) statuses: HashMap<MessageId, DeliveryStatus>,
}

/// Sends a message to somebody or to a conversation, now or when its author wants it.
pub(crate) async fn submit(
    services: &Services,
    user: UserId,
    to: To,
    body: SendBody,
) -> Result<SendOutcome, ApiError> {
    let conversation = match to {
        To::Conversation(id) => {
            known(services, user, id).await?;
            id
        }
        To::Person(other) => services.dm.open(user, other).await?.conversation.info.id,
    };
    scheduled::submit(services, user, conversation, body).await
}

/// Reads a part of the history of a conversation.
pub(crate) async fn history(
    services: &Services,
    user: UserId,
    conversation: ConversationId,
    window: Window,
    limit: PageLimit,
) -> Result<Read, ApiError> {
    // First: a channel has other paths, and is no conversation.
    let marks = services.dm.read_by(user, conversation).await?;
    let look = |allowed: Allowed<can::ReadHistory>| async move {
        Ok::<_, messaging::Error>((services.messaging.history(allowed, window, limit).await?, *allowed))
    };
    let (page, grant) = messages::in_channel(services, user, conversation, look).await?;
    // Across a block nobody learns how far the other one is.
    if !grant.has(can::Send::PERMISSION) {
        return Ok(Read { page, marks: Vec::new(), statuses: HashMap::new() });
    }
    let others = marks.iter().map(|(other, _)| *other).collect::<Vec<_>>();
    let statuses = statuses(services, user, conversation, &page.messages, &others).await?;
    Ok(Read { page, marks, statuses })
}

/// What became of those of some messages that `author` wrote.
async fn statuses(
    services: &Services,
    author: UserId,
    conversation: ConversationId,
    messages: &[MessageView],
    others: &[UserId],
) -> Result<HashMap<MessageId, DeliveryStatus>, ApiError> {
    let own =
        messages.iter().filter(|message| message.author.id == author && message.kind != MessageType::System);
    let (ids, seqs): (Vec<_>, Vec<_>) = own.map(|message| (message.id, message.seq)).unzip();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let look = |allowed: Allowed<can::View>| services.messaging.delivery_status(allowed, others, &seqs);
    let statuses = messages::in_channel(services, author, conversation, look).await?;
    Ok(ids.into_iter().zip(statuses).collect())
}

/// Reads a part of what somebody and the caller wrote to each other; nothing, when they never did.
pub(crate) async fn history_with(
    services: &Services,
    user: UserId,
    other: UserId,
    window: Window,
    limit: PageLimit,
) -> Result<Read, ApiError> {
    match services.dm.between(user, other).await? {
        Some(conversation) => history(services, user, conversation, window, limit).await,
        None => {
            services.identity.user(other).await?;
            let page =
                HistoryPage { messages: Vec::new(), has_more: false, head: messaging::Head::default() };
            Ok(Read { page, marks: Vec::new(), statuses: HashMap::new() })
        }
    }
}

/// Marks a conversation as read.
pub(crate) async fn read(
    services: &Services,
    user: UserId,
    conversation: ConversationId,
    seq: Option<Seq>,
) -> Result<ReadMark, ApiError> {
    known(services, user, conversation).await?;
    messages::read(services, user, conversation, seq).await
}

/// That there is such a conversation, and the user is in it: a channel has other paths.
async fn known(services: &Services, user: UserId, conversation: ConversationId) -> Result<(), ApiError> {
    if services.dm.recall(user, conversation).is_none() {
        services.dm.access(user, conversation).await?;
    }
    Ok(())
}

/// Makes a group.
pub(crate) async fn create_group(
    services: &Services,
    user: UserId,
    body: CreateGroupBody,
) -> Result<ConversationView, ApiError> {
    let group = services.dm.create_group(user, body).await?;
    announce(services, group.info.id, user, "created the group").await;
    Ok(group)
}

/// Changes a group.
pub(crate) async fn update_group(
    services: &Services,
    user: UserId,
    group: ConversationId,
    body: UpdateGroupBody,
) -> Result<ConversationView, ApiError> {
    let (renamed, sharing) = (body.name.is_some(), body.shares_history);
    let view = services.dm.update_group(user, group, body).await?;
    if let Some(name) = view.info.name.as_ref().filter(|_| renamed) {
        announce(services, group, user, &format!("named the group \"{name}\"")).await;
    }
    match sharing {
        Some(true) => {
            announce(services, group, user, "shares the group's history with those who are added").await
        }
        Some(false) => {
            announce(services, group, user, "keeps the group's history from those who are added").await
        }
        None => {}
    }
    Ok(view)
}

/// Adds people to a group.
pub(crate) async fn add_members(
    services: &Services,
    user: UserId,
    group: ConversationId,
    body: AddMembersBody,
) -> Result<Vec<ParticipantView>, ApiError> {
    let added = services.dm.add_members(user, group, body).await?;
    if !added.is_empty() {
        let names = added.iter().map(|member| format!("@{}", member.user.username)).collect::<Vec<_>>();
        announce(services, group, user, &format!("added {}", names.join(", "))).await;
    }
    Ok(added)
}

/// Removes somebody from a group; oneself: leaves it.
pub(crate) async fn remove_member(
    services: &Services,
    user: UserId,
    group: ConversationId,
    member: UserId,
) -> Result<(), ApiError> {
    if member == user {
        return leave(services, user, group).await;
    }
    services.dm.remove_member(user, group, member).await?;
    announce(services, group, member, "was removed from the group").await;
    Ok(())
}

/// Leaves a group.
pub(crate) async fn leave(services: &Services, user: UserId, group: ConversationId) -> Result<(), ApiError> {
    let left = services.dm.leave_group(user, group).await?;
    if !left.gone {
        announce(services, group, user, "left the group").await;
    }
    if let Some(heir) = left.heir {
        announce(services, group, heir, "owns the group now").await;
    }
    Ok(())
}

/// Makes somebody an admin of a group, or no admin any more.
pub(crate) async fn set_admin(
    services: &Services,
    user: UserId,
    group: ConversationId,
    body: AdminBody,
) -> Result<ConversationView, ApiError> {
    let view = services.dm.set_admin(user, group, body).await?;
    let words = if body.admin { "is now an admin" } else { "is no longer an admin" };
    announce(services, group, body.user_id, words).await;
    Ok(view)
}

/// Gives a group to another of its members.
pub(crate) async fn hand_over(
    services: &Services,
    user: UserId,
    group: ConversationId,
    to: UserId,
) -> Result<ConversationView, ApiError> {
    let view = services.dm.hand_over(user, group, to).await?;
    announce(services, group, to, "owns the group now").await;
    Ok(view)
}

/// How often to prove and write before giving up, while access changes.
const TRIES: u32 = 4;

/// Tells in the group what happened to `about`. What happened stays true without it, so that it could not be told is for
/// the log.
async fn announce(services: &Services, group: ConversationId, about: UserId, words: &str) {
    for _ in 0..TRIES {
        match told(services, group, about, words).await {
            Err(error) if error.code == kernel::Code::Conflict => {}
            Err(error) => return tracing::warn!(%error, %group, "a system message could not be written"),
            Ok(()) => return,
        }
    }
}

async fn told(
    services: &Services,
    group: ConversationId,
    about: UserId,
    words: &str,
) -> Result<(), ApiError> {
    if let Some(grant) = services.dm.announcer(group).await? {
        services.messaging.announce(grant.require::<can::ManageMessages>()?, about, words, None).await?;
    }
    Ok(())
}
