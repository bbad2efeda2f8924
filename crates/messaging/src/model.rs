//! Domain values.

use kernel::{Rev, ScopeId, Seq, TimelineId};
use serde::Serialize;
use utoipa::ToSchema;

backbone::stored_enum! {
    /// How a message came to be.
    #[schema(as = MessageOrigin)]
    pub enum Kind {
        /// Written by its author.
        Text = "text",
        /// Tells of something that its author did.
        System = "system",
    }
}

backbone::stored_enum! {
    /// What a timeline belongs to.
    pub enum TimelineKind {
        /// A channel of a guild.
        Channel = "channel",
        /// A conversation of two.
        Direct = "direct",
        /// A conversation of several.
        Group = "group",
        /// A conversation with a machine.
        Ai = "ai",
    }
}

/// A timeline and where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The timeline.
    pub timeline: TimelineId,
    /// What it belongs to.
    pub kind: TimelineKind,
    /// The guild or conversation that it belongs to.
    pub scope: ScopeId,
}

/// How far a timeline is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// Messages ever created here.
    #[schema(value_type = i64, example = 117)]
    pub last_seq: Seq,
    /// The newest change.
    #[schema(value_type = i64, example = 131)]
    pub rev: Rev,
}
