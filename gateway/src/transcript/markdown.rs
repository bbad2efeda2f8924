//! As Markdown: who and when in a line, what in a quote below it, which no text gets out of.

use std::ops::Range;

use kernel::Timestamp;
use messaging::MessageView;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

pub(super) fn head(name: &str, at: Timestamp) -> String {
    format!("# {}\n\nExported at {at}. Times are in UTC.\n", plain(name))
}

pub(super) fn message(message: &MessageView) -> String {
    let author = &message.author;
    let edited = if message.edited { ", edited" } else { "" };
    let thread =
        message.parent_message_id.map(|parent| format!(", in the thread of {parent}")).unwrap_or_default();
    let reply = message.reply_to.map(|to| format!(", answers {to}")).unwrap_or_default();
    let line = format!(
        "\n**{}** (@{}) {}{edited}{thread}{reply} `{}`\n\n",
        plain(&author.name),
        plain(&author.username),
        message.created_at,
        message.id
    );
    quoted(&message.content).iter().fold(line, |text, part| text + "> " + part + "\n")
}

/// The lines of a text whose own Markdown stays and whose HTML is none.
fn quoted(content: &str) -> Vec<String> {
    let content = content.replace("\r\n", "\n").replace('\r', "\n");
    let code = code(&content);
    let mut text = String::with_capacity(content.len());
    for (at, c) in content.char_indices() {
        if c == '<' && !code.iter().any(|range| range.contains(&at)) {
            text.push('\\');
        }
        text.push(c);
    }
    text.split('\n').map(str::to_string).collect()
}

/// Where a text is code, and nothing in it is anything else.
fn code(content: &str) -> Vec<Range<usize>> {
    let (mut ranges, mut block) = (Vec::new(), None);
    for (event, range) in Parser::new(content).into_offset_iter() {
        match event {
            Event::Code(_) => ranges.push(range),
            Event::Start(Tag::CodeBlock(_)) => block = Some(range),
            Event::End(TagEnd::CodeBlock) => ranges.extend(block.take()),
            _ => {}
        }
    }
    ranges
}

/// A name as text: nothing in it is Markdown or HTML.
fn plain(name: &str) -> String {
    let escape = |c: char| if c.is_ascii_punctuation() { vec!['\\', c] } else { vec![c] };
    name.chars().flat_map(escape).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_markdown_and_lose_their_html() {
        assert_eq!(quoted("**a** <b>x</b>\r\nb"), ["**a** \\<b>x\\</b>", "b"]);
        assert_eq!(quoted("`Vec<u8>` and Vec<u8>"), ["`Vec<u8>` and Vec\\<u8>"]);
        assert_eq!(quoted("```\n<b>\n```\n<b>"), ["```", "<b>", "```", "\\<b>"]);
        assert_eq!(plain("a_b*<c>"), "a\\_b\\*\\<c\\>");
    }
}
