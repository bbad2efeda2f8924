//! Frames, held against the AsyncAPI document.

use std::collections::HashMap;

use serde_json::Value;

use super::strict::{Schemas, Strict};

/// The frames of the document.
#[derive(Debug)]
pub struct Frames {
    /// By the messages' keys: `event.new-message`, `ack.send-message`, `error`.
    messages: HashMap<String, Strict>,
    /// The commands by all their names: their own one, and the codes that they can be refused with.
    commands: HashMap<String, (String, Vec<String>)>,
    /// The codes with which the server closes.
    closes: Vec<u16>,
}

impl Frames {
    pub(super) fn new(document: &Value) -> Self {
        let schemas = Schemas::of(document);
        let messages = document["components"]["messages"].as_object().expect("messages");
        let mut commands = HashMap::new();
        for (key, message) in messages.iter().filter(|(key, _)| key.starts_with("command.")) {
            let names = message["payload"]["properties"]["event"]["enum"].as_array().expect("names");
            let names = names.iter().filter_map(Value::as_str).map(ToString::to_string).collect::<Vec<_>>();
            let errors = document["operations"][key]["x-errors"].as_array().expect("x-errors");
            let errors = errors.iter().filter_map(|code| code.as_str().map(Into::into)).collect::<Vec<_>>();
            commands.extend(names.iter().map(|name| (name.clone(), (names[0].clone(), errors.clone()))));
        }
        let closes = document["channels"]["session"]["x-close-codes"].as_array().expect("close codes");
        let closes = closes.iter().filter_map(|row| row["code"].as_u64()?.try_into().ok());
        Self {
            messages: messages
                .iter()
                .map(|(key, message)| (key.clone(), schemas.strict(&message["payload"])))
                .collect(),
            commands,
            closes: closes.collect(),
        }
    }

    /// What about a frame is not as the document says; `sent` is the command that has its `ref`.
    pub fn wrong(&self, frame: &Value, sent: Option<&str>) -> Option<String> {
        let name = frame["event"].as_str().unwrap_or_default();
        let command = sent.and_then(|sent| self.commands.get(sent));
        let key = match (name, command) {
            ("error", _) => "error".to_string(),
            ("ack", Some((command, _))) => format!("ack.{command}"),
            ("ack", None) => return Some(format!("an ack of no command ({sent:?}): {frame}")),
            _ => format!("event.{name}"),
        };
        let Some(message) = self.messages.get(&key) else {
            return Some(format!("{key} is not documented: {frame}"));
        };
        if let (Some((command, codes)), "error") = (command, name)
            && !codes.iter().any(|code| frame["data"]["code"] == code.as_str())
        {
            return Some(format!("{command} is refused with a code that is none of {codes:?}: {frame}"));
        }
        message.wrong(frame).map(|wrong| format!("{key}: {wrong}: {frame}"))
    }

    /// Whether the server may close with this code by itself.
    pub fn closes_with(&self, code: u16) -> bool {
        self.closes.contains(&code)
    }
}
