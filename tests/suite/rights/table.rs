//! Who may call what: every call of the OpenAPI document and every command of the AsyncAPI document, one row each.
//!
//! | row | means |
//! | --- | --- |
//! | `open(call, status, why)` | public: no token is looked at |
//! | `own(call, status)` | about the caller alone: any account will do |
//! | `place(call, [stranger, member, owner])` | about a place: who has no rights there, who has those of every member, who has all |
//! | `admin(call, status)` | for administrators; 403 for others |
//!
//! Without a token, with a revoked and with an expired one, all but the open calls answer 401. Aliases are called like the
//! call that they stand for. `{…}` in a path are the ids of a place that exists (`place.rs`), and bodies are in order, so
//! that a refusal is one of rights. The page at `/` and its files are in no document: they are public.

use serde_json::json;

use super::commands::{Command, command};
use super::row::{Row, admin, open, own, place};
use tests::Person;

#[rustfmt::skip]
pub(super) fn calls() -> Vec<Row> {
    vec![
        // Accounts and sessions
        open("POST /api/auth/register", 201, "makes the account")
            .body(|p| json!({ "email": p.new_address(), "username": p.new_name(), "password": Person::PASSWORD })),
        open("POST /api/auth/login", 200, "makes the token")
            .body(|p| json!({ "username": p.owner.username, "password": Person::PASSWORD })),
        open("POST /api/auth/refresh", 200, "makes the token, of a refresh token, which is checked instead")
            .body(|p| json!({ "refreshToken": p.refresh_token })),
        own("GET /api/auth/me", 200),
        own("POST /api/auth/logout", 200),
        own("POST /api/auth/logout-all", 200),
        own("GET /api/auth/sessions", 200),
        place("DELETE /api/auth/sessions/{sessionId}", [404, 404, 200]),
        open("POST /api/auth/verify-email", 400, "a code from a letter is checked instead; this is a wrong one")
            .body(|_| json!({ "email": "nobody@example.org", "code": "123456" })),
        open("POST /api/auth/resend-verification", 200, "tells nothing, and sends to the account's own address")
            .body(|p| json!({ "email": p.new_address() })),
        own("POST /api/auth/change-email", 200)
            .body(|p| json!({ "newEmail": p.new_address(), "password": Person::PASSWORD })),
        own("POST /api/auth/confirm-email-change", 400).body(|_| json!({ "newCode": "123456" }))
            .because("a code from a letter is due as well; this is a wrong one"),
        open("POST /api/auth/forgot-password", 200, "tells nothing, and sends to the account's own address")
            .body(|p| json!({ "email": p.new_address() })),
        open("POST /api/auth/reset-password", 400, "a token from a letter is checked instead; this is a wrong one")
            .body(|_| json!({ "token": format!("ghx_{}", "6f".repeat(32)), "newPassword": "battery horse correct" })),
        own("POST /api/auth/change-password", 200)
            .body(|_| json!({ "currentPassword": Person::PASSWORD, "newPassword": "battery horse correct" })),

        // The second factor; the owner has none yet
        own("POST /api/auth/2fa/enable", 200).body(|_| json!({ "method": "totp", "password": Person::PASSWORD })),
        own("POST /api/auth/2fa/verify", 409).body(|_| json!({ "code": "287082" }))
            .because("none was begun: `suite/http` goes through it"),
        own("POST /api/auth/2fa/disable", 409).body(|_| json!({ "password": Person::PASSWORD, "code": "287082" }))
            .because("there is none to take away"),
        own("POST /api/auth/2fa/recovery-codes", 409)
            .body(|_| json!({ "password": Person::PASSWORD, "code": "287082" })).because("there is none to recover"),
        // People
        own("PUT /api/users/me", 200).body(|_| json!({ "bio": "x" })),
        own("DELETE /api/users/me", 409).body(|_| json!({ "password": Person::PASSWORD }))
            .because("the owner of a server with others is asked to give it away first; the others succeed"),
        own("GET /api/users/me/export", 200),
        own("GET /api/users/status", 200),
        own("PUT /api/users/status", 200).body(|_| json!({ "status": "busy" })),
        own("GET /api/users/search", 200).query("?query=person"),
        own("GET /api/users/online", 200),
        own("GET /api/users/{userId}", 200),

        // Friends
        own("GET /api/friends", 200),
        own("GET /api/friends/requests", 200),
        own("POST /api/friends/request", 201).body(|p| json!({ "username": p.silenced.username })),
        place("POST /api/users/{userId}/friend-request", [201, 400, 201]).because("nobody asks themselves"),
        place("POST /api/friends/accept/{requestId}", [404, 404, 200]),
        place("POST /api/friends/decline/{requestId}", [404, 404, 200]),
        place("DELETE /api/friends/requests/{requestId}", [404, 404, 404])
            .because("it waits for the owner's answer: only who sent it takes it back"),
        place("DELETE /api/friends/remove/{friendId}", [404, 404, 200]),
        own("GET /api/users/me/blocked", 200),
        own("POST /api/users/block", 200).body(|p| json!({ "userId": p.friend.id })),
        place("POST /api/users/{userId}/block", [200, 400, 200]).because("nobody blocks themselves"),
        place("DELETE /api/users/{userId}/block", [200, 404, 200]).because("nobody blocks themselves"),

        // The installation
        admin("GET /api/admin/stats", 200),
        admin("GET /api/admin/users", 200),
        admin("GET /api/admin/audit-log", 200),
        admin("POST /api/admin/users/{userId}/suspend", 200).body(|_| json!({ "reason": "x" })),
        admin("POST /api/admin/users/{userId}/activate", 200),
        admin("PUT /api/admin/users/{userId}/role", 200).body(|_| json!({ "role": "user" })),
        admin("DELETE /api/admin/users/{userId}/2fa", 409).because("there is no second factor"),
        admin("DELETE /api/admin/users/{userId}", 200),
        // API keys and providers
        own("GET /api/auth/api-keys", 200),
        own("POST /api/auth/api-keys", 201).body(|_| json!({ "name": "Robot", "scopes": ["read"] })),
        place("DELETE /api/auth/api-keys/{apiKeyId}", [404, 404, 200]),
        open("GET /api/auth/providers", 200, "tells what is set up, to who has no account yet"),
        open("GET /api/auth/oauth/{provider}", 503, "begins a login; no provider is set up"),
        open("GET /api/auth/callback/{provider}", 503, "ends a login; no provider is set up"),
        open("POST /api/auth/oauth/{provider}", 503, "a code is checked instead; no provider is set up")
            .body(|_| json!({ "code": "gho_x", "verifier": "A".repeat(43) })),
        own("GET /api/auth/links", 200),
        own("POST /api/auth/link/{provider}", 503).because("a code is due as well; no provider is set up")
            .body(|_| json!({ "code": "gho_x", "verifier": "A".repeat(43) })),
        own("DELETE /api/auth/link/{provider}", 404).because("nobody is linked"),

        // Servers
        own("GET /api/servers", 200),
        own("POST /api/servers", 201).body(|_| json!({ "name": "Compilers" })),
        place("GET /api/servers/{serverId}", [404, 200, 200]),
        place("DELETE /api/servers/{serverId}", [404, 403, 200]),
        place("POST /api/servers/{serverId}/leave", [404, 200, 409]).because("the owner cannot leave"),
        place("GET /api/servers/{serverId}/invite", [404, 200, 200]),
        place("GET /api/servers/{serverId}/members", [404, 200, 200]),
        place("GET /api/servers/{serverId}/members/{userId}", [404, 200, 200]),
        place("PUT /api/servers/{serverId}/members/{userId}", [404, 200, 200]).body(|_| json!({ "nickname": "Countess" }))
            .because("the member's own nickname"),
        place("PUT /api/servers/{serverId}", [404, 403, 200]).body(|_| json!({ "name": "Mills" })),
        place("POST /api/servers/{serverId}/transfer", [404, 403, 200]).body(|p| json!({ "userId": p.member.id })),
        own("GET /api/servers/discover", 200),
        place("POST /api/servers/{serverId}/join", [404, 200, 200])
            .because("it is not public; who is in is told so"),
        place("GET /api/servers/{serverId}/invites", [404, 200, 200]),
        place("POST /api/servers/{serverId}/invites", [404, 201, 201]).body(|_| json!({ "maxUses": 3 })),
        place("DELETE /api/servers/{serverId}/invites/{inviteCode}", [404, 404, 200]),
        place("POST /api/servers/{serverId}/invite/regenerate", [404, 403, 200]),
        place("POST /api/servers/join/{inviteCode}", [200, 200, 200]).because("the code is the right"),
        open("GET /api/invite/{inviteCode}", 200, "the code is the right to a preview"),

        // Channels
        place("GET /api/servers/{serverId}/channels", [404, 200, 200]),
        place("POST /api/servers/{serverId}/channels", [404, 403, 201]).body(|_| json!({ "name": "new" })),
        place("GET /api/channels/{channelId}", [404, 200, 200]),
        place("DELETE /api/channels/{channelId}", [404, 403, 200]),
        place("PUT /api/channels/{channelId}", [404, 403, 200]).body(|_| json!({ "name": "renamed" })),
        place("PUT /api/servers/{serverId}/channels/order", [404, 403, 200]).body(|_| json!({ "channelIds": [] })),
        place("GET /api/channels/{channelId}/permissions", [404, 403, 200]),
        place("GET /api/channels/{channelId}/permissions/{roleOrUserId}", [404, 403, 200]),
        place("PUT /api/channels/{channelId}/permissions/{roleOrUserId}", [404, 403, 200])
            .body(|_| json!({ "deny": ["CONNECT"] })),
        place("DELETE /api/channels/{channelId}/permissions/{roleOrUserId}", [404, 403, 200]),

        // Roles
        place("GET /api/servers/{serverId}/roles", [404, 200, 200]),
        place("POST /api/servers/{serverId}/roles", [404, 403, 201]).body(|_| json!({ "name": "Staff" })),
        place("PUT /api/roles/{roleId}", [404, 403, 200]).body(|_| json!({ "name": "Staff" })),
        place("DELETE /api/roles/{roleId}", [404, 403, 200]),
        place("POST /api/servers/{serverId}/roles/{roleId}/assign/{userId}", [404, 403, 200]),
        place("DELETE /api/servers/{serverId}/roles/{roleId}/assign/{userId}", [404, 403, 200]),

        // Keeping order; `place.rs` says who is warned, timed out and banned there
        place("POST /api/servers/{serverId}/members/{userId}/kick", [404, 403, 200]).body(|_| json!({})),
        place("POST /api/servers/{serverId}/members/{userId}/ban", [404, 403, 200]).body(|_| json!({})),
        place("POST /api/servers/{serverId}/members/{userId}/timeout", [404, 403, 200]).body(|_| json!({ "duration": 1 })),
        place("DELETE /api/servers/{serverId}/members/{userId}/timeout", [404, 403, 200]),
        place("POST /api/servers/{serverId}/members/{userId}/warn", [404, 403, 201]).body(|_| json!({ "reason": "x" })),
        place("GET /api/servers/{serverId}/members/{userId}/warnings", [404, 403, 200]),
        place("DELETE /api/servers/{serverId}/members/{userId}/warnings/{warningId}", [404, 403, 200]),
        place("GET /api/servers/{serverId}/bans", [404, 403, 200]),
        place("DELETE /api/servers/{serverId}/bans/{userId}", [404, 403, 200]),
        place("GET /api/servers/{serverId}/audit-log", [404, 403, 200]),
        own("GET /api/users/me/moderation", 200),
        place("POST /api/users/report", [404, 201, 201])
            .body(|p| json!({ "userId": p.banned.id, "serverId": p.server.id, "reason": "x" })),
        place("POST /api/messages/{messageId}/report", [404, 201, 201]).body(|_| json!({ "reason": "x" })),
        place("GET /api/servers/{serverId}/reports", [404, 403, 200]),
        place("PUT /api/servers/{serverId}/reports", [404, 403, 200])
            .body(|p| json!({ "reportId": p.report, "status": "resolved" })),

        // Automod
        place("GET /api/servers/{serverId}/automod", [404, 403, 200]),
        place("PUT /api/servers/{serverId}/automod", [404, 403, 200]).body(|_| json!({ "rules": [] })),

        // Messages; the one of the place is the owner's
        place("GET /api/channels/{channelId}/messages", [404, 200, 200]),
        place("POST /api/channels/{channelId}/messages", [404, 201, 201]).body(|_| json!({ "content": "x" })),
        place("GET /api/channels/{channelId}/messages/{messageId}", [404, 200, 200]),
        place("PUT /api/messages/{messageId}", [404, 403, 200]).body(|_| json!({ "content": "y" })),
        place("DELETE /api/messages/{messageId}", [404, 403, 200]),
        place("GET /api/channels/{channelId}/changes", [404, 200, 200]).query("?since=0"),
        place("POST /api/channels/{channelId}/read", [404, 200, 200]).body(|_| json!({ "seq": 1 })),
        own("GET /api/scheduled-messages", 200),
        place("POST /api/scheduled-messages", [404, 201, 201]).body(|p| json!({
            "channelId": p.server.channel, "content": "later", "scheduledFor": p.tomorrow,
        })),
        place("DELETE /api/scheduled-messages/{scheduledId}", [404, 404, 200]),
        place("GET /api/channels/{channelId}/export", [404, 403, 200]),
        own("GET /api/search", 200).query("?query=first"),
        place("POST /api/messages", [404, 201, 201])
            .body(|p| json!({ "chatId": p.server.channel, "content": "x" })),
        place("DELETE /api/channels/{channelId}/messages", [404, 403, 200]).body(|p| json!({ "ids": [p.message] })),
        place("POST /api/messages/{messageId}/read", [404, 200, 200]),
        place("GET /api/messages/{messageId}/thread", [404, 200, 200]),
        place("GET /api/messages/{messageId}/history", [404, 403, 200]),
        place("POST /api/messages/{messageId}/reactions", [404, 200, 200]).body(|_| json!({ "emoji": "👍" })),
        place("DELETE /api/messages/{messageId}/reactions", [404, 200, 200]).body(|_| json!({ "emoji": "👍" })),
        place("POST /api/messages/{messageId}/react", [404, 200, 200]).body(|_| json!({ "emoji": "👍" })),
        place("GET /api/channels/{channelId}/pins", [404, 200, 200]),
        place("POST /api/messages/{messageId}/pin", [404, 403, 200]),
        place("POST /api/messages/pin", [404, 403, 200]).body(|p| json!({ "messageId": p.message })),
        place("DELETE /api/messages/{messageId}/pin", [404, 403, 200]),

        // Files; that of the place is the owner's
        own("POST /api/upload", 400).because("files are due: `suite/media` sends them"),
        own("POST /api/upload/presign", 409).body(|_| json!({ "name": "a.mp4", "size": 1 })).because("a store that clients reach is due: `suite/media` has one"),
        own("POST /api/upload/complete", 404).body(|_| json!({ "uploadId": "01890a63-4f10-7c4d-8b21-6e5f4d3c2b1a" })).because("somebody's own announcement is due: `suite/media` makes one"),
        place("GET /api/media/{mediaId}", [404, 404, 200]),
        place("GET /api/media/{mediaId}/url", [404, 404, 200]),
        open("GET /api/media/{mediaId}/content", 404, "the signature is the right; this is none")
            .query("?until=2026-01-02T03:04:05.678Z&signature=x"),
        place("GET /api/files/media/{channelId}", [404, 200, 200]),
        place("GET /api/files/stats/{channelId}", [404, 200, 200]),
        place("DELETE /api/files/{messageId}", [404, 403, 200]),
        place("DELETE /api/media/{mediaId}", [404, 404, 200]),
        own("POST /api/clips", 400).because("a file is due: `suite/media` sends it"),
        own("POST /api/voice-messages", 400).because("a file is due: `suite/media` sends it"),
        own("GET /api/clips", 200),
        place("DELETE /api/clips/{clipId}", [404, 403, 200]),
        own("POST /api/users/avatar", 400).because("a picture is due: `suite/media` sends it"),
        place("POST /api/servers/{serverId}/icon", [404, 403, 400]).because("a picture is due: `suite/media` sends it"),
        open("GET /api/pictures/{pictureId}", 404, "the address is the right; this is nobody's"),

        // How browsers find a way to each other
        own("GET /api/voice/ice-servers", 200),

        // Conversations: of the owner with the member, and the group of both
        own("GET /api/dms", 200),
        own("GET /api/dms/conversations", 200),
        own("GET /api/dms/settings", 200),
        own("PUT /api/dms/settings", 200).body(|_| json!({ "acceptFrom": "friends" })),
        place("POST /api/dms", [403, 200, 200]).body(|p| json!({ "userId": p.silenced.id }))
            .because("they accept messages from people who share a server"),
        place("GET /api/dms/conversations/{conversationId}", [404, 200, 200]),
        place("PUT /api/dms/conversations/{conversationId}/settings", [404, 200, 200]).body(|_| json!({ "isPinned": true })),
        place("GET /api/dms/conversations/{conversationId}/messages", [404, 200, 200]),
        place("GET /api/dms/conversations/{conversationId}/export", [404, 200, 200]),
        place("POST /api/dms/conversations/{conversationId}/messages", [404, 201, 201]).body(|_| json!({ "content": "x" })),
        place("POST /api/dms/conversations/{conversationId}/read", [404, 200, 200]).body(|_| json!({})),
        place("POST /api/dms/send", [404, 201, 201]).body(|p| json!({ "conversationId": p.conversation, "content": "x" })),
        own("GET /api/dm/{userId}", 200).because("what they never wrote is nothing"),
        place("POST /api/dm/{userId}", [403, 201, 201]).body(|_| json!({ "content": "x" }))
            .because("they accept messages from people who share a server"),
        own("GET /api/groups", 200),
        own("POST /api/groups", 201).body(|_| json!({ "name": "Alone" })),
        place("GET /api/groups/{groupId}", [404, 200, 200]),
        place("PUT /api/groups/{groupId}", [404, 403, 200]).body(|_| json!({ "name": "Hands" })),
        place("POST /api/groups/{groupId}/members", [403, 403, 200]).body(|p| json!({ "memberIds": [p.friend.id] }))
            .because("whether they accept messages is looked at first"),
        place("DELETE /api/groups/{groupId}/members/{userId}", [404, 200, 200]).because("the member leaves"),
        place("POST /api/groups/{groupId}/leave", [404, 200, 200]),
        place("PUT /api/groups/{groupId}/admin", [404, 403, 200]).body(|p| json!({ "userId": p.silenced.id })),
        place("POST /api/groups/{groupId}/transfer", [404, 403, 200]).body(|p| json!({ "userId": p.silenced.id })),

        // Voice
        own("GET /api/voice/sessions", 200),
        place("POST /api/voice/sessions", [404, 201, 201]).body(|p| json!({ "channelId": p.lounge })),
        place("PUT /api/voice/sessions/{voiceSessionId}", [404, 200, 200]).body(|_| json!({ "isMuted": true }))
            .because("about the caller alone: both are in it"),
        place("DELETE /api/voice/sessions/{voiceSessionId}", [404, 200, 200])
            .because("about the caller alone: both are in it"),
        place("POST /api/voice/sessions/{voiceSessionId}/signal", [404, 200, 200])
            .body(|p| json!({ "targetUserId": p.friend.id, "signalData": { "type": "renegotiate" } })),
        place("PUT /api/voice/sessions/{voiceSessionId}/members/{userId}", [404, 403, 200])
            .body(|_| json!({ "isServerMuted": true })),
        place("DELETE /api/voice/sessions/{voiceSessionId}/members/{userId}", [404, 403, 200]),
        place("POST /api/voice/dm-call", [403, 201, 201]).body(|p| json!({ "recipientId": p.friend.id }))
            .because("they accept messages from people who share a server, and calls"),
        place("POST /api/calls/{callId}/answer", [404, 200, 200]).body(|_| json!({})),
        place("POST /api/calls/{callId}/decline", [404, 200, 200]).because("about the caller alone: it rings both"),
        own("GET /api/calls", 200),
        place("GET /api/calls/{callId}", [404, 200, 200]),
        place("POST /api/huddles", [404, 201, 201]).body(|p| json!({ "channelId": p.server.channel })),
        place("POST /api/huddles/{huddleId}/join", [404, 200, 200]),
        place("POST /api/huddles/{huddleId}/leave", [404, 200, 200]).because("about the caller alone: both are in a session"),

        // The product about itself
        open("GET /ws", 400, "who it is for is told by frames, see the commands; this is no upgrade"),
        open("GET /metrics", 404, "a token of its own, which no user has; without that setting there is none"),
        admin("GET /api/metrics", 200),
        open("GET /health", 200, "for those who watch the server"),
        open("GET /api/openapi.json", 200, "the contract"),
        open("GET /api/asyncapi.json", 200, "the contract"),
        open("GET /api/docs", 200, "the contract"),
        open("GET /api/docs/{file}", 200, "the contract"),
    ]
}

