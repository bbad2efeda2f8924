//! Who is there: online with the first session anywhere, offline a while after the last, away after a while without a
//! command, and on top of it what they chose to be seen as.
//!
//! Sessions come and go in memory (`local`). Once in a while (`presence.coalesce_ms`) what changed is written to
//! Redis (`backbone::presence`), settled there, and told (`tell`): one event for each server, however many of its members
//! changed; in a storm less often. So presence never makes anybody wait, and stands still while Redis is away.

pub(crate) mod event;
mod local;
mod partners;
mod settings;
mod tell;
mod untold;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use backbone::presence::{Chosen, Down, Presence as Store, Seen};
use identity::{PresenceView, Status, User};
use kernel::{Env, Timestamp, UserId};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use crate::services::Services;
use local::LocalPresence;
use untold::Untold;

pub use settings::PresenceSettings;
pub(crate) use tell::{frames, introduce, part};

/// People in one call of Redis.
const CHUNK: usize = 500;
/// People whose changes are told together: a round of more goes on in the next.
const ROUND: usize = 4_000;
/// People whose changes are told in a round at the usual pace. After more the next round comes later, in proportion: in a storm
/// everybody is told more at once, not more often.
const CALM: usize = 100;
/// How many times later at most.
const SLOWEST: usize = 5;
/// Renewals of the lease while it lasts.
const BEATS: u32 = 3;
/// How long a look may take; without an answer nothing is said of who is there.
const GLANCE: Duration = Duration::from_secs(1);

/// Who is there. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Presence(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    env: Env,
    store: Store,
    settings: PresenceSettings,
    local: Mutex<LocalPresence>,
    untold: Mutex<Untold>,
    /// Redis answered when it was asked last.
    up: AtomicBool,
    crowded: tell::CrowdedServers,
}

impl Presence {
    /// Of this process.
    pub(crate) fn new(store: Store, env: Env, settings: PresenceSettings) -> Self {
        let (local, untold, crowded) = (Mutex::default(), Mutex::default(), tell::CrowdedServers::default());
        Self(Arc::new(Inner { env, store, settings, local, untold, up: AtomicBool::new(true), crowded }))
    }

    /// A session of somebody begins. `asked` is from before the account was read: what was chosen since counts.
    ///
    /// From now on whoever comes or goes finds them [connected](Self::connected), and they are told of it: so what is read
    /// of others afterwards and what is told meet without a gap.
    pub(crate) async fn enter(&self, user: &User, asked: Timestamp) {
        let unsaid = self.local().enter(user.id, chosen(user, asked), Instant::now());
        if let Some(here) = unsaid
            && self.0.up.load(Ordering::Acquire)
        {
            // The next round says it again, if this fails or not.
            let _ = timeout(GLANCE, self.0.store.put(&[here])).await;
        }
    }

    /// A session of somebody ends, that [began](Self::enter).
    pub(crate) fn exit(&self, user: UserId) {
        self.local().exit(user, Instant::now(), self.0.settings.grace());
    }

    /// They do something.
    pub(crate) fn act(&self, user: UserId) {
        self.local().act(user, Instant::now());
    }

    /// They chose how to be seen, and it is committed.
    pub(crate) async fn choose(&self, user: &User) {
        let chosen = chosen(user, self.0.env.now());
        self.local().choose(user.id, chosen.clone());
        // Also when they are there by another gateway only. If Redis is away, that one reads the account again later.
        let _ = timeout(GLANCE, self.0.store.choose(user.id, &chosen)).await;
        self.local().unsettle([user.id]);
    }

    /// How these are seen; nobody, while Redis is away.
    pub(crate) async fn look(&self, people: &[UserId]) -> Vec<Seen> {
        let mut all = Vec::with_capacity(people.len());
        for chunk in people.chunks(CHUNK) {
            if !self.0.up.load(Ordering::Acquire) {
                return Vec::new();
            }
            match timeout(GLANCE, self.0.store.look(chunk)).await {
                Ok(Ok(seen)) => all.extend(seen),
                Ok(Err(_)) | Err(_) => return Vec::new(),
            }
        }
        all
    }

    /// Those of some people who are seen to be there, in their order; nobody, while Redis is away.
    pub(crate) async fn online_among(&self, people: &[UserId]) -> Vec<UserId> {
        match timeout(GLANCE, self.0.store.online_among(people)).await {
            Ok(Ok(online)) => online,
            Ok(Err(_)) | Err(_) => Vec::new(),
        }
    }

    /// Those of some people who may have sessions; all of them, while Redis is away.
    async fn connected(&self, people: &[UserId]) -> Vec<UserId> {
        let mut connected = Vec::with_capacity(people.len());
        for chunk in people.chunks(CHUNK) {
            connected.extend(self.0.store.connected(chunk).await.unwrap_or_else(|_| chunk.to_vec()));
        }
        connected
    }

