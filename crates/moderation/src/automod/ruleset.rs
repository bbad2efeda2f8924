//! A server's rules, ready to be asked.

use std::sync::OnceLock;

use aws_lc_rs::digest::{SHA256, digest};
use kernel::{ChannelId, Version};
use uuid::Uuid;

use super::fold::{Folded, gist};
use super::links::LinkRule;
use super::rule::{Rule, Trigger};
use super::words::{Pattern, Words};
use super::{invites, mentions};

/// The rules of a server that are in force, as of one version of its scope.
#[derive(Debug)]
pub(crate) struct Ruleset {
    /// They are no older than this.
    pub(crate) version: Version,
    rules: Vec<Ready>,
}

/// A rule, ready to be asked.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) rule: Rule,
    matcher: Matcher,
}

#[derive(Debug)]
enum Matcher {
    Words(Words),
    Links(LinkRule),
    Invites,
    Mentions { per_message: Option<usize>, window: Option<(u32, u32)> },
    Repeats { times: u32, seconds: u32 },
}

/// What a rule says of a text, or has to ask before it can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// Nothing: the text does not break it.
    No,
    /// Nothing: it does.
    Yes,
    /// Whether one of these is an invite code of another server.
    Invites(Vec<String>),
    /// Whether the author has done it too often.
    Often(Tally),
}

/// Something that an author may do so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tally {
    /// What, so that it is not counted together with something else.
    pub(crate) what: Uuid,
    /// How often it is done by this text.
    pub(crate) count: u32,
    /// How often it may be …
    pub(crate) limit: u32,
    /// … in so many seconds.
    pub(crate) seconds: u32,
}

/// A text that rules are asked about. It is folded once, when the first of them needs it.
#[derive(Debug)]
pub(crate) struct Text<'a> {
    text: &'a str,
    folded: OnceLock<Folded>,
    mentions: OnceLock<usize>,
}

impl<'a> Text<'a> {
    pub(crate) const fn new(text: &'a str) -> Self {
        Self { text, folded: OnceLock::new(), mentions: OnceLock::new() }
    }

    fn mentions(&self) -> usize {
        *self.mentions.get_or_init(|| mentions::distinct(self.text))
    }
}

impl Ruleset {
    /// The rules of `version`; those that are not in force are left out.
    ///
    /// # Errors
    /// A pattern of theirs is none; they were checked when they were made.
    pub(crate) fn new(version: Version, rules: Vec<Rule>) -> Result<Self, String> {
        let enabled = rules.into_iter().filter(|rule| rule.enabled);
        Ok(Self { version, rules: enabled.map(Ready::new).collect::<Result<_, _>>()? })
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Those that hold in a channel.
    pub(crate) fn holding_in(&self, channel: ChannelId) -> impl Iterator<Item = &Ready> {
        self.rules.iter().filter(move |ready| !ready.rule.exempt_channels.contains(&channel))
    }

    /// Memory that they take, bytes, roughly.
    pub(crate) fn size(&self) -> usize {
        self.rules.iter().map(Ready::size).sum::<usize>() + size_of::<Self>()
    }
}

impl Ready {
    fn new(rule: Rule) -> Result<Self, String> {
        let matcher = match &rule.trigger {
            Trigger::Words { words } => {
                let patterns = words.iter().map(|word| Pattern::parse(word));
                let patterns = patterns.collect::<Result<Vec<_>, _>>().map_err(String::from)?;
                Matcher::Words(Words::new(patterns).map_err(|error| error.to_string())?)
            }
            Trigger::Links { links, domains } => Matcher::Links(LinkRule::new(*links, domains)),
            Trigger::Invites {} => Matcher::Invites,
            Trigger::Mentions { per_message, per_window, seconds } => Matcher::Mentions {
                per_message: per_message.and_then(|most| usize::try_from(most).ok()),
                window: per_window.zip(*seconds),
            },
            Trigger::Repeats { times, seconds } => Matcher::Repeats { times: *times, seconds: *seconds },
        };
        Ok(Self { rule, matcher })
    }

