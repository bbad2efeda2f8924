//! The processes of a run: gateways, Redis, PostgreSQL, and the ways between them.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::RwLock;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::Child;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout};

use super::plan::{Fault, Server, Trouble};
use crate::process::guildhall;
use crate::{Behind, KEY, Postgres, Proxy, Redis};

/// How long a gateway may take to begin, on a busy machine and while PostgreSQL recovers.
const START: Duration = Duration::from_secs(120);
/// How long it may take to stop: `http.shutdown_s` and more.
const STOP: Duration = Duration::from_secs(20);
const DATABASE: &str = "postgres";

/// Everything that runs.
#[derive(Debug)]
pub(super) struct Stage {
    /// Where each gateway is, while it is.
    urls: RwLock<Vec<Option<String>>>,
    gateways: Vec<Mutex<Gateway>>,
    links: Vec<Links>,
    redis: Mutex<Redis>,
    postgres: Mutex<Postgres>,
    /// The database, past every proxy.
    pub(super) database: String,
    /// Where the gateways write what they log.
    pub(super) logs: PathBuf,
}

/// The ways of one gateway.
#[derive(Debug)]
struct Links {
    redis: Proxy,
    postgres: Proxy,
}

/// One gateway.
#[derive(Debug)]
struct Gateway {
    binary: PathBuf,
    settings: Vec<(&'static str, String)>,
    log: PathBuf,
    child: Option<Child>,
}

impl Stage {
    /// Starts everything. None where there is no PostgreSQL that can be started.
    pub(super) async fn set(binary: &str, gateways: usize, logs: PathBuf) -> Option<Self> {
        let postgres = Postgres::start().await?;
        let redis = Redis::start_at_socket().await;
        let database = postgres.url(DATABASE);
        gateway::migrations::up(&database).await.expect("the migrations apply");
        let (mut links, mut started) = (Vec::new(), Vec::new());
        for number in 0..gateways {
            let ways = Links {
                redis: Proxy::before(Behind::Socket(redis.socket())).await,
                postgres: Proxy::before(Behind::Socket(postgres.socket())).await,
            };
            let settings = settings(&postgres.url_through(&ways.postgres, DATABASE), &ways.redis, &logs);
            let log = logs.join(format!("gateway-{number}.log"));
            started.push(Mutex::new(Gateway { binary: binary.into(), settings, log, child: None }));
            links.push(ways);
        }
        let urls = RwLock::new(vec![None; gateways]);
        let (redis, postgres) = (Mutex::new(redis), Mutex::new(postgres));
        let stage = Self { urls, gateways: started, links, redis, postgres, database, logs };
        for number in 0..gateways {
            stage.start(number).await;
        }
        Some(stage)
    }

    /// Where a gateway is. None while it is not there.
    pub(super) fn url(&self, gateway: usize) -> Option<String> {
        self.urls.read().unwrap()[gateway].clone()
    }

    /// How many gateways there are, or should be.
    pub(super) fn gateways(&self) -> usize {
        self.gateways.len()
    }

    /// Starts a gateway, again and again until it serves.
    pub(super) async fn start(&self, number: usize) {
        let mut gateway = self.gateways[number].lock().await;
        let url = timeout(START, gateway.start()).await.expect("a gateway starts");
        self.urls.write().unwrap()[number] = Some(url);
    }

    /// Ends a gateway, at once or as it is asked to; it has no address from then on.
    pub(super) async fn end(&self, number: usize, how: Signal) {
        let mut gateway = self.gateways[number].lock().await;
        self.urls.write().unwrap()[number] = None;
        gateway.signal(how);
        let mut child = gateway.child.take().expect("the gateway runs");
        timeout(STOP, child.wait()).await.expect("a gateway ends when it is told to").unwrap();
    }

    /// The process of a gateway that runs.
    pub(super) async fn pid(&self, number: usize) -> Option<u32> {
        self.gateways[number].lock().await.child.as_ref()?.id()
    }