    fn local(&self) -> MutexGuard<'_, LocalPresence> {
        self.0.local.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes, settles and tells what changes, until it is aborted.
    pub(crate) async fn run(services: Services) {
        let presence = services.presence.clone();
        let settings = presence.0.settings;
        let mut next = Instant::now();
        let mut beats = interval(settings.lease() / BEATS);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let done = tokio::select! {
                biased;
                _ = beats.tick() => presence.beat(&services).await,
                () = sleep_until(next) => {
                    let told = presence.round(&services).await;
                    next = Instant::now() + settings.coalesce() * pace(*told.as_ref().unwrap_or(&0));
                    told.map(drop)
                }
            };
            let up = done.is_ok();
            if presence.0.up.swap(up, Ordering::AcqRel) != up {
                tracing::info!(up, "presence");
            }
        }
    }

    /// Renews the lease, and clears up after gateways that did not.
    async fn beat(&self, services: &Services) -> Result<(), Down> {
        let was_up = self.0.up.load(Ordering::Acquire);
        if !self.0.store.beat(self.0.settings.lease()).await? || !was_up {
            self.recover(services).await?;
        }
        while let Some(gateway) = self.0.store.dead().await? {
            loop {
                let left = self.0.store.left_behind(&gateway, ROUND).await?;
                if left.is_empty() {
                    self.0.store.bury(&gateway).await?;
                    break;
                }
                // Noted here before it is forgotten there: nobody is left out if this gateway dies now.
                self.settle(services, &left).await?;
                self.0.store.clear(&gateway, &left).await?;
            }
        }
        Ok(())
    }

    /// Redis was away, or took this gateway for dead: everybody here is told anew, as they are now.
    async fn recover(&self, services: &Services) -> Result<(), Down> {
        let known = self.0.store.mine().await?;
        let asked = self.0.env.now();
        let here = self.local().everybody();
        for chunk in here.chunks(CHUNK) {
            // Without the database what is remembered must do.
            for user in services.identity.users(chunk).await.unwrap_or_default() {
                self.local().choose(user.id, chosen(&user, asked));
            }
        }
        self.local().again(known);
        Ok(())
    }

    /// Writes, settles and tells; of how many people.
    async fn round(&self, services: &Services) -> Result<usize, Down> {
        let due = self.local().due(Instant::now(), self.0.settings.away_after());
        if let Err(error) = self.write(&due).await {
            self.local().put_back(due);
            return Err(error);
        }
        let unsettled = self.local().take_unsettled(ROUND);
        match self.settle(services, &unsettled).await {
            Ok(()) => Ok(unsettled.len()),
            Err(error) => {
                self.local().unsettle(unsettled);
                Err(error)
            }
        }
    }

    async fn write(&self, due: &local::PendingWrites) -> Result<(), Down> {
        for chunk in due.here.chunks(CHUNK) {
            self.0.store.put(chunk).await?;
        }
        for chunk in due.gone.chunks(CHUNK) {
            self.0.store.leave(chunk).await?;
        }
        Ok(())
    }

    /// Finds out what is new of these, and tells it.
    async fn settle(&self, services: &Services, people: &[UserId]) -> Result<(), Down> {
        let mut settled = Ok(());
        for chunk in people.chunks(CHUNK) {
            match self.0.store.settle(chunk).await {
                Ok(seen) => {
                    let mut untold = self.untold();
                    seen.into_iter().filter(|seen| seen.before.is_some()).for_each(|seen| untold.add(seen));
                }
                Err(error) => {
                    settled = Err(error);
                    break;
                }
            }
        }
        // What was settled is told, whatever became of the rest: nobody else learns of it.
        self.tell(services).await;
        settled
    }

    /// Tells what is settled. What cannot be told now is told in a later round.
    async fn tell(&self, services: &Services) {
        loop {
            let news = self.untold().take(ROUND);
            if news.is_empty() {
                return;
            }
            if let Err(error) = tell::tell(services, &self.0.crowded, &news, &self.0.settings).await {
                let mut untold = self.untold();
                news.into_iter().for_each(|seen| untold.add(seen));
                tracing::warn!(%error, people = untold.len(), "changes of presence wait to be told");
                return;
            }
        }
    }

    fn untold(&self) -> MutexGuard<'_, Untold> {
        self.0.untold.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }
}

/// How many times as long as usual the next round is waited for, after one of so many people.
fn pace(people: usize) -> u32 {
    u32::try_from(people.div_ceil(CALM).clamp(1, SLOWEST)).unwrap_or(1)
}

fn chosen(user: &User, version: Timestamp) -> Chosen {
    let message = user.status_message.clone().unwrap_or_default();
    Chosen { version: version.millis(), status: user.status.as_str().into(), message }
}

/// How somebody is seen, for those who may.
pub(crate) fn view(seen: &Seen) -> PresenceView {
    PresenceView {
        id: seen.user,
        status: Status::from_name(&seen.status).unwrap_or(Status::Offline),
        status_message: Some(seen.message.clone()).filter(|message| !message.is_empty()),
        is_online: seen.is_there(),
        last_seen: seen.last_seen,
    }
}
