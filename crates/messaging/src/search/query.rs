//! What people type: words, "exact phrases", and filters. Never an error: what is no filter is text. Pure.

use chrono::{DateTime, Days, NaiveDate, NaiveTime};
use kernel::Timestamp;

use super::{Has, Term};

/// Characters that a query may have.
pub const QUERY_MAX: usize = 512;
/// Terms that are looked for; each is a condition of the database.
const TERMS_MAX: usize = 12;
/// Values of one filter.
const VALUES_MAX: usize = 10;

/// A typed query, as it was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// What the text must contain.
    pub terms: Vec<Term>,
    /// `from:` who wrote it, as typed, without `@`.
    pub from: Vec<String>,
    /// `in:` where it was written, as typed, without `#`.
    pub places: Vec<String>,
    /// `has:`.
    pub has: Vec<Has>,
    /// `mentions:` whom it mentions, as typed, without `@`.
    pub mentions: Vec<String>,
    /// `before:` written before this moment.
    pub before: Option<Timestamp>,
    /// `after:` written at this moment or later.
    pub after: Option<Timestamp>,
    /// What could not be looked for: filters with values that are none, single marks, what is too much.
    pub ignored: Vec<String>,
}

impl Typed {
    /// What `query` asks for.
    pub fn parse(query: &str) -> Self {
        let mut typed = Self::default();
        let mut rest = query.trim_start();
        while !rest.is_empty() {
            let (token, after) = token(rest);
            typed.take(token);
            rest = after.trim_start();
        }
        typed
    }

    fn take(&mut self, token: Token<'_>) {
        let understood = match token {
            Token::Phrase(text) => self.term(text, true),
            Token::Word(text) => self.term(text, false),
            Token::Filter(key, value) => self.filter(key, value),
        };
        if !understood && !token.text().trim().is_empty() {
            self.ignored.push(token.text());
        }
    }

    fn term(&mut self, text: &str, phrase: bool) -> bool {
        if text.trim().is_empty() {
            return true;
        }
        let term = Term::new(text, phrase).filter(|_| self.terms.len() < TERMS_MAX);
        let new = term.filter(|term| !self.terms.contains(term));
        let known = Term::new(text, phrase).is_some_and(|term| self.terms.contains(&term));
        let understood = new.is_some() || known;
        self.terms.extend(new);
        understood
    }

    fn filter(&mut self, key: Key, value: &str) -> bool {
        let name = value.trim_start_matches(['@', '#']);
        match key {
            Key::From => push(&mut self.from, name),
            Key::In => push(&mut self.places, name),
            Key::Mentions => push(&mut self.mentions, name),
            Key::Has => match value.to_lowercase().parse() {
                Ok(has) if self.has.contains(&has) => true,
                Ok(has) => {
                    self.has.push(has);
                    true
                }
                Err(_) => false,
            },
            Key::Before => {
                let at = day(value, false);
                // The narrowest counts.
                self.before = self.before.into_iter().chain(at).min();
                at.is_some()
            }
            Key::After => {
                let at = day(value, true);
                self.after = self.after.into_iter().chain(at).max();
                at.is_some()
            }
        }
    }

    /// Whether it asks for nothing that could be looked for.
    pub fn is_empty(&self) -> bool {
        *self == Self { ignored: self.ignored.clone(), ..Self::default() }
    }
}

fn push(values: &mut Vec<String>, value: &str) -> bool {
    if value.is_empty() || values.len() >= VALUES_MAX {
        return false;
    }
    values.push(value.to_string());
    true
}

/// The moment that a filter names: a time, or a day in UTC, of which `behind` takes the end and otherwise the beginning counts.
pub fn day(text: &str, behind: bool) -> Option<Timestamp> {
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc().into());
    }
    let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    let day = if behind { day.checked_add_days(Days::new(1))? } else { day };
    Some(day.and_time(NaiveTime::MIN).and_utc().into())
}

#[derive(Clone, Copy, Debug)]
enum Key {
    From,
    In,
    Has,
    Mentions,
    Before,
    After,
}

