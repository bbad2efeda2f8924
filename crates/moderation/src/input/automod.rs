//! Rules of automod, as they come in.

use std::collections::HashSet;
use std::ops::RangeInclusive;

use kernel::text::{control_character, display_name};
use kernel::{AutomodRuleId, ChannelId, Invalid, RoleId};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::TIMEOUT_MINUTES;
use crate::automod::{Action, Links, Pattern, Trigger, domain};

/// Rules that a server may have. Each is asked about each message.
pub const RULES_MAX: usize = 20;
/// Words that one rule may have.
pub const WORDS_MAX: usize = 500;
/// Words that all rules of a server may have together: so many are one or two MiB in each process.
pub const WORDS_TOTAL: usize = 1_000;
/// Words with a `*` inside that all rules of a server may have together: each looks at each word of a message.
pub const PIECED_TOTAL: usize = 100;
/// Characters that a word may have.
pub const WORD_MAX: usize = 60;
/// Domains that one rule may have.
pub const DOMAINS_MAX: usize = 200;
/// Roles, and channels, that one rule may leave out.
pub const EXEMPT_MAX: usize = 50;
const NAME_MAX: usize = 64;
const MESSAGE_MAX: usize = 200;
const PER_MESSAGE: RangeInclusive<u32> = 1..=50;
const PER_WINDOW: RangeInclusive<u32> = 1..=200;
const TIMES: RangeInclusive<u32> = 2..=20;
/// A window: ten minutes at most, for so long is kept what was counted.
const SECONDS: RangeInclusive<u32> = 1..=600;

/// All rules of a server; those that it has and that are not here are gone.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AutomodBody {
    /// The rules, 20 at most. When several are broken, the strictest action is taken, by the first rule that has it.
    pub rules: Vec<RuleBody>,
}

/// A rule. Which of the fields from `words` on belong to it is told by its kind.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RuleBody {
    /// The rule that it is, when the server has it: it keeps its id.
    #[schema(value_type = Option<AutomodRuleId>)]
    pub id: Option<AutomodRuleId>,
    /// What moderators call it, 1 to 64 characters. Members are not told.
    #[schema(example = "No advertising", min_length = 1, max_length = 64)]
    pub name: String,
    /// Whether it is in force; it is unless said.
    pub enabled: Option<bool>,
    /// What it is against.
    pub kind: RuleKind,
    /// What is done.
    pub action: ActionKind,
    /// For `timeout`: for how long, 1 to 40320.
    #[schema(minimum = 1, maximum = 40_320)]
    pub minutes: Option<i64>,
    /// What the author is told, up to 200 characters; that a rule of the server was broken, unless said.
    #[schema(example = "Please advertise in #market only", max_length = 200)]
    pub message: Option<String>,
    /// Roles that it does not hold for, 50 at most.
    pub exempt_roles: Option<Vec<RoleId>>,
    /// Channels that it does not hold in, 50 at most, of those that the caller sees. Those that they do not see stay as
    /// they are.
    pub exempt_channels: Option<Vec<ChannelId>>,
    /// For `words`: 1 to 500 patterns of at most 60 characters; 1000 in all rules together, 100 of them with a `*` inside
    /// of a word. `*` at an end stands for more of the word.
    #[schema(example = json!(["casino*", "buy now"]))]
    pub words: Option<Vec<String>>,
    /// For `links`: which.
    pub links: Option<Links>,
    /// For `links` of `allow` and `deny`: 1 to 200 domains; their subdomains belong to them.
    pub domains: Option<Vec<String>>,
    /// For `mentions`: more distinct mentions than this in one message break it, 1 to 50.
    #[schema(minimum = 1, maximum = 50)]
    pub per_message: Option<u32>,
    /// For `mentions`: more than this in `seconds` break it, 1 to 200.
    #[schema(minimum = 1, maximum = 200)]
    pub per_window: Option<u32>,
    /// For `repeats`: the message that comes for the so-manieth time in `seconds` breaks it, 2 to 20.
    #[schema(minimum = 2, maximum = 20)]
    pub times: Option<u32>,
    /// For `repeats`, and for `mentions` with `perWindow`: 1 to 600.
    #[schema(minimum = 1, maximum = 600)]
    pub seconds: Option<u32>,
}

