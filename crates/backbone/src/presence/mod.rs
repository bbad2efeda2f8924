//! Who is there, kept in Redis for all gateways together.
//!
//! | key | what |
//! | --- | --- |
//! | `gateways` | when the lease of each gateway ends |
//! | `at:{gateway}` | who is there by that gateway |
//! | `user:{id}` | by which gateways and how active, what they chose, what was told of them last, when they were last seen |
//! | `online` | who is seen to be there |
//!
//! A gateway renews one lease, whoever is there by it: a gateway that dies takes its people along, at no cost while all is
//! well. Leases are compared by Redis' clock, so gateways' clocks need not agree. Whoever settles a change is the only one
//! to learn of it, so it is told once. Scripts touch keys of several kinds: a cluster has all of them in one slot.

use std::time::Duration;

use kernel::{Env, Internal, Timestamp, UserId};
use redis::RedisError;

use crate::redis::{Link, RedisSettings, Script};

/// How long what is known of somebody is kept after its last change: when they were last seen goes with it.
const KEPT: Duration = Duration::from_secs(90 * 86_400);
/// How long one gateway clears up after a dead one before another may.
const TURN: Duration = Duration::from_secs(10);

/// People in one pipeline.
const CHUNK: usize = 500;

/// How somebody is there by one gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// They do something.
    Active,
    /// They are connected, and have done nothing for a while.
    Idle,
}

/// What somebody chose to be seen as. The statuses are `identity`'s; here they are words, of which `online` stands for
/// whatever is true and `offline` for not being seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// A later choice has a higher one: of two that arrive in the wrong order the later counts.
    pub version: i64,
    /// The status.
    pub status: String,
    /// What they are at; empty for nothing.
    pub message: String,
}

/// Somebody who is there by this gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Here {
    /// Who.
    pub user: UserId,
    /// How.
    pub activity: Activity,
    /// What they chose; `None` leaves what is known of it.
    pub chosen: Option<Chosen>,
}

/// How somebody is seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Who.
    pub user: UserId,
    /// The status: `offline` also for who chose it.
    pub status: String,
    /// What they are at; empty for nothing, and for who is not there.
    pub message: String,
    /// When they were last seen to be there; of who is there, the time before.
    pub last_seen: Option<Timestamp>,
    /// What was told last, if it is something else.
    pub before: Option<Before>,
}

/// What was told last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// They were there.
    There,
    /// They were not.
    Gone,
}

