//! Invite codes: the permanent one, and further ones that end.

use chrono::TimeDelta;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use identity::Identity;
use kernel::{Env, Event, GuildId, Permissions, UserId};
use serde_json::json;

use super::{Guilds, authority, update};
use crate::audit::{self, Action, Entry};
use crate::input::{CreateInviteBody, InviteDraft, invite_code};
use crate::policy::{INVITE_CODE, INVITES_MAX};
use crate::store::invites::{self, NewInvite};
use crate::store::{guilds, members, memberships};
use crate::view::{InviteView, NewcomerView, PreviewView};
use crate::{Bound, Error};

/// Newcomers that the statistics show.
const NEWCOMERS: i64 = 10;
/// Since when somebody is a newcomer.
const RECENT: TimeDelta = TimeDelta::days(7);
/// How far newcomers are counted.
const COUNTED: i64 = 10_000;
/// How long a code is kept after it has ended.
const KEPT: TimeDelta = TimeDelta::days(7);

/// What there is to know about the ways into a guild.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteBook {
    /// The guild, as somebody sees it who has a code.
    pub server: PreviewView,
    /// The permanent code.
    pub code: String,
    /// The codes: all, for those with [`Permissions::MANAGE_SERVER`]; else the permanent one and one's own. The newest
    /// first, at most [`INVITES_MAX`] and the permanent one.
    pub invites: Vec<InviteView>,
    /// How many joined in the last 7 days, counted up to 10,000.
    pub recent_joins: i64,
    /// Those who joined last, at most 10.
    pub newcomers: Vec<NewcomerView>,
    /// Whether the caller may replace the permanent code.
    pub may_regenerate: bool,
    /// Whether the guild is the caller's.
    pub is_owner: bool,
}

/// A new code.
pub(super) fn new_code(env: &Env) -> String {
    env.code(INVITE_CODE.alphabet, INVITE_CODE.length)
}

impl Guilds {
    /// The guild's permanent invite code.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when `user` is no member; [`Error::Database`].
    pub async fn invite(&self, user: UserId, guild: GuildId) -> Result<String, Error> {
        let mut conn = self.pool.get().await?;
        invites::permanent_for(&mut conn, guild, user).await?.ok_or(Error::NoGuild)
    }

    /// What anybody with an invite code may know of the guild before they join.
    ///
    /// # Errors
    /// [`Error::NoInvite`], also when the code's time or uses are over; [`Error::Database`].
    pub async fn preview(&self, code: &str) -> Result<PreviewView, Error> {
        let code = invite_code(code).ok_or(Error::NoInvite)?;
        let mut conn = self.pool.get().await?;
        let guild = invites::leads_to(&mut conn, &code, self.env.now()).await?.ok_or(Error::NoInvite)?;
        let mut cards = Identity::cards(&conn, &[guild.owner_id]).await?;
        let owner = cards.remove(&guild.owner_id).ok_or(Error::NoInvite)?;
        Ok(PreviewView::new(guild, owner))
    }

    /// The ways into the guild, and who came by them.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when `user` is no member; [`Error::Database`].
    pub async fn invites(&self, user: UserId, guild: GuildId) -> Result<InviteBook, Error> {
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let membership = memberships::one(&mut conn, guild, user, now).await?.ok_or(Error::NoGuild)?;
        let may_regenerate = membership.permissions().contains(Permissions::MANAGE_SERVER);
        let row = guilds::by_id(&mut conn, guild).await?.ok_or(Error::NoGuild)?;
        let maker = (!may_regenerate).then_some(user);
        let codes = invites::of(&mut conn, guild, maker, INVITES_MAX + 1).await?;
        let recent_joins = members::joined_since(&mut conn, guild, now.plus(-RECENT), COUNTED).await?;
        let newest = members::newest(&mut conn, guild, NEWCOMERS).await?;
        let people = newest.iter().map(|member| member.user_id).chain([row.owner_id]).collect::<Vec<_>>();
        let cards = Identity::cards(&conn, &people).await?;
        let owner = cards.get(&row.owner_id).cloned().ok_or(Error::NoGuild)?;
        let newcomers = newest.into_iter().filter_map(|member| {
            let user = cards.get(&member.user_id)?.clone();
            Some(NewcomerView { user, joined_at: member.joined_at })
        });
        Ok(InviteBook {
            server: PreviewView::new(row, owner),
            code: invites::permanent(&mut conn, guild).await?,
            invites: codes.into_iter().map(InviteView::from).collect(),
            recent_joins,
            newcomers: newcomers.collect(),
            may_regenerate,
            is_owner: membership.is_owner(),
        })
    }

