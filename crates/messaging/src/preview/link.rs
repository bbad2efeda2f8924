//! The links in texts. Pure.

/// The first link of a text: what is shown of a message is about that one.
pub(crate) fn first(text: &str) -> Option<&str> {
    let begin = |scheme: &str| find(text, scheme);
    let start = begin("http://").into_iter().chain(begin("https://")).min()?;
    let rest = text.get(start..)?;
    let end =
        rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '`')).unwrap_or(rest.len());
    Some(trimmed(rest.get(..end)?)).filter(|link| link.len() > "https://".len())
}

/// Where a scheme stands that is no end of a word, whatever its case.
fn find(text: &str, scheme: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let mut places = lower.match_indices(scheme).map(|(at, _)| at);
    places.find(|at| !text.get(..*at).is_some_and(|before| before.ends_with(char::is_alphanumeric)))
}

/// Without what ends the sentence, and the bracket that the link stands in.
fn trimmed(mut link: &str) -> &str {
    loop {
        let shorter = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_', '~', '|']);
        let unbalanced = |open: char, close: char| {
            shorter.ends_with(close) && shorter.matches(close).count() > shorter.matches(open).count()
        };
        let shorter = if unbalanced('(', ')') || unbalanced('[', ']') {
            shorter.get(..shorter.len() - 1).unwrap_or(shorter)
        } else {
            shorter
        };
        if shorter.len() == link.len() {
            return link;
        }
        link = shorter;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::first;

    #[test]
    fn links_end_where_people_end_them() {
        for (text, link) in [
            ("see https://example.org/a.", Some("https://example.org/a")),
            ("(https://example.org/a_(b)), ok", Some("https://example.org/a_(b)")),
            ("[x](http://example.org)", Some("http://example.org")),
            ("<HTTPS://Example.org/?q=1>!", Some("HTTPS://Example.org/?q=1")),
            ("no xhttp://example.org, but http://b.example", Some("http://b.example")),
            ("http://", None),
            ("nothing", None),
        ] {
            assert_eq!(first(text), link, "{text}");
        }
    }

    proptest! {
        #[test]
        fn anything_is_looked_at(text in r"([a-zäİ🎉 ()\[\].]|https?://){0,40}") {
            let _ = first(&text);
        }
    }
}
