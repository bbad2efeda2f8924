//! The product, started exactly as in production.

use std::sync::Arc;
use std::time::Duration;

use backbone::scripts::{Script, Scripts};
use gateway::{Running, Settings};
use kernel::{Env, SystemEntropy};
use tokio::time::{Instant, sleep};

use crate::database::Database;
use crate::process;
use crate::process::guildhall;
use crate::store::below;
use crate::{Endpoints, Figures, Gateway, Mailbox, MovedClock, Person, Process, Socket, Store};

/// The key under which secrets are stored, unless a test says otherwise.
pub const KEY: &str = "test-1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// The token for reading figures.
pub const SCRAPE: &str = "a token for scraping, of 34 letters";

/// One or more gateways on one database and one Redis prefix.
#[derive(Debug)]
pub struct App {
    /// The gateways.
    pub gateways: Vec<Gateway>,
    /// Their clock.
    pub clock: Arc<MovedClock>,
    settings: Vec<(String, String)>,
    http: reqwest::Client,
    letters: Option<tempfile::TempDir>,
    files: tempfile::TempDir,
    store: Store,
    // Last: dropped after the gateways.
    database: Database,
}

/// How an app is to be.
#[derive(Debug, Default)]
pub struct AppBuilder {
    settings: Vec<(String, String)>,
    gateways: usize,
    letters: bool,
}

impl AppBuilder {
    /// Whose letters arrive, in [`App::mailbox`].
    #[must_use]
    pub fn with_mail(mut self) -> Self {
        self.letters = true;
        self
    }

    /// Whose figures may be read, by [`App::figures`].
    #[must_use]
    pub fn with_figures(self) -> Self {
        self.with("metrics.token", SCRAPE)
    }

    /// With a setting of its own.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// With so many gateways.
    #[must_use]
    pub fn gateways(mut self, count: usize) -> Self {
        self.gateways = count;
        self
    }

    /// Starts it.
    pub async fn start(self) -> App {
        let endpoints = Endpoints::find();
        let database = Database::create(&endpoints).await;
        let url = database.url();
        let (_, name) = url.rsplit_once('/').unwrap();
        let mut settings = vec![
            ("database.url".to_string(), database.url()),
            ("redis.url".to_string(), endpoints.redis),
            ("redis.prefix".to_string(), format!("{name}:")),
            (
                "identity.token_secret".to_string(),
                "a secret for tests, of more than 32 characters".to_string(),
            ),
            ("identity.keys".to_string(), KEY.to_string()),
            // What must hold between workers is tested on any machine, and no machine starts many.
            ("http.workers".to_string(), "2".to_string()),
            // A test that counts what a sweep removes makes the sweep itself.
            ("workers.sweep_s".to_string(), "86400".to_string()),
        ];
        // A gateway that does not hear from Redis in time counts by itself: on a busy machine that is one call too many. Not where
        // a test takes Redis away.
        if !self.settings.iter().any(|(name, _)| name == "redis.url") {
            settings.push(("limits.redis_timeout_ms".into(), "5000".into()));
        }
        let letters = self.letters.then(|| tempfile::tempdir().expect("a directory for letters"));
        if let Some(letters) = &letters {
            settings.push(("mail.transport".into(), "folder".into()));
            settings.push(("mail.folder".into(), letters.path().display().to_string()));
        }
        let files = tempfile::tempdir().expect("a directory for files");
        let store = Store::new(files.path(), name);
        settings.extend(store.settings());
        settings.push(("media.spool".into(), files.path().join("spool").display().to_string()));
        settings.extend(self.settings);
        let http = crate::http().timeout(crate::PATIENCE * 2).build().unwrap();
        let (gateways, clock) = (Vec::new(), Arc::default());
        let mut app = App { gateways, clock, settings, http, letters, files, store, database };
        for _ in 0..self.gateways.max(1) {
            app.add_gateway().await;
        }
        app
    }
}

impl App {
    /// One gateway with the settings for tests.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// An app of one's own making.
    pub fn builder() -> AppBuilder {
        AppBuilder::default()
    }

    /// Starts one more gateway; returns its number.
    pub async fn add_gateway(&mut self) -> usize {
        self.add_gateway_with(&[]).await
    }

