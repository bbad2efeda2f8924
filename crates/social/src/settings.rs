//! How many of what one person may have.

use backbone::settings::Fault;
use serde::Deserialize;

/// How many of what one person may have. Lists that other crates ask for whole are bounded by these.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SocialSettings {
    /// Friends.
    pub friends: i64,
    /// Friend requests that they sent and that wait for an answer.
    pub outgoing: i64,
    /// Friend requests that wait for their answer; who asks beyond it is refused.
    pub incoming: i64,
    /// People whom they block.
    pub blocks: i64,
}

/// What each of them may be: `ready` lists all friends, and some questions carry the whole list.
const RANGE: std::ops::RangeInclusive<i64> = 1..=10_000;

impl SocialSettings {
    /// The first setting that is no good.
    pub fn fault(&self) -> Option<Fault> {
        let all = [
            ("social.friends", self.friends),
            ("social.outgoing", self.outgoing),
            ("social.incoming", self.incoming),
            ("social.blocks", self.blocks),
        ];
        let bad = all.into_iter().find(|(_, value)| !RANGE.contains(value));
        bad.map(|(name, _)| Fault::new(name, "must be 1 to 10000"))
    }
}

impl Default for SocialSettings {
    /// A thousand of each, but a hundred unanswered requests of one's own.
    fn default() -> Self {
        Self { friends: 1_000, outgoing: 100, incoming: 1_000, blocks: 1_000 }
    }
}