    /// Lets something go wrong.
    pub(super) async fn begin(&self, fault: Fault) {
        match fault {
            Fault::Kill(number) => self.end(number, Signal::KILL).await,
            Fault::Stop(number) => self.end(number, Signal::TERM).await,
            Fault::Freeze(number) => self.gateways[number].lock().await.signal(Signal::STOP),
            Fault::KillRedis => self.redis.lock().await.kill(),
            Fault::FreezeRedis => self.redis.lock().await.freeze(),
            Fault::KillPostgres => self.postgres.lock().await.kill(),
            Fault::Link(server, number, trouble) => match trouble {
                Trouble::Cut => self.link(server, number).cut(),
                Trouble::Dropped => self.link(server, number).end_connections(),
                Trouble::Flow(to_server, to_clients) => self.link(server, number).flow(to_server, to_clients),
            },
        }
    }

    /// Mends it.
    pub(super) async fn mend(&self, fault: Fault) {
        match fault {
            Fault::Kill(number) | Fault::Stop(number) => self.start(number).await,
            Fault::Freeze(number) => self.gateways[number].lock().await.signal(Signal::CONT),
            Fault::KillRedis => self.redis.lock().await.start_again().await,
            Fault::FreezeRedis => self.redis.lock().await.thaw(),
            Fault::KillPostgres => self.postgres.lock().await.start_again().await,
            Fault::Link(server, number, _) => self.link(server, number).mend(),
        }
    }

    fn link(&self, server: Server, gateway: usize) -> &Proxy {
        match server {
            Server::Redis => &self.links[gateway].redis,
            Server::Postgres => &self.links[gateway].postgres,
        }
    }
}

impl Gateway {
    async fn start(&mut self) -> String {
        loop {
            let mut log = File::options().create(true).append(true).read(true).open(&self.log).unwrap();
            let from = log.seek(SeekFrom::End(0)).unwrap();
            let settings = self.settings.iter().map(|(name, value)| (*name, value.as_str()));
            let mut command = guildhall(self.binary.to_str().unwrap(), &settings.collect::<Vec<_>>());
            command.arg("serve").stdout(Stdio::null()).stderr(log.try_clone().unwrap()).kill_on_drop(true);
            let child = self.child.insert(command.spawn().unwrap());
            let begun = Instant::now();
            while child.try_wait().unwrap().is_none() && begun.elapsed() < START {
                log.seek(SeekFrom::Start(from)).unwrap();
                let mut said = String::new();
                log.read_to_string(&mut said).unwrap();
                if let Some((url, _)) =
                    said.split_once("serves on ").and_then(|(_, rest)| rest.split_once("/ "))
                {
                    return url.to_string();
                }
                sleep(Duration::from_millis(20)).await;
            }
            // It needs PostgreSQL to begin, which may be away.
            sleep(Duration::from_millis(200)).await;
        }
    }

    fn signal(&self, signal: Signal) {
        let pid = self.child.as_ref().and_then(Child::id).expect("the gateway runs");
        kill_process(Pid::from_raw(i32::try_from(pid).unwrap()).unwrap(), signal).unwrap();
    }
}

/// As in production but for what costs time, and for limits: one machine plays everybody.
fn settings(database: &str, redis: &Proxy, logs: &std::path::Path) -> Vec<(&'static str, String)> {
    let folder = |name: &str| logs.join(name).display().to_string();
    vec![
        ("database.url", database.to_string()),
        ("database.max_connections", "8".to_string()),
        ("database.acquire_timeout_ms", "3000".to_string()),
        ("database.connect_timeout_ms", "3000".to_string()),
        ("database.statement_timeout_ms", "10000".to_string()),
        ("redis.url", format!("redis://{}/", redis.address)),
        ("redis.prefix", "chaos:".to_string()),
        ("identity.token_secret", "a secret for tests, of more than 32 characters".to_string()),
        ("identity.keys", KEY.to_string()),
        ("media.folder", folder("kept")),
        ("media.spool", folder("spool")),
    ]
}
