//! What administrators see of accounts and do to them.

use std::collections::HashMap;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Limit, Page, Role, UserId};
use serde_json::json;

use super::Identity;
use crate::audit::AuditAction;
use crate::input::{Reason, SuspendBody};
use crate::mail::letters::Notice;
use crate::store::accounts::{self, Filter, Held};
use crate::store::{audit, users};
use crate::view::AccountView;
use crate::{Admin, Client, Error};

/// How many accounts a page has: 50 unless said otherwise, at most 100.
pub type AccountsLimit = Limit<50, 100>;

/// Which accounts to list.
#[derive(Clone, Debug, Default)]
pub struct AccountsQuery {
    /// Only those that are suspended, or only those that are not.
    pub suspended: Option<bool>,
    /// Only those with this role.
    pub role: Option<Role>,
    /// Only those whose username, name or e-mail address has this in it, in any case.
    pub text: Option<String>,
    /// Only those made before this one.
    pub before: Option<UserId>,
    /// How many to pass over.
    pub offset: i64,
}

impl Identity {
    /// A page of accounts, the newest first, and how many there are on all pages.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn accounts(
        &self,
        _: &Admin,
        query: AccountsQuery,
        limit: AccountsLimit,
    ) -> Result<(Page<AccountView>, i64), Error> {
        let AccountsQuery { suspended, role, text, before, offset } = query;
        // What the database cannot hold is in nobody's name.
        let text = text.map(|text| text.trim().replace('\0', "")).filter(|text| !text.is_empty());
        let filter = Filter { suspended, role, text, before };
        let mut conn = self.pool.get().await?;
        let rows = accounts::page(&mut conn, &filter, offset.max(0), limit.get() + 1).await?;
        let total = accounts::count(&mut conn, &filter).await?;
        let Page { items, has_more } = Page::of(rows, limit.get());
        let ids = items.iter().map(|account| account.id).collect::<Vec<_>>();
        let logins = audit::last_logins(&mut conn, &ids).await?.into_iter().collect::<HashMap<_, _>>();
        let views = items.into_iter().map(|account| {
            let last_login = logins.get(&account.id).copied();
            AccountView::of(account, last_login)
        });
        Ok((Page { items: views.collect(), has_more }, total))
    }

    /// Lets nobody use the account until it is activated: ends its sessions everywhere, and tells its owner by mail.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a reason, [`Error::NoUser`], [`Error::LastAdmin`], [`Error::Database`].
    pub async fn suspend(&self, admin: &Admin, id: UserId, body: SuspendBody) -> Result<(), Error> {
        let reason = Reason::parse(&body)?;
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let ended = conn.transaction(async |tx| {
            self.spare_last_admin(tx, id).await?;
            accounts::suspend(tx, id, Some(&reason.0), now).await?;
            let details = json!({ "reason": reason.0 });
            self.note_act(tx, AuditAction::UserSuspended, (admin, id), Some(details)).await?;
            if let Some(user) = users::by_ids(tx, &[id]).await?.pop() {
                self.notify(tx, &user, Notice::Suspended { reason: reason.0.clone() }).await?;
            }
            self.revoke_all(tx, id, None).await
        });
        let ended = ended.await?;
        drop(conn);
        self.jobs.wake();
        self.announce(&ended);
        Ok(())
    }

    /// Lets the account be used again; when it may be used, does nothing.
    ///
    /// # Errors
    /// [`Error::NoUser`], [`Error::Database`].
    pub async fn activate(&self, admin: &Admin, id: UserId) -> Result<(), Error> {
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let done = conn.transaction(async |tx| {
            let held = accounts::hold(tx, id).await?.ok_or(Error::NoUser)?;
            if held.suspended_at.is_some() {
                accounts::suspend(tx, id, None, now).await?;
                self.note_act(tx, AuditAction::UserActivated, (admin, id), None).await?;
            }
            Ok(())
        });
        done.await
    }

    /// Gives the account a role, and ends its sessions: their tokens tell the old one.
    ///
    /// # Errors
    /// [`Error::NoUser`], [`Error::LastAdmin`], [`Error::Database`].
    pub async fn set_role(&self, admin: &Admin, id: UserId, role: Role) -> Result<(), Error> {
        self.give_role(Some(admin), id, role).await
    }

    /// Makes the account an administrator's, at the wish of whoever runs the installation.
    ///
    /// # Errors
    /// [`Error::NoUser`], [`Error::Database`].
    pub async fn appoint(&self, id: UserId) -> Result<(), Error> {
        self.give_role(None, id, Role::Admin).await
    }

    async fn give_role(&self, admin: Option<&Admin>, id: UserId, role: Role) -> Result<(), Error> {
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let ended = conn.transaction(async |tx| {
            let held = match role {
                Role::Admin => accounts::hold(tx, id).await?.ok_or(Error::NoUser)?,
                Role::User => self.spare_last_admin(tx, id).await?,
            };
            if held.role == role {
                return Ok(Vec::new());
            }
            accounts::set_role(tx, id, role, now).await?;
            let details = Some(json!({ "before": held.role, "after": role }));
            let who = (admin.map(Admin::user), Some(id));
            let nowhere = Client::default();
            let client = admin.map_or(&nowhere, Admin::client);
            self.write_down(tx, AuditAction::RoleChanged, who, client, details).await?;
            self.revoke_all(tx, id, None).await
        });
        let ended = ended.await?;
        drop(conn);
        self.announce(&ended);
        Ok(())
    }

    /// Holds the account's row, in a transaction that is about to take it away from the administrators, or from
    /// everybody.
    ///
    /// # Errors
    /// [`Error::NoUser`]; [`Error::LastAdmin`] when nobody would be left.
    pub(super) async fn spare_last_admin(
        &self,
        tx: &mut AsyncPgConnection,
        id: UserId,
    ) -> Result<Held, Error> {
        // Two who take each other away at the same moment do it one after the other.
        accounts::lock_admins(tx).await?;
        let held = accounts::hold(tx, id).await?.ok_or(Error::NoUser)?;
        if held.role == Role::Admin
            && held.suspended_at.is_none()
            && accounts::other_admins(tx, id).await? == 0
        {
            return Err(Error::LastAdmin);
        }
        Ok(held)
    }
}
