//! The code table in the documents: every code with its meaning, and an example of a failure for each.

use kernel::{Code, Failure, Invalid};
use serde_json::{Value, json};

use crate::http::FailureBody;

/// The table, for programs.
pub(super) fn table() -> Value {
    Code::ALL
        .iter()
        .map(|code| json!({ "code": code.name(), "status": code.status(), "meaning": code.meaning() }))
        .collect()
}

/// The table, in Markdown.
pub(super) fn markdown() -> String {
    let row = |code: &Code| format!("| `{}` | {} | {} |\n", code.name(), code.status(), code.meaning());
    format!(
        "| code | status | meaning |\n| --- | --- | --- |\n{}",
        Code::ALL.iter().map(row).collect::<String>()
    )
}

/// A code and its meaning, in Markdown, linked to the table.
pub(super) fn line(code: Code) -> String {
    format!("[`{0}`](/api/docs#{0}): {1}", code.name(), code.meaning())
}

/// What an example of a failure may speak of: what its operation is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scene<'a> {
    pub(super) tag: &'a str,
    /// The last parameter of the path.
    pub(super) key: Option<&'a str>,
    pub(super) has_body: bool,
    pub(super) needs: &'a Value,
}

/// What a failed call with this code may look like.
pub(super) fn example(code: Code, scene: Scene<'_>) -> Value {
    let (error, details) = specimen(code, scene);
    let request_id = (code == Code::Internal).then(|| "3f8k2m9q0w7x5c1v".to_string());
    json!(FailureBody { success: false, error, code, details, request_id })
}

