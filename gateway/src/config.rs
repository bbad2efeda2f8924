//! The settings: one struct a section. The process refuses to start on a bad value and names it.

use std::path::PathBuf;

use backbone::db::DbSettings;
use backbone::jobs::JobSettings;
use backbone::redis::RedisSettings;
use backbone::settings::{Fault, list};
use config::builder::DefaultState;
use config::{Config, ConfigBuilder, Environment, File, FileFormat};
use identity::mail::MailTransport;
use identity::{IdentitySettings, MailSettings};
use ipnet::IpNet;
use media::MediaSettings;
use messaging::MessagingSettings;
use serde::Deserialize;
use social::SocialSettings;
use voice_signaling::VoiceSettings;

use crate::http::nets;

pub use crate::http::ForwardedHeader;
pub use crate::limits::LimitSettings;
pub use crate::metrics::MetricsSettings;
pub use crate::presence::PresenceSettings;
pub use crate::workers::WorkerSettings;

/// Everything that can be set. `config/default.toml` says what each setting means.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where and how to listen.
    pub http: HttpSettings,
    /// PostgreSQL.
    pub database: DbSettings,
    /// Redis.
    pub redis: RedisSettings,
    /// What is done after a commit.
    pub jobs: JobSettings,
    /// What is done now and then.
    pub workers: WorkerSettings,
    /// Accounts.
    pub identity: IdentitySettings,
    /// Letters.
    pub mail: MailSettings,
    /// Messages.
    pub messaging: MessagingSettings,
    /// Files.
    pub media: MediaSettings,
    /// Friends and blocks.
    pub social: SocialSettings,
    /// Who is there.
    pub presence: PresenceSettings,
    /// Voice channels and calls.
    pub voice: VoiceSettings,
    /// WebSocket sessions.
    pub ws: WsSettings,
    /// Rates.
    pub limits: LimitSettings,
    /// Who may read the figures.
    pub metrics: MetricsSettings,
    /// What is logged, and how.
    pub log: LogSettings,
}

/// Where and how to listen.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpSettings {
    /// An address of this machine.
    pub host: String,
    /// A port; 0 lets the system choose.
    pub port: u16,
    /// Worker threads; 0 means one per core.
    pub workers: usize,
    /// Origins of browser frontends; in the environment separated by commas.
    #[serde(deserialize_with = "list")]
    pub allowed_origins: Vec<String>,
    /// Proxies that may say where a call comes from: addresses or networks.
    #[serde(deserialize_with = "nets")]
    pub trusted_proxies: Vec<IpNet>,
    /// The header in which they say it.
    pub forwarded_header: ForwardedHeader,
    /// How long a graceful stop may take, seconds.
    pub shutdown_s: u64,
    /// How long a client may take to send its request, seconds.
    pub client_timeout_s: u64,
}

/// WebSocket sessions.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WsSettings {
    /// Seconds between pings.
    pub heartbeat_s: u64,
    /// Seconds of silence after which a peer is dropped.
    pub silence_s: u64,
    /// Seconds that authentication may take.
    pub authenticate_s: u64,
    /// Bytes that may wait for one session.
    pub queue_bytes: usize,
    /// Commands a minute.
    pub commands_per_minute: u32,
    /// Commands at once.
    pub command_burst: u32,
}

impl WsSettings {
    /// The first setting that is no good.
    fn fault(&self) -> Option<Fault> {
        Fault::first([
            (
                self.heartbeat_s > 0 && self.heartbeat_s < self.silence_s,
                "ws.heartbeat_s",
                "must be positive and less than ws.silence_s",
            ),
            (self.queue_bytes >= 65_536, "ws.queue_bytes", "must be at least 65536"),
            (self.commands_per_minute > 0, "ws.commands_per_minute", "must be at least 1"),
            (self.command_burst > 0, "ws.command_burst", "must be at least 1"),
        ])
    }
}

