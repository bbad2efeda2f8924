//! Holds the frames of `/ws` against Autobahn|Testsuite. Started by `tests/autobahn/run`, which says how to get it.

#![expect(clippy::print_stdout, reason = "a tool for the terminal, which may just end")]

mod echo;
mod report;

use std::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode};

use report::Report;
use serde_json::json;

/// What the suite is to call us.
const AGENT: &str = "guildhall";
/// Frames, pings, reserved bits, opcodes, fragments, UTF-8, closing, and a large message in small parts. The others
/// measure speed, want messages over our limit (9), or an extension that the product does not offer (12 and 13).
const GROUPS: [&str; 8] = ["1", "2", "3", "4", "5", "6", "7", "10"];

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(wstest), Some(directory)) = (arguments.next(), arguments.next()) else {
        return Err("wanted: the command wstest, and a directory for its report".into());
    };
    let directory = Path::new(&directory);
    std::fs::create_dir_all(directory)?;
    let report = run(&wstest, directory).await?;
    println!("{}The report: {}", report.summary(), directory.join("index.html").display());
    let missing = report.missing(&GROUPS);
    for group in &missing {
        println!("group {group} was not run");
    }
    let failures = report.failures();
    for failure in &failures {
        println!("{failure}");
    }
    let good = missing.is_empty() && failures.is_empty();
    Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn run(wstest: &str, directory: &Path) -> Result<Report, Box<dyn Error>> {
    let address = echo::start()?;
    let index = directory.join("index.json");
    // Of an earlier run: it must not be taken for this one's.
    let _ = std::fs::remove_file(&index);
    let spec = directory.join("spec.json");
    let cases = GROUPS.map(|group| format!("{group}.*"));
    let server = json!({ "agent": AGENT, "url": format!("ws://{address}") });
    let wish = json!({ "outdir": directory, "servers": [server], "cases": cases, "exclude-cases": [] });
    std::fs::write(&spec, wish.to_string())?;
    let mut words = wstest.split_whitespace();
    let mut command = Command::new(words.next().ok_or("wanted: the command wstest")?);
    command.args(words).args(["-m", "fuzzingclient", "-s"]).arg(&spec);
    let status = tokio::task::spawn_blocking(move || command.status()).await??;
    if !status.success() {
        return Err(format!("{wstest} ended with {status}").into());
    }
    Ok(Report::read(&index, AGENT)?)
}
