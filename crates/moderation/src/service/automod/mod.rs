//! Automod: looks at what members write before it is stored, by the rules of their server.
//!
//! Rules are remembered by scope and version. A change of them raises the scope's version, and a message is written only
//! under a grant of the present version (`messaging::fence`); the rules that it was compared with are those of its grant's
//! version. So once a change is acknowledged, no message is written on any gateway that was not compared with the new rules,
//! whether or not the bus told of it. See docs/decisions/0016.

mod act;
mod memory;
mod replace;

use backbone::bus::Bus;
use backbone::db::{Conn, DbError, Pool};
use futures_util::future::{BoxFuture, FutureExt};
use guilds::facts;
use kernel::{Env, GuildId, Permissions, Timestamp};
use messaging::{Passed, Screen, Writing, fence};

use crate::Error;
use crate::automod::{Action, Question, Ready, Ruleset, Text};
use crate::store::tallies::{self, Counted};
use act::PendingAction;
use memory::Memory;

/// The screen of servers. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Automod {
    pool: Pool,
    env: Env,
    bus: Bus,
    memory: Memory,
}

/// What was found out about a message.
struct Look<'a> {
    automod: &'a Automod,
    writing: Writing<'a>,
    guild: GuildId,
    now: Timestamp,
    conn: Option<Conn>,
    counted: Vec<Counted>,
}

impl Automod {
    /// A screen over `pool`, which tells what it does on `bus`.
    pub fn new(pool: Pool, env: Env, bus: Bus) -> Self {
        Self { pool, env, bus, memory: Memory::default() }
    }

    async fn judge(&self, writing: Writing<'_>) -> Result<Passed, Error> {
        // Rules are a server's: a conversation has none. Owners and administrators of servers may
        // manage messages everywhere.
        if writing.grant.is_of_conversation() || writing.grant.has(Permissions::MANAGE_MESSAGES) {
            return Ok(Passed::free());
        }
        let rules = self.memory.rules(&self.pool, writing.grant).await?;
        if rules.is_empty() {
            return Ok(Passed::free());
        }
        if rules.version != writing.grant.version() {
            return Err(messaging::Error::Stale.into());
        }
        let guild = writing.grant.scope().into();
        let (now, conn, counted) = (self.env.now(), None, Vec::new());
        let mut look = Look { automod: self, writing, guild, now, conn, counted };
        match look.verdict(&rules).await {
            Ok(None) => Ok(look.counts()),
            Ok(Some(broken)) if broken.rule.action == Action::Flag => Ok(look.flag(&broken.rule)),
            Ok(Some(broken)) => look.refuse(&broken.rule).await,
            Err(error) => {
                look.forget().await;
                Err(error)
            }
        }
    }
}

impl Screen for Automod {
    fn look<'a>(&'a self, writing: Writing<'a>) -> BoxFuture<'a, Result<Passed, messaging::Error>> {
        self.judge(writing).map(|judged| judged.map_err(messaging::Error::from)).boxed()
    }
}

impl<'a> Look<'a> {
    /// The rule that is acted by: the first of those with the strictest action.
    async fn verdict<'r>(&mut self, rules: &'r Ruleset) -> Result<Option<&'r Ready>, Error> {
        let text = Text::new(self.writing.content);
        let mut roles = None;
        let mut worst: Option<&Ready> = None;
        for ready in rules.holding_in(self.writing.grant.timeline().into()) {
            // All are asked: what is counted is counted, whatever else the message breaks.
            let broken = self.is_broken(ready, &text).await?;
            if !broken || worst.is_some_and(|worst| worst.rule.action >= ready.rule.action) {
                continue;
            }
            if !ready.rule.exempt_roles.is_empty() {
                if roles.is_none() {
                    let (user, guild) = (self.writing.grant.user(), self.guild);
                    roles = Some(facts::roles_of(self.conn().await?, guild, user).await?);
                }
                let held = roles.iter().flatten();
                if held.into_iter().any(|role| ready.rule.exempt_roles.contains(role)) {
                    continue;
                }
            }
            worst = Some(ready);
        }
        Ok(worst)
    }

    async fn is_broken(&mut self, ready: &Ready, text: &Text<'_>) -> Result<bool, Error> {
        match ready.ask(text) {
            Question::No => Ok(false),
            Question::Yes => Ok(true),
            Question::Invites(codes) => {
                let guild = self.guild;
                Ok(facts::invite_elsewhere(self.conn().await?, guild, &codes).await?)
            }
            Question::Often(tally) => {
                let counted = Counted {
                    rule: ready.rule.id,
                    user: self.writing.grant.user(),
                    tally,
                    message: self.writing.message,
                    nonce: self.writing.nonce.map(str::to_string),
                    at: self.now,
                };
                let too_many = tallies::count(self.conn().await?, &counted).await?;
                self.counted.push(counted);
                Ok(too_many)
            }
        }
    }

    /// A connection, when one is needed.
    async fn conn(&mut self) -> Result<&mut Conn, DbError> {
        match &mut self.conn {
            Some(conn) => Ok(conn),
            none => Ok(none.insert(self.automod.pool.get().await?)),
        }
    }

    /// The message goes on; if it is not stored, what was counted is not.
    fn counts(self) -> Passed {
        if self.counted.is_empty() {
            return Passed::free();
        }
        Passed::then(PendingAction { automod: self.automod.clone(), counted: self.counted, flag: None })
    }

    /// Whether the grant is that of the scope's present version: a grant from memory may not be, and nobody is punished
    /// by rules that are gone.
    async fn is_present(&mut self) -> Result<bool, Error> {
        let grant = self.writing.grant;
        let version = fence::version(self.conn().await?, grant.scope()).await.map_err(DbError::from)?;
        Ok(version == Some(grant.version()))
    }

    /// The message is not written: what was counted by this look does not count.
    async fn forget(&mut self) {
        let counted = std::mem::take(&mut self.counted);
        self.automod.forget(&counted).await;
    }
}

impl Automod {
    /// Takes back what was counted. That it could not be is for the log: it is over in some minutes.
    async fn forget(&self, counted: &[Counted]) {
        if counted.is_empty() {
            return;
        }
        let forgotten: Result<(), DbError> = async {
            let mut conn = self.pool.get().await?;
            // As many as the server has rules that count.
            for one in counted {
                tallies::forget(&mut conn, one).await?;
            }
            Ok(())
        }
        .await;
        if let Err(error) = forgotten {
            tracing::warn!(%error, "what automod counted could not be taken back");
        }
    }

    /// Removes up to `limit` counts that are over; how many.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep(&self, limit: i64) -> Result<usize, Error> {
        let mut conn = self.pool.get().await?;
        Ok(tallies::sweep(&mut conn, self.env.now(), limit).await?)
    }
}

impl From<Error> for messaging::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Log(error) => error,
            Error::Database(error) | Error::Guild(guilds::Error::Database(error)) => error.into(),
            // It was deleted meanwhile.
            Error::Guild(guilds::Error::NoGuild) => Self::NoTimeline,
            other => kernel::Internal::new(other).into(),
        }
    }
}
