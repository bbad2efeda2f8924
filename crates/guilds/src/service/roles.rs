//! Roles: who may have them made, changed and deleted.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Env, Event, GuildId, Permissions, RoleId, Topic, UserId};
use serde_json::{Value, json};

use super::Guilds;
use super::authority::{self, Actor, demand};
use crate::audit::{self, Action, Entry};
use crate::event::{RoleCreated, RoleDeleted, RoleUpdated, tell};
use crate::input::{ChangeRoleBody, CreateRoleBody, RoleDraft, RolePatch};
use crate::model::Role;
use crate::permissions::Membership;
use crate::policy::ROLES_MAX;
use crate::store::memberships;
use crate::store::roles::{self, NewRole, RoleChange};
use crate::view::RoleView;
use crate::{Bound, Error};

impl Guilds {
    /// The guild's roles, the highest first.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when `user` is no member; [`Error::Database`].
    pub async fn roles(&self, user: UserId, guild: GuildId) -> Result<Vec<RoleView>, Error> {
        let mut conn = self.pool.get().await?;
        memberships::one(&mut conn, guild, user, self.env.now()).await?.ok_or(Error::NoGuild)?;
        let roles = roles::of(&mut conn, guild).await?;
        Ok(roles.into_iter().rev().map(RoleView::from).collect())
    }

    /// Makes a role. Those at its position and above move up. Tells the members.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::NoGuild`] also when `user` is no member; [`Error::Denied`] without
    /// [`Permissions::MANAGE_ROLES`] or what the role allows; [`Error::Hierarchy`] when it would not stand below
    /// them; [`Error::TooMany`] when there are [`ROLES_MAX`]; [`Error::Database`].
    pub async fn create_role(
        &self,
        user: UserId,
        guild: GuildId,
        body: CreateRoleBody,
    ) -> Result<RoleView, Error> {
        let draft = RoleDraft::parse(body)?;
        let (id, actor) = (self.env.id(), self.actor(user, false));
        let mut conn = self.pool.get().await?;
        let made = conn.transaction(async |tx| {
            let made = create_in(tx, actor, guild, id, &draft).await?;
            let entry = Entry::new(guild, user, Action::RoleCreate).on(id);
            let entry = entry.to(fields(&made.0).into_iter().collect());
            audit::record(tx, &self.env, [entry]).await?;
            Ok::<_, Error>(made)
        });
        let (role, event) = made.await?;
        self.publish([event]);
        Ok(role)
    }

    /// Changes a role. Tells the members.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::NoRole`] also when `user` is no member; [`Error::Denied`] without
    /// [`Permissions::MANAGE_ROLES`] or what is given or taken by the change; [`Error::Hierarchy`] when the role does
    /// not stand below them, or would not; [`Error::Everyone`] when that is to be renamed or moved; [`Error::Database`].
    pub async fn change_role(
        &self,
        user: UserId,
        role: RoleId,
        body: ChangeRoleBody,
    ) -> Result<RoleView, Error> {
        let patch = RolePatch::parse(body)?;
        let actor = self.actor(user, patch.is_of_rank());
        let mut conn = self.pool.get().await?;
        let changed = conn.transaction(async |tx| change_in(tx, &self.env, actor, role, &patch).await);
        let (role, event) = changed.await?;
        self.publish([event]);
        Ok(role)
    }

    /// Deletes a role: nobody has it any more, and what channels allow and deny to it goes. Tells the members.
    ///
    /// # Errors
    /// [`Error::NoRole`] also when `user` is no member; [`Error::Denied`] without [`Permissions::MANAGE_ROLES`];
    /// [`Error::Hierarchy`]; [`Error::Everyone`]; [`Error::Database`].
    pub async fn delete_role(&self, user: UserId, role: RoleId) -> Result<(), Error> {
        let actor = self.actor(user, true);
        let mut conn = self.pool.get().await?;
        let deleted = conn.transaction(async |tx| delete_in(tx, &self.env, actor, role).await);
        let event = deleted.await?;
        self.publish([event]);
        Ok(())
    }

    /// Somebody who changes something now.
    pub(super) fn actor(&self, user: UserId, raises: bool) -> Actor {
        Actor { user, now: self.env.now(), raises }
    }
}

async fn create_in(
    tx: &mut AsyncPgConnection,
    actor: Actor,
    guild: GuildId,
    id: RoleId,
    draft: &RoleDraft,
) -> Result<(RoleView, Event), Error> {
    let (fence, membership) = authority::in_guild(tx, actor, guild, Permissions::MANAGE_ROLES).await?;
    demand(membership.permissions(), draft.permissions)?;
    let count = roles::count(tx, guild).await?;
    if count >= ROLES_MAX {
        return Err(Error::TooMany(Bound::Roles));
    }
    let position = draft.position.min(i32::try_from(count).unwrap_or(i32::MAX));
    // Their own highest role moves up with the others.
    if !membership.is_above(position - 1) {
        return Err(Error::Hierarchy);
    }
    roles::shift(tx, guild, (position, i32::MAX), 1).await?;
    let role = NewRole {
        id,
        guild_id: guild,
        name: &draft.name,
        color: &draft.color,
        permissions: draft.permissions.bits(),
        position,
        mentionable: draft.mentionable,
        hoisted: draft.hoisted,
    };
    let role = RoleView::from(roles::insert(tx, &role).await?);
    let event = tell(Topic::Guild(guild), fence, RoleCreated { role: role.clone() })?;
    Ok((role, event))
}

