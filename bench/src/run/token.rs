//! What checking an access token costs: calls that end right after it, beside calls that end before it.

use clap::Args;

use super::LONGEST;
use super::calls::calls;
use crate::fail::Outcome;
use crate::meter::number::{index, whole};
use crate::report::{Report, Row};
use crate::stage::{Stage, people};

/// How to call.
#[derive(Debug, Args)]
pub(crate) struct Token {
    /// Clients that each make one call after the other
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u64).range(1..=5_000))]
    clients: u64,
    /// How long each row takes
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u64).range(1..=LONGEST))]
    seconds: u64,
}

impl Token {
    /// The most connections it uses.
    pub(crate) fn most(&self) -> usize {
        index(self.clients)
    }
}

/// The path of a channel whose id is none: answered without the database, after the token was checked.
const PATH: &str = "/api/channels/none";

/// Measures.
pub(crate) fn token(asked: &Token, stage: &Stage, report: &mut Report) -> Outcome {
    let clients = index(asked.clients);
    for target in stage.ours() {
        let people = people(target.door(0), clients)?;
        let request = |header: &str| format!("GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n");
        let bare = vec![request("X-Filler: none\r\n"); clients];
        let with_token =
            people.iter().map(|person| request(&format!("Authorization: Bearer {}\r\n", person.token)));
        for (call, requests, status) in [
            ("without a token: 401", bare, 401),
            ("with a token: 400 behind its check", with_token.collect(), 400),
        ] {
            let done = calls(target, clients, requests, status, asked.seconds)?;
            report.judge(call, &done.usage);
            if done.wrong > 0 {
                report.fault(target, format!("{call}: {} answers had another status", done.wrong));
            }
            report.row(
                Row::default()
                    .text("call", call)
                    .count("clients", whole(clients))
                    .number("calls_per_s", done.rate(), 0)
                    .number("p50_ms", done.took.quantile(0.5), 2)
                    .number("p99_ms", done.took.quantile(0.99), 2)
                    .count("wrong", done.wrong)
                    .usage(&done.usage, done.count),
            );
        }
    }
    Ok(())
}
