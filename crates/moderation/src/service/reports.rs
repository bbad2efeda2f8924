//! What members report, and what moderators make of it.

use std::collections::HashMap;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use guilds::audit::{self, Action, Entry};
use guilds::{LockedGuild, locked};
use identity::{Identity, UserCard};
use kernel::{ChannelId, GuildId, Invalid, Limit, MessageId, Page, Permissions, ReportId, UserId};
use serde_json::json;

use super::Moderation;
use crate::Error;
use crate::input::{self, UpdateReportBody};
use crate::store::reports::{self, Report, ReportChange};
use crate::view::{ReportStatus, ReportView};

/// How many reports a page has: 50 unless said otherwise, at most 100.
pub type ReportsLimit = Limit<50, 100>;

/// What somebody reports: a person, or what they wrote. Whoever makes this has looked that the reporter may see it.
#[derive(Clone, Debug)]
pub struct Reported {
    /// The guild whose moderators are to see it.
    pub guild: GuildId,
    /// Whom.
    pub user: UserId,
    /// The message, where it stands and what it says.
    pub message: Option<(MessageId, ChannelId, String)>,
}

/// Which reports.
#[derive(Clone, Copy, Debug)]
pub struct WhichReports {
    /// In this state.
    pub status: ReportStatus,
    /// Behind this one.
    pub after: Option<ReportId>,
}

impl Moderation {
    /// Reports somebody or something to the guild's moderators. Again, as long as nobody has dealt with it, it changes
    /// nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`], also for oneself; [`Error::Guild`]: no such guild, no such account; [`Error::Database`].
    pub async fn report(&self, reporter: UserId, what: Reported, reason: &str) -> Result<(), Error> {
        let reason = input::complaint(reason)?;
        if what.user == reporter {
            return Err(Invalid::field("userId", "must be somebody else").into());
        }
        let now = self.env.now();
        let (message, channel, content) = match what.message {
            Some((message, channel, content)) => (Some(message), Some(channel), Some(content)),
            None => (None, None, None),
        };
        let report = Report {
            id: self.env.id_at(now),
            guild_id: what.guild,
            reporter_id: Some(reporter),
            user_id: what.user,
            channel_id: channel,
            message_id: message,
            content,
            reason,
            status: ReportStatus::Open,
            handler_id: None,
            note: None,
            created_at: now,
            updated_at: now,
            rule: None,
        };
        let mut conn = self.pool.get().await?;
        locked::require(&mut conn, &self.env, what.guild, reporter, Permissions::empty()).await?;
        reports::insert(&mut conn, &report).await?;
        Ok(())
    }

    /// A page of the guild's reports, the oldest first; without those of messages in channels that `actor` may not know
    /// of, which are for moderators who may.
    ///
    /// # Errors
    /// [`Error::Guild`]: no such guild, no [`Permissions::MODERATE_MEMBERS`]; [`Error::Database`].
    pub async fn reports(
        &self,
        actor: UserId,
        guild: GuildId,
        which: WhichReports,
        limit: ReportsLimit,
    ) -> Result<Page<ReportView>, Error> {
        let mut conn = self.pool.get().await?;
        let known = self.known(&mut conn, guild, actor).await?;
        let rows = reports::page(&mut conn, guild, which, known.as_deref(), limit.get() + 1).await?;
        let Page { items, has_more } = Page::of(rows, limit.get());
        let people = people(&mut conn, &items).await?;
        let views = items.into_iter().map(|report| ReportView::new(report, guild, &people));
        Ok(Page { items: views.collect(), has_more })
    }

    /// Takes a report up, resolves, dismisses or opens it again.
    ///
    /// # Errors
    /// [`Error::Invalid`], also when the handler is no member; [`Error::NoReport`]; [`Error::Guild`]: no such guild, no
    /// [`Permissions::MODERATE_MEMBERS`]; [`Error::Database`].
    pub async fn update_report(
        &self,
        actor: UserId,
        guild: GuildId,
        body: UpdateReportBody,
    ) -> Result<ReportView, Error> {
        let id = body.report_id;
        let change = self.change(actor, body)?;
        let mut conn = self.pool.get().await?;
        conn.transaction(async |tx| {
            let permission = Permissions::MODERATE_MEMBERS;
            LockedGuild::open_mildly(tx, &self.env, guild, actor, permission).await?;
            if let Some(Some(handler)) = change.handler_id
                && locked::require(tx, &self.env, guild, handler, Permissions::empty()).await.is_err()
            {
                return Err(Invalid::field("handlerId", "must be a member of the server").into());
            }
            let known = self.known(tx, guild, actor).await?;
            let before = reports::lock(tx, guild, id).await?;
            let before = before.filter(|report| report.is_of(known.as_deref())).ok_or(Error::NoReport)?;
            let after = reports::update(tx, id, &change).await?;
            let entry = Entry::new(guild, actor, Action::ReportUpdate).on(id).telling_of(before.channel_id);
            audit::record(tx, &self.env, [entry.from(state(&before)).to(state(&after))]).await?;
            let people = people(tx, std::slice::from_ref(&after)).await?;
            Ok(ReportView::new(after, guild, &people))
        })
        .await
    }

    /// The channels of which a moderator may know; all, unless there are some.
    async fn known(
        &self,
        conn: &mut AsyncPgConnection,
        guild: GuildId,
        moderator: UserId,
    ) -> Result<Option<Vec<ChannelId>>, Error> {
        Ok(locked::known(conn, &self.env, guild, moderator, Permissions::MODERATE_MEMBERS).await?)
    }

    fn change(&self, actor: UserId, body: UpdateReportBody) -> Result<ReportChange, Error> {
        let note = body.note.try_map(|text| input::note(&text))?.flatten().into_change();
        let deals = body.status.is_some_and(|status| status != ReportStatus::Open);
        let handler_id = body.handler_id.into_change().or(deals.then_some(Some(actor)));
        Ok(ReportChange { status: body.status, handler_id, note, updated_at: self.env.now() })
    }
}

/// What the audit log shows of a report.
fn state(report: &Report) -> serde_json::Value {
    json!({ "status": report.status, "handlerId": report.handler_id, "note": report.note })
}

async fn people(
    conn: &mut AsyncPgConnection,
    reports: &[Report],
) -> Result<HashMap<UserId, UserCard>, Error> {
    let people = reports.iter().flat_map(|report| {
        [Some(report.user_id), report.reporter_id, report.handler_id].into_iter().flatten()
    });
    Ok(Identity::cards(conn, &people.collect::<Vec<_>>()).await?)
}