async fn change_in(
    tx: &mut AsyncPgConnection,
    env: &Env,
    actor: Actor,
    id: RoleId,
    patch: &RolePatch,
) -> Result<(RoleView, Event), Error> {
    let (fence, membership, role) = managed(tx, actor, id).await?;
    let before = RoleView::from(role.clone());
    if role.position == 0 && (patch.name.is_some() || patch.position.is_some()) {
        return Err(Error::Everyone);
    }
    if let Some(permissions) = patch.permissions {
        // What they have not they neither give nor take.
        demand(membership.permissions(), permissions ^ role.permissions.0)?;
    }
    let change = RoleChange {
        name: patch.name.as_deref(),
        color: patch.color.as_deref(),
        permissions: patch.permissions.map(|permissions| permissions.bits()),
        mentionable: patch.mentionable,
        hoisted: patch.hoisted,
    };
    let mut role = if change.is_empty() { role } else { roles::change(tx, id, &change).await? };
    if let Some(position) = patch.position {
        role = move_to(tx, &membership, role, position).await?;
    }
    let (guild, role) = (role.guild_id, RoleView::from(role));
    if let Some((old, new)) = audit::difference(fields(&before), fields(&role)) {
        let entry = Entry::new(guild, actor.user, Action::RoleUpdate).on(id).from(old).to(new);
        audit::record(tx, env, [entry]).await?;
    }
    let event = tell(Topic::Guild(guild), fence, RoleUpdated { role: role.clone() })?;
    Ok((role, event))
}

async fn delete_in(tx: &mut AsyncPgConnection, env: &Env, actor: Actor, id: RoleId) -> Result<Event, Error> {
    let (fence, _, role) = managed(tx, actor, id).await?;
    if role.position == 0 {
        return Err(Error::Everyone);
    }
    let (guild, position) = (role.guild_id, role.position);
    roles::delete(tx, id).await?;
    roles::shift(tx, guild, (position + 1, i32::MAX), -1).await?;
    let was = fields(&RoleView::from(role)).into_iter().collect();
    audit::record(tx, env, [Entry::new(guild, actor.user, Action::RoleDelete).on(id).from(was)]).await?;
    Ok(tell(Topic::Guild(guild), fence, RoleDeleted { role_id: id, server_id: guild })?)
}

/// What the audit log says of a role.
fn fields(role: &RoleView) -> [(&'static str, Value); 6] {
    [
        ("name", json!(role.name)),
        ("color", json!(role.color)),
        ("permissions", json!(role.permissions)),
        ("position", json!(role.position)),
        ("mentionable", json!(role.mentionable)),
        ("hoisted", json!(role.hoisted)),
    ]
}

/// Moves a role among those below the actor; those in between make room.
async fn move_to(
    tx: &mut AsyncPgConnection,
    membership: &Membership,
    role: Role,
    wanted: i32,
) -> Result<Role, Error> {
    let last = roles::count(tx, role.guild_id).await? - 1;
    let (from, to) = (role.position, wanted.min(i32::try_from(last).unwrap_or(i32::MAX)));
    if !membership.is_above(to) {
        return Err(Error::Hierarchy);
    }
    if from < to {
        roles::shift(tx, role.guild_id, (from + 1, to), -1).await?;
    } else {
        roles::shift(tx, role.guild_id, (to, from - 1), 1).await?;
    }
    Ok(roles::place(tx, role.id, to).await?)
}

/// A role that the actor may change, while its guild is locked.
pub(super) async fn managed(
    tx: &mut AsyncPgConnection,
    actor: Actor,
    id: RoleId,
) -> Result<(kernel::Fence, Membership, Role), Error> {
    let guild = roles::by_id(tx, id).await?.ok_or(Error::NoRole)?.guild_id;
    let locked = authority::in_guild(tx, actor, guild, Permissions::MANAGE_ROLES).await;
    let (fence, membership) = locked.map_err(|error| match error {
        Error::NoGuild => Error::NoRole,
        other => other,
    })?;
    // Again: it may have been moved or deleted before the guild was locked.
    let role = roles::by_id(tx, id).await?.ok_or(Error::NoRole)?;
    if membership.is_above(role.position) { Ok((fence, membership, role)) } else { Err(Error::Hierarchy) }
}