/// What a rule is against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = AutomodKind)]
pub enum RuleKind {
    /// Words.
    Words,
    /// Addresses.
    Links,
    /// Invite codes to other servers.
    Invites,
    /// Calling many people.
    Mentions,
    /// Writing the same, or nearly the same, again and again: but for case, accents, digits, signs, spaces, and how often
    /// a letter is repeated.
    Repeats,
}

/// What is done about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = AutomodActionKind)]
pub enum ActionKind {
    /// It is refused.
    Block,
    /// It is let through, and reported to the moderators.
    Flag,
    /// It is refused, and its author is timed out.
    Timeout,
}

/// A rule that may be made, if the server has what it names.
#[derive(Clone, Debug)]
pub(crate) struct RuleDraft {
    pub(crate) id: Option<AutomodRuleId>,
    pub(crate) name: String,
    pub(crate) enabled: bool,
    pub(crate) trigger: Trigger,
    pub(crate) action: Action,
    pub(crate) message: Option<String>,
    pub(crate) exempt_roles: Vec<RoleId>,
    pub(crate) exempt_channels: Vec<ChannelId>,
}

/// What is wrong with one rule goes under its path.
struct Check<'a> {
    invalid: &'a mut Invalid,
    at: String,
}

/// The rules in `body`.
///
/// # Errors
/// Every rule that they break, by field.
pub(crate) fn rules(body: AutomodBody) -> Result<Vec<RuleDraft>, Invalid> {
    let mut invalid = Invalid::default();
    if body.rules.len() > RULES_MAX {
        return Err(Invalid::field("rules", format!("must be at most {RULES_MAX}")));
    }
    let (mut ids, mut words, mut pieced) = (HashSet::new(), 0_usize, 0_usize);
    let mut drafts = Vec::with_capacity(body.rules.len());
    for (place, rule) in body.rules.into_iter().enumerate() {
        let mut check = Check { invalid: &mut invalid, at: format!("rules[{place}]") };
        if rule.id.is_some_and(|id| !ids.insert(id)) {
            check.add("id", "must not be that of another rule");
        }
        let draft = check.rule(rule);
        if let Some(Trigger::Words { words: texts }) = draft.as_ref().map(|draft| &draft.trigger) {
            words += texts.len();
            pieced += texts.iter().filter(|text| text.trim_matches('*').contains('*')).count();
        }
        drafts.extend(draft);
    }
    if words > WORDS_TOTAL {
        invalid.add("rules", format!("must have at most {WORDS_TOTAL} words together"));
    }
    if pieced > PIECED_TOTAL {
        invalid.add("rules", format!("must have at most {PIECED_TOTAL} words with a * inside together"));
    }
    invalid.into_result()?;
    Ok(drafts)
}

