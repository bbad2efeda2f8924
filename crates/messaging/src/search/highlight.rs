//! Where a text is what was looked for. Pure.

use std::collections::HashSet;

use super::fold::Folded;
use super::grams::{self, Class};
use super::{Span, Term};

/// Parts of one text that are marked.
const MOST: usize = 200;
/// How much of a word and a term must be the same for them to be forms of one word.
const COMMON: usize = 2;

/// The words of a text that may be other forms of one of the terms.
pub(super) fn candidates(text: &str, terms: &[Term]) -> HashSet<String> {
    let beginnings = terms.iter().filter_map(Term::word);
    let beginnings = beginnings.map(|word| word.chars().take(COMMON).collect::<String>()).collect::<Vec<_>>();
    if beginnings.is_empty() {
        return HashSet::new();
    }
    let folded = Folded::new(text);
    let words = grams::runs(&folded.chars).filter(|(class, _)| *class == Class::Word);
    let words = words.map(|(_, run)| run.iter().collect::<String>());
    words.filter(|word| beginnings.iter().any(|beginning| word.starts_with(beginning.as_str()))).collect()
}

/// Where `text` contains a term, or a word that is a form of one.
pub(super) fn spans(text: &str, terms: &[Term], forms: &HashSet<String>) -> Vec<Span> {
    let folded = Folded::new(text);
    let mut found = Vec::new();
    for term in terms {
        let wanted = term.folded();
        let places = folded.chars.windows(wanted.len().max(1)).enumerate();
        let places = places.filter(|(_, part)| *part == wanted).take(MOST);
        found.extend(places.map(|(at, part)| (at, at + part.len())));
    }
    if !forms.is_empty() {
        let mut at = 0;
        for (class, run) in grams::runs(&folded.chars) {
            if class == Class::Word && forms.contains(&run.iter().collect::<String>()) {
                found.push((at, at + run.len()));
            }
            at += run.len();
        }
    }
    let spans = found.into_iter().filter_map(|(start, end)| folded.origin(start, end));
    merged(spans.map(|(start, end)| Span { start, end }).collect())
}

/// In order, and one where several touch.
fn merged(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut merged: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match merged.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => merged.push(span),
        }
    }
    merged.truncate(MOST);
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, terms: &[&str], forms: &[&str]) -> Vec<String> {
        let terms = terms.iter().filter_map(|term| Term::new(term, false)).collect::<Vec<_>>();
        let forms = forms.iter().map(ToString::to_string).collect();
        let units = text.encode_utf16().collect::<Vec<_>>();
        let part = |span: Span| {
            String::from_utf16(
                &units[usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap()],
            )
        };
        spans(text, &terms, &forms).into_iter().map(|span| part(span).unwrap()).collect()
    }

    #[test]
    fn what_is_marked_is_what_was_found() {
        assert_eq!(marked("🎉 Größe, größer", &["GRÖSSE"], &[]), Vec::<String>::new());
        assert_eq!(marked("🎉 Größe, größer", &["größe"], &[]), ["Größe", "größe"]);
        assert_eq!(marked("he ran, running runs", &["running"], &["running", "runs"]), ["running", "runs"]);
        assert_eq!(marked("aaaa", &["aa:"], &[]), Vec::<String>::new());
        assert_eq!(marked("see http://x.example/a-b.", &["x.example/a-b"], &[]), ["x.example/a-b"]);
    }

    #[test]
    fn candidates_begin_alike() {
        let terms = [Term::new("running", false).unwrap()];
        let words = candidates("The runner ran; rust.", &terms);
        assert_eq!(words, ["runner", "rust"].map(String::from).into());
    }
}
