//! The AsyncAPI document of `/ws`, made from the tables of events and commands.
//!
//! Its point of view is the server's: what it sends are events, what it receives are commands.

use kernel::{Code, Internal};
use serde_json::{Map, Value, json};

use super::example::{self, Absent};
use super::shape::{Schemas, to_draft_7};
use super::{errors, needs};
use crate::config::{Settings, WsSettings};
use crate::ws::table::{CommandRow, EventRow, Shape, commands, events};
use crate::ws::{CHANNELS_MAX, CloseReason, FRAME_MAX, IN_FLIGHT, REF_MAX, REPLAY, Refusal, TIMELINES_MAX};

/// What people read first.
const WORDS: &str = include_str!("asyncapi.md");
const CHANNEL: &str = "#/channels/session";

/// The document of a server with these settings.
pub(super) fn document(settings: &Settings) -> Result<Value, Internal> {
    let (messages, schemas) = messages()?;
    let keys = messages.keys().map(|key| (key.clone(), reference(&format!("#/components/messages/{key}"))));
    let schemes = ["bearer", "subprotocol", "query"]
        .map(|name| reference(&format!("#/components/securitySchemes/{name}")));
    Ok(json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Guildhall: live events",
            "version": env!("CARGO_PKG_VERSION"),
            "description": WORDS,
            "license": { "name": "MIT" },
        },
        "defaultContentType": "application/json",
        "servers": {
            "plain": server("ws", "As the server listens itself.", &schemes),
            "tls": server("wss", "Behind a proxy that ends TLS.", &schemes),
        },
        "channels": { "session": {
            "address": "/ws",
            "title": "A session",
            "summary": "One WebSocket: commands from the client, events to it.",
            "servers": [reference("#/servers/plain"), reference("#/servers/tls")],
            "messages": keys.collect::<Map<_, _>>(),
            "bindings": { "ws": binding() },
            "x-heartbeat": heartbeat(settings.ws),
            "x-limits": limits(settings),
            "x-close-codes": CloseReason::TOLD.into_iter().filter_map(closing).collect::<Vec<_>>(),
        } },
        "operations": operations(),
        "components": { "messages": messages, "schemas": schemas, "securitySchemes": security() },
        "x-error-codes": errors::table(),
    }))
}

fn reference(target: &str) -> Value {
    json!({ "$ref": target })
}

fn server(protocol: &str, words: &str, security: &[Value]) -> Value {
    json!({
        "host": "{host}",
        "protocol": protocol,
        "description": words,
        "variables": { "host": { "default": "127.0.0.1:8080", "description": "Where the server is, with its port." } },
        "security": security,
    })
}

/// The ways for a token that AsyncAPI knows of; the fourth is the command `authenticate`.
fn security() -> Value {
    json!({
        "bearer": { "type": "http", "scheme": "bearer", "description": "`Authorization: Bearer <token>`. Looked at first." },
        "subprotocol": {
            "type": "httpApiKey", "in": "header", "name": "Sec-WebSocket-Protocol",
            "description": "`bearer, <token>`: what a browser can send. Looked at second.",
        },
        "query": { "type": "httpApiKey", "in": "query", "name": "token", "description": "`?token=<token>`. Looked at third." },
    })
}

/// What the upgrade request may carry.
fn binding() -> Value {
    json!({
        "method": "GET",
        "query": { "type": "object", "properties": {
            "token": { "type": "string", "description": "The access token, when no header has it." },
            "subscribe": { "type": "string", "enum": ["all"], "description": "Listens to every channel that the user may view, from the start." },
        } },
        "headers": { "type": "object", "properties": {
            "Authorization": { "type": "string", "description": "`Bearer <token>`." },
            "Sec-WebSocket-Protocol": { "type": "string", "description": "`bearer, <token>`; the answer chooses `bearer`." },
            "Origin": { "type": "string", "description": "When it is there, it must be the server's own or one of `http.allowed_origins`." },
        } },
        "bindingVersion": "0.1.0",
    })
}

