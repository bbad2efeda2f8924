//! Starting calls, and what a conversation tells of them.

use backbone::jobs::JobError;
use kernel::{Code, SessionId, UserId, can};
use voice_signaling::input::Callee;
use voice_signaling::{Flags, SessionView, TellCall};

use crate::http::ApiError;
use crate::services::Services;

/// Calls somebody, or everybody in a group.
pub(crate) async fn start(
    services: &Services,
    user: UserId,
    device: SessionId,
    callee: Callee,
    flags: Flags,
) -> Result<SessionView, ApiError> {
    services.limits.ring(user).await?;
    Ok(services.voice.call(user, device, callee, flags).await?)
}

/// Tells in its conversation that a call is over. Harmless when it is done twice: the call's nonce makes one message. Where nobody
/// can write any more nothing is told.
pub(crate) async fn tell(services: &Services, job: TellCall) -> Result<(), JobError> {
    match told(services, job).await {
        Ok(()) => Ok(()),
        // The conversation is gone since.
        Err(error) if error.code == Code::ResourceNotFound => Ok(()),
        Err(error) => Err(JobError::again(error.message)),
    }
}

async fn told(services: &Services, job: TellCall) -> Result<(), ApiError> {
    let Some(call) = services.voice.call_message(job.id).await? else { return Ok(()) };
    let Some(grant) = services.dm.announcer(call.conversation).await? else { return Ok(()) };
    let allowed = grant.require::<can::ManageMessages>()?;
    services.messaging.announce(allowed, call.caller, &call.words, Some(call.nonce)).await?;
    Ok(())
}
