//! What `guildhall` can be told to do.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "commands talk to a terminal")]

mod admin;
mod media;
mod secrets;
mod voice;

use clap::{Parser, Subcommand};
use kernel::Env;

use crate::config::Settings;
use crate::import::{self, IrcOptions};
use crate::services::Services;
use crate::{demo, migrations, server, telemetry};
use admin::AdminVerb;

/// Guildhall: a self-hosted chat backend.
#[derive(Debug, Parser)]
#[command(name = "guildhall", version)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve HTTP and WebSocket until it is told to stop
    Serve,
    /// Change the database's schema
    Migrate {
        #[command(subcommand)]
        direction: Direction,
    },
    /// Make a small community with known logins to try things with (not in production)
    #[command(visible_alias = "seed")]
    Demo,
    /// Bring in conversations from elsewhere
    Import {
        #[command(subcommand)]
        source: Source,
    },
    /// Make administrators
    Admin {
        #[command(subcommand)]
        verb: AdminVerb,
    },
    /// Keep what is stored encrypted under the newest key
    Secrets {
        #[command(subcommand)]
        verb: secrets::Verb,
    },
    /// Look after the files that people uploaded
    Media {
        #[command(subcommand)]
        verb: media::Verb,
    },
    /// Look after voice and video
    Voice {
        #[command(subcommand)]
        verb: voice::Verb,
    },
    /// Look at the configuration
    Config {
        #[command(subcommand)]
        verb: ConfigVerb,
    },
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum Direction {
    /// Apply every migration that is missing
    Up,
    /// Take the newest one back
    Down,
    /// Take the newest one back and apply it again
    Redo,
    /// List the migrations and which are applied
    Status,
}

#[derive(Debug, Subcommand)]
enum Source {
    /// Public IRC logs
    Irc(IrcOptions),
}

#[derive(Clone, Copy, Debug, Subcommand)]
enum ConfigVerb {
    /// Print what is in force, secrets hidden; fails on a bad value
    Check,
}

/// Does what the arguments say.
///
/// # Errors
/// A sentence for the person at the terminal.
pub async fn run(arguments: Arguments) -> Result<(), String> {
    let settings = Settings::load().map_err(|error| error.to_string())?;
    telemetry::start(&settings.log).map_err(|error| format!("log.filter: {error}"))?;
    match arguments.command {
        Command::Serve => serve(settings).await,
        Command::Migrate { direction } => migrate(&settings.database.url, direction).await,
        Command::Demo => show(&settings).await,
        Command::Import { source: Source::Irc(options) } => {
            let services = services(&settings)?;
            let report = import::irc(&services, &options).await.map_err(|error| error.to_string())?;
            println!("{report}");
            Ok(())
        }
        Command::Admin { verb } => {
            println!("{}", admin::run(&services(&settings)?, verb).await?);
            Ok(())
        }
        Command::Secrets { verb } => secrets::run(&services(&settings)?.identity, verb).await,
        Command::Media { verb } => media::run(&services(&settings)?, verb).await,
        Command::Voice { verb } => voice::run(&settings.voice.ice, verb).await,
        Command::Config { verb: ConfigVerb::Check } => {
            println!("{}", settings.describe());
            Ok(())
        }
    }
}

fn services(settings: &Settings) -> Result<Services, String> {
    Services::start(settings, Env::system()).map_err(|error| error.0.to_string())
}

async fn serve(settings: Settings) -> Result<(), String> {
    let missing = migrations::status(&settings.database.url).await.map_err(|error| error.0.to_string())?;
    if let Some(step) = missing.iter().find(|step| !step.applied) {
        return Err(format!(
            "the database lacks the migration {}: run `guildhall migrate up` first",
            step.name
        ));
    }
    let mut running = server::start(settings, Env::system()).await.map_err(|error| error.to_string())?;
    tracing::info!(address = %running.address, "serving");
    eprintln!(
        "Guildhall serves on http://{0}/ (open it in a browser; health: /health, API: /api/docs)",
        running.address
    );
    tokio::select! {
        ended = running.ended() => return Err(format!("the server ended: {ended:?}")),
        () = told_to_stop() => {}
    }
    tracing::info!("stopping");
    running.stop().await;
    Ok(())
}

/// Ctrl-C, or what a service manager sends.
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

async fn migrate(url: &str, direction: Direction) -> Result<(), String> {
    let words = |error: kernel::Internal| format!("migration failed: {}", error.0);
    match direction {
        Direction::Up => {
            let applied = migrations::up(url).await.map_err(words)?;
            applied.iter().for_each(|name| println!("applied {name}"));
            if applied.is_empty() {
                println!("nothing to apply: the database is up to date");
            }
        }
        Direction::Down | Direction::Redo => {
            match migrations::down(url).await.map_err(words)? {
                Some(name) => println!("took back {name}"),
                None => println!("nothing to take back"),
            }
            if matches!(direction, Direction::Redo) {
                let applied = migrations::up(url).await.map_err(words)?;
                applied.iter().for_each(|name| println!("applied {name}"));
            }
        }
        Direction::Status => {
            for step in migrations::status(url).await.map_err(words)? {
                println!("{} {}", if step.applied { "[x]" } else { "[ ]" }, step.name);
            }
        }
    }
    Ok(())
}

async fn show(settings: &Settings) -> Result<(), String> {
    if std::env::var("GUILDHALL_ENV").map_or(true, |env| env == "production") {
        return Err("the demo makes accounts with a known password: not in production (GUILDHALL_ENV)".into());
    }
    let demo = demo::make(&services(settings)?).await?;
    // An address to listen on is not always one to go to.
    let host = match settings.http.host.as_str() {
        "0.0.0.0" | "::" => "127.0.0.1",
        host => host,
    };
    println!("{demo}");
    println!(
        "  at http://{host}:{}/ while the server runs; as two of them in two windows they can chat.",
        settings.http.port
    );
    Ok(())
}