const KEYS: [(&str, Key); 6] = [
    ("from", Key::From),
    ("in", Key::In),
    ("has", Key::Has),
    ("mentions", Key::Mentions),
    ("before", Key::Before),
    ("after", Key::After),
];

#[derive(Clone, Copy, Debug)]
enum Token<'a> {
    Phrase(&'a str),
    Word(&'a str),
    Filter(Key, &'a str),
}

impl Token<'_> {
    fn text(&self) -> String {
        match self {
            Self::Phrase(text) | Self::Word(text) => (*text).to_string(),
            Self::Filter(key, value) => {
                let name = match key {
                    Key::From => "from",
                    Key::In => "in",
                    Key::Has => "has",
                    Key::Mentions => "mentions",
                    Key::Before => "before",
                    Key::After => "after",
                };
                format!("{name}:{value}")
            }
        }
    }
}

/// The first token of a text that does not begin with white space, and what comes after it.
fn token(text: &str) -> (Token<'_>, &str) {
    if let Some(quoted) = text.strip_prefix('"') {
        let (phrase, after) = until_quote(quoted);
        return (Token::Phrase(phrase), after);
    }
    if let Some((key, value)) = filter(text) {
        if let Some(quoted) = value.strip_prefix('"') {
            let (value, after) = until_quote(quoted);
            return (Token::Filter(key, value), after);
        }
        let (value, after) = until_space(value);
        if !value.is_empty() {
            return (Token::Filter(key, value), after);
        }
    }
    let (word, after) = until_space(text);
    (Token::Word(word), after)
}

/// The filter that a text begins with, and what follows its colon.
fn filter(text: &str) -> Option<(Key, &str)> {
    let (name, value) = text.split_once(':')?;
    let (_, key) = KEYS.iter().find(|(known, _)| name.eq_ignore_ascii_case(known))?;
    Some((*key, value))
}

/// Up to the next quote. One that is missing stands at the end.
fn until_quote(text: &str) -> (&str, &str) {
    text.split_once('"').unwrap_or((text, ""))
}

fn until_space(text: &str) -> (&str, &str) {
    text.split_at_checked(text.find(char::is_whitespace).unwrap_or(text.len())).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn terms(query: &str) -> Vec<String> {
        Typed::parse(query).terms.iter().map(|term| term.text().to_string()).collect()
    }

    #[test]
    fn words_phrases_and_filters_are_told_apart() {
        let typed = Typed::parse(
            r#"deploy "rm -rf /" from:@ada IN:"lost and found" has:LINK before:2026-01-02 https://x.example/a"#,
        );
        assert_eq!(
            typed.terms.iter().map(Term::text).collect::<Vec<_>>(),
            ["deploy", "rm -rf /", "https://x.example/a"]
        );
        assert_eq!((typed.from, typed.places), (vec!["ada".to_string()], vec!["lost and found".to_string()]));
        assert_eq!(typed.has, [Has::Link]);
        assert_eq!(typed.before.unwrap().to_string(), "2026-01-02T00:00:00.000Z");
        assert!(typed.ignored.is_empty());
    }

    #[test]
    fn what_is_no_filter_is_text_or_told() {
        assert_eq!(terms("key:value a=\"b\" in: std::mem"), ["key:value", "a=\"b\"", "in:", "std::mem"]);
        let typed = Typed::parse("has:fun before:soon $ \"open");
        assert_eq!(typed.ignored, ["has:fun", "before:soon", "$"]);
        assert_eq!(typed.terms.len(), 1);
        assert_eq!(Typed::parse("after:2026-01-02").after.unwrap().to_string(), "2026-01-03T00:00:00.000Z");
        assert!(Typed::parse("\"\" \" \"").is_empty());
    }

    proptest! {
        #[test]
        fn anything_is_understood_or_told(query in r#"([a-z:"'()&|!\\ -]|from:|has:|in:"|before:|🎉|中){0,200}"#) {
            let typed = Typed::parse(&query);
            prop_assert!(typed.terms.len() <= TERMS_MAX && typed.from.len() <= VALUES_MAX);
            let told = typed.is_empty() && typed.ignored.is_empty();
            prop_assert!(!told || query.chars().all(|c| c.is_whitespace() || matches!(c, '"')));
        }
    }
}