fn heartbeat(ws: WsSettings) -> Value {
    json!({
        "intervalMs": ws.heartbeat_s * 1_000,
        "silenceMs": ws.silence_s * 1_000,
        "authenticateMs": ws.authenticate_s * 1_000,
    })
}

fn limits(settings: &Settings) -> Value {
    let rate = settings.limits.enabled.then_some(settings.ws.commands_per_minute);
    let messages = settings.limits.messages;
    let burst = settings.limits.enabled.then_some(settings.ws.command_burst);
    json!({
        "frameBytes": FRAME_MAX,
        "queueBytes": settings.ws.queue_bytes,
        "commandsPerMinute": rate,
        "commandBurst": burst,
        "messages": settings.limits.enabled.then_some(json!({
            "count": messages.count, "periodSeconds": messages.period_s, "burst": messages.burst,
        })),
        "commandsInFlight": IN_FLIGHT,
        "refCharacters": REF_MAX,
        "channelsPerCommand": CHANNELS_MAX,
        "channelsPerSession": TIMELINES_MAX,
        "changesReplayedPerChannel": REPLAY,
    })
}

fn closing(ending: CloseReason) -> Option<Value> {
    let reason = ending.frame()?;
    let meaning = reason.description.unwrap_or_else(|| "the client closed".into());
    Some(json!({ "code": u16::from(reason.code), "meaning": meaning, "advice": ending.advice() }))
}

/// Everything that is said, by key, and the schemas that it refers to.
fn messages() -> Result<(Map<String, Value>, Value), Internal> {
    let mut schemas = Schemas::default();
    let mut messages = Vec::new();
    for row in commands() {
        messages.push((format!("command.{}", row.name), command(row, &mut schemas)));
        messages.push((format!("ack.{}", row.name), ack(row, &mut schemas)));
    }
    messages.push(("error".to_string(), error(&mut schemas)));
    messages.extend(events().map(|row| (format!("event.{}", row.name), event(row, &mut schemas))));
    let mut schemas = schemas.into_value();
    for (key, message) in &mut messages {
        let absent = if key.starts_with("command.") { Absent::Omitted } else { Absent::Null };
        let payload = &message["payload"];
        let sample =
            example::of(payload, &schemas, absent).map_err(|path| Internal::new(format!("{key}{path}")))?;
        message["examples"] = json!([{ "payload": sample }]);
        to_draft_7(&mut message["payload"]);
    }
    schemas.as_object_mut().into_iter().flat_map(Map::values_mut).for_each(to_draft_7);
    Ok((messages.into_iter().collect(), schemas))
}

/// The `ref` of a command.
fn name_of_command() -> Value {
    json!({
        "type": "string", "maxLength": REF_MAX, "example": "c1",
        "description": "What the client calls the command: exactly one `ack` or `error` with it follows.",
    })
}

fn command(row: &CommandRow, schemas: &mut Schemas) -> Value {
    let mut properties = json!({ "event": { "type": "string", "enum": [row.name] } });
    if !row.aliases.is_empty() {
        let names = std::iter::once(&row.name).chain(row.aliases).collect::<Vec<_>>();
        properties["event"] =
            json!({ "type": "string", "enum": names, "description": "The first one, or an alias." });
    }
    let mut required = vec!["event"];
    if !row.data.is_empty() {
        let data = schemas.together(row.data);
        let id = json!({ "type": "string", "format": "uuid", "description": "A channel's id alone." });
        properties["data"] = if row.bare { json!({ "oneOf": [data, id] }) } else { data };
        required.push("data");
    }
    properties["ref"] = name_of_command();
    let mut message = json!({
        "name": row.name,
        "title": row.name,
        "summary": row.words,
        "contentType": "application/json",
        "payload": { "type": "object", "required": required, "properties": properties },
        "correlationId": { "location": "$message.payload#/ref", "description": "The `ref`." },
    });
    if !row.aliases.is_empty() {
        message["x-aliases"] = json!(row.aliases);
    }
    message
}

