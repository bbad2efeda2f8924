//! Changes of channels that somebody wants.

use std::collections::HashSet;

use kernel::{ChannelId, Invalid, Patch};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{TOPIC_MAX, name, note, user_limit};
use crate::ChannelKind;
use crate::policy::CHANNELS_MAX;

/// A change of a channel: what is not said stays.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChangeChannelBody {
    /// What it is called, 1 to 100 characters.
    #[schema(example = "difference-engine", min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// What it is about, up to 1024 characters; `null` for nothing.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "Design no. 2", max_length = 1024)]
    pub topic: Patch<String>,
    /// The category that it is to stand in; `null` for none.
    #[serde(default)]
    #[schema(value_type = Option<ChannelId>)]
    pub parent_id: Patch<ChannelId>,
    /// What it is for: `text` and `announcement` can become each other.
    #[serde(rename = "type")]
    #[schema(example = "announcement")]
    pub kind: Option<ChannelKind>,
    /// Of a voice channel: how many may be in it at the same time, 1 to 99; `null` for no limit of its own. Who is there
    /// stays.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = 1, maximum = 99, example = 5)]
    pub user_limit: Patch<i32>,
    /// Its place among the channels that the caller sees; beyond the last, the last.
    #[schema(example = 0, minimum = 0)]
    pub position: Option<i32>,
}

/// An order of channels.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OrderBody {
    /// Channels in the order that they are to have. They take each other's places; those that are not named stay.
    #[schema(max_items = 500)]
    pub channel_ids: Vec<ChannelId>,
}

/// A change that may be made of a channel.
#[derive(Clone, Debug)]
pub(crate) struct ChannelPatch {
    pub(crate) name: Option<String>,
    pub(crate) topic: Option<Option<String>>,
    pub(crate) parent: Option<Option<ChannelId>>,
    pub(crate) kind: Option<ChannelKind>,
    pub(crate) user_limit: Option<Option<i32>>,
    pub(crate) position: Option<usize>,
}

impl ChannelPatch {
    pub(crate) fn parse(body: ChangeChannelBody) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let name = body.name.map(|text| name(&text, &mut invalid));
        let topic = match body.topic {
            Patch::Keep => None,
            Patch::Clear => Some(None),
            Patch::Set(text) => Some(note("topic", Some(text), TOPIC_MAX, &mut invalid)),
        };
        let position = body.position.map(|wanted| {
            usize::try_from(wanted).unwrap_or_else(|_| {
                invalid.add("position", "must be 0 or more");
                0
            })
        });
        let limit = body.user_limit.into_change();
        user_limit(limit.flatten(), &mut invalid);
        invalid.into_result()?;
        let parent = body.parent_id.into_change();
        Ok(Self { name, topic, parent, kind: body.kind, user_limit: limit, position })
    }

    /// Whether it can change who sees what, or who may do what.
    pub(crate) fn is_of_rank(&self) -> bool {
        self.parent.is_some() || self.kind.is_some() || self.position.is_some()
    }
}

impl OrderBody {
    pub(crate) fn parse(self) -> Result<Vec<ChannelId>, Invalid> {
        let most = usize::try_from(CHANNELS_MAX).unwrap_or(usize::MAX);
        let distinct = self.channel_ids.iter().collect::<HashSet<_>>().len();
        if distinct != self.channel_ids.len() {
            return Err(Invalid::field("channelIds", "must name each channel once"));
        }
        if distinct > most {
            return Err(Invalid::field("channelIds", format!("must be at most {most}")));
        }
        Ok(self.channel_ids)
    }
}
