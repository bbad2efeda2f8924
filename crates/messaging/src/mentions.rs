//! Whom a text mentions. Pure: what it calls by name is found here, whose names they are is looked up by others.

use std::collections::{HashMap, HashSet};

use kernel::{RoleId, UserId};

use crate::fence::Reach;

/// Named users that a message mentions at most; more are left out.
pub const USERS_MAX: usize = 50;
/// Names in a text that are looked at; more mention nobody.
const CALLS_MAX: usize = 100;
/// Characters that a username may have (`identity` says so).
const USERNAME_MAX: usize = 32;

/// The names behind the `@`s of a text, those in code (between backticks) left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calls<'a>(Vec<&'a str>);

/// Whose the names are that a text calls.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Of those of [`Calls::usernames`] that belong to somebody who may be mentioned: who that is.
    pub users: HashMap<String, UserId>,
    /// The roles of the place.
    pub roles: Vec<Callable>,
}

/// A role that can be mentioned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callable {
    /// Which.
    pub id: RoleId,
    /// What it is called.
    pub name: String,
    /// Whether everybody may mention it, or only who may mention everybody.
    pub by_all: bool,
}

/// Whom a message mentions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    pub(crate) users: Vec<UserId>,
    /// And whether everybody may mention them.
    pub(crate) roles: Vec<(RoleId, bool)>,
    pub(crate) everyone: bool,
    /// Whom the author reached when the users were looked up.
    pub(crate) reach: Reach,
}

impl<'a> Calls<'a> {
    /// What `text` calls.
    pub fn of(text: &'a str) -> Self {
        let mut calls = Vec::new();
        for part in outside_code(text) {
            let mut before = None;
            for (place, c) in part.char_indices() {
                // Not in an address like ada@example.org.
                if c == '@'
                    && !before.is_some_and(is_name)
                    && let Some(tail) = part.get(place + 1..)
                    && tail.starts_with(is_name)
                {
                    calls.push(tail);
                }
                before = Some(c);
            }
        }
        calls.truncate(CALLS_MAX);
        Self(calls)
    }

    /// Whether it calls nobody.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What may be usernames, each once.
    pub fn usernames(&self) -> Vec<&'a str> {
        let mut seen = HashSet::new();
        self.0.iter().flat_map(|tail| spellings(tail)).filter(|name| seen.insert(*name)).collect()
    }

    /// Whom it mentions: for each call, everyone, else the role with the longest name that fits, else a user.
    pub fn resolve(&self, known: &Known) -> Mentions {
        let mut mentions = Mentions::default();
        for tail in &self.0 {
            if spellings(tail).any(|name| name.eq_ignore_ascii_case("everyone")) {
                mentions.everyone = true;
            } else if let Some(role) = role(tail, &known.roles) {
                if !mentions.roles.contains(&(role.id, role.by_all)) {
                    mentions.roles.push((role.id, role.by_all));
                }
            } else if let Some(user) = spellings(tail).find_map(|name| known.users.get(name)).copied()
                && !mentions.users.contains(&user)
                && mentions.users.len() < USERS_MAX
            {
                mentions.users.push(user);
            }
        }
        mentions
    }
}

impl Mentions {
    /// Looked up when the author reached whom `reach` says. When a block was made since, the send is stale.
    #[must_use]
    pub fn within(self, reach: Reach) -> Self {
        Self { reach, ..self }
    }

    /// What is left for `author`, who may mention everybody or may not; nobody is told of their own message.
    pub(crate) fn by(mut self, author: UserId, may_call_all: bool) -> Self {
        self.everyone &= may_call_all;
        self.roles.retain(|(_, by_all)| *by_all || may_call_all);
        self.users.retain(|user| *user != author);
        self
    }
}

/// The parts of a text that are no code: what stands between two runs of as many backticks is code.
fn outside_code(text: &str) -> Vec<&str> {
    let (mut parts, mut rest) = (Vec::new(), text);
    while let Some(open) = rest.find('`') {
        let (plain, ticked) = rest.split_at(open);
        parts.push(plain);
        let inside = ticked.trim_start_matches('`');
        let ticks = ticked.len() - inside.len();
        rest = behind(inside, ticks).unwrap_or(inside);
    }
    parts.push(rest);
    parts
}

/// What stands behind the next run of so many backticks.
fn behind(mut text: &str, ticks: usize) -> Option<&str> {
    loop {
        let run = text.get(text.find('`')?..)?;
        let rest = run.trim_start_matches('`');
        if run.len() - rest.len() == ticks {
            return Some(rest);
        }
        text = rest;
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '-')
}

