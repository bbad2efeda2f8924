//! Writing down what happens to accounts, and reading it.

use std::collections::HashSet;

use diesel_async::AsyncPgConnection;
use kernel::{AuditId, Limit, Page, UserId};
use serde_json::{Value, json};

use super::Identity;
use crate::audit::{AuditAction, AuditView};
use crate::store::audit::{self, Entry, Filter};
use crate::store::users;
use crate::{Admin, Client, Error};

/// How many entries a page of the audit log has: 50 unless said otherwise, at most 100.
pub type AuditLimit = Limit<50, 100>;

/// Which entries of the audit log to read.
#[derive(Clone, Copy, Debug, Default)]
pub struct AuditQuery {
    /// Those that this user did, or that are about them.
    pub user: Option<UserId>,
    /// Those of this kind.
    pub action: Option<AuditAction>,
    /// Those older than this one.
    pub before: Option<AuditId>,
}

impl Identity {
    /// A page of the audit log, the latest entry first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn audit_log(
        &self,
        _: &Admin,
        query: AuditQuery,
        limit: AuditLimit,
    ) -> Result<Page<AuditView>, Error> {
        let AuditQuery { user, action, before } = query;
        let mut conn = self.pool.get().await?;
        let rows = audit::page(&mut conn, Filter { user, action, before }, limit.get() + 1).await?;
        let Page { items, has_more } = Page::of(rows, limit.get());
        let ids = items.iter().flat_map(|entry| [entry.actor_id, entry.subject_id]).flatten();
        let ids = ids.collect::<HashSet<_>>().into_iter().collect::<Vec<_>>();
        let cards = users::cards(&conn, &ids).await?;
        let card = |id: Option<UserId>| id.and_then(|id| cards.get(&id).cloned());
        let views = items.into_iter().map(|entry| AuditView {
            id: entry.id,
            created_at: entry.created_at,
            action: entry.action,
            actor: card(entry.actor_id),
            subject: card(entry.subject_id),
            address: entry.address,
            device: entry.device,
            details: entry.details,
        });
        Ok(Page { items: views.collect(), has_more })
    }

    /// Removes at most `limit` entries that are older than `identity.audit_days`; returns how many there were.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep_audit_log(&self, limit: i64) -> Result<usize, Error> {
        let before = self.env.now().plus(-self.audit_kept).first_id();
        let mut conn = self.pool.get().await?;
        Ok(audit::sweep(&mut conn, before, limit).await?)
    }

    /// Writes down what somebody did to their own account.
    pub(super) async fn note(
        &self,
        conn: &mut AsyncPgConnection,
        action: AuditAction,
        user: UserId,
        client: &Client,
    ) -> Result<(), Error> {
        self.write_down(conn, action, (Some(user), Some(user)), client, None).await
    }

    /// Writes down what an administrator did.
    pub(super) async fn note_act(
        &self,
        conn: &mut AsyncPgConnection,
        action: AuditAction,
        (admin, subject): (&Admin, UserId),
        details: Option<Value>,
    ) -> Result<(), Error> {
        self.write_down(conn, action, (Some(admin.user()), Some(subject)), admin.client(), details).await
    }

    /// Writes down an attempt to log in that failed. Nothing of what was typed: people type passwords into the wrong
    /// field. `subject` is the account that was tried, when there is one.
    /// Writes down that malware was found in a file that the user uploaded, and what it is called.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn note_malware(&self, user: UserId, malware: &str) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let (who, details) = ((Some(user), Some(user)), json!({ "malware": malware }));
        self.write_down(&mut conn, AuditAction::MalwareFound, who, &Client::default(), Some(details)).await
    }

    pub(super) async fn note_attempt(
        &self,
        action: AuditAction,
        subject: Option<UserId>,
        client: &Client,
    ) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        self.write_down(&mut conn, action, (None, subject), client, None).await
    }

    pub(super) async fn write_down(
        &self,
        conn: &mut AsyncPgConnection,
        action: AuditAction,
        (actor_id, subject_id): (Option<UserId>, Option<UserId>),
        client: &Client,
        details: Option<Value>,
    ) -> Result<(), Error> {
        let now = self.env.now();
        let entry = Entry {
            id: self.env.id_at(now),
            created_at: now,
            action,
            actor_id,
            subject_id,
            address: client.address().map(|address| address.to_string()),
            device: client.device().map(ToString::to_string),
            details,
        };
        Ok(audit::insert(conn, &entry).await?)
    }
}
