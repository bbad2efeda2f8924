//! Warning a member.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use guilds::audit::{self, Action, Entry};
use guilds::{LockedGuild, locked};
use kernel::{Event, GuildId, Limit, Page, Permissions, UserId, WarningId};
use serde_json::json;

use super::{Moderation, tell_holders};
use crate::Error;
use crate::event::MemberWarned;
use crate::input::{self, WarnBody};
use crate::store::warnings::{self, Warning};
use crate::view::WarningView;

/// How many warnings a page has: 50 unless said otherwise, at most 100.
pub type WarningsLimit = Limit<50, 100>;

impl Moderation {
    /// Warns a member. It is kept, and takes no right away. Tells them and the moderators.
    ///
    /// # Errors
    /// [`Error::Invalid`], also for oneself; [`Error::Guild`]: no such guild or member, no
    /// [`Permissions::MODERATE_MEMBERS`], the hierarchy; [`Error::Database`].
    pub async fn warn(
        &self,
        actor: UserId,
        guild: GuildId,
        member: UserId,
        body: WarnBody,
    ) -> Result<WarningView, Error> {
        let reason = input::due_reason(&body.reason)?;
        let mut conn = self.pool.get().await?;
        let done = conn.transaction(async |tx| self.warn_in(tx, actor, guild, member, reason).await);
        let (warning, events) = done.await?;
        self.publish(events);
        Ok(warning)
    }

    async fn warn_in(
        &self,
        tx: &mut AsyncPgConnection,
        actor: UserId,
        guild: GuildId,
        member: UserId,
        reason: String,
    ) -> Result<(WarningView, Vec<Event>), Error> {
        let permission = Permissions::MODERATE_MEMBERS;
        let locked = LockedGuild::open_mildly(tx, &self.env, guild, actor, permission).await?;
        if !locked.may_act_on(tx, member).await? {
            return Err(guilds::Error::NoMember.into());
        }
        let warning = Warning {
            id: self.env.id(),
            guild_id: guild,
            user_id: member,
            moderator_id: actor,
            reason,
            created_at: locked.now(),
        };
        warnings::insert(tx, &warning).await?;
        let entry = Entry::new(guild, actor, Action::MemberWarn).on(member);
        audit::record(tx, &self.env, [entry.because(Some(warning.reason.clone()))]).await?;
        let warning = WarningView::from(warning);
        let warned = MemberWarned { server_id: guild, warning: warning.clone() };
        let events = tell_holders(tx, &locked, permission, Some(member), &warned).await?;
        Ok((warning, events))
    }

    /// A page of the warnings that somebody got in the guild, member or not, the newest first.
    ///
    /// # Errors
    /// [`Error::Guild`]: no such guild, no [`Permissions::MODERATE_MEMBERS`]; [`Error::Database`].
    pub async fn warnings(
        &self,
        actor: UserId,
        guild: GuildId,
        of: UserId,
        before: Option<WarningId>,
        limit: WarningsLimit,
    ) -> Result<Page<WarningView>, Error> {
        let mut conn = self.pool.get().await?;
        locked::require(&mut conn, &self.env, guild, actor, Permissions::MODERATE_MEMBERS).await?;
        let rows = warnings::page(&mut conn, guild, of, before, limit.get() + 1).await?;
        let Page { items, has_more } = Page::of(rows, limit.get());
        Ok(Page { items: items.into_iter().map(WarningView::from).collect(), has_more })
    }

    /// Takes a warning back.
    ///
    /// # Errors
    /// [`Error::NoWarning`]; [`Error::Invalid`] when it is one's own; [`Error::Guild`]: no such guild, no
    /// [`Permissions::MODERATE_MEMBERS`], the hierarchy; [`Error::Database`].
    pub async fn delete_warning(
        &self,
        actor: UserId,
        guild: GuildId,
        of: UserId,
        id: WarningId,
    ) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        conn.transaction(async |tx| {
            let permission = Permissions::MODERATE_MEMBERS;
            let locked = LockedGuild::open_mildly(tx, &self.env, guild, actor, permission).await?;
            locked.may_act_on(tx, of).await?;
            let warning = warnings::delete(tx, guild, of, id).await?.ok_or(Error::NoWarning)?;
            let entry = Entry::new(guild, actor, Action::WarningDelete).on(of);
            let was = json!({ "reason": warning.reason, "createdAt": warning.created_at });
            Ok(audit::record(tx, &self.env, [entry.from(was)]).await?)
        })
        .await
    }
}