/// What is logged, and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSettings {
    /// One JSON object a line, or lines for people.
    pub format: LogFormat,
    /// In the syntax of tracing-subscriber's filters.
    pub filter: String,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One object a line.
    Json,
    /// For people.
    Text,
}

/// Why the settings are no good. Names the setting and says what it must be.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A source could not be read, or a value has the wrong type.
    #[error("configuration: {0}")]
    Source(#[from] config::ConfigError),
    /// A value is not allowed.
    #[error("configuration: {0} (environment: GUILDHALL__{variable})", variable = variable(.0.name))]
    Value(#[from] Fault),
}

/// The default settings and those of `env` on top.
fn builtin(env: &str) -> Result<ConfigBuilder<DefaultState>, config::ConfigError> {
    let own = match env {
        "dev" => include_str!("../../config/dev.toml"),
        "test" => include_str!("../../config/test.toml"),
        "production" => include_str!("../../config/production.toml"),
        other => {
            let words = format!("GUILDHALL_ENV is {other:?}, and must be dev, test or production");
            return Err(config::ConfigError::Message(words));
        }
    };
    Ok(Config::builder()
        .add_source(File::from_str(include_str!("../../config/default.toml"), FileFormat::Toml))
        .add_source(File::from_str(own, FileFormat::Toml)))
}

fn variable(name: &str) -> String {
    name.to_uppercase().replace('.', "__")
}

impl Settings {
    /// The settings of this process, from the built-in files, `GUILDHALL_CONFIG` and the environment.
    ///
    /// # Errors
    /// What is wrong, by name.
    pub fn load() -> Result<Self, SettingsError> {
        let env = std::env::var("GUILDHALL_ENV").unwrap_or_else(|_| "production".into());
        let mut sources = builtin(&env)?;
        if let Some(path) = std::env::var_os("GUILDHALL_CONFIG") {
            sources =
                sources.add_source(File::from(PathBuf::from(path)).format(FileFormat::Toml).required(true));
        }
        let variables =
            Environment::with_prefix("GUILDHALL").prefix_separator("__").separator("__").try_parsing(true);
        Self::build(sources.add_source(variables), &env)
    }

    /// The built-in settings of `env` (dev, test or production) with some values of one's own: for programs that have
    /// their settings elsewhere, and for tests.
    ///
    /// # Errors
    /// What is wrong, by name.
    pub fn with(env: &str, own: &[(&str, &str)]) -> Result<Self, SettingsError> {
        let sources =
            own.iter().try_fold(builtin(env)?, |sources, (name, value)| sources.set_override(*name, *value));
        Self::build(sources?, env)
    }

    fn build(sources: ConfigBuilder<DefaultState>, env: &str) -> Result<Self, SettingsError> {
        let settings: Self = sources.build()?.try_deserialize()?;
        match settings.fault(env == "production") {
            Some(fault) => Err(fault.into()),
            None => Ok(settings),
        }
    }

    fn fault(&self, production: bool) -> Option<Fault> {
        let postgres =
            ["postgres://", "postgresql://"].iter().any(|scheme| self.database.url.starts_with(scheme));
        let letters = self.mail.transport != MailTransport::None;
        let together = || {
            Fault::first([
                (
                    self.database.max_connections > self.messaging.writers,
                    "database.max_connections",
                    "must be more than messaging.writers",
                ),
                (
                    letters || !self.identity.require_verified_email,
                    "identity.require_verified_email",
                    "must be false where no letters leave (mail.transport)",
                ),
            ])
        };
        let url = "must be set to a URL that starts with postgres:// or postgresql://";
        Fault::first([(postgres, "database.url", url)])
            .or_else(|| self.redis.fault())
            .or_else(|| self.jobs.fault())
            .or_else(|| self.workers.fault())
            .or_else(|| self.identity.fault(production))
            .or_else(|| self.mail.fault(production))
            .or_else(|| self.messaging.fault())
            .or_else(|| self.media.fault())
            .or_else(|| self.social.fault())
            .or_else(|| self.presence.fault())
            .or_else(|| self.voice.fault())
            .or_else(|| self.ws.fault())
            .or_else(|| self.limits.fault())
            .or_else(|| self.metrics.fault())
            .or_else(together)
    }

    /// The settings in force, for people: secrets hidden.
    pub fn describe(&self) -> String {
        let hidden = |set: bool| if set { "(set, hidden)" } else { "(not set)" };
        format!(
            "{:#?}\n{:#?}\ndatabase.url {}\n{:#?}\nredis.url {}\n{:#?}\nidentity.token_secret {}\n{:#?}\nmail.smtp_url {}\n{:#?}\n{:#?}\n{:#?}\n{:#?}\nmedia.s3.secret_key {}\n{:#?}\n{:#?}\n{:#?}\nvoice.ice.secret {}\n{:#?}\n{:#?}\nmetrics.token {}\n{:#?}\n{:#?}",
            self.http,
            self.database,
            hidden(!self.database.url.is_empty()),
            self.redis,
            hidden(!self.redis.url.is_empty()),
            self.identity,
            hidden(!self.identity.token_secret.is_empty()),
            self.mail,
            hidden(!self.mail.smtp_url.is_empty()),
            self.jobs,
            self.workers,
            self.messaging,
            self.media,
            hidden(!self.media.s3.secret_key.is_empty()),
            self.social,
            self.presence,
            self.voice,
            hidden(!self.voice.ice.secret.is_empty()),
            self.ws,
            self.limits,
            hidden(self.metrics.token.is_some()),
            self.metrics,
            self.log,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Settings;

    const REQUIRED: [(&str, &str); 4] = [
        ("database.url", "postgres://localhost/x"),
        ("redis.url", "redis://localhost/"),
        ("identity.token_secret", "a secret of at least thirty-two characters"),
        ("identity.keys", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
    ];

    fn with(env: &str, own: &[(&str, &str)]) -> Result<Settings, String> {
        let all = REQUIRED.iter().chain(own).copied().collect::<Vec<_>>();
        Settings::with(env, &all).map_err(|error| error.to_string())
    }

    #[test]
    fn the_built_in_settings_of_every_environment_are_good() {
        for env in ["dev", "test", "production"] {
            assert!(with(env, &[]).is_ok(), "{env}: {:?}", with(env, &[]).err());
        }
    }

    #[test]
    fn a_bad_value_is_named_with_its_variable() {
        for (name, value) in [
            ("identity.token_secret", "short"),
            ("identity.passwords.cost", "4"),
            ("identity.keys", ""),
            ("identity.sms.provider", "folder"),
            ("identity.second_factor.name", ""),
            ("ws.heartbeat_s", "90"),
            ("messaging.writers", "0"),
            ("social.friends", "0"),
            ("voice.ice.turn", "stun:turn.example.org"),
            ("voice.ice.lifetime_s", "1"),
            ("voice.channel_members", "1"),
            ("voice.call_members", "1"),
            ("voice.ring_s", "1"),
            ("messaging.pins_max", "251"),
            ("limits.redis_timeout_ms", "0"),
            ("metrics.token", "short"),
            ("metrics.listen", "9464"),
            ("media.image_mb", "0"),
            ("media.files", "101"),
            ("jobs.concurrency", "0"),
            ("workers.sweep_s", "0"),
            ("mail.transport", "folder"),
            ("mail.from", "nobody"),
            ("identity.require_verified_email", "true"),
            ("database.url", "mysql://x"),
            ("redis.url", "localhost:6379"),
            ("redis.nodes", "redis://localhost:7000"),
            ("redis.prefix", ""),
        ] {
            let error = with("production", &[(name, value)]).unwrap_err();
            let variable = format!("GUILDHALL__{}", name.to_uppercase().replace('.', "__"));
            assert!(error.contains(name) && error.contains(&variable), "{error}");
        }
        assert!(
            with("dev", &[("http.prot", "1")]).unwrap_err().contains("prot"),
            "an unknown setting is named"
        );
        assert!(with("dev", &[("http.port", "70000")]).unwrap_err().contains("http.port"));
        assert!(with("staging", &[]).is_err());
    }

    #[test]
    fn lists_may_be_one_string() {
        let settings =
            with("dev", &[("http.allowed_origins", "https://a.example, https://b.example")]).unwrap();
        assert_eq!(settings.http.allowed_origins, ["https://a.example", "https://b.example"]);
    }

    #[test]
    fn rates_and_proxies_that_cannot_be_used_are_named() {
        let error = with("dev", &[("limits.invites.burst", "0")]).unwrap_err();
        assert!(error.contains("limits.invites"), "{error}");
        let settings = with("dev", &[("http.trusted_proxies", "10.0.0.0/8, ::1")]).unwrap();
        assert_eq!(settings.http.trusted_proxies.len(), 2);
        let error = with("dev", &[("http.trusted_proxies", "10.0.0.0/33")]).unwrap_err();
        assert!(error.contains("10.0.0.0/33") && error.contains("trusted_proxies"), "{error}");
        assert!(with("dev", &[("http.forwarded_header", "x-real-ip")]).is_err());
    }

    #[test]
    fn turn_servers_need_a_secret_and_addresses_that_are_some() {
        let turn = ("voice.ice.turn", "turn:turn.example.org, turns:turn.example.org:443?transport=tcp");
        assert!(with("dev", &[turn]).unwrap_err().contains("voice.ice.secret"));
        let settings = with("dev", &[turn, ("voice.ice.secret", &"x".repeat(32))]).unwrap();
        assert_eq!(settings.voice.ice.turn.len(), 2);
        let error = with("dev", &[("voice.ice.stun", "stun.example.org:3478")]).unwrap_err();
        assert!(error.contains("stun.example.org:3478") && error.contains("voice.ice.stun"), "{error}");
    }

    #[test]
    fn a_bucket_is_looked_at_only_where_it_is_used() {
        assert!(with("dev", &[("media.s3.endpoint", "ftp://x")]).is_ok());
        let s3 = ("media.storage", "s3");
        for (name, value) in [
            ("media.s3.bucket", ""),
            ("media.s3.endpoint", "ftp://x"),
            ("media.s3.prefix", "../x"),
            ("media.s3.access_key", "x"),
        ] {
            let error = with("dev", &[s3, ("media.s3.bucket", "files"), (name, value)]).unwrap_err();
            let told = if name == "media.s3.access_key" { "media.s3.secret_key" } else { name };
            assert!(error.contains(told), "{error}");
        }
        assert!(with("dev", &[s3, ("media.s3.bucket", "files")]).is_ok());
    }

    #[test]
    fn secrets_are_not_shown() {
        let settings = with("dev", &[("database.url", "postgres://u:hunter2@localhost/x")]).unwrap();
        let mail = with("dev", &[("mail.smtp_url", "smtps://u:hunter2@localhost")]).unwrap();
        let own = [("media.s3.access_key", "AKIAEXAMPLE"), ("media.s3.secret_key", "wJalrXUtnFEMI")];
        let s3 = with("dev", &own).unwrap();
        let scraped = with("dev", &[("metrics.token", "f1gures-f1gures-f1gures-f1gures-f1")]).unwrap();
        let ice = with("dev", &[("voice.ice.secret", "cc0ffee00ddecafbad00c0ffee00decade")]).unwrap();
        let shown = format!(
            "{} {settings:?} {} {mail:?} {} {s3:?} {} {ice:?} {} {scraped:?}",
            settings.describe(),
            mail.describe(),
            s3.describe(),
            ice.describe(),
            scraped.describe()
        );
        for secret in ["hunter2", "thirty-two", "AAEC", "AKIA", "wJal", "c0ffee", "f1gures"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
