//! Who is where, kept in Redis for all gateways together. Each change is one script, so one step for all of them; a cluster
//! has all of these keys in one slot.
//!
//! | key | what |
//! | --- | --- |
//! | `user:{id}` | where somebody is, by which device, and how: at most one place |
//! | `place:{id}` | the session at a place |
//! | `session:{id}` | the place of a session |
//! | `in:{place}` | who is in it, in the order of coming |
//! | `people:{place}` | everybody whom a call concerns: `ringing`, or what became of it for them |
//! | `rings` | the places whose calls ring, by when that ends |
//! | `ended` | calls that are over, until they are written down |
//! | `scope:{id}` | the places of a scope that have a session |
//! | `scopes` | the scopes that have some |
//! | `due` | until when each of them counts as being there, unless a gateway sees their device again |
//! | `quiet:{scope}:{user}` | what a moderator decided about somebody |

mod arguments;
mod calls;

use std::time::Duration;

use backbone::redis::RedisSettings;
use backbone::scripts::{FromRedisValue, Script, Scripts};
use kernel::{Env, Internal, ScopeId, SessionId, TimelineId, UserId, Version, VoiceSessionId};
use serde::de::DeserializeOwned;

use crate::Error;
use crate::model::{Arrival, Changed, FlagsChange, Participant, QuietChange, Session, Settled};

pub(crate) use arguments::{By, Join, Ring, Target};

/// How long a moderator's decision about somebody counts: they may come back until then, and find it.
const QUIET: Duration = Duration::from_secs(30 * 86_400);

/// Who is where.
pub(crate) struct Store {
    redis: Scripts,
    env: Env,
    scripts: All,
}

macro_rules! scripts {
    ($($name:ident),+) => {
        /// The scripts, each behind what all begin with.
        struct All { $($name: Script),+ }

        impl All {
            fn new() -> Self {
                Self { $($name: Script::new(concat!(include_str!("common.lua"), include_str!(concat!(stringify!($name), ".lua"))))),+ }
            }
        }
    };
}

scripts!(
    join,
    leave,
    expire,
    set,
    quiet,
    settle,
    look,
    participants,
    due,
    renew,
    decline,
    unanswered,
    ended,
    written
);

/// Somebody who has to be seen soon.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Due {
    pub(crate) user: UserId,
    /// None: they are nowhere any more.
    pub(crate) device: Option<SessionId>,
    /// The time is over.
    pub(crate) over: bool,
}

/// Somebody whose right was read again, as they were before.
#[derive(Clone, Debug)]
pub(crate) struct Verdict {
    pub(crate) user: UserId,
    pub(crate) place: TimelineId,
    pub(crate) session: VoiceSessionId,
    /// The version of their right; none, when they are rung.
    pub(crate) version: Option<Version>,
    /// Whether they may be there, and whether they may speak.
    pub(crate) may: Option<bool>,
}

impl Store {
    pub(crate) fn new(settings: &RedisSettings, env: Env) -> Result<Self, Internal> {
        Ok(Self { redis: Scripts::new(settings, "voice")?, env, scripts: All::new() })
    }

    pub(crate) async fn join(&self, join: &Join) -> Result<Arrival, Error> {
        let join = serde_json::to_string(join).map_err(Internal::new)?;
        parse(&self.run::<String>(&self.scripts.join, &[join]).await?)
    }

    /// Somebody leaves: a session, or wherever they are. Where they were, if they were there.
    pub(crate) async fn leave(
        &self,
        user: UserId,
        session: Option<VoiceSessionId>,
    ) -> Result<Option<Participant>, Error> {
        let session = session.map(|id| id.to_string()).unwrap_or_default();
        self.maybe(&self.scripts.leave, &[user.to_string(), session]).await
    }

    /// Those leave whom nobody has seen for too long, but who were seen just now. Where they were.
    pub(crate) async fn expire(&self, users: &[UserId]) -> Result<Vec<Participant>, Error> {
        if users.is_empty() {
            return Ok(Vec::new());
        }
        let users = users.iter().map(ToString::to_string).collect::<Vec<_>>();
        self.all(&self.scripts.expire, &users).await
    }

    /// Somebody is there otherwise. `None` when they are not in the session.
    pub(crate) async fn set(
        &self,
        user: UserId,
        session: VoiceSessionId,
        change: FlagsChange,
    ) -> Result<Option<Changed>, Error> {
        let FlagsChange { muted, deafened, video, screen } = change;
        let fields = [("muted", muted), ("deafened", deafened), ("video", video), ("screen", screen)];
        let fields = fields.into_iter().filter_map(|(name, value)| Some([name.to_owned(), text(value?)]));
        let args = [user.to_string(), session.to_string()].into_iter().chain(fields.flatten());
        self.maybe(&self.scripts.set, &args.collect::<Vec<_>>()).await
    }

