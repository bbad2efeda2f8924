//! Who is where, kept in Redis for all gateways together. Each change is one script, so one step for all of them.
//!
//! | key | what |
//! | --- | --- |
//! | `user:{id}` | where somebody is, by which device, and how: at most one place |
//! | `place:{id}` | the session at a place |
//! | `in:{place}` | who is in it, in the order of coming |
//! | `scope:{id}` | the places of a scope that have a session |
//! | `due` | until when each of them counts as being there, unless a gateway sees their device again |
//! | `quiet:{scope}:{user}` | what a moderator decided about somebody |

use std::time::Duration;

use backbone::bus::RedisSettings;
use backbone::scripts::{Down, Script, Scripts};
use kernel::{ChannelId, Internal, ScopeId, SessionId, UserId, Version, VoiceSessionId};
use serde::de::DeserializeOwned;

use crate::Error;
use crate::model::{Arrival, Changed, Flags, FlagsChange, Participant, QuietChange, Session, Settled};

/// How long a moderator's decision about somebody counts: they may come back until then, and find it.
const QUIET: Duration = Duration::from_secs(30 * 86_400);

/// Who is where.
pub(crate) struct Store {
    redis: Scripts,
    join: Script,
    leave: Script,
    set: Script,
    quiet: Script,
    settle: Script,
    look: Script,
    participants: Script,
    due: Script,
    renew: Script,
}

/// Somebody who comes to a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Join {
    pub(crate) user: UserId,
    pub(crate) place: ChannelId,
    pub(crate) scope: ScopeId,
    /// The version of the scope at which they may.
    pub(crate) version: Version,
    pub(crate) speaks: bool,
    /// Their session, if there is none yet.
    pub(crate) fresh: VoiceSessionId,
    /// How many may be there.
    pub(crate) limit: u32,
    /// How long they are there without being seen.
    pub(crate) unseen: Duration,
    pub(crate) by: By,
}

/// Who wants it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By {
    /// They themselves, by this device.
    Themselves(SessionId, Flags),
    /// Somebody who moves them from this session: they keep device and flags.
    Mover(VoiceSessionId),
}

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
    pub(crate) participant: Participant,
    /// Whether they may be there, and whether they may speak.
    pub(crate) may: Option<bool>,
}

macro_rules! script {
    ($file:literal) => {
        Script::new(concat!(include_str!("common.lua"), include_str!($file)))
    };
}

impl Store {
    pub(crate) fn new(settings: &RedisSettings) -> Result<Self, Internal> {
        Ok(Self {
            redis: Scripts::new(settings, "voice:")?,
            join: script!("join.lua"),
            leave: script!("leave.lua"),
            set: script!("set.lua"),
            quiet: script!("quiet.lua"),
            settle: script!("settle.lua"),
            look: script!("look.lua"),
            participants: script!("participants.lua"),
            due: script!("due.lua"),
            renew: script!("renew.lua"),
        })
    }

    pub(crate) async fn join(&self, join: &Join) -> Result<Arrival, Error> {
        let (device, flags, from) = match join.by {
            By::Themselves(device, flags) => {
                let Flags { muted, deafened, video, screen } = flags;
                (device.to_string(), [muted, deafened, video, screen].map(text).to_vec(), String::new())
            }
            By::Mover(from) => (String::new(), vec![String::new(); 4], from.to_string()),
        };
        let mut args = vec![
            join.user.to_string(),
            join.place.to_string(),
            join.scope.to_string(),
            join.version.to_string(),
            device,
            join.fresh.to_string(),
            join.limit.to_string(),
            millis(join.unseen),
            from,
            text(join.speaks),
        ];
        args.extend(flags);
        parse(&self.redis.call::<String>(&self.join, &args).await?)
    }

    /// Somebody leaves: a session, or wherever they are. Where they were, if they were there.
    pub(crate) async fn leave(
        &self,
        user: UserId,
        session: Option<VoiceSessionId>,
    ) -> Result<Option<Participant>, Error> {
        let session = session.map(|id| id.to_string()).unwrap_or_default();
        self.maybe(&self.leave, &[user.to_string(), session, String::new()]).await
    }

    /// Somebody leaves whom nobody has seen for too long, unless they were seen just now.
    pub(crate) async fn expire(&self, user: UserId) -> Result<Option<Participant>, Error> {
        self.maybe(&self.leave, &[user.to_string(), String::new(), text(true)]).await
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
        self.maybe(&self.set, &args.collect::<Vec<_>>()).await
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
        self.maybe(&self.quiet, &[user.to_string(), session.to_string(), millis(QUIET), muted, deafened])
            .await
    }

    /// What follows from rights that were read at this version.
    pub(crate) async fn settle(&self, version: Version, verdicts: &[Verdict]) -> Result<Vec<Settled>, Error> {
        let mut args = vec![version.to_string()];
        for Verdict { participant: Participant { user, session, version, .. }, may } in verdicts {
            let may = may.map_or_else(|| "-".to_owned(), text);
            args.extend([user.to_string(), session.to_string(), version.to_string(), may]);
        }
        self.all(&self.settle, &args).await
    }

    /// The sessions at these places.
    pub(crate) async fn at(&self, places: &[ChannelId]) -> Result<Vec<Session>, Error> {
        let places = places.iter().map(ToString::to_string);
        self.all(&self.look, &["place".to_owned()].into_iter().chain(places).collect::<Vec<_>>()).await
    }

    /// The sessions of these scopes.
    pub(crate) async fn of(&self, scopes: &[ScopeId]) -> Result<Vec<Session>, Error> {
        let scopes = scopes.iter().map(ToString::to_string);
        self.all(&self.look, &["scope".to_owned()].into_iter().chain(scopes).collect::<Vec<_>>()).await
    }

    /// Where these people are; who is nowhere is left out.
    pub(crate) async fn participants(&self, users: &[UserId]) -> Result<Vec<Participant>, Error> {
        self.all(&self.participants, &users.iter().map(ToString::to_string).collect::<Vec<_>>()).await
    }

    /// Who has to be seen within this time, or should have been.
    pub(crate) async fn due(&self, within: Duration, limit: usize) -> Result<Vec<Due>, Error> {
        let words: Vec<String> = self.redis.call(&self.due, &[millis(within), limit.to_string()]).await?;
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
        let words: Vec<String> = self.redis.call(&self.renew, &args).await?;
        let (twos, _) = words.as_chunks::<2>();
        let parse = |[scope, version]: &[String; 2]| Some((scope.parse().ok()?, version.parse().ok()?));
        Ok(twos.iter().filter_map(parse).collect())
    }

    async fn maybe<T: DeserializeOwned>(&self, script: &Script, args: &[String]) -> Result<Option<T>, Error> {
        let answer: Result<Option<String>, Down> = self.redis.call(script, args).await;
        answer?.as_deref().map(parse).transpose()
    }

    async fn all<T: DeserializeOwned>(&self, script: &Script, args: &[String]) -> Result<Vec<T>, Error> {
        let answer: Vec<String> = self.redis.call(script, args).await?;
        answer.iter().map(|text| parse(text)).collect()
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
