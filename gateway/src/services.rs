//! The composition root: which crates there are, and who gets what.

use std::collections::HashSet;
use std::ops::Deref;
use std::sync::Arc;

use backbone::bus::Bus;
use backbone::db::Pool;
use backbone::jobs::Queue;
use backbone::presence;
use dm::{Acquaintance, DirectEnds, Dm};
use futures_util::future::{BoxFuture, FutureExt};
use guilds::Guilds;
use identity::{Identity, Mailer, PersonalData};
use kernel::{Env, Internal, UserId};
use media::{Media, Signer};
use messaging::Messaging;
use moderation::{Automod, Moderation};
use social::{OnBlock, Social};
use voice_signaling::ice::IceServers;
use voice_signaling::{Voice, VoiceParts};

use crate::actions::media::PersonalFiles;
use crate::actions::stats::Remembered;
use crate::config::Settings;
use crate::limits::Limits;
use crate::metrics::Figures;
use crate::presence::Presence;
use crate::receipts::Receipts;

/// Everything that a use case can need. Cheap to clone: each call does.
#[derive(Clone, Debug)]
pub struct Services(Arc<Parts>);

/// What [`Services`] are.
#[derive(Debug)]
pub struct Parts {
    /// Time and chance.
    pub env: Env,
    /// PostgreSQL.
    pub pool: Pool,
    /// The event bus.
    pub bus: Bus,
    /// How often people may do things.
    pub limits: Limits,
    /// What is to be done after a commit.
    pub jobs: Queue,
    /// Accounts.
    pub identity: Identity,
    /// Guilds and what their members may do.
    pub guilds: Guilds,
    /// Timelines and messages.
    pub messaging: Messaging,
    /// What was counted lately.
    pub(crate) stats: Remembered,
    /// Keeping order.
    pub moderation: Moderation,
    /// Files.
    pub media: Media,
    /// The same, as holders of data on people.
    pub(crate) files: PersonalFiles,
    /// What looks at messages before they are stored.
    pub automod: Automod,
    /// Friends, requests and blocks.
    pub social: Social,
    /// Who is there.
    pub presence: Presence,
    /// Direct and group conversations.
    pub dm: Dm,
    /// STUN and TURN servers.
    pub(crate) ice: IceServers,
    /// How far people have read, told to those they talk to.
    pub(crate) receipts: Receipts,
    /// Voice channels, huddles and calls, and who is in them.
    pub voice: Voice,
    /// What is counted for the whole gateway.
    pub(crate) figures: Figures,
}

impl Deref for Services {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Who knows whom, as far as conversations ask.
#[derive(Debug)]
struct FromServers(Guilds);

impl Acquaintance for FromServers {
    fn sharing_server(
        &self,
        user: UserId,
        others: Vec<UserId>,
    ) -> BoxFuture<'_, Result<HashSet<UserId>, Internal>> {
        async move { self.0.acquainted(user, &others).await.map_err(Internal::new) }.boxed()
    }
}

impl Services {
    /// Starts the services on the present runtime, which must have several threads: the drivers of database
    /// connections, the bus and the writers live on it.
    ///
    /// # Errors
    /// A setting that contradicts another.
    pub fn start(settings: &Settings, env: Env) -> Result<Self, Internal> {
        let pool = Pool::open(&settings.database)?;
        let bus = Bus::redis(&settings.redis, &env)?;
        let jobs = Queue::new(env.clone());
        let mailer = Mailer::new(&settings.mail, env.clone())?;
        let accounts = &settings.identity;
        let guilds = Guilds::new(pool.clone(), env.clone(), bus.clone());
        let automod = Automod::new(pool.clone(), env.clone(), bus.clone());
        let messaging = Messaging::start(pool.clone(), env.clone(), &bus, &jobs, &settings.messaging)
            .screened_by(Arc::new(automod.clone()))
            .with_room(settings.media.server_quota());
        let (theirs, log) = (guilds.clone(), messaging.clone());
        let signer = Signer::new(&accounts.token_secret, &accounts.token_secrets_accepted);
        let media = Media::new(pool.clone(), env.clone(), &settings.media, signer)?;
        let on_block: [Arc<dyn OnBlock>; 1] = [Arc::new(DirectEnds)];
        let social = Social::new(pool.clone(), env.clone(), bus.clone(), settings.social, on_block);
        let known = Arc::new(FromServers(guilds.clone()));
        let dm = Dm::new(pool.clone(), env.clone(), bus.clone(), messaging.clone(), known);
        let around = VoiceParts {
            pool: pool.clone(),
            env: env.clone(),
            bus: bus.clone(),
            jobs: jobs.clone(),
            guilds: guilds.clone(),
            dm: dm.clone(),
        };
        Ok(Self(Arc::new(Parts {
            dm,
            receipts: Receipts::new(bus.clone()),
            ice: IceServers::new(env.clone(), settings.voice.ice.clone()),
            voice: Voice::new(around, &settings.redis, settings.voice.clone())?,
            social,
            presence: Presence::new(
                presence::Presence::new(&settings.redis, &env)?,
                env.clone(),
                settings.presence,
            ),
            limits: Limits::start(settings, &env)?,
            identity: Identity::new(pool.clone(), env.clone(), bus.clone(), jobs.clone(), mailer, accounts)?,
            moderation: Moderation::new(pool.clone(), env.clone(), bus.clone(), theirs, log),
            files: PersonalFiles(media.clone()),
            media,
            guilds,
            messaging,
            automod,
            jobs,
            stats: Remembered::default(),
            figures: Figures::new(&env),
            env,
            pool,
            bus,
        })))
    }

    /// Everything that holds data on people, in the order in which it is removed: who has left every place reads and
    /// writes nothing any more, so that nothing new comes to what is removed after that.
    pub(crate) fn holders(&self) -> [&dyn PersonalData; 8] {
        [
            &self.guilds,
            &self.moderation,
            &self.dm,
            &self.voice,
            &self.social,
            &self.messaging,
            &self.files,
            &self.identity,
        ]
    }
}
