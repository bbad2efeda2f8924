//! `/ws`: one session per socket.
//!
//! A session's socket, queue and timers live on one worker thread. What needs the services goes to their runtime and
//! back, one command of a session at a time, so that commands take effect in the order in which they were sent.

mod bucket;
mod command;
mod conversations;
mod dispatch;
mod ending;
mod entrance;
mod frames;
mod friends;
mod guard;
mod join;
mod mark;
mod outbox;
mod presence;
mod ready;
mod session;
pub(crate) mod table;
pub(crate) mod told;
mod typing;
mod writer;

#[cfg(test)]
pub(crate) use command::Frame;
pub(crate) use command::{CHANNELS_MAX, REF_MAX};
pub(crate) use conversations::RecipientData;
pub use ending::Ending;
pub(crate) use entrance::{open, upgrade_token};
pub(crate) use frames::FRAME_MAX;
pub use frames::{Frames, Message};
pub(crate) use join::{ChannelJoined, REPLAY, TIMELINES_MAX, TimelineGap};
pub use outbox::Outbox;
pub(crate) use session::IN_FLIGHT;
pub(crate) use told::{ChannelLeft, Refusal, text as text_of};
pub use writer::write;