    /// Whether a text breaks it.
    pub(crate) fn ask(&self, text: &Text<'_>) -> Question {
        let told = |broken| if broken { Question::Yes } else { Question::No };
        match &self.matcher {
            Matcher::Words(words) => told(words.are_in(text.folded.get_or_init(|| Folded::new(text.text)))),
            Matcher::Links(links) => told(links.is_broken_by(text.text)),
            Matcher::Invites => match invites::candidates(text.text) {
                none if none.is_empty() => Question::No,
                codes => Question::Invites(codes),
            },
            Matcher::Mentions { per_message, window } => {
                let found = text.mentions();
                let count = u32::try_from(found).unwrap_or(u32::MAX);
                match window {
                    _ if per_message.is_some_and(|most| found > most) => Question::Yes,
                    Some((limit, seconds)) if count > 0 => {
                        let (what, limit, seconds) = (Uuid::nil(), *limit, *seconds);
                        Question::Often(Tally { what, count, limit, seconds })
                    }
                    _ => Question::No,
                }
            }
            Matcher::Repeats { times, seconds } => Question::Often(Tally {
                what: fingerprint(text.text),
                count: 1,
                limit: times.saturating_sub(1),
                seconds: *seconds,
            }),
        }
    }

    fn size(&self) -> usize {
        let of_matcher = match &self.matcher {
            Matcher::Words(words) => words.size(),
            Matcher::Links(links) => links.size(),
            _ => 0,
        };
        let listed = match &self.rule.trigger {
            Trigger::Words { words: texts } | Trigger::Links { domains: texts, .. } => {
                texts.iter().map(|text| text.len() + size_of::<String>()).sum()
            }
            _ => 0,
        };
        of_matcher + listed + size_of::<Self>()
    }
}

/// What is the same for texts that are nearly the same, and does not tell what they say.
fn fingerprint(text: &str) -> Uuid {
    let hash = digest(&SHA256, gist(text).as_bytes());
    let mut kept = [0; 16];
    kept.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
    Uuid::from_bytes(kept)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::automod::{Action, Links};

    fn ready(trigger: Trigger) -> Ready {
        let env = kernel::Env::system();
        let (exempt_roles, exempt_channels) = (vec![], vec![]);
        let action = Action::Block;
        Ready::new(Rule {
            id: env.id(),
            name: "x".into(),
            enabled: true,
            trigger,
            action,
            message: None,
            exempt_roles,
            exempt_channels,
        })
        .unwrap()
    }

    #[test]
    fn what_can_be_said_from_the_text_is_asked_nowhere() {
        let mentions =
            ready(Trigger::Mentions { per_message: Some(2), per_window: Some(5), seconds: Some(60) });
        assert_eq!(mentions.ask(&Text::new("hello")), Question::No);
        assert_eq!(mentions.ask(&Text::new("@ada @bob @eve")), Question::Yes);
        let asked = mentions.ask(&Text::new("@ada @bob"));
        assert!(matches!(asked, Question::Often(Tally { count: 2, limit: 5, seconds: 60, .. })), "{asked:?}");
        let invites = ready(Trigger::Invites {});
        assert_eq!(invites.ask(&Text::new("no code here")), Question::No);
        assert!(matches!(invites.ask(&Text::new("abcde23456")), Question::Invites(_)));
    }

    #[test]
    fn what_is_nearly_the_same_is_counted_together() {
        let repeats = ready(Trigger::Repeats { times: 3, seconds: 60 });
        let asked = |text| repeats.ask(&Text::new(text));
        assert_eq!(asked("Buy now!"), asked("buy   NOW 1"));
        assert_ne!(asked("Buy now!"), asked("Buy later!"));
        assert!(matches!(asked("x"), Question::Often(Tally { count: 1, limit: 2, .. })));
    }

    #[test]
    fn rules_that_are_off_and_exempt_channels_are_left_out() {
        let env = kernel::Env::system();
        let (channel, other) = (env.id(), env.id());
        let off = Rule { enabled: false, ..ready(Trigger::Invites {}).rule };
        let links = Trigger::Links { links: Links::All, domains: vec![] };
        let on = Rule { exempt_channels: vec![channel], ..ready(links).rule };
        let set = Ruleset::new(1, vec![off.clone(), on]).unwrap();
        assert_eq!((set.holding_in(channel).count(), set.holding_in(other).count()), (0, 1));
        assert!(Ruleset::new(1, vec![off]).unwrap().is_empty());
    }
}
