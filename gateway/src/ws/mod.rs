//! `/ws`: one session per socket.
//!
//! A session's socket and queue live on one worker thread. What needs the services goes to their runtime and
//! back, one command of a session at a time, so that commands take effect in the order in which they were sent.

mod accept;
mod bucket;
mod close;
mod command;
mod connection;
mod conversations;
mod dispatch;
mod flush;
mod fragments;
mod frames;
mod friends;
mod join;
mod mark;
mod opening;
mod outbox;
pub(crate) mod payload;
mod presence;
mod pulse;
mod ready;
mod session;
pub(crate) mod table;
mod typing;
mod upgrade;
mod voice;
mod wire;

pub(crate) use accept::Accepted;
pub use accept::accept;
pub use close::CloseReason;
#[cfg(test)]
pub(crate) use command::Frame;
pub(crate) use command::{CHANNELS_MAX, REF_MAX};
pub(crate) use connection::Connection;
pub(crate) use conversations::RecipientData;
pub(crate) use flush::Flusher;
pub(crate) use frames::FRAME_MAX;
pub use frames::{Frames, Message};
pub(crate) use join::{ChannelJoined, REPLAY, TIMELINES_MAX, TimelineGap};
pub use outbox::Outbox;
pub(crate) use payload::{ChannelLeft, Refusal, frame as frame_of};
pub(crate) use pulse::{Heart, Pulse};
pub(crate) use session::IN_FLIGHT;
pub(crate) use upgrade::{open, upgrade_token};
pub use wire::Wire;
