//! Letting a member only look and read for a time.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use guilds::LockedGuild;
use guilds::audit::{self, Action, Entry};
use kernel::{Env, Event, GuildId, Permissions, Timestamp, UserId};
use serde_json::{Value, json};

use super::{Moderation, Parties, tell_holders};
use crate::Error;
use crate::event::MemberTimedOut;
use crate::input::{self, TimeoutBody};

/// A time-out that is to be imposed.
#[derive(Debug)]
pub(super) struct Silence {
    /// Who does it; nobody, when it is a rule of automod.
    pub(super) by: Option<UserId>,
    /// Until when.
    pub(super) until: Timestamp,
    /// Why.
    pub(super) reason: Option<String>,
    /// What the audit log shows of the rule.
    pub(super) rule: Option<Value>,
}

/// Times a member out, writes it down, and says until when they were before and what to tell. Whether they may be timed
/// out, and by whom, was looked at.
pub(super) async fn impose(
    tx: &mut AsyncPgConnection,
    env: &Env,
    locked: &LockedGuild,
    member: UserId,
    Silence { by, until, reason, rule }: Silence,
) -> Result<(Option<Timestamp>, Vec<Event>), Error> {
    let guild = locked.guild();
    let (before, mut events) = locked.time_out(tx, member, Some(until)).await?;
    let after = match rule {
        None => json!({ "expiresAt": until }),
        Some(rule) => json!({ "expiresAt": until, "automod": rule }),
    };
    let entry = Entry::new(guild, by, Action::MemberTimeout).on(member).because(reason.clone());
    audit::record(tx, env, [entry.from(json!({ "expiresAt": before })).to(after)]).await?;
    let who = Parties::find(tx, by.unwrap_or(member), member).await?;
    let timed_out = MemberTimedOut {
        server_id: guild,
        user_id: member,
        username: who.other.username,
        timed_out_by: by.map(|_| who.actor.username),
        reason,
        expires_at: until,
    };
    let permission = Permissions::MODERATE_MEMBERS;
    events.extend(tell_holders(tx, locked, permission, Some(member), &timed_out).await?);
    Ok((before, events))
}

impl Moderation {
    /// Times a member out, and returns until when: once this returns nothing is accepted from them before. One that there
    /// was is replaced. Tells them, the members and the moderators.
    ///
    /// # Errors
    /// [`Error::Invalid`], also for oneself; [`Error::Guild`]: no such guild or member, no
    /// [`Permissions::MODERATE_MEMBERS`], the hierarchy (also for the owner and administrators); [`Error::Database`].
    pub async fn time_out(
        &self,
        actor: UserId,
        guild: GuildId,
        member: UserId,
        body: TimeoutBody,
    ) -> Result<Timestamp, Error> {
        let (lasts, reason) = (input::minutes(body.duration)?, input::reason(body.reason)?);
        let mut conn = self.pool.get().await?;
        let done = conn.transaction(async |tx| {
            let locked =
                LockedGuild::open(tx, &self.env, guild, actor, Permissions::MODERATE_MEMBERS).await?;
            if !locked.may_act_on(tx, member).await? {
                return Err(guilds::Error::NoMember.into());
            }
            locked.can_be_timed_out(tx, member).await?;
            let until = locked.now().plus(lasts);
            let sentence = Silence { by: Some(actor), until, reason, rule: None };
            let (_, events) = impose(tx, &self.env, &locked, member, sentence).await?;
            Ok::<_, Error>((until, events))
        });
        let (until, events) = done.await?;
        self.publish(events);
        Ok(until)
    }

    /// Ends a time-out before its time. Tells the members.
    ///
    /// # Errors
    /// [`Error::NotTimedOut`]; [`Error::Guild`]: no such guild or member, no [`Permissions::MODERATE_MEMBERS`], the
    /// hierarchy; [`Error::Database`].
    pub async fn end_timeout(&self, actor: UserId, guild: GuildId, member: UserId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let done = conn.transaction(async |tx| {
            // The version is raised, for their rights are others from now on.
            let locked =
                LockedGuild::open(tx, &self.env, guild, actor, Permissions::MODERATE_MEMBERS).await?;
            if !locked.may_act_on(tx, member).await? {
                return Err(guilds::Error::NoMember.into());
            }
            let (before, events) = locked.time_out(tx, member, None).await?;
            let before = before.ok_or(Error::NotTimedOut)?;
            let entry = Entry::new(guild, actor, Action::MemberTimeoutEnd).on(member);
            audit::record(tx, &self.env, [entry.from(json!({ "expiresAt": before }))]).await?;
            Ok::<Vec<Event>, Error>(events)
        });
        self.publish(done.await?);
        Ok(())
    }
}
