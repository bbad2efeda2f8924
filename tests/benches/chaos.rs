//! The long form of the fault tests: `cargo xtask chaos`. The short form is in `tests/suite/chaos`.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a run that cannot go on fails, and tells so")]

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, ValueEnum};
use kernel::Env;
use tests::chaos::measured::{Load, Scene, measure};
use tests::chaos::{Kind, Options, run};

/// Lets things fail while people write and read, and tells whether all promises were kept.
///
/// Without a scene: faults at random, and a checker that compares what everybody was told with the database. It starts a
/// PostgreSQL and a Redis of its own. The exit code is 1 when a promise was broken.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask chaos", bin_name = "cargo xtask chaos")]
struct Arguments {
    /// One fault under load, measured
    scene: Option<Scene>,
    #[command(flatten)]
    random: Random,
    #[command(flatten)]
    scenes: Scenes,
    /// How many gateways
    #[arg(long, default_value_t = 3)]
    gateways: usize,
    /// Where the gateways log; a new directory unless said
    #[arg(long)]
    logs: Option<PathBuf>,
    /// The `guildhall` to test; built with this unless said
    #[arg(long, default_value = env!("CARGO_BIN_EXE_guildhall-under-test"), hide_default_value = true)]
    binary: String,
    /// What cargo says to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Faults at random")]
struct Random {
    /// How long there are faults
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// What the faults follow from; another one every time unless said
    #[arg(long)]
    seed: Option<u64>,
    /// How many clients
    #[arg(long, default_value_t = 24)]
    clients: usize,
    /// How many channels
    #[arg(long, default_value_t = 3)]
    channels: usize,
    /// How long each client rests between two things that it does, on average, milliseconds
    #[arg(long, default_value_t = 150)]
    pace: u64,
    /// The longest fault, seconds
    #[arg(long, default_value_t = 8.0)]
    longest: f64,
    /// Which faults; all of them unless said
    #[arg(long, value_delimiter = ',')]
    faults: Vec<Kind>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Scenes")]
struct Scenes {
    /// How many sockets read; unless said 200 (outage), 5000 (restart) or 2000 (deaf)
    #[arg(long)]
    sockets: Option<usize>,
    /// How many of them hear the same channel
    #[arg(long, default_value_t = 50)]
    together: usize,
    /// Messages a second, in all channels together; unless said 100 (outage), 500 (restart) or 100 (deaf)
    #[arg(long)]
    rate: Option<u32>,
    /// Characters of each message; unless said 100, or 4000 (deaf)
    #[arg(long)]
    size: Option<usize>,
    /// How long Redis is away, or half of the sockets do not read, seconds
    #[arg(long, default_value_t = 30)]
    seconds: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let logs = arguments.logs.clone().unwrap_or_else(|| tempfile::tempdir().unwrap().keep());
    eprintln!("the gateways log in {}", logs.display());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let kept = match arguments.scene {
        Some(scene) => runtime.block_on(one(scene, arguments, logs)),
        None => runtime.block_on(random(arguments, logs)),
    };
    match kept {
        Some(true) => return ExitCode::SUCCESS,
        Some(false) => {}
        None => eprintln!("there is no PostgreSQL that can be started"),
    }
    ExitCode::FAILURE
}

/// Whether all promises were kept.
async fn random(arguments: Arguments, logs: PathBuf) -> Option<bool> {
    let random = arguments.random;
    let seed = random.seed.unwrap_or_else(|| u64::from(u32::from_le_bytes(Env::system().bytes())));
    let all = Kind::value_variants().to_vec();
    let options = Options {
        binary: arguments.binary,
        seed,
        length: Duration::from_secs_f64(random.minutes * 60.0),
        gateways: arguments.gateways,
        clients: random.clients,
        channels: random.channels,
        pace: Duration::from_millis(random.pace),
        kinds: if random.faults.is_empty() { all } else { random.faults },
        longest: Duration::from_secs_f64(random.longest),
        logs,
        talkative: true,
    };
    eprintln!("seed {seed}");
    let report = run(&options).await?;
    eprintln!("{report}");
    Some(report.is_clean())
}

async fn one(scene: Scene, arguments: Arguments, logs: PathBuf) -> Option<bool> {
    let (sockets, rate, size) = match scene {
        Scene::Outage => (200, 100, 100),
        Scene::Restart => (5_000, 500, 100),
        Scene::Deaf => (2_000, 100, 4_000),
    };
    let scenes = arguments.scenes;
    let load = Load {
        binary: arguments.binary,
        gateways: arguments.gateways,
        sockets: scenes.sockets.unwrap_or(sockets),
        together: scenes.together,
        rate: scenes.rate.unwrap_or(rate),
        size: scenes.size.unwrap_or(size),
        lasts: Duration::from_secs(scenes.seconds),
        logs,
    };
    let measured = measure(scene, &load).await?;
    for line in measured.lines.iter().chain(&measured.wrong) {
        eprintln!("{line}");
    }
    if measured.wrong.is_empty() {
        eprintln!("nothing lost, nothing twice, nothing out of order");
    }
    Some(measured.wrong.is_empty())
}