impl Check<'_> {
    fn add(&mut self, field: &str, must: impl Into<String>) {
        self.invalid.add(format!("{}.{field}", self.at), must);
    }

    fn rule(&mut self, body: RuleBody) -> Option<RuleDraft> {
        let name = display_name(&body.name, NAME_MAX).map_err(|must| self.add("name", must)).ok();
        let message = body.message.as_deref().and_then(|text| self.message(text));
        let action = self.action(body.action, body.minutes);
        self.foreign(&body);
        let exempt_roles = self.exempt("exemptRoles", body.exempt_roles.as_deref());
        let exempt_channels = self.exempt("exemptChannels", body.exempt_channels.as_deref());
        let trigger = self.trigger(&body);
        Some(RuleDraft {
            id: body.id,
            name: name?,
            enabled: body.enabled.unwrap_or(true),
            trigger: trigger?,
            action: action?,
            message,
            exempt_roles,
            exempt_channels,
        })
    }

    fn message(&mut self, text: &str) -> Option<String> {
        let text = text.trim();
        if text.chars().count() > MESSAGE_MAX {
            self.add("message", format!("must be at most {MESSAGE_MAX} characters"));
        }
        if control_character(text).is_some() {
            self.add("message", "must not contain control characters");
        }
        (!text.is_empty()).then(|| text.to_string())
    }

    fn action(&mut self, action: ActionKind, minutes: Option<i64>) -> Option<Action> {
        match (action, minutes) {
            (ActionKind::Timeout, Some(minutes)) if TIMEOUT_MINUTES.contains(&minutes) => {
                Some(Action::Timeout { minutes })
            }
            (ActionKind::Timeout, _) => {
                let (from, to) = (TIMEOUT_MINUTES.start(), TIMEOUT_MINUTES.end());
                self.add("minutes", format!("must be {from} to {to}"));
                None
            }
            (_, Some(_)) => {
                self.add("minutes", "must be given for the action timeout alone");
                None
            }
            (ActionKind::Block, None) => Some(Action::Block),
            (ActionKind::Flag, None) => Some(Action::Flag),
        }
    }

    /// Fields of other kinds of rules: who gives one has mistaken something.
    fn foreign(&mut self, body: &RuleBody) {
        use RuleKind::{Links, Mentions, Repeats, Words};
        let given: [(&str, bool, &[RuleKind]); 7] = [
            ("words", body.words.is_some(), &[Words]),
            ("links", body.links.is_some(), &[Links]),
            ("domains", body.domains.is_some(), &[Links]),
            ("perMessage", body.per_message.is_some(), &[Mentions]),
            ("perWindow", body.per_window.is_some(), &[Mentions]),
            ("times", body.times.is_some(), &[Repeats]),
            ("seconds", body.seconds.is_some(), &[Mentions, Repeats]),
        ];
        for (field, _, _) in given.into_iter().filter(|(_, given, of)| *given && !of.contains(&body.kind)) {
            self.add(field, "must not be given: it belongs to another kind of rules");
        }
    }

    fn exempt<T: Copy + Eq + std::hash::Hash>(&mut self, field: &str, ids: Option<&[T]>) -> Vec<T> {
        let ids = ids.unwrap_or_default();
        if ids.len() > EXEMPT_MAX {
            self.add(field, format!("must be at most {EXEMPT_MAX}"));
        }
        let mut known = HashSet::new();
        ids.iter().copied().filter(|id| known.insert(*id)).collect()
    }

    fn trigger(&mut self, body: &RuleBody) -> Option<Trigger> {
        match body.kind {
            RuleKind::Words => self.words(body.words.as_deref().unwrap_or_default()),
            RuleKind::Links => self.links(body.links, body.domains.as_deref().unwrap_or_default()),
            RuleKind::Invites => Some(Trigger::Invites {}),
            RuleKind::Mentions => self.mentions(body),
            RuleKind::Repeats => {
                let times = self.number("times", body.times, TIMES);
                let seconds = self.number("seconds", body.seconds, SECONDS);
                Some(Trigger::Repeats { times: times?, seconds: seconds? })
            }
        }
    }

    fn words(&mut self, words: &[String]) -> Option<Trigger> {
        if words.is_empty() || words.len() > WORDS_MAX {
            self.add("words", format!("must be 1 to {WORDS_MAX}"));
            return None;
        }
        let mut known = HashSet::new();
        let mut kept = Vec::with_capacity(words.len());
        for (place, word) in words.iter().enumerate() {
            let length = word.chars().count();
            let parsed =
                if length > WORD_MAX { Err("must be at most 60 characters") } else { Pattern::parse(word) };
            match parsed {
                Err(must) => self.add(&format!("words[{place}]"), must),
                Ok(_) if known.insert(word.trim()) => kept.push(word.trim().to_string()),
                Ok(_) => {}
            }
        }
        Some(Trigger::Words { words: kept })
    }

    fn links(&mut self, links: Option<Links>, domains: &[String]) -> Option<Trigger> {
        let Some(links) = links else {
            self.add("links", "must be given");
            return None;
        };
        let needed = if links == Links::All { 0..=0 } else { 1..=DOMAINS_MAX };
        if !needed.contains(&domains.len()) {
            self.add("domains", format!("must be {} to {}", needed.start(), needed.end()));
            return None;
        }
        let mut kept = Vec::with_capacity(domains.len());
        for (place, text) in domains.iter().enumerate() {
            match domain(text) {
                Err(must) => self.add(&format!("domains[{place}]"), must),
                Ok(name) if kept.contains(&name) => {}
                Ok(name) => kept.push(name),
            }
        }
        Some(Trigger::Links { links, domains: kept })
    }

    fn mentions(&mut self, body: &RuleBody) -> Option<Trigger> {
        if body.per_message.is_none() && body.per_window.is_none() {
            self.add("perMessage", "must be given, or perWindow");
            return None;
        }
        let given = |value: Option<u32>| value.is_some();
        let per_message =
            given(body.per_message).then(|| self.number("perMessage", body.per_message, PER_MESSAGE));
        if given(body.seconds) != given(body.per_window) {
            self.add("seconds", "must be given together with perWindow");
            return None;
        }
        let per_window =
            given(body.per_window).then(|| self.number("perWindow", body.per_window, PER_WINDOW));
        let seconds = given(body.seconds).then(|| self.number("seconds", body.seconds, SECONDS));
        let sound = [per_message, per_window, seconds].into_iter().flatten().all(|number| number.is_some());
        sound.then(|| Trigger::Mentions {
            per_message: per_message.flatten(),
            per_window: per_window.flatten(),
            seconds: seconds.flatten(),
        })
    }

    fn number(&mut self, field: &str, value: Option<u32>, range: RangeInclusive<u32>) -> Option<u32> {
        let sound = value.filter(|value| range.contains(value));
        if sound.is_none() {
            self.add(field, format!("must be {} to {}", range.start(), range.end()));
        }
        sound
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parse(rules_json: Value) -> Result<Vec<RuleDraft>, String> {
        let body =
            serde_json::from_value(json!({ "rules": rules_json })).map_err(|error| error.to_string())?;
        rules(body).map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn what_is_wrong_is_told_by_its_path() {
        for (rule, wrong) in [
            (json!({ "kind": "words" }), "rules[0].words must be 1 to 500"),
            (json!({ "kind": "words", "words": ["ok", "c++"] }), "rules[0].words[1] must begin"),
            (json!({ "kind": "words", "words": ["x".repeat(61)] }), "rules[0].words[0] must be at most 60"),
            (json!({ "kind": "links" }), "rules[0].links must be given"),
            (json!({ "kind": "links", "links": "deny" }), "rules[0].domains must be 1 to 200"),
            (
                json!({ "kind": "links", "links": "all", "domains": ["a.b"] }),
                "rules[0].domains must be 0 to 0",
            ),
            (
                json!({ "kind": "links", "links": "deny", "domains": ["x"] }),
                "rules[0].domains[0] must be a domain",
            ),
            (json!({ "kind": "mentions" }), "rules[0].perMessage must be given, or perWindow"),
            (json!({ "kind": "mentions", "perMessage": 51 }), "rules[0].perMessage must be 1 to 50"),
            (json!({ "kind": "mentions", "perWindow": 5 }), "rules[0].seconds must be given together"),
            (json!({ "kind": "repeats", "times": 1, "seconds": 601 }), "rules[0].seconds must be 1 to 600"),
            (json!({ "kind": "invites", "words": ["x"] }), "rules[0].words must not be given"),
            (json!({ "kind": "invites", "action": "timeout" }), "rules[0].minutes must be 1 to 40320"),
            (
                json!({ "kind": "invites", "minutes": 1 }),
                "rules[0].minutes must be given for the action timeout",
            ),
            (json!({ "kind": "invites", "name": " " }), "rules[0].name must have 1 to 64"),
            (
                json!({ "kind": "invites", "message": "x".repeat(201) }),
                "rules[0].message must be at most 200",
            ),
        ] {
            let mut whole = json!({ "name": "x", "action": "block" });
            whole.as_object_mut().unwrap().extend(rule.as_object().unwrap().clone());
            let told = parse(json!([whole])).unwrap_err();
            assert!(told.contains(wrong), "{told} / {wrong}");
        }
    }

    #[test]
    fn bounds_hold_for_all_rules_together() {
        let words = |count: usize, from: usize, pattern: &str| {
            let words =
                (from..from + count).map(|n| pattern.replace('#', &n.to_string())).collect::<Vec<_>>();
            json!({ "name": "x", "kind": "words", "action": "block", "words": words })
        };
        assert!(parse(json!([words(500, 0, "w#"), words(500, 500, "w#")])).is_ok());
        let told = parse(json!([words(500, 0, "w#"), words(500, 0, "v#"), words(1, 0, "u#")])).unwrap_err();
        assert!(told.contains("rules must have at most 1000 words together"), "{told}");
        assert!(parse(json!([words(101, 0, "a*#")])).unwrap_err().contains("100 words with a * inside"));
        assert!(parse(json!([words(101, 0, "*a#*")])).is_ok(), "at the ends they cost nothing");
        let many = (0..21).map(|_| json!({ "name": "x", "kind": "invites", "action": "block" }));
        assert!(parse(many.collect::<Value>()).unwrap_err().contains("rules must be at most 20"));
        let id = "01890a61-4d32-7b63-8c5d-8e2a3f4b5c6d";
        let twice = json!({ "id": id, "name": "x", "kind": "invites", "action": "block" });
        assert!(parse(json!([twice, twice])).unwrap_err().contains("rules[1].id"));
    }
}