    /// Starts one more gateway with settings of its own; returns its number.
    pub async fn add_gateway_with(&mut self, own: &[(&str, &str)]) -> usize {
        let running = self.launch(own).await;
        self.gateways.push(Gateway { url: format!("http://{}", running.address), running: Some(running) });
        self.gateways.len() - 1
    }

    /// Starts a gateway that was stopped again, on the port that it had.
    pub async fn start_again(&mut self, number: usize) {
        let port = self.gateways[number].url.rsplit_once(':').expect("a port").1.to_string();
        self.gateways[number].running = Some(self.launch(&[("http.port", &port)]).await);
    }

    /// Starts one more gateway as a process of its own, from the product's binary and with settings of its own.
    pub async fn spawn(&self, binary: &str, own: &[(&str, &str)]) -> Process {
        Process::start(binary, &self.with(own)).await
    }

    /// Runs a command of the product's binary to its end, with the app's settings and some of its own. What it wrote to
    /// its error output, when it failed.
    ///
    /// # Errors
    /// It failed.
    pub async fn command(&self, binary: &str, words: &[&str], own: &[(&str, &str)]) -> Result<(), String> {
        let mut command = guildhall(binary, &self.with(own));
        let output = command.args(words).output().await.expect("the binary runs");
        if output.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    /// The app's settings with some more.
    fn with<'a>(&'a self, own: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let common = self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        common.chain(own.iter().copied()).collect()
    }

    /// Runs a chore of the product's binary to its end, with something to read; whether it says that all went well, and
    /// what it said.
    pub async fn chore(&self, binary: &str, arguments: &[&str], input: &str) -> (bool, String) {
        let common = self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        process::run(binary, &common.collect::<Vec<_>>(), arguments, input).await
    }

    async fn launch(&self, own: &[(&str, &str)]) -> Running {
        let settings = Settings::with("test", &self.with(own)).unwrap_or_else(|error| panic!("{error}"));
        let env = Env::new(self.clock.clone(), Arc::new(SystemEntropy));
        let running = gateway::start(settings, env).await.unwrap_or_else(|error| panic!("{error}"));
        eventually_up(&running).await;
        running
    }

    /// Where its letters arrive, if it was built [with mail](AppBuilder::with_mail).
    pub fn mailbox(&self) -> Mailbox {
        Mailbox::at(self.letters.as_ref().expect("an app with mail").path())
    }

    /// The keys of the files that it keeps; and those that are arriving, which have no names.
    pub fn files(&self) -> Vec<String> {
        let mut found = self.store.keys();
        found.extend(below(&self.spool()));
        found
    }

    /// Where its files are kept.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The folder where files are written while they arrive, and worked at.
    pub fn spool(&self) -> std::path::PathBuf {
        self.files.path().join("spool")
    }

    /// What the first gateway works with: for what has no call yet.
    pub fn services(&self) -> &gateway::services::Services {
        &self.gateways[0].running.as_ref().expect("the gateway runs").services
    }

    /// The figures of a gateway of an app that was built [with figures](AppBuilder::with_figures), to which all its workers
    /// answered.
    pub async fn figures(&self, gateway: usize) -> Figures {
        let url = format!("{}/metrics", self.gateways[gateway].url);
        let deadline = Instant::now() + crate::PATIENCE * 2;
        loop {
            let answer = self.http.get(&url).bearer_auth(SCRAPE).send().await.unwrap();
            assert_eq!(answer.status(), 200);
            let figures = Figures::parse(&answer.text().await.unwrap());
            let of = |name: &str| figures.samples.iter().filter(|sample| sample.name == name).count();
            if of("guildhall_worker_response_seconds") == of("guildhall_ws_sessions") {
                return figures;
            }
            assert!(Instant::now() < deadline, "a worker never answers");
        }
    }

    /// Stops a gateway gracefully.
    pub async fn stop(&mut self, number: usize) {
        self.gateways[number].running.take().expect("the gateway runs").stop().await;
    }

    /// Where the first gateway is.
    pub fn url(&self) -> &str {
        &self.gateways[0].url
    }

    /// The app's database, for looks behind the scenes.
    pub fn database_url(&self) -> String {
        self.database.url()
    }

    /// Does something behind the scenes.
    pub async fn sql(&self, text: &str) {
        self.database.execute(text).await;
    }

