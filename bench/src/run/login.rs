//! Logins with passwords, beside what bcrypt alone would allow.

use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;

use super::LONGEST;
use super::calls::calls;
use crate::fail::{Context as _, Outcome};
use crate::meter::number::{float, index, per, whole};
use crate::meter::process;
use crate::report::{Report, Row};
use crate::stage::{PASSWORD, Stage, Target, people};

/// How to log in.
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// Clients that each log in again and again; rows for each number
    #[arg(long, value_delimiter = ',', default_value = "1,8,32", value_parser = clap::value_parser!(u64).range(1..=5_000))]
    clients: Vec<u64>,
    /// bcrypt's cost
    #[arg(long, default_value_t = 12, value_parser = clap::value_parser!(u32).range(4..=16))]
    cost: u32,
    /// How long each row takes
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=LONGEST))]
    seconds: u64,
}

impl Login {
    /// The most connections it uses.
    pub(crate) fn most(&self) -> usize {
        index(self.clients.iter().copied().max().unwrap_or(0))
    }

    /// The cost of a password.
    pub(crate) fn cost(&self) -> u32 {
        self.cost
    }
}

/// How long to hash with nothing around it.
const BARE: Duration = Duration::from_secs(5);

/// Measures.
pub(crate) fn login(asked: &Login, stage: &Stage, report: &mut Report) -> Outcome {
    let bare = bare(asked.cost)?;
    for target in stage.ours() {
        people(target.door(0), asked.most())?;
        for clients in &asked.clients {
            for who in [Who::Known, Who::Unknown] {
                row(asked, index(*clients), who, bare, target, report)?;
            }
        }
    }
    Ok(())
}

/// Whose logins: nobody may tell them apart by the time that they take.
#[derive(Clone, Copy, Debug)]
enum Who {
    Known,
    Unknown,
}

impl Who {
    fn name(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::Unknown => "unknown",
        }
    }

    fn username(self, number: usize) -> String {
        match self {
            Self::Known => format!("bench{number}"),
            Self::Unknown => format!("nobody{number}"),
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::Known => 200,
            Self::Unknown => 401,
        }
    }
}

fn row(asked: &Login, clients: usize, who: Who, bare: f64, target: &Target, report: &mut Report) -> Outcome {
    let requests = (0..clients).map(|number| {
        let body = json!({ "username": who.username(number), "password": PASSWORD }).to_string();
        format!(
            "POST /api/auth/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        )
    });
    let done = calls(target, clients, requests.collect(), who.status(), asked.seconds)?;
    let part = format!("{clients} clients, {} accounts", who.name());
    report.judge(&part, &done.usage);
    if done.wrong > 0 {
        report.fault(target, format!("{part}: {} answers had another status", done.wrong));
    }
    // What the gateway used is nearly all bcrypt.
    let per_core = per(float(done.count), done.usage.gateway);
    report.row(
        Row::default()
            .text("accounts", who.name())
            .count("clients", whole(clients))
            .number("per_core_s", per_core, 2)
            .number("bcrypt_per_core_s", bare, 2)
            .number("of_bcrypt_percent", 100.0 * per(per_core, bare), 1)
            .number("logins_per_s", done.rate(), 1)
            .number("p50_ms", done.took.quantile(0.5), 1)
            .number("p99_ms", done.took.quantile(0.99), 1)
            .count("wrong", done.wrong)
            .usage(&done.usage, done.count),
    );
    Ok(())
}

/// Passwords that are checked in a second of a core, with nothing around it.
fn bare(cost: u32) -> Outcome<f64> {
    let doing = || "bcrypt".to_owned();
    let hash = bcrypt::hash(PASSWORD, cost).context(doing)?;
    let (since, used, mut count) = (Instant::now(), process::own(), 0);
    while since.elapsed() < BARE {
        bcrypt::verify(PASSWORD, &hash).context(doing)?;
        count += 1;
    }
    Ok(per(float(count), process::own().saturating_sub(used).as_secs_f64()))
}
