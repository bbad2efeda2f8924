//! The rules of a server for what members write.

use actix_web::{get, put, web};
use kernel::GuildId;
use moderation::automod::Rule;
use moderation::input::automod::AutomodBody;
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::{Caller, Fail, Key, Ok200, State, Valid, Yes};

/// The rules of a server.
#[derive(Serialize, ToSchema)]
pub(super) struct AutomodAnswer {
    success: Yes,
    /// The rules, in the order in which they are asked.
    rules: Vec<Rule>,
}

/// Read the rules for what members write.
///
/// Of the exempt channels those that the caller sees.
#[utoipa::path(tag = "moderation", operation_id = "automod_rules", security(("token" = [])), params(("serverId" = GuildId, Path)),
    responses((status = 200, description = "The rules.", body = AutomodAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_SERVER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/servers/{serverId}/automod")]
pub(super) async fn read(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
) -> Result<Ok200<AutomodAnswer>, Fail> {
    let rules = state.run(move |s| async move { s.moderation.automod(actor.user, guild).await });
    Ok(Ok200(AutomodAnswer { success: Yes, rules: rules.await? }))
}

/// Replace the rules for what members write.
///
/// All of them: a rule that is not here is gone. They are asked before a message is stored, and before its text is changed;
/// not about those of the owner, of administrators and of members with MANAGE_MESSAGES in the channel. When this answers,
/// every message that is written from then on, through whatever gateway, was compared with them. The strictest action of the
/// rules that a message breaks is taken: `timeout` refuses it and times its author out, `block` refuses it
/// (`MESSAGE_BLOCKED`), `flag` lets it through and puts it into the queue of reports. Each has its entry in the audit log, of
/// nobody as actor and with `automod` in `after`, and is told to the author.
///
/// Words are compared without regard to case, accents, look-alikes, invisible characters, and digits that stand for letters.
#[utoipa::path(tag = "moderation", operation_id = "replace_automod_rules", security(("token" = [])), params(("serverId" = GuildId, Path)), request_body = AutomodBody,
    responses((status = 200, description = "The rules as they are now.", body = AutomodAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_SERVER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[put("/api/servers/{serverId}/automod")]
pub(super) async fn replace(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Valid(body): Valid<AutomodBody>,
) -> Result<Ok200<AutomodAnswer>, Fail> {
    let rules = state.run(move |s| async move { s.moderation.set_automod(actor.user, guild, body).await });
    Ok(Ok200(AutomodAnswer { success: Yes, rules: rules.await? }))
}