/// Redis is not there, or slow.
#[derive(Debug, thiserror::Error)]
#[error("presence is not available")]
pub struct Down(#[source] RedisError);

impl From<RedisError> for Down {
    fn from(error: RedisError) -> Self {
        Self(error)
    }
}

/// Who is there.
pub struct Presence {
    link: Link,
    prefix: String,
    /// This gateway, in Redis.
    gateway: String,
    scripts: Scripts,
}

struct Scripts {
    beat: Script,
    put: Script,
    choose: Script,
    settle: Script,
    dead: Script,
}

impl Presence {
    /// Of this process. Connects when it is asked for something.
    ///
    /// # Errors
    /// A URL is malformed, or the file of the private authority cannot be read.
    pub fn new(settings: &RedisSettings, env: &Env) -> Result<Self, Internal> {
        Ok(Self {
            link: Link::new(settings)?,
            prefix: settings.part("presence"),
            gateway: env.code(b"0123456789abcdefghijklmnopqrstuvwxyz", 16),
            scripts: Scripts {
                beat: Script::new(include_str!("beat.lua")),
                put: Script::new(include_str!("put.lua")),
                choose: Script::new(include_str!("choose.lua")),
                settle: Script::new(include_str!("settle.lua")),
                dead: Script::new(include_str!("dead.lua")),
            },
        })
    }

    /// Renews this gateway's lease. Whether it was in force still: if not, what it had put may be gone.
    ///
    /// # Errors
    /// [`Down`], as of all that follows.
    pub async fn beat(&self, lease: Duration) -> Result<bool, Down> {
        let mut call = self.scripts.beat.key(self.key("gateways"));
        Ok(call.arg(&self.gateway).arg(millis(lease)).on(&mut &self.link).await?)
    }

    /// These are there by this gateway. Give it some hundreds at a time.
    ///
    /// # Errors
    /// [`Down`].
    pub async fn put(&self, people: &[Here]) -> Result<(), Down> {
        if people.is_empty() {
            return Ok(());
        }
        let mut call = self.scripts.put.key(self.people_of(&self.gateway));
        call.arg(self.key("user:")).arg(&self.gateway).arg(millis(KEPT));
        for Here { user, activity, chosen } in people {
            call.arg(user.to_string()).arg(if *activity == Activity::Active { "a" } else { "i" });
            match chosen {
                Some(Chosen { version, status, message }) => {
                    call.arg(*version).arg(status).arg(message);
                }
                None => {
                    call.arg("").arg("").arg("");
                }
            }
        }
        Ok(call.on(&mut &self.link).await?)
    }

    /// These are not there by this gateway any more.
    ///
    /// # Errors
    /// [`Down`].
    pub async fn leave(&self, people: &[UserId]) -> Result<(), Down> {
        self.clear(&self.gateway, people).await
    }

    /// Who is there by this gateway as far as Redis knows.
    ///
    /// # Errors
    /// [`Down`].
    pub async fn mine(&self) -> Result<Vec<UserId>, Down> {
        let ids: Vec<String> =
            redis::cmd("SMEMBERS").arg(self.people_of(&self.gateway)).query_async(&mut &self.link).await?;
        Ok(parsed(ids))
    }

    /// Somebody chose how to be seen.
    ///
    /// # Errors
    /// [`Down`].
    pub async fn choose(&self, user: UserId, chosen: &Chosen) -> Result<(), Down> {
        let mut call = self.scripts.choose.key(self.key(&format!("user:{user}")));
        call.arg(chosen.version).arg(&chosen.status).arg(&chosen.message);
        Ok(call.on(&mut &self.link).await?)
    }

    /// How these are seen now, in their order; what is new of it counts as told from now on. Some hundreds at a time.
    ///
    /// # Errors
    /// [`Down`].
    pub async fn settle(&self, people: &[UserId]) -> Result<Vec<Seen>, Down> {
        self.read(people, true).await
    }

    /// How these are seen now, in their order. Some hundreds at a time.
    ///
    /// # Errors
    /// [`Down`].
    pub async fn look(&self, people: &[UserId]) -> Result<Vec<Seen>, Down> {
        self.read(people, false).await
    }

    /// Those of some people who are seen to be there, in their order.
    ///
    /// # Errors
    /// [`Down`].
    pub async fn online_among(&self, people: &[UserId]) -> Result<Vec<UserId>, Down> {
        if people.is_empty() {
            return Ok(Vec::new());
        }
        let mut call = redis::cmd("ZMSCORE");
        call.arg(self.key("online"));
        for user in people {
            call.arg(user.to_string());
        }
        let scores: Vec<Option<f64>> = call.query_async(&mut &self.link).await?;
        let there = people.iter().zip(scores).filter(|(_, score)| score.is_some());
        Ok(there.map(|(user, _)| *user).collect())
    }

    /// Those of some people who are there by a gateway, seen or not; also by one whose lease has ended, as long as nobody
    /// has cleared up after it.
    ///
    /// # Errors
    /// [`Down`].
    pub async fn connected(&self, people: &[UserId]) -> Result<Vec<UserId>, Down> {
        if people.is_empty() {
            return Ok(Vec::new());
        }
        let mut calls = redis::pipe();
        for user in people {
            calls.cmd("HKEYS").arg(self.key(&format!("user:{user}")));
        }
        let fields: Vec<Vec<String>> = calls.query_async(&mut &self.link).await?;
        let there = |fields: &Vec<String>| fields.iter().any(|field| field.starts_with("g:"));
        Ok(people.iter().zip(&fields).filter(|(_, fields)| there(fields)).map(|(user, _)| *user).collect())
    }

    /// A gateway that is dead, for this one to clear up after: it is this one's turn for some seconds.
    ///
    /// # Errors
    /// [`Down`].
    pub async fn dead(&self) -> Result<Option<String>, Down> {
        let mut call = self.scripts.dead.key(self.key("gateways"));
        Ok(call.arg(self.key("clearing:")).arg(millis(TURN)).on(&mut &self.link).await?)
    }

    /// Some of those whom a dead gateway left behind, at most `limit`; none, when all were cleared.
    ///
    /// # Errors
    /// [`Down`].
    pub async fn left_behind(&self, gateway: &str, limit: usize) -> Result<Vec<UserId>, Down> {
        let mut call = redis::cmd("SRANDMEMBER");
        let ids: Vec<String> =
            call.arg(self.people_of(gateway)).arg(limit).query_async(&mut &self.link).await?;
        Ok(parsed(ids))
    }

    /// These are not there by that gateway any more.
    ///
    /// # Errors
    /// [`Down`].
    pub async fn clear(&self, gateway: &str, people: &[UserId]) -> Result<(), Down> {
        if people.is_empty() {
            return Ok(());
        }
        let at = self.people_of(gateway);
        for chunk in people.chunks(CHUNK) {
            let mut calls = redis::pipe();
            for user in chunk {
                calls.cmd("HDEL").arg(self.key(&format!("user:{user}"))).arg(format!("g:{gateway}")).ignore();
                calls.cmd("SREM").arg(&at).arg(user.to_string()).ignore();
            }
            calls.query_async::<()>(&mut &self.link).await?;
        }
        Ok(())
    }

    /// Forgets a dead gateway that left nobody behind.
    ///
    /// # Errors
    /// [`Down`].
    pub async fn bury(&self, gateway: &str) -> Result<(), Down> {
        Ok(redis::cmd("ZREM").arg(self.key("gateways")).arg(gateway).query_async(&mut &self.link).await?)
    }

    async fn read(&self, people: &[UserId], note: bool) -> Result<Vec<Seen>, Down> {
        if people.is_empty() {
            return Ok(Vec::new());
        }
        let mut call = self.scripts.settle.key(self.key("gateways"));
        call.key(self.key("online")).arg(self.key("user:")).arg(if note { "1" } else { "0" });
        call.arg(millis(KEPT));
        for user in people {
            call.arg(user.to_string());
        }
        let words: Vec<String> = call.on(&mut &self.link).await?;
        let (fours, _) = words.as_chunks::<4>();
        Ok(people.iter().zip(fours).map(|(user, words)| Seen::parse(*user, words)).collect())
    }

    fn people_of(&self, gateway: &str) -> String {
        self.key(&format!("at:{gateway}"))
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }
}

impl std::fmt::Debug for Presence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Presence").field("gateway", &self.gateway).finish_non_exhaustive()
    }
}

impl Seen {
    /// What `settle.lua` answers of one person: what was told last, the status, the message, when they were last seen.
    fn parse(user: UserId, [told, status, message, seen]: &[String; 4]) -> Self {
        let is = if status == GONE { GONE.to_string() } else { format!("{status}\n{message}") };
        let before = if told == GONE { Before::Gone } else { Before::There };
        Self {
            user,
            status: status.clone(),
            message: message.clone(),
            last_seen: seen.parse().ok().and_then(Timestamp::from_millis),
            before: (is != *told).then_some(before),
        }
    }

    /// Somebody of whom nothing is known.
    pub fn nothing(user: UserId) -> Self {
        Self { user, status: GONE.into(), message: String::new(), last_seen: None, before: None }
    }

    /// Whether they are seen to be there.
    pub fn is_there(&self) -> bool {
        self.status != GONE
    }
}

/// The status of who is not there, or does not want to be seen.
const GONE: &str = "offline";

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn parsed(ids: Vec<String>) -> Vec<UserId> {
    ids.into_iter().filter_map(|id| id.parse().ok()).collect()
}
