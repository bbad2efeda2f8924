//! The documents as pages for people: plain HTML in the binary, with one style sheet and one script, and nothing from
//! anywhere else. They can be read without the script, which only tries calls out.

mod calls;
mod events;
mod fields;
mod text;

use serde_json::Value;
use text::escape;

pub(super) use calls::page as calls;
pub(super) use events::page as events;

/// The style sheet of the pages.
pub(crate) const STYLE: &str = include_str!("assets/docs.css");
/// Their script.
pub(crate) const SCRIPT: &str = include_str!("assets/docs.js");

/// Where a page is, and so where others are from it: relative, so that a proxy may put all of it below a path.
struct Place {
    title: &'static str,
    /// What stands before the names of style sheet and script.
    assets: &'static str,
    calls: &'static str,
    events: &'static str,
    /// What stands before the names of the documents.
    documents: &'static str,
}

/// A page: its navigation and its content around what all pages have.
fn shell(place: &Place, navigation: &str, content: &str) -> String {
    let Place { title, assets, calls, events, documents } = place;
    let here = |page: &str, other: &str| if page == other { " aria-current=\"page\"" } else { "" };
    let (on_calls, on_events) = (here(title, CALLS.title), here(title, EVENTS.title));
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<link rel=\"stylesheet\" href=\"{assets}docs.css\">\n\
         <script src=\"{assets}docs.js\" defer></script>\n</head>\n<body>\n<header>\n<strong>Guildhall</strong>\n\
         <nav aria-label=\"Documents\"><a href=\"{calls}\"{on_calls}>Calls</a> <a href=\"{events}\"{on_events}>Live events</a> \
         <a href=\"{documents}openapi.json\">openapi.json</a> <a href=\"{documents}asyncapi.json\">asyncapi.json</a></nav>\n\
         <label class=\"token\" hidden>Token <input id=\"token\" autocomplete=\"off\" spellcheck=\"false\" \
         placeholder=\"log in below, or paste one\"></label>\n</header>\n<div class=\"columns\">\n\
         <nav class=\"contents\" aria-label=\"Contents\">\n<input id=\"filter\" type=\"search\" placeholder=\"Filter\" \
         aria-label=\"Filter\" hidden>\n{navigation}</nav>\n<main>\n{content}</main>\n</div>\n</body>\n</html>\n"
    )
}

const CALLS: Place = Place {
    title: "Guildhall API: calls",
    assets: "docs/",
    calls: "docs",
    events: "docs/events",
    documents: "",
};

const EVENTS: Place = Place {
    title: "Guildhall API: live events",
    assets: "",
    calls: "../docs",
    events: "events",
    documents: "../",
};

/// The text at a pointer of a document.
fn at<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// JSON for reading.
fn example(value: &Value) -> String {
    let json = serde_json::to_string_pretty(value).unwrap_or_default();
    format!("<pre class=\"example\"><code>{}</code></pre>\n", escape(&json))
}

/// Codes, each linked to its meaning; `table` is the page that has the table.
fn codes<'a>(codes: impl IntoIterator<Item = &'a Value>, table: &str) -> String {
    let links = codes.into_iter().filter_map(Value::as_str);
    let links = links.map(|code| format!("<a href=\"{table}#{code}\"><code>{code}</code></a>"));
    links.collect::<Vec<_>>().join(" ")
}
