//! The life of a session: authenticate, `ready`, commands and events, the end.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use identity::{Credential, Scope};
use kernel::Code;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::bucket::{Bucket, Pace};
use super::command::{Command, Frame};
use super::dispatch::Dispatch;
use super::frames::{Frames, Message};
use super::outbox::Outbox;
use super::payload::{Refusal, TokenAck};
use super::voice::VoiceCommand;
use super::{CloseReason, Wire, opening};
use crate::http::{ApiError, State, covers};
use crate::hub::{Shard, SubscriptionMode};
use crate::metrics::CommandOutcome;

/// Commands of a session that may wait or run.
pub(crate) const IN_FLIGHT: usize = 64;
/// Signals of voice a minute, and at once: peers that find each other send a few dozen in a second.
const SIGNALS: (u32, u32) = (600, 300);
/// Frames that are no JSON object: the third within this time ends the session.
const NONSENSE: (u32, Duration) = (3, Duration::from_secs(60));

/// Runs a session from the upgrade to the end.
pub(super) async fn run(
    state: State,
    shard: Shard,
    frames: Frames,
    outbox: Rc<Outbox>,
    token: Option<String>,
    mode: SubscriptionMode,
) {
    let mut reader = Reader { frames, nonsense: (0, Instant::now()), outbox: Rc::clone(&outbox) };
    // Boxed, as is what a session does once: it would have room for it to its end.
    if let Some(credential) = Box::pin(authenticate(&state, &mut reader, token)).await {
        live(&state, &shard, &mut reader, credential, mode).await;
    }
    outbox.end(CloseReason::Silent);
    outbox.traffic().closed(outbox.reason().unwrap_or(CloseReason::Silent));
    outbox.said().await;
}

struct Reader {
    frames: Frames,
    outbox: Rc<Outbox>,
    nonsense: (u32, Instant),
}

impl Reader {
    /// The next frame; `None` when the session ends. Counts nonsense.
    async fn frame(&mut self) -> Option<Frame> {
        loop {
            let reason = match self.frames.next().await {
                Ok(Message::Text(text)) => match Frame::parse(&text) {
                    Some(frame) => return Some(frame),
                    None if self.is_too_much() => CloseReason::Nonsense,
                    None => {
                        let words = "a frame must be a JSON object: {\"event\": \"…\", \"data\": {…}}";
                        refuse(&self.outbox, None, &ApiError::new(Code::ValidationFailed, words));
                        continue;
                    }
                },
                Ok(Message::Binary(_)) => CloseReason::Binary,
                Err(reason) => reason,
            };
            self.outbox.end(reason);
            return None;
        }
    }

    /// One more frame that is no JSON object: whether that is one too many.
    fn is_too_much(&mut self) -> bool {
        let (count, since) = self.nonsense;
        self.nonsense = if since.elapsed() > NONSENSE.1 { (1, Instant::now()) } else { (count + 1, since) };
        self.nonsense.0 >= NONSENSE.0
    }
}

/// What the token proves that came with the upgrade, or of the first frame `authenticate`.
async fn authenticate(state: &State, reader: &mut Reader, token: Option<String>) -> Option<Credential> {
    let outbox = Rc::clone(&reader.outbox);
    let (reference, token) = match token {
        Some(token) => (None, token),
        None => {
            let wait = Duration::from_secs(state.settings().ws.authenticate_s);
            match timeout(wait, reader.frame()).await {
                Ok(Some(Frame { reference, command: Ok(Command::Authenticate { token }), .. })) => {
                    (reference, token)
                }
                Ok(Some(Frame { reference, .. })) => {
                    let words =
                        "authenticate first: {\"event\": \"authenticate\", \"data\": {\"token\": \"…\"}}";
                    refuse(&outbox, reference.as_deref(), &ApiError::new(Code::Unauthenticated, words));
                    outbox.end(CloseReason::Unauthenticated);
                    return None;
                }
                Ok(None) => return None,
                Err(_) => {
                    outbox.end(CloseReason::Unauthenticated);
                    return None;
                }
            }
        }
    };
    let found = match state.authenticate(&token).await {
        // Nobody sees anything here who may not read.
        Ok(found) => covers(found.reach, Scope::Read).map(|()| found),
        Err(error) => Err(error),
    };
    match found {
        Ok(found) => {
            acknowledge(&outbox, reference.as_deref(), &TokenAck { expires_at: found.until });
            Some(found)
        }
        Err(error) => {
            refuse(&outbox, reference.as_deref(), &error);
            outbox.end(CloseReason::Unauthenticated);
            None
        }
    }
}