    /// Reads behind the scenes: the first row's bigint called `number`.
    pub async fn number(&self, text: &str) -> i64 {
        self.database.number(text).await
    }

    /// How many rows there are: of a table, or of `table WHERE …`.
    pub async fn count(&self, rows: &str) -> i64 {
        self.number(&format!("SELECT count(*) AS number FROM {rows}")).await
    }

    /// Reads behind the scenes: the column `name` of every row, which must be text.
    pub async fn texts(&self, text: &str) -> Vec<String> {
        self.database.texts(text).await
    }

    /// Jobs that are not done and not given up.
    pub async fn open_jobs(&self) -> i64 {
        self.count("jobs WHERE failed_at IS NULL").await
    }

    /// The value of an SQL expression, as text; empty for NULL.
    pub async fn value(&self, expression: &str) -> String {
        self.database.value(expression).await
    }

    /// Asserts what must be true of every guild in the database, whatever happened.
    pub async fn guilds_are_whole(&self) {
        let broken = self.database.texts(crate::invariants::GUILDS).await;
        assert!(broken.is_empty(), "{broken:?}");
    }

    /// Asserts what must be true of all voice sessions in Redis, and of all calls in the database once everything is written
    /// down, whatever happened.
    pub async fn voice_is_whole(&self) {
        let settings = Settings::with("test", &self.with(&[])).unwrap_or_else(|error| panic!("{error}"));
        let redis = Scripts::new(&settings.redis, "voice").unwrap();
        let script = Script::new(include_str!("voice.lua"));
        let deadline = Instant::now() + crate::PATIENCE;
        loop {
            let broken = redis.call::<Vec<String>>(&script, &[]).await.unwrap();
            if broken.is_empty() && self.open_jobs().await == 0 {
                break;
            }
            assert!(Instant::now() < deadline, "{broken:?}");
            sleep(Duration::from_millis(50)).await;
        }
        let broken = self.database.texts(crate::invariants::CALLS).await;
        assert!(broken.is_empty(), "{broken:?}");
    }

    /// Asserts what must be true of every message in the database, whatever happened.
    pub async fn messages_are_whole(&self) {
        let broken = self.database.texts(crate::invariants::MESSAGES).await;
        assert!(broken.is_empty(), "{broken:?}");
    }

    /// Somebody without an account, at a gateway.
    pub fn stranger_at(&self, gateway: usize) -> Person {
        Person::stranger(self.http.clone(), self.gateways[gateway].url.clone())
    }

    /// Somebody without an account.
    pub fn stranger(&self) -> Person {
        self.stranger_at(0)
    }

    /// Somebody with a new account.
    pub async fn person(&self, username: &str) -> Person {
        self.stranger().sign_up(username).await
    }

    /// Somebody with a new account that is an administrator's.
    pub async fn admin(&self, username: &str) -> Person {
        let person = self.person(username).await;
        let id = person.id.parse().expect("an id");
        self.services().identity.appoint(id).await.expect("they are appointed");
        // Their first token told that they are not.
        person.log_in(username).await
    }

    /// A socket of a person at a gateway, after `ready`.
    pub async fn socket(&self, person: &Person, gateway: usize) -> Socket {
        let (socket, _) = self.socket_and_ready(person, gateway, "").await;
        socket
    }

    /// A socket opened with a query string, and its `ready`.
    pub async fn socket_and_ready(
        &self,
        person: &Person,
        gateway: usize,
        query: &str,
    ) -> (Socket, serde_json::Value) {
        let mut socket = Socket::open(&self.gateways[gateway].url, query, Some(person.token())).await;
        let ready = socket.expect("ready").await;
        (socket, ready)
    }
}

impl Drop for App {
    fn drop(&mut self) {
        for running in self.gateways.iter_mut().filter_map(|gateway| gateway.running.take()) {
            // Ends the server's threads without waiting: the database is dropped by force.
            tokio::spawn(running.stop());
        }
    }
}

/// The bus and the limits need a moment to connect; a test that does not want to know waits for it.
async fn eventually_up(running: &Running) {
    for _ in 0..250 {
        if running.services.bus.health().up && running.services.limits.is_shared() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the bus or the limits never came up");
}