/// How the name at the beginning of `tail` may be meant: all of it, and without the punctuation behind it.
fn spellings(tail: &str) -> impl Iterator<Item = &str> {
    let end = tail.find(|c| !is_name(c)).unwrap_or(tail.len());
    let name = tail.get(..end).filter(|name| name.chars().count() <= USERNAME_MAX + 3);
    let all = std::iter::successors(name, |name| (*name).strip_suffix(['.', '-', '_'])).take(4);
    all.filter(|name| name.chars().count() <= USERNAME_MAX)
}

/// The role with the longest name that `tail` begins with.
fn role<'a>(tail: &str, roles: &'a [Callable]) -> Option<&'a Callable> {
    roles.iter().filter(|role| begins(tail, &role.name)).max_by_key(|role| role.name.chars().count())
}

/// Whether `tail` begins with the name, whatever its case, and no further letter follows.
fn begins(tail: &str, name: &str) -> bool {
    let mut tail = tail.chars().peekable();
    let fits = !name.is_empty()
        && name.chars().all(|c| tail.next().is_some_and(|other| c.to_lowercase().eq(other.to_lowercase())));
    fits && !tail.peek().copied().is_some_and(|next| next.is_alphanumeric() || next == '_')
}

#[cfg(test)]
mod tests {
    use kernel::Env;
    use proptest::prelude::*;

    use super::*;

    fn names(text: &str) -> Vec<&str> {
        Calls::of(text).usernames()
    }

    #[test]
    fn names_are_found_where_somebody_is_called() {
        assert_eq!(names("@ada and @bob, not ada@example.org"), ["ada", "bob"]);
        assert_eq!(names("(@ada) @ada"), ["ada"]);
        assert_eq!(names("@ada. @c.d-e_"), ["ada.", "ada", "c.d-e_", "c.d-e"]);
        assert_eq!(names("@ @@ @! x"), Vec::<&str>::new());
        assert_eq!(names("@Ünal@bob"), ["Ünal"]);
    }

    #[test]
    fn code_mentions_nobody() {
        assert_eq!(names("`@ada` @bob"), ["bob"]);
        assert_eq!(names("```\n@ada `x`\n``` @bob"), ["bob"]);
        assert_eq!(names("a ` alone @bob"), ["bob"]);
        assert_eq!(names("`` ` @ada `` @bob"), ["bob"]);
    }

    #[test]
    fn the_longest_role_goes_before_a_user() {
        let env = Env::system();
        let role = |name: &str, by_all| Callable { id: env.id(), name: name.into(), by_all };
        let (crew, night, ada) = (role("Crew", true), role("crew at night", false), env.id::<UserId>());
        let users = [("crewman", ada), ("crew", ada)].map(|(name, id)| (name.to_string(), id)).into();
        let known = Known { users, roles: vec![crew.clone(), night.clone()] };
        let mentions = |text: &str| Calls::of(text).resolve(&known);
        assert_eq!(mentions("@CREW!").roles, [(crew.id, true)]);
        assert_eq!(mentions("@crew at night.").roles, [(night.id, false)]);
        assert_eq!(mentions("@crewman").users, [ada]);
        assert!(mentions("@Everyone, look").everyone && !mentions("@everyoneelse").everyone);
        let all = mentions("@everyone @crew @crew at night @crewman");
        let (other, few) = (env.id(), all.clone().by(env.id(), false));
        assert_eq!((few.roles, few.everyone), (vec![(crew.id, true)], false));
        assert_eq!(all.clone().by(other, true), all);
        assert!(all.by(ada, true).users.is_empty());
    }

    #[test]
    fn users_and_calls_are_bounded() {
        let env = Env::system();
        let text = (0..200).map(|n| format!("@user{n} ")).collect::<String>();
        let users = (0..200).map(|n| (format!("user{n}"), env.id::<UserId>())).collect();
        let mentions = Calls::of(&text).resolve(&Known { users, roles: Vec::new() });
        assert_eq!(mentions.users.len(), USERS_MAX);
        assert_eq!(Calls::of(&text).usernames().len(), CALLS_MAX);
    }

    proptest! {
        #[test]
        fn any_text_is_looked_through(text in "(@|`|``|\\PC|[a-z.]){0,60}") {
            for name in Calls::of(&text).usernames() {
                let called = format!("@{name}");
                prop_assert!(text.contains(&called));
                prop_assert!(name.chars().all(is_name) && name.chars().count() <= USERNAME_MAX);
            }
        }
    }
}