/// A sentence and details as they come with a code.
fn specimen(code: Code, scene: Scene<'_>) -> (String, Option<Value>) {
    let needs = |what: &str| {
        let all = scene.needs.as_array().into_iter().flatten();
        all.into_iter()
            .any(|need| need == what || need.as_array().is_some_and(|any| any.contains(&json!(what))))
    };
    let words = match code {
        Code::ValidationFailed => {
            let invalid = invalid(scene);
            return (invalid.to_string(), invalid.details());
        }
        Code::InsufficientPermissions if needs("ADMIN") => {
            let words = "only administrators of this installation may do this";
            return (words.into(), Some(json!({ "permission": "ADMIN" })));
        }
        Code::InsufficientPermissions => {
            let permission = scene.needs.as_array().and_then(|needs| needs.last()).unwrap_or(&Value::Null);
            let words = format!("you lack the permission {}", permission.as_str().unwrap_or_default());
            return (words, Some(json!({ "permission": permission })));
        }
        Code::TimedOut => {
            let words = "you are timed out in this server until 2026-01-02T03:04:05.678Z";
            return (words.into(), Some(json!({ "expiresAt": "2026-01-02T03:04:05.678Z" })));
        }
        Code::UserExists => {
            let words = "this username is taken or looks like one that is; choose another";
            return (words.into(), Some(json!({ "field": "username" })));
        }
        Code::TwoFactorRequired => {
            let words = "this account has a second factor: send the same again with a code";
            return (words.into(), Some(json!({ "method": "totp" })));
        }
        Code::InvalidCode => "this code or link is wrong, too old or used already; ask for a new one",
        Code::AccountSuspended => {
            let words = "this account is suspended: advertising in every channel";
            return (words.into(), Some(json!({ "reason": "advertising in every channel" })));
        }
        Code::EmailNotVerified => {
            "confirm your e-mail address first: a code was sent to it, or ask for a new one"
        }
        Code::RoleHierarchy if scene.tag == "conversations" => {
            "they do not stand below you: admins remove members, the owner removes anybody"
        }
        Code::RoleHierarchy => {
            "their highest role is not below yours: only somebody who stands higher can do this"
        }
        Code::Banned => {
            let words = "you are banned from this server until 2026-01-02T03:04:05.678Z: flooding";
            let details = json!({ "reason": "flooding", "expiresAt": "2026-01-02T03:04:05.678Z" });
            return (words.into(), Some(details));
        }
        Code::Blocked => "you have blocked them: unblock them first",
        Code::Busy => "they are in another call",
        Code::MessageBlocked => {
            let words = "Please advertise in #market only";
            return (words.into(), Some(json!({ "reason": words, "timedOutUntil": null })));
        }
        Code::Unauthenticated => "this needs a valid access token; log in again",
        Code::TokenExpired => "the access token has expired; log in again",
        Code::InvalidCredentials => "the e-mail address, username or password is wrong",
        Code::Forbidden if needs("GROUP_ADMIN") => "only the group's owner and its admins may do this",
        Code::Forbidden if needs("GROUP_OWNER") => "only the group's owner may do this",
        Code::Forbidden if scene.tag == "conversations" && scene.has_body => {
            "they do not accept messages from you"
        }
        Code::Forbidden if needs("OWNER") => "only the owner of the server may do this",
        Code::Forbidden if needs("AUTHOR") => "only its author may change a message",
        Code::Forbidden if scene.needs.is_array() && scene.tag != "live" => {
            "this API key lacks the scope write: make one that has it"
        }
        Code::Forbidden if scene.tag == "voice" && needs("MODERATE_MEMBERS") => {
            "they may not connect to that channel"
        }
        Code::Forbidden if scene.tag == "voice" => "they do not accept messages from you",
        Code::Forbidden if scene.tag == "friends" => "they take no friend requests at present",
        Code::Forbidden => "pages of this origin may not connect; http.allowed_origins lists those that may",
        Code::ResourceNotFound if scene.tag == "conversations" => {
            "no such conversation, or you are not in it"
        }
        Code::ResourceNotFound => match scene.key {
            Some("channelId") => "no such channel, or you may not see it",
            Some("messageId") => "no such message, or you may not see it",
            Some("inviteCode") => "this invite code leads nowhere; ask for a new one",
            Some("userId") => "no such user",
            Some("sessionId") => "no such session",
            Some("callId") => "no such call",
            Some("voiceSessionId" | "huddleId") => "no such session, or you are not in it",
            Some("mediaId" | "pictureId") => "no such file, or you may not see it",
            Some("provider") => {
                "no provider of this name is set up here; GET /api/auth/providers lists those that are"
            }
            Some("apiKeyId") => "no such API key",
            Some("requestId") => "no such friend request",
            Some("friendId") => "they are not your friend",
            Some("roleId") => "no such role, or you are not a member of its server",
            Some("roleOrUserId") => "the channel has no overwrite for them",
            Some("serverId") => "no such server, or you are not a member of it",
            _ => "there is nothing of this name",
        },
        Code::MethodNotAllowed => "/api/servers has no DELETE; it has GET, POST",
        Code::Conflict => match scene.tag {
            "admin" => "this is the last administrator: make somebody else one first",
            "users" => "you own servers with other members: give them to somebody or delete them first",
            "voice" => "there is no room left",
            "conversations" => "a group has at most 100 members",
            "servers" if needs("MEMBER") => {
                "the owner cannot leave the server: transfer it to another member or delete it"
            }
            "servers" => "you are in 200 servers, and that is the most: leave one first",
            "auth" if scene.key == Some("provider") => {
                "this user of the provider is linked to another account"
            }
            "auth" if scene.has_body => "a second factor is in force; turn it off first",
            "auth" => "an account has 50 API keys at most: revoke one first",
            "media" => "the file belongs to a message: delete the message",
            "friends" => "you have asked them already: wait for their answer, or cancel the request",
            "channels" => "the server has 500 channels, and that is the most: delete one first",
            "overwrites" => "the channel has 500 overwrites, and that is the most: delete one first",
            "roles" => "the server has 250 roles, and that is the most: delete one first",
            _ => "your access changed just now; try again",
        },
        Code::QuotaExceeded => {
            let words = "your files take all the room that they may: 2147483648 bytes";
            return (words.into(), Some(json!({ "bytes": 2_147_483_648_u64 })));
        }
        Code::FileTooLarge => {
            let words = "the file is too large: pictures may have 10485760 bytes";
            return (words.into(), Some(json!({ "bytes": 10_485_760 })));
        }
        Code::InvalidFileType => {
            "this file cannot be taken: the picture is broken, or not what it seems to be"
        }
        Code::RangeNotSatisfiable => "the file has 182734 bytes",
        Code::PayloadTooLarge => "the body is larger than 1 MiB",
        Code::RateLimited => {
            let details = json!({ "policy": "requests", "limit": 1000, "periodSeconds": 3600, "burst": 100, "retryAfter": 3 });
            return ("this was too often: try again in 3 seconds".into(), Some(details));
        }
        Code::Internal => "something went wrong on the server",
        Code::Unavailable => "the database is not available; try again in a few seconds",
    };
    (words.into(), None)
}

fn invalid(scene: Scene<'_>) -> Invalid {
    match (scene.key, scene.has_body) {
        (_, true) => Invalid::field("body", "must be JSON: expected value at line 1 column 1"),
        (Some("provider"), _) => {
            Invalid::field("challenge", "must be the SHA-256 of a verifier, in base64url: 43 characters")
        }
        (Some(key), _) => {
            Invalid::field(key, "must be an id: a UUID such as 01890a5d-ac96-774b-bcce-b302099a8057")
        }
        (None, false) => Invalid::field("subscribe", "must be \"all\" when it is given"),
    }
}
