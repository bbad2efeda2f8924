//! What automod does about a message, and where that is written down.

use chrono::TimeDelta;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use futures_util::future::{BoxFuture, FutureExt};
use guilds::LockedGuild;
use guilds::audit::{self, Action as Act, Entry};
use kernel::{ChannelId, Event, Fence, GuildId, Timestamp, Topic, UserId};
use messaging::{MessageView, Passed, ScreenFollowUp};
use serde_json::{Value, json};

use super::{Automod, Look};
use crate::Error;
use crate::automod::{Action, Rule};
use crate::event::{MessageFlagged, tell};
use crate::service::timeout::{Silence, impose};
use crate::store::reports::{self, Report};
use crate::store::tallies::Counted;
use crate::view::ReportStatus;

/// A message that is to be reported once it is stored.
#[derive(Debug)]
pub(super) struct Flag {
    rule: Rule,
    channel: ChannelId,
    fence: Fence,
}

/// What is left to be done about a message that was let through.
#[derive(Debug)]
pub(super) struct PendingAction {
    pub(super) automod: Automod,
    pub(super) counted: Vec<Counted>,
    pub(super) flag: Option<Flag>,
}

impl Look<'_> {
    /// Lets the message through, and reports it once it is stored.
    pub(super) fn flag(self, rule: &Rule) -> Passed {
        let grant = self.writing.grant;
        let fence = Fence { scope: grant.scope(), version: grant.version() };
        let flag = Flag { rule: rule.clone(), channel: grant.timeline().into(), fence };
        let (automod, counted) = (self.automod.clone(), self.counted);
        Passed::then(PendingAction { automod, counted, flag: Some(flag) })
    }

    /// Refuses the message, and times its author out, if the rule wants that.
    pub(super) async fn refuse(mut self, rule: &Rule) -> Result<Passed, Error> {
        match self.is_present().await {
            Ok(true) => {}
            outdated => {
                self.forget().await;
                return Err(outdated.err().unwrap_or_else(|| messaging::Error::Stale.into()));
            }
        }
        let until = match rule.action {
            Action::Timeout { minutes } => self.time_out(rule, minutes).await?,
            _ => None,
        };
        if until.is_none() {
            let author = self.writing.grant.user();
            let entry = entry(self.guild, Act::AutomodBlock, author, rule);
            let env = &self.automod.env;
            audit::record(self.conn().await?, env, [entry]).await?;
        }
        let reason = rule.words_for_author();
        Err(messaging::Error::Blocked { reason, until }.into())
    }

    /// Times the author out. `None` when that cannot be, or when they are so already: another message of theirs came
    /// first, and one is enough.
    async fn time_out(&mut self, rule: &Rule, minutes: i64) -> Result<Option<Timestamp>, Error> {
        // The lock may have to be waited for: not with a second connection.
        self.conn = None;
        let automod = self.automod;
        let (guild, member) = (self.guild, self.writing.grant.user());
        let mut conn = automod.pool.get().await?;
        let done = conn.transaction(async |tx| automod.time_out_in(tx, guild, member, rule, minutes).await);
        match done.await {
            Ok((until, events)) => {
                events.into_iter().for_each(|event| automod.bus.publish(event));
                Ok(Some(until))
            }
            Err(
                Error::AlreadyTimedOut | Error::Guild(guilds::Error::NoMember | guilds::Error::Hierarchy),
            ) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Automod {
    async fn time_out_in(
        &self,
        tx: &mut AsyncPgConnection,
        guild: GuildId,
        member: UserId,
        rule: &Rule,
        minutes: i64,
    ) -> Result<(Timestamp, Vec<Event>), Error> {
        let locked = LockedGuild::unattended(tx, &self.env, guild).await?;
        locked.can_be_timed_out(tx, member).await?;
        let until = TimeDelta::try_minutes(minutes).map_or(locked.now(), |lasts| locked.now().plus(lasts));
        let reason = Some(rule.words_for_author());
        let sentence = Silence { by: None, until, reason, rule: Some(about(rule)) };
        match impose(tx, &self.env, &locked, member, sentence).await? {
            (Some(_), _) => Err(Error::AlreadyTimedOut),
            (None, events) => Ok((until, events)),
        }
    }

    async fn report(&self, message: &MessageView, flag: &Flag) -> Result<(), Error> {
        let Flag { rule, channel, fence } = flag;
        let (guild, channel) = (GuildId::from(fence.scope), *channel);
        let (author, now) = (message.author.id, self.env.now());
        let report = Report {
            id: self.env.id_at(now),
            guild_id: guild,
            reporter_id: None,
            user_id: author,
            channel_id: Some(channel),
            message_id: Some(message.id),
            content: Some(message.content.clone()),
            reason: rule.words_for_author(),
            status: ReportStatus::Open,
            handler_id: None,
            note: None,
            created_at: now,
            updated_at: now,
            rule: Some(rule.name.clone()),
        };
        let mut conn = self.pool.get().await?;
        conn.transaction(async |tx| {
            reports::insert(tx, &report).await?;
            audit::record(
                tx,
                &self.env,
                [entry(guild, Act::AutomodFlag, author, rule).telling_of([channel])],
            )
            .await?;
            Ok::<_, Error>(())
        })
        .await?;
        let told = MessageFlagged {
            server_id: guild,
            channel_id: channel,
            message_id: message.id,
            reason: rule.words_for_author(),
        };
        tell([Topic::User(author)], *fence, &told)?.into_iter().for_each(|event| self.bus.publish(event));
        Ok(())
    }
}

impl ScreenFollowUp for PendingAction {
    fn written<'a>(self: Box<Self>, message: &'a MessageView) -> BoxFuture<'a, ()> {
        async move {
            let Some(flag) = &self.flag else { return };
            // The message is there in any case.
            if let Err(error) = self.automod.report(message, flag).await {
                tracing::warn!(%error, message = %message.id, "a message that breaks a rule could not be reported");
            }
        }
        .boxed()
    }

    fn dropped(self: Box<Self>) -> BoxFuture<'static, ()> {
        async move { self.automod.forget(&self.counted).await }.boxed()
    }
}

/// An entry of the audit log: nobody's act, but that of the rule that it names. Not where, nor what the message said: who
/// reads the log may not see the channel.
fn entry(guild: GuildId, act: Act, author: UserId, rule: &Rule) -> Entry {
    Entry::new(guild, None, act)
        .on(author)
        .because(rule.message.clone())
        .to(json!({ "automod": about(rule) }))
}

fn about(rule: &Rule) -> Value {
    json!({ "ruleId": rule.id, "name": rule.name, "kind": rule.trigger.kind() })
}
