//! Letting a member only look and read for a time.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use guilds::Bench;
use guilds::audit::{self, Action, Entry};
use kernel::{Event, GuildId, Permissions, Timestamp, UserId};
use serde_json::json;

use super::{Moderation, Parties, tell_holders};
use crate::Error;
use crate::event::MemberTimedOut;
use crate::input::{self, TimeoutBody};

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
            let bench = Bench::open(tx, &self.env, guild, actor, Permissions::MODERATE_MEMBERS).await?;
            if !bench.may_act_on(tx, member).await? {
                return Err(guilds::Error::NoMember.into());
            }
            bench.can_be_timed_out(tx, member).await?;
            let until = bench.now().plus(lasts);
            let events = self.time_out_in(tx, &bench, (actor, member), until, reason).await?;
            Ok::<_, Error>((until, events))
        });
        let (until, events) = done.await?;
        self.publish(events);
        Ok(until)
    }

    async fn time_out_in(
        &self,
        tx: &mut AsyncPgConnection,
        bench: &Bench,
        (actor, member): (UserId, UserId),
        until: Timestamp,
        reason: Option<String>,
    ) -> Result<Vec<Event>, Error> {
        let guild = bench.guild();
        let (before, mut events) = bench.time_out(tx, member, Some(until)).await?;
        let entry = Entry::new(guild, actor, Action::MemberTimeout).on(member).because(reason.clone());
        let entry = entry.from(json!({ "expiresAt": before })).to(json!({ "expiresAt": until }));
        audit::record(tx, &self.env, [entry]).await?;
        let who = Parties::find(tx, actor, member).await?;
        let timed_out = MemberTimedOut {
            server_id: guild,
            user_id: member,
            username: who.other.username,
            timed_out_by: who.actor.username,
            reason,
            expires_at: until,
        };
        let permission = Permissions::MODERATE_MEMBERS;
        events.extend(tell_holders(tx, bench, permission, Some(member), &timed_out).await?);
        Ok(events)
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
            let bench = Bench::open(tx, &self.env, guild, actor, Permissions::MODERATE_MEMBERS).await?;
            if !bench.may_act_on(tx, member).await? {
                return Err(guilds::Error::NoMember.into());
            }
            let (before, events) = bench.time_out(tx, member, None).await?;
            let before = before.ok_or(Error::NotTimedOut)?;
            let entry = Entry::new(guild, actor, Action::MemberTimeoutEnd).on(member);
            audit::record(tx, &self.env, [entry.from(json!({ "expiresAt": before }))]).await?;
            Ok::<Vec<Event>, Error>(events)
        });
        self.publish(done.await?);
        Ok(())
    }
}
