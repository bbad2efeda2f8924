//! Text as HTML.

pub(super) use kernel::text::escape_html as escape;
use pulldown_cmark::{Event, Options, Parser, html};

/// Markdown as HTML. HTML in it is shown, not used.
pub(super) fn markdown(text: &str) -> String {
    let events = Parser::new_ext(text, Options::ENABLE_TABLES).map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Event::Text(html),
        event => event,
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

/// Markdown of one paragraph, without the paragraph.
pub(super) fn inline(text: &str) -> String {
    let html = markdown(text);
    let html = html.trim();
    match html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>")) {
        Some(inner) if !inner.contains("<p>") => inner.to_string(),
        _ => html.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_becomes_a_tag() {
        assert_eq!(escape("<a href='x'>&\"</a>"), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;&lt;/a&gt;");
        let html = markdown("a <b>c</b> `<d>`\n\n<script>e</script>\n");
        assert!(
            !html.contains("<b>") && !html.contains("<script>") && html.contains("<code>&lt;d&gt;</code>")
        );
        assert_eq!(inline("`a` b"), "<code>a</code> b");
    }
}
