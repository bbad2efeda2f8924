//! Where a message stands, who wrote it and what is in it, as words of the index that nobody can write. Pure.

use std::collections::BTreeSet;

use data_encoding::BASE64_NOPAD;
use kernel::{ScopeId, TimelineId, UserId};
use media::AttachmentView;
use uuid::Uuid;

use super::{Has, Mentioned};

pub(super) fn timeline(id: TimelineId) -> String {
    tag('t', id.uuid())
}

pub(super) fn scope(id: ScopeId) -> String {
    tag('s', id.uuid())
}

pub(super) fn author(id: UserId) -> String {
    tag('f', id.uuid())
}

pub(super) fn mention(who: Mentioned) -> String {
    match who {
        Mentioned::User(id) => tag('m', id.uuid()),
        Mentioned::Everyone => "#everyone".into(),
    }
}

pub(super) fn has(has: Has) -> String {
    match has {
        Has::Link => "#hlink".into(),
        Has::File => "#hfile".into(),
        Has::Image => "#himage".into(),
    }
}

/// What is in a folded text: links.
pub(super) fn of_text(folded: &str) -> BTreeSet<String> {
    let mut tags = BTreeSet::new();
    if folded.contains("http://") || folded.contains("https://") {
        tags.insert(has(Has::Link));
    }
    tags
}

/// What files a message has.
pub(super) fn of_files(files: &[AttachmentView]) -> BTreeSet<String> {
    let mut tags = BTreeSet::new();
    for file in files {
        tags.insert(has(Has::File));
        if file.kind == media::Kind::Image {
            tags.insert(has(Has::Image));
        }
    }
    tags
}

fn tag(kind: char, id: Uuid) -> String {
    format!("#{kind}{}", BASE64_NOPAD.encode(id.as_bytes()))
}

/// A word of the index as PostgreSQL reads it in a `tsquery`.
pub(super) fn lexeme(word: &str) -> String {
    format!("'{}'", word.replace('\\', "\\\\").replace('\'', "''"))
}

/// One of some words, as a `tsquery`.
pub(super) fn any<T: AsRef<str>>(words: impl IntoIterator<Item = T>) -> String {
    let words = words.into_iter().map(|word| lexeme(word.as_ref())).collect::<Vec<_>>();
    format!("({})", words.join("|"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_seen() {
        assert!(of_text("see https://x.example").contains("#hlink"));
        assert!(of_text("see http, //x.example").is_empty());
    }

    #[test]
    fn lexemes_are_quoted() {
        assert_eq!(any(["it's", "a\\b"]), "('it''s'|'a\\\\b')");
    }
}