    /// Makes a further code, which ends at a time, after a number of uses, or both, or never.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::NoGuild`] also when `user` is no member; [`Error::Denied`] without
    /// [`Permissions::CREATE_INVITE`]; [`Error::TooMany`] when there are [`INVITES_MAX`]; [`Error::Database`].
    pub async fn create_invite(
        &self,
        user: UserId,
        guild: GuildId,
        body: CreateInviteBody,
    ) -> Result<InviteView, Error> {
        let draft = InviteDraft::parse(body)?;
        let now = self.env.now();
        let (actor, code) = (self.actor(user, false), new_code(&self.env));
        let invite = NewInvite {
            code: &code,
            guild_id: guild,
            created_by: user,
            created_at: now,
            permanent: false,
            max_uses: draft.max_uses,
            expires_at: draft.lasts.map(|lasts| now.plus(lasts)),
        };
        let mut conn = self.pool.get().await?;
        conn.transaction(async |tx| {
            authority::in_guild(tx, actor, guild, Permissions::CREATE_INVITE).await?;
            if invites::count(tx, guild).await? >= INVITES_MAX {
                return Err(Error::TooMany(Bound::Invites));
            }
            let invite = InviteView::from(invites::insert(tx, &invite).await?);
            let limits = json!({ "maxUses": invite.max_uses, "expiresAt": invite.expires_at });
            audit::record(tx, &self.env, [Entry::new(guild, user, Action::InviteCreate).to(limits)]).await?;
            Ok(invite)
        })
        .await
    }

    /// Deletes a further code: nobody joins by it any more.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when `user` is no member; [`Error::NoInvite`]; [`Error::Denied`] when it is not their own
    /// and they lack [`Permissions::MANAGE_SERVER`]; [`Error::PermanentInvite`], [`Error::Database`].
    pub async fn delete_invite(&self, user: UserId, guild: GuildId, code: &str) -> Result<(), Error> {
        let code = invite_code(code).ok_or(Error::NoInvite)?;
        let mut conn = self.pool.get().await?;
        conn.transaction(async |tx| self.delete_invite_in(tx, user, guild, &code).await).await
    }

    async fn delete_invite_in(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        guild: GuildId,
        code: &str,
    ) -> Result<(), Error> {
        if !guilds::lock_for(tx, guild, user).await? {
            return Err(Error::NoGuild);
        }
        let membership = memberships::one(tx, guild, user, self.env.now()).await?.ok_or(Error::NoGuild)?;
        let manages = membership.permissions().contains(Permissions::MANAGE_SERVER);
        let invite = invites::one(tx, guild, code).await?;
        // Codes of others are a secret.
        let invite = invite.filter(|invite| manages || invite.permanent || invite.created_by == user);
        let invite = invite.ok_or(Error::NoInvite)?;
        if invite.permanent {
            return Err(Error::PermanentInvite);
        }
        invites::delete(tx, code).await?;
        let was = json!({ "maxUses": invite.max_uses, "uses": invite.uses, "expiresAt": invite.expires_at });
        let entry = Entry::new(guild, user, Action::InviteDelete).from(was);
        Ok(audit::record(tx, &self.env, [entry]).await?)
    }

    /// Gives the guild another permanent code, and returns the old one and the new one. The old one leads nowhere from
    /// then on. Tells the members.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when `user` is no member; [`Error::Denied`] without [`Permissions::MANAGE_SERVER`];
    /// [`Error::Database`].
    pub async fn regenerate_invite(&self, user: UserId, guild: GuildId) -> Result<(String, String), Error> {
        let mut conn = self.pool.get().await?;
        let done = conn.transaction(async |tx| self.regenerate_in(tx, user, guild).await).await;
        let (old, new, event) = done?;
        self.publish([event]);
        Ok((old, new))
    }

    async fn regenerate_in(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        guild: GuildId,
    ) -> Result<(String, String, Event), Error> {
        authority::in_guild(tx, self.actor(user, false), guild, Permissions::MANAGE_SERVER).await?;
        let (old, new) = (invites::permanent(tx, guild).await?, new_code(&self.env));
        invites::replace_permanent(tx, guild, &new).await?;
        // Without the codes: the log is read by those who may not know them.
        audit::record(tx, &self.env, [Entry::new(guild, user, Action::InviteRegenerate)]).await?;
        let row = guilds::by_id(tx, guild).await?.ok_or(Error::NoGuild)?;
        Ok((old, new, update::updated(tx, row).await?))
    }

    /// Removes up to `slice` codes that ended over a week ago; how many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep_invites(&self, slice: i64) -> Result<usize, Error> {
        let mut conn = self.pool.get().await?;
        Ok(invites::sweep(&mut conn, self.env.now().plus(-KEPT), slice).await?)
    }
}
