//! Import of public IRC logs: `guildhall import irc PATH… --server NAME`.
//!
//! A log is a file of one day of one channel, `DATE.raw.txt` or any other that starts with its day, one event a line:
//! `[HH:MM] <nick> text`, `[HH:MM] * nick action`, `=== what the server told`. In older logs actions are notices too,
//! `=== nick action`: such a line is an action when its first word is a nick that the log knows from elsewhere. Beside
//! it may stand `DATE.replies.txt`, lines `A B -`: one of the two lines of the log answers the other, counted from 0.
//!
//! What becomes what:
//!
//! - a message becomes a message, an action one in emphasis, a change of a nick a system message. Joins, parts, quits,
//!   modes, kicks, topics and what is not understood are left out and counted;
//! - every nick becomes one account, whatever its case, over all logs; its name is the nick as first written. Who
//!   changes their nick is two members from then on: that the same person had both is in the system message, and a log
//!   cannot say more, for nicks are given up and taken by others. A member of the server whose display name is the nick
//!   is taken for that person, so import into a server of its own unless you mean that;
//! - a time is a minute in UTC of the day that the log is of, and of the next day once it goes back by more than twelve
//!   hours; lines without one have that of the line before. The order is that of the lines, logs by day;
//! - a message that answers several answers the nearest of them.
//!
//! An import may be run again, or after it was interrupted: messages are known by `irc:{log}:{line}`, and those that
//! are there are not written twice.

mod archive;
mod clock;
mod decode;
mod error;
mod log;
mod messages;
mod nick;
mod notice;
mod people;
mod place;
mod post;
mod replies;
mod report;

use std::path::PathBuf;
use std::time::Instant;

use chrono::NaiveDate;

use crate::services::Services;
use archive::Archive;
use place::Place;
use post::Post;

pub use error::ImportError;
pub use log::SkipReason;
pub use report::Report;

/// What to import, and where to.
#[derive(Clone, Debug, clap::Args)]
pub struct IrcOptions {
    /// Logs, or directories of logs called DATE.raw.txt
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The server to import into; made when the owner is in none of that name
    #[arg(long, value_name = "NAME")]
    pub server: String,
    /// The channel to import into; made when the server has none of that name
    #[arg(long, value_name = "NAME", default_value = "general")]
    pub channel: String,
    /// Whose server it is [default: irc-archive, an account that nobody can log in to]
    #[arg(long, value_name = "USERNAME")]
    pub owner: Option<String>,
    /// The day of logs whose names do not start with one
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<NaiveDate>,
}

/// Imports the logs that the options name. Everything is read before anything is written.
///
/// # Errors
/// [`ImportError`] says what to do.
pub async fn irc(services: &Services, options: &IrcOptions) -> Result<Report, ImportError> {
    let start = Instant::now();
    // Blocks the thread: a command has nothing else to do meanwhile.
    let archives = archive::read(&options.paths, options.date)?;
    let mut report = Report::default();
    for log in archives.iter().map(|archive| &archive.log) {
        report.logs += 1;
        report.lines += log.lines.len();
        report.recoded += log.recoded;
    }
    let place = Place::find(services, options).await?;
    // Before accounts are made: who may not import changes nothing.
    place.authorise(services).await?;
    let people = people::enlist(services, &place, &archives, &mut report).await?;
    let writing = Instant::now();
    let count = archives.iter().map(Archive::count).sum();
    let mut post = Post::open(services, &place, count).await?;
    for archive in archives {
        let messages = messages::of(archive, &people, &mut report);
        post.write(&messages, &mut report).await?;
    }
    report.invite = services.guilds.invite(place.owner, place.guild).await?;
    report.writing = writing.elapsed();
    report.took = start.elapsed();
    Ok(report)
}
