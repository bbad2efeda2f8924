//! The composition root: which crates there are, and who gets what.

use backbone::bus::Bus;
use backbone::db::Pool;
use backbone::jobs::Queue;
use guilds::Guilds;
use identity::{Identity, Mailer};
use kernel::{Env, Internal};
use messaging::Messaging;

use crate::config::Settings;
use crate::limits::Limits;

/// Everything that a use case can need. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Services {
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
        Ok(Self {
            limits: Limits::start(settings, &env)?,
            identity: Identity::new(pool.clone(), env.clone(), bus.clone(), jobs.clone(), mailer, accounts)?,
            guilds: Guilds::new(pool.clone(), env.clone(), bus.clone()),
            messaging: Messaging::start(pool.clone(), env.clone(), &bus, &settings.messaging),
            jobs,
            env,
            pool,
            bus,
        })
    }
}
