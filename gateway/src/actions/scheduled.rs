//! Messages that are sent later, as their author would send them then.

use backbone::jobs::JobError;
use chrono::TimeDelta;
use kernel::{Code, TimelineId, Timestamp, UserId, can};
use messaging::MessageView;
use messaging::input::{Draft, SendBody};
use messaging::scheduled::{Claimed, ScheduledView, SendScheduled, Settled};
use serde::Serialize;
use utoipa::ToSchema;

use super::messages;
use crate::http::ApiError;
use crate::services::Services;

/// How long after its time a message is tried again that could not be sent for no fault of its author's.
const LATE: TimeDelta = TimeDelta::hours(1);

/// What became of a send: one of the two.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(crate) enum SendOutcome {
    /// It was sent.
    Sent {
        /// The message.
        message: Box<MessageView>,
    },
    /// It will be.
    #[serde(rename_all = "camelCase")]
    Scheduled {
        /// What will be sent, with `scheduledFor`.
        scheduled_message: Box<ScheduledView>,
    },
}

impl SendOutcome {
    /// Where it was written, or will be.
    pub(crate) fn place(&self) -> Option<TimelineId> {
        let (channel, conversation) = match self {
            Self::Sent { message } => (message.channel_id, message.conversation_id),
            Self::Scheduled { scheduled_message: kept } => (kept.channel_id, kept.conversation_id),
        };
        channel.map(TimelineId::from).or(conversation.map(TimelineId::from))
    }
}

/// Sends a message to a channel or conversation, now or when its author wants it.
pub(crate) async fn submit(
    services: &Services,
    user: UserId,
    place: impl Into<TimelineId>,
    body: SendBody,
) -> Result<SendOutcome, ApiError> {
    let place = place.into();
    if let Some(at) = body.scheduled_for {
        let kept = schedule(services, user, place, body, at).await?;
        return Ok(SendOutcome::Scheduled { scheduled_message: Box::new(kept) });
    }
    let sent = messages::send(services, user, place, Draft::parse(body)?).await?;
    Ok(SendOutcome::Sent { message: Box::new(sent.message) })
}

/// Keeps a message to be sent at `at`, for who could send it now.
pub(crate) async fn schedule(
    services: &Services,
    user: UserId,
    place: impl Into<TimelineId>,
    body: SendBody,
    at: Timestamp,
) -> Result<ScheduledView, ApiError> {
    let draft = Draft::parse(body)?;
    super::media::may_attach(services, draft.files().len())?;
    let keep = |allowed| services.messaging.schedule(allowed, draft.clone(), at);
    messages::in_channel::<can::Send, _, _, _>(services, user, place, keep).await
}

/// Sends a message whose time has come. Harmless when it is done twice: its nonce makes one message.
pub(crate) async fn send(services: &Services, job: SendScheduled) -> Result<(), JobError> {
    let Some(claimed) = services.messaging.claim_scheduled(job.id).await? else { return Ok(()) };
    let overdue = claimed.due_at.plus(LATE) < services.env.now();
    let settled = match attempt(services, claimed).await {
        Ok(message) => Settled::Sent(message.id),
        // It may go better another time.
        Err(error) if !overdue && passes(error.code) => return Err(JobError::again(error.message)),
        Err(error) => Settled::Failed(error.code, error.message),
    };
    services.messaging.settle_scheduled(job.id, settled).await?;
    Ok(())
}

async fn attempt(services: &Services, claimed: Claimed) -> Result<MessageView, ApiError> {
    let Claimed { author, timeline, draft, .. } = claimed;
    // Who may not log in does not speak either.
    services.identity.may_act(author).await?;
    Ok(messages::send(services, author, timeline, draft).await?.message)
}

/// Whether a refusal is one of the moment.
fn passes(code: Code) -> bool {
    code.status() >= 500 || matches!(code, Code::Conflict | Code::RateLimited)
}
