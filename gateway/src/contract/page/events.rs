//! The page of `/ws`, made from the AsyncAPI document.

use serde_json::Value;

use super::fields::fields;
use super::text::{escape, inline, markdown};
use super::{EVENTS, at, codes, example, shell};

/// The page.
pub(in crate::contract) fn page(asyncapi: &Value) -> String {
    let operations = || asyncapi["operations"].as_object().into_iter().flatten();
    let commands = operations().filter(|(_, operation)| operation["action"] == "receive");
    let events = operations().filter(|(_, operation)| operation["action"] == "send");
    let (mut navigation, mut content) = (String::new(), intro(asyncapi));
    navigation += "<h2><a href=\"#session\">The session</a></h2>\n<h2>Commands</h2>\n<ul>\n";
    content += "<h2 id=\"commands\">Commands</h2>\n<p>From the client to the server.</p>\n";
    for (key, operation) in commands {
        navigation += &entry(key, operation);
        content += &command(key, operation, asyncapi);
    }
    navigation += "</ul>\n<h2>Events</h2>\n<ul>\n";
    content += "<h2 id=\"events\">Events</h2>\n<p>From the server to the client.</p>\n";
    for (key, operation) in events {
        navigation += &entry(key, operation);
        content += &event(key, operation, asyncapi);
    }
    navigation += "</ul>\n";
    shell(&EVENTS, &navigation, &content)
}

fn intro(asyncapi: &Value) -> String {
    let (info, session) = (&asyncapi["info"], &asyncapi["channels"]["session"]);
    let close = session["x-close-codes"].as_array().into_iter().flatten().map(|row| {
        format!(
            "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>\n",
            row["code"],
            escape(at(row, "/meaning")),
            inline(at(row, "/advice"))
        )
    });
    format!(
        "<h1>{} <small>{}</small></h1>\n<section id=\"session\">\n{}<h2 id=\"limits\">In force here</h2>\n<table>\n<tbody>\n{}{}</tbody>\n</table>\n\
         <h2 id=\"close-codes\">Close codes</h2>\n<table>\n<thead><tr><th>code</th><th>meaning</th><th>what to do</th></tr></thead>\n\
         <tbody>\n{}</tbody>\n</table>\n</section>\n{CONSOLE}",
        escape(at(info, "/title")),
        escape(at(info, "/version")),
        markdown(at(info, "/description")),
        numbers(&session["x-heartbeat"]),
        numbers(&session["x-limits"]),
        close.collect::<String>(),
    )
}

/// What the script makes a console of.
const CONSOLE: &str = "<form class=\"console\" hidden>\n<h2 id=\"console\">Try it</h2>\n\
    <p>Opens a session with the token above.</p>\n<button name=\"connect\" type=\"button\">Connect</button>\n\
    <label>Frame <textarea name=\"frame\" rows=\"5\" spellcheck=\"false\">\n{\"event\": \"ping\", \"ref\": \"c1\"}</textarea></label>\n\
    <button>Send</button>\n<output></output>\n</form>\n";

fn numbers(table: &Value) -> String {
    let rows = table.as_object().into_iter().flatten();
    let rows = rows.map(|(name, value)| {
        let value = if value.is_null() { "not limited".to_string() } else { value.to_string() };
        format!("<tr><td><code>{}</code></td><td>{value}</td></tr>\n", escape(name))
    });
    rows.collect()
}

fn entry(key: &str, operation: &Value) -> String {
    format!("<li><a href=\"#{}\">{}</a></li>\n", escape(key), escape(at(operation, "/title")))
}

/// The message that an operation, or its reply, refers to.
fn message<'a>(reference: &Value, asyncapi: &'a Value) -> &'a Value {
    let key = at(reference, "/$ref").rsplit('/').next().unwrap_or_default();
    &asyncapi["components"]["messages"][key]
}

fn command(key: &str, operation: &Value, asyncapi: &Value) -> String {
    let said = message(&operation["messages"][0], asyncapi);
    let answered = message(&operation["reply"]["messages"][0], asyncapi);
    let aliases = said["x-aliases"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let aliases =
        aliases.map(|alias| format!("<code>{}</code>", escape(alias))).collect::<Vec<_>>().join(", ");
    let also = if aliases.is_empty() { aliases } else { format!("<p>Also: {aliases}.</p>\n") };
    format!(
        "<section class=\"call\" id=\"{}\">\n<h3>{}</h3>\n{}{}{also}{}{}<h4>Failures</h4>\n<p class=\"failures\">{}</p>\n</section>\n",
        escape(key),
        escape(at(operation, "/title")),
        markdown(at(operation, "/summary")),
        markdown(at(operation, "/description")),
        part("Data", said, asyncapi, true),
        part("Its <code>ack</code>", answered, asyncapi, false),
        codes(operation["x-errors"].as_array().into_iter().flatten(), EVENTS.calls),
    )
}

fn event(key: &str, operation: &Value, asyncapi: &Value) -> String {
    let told = message(&operation["messages"][0], asyncapi);
    format!(
        "<section class=\"call\" id=\"{}\">\n<h3>{}</h3>\n{}{}{}</section>\n",
        escape(key),
        escape(at(operation, "/title")),
        markdown(at(operation, "/summary")),
        markdown(at(operation, "/description")),
        part("Data", told, asyncapi, false),
    )
}

/// A frame: the fields of its data, and an example of the whole.
fn part(title: &str, message: &Value, asyncapi: &Value, tryable: bool) -> String {
    let data = &message["payload"]["properties"]["data"];
    let fields = match fields(data, &asyncapi["components"]["schemas"]) {
        empty if empty.is_empty() => "<p>Nothing.</p>\n".to_string(),
        fields => fields,
    };
    let sample = example(&message["examples"][0]["payload"]);
    let button = if tryable {
        "<button class=\"use\" type=\"button\" hidden>Put it into the console</button>\n"
    } else {
        ""
    };
    format!(
        "<h4>{title}</h4>\n<div class=\"body\">\n<div>{fields}</div>\n<div>{sample}{button}</div>\n</div>\n"
    )
}
