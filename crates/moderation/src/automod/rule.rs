//! A rule: what it is against, and what is done about that. As it stands in its table and in answers.

use kernel::{AutomodRuleId, ChannelId, RoleId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A rule for what members write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AutomodRule)]
pub struct Rule {
    /// The rule's id.
    pub id: AutomodRuleId,
    /// What moderators call it.
    #[schema(example = "No advertising")]
    pub name: String,
    /// Whether it is in force.
    #[schema(example = true)]
    pub enabled: bool,
    /// What it is against.
    #[serde(flatten)]
    pub trigger: Trigger,
    /// What is done.
    #[serde(flatten)]
    pub action: Action,
    /// What the author is told.
    #[schema(example = "Please advertise in #market only")]
    pub message: Option<String>,
    /// Roles that it does not hold for.
    pub exempt_roles: Vec<RoleId>,
    /// Channels that it does not hold in: those of them that the caller sees.
    pub exempt_channels: Vec<ChannelId>,
}

/// What a rule is against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
#[schema(as = AutomodTrigger)]
pub enum Trigger {
    /// Words.
    Words {
        /// Patterns; `*` at an end stands for more of the word, inside of a word for anything in it.
        #[schema(example = json!(["casino*", "buy now"]))]
        words: Vec<String>,
    },
    /// Addresses.
    Links {
        /// Which.
        links: Links,
        /// The domains of the list; their subdomains belong to them.
        #[schema(example = json!(["example.org"]))]
        domains: Vec<String>,
    },
    /// Invite codes to other servers.
    Invites {},
    /// Calling many people.
    #[serde(rename_all = "camelCase")]
    Mentions {
        /// More distinct mentions than this in one message.
        #[schema(example = 8)]
        per_message: Option<u32>,
        /// More than this in `seconds`.
        #[schema(example = 20)]
        per_window: Option<u32>,
        /// The window, seconds.
        #[schema(example = 60)]
        seconds: Option<u32>,
    },
    /// Writing the same, or nearly the same, again and again.
    Repeats {
        /// The message that comes for the so-manieth time …
        #[schema(example = 3)]
        times: u32,
        /// … within so many seconds.
        #[schema(example = 60)]
        seconds: u32,
    },
}

/// Which links a rule is against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = AutomodLinks)]
pub enum Links {
    /// All of them.
    All,
    /// All but those to the domains of the list.
    Allow,
    /// Those to the domains of the list, and their names.
    Deny,
}

/// What is done about a message. The stricter one is the greater one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(tag = "action", rename_all = "lowercase")]
#[schema(as = AutomodAction)]
pub enum Action {
    /// It is let through, and reported to the moderators.
    Flag,
    /// It is refused.
    Block,
    /// It is refused, and its author is timed out.
    Timeout {
        /// For so many minutes.
        #[schema(example = 10)]
        minutes: i64,
    },
}

impl Rule {
    /// What its author is told of a message that breaks it.
    pub(crate) fn words_for_author(&self) -> String {
        match &self.message {
            Some(message) => message.clone(),
            None => "this message breaks a rule of the server".into(),
        }
    }
}

impl Trigger {
    /// The name on the wire.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Words { .. } => "words",
            Self::Links { .. } => "links",
            Self::Invites {} => "invites",
            Self::Mentions { .. } => "mentions",
            Self::Repeats { .. } => "repeats",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_goes_into_its_table_and_comes_back() {
        let triggers = [
            Trigger::Words { words: vec!["a*".into()] },
            Trigger::Links { links: Links::Deny, domains: vec!["x.org".into()] },
            Trigger::Invites {},
            Trigger::Mentions { per_message: Some(3), per_window: None, seconds: None },
            Trigger::Repeats { times: 3, seconds: 60 },
        ];
        let env = kernel::Env::system();
        for trigger in triggers {
            for action in [Action::Flag, Action::Block, Action::Timeout { minutes: 5 }] {
                let rule = Rule {
                    id: env.id(),
                    name: "x".into(),
                    enabled: true,
                    trigger: trigger.clone(),
                    action,
                    message: None,
                    exempt_roles: vec![env.id()],
                    exempt_channels: vec![],
                };
                let json = serde_json::to_value(&rule).unwrap();
                assert_eq!(json["kind"], trigger.kind());
                assert_eq!(serde_json::from_value::<Rule>(json).unwrap(), rule);
            }
        }
        assert!(Action::Timeout { minutes: 1 } > Action::Block && Action::Block > Action::Flag);
    }
}