/// The owner gets an `ack`; a stranger is refused with `RESOURCE_NOT_FOUND` where nothing else is said, and hears nothing.
/// Who has no good token is closed with 4001.
#[rustfmt::skip]
pub(super) fn commands() -> Vec<Command> {
    vec![
        command("authenticate", |p| json!({ "token": p.other_token })).refused("FORBIDDEN"),
        command("ping", |_| json!({})).done("asks for nothing"),
        command("join-channel", |p| json!({ "channelId": p.server.channel })),
        command("leave-channel", |p| json!({ "channelId": p.server.channel })).done("one hears it no more, in any case"),
        command("resume", |p| json!({ "timelines": { p.server.channel.as_str(): 0 } }))
            .done("`gone` names what one may not hear; nothing of it comes"),
        command("send-message", |p| json!({ "channelId": p.server.channel, "content": "x" })),
        command("edit-message", |p| json!({ "messageId": p.message, "content": "y" })),
        command("delete-message", |p| json!({ "messageId": p.message })),
        command("add-reaction", |p| json!({ "messageId": p.message, "emoji": "👍" })),
        command("remove-reaction", |p| json!({ "messageId": p.message, "emoji": "👍" })),
        command("toggle-reaction", |p| json!({ "messageId": p.message, "emoji": "👍" })),
        command("pin-message", |p| json!({ "messageId": p.message })),
        command("unpin-message", |p| json!({ "messageId": p.message })),
        command("mark-read", |p| json!({ "channelId": p.server.channel })),
        command("update-status", |_| json!({ "status": "busy" })).done("about the caller alone"),
        command("typing-start", |p| json!({ "channelId": p.server.channel })),
        command("kick-member", |p| json!({ "serverId": p.server.id, "targetUserId": p.member.id })),
        command("ban-member", |p| json!({ "serverId": p.server.id, "targetUserId": p.member.id })),
        command("timeout-member", |p| json!({ "serverId": p.server.id, "targetUserId": p.member.id, "duration": 1 })),
        command("warn-member", |p| json!({ "serverId": p.server.id, "targetUserId": p.member.id, "reason": "x" })),
        command("watch-members", |p| json!({ "serverId": p.server.id, "from": 0, "to": 100 })),
        command("send-friend-request", |p| json!({ "username": p.member.username })).done("anybody may ask"),
        command("accept-friend-request", |p| json!({ "requestId": p.request })),
        command("decline-friend-request", |p| json!({ "requestId": p.request })),
        command("cancel-friend-request", |p| json!({ "requestId": p.own_request })),
        command("remove-friend", |p| json!({ "friendId": p.friend.id })),
        command("join-voice-channel", |p| json!({ "channelId": p.lounge })),
        command("leave-voice-channel", |p| json!({ "channelId": p.lounge })),
        command("update-voice-state", |p| json!({ "channelId": p.lounge, "muted": true })),
        command("webrtc-signal", |p| json!({ "sessionId": p.voice_session, "targetUserId": p.friend.id, "signalData": { "type": "renegotiate" } })),
        command("start-dm-call", |p| json!({ "conversationId": p.conversation })),
        command("answer-dm-call", |p| json!({ "sessionId": p.call })),
        command("decline-dm-call", |p| json!({ "sessionId": p.call })),
        command("end-dm-call", |p| json!({ "sessionId": p.voice_session })),
        command("update-dm-call-state", |p| json!({ "sessionId": p.voice_session, "muted": true })),
        command("typing-stop", |p| json!({ "channelId": p.server.channel })).done("one types no more, in any case"),
        command("send-dm", |p| json!({ "conversationId": p.conversation, "content": "x" })),
        command("edit-dm", |p| json!({ "messageId": p.message, "content": "y" })),
        command("delete-dm", |p| json!({ "messageId": p.message })),
        command("mark-dm-read", |p| json!({ "conversationId": p.conversation })),
        command("dm-typing", |p| json!({ "conversationId": p.conversation })),
        command("dm-stop-typing", |p| json!({ "conversationId": p.conversation })).done("one types no more, in any case"),
    ]
}