/// The session after authentication: registered with the hub from here to the end.
async fn live(
    state: &State,
    shard: &Shard,
    reader: &mut Reader,
    credential: Credential,
    mode: SubscriptionMode,
) {
    let outbox = Rc::clone(&reader.outbox);
    let actor = credential.actor;
    let member = state.hub().enter(actor.user, actor.session, mode, shard.sender());
    let pulse = Rc::clone(reader.frames.pulse());
    pulse.renew(credential.until);
    shard.enter(member.key, actor.user, Rc::clone(&outbox), Rc::clone(&pulse));
    // Revoked between the check of the token and the registration, it would have been missed.
    if state.identity().is_revoked(actor.session) {
        outbox.end(CloseReason::Revoked);
    }
    match Box::pin(opening::open(state, shard, &member, &outbox)).await {
        Err(error) => {
            refuse(&outbox, None, &error);
            outbox.end(if error.code == Code::Unauthenticated {
                CloseReason::Unauthenticated
            } else {
                CloseReason::GoingAway
            });
        }
        Ok(()) => {
            // Boxed: the channel makes room for 32 at once, for a session that says nothing too.
            let (queue, commands) = mpsc::channel(IN_FLIGHT);
            let dispatch = Dispatch::new(
                state.clone(),
                shard.clone(),
                Arc::clone(&member),
                Rc::clone(&outbox),
                pulse,
                credential.reach,
            );
            let executor = actix_web::rt::spawn(dispatch.run(commands));
            listen(state, reader, actor.user, queue).await;
            // Not aborted: what it is doing must be known before the session's topics are given back.
            let _ = executor.await;
        }
    }
    if member.is_present() {
        state.services().presence.exit(member.user);
    }
    let topics = shard.exit(member.key);
    state.hub().exit(&member, &topics);
}

/// Reads frames until the session ends.
async fn listen(state: &State, reader: &mut Reader, user: kernel::UserId, queue: mpsc::Sender<Box<Frame>>) {
    let settings = state.settings().ws;
    let outbox = Rc::clone(&reader.outbox);
    let limits = state.settings().limits.enabled;
    let mut commands = Bucket::new(settings.commands_per_minute, settings.command_burst, Instant::now());
    let mut signals = Bucket::new(SIGNALS.0, SIGNALS.1, Instant::now());
    loop {
        let frame = tokio::select! {
            frame = reader.frame() => frame,
            () = outbox.over() => return,
        };
        let Some(frame) = frame else { return };
        if !matches!(frame.command, Ok(Command::Ping)) {
            state.services().presence.act(user);
        }
        let is_signal = matches!(frame.command, Ok(Command::Voice(VoiceCommand::Signal(..))));
        let bucket = if is_signal { &mut signals } else { &mut commands };
        let pace = if limits { bucket.take(Instant::now()) } else { Pace::Good };
        if pace != Pace::Good {
            outbox.traffic().command(frame.name, CommandOutcome::RateLimited);
        }
        if pace == Pace::OverForLong {
            return outbox.end(CloseReason::RateLimited);
        }
        if pace == Pace::Over {
            let (what, most) =
                if is_signal { ("signals", SIGNALS.0) } else { ("commands", settings.commands_per_minute) };
            let words = format!("at most {most} {what} a minute: wait and try again");
            refuse(&outbox, frame.reference.as_deref(), &ApiError::new(Code::RateLimited, words));
            continue;
        }
        if let Err(mpsc::error::TrySendError::Full(frame)) = queue.try_send(Box::new(frame)) {
            outbox.traffic().command(frame.name, CommandOutcome::RateLimited);
            let words = format!("at most {IN_FLIGHT} commands at once: wait for answers");
            refuse(&outbox, frame.reference.as_deref(), &ApiError::new(Code::RateLimited, words));
        }
    }
}

/// Tells the client that a command was done; only when it gave the command a name.
pub(super) fn acknowledge(outbox: &Outbox, reference: Option<&str>, data: &impl Serialize) {
    #[derive(Serialize)]
    struct Ack<'a, T> {
        event: &'static str,
        r#ref: &'a str,
        data: &'a T,
    }
    if let Some(reference) = reference
        && let Ok(text) = serde_json::to_string(&Ack { event: "ack", r#ref: reference, data })
    {
        outbox.push(Wire::text(&text));
    }
}

/// Tells the client that something was refused.
pub(super) fn refuse(outbox: &Outbox, reference: Option<&str>, error: &ApiError) {
    #[derive(Serialize)]
    struct Error<'a> {
        event: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")]
        r#ref: Option<&'a str>,
        data: Refusal<'a>,
    }
    if let Some(cause) = &error.cause {
        tracing::error!(cause, "command failed");
    }
    let data = Refusal { message: &error.message, code: error.code, details: error.details.as_deref() };
    if let Ok(text) = serde_json::to_string(&Error { event: "error", r#ref: reference, data }) {
        outbox.push(Wire::text(&text));
    }
}