    /// A moderator decides about somebody. `None` when they are not in the session.
    pub(crate) async fn quiet(
        &self,
        user: UserId,
        session: VoiceSessionId,
        change: QuietChange,
    ) -> Result<Option<Changed>, Error> {
        let said = |value: Option<bool>| value.map(text).unwrap_or_default();
        let (muted, deafened) = (said(change.muted), said(change.deafened));
        self.maybe(
            &self.scripts.quiet,
            &[user.to_string(), session.to_string(), millis(QUIET), muted, deafened],
        )
        .await
    }

    /// What follows from rights that were read at this version.
    pub(crate) async fn settle(&self, version: Version, verdicts: &[Verdict]) -> Result<Vec<Settled>, Error> {
        let mut args = vec![version.to_string()];
        for Verdict { user, place, session, version, may } in verdicts {
            let version = version.map(|version| version.to_string()).unwrap_or_default();
            let may = may.map_or_else(|| "-".to_owned(), text);
            args.extend([user.to_string(), place.to_string(), session.to_string(), version, may]);
        }
        self.all(&self.scripts.settle, &args).await
    }

    /// The session of this id.
    pub(crate) async fn find(&self, session: VoiceSessionId) -> Result<Option<Session>, Error> {
        self.look("session", [session]).await.map(|mut found| found.pop())
    }

    /// The sessions of these scopes.
    pub(crate) async fn of(&self, scopes: &[ScopeId]) -> Result<Vec<Session>, Error> {
        self.look("scope", scopes).await
    }

    async fn look(
        &self,
        by: &str,
        ids: impl IntoIterator<Item = impl ToString>,
    ) -> Result<Vec<Session>, Error> {
        let ids = ids.into_iter().map(|id| id.to_string());
        self.all(&self.scripts.look, &[by.to_owned()].into_iter().chain(ids).collect::<Vec<_>>()).await
    }

    /// Where these people are; who is nowhere is left out.
    pub(crate) async fn participants(&self, users: &[UserId]) -> Result<Vec<Participant>, Error> {
        self.all(&self.scripts.participants, &users.iter().map(ToString::to_string).collect::<Vec<_>>()).await
    }

    /// Who has to be seen within this time, or should have been.
    pub(crate) async fn due(&self, within: Duration, limit: usize) -> Result<Vec<Due>, Error> {
        let words: Vec<String> = self.run(&self.scripts.due, &[millis(within), limit.to_string()]).await?;
        let (threes, _) = words.as_chunks::<3>();
        let due = threes.iter().filter_map(|[user, device, over]| {
            Some(Due { user: user.parse().ok()?, device: device.parse().ok(), over: over == "1" })
        });
        Ok(due.collect())
    }

    /// These people are there still, by these devices. The scopes in which they are, and the versions of their rights.
    pub(crate) async fn renew(
        &self,
        unseen: Duration,
        people: &[(UserId, SessionId)],
    ) -> Result<Vec<(ScopeId, Version)>, Error> {
        let mut args = vec![millis(unseen)];
        args.extend(people.iter().flat_map(|(user, device)| [user.to_string(), device.to_string()]));
        let words: Vec<String> = self.run(&self.scripts.renew, &args).await?;
        let (twos, _) = words.as_chunks::<2>();
        let parse = |[scope, version]: &[String; 2]| Some((scope.parse().ok()?, version.parse().ok()?));
        Ok(twos.iter().filter_map(parse).collect())
    }

    async fn maybe<T: DeserializeOwned>(&self, script: &Script, args: &[String]) -> Result<Option<T>, Error> {
        let answer: Option<String> = self.run(script, args).await?;
        answer.as_deref().map(parse).transpose()
    }

    async fn all<T: DeserializeOwned>(&self, script: &Script, args: &[String]) -> Result<Vec<T>, Error> {
        let answer: Vec<String> = self.run(script, args).await?;
        answer.iter().map(|text| parse(text)).collect()
    }

    /// Runs a script at this moment.
    async fn run<T: FromRedisValue>(&self, script: &Script, args: &[String]) -> Result<T, Error> {
        let now = self.env.now().millis().to_string();
        let args = [now].into_iter().chain(args.iter().cloned()).collect::<Vec<_>>();
        Ok(self.redis.call(script, &args).await?)
    }
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("redis", &self.redis).finish_non_exhaustive()
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Internal::new(error).into())
}

fn text(flag: bool) -> String {
    if flag { "1" } else { "0" }.to_owned()
}

fn millis(time: Duration) -> String {
    time.as_millis().to_string()
}
