#![doc = include_str!("../README.md")]

mod actor;
mod code;
mod env;
mod event;
mod failure;
mod grant;
mod histogram;
mod id;
mod object;
mod page;
mod patch;
mod payload;
mod permission;
pub mod text;
mod time;

pub use actor::{Actor, Role};
pub use code::Code;
pub use env::{Clock, Entropy, Env, ManualClock, SeededEntropy, SystemClock, SystemEntropy};
pub use event::{Event, Fence, Header, Published, Topic, Turn, frame};
pub use failure::{Failure, Internal, Invalid};
pub use grant::{Access, Allowed, Capability, Denied, Grant, Silence, can};
pub use histogram::{Buckets, Distribution, Histogram};
pub use id::{
    ApiKeyId, AttachmentId, AuditId, AutomodRuleId, ChannelId, ConversationId, FriendRequestId, GuildId,
    MessageId, PictureId, ReportId, RoleId, ScheduledId, ScopeId, SessionId, TimelineId, UploadId, UserId,
    VoiceSessionId, WarningId,
};
pub use object::Object;
pub use page::{Limit, Page};
pub use patch::Patch;
pub use payload::Payload;
pub use permission::Permissions;
pub use time::Timestamp;

/// How far a timeline has changed: the head's counter after a change. Strictly increasing, from 1.
pub type Rev = i64;
/// A message's place in its timeline: 1, 2, 3 … without gaps.
pub type Seq = i64;
/// A scope's access version: raised by every change that can take a right away.
pub type Version = i64;
