//! A letter: its two sides are made from the same parts.

use kernel::text::escape_html as escape;

/// What a letter says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Letter {
    pub(crate) subject: String,
    parts: Vec<Part>,
}

/// A paragraph. Whatever stands in it is text: it is escaped where that matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Words(String),
    /// To be typed somewhere else.
    Code(String),
    /// A URL of our own making.
    Link(String),
    /// The words of somebody else.
    Quote(String),
}

const SIGNATURE: &str = "Guildhall. A program wrote this; nobody reads what is sent back.";

impl Letter {
    pub(crate) fn new(subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), parts: Vec::new() }
    }

    #[must_use]
    pub(crate) fn part(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    #[must_use]
    pub(crate) fn words(self, words: impl Into<String>) -> Self {
        self.part(Part::Words(words.into()))
    }

    pub(super) fn text(&self) -> String {
        let part = |part: &Part| match part {
            Part::Words(words) => words.clone(),
            Part::Code(text) | Part::Link(text) => format!("    {text}"),
            Part::Quote(text) => text.lines().map(|line| format!("> {line}\n")).collect(),
        };
        let parts = self.parts.iter().map(|of| part(of).trim_end().to_string());
        let parts = parts.chain([format!("-- \n{SIGNATURE}\n")]);
        parts.collect::<Vec<_>>().join("\n\n")
    }

    pub(super) fn html(&self) -> String {
        let part = |part: &Part| match part {
            Part::Words(words) => format!("<p>{}</p>\n", escape(words)),
            Part::Code(code) => format!(
                "<p><strong style=\"font-size:1.6em;letter-spacing:0.15em\">{}</strong></p>\n",
                escape(code)
            ),
            Part::Link(url) => format!("<p><a href=\"{0}\">{0}</a></p>\n", escape(url)),
            Part::Quote(text) => {
                format!("<blockquote>{}</blockquote>\n", escape(text).replace('\n', "<br>"))
            }
        };
        format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{}</title></head>\n<body>\n{}<p><small>{SIGNATURE}</small></p>\n</body></html>\n",
            escape(&self.subject),
            self.parts.iter().map(part).collect::<String>(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_say_the_same_and_nobodys_words_are_markup() {
        let hostile = "</blockquote><img src=\"x\" onerror='y'>\n& more";
        let letter = Letter::new("<b>").words("one < two").part(Part::Quote(hostile.into()));
        let (text, html) = (letter.text(), letter.html());
        assert!(
            text.starts_with("one < two\n\n> </blockquote><img") && text.contains("> & more\n\n-- \n"),
            "{text}"
        );
        assert!(
            html.contains(
                "&lt;/blockquote&gt;&lt;img src=&quot;x&quot; onerror=&#39;y&#39;&gt;<br>&amp; more"
            ),
            "{html}"
        );
        assert_eq!(html.matches("<b").count(), 3, "body, blockquote and br: {html}");
    }

    #[test]
    fn a_link_is_whole_on_both_sides() {
        let url = "https://chat.example.org/reset-password?token=abc&x=1";
        let letter = Letter::new("s").part(Part::Link(url.into()));
        assert!(letter.text().contains(url));
        assert!(letter.html().contains("href=\"https://chat.example.org/reset-password?token=abc&amp;x=1\""));
    }
}
