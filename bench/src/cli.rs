//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::fail::{Context as _, Outcome};
use crate::machine::Machine;
use crate::report::Report;
use crate::run::{self, Fanout, History, Idle, Login, Media, Search, Send, Token};
use crate::stage::{Peer, Stage, Surroundings};

/// Measures Guildhall: starts gateways of its own on a database of its own, loads them, checks what they say, and takes
/// everything away again.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
pub(crate) struct Cli {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    here: Surroundings,
}

#[derive(Debug, Args)]
struct Common {
    /// Gateways; clients are spread over them
    #[arg(long, default_value_t = 1, global = true)]
    gateways: usize,
    /// Measures this, too, row by row in the same run
    #[arg(long, value_enum, global = true)]
    against: Option<Peer>,
    /// Where the JSON goes, instead of `target/bench/WHAT-TIME.json`
    #[arg(long, global = true)]
    json: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Pages of 50 messages by HTTP
    History(History),
    /// Searches by HTTP, in what a gateway indexed
    Search(Search),
    /// Durable messages over sockets
    Send(Send),
    /// One channel with many sockets
    Fanout(Fanout),
    /// Sockets on which nothing happens
    Idle(Idle),
    /// Logins with passwords, beside bcrypt alone
    Login(Login),
    /// Uploads of large files: memory and throughput, beside `cp`
    Media(Media),
    /// Calls that end before and behind the check of an access token
    Token(Token),
}

impl Cli {
    /// Measures what was asked for. The exit code is 2 when something was lost, doubled or out of order.
    pub(crate) fn carry_out(self) -> Outcome<ExitCode> {
        let Self { what, common, mut here } = self;
        here.password_cost = what.password_cost();
        std::fs::create_dir_all(&here.directory)
            .context(|| format!("could not create {}", here.directory.display()))?;
        what.prepare()?;
        let stage = Stage::set(&here, common.gateways, common.against)?;
        let mut report = Report::new(what.name(), Machine::look(&stage.database)?);
        if let Some(missing) = &stage.missing {
            report.note(missing);
        }
        match &what {
            What::History(history) => run::history(history, &stage, &mut report),
            What::Search(search) => run::search(search, &stage, &mut report),
            What::Send(send) => run::send(send, &stage, &mut report),
            What::Fanout(fanout) => run::fanout(fanout, &stage, &mut report),
            What::Idle(idle) => run::idle(idle, &stage, &mut report),
            What::Login(login) => run::login(login, &stage, &mut report),
            What::Media(media) => run::media(media, &stage, &here.directory, &mut report),
            What::Token(token) => run::token(token, &stage, &mut report),
        }?;
        drop(stage);
        report.publish(&common.json.unwrap_or_else(|| here.directory.join(report.file_name())))?;
        Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::from(2) })
    }
}

impl What {
    fn name(&self) -> &'static str {
        match self {
            Self::History(_) => "history",
            Self::Search(_) => "search",
            Self::Send(_) => "send",
            Self::Fanout(_) => "fanout",
            Self::Idle(_) => "idle",
            Self::Login(_) => "login",
            Self::Media(_) => "media",
            Self::Token(_) => "token",
        }
    }

    /// bcrypt's cost: the least, where passwords are not what is measured.
    fn password_cost(&self) -> u32 {
        match self {
            Self::Login(login) => login.cost(),
            _ => 4,
        }
    }

    /// Says what the machine does not allow, before anything is started; raises what it does.
    fn prepare(&self) -> Outcome {
        crate::machine::allow_sockets(match self {
            Self::History(history) => history.most(),
            Self::Search(search) => search.most(),
            Self::Send(send) => send.most(),
            Self::Fanout(fanout) => fanout.most(),
            Self::Idle(idle) => idle.most(),
            Self::Login(login) => login.most(),
            Self::Media(media) => media.most(),
            Self::Token(token) => token.most(),
        })
    }
}