fn ack(row: &CommandRow, schemas: &mut Schemas) -> Value {
    let properties =
        json!({ "event": { "const": "ack" }, "ref": name_of_command(), "data": schemas.add(&row.ack) });
    json!({
        "name": "ack",
        "title": format!("ack of {}", row.name),
        "summary": format!("`{}` was done. Comes only when it had a `ref`.", row.name),
        "contentType": "application/json",
        "payload": { "type": "object", "required": ["event", "ref", "data"], "properties": properties },
        "correlationId": { "location": "$message.payload#/ref", "description": "The command's `ref`." },
    })
}

fn error(schemas: &mut Schemas) -> Value {
    let data = schemas.add(&Shape::of::<Refusal<'static>>());
    let properties = json!({ "event": { "const": "error" }, "ref": name_of_command(), "data": data });
    json!({
        "name": "error",
        "title": "error",
        "summary": "A command was refused, or the session cannot go on. Without a `ref` when the command had none, or when it \
            is about no command.",
        "contentType": "application/json",
        "payload": { "type": "object", "required": ["event", "data"], "properties": properties },
        "correlationId": { "location": "$message.payload#/ref", "description": "The command's `ref`." },
    })
}

fn event(row: &EventRow, schemas: &mut Schemas) -> Value {
    let mut properties = json!({ "event": { "const": row.name }, "data": schemas.add(&row.data) });
    let mut required = vec!["event", "data"];
    if row.durable {
        properties["timeline"] = json!({
            "type": "string", "format": "uuid", "example": "01890a5e-1f24-7d02-b6c8-93f1a2b4d6e7",
            "description": "The channel.",
        });
        properties["rev"] = json!({
            "type": "integer", "format": "int64", "minimum": 1, "example": 131,
            "description": "The change's place in the channel's order: who has seen it has everything up to here.",
        });
        required.extend(["timeline", "rev"]);
    }
    json!({
        "name": row.name,
        "title": row.name,
        "summary": row.words,
        "contentType": "application/json",
        "payload": { "type": "object", "required": required, "properties": properties },
        "x-hearers": row.hearers.name(),
        "x-durable": row.durable,
    })
}

fn operations() -> Map<String, Value> {
    let message = |key: &str| reference(&format!("{CHANNEL}/messages/{key}"));
    let commands = commands().map(|row| {
        let needs = json!(
            row.permissions
                .iter()
                .map(|any| match any {
                    [one] => json!(one),
                    any => json!(any),
                })
                .collect::<Vec<_>>()
        );
        let codes = Code::ALL.iter().filter(|code| row.can_fail_with(**code));
        let same = row.call.map(|call| format!("The same as `{call}`."));
        let words = needs::sentence(&needs).filter(|_| !row.permissions.is_empty()).into_iter().chain(same);
        let mut operation = json!({
            "action": "receive",
            "channel": reference(CHANNEL),
            "title": row.name,
            "summary": row.words,
            "description": words.collect::<Vec<_>>().join(" "),
            "messages": [message(&format!("command.{}", row.name))],
            "reply": {
                "channel": reference(CHANNEL),
                "messages": [message(&format!("ack.{}", row.name)), message("error")],
            },
            "x-permissions": needs,
            "x-errors": codes.map(|code| code.name()).collect::<Vec<_>>(),
        });
        if let Some(call) = row.call {
            operation["x-call"] = call.into();
        }
        (format!("command.{}", row.name), operation)
    });
    let events = events().map(|row| {
        let replayed = if row.durable {
            "A durable change: it has its place in the channel's order, and who was away gets it by `resume`."
        } else {
            "Told once: who was away learns where things stand from `ready`."
        };
        let operation = json!({
            "action": "send",
            "channel": reference(CHANNEL),
            "title": row.name,
            "summary": row.words,
            "description": format!("Heard by: {} {replayed}", lower(row.hearers.words())),
            "messages": [message(&format!("event.{}", row.name))],
        });
        (format!("event.{}", row.name), operation)
    });
    commands.chain(events).collect()
}

/// With a small first letter.
fn lower(words: &str) -> String {
    let (head, tail) = words.split_at_checked(1).unwrap_or_default();
    head.to_lowercase() + tail
}
