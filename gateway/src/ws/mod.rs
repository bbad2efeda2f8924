//! `/ws`: one session per socket.
//!
//! A session's socket, queue and timers live on one worker thread. What needs the services goes to their runtime and
//! back, one command of a session at a time, so that commands take effect in the order in which they were sent.

mod bucket;
mod command;
mod dispatch;
mod ending;
mod entrance;
mod guard;
mod join;
mod outbox;
mod ready;
mod session;
mod typing;

pub(crate) use ending::Ending;
pub(crate) use entrance::open;
pub(crate) use join::{ChannelJoined, TimelineGap};
pub(crate) use outbox::Outbox;
pub(crate) use session::tell as told;
