//! `guildhall voice`: whether the STUN and TURN servers do what they should.

use clap::Subcommand;
use kernel::Env;
use voice_signaling::ice::{IceSettings, doctor};

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum Verb {
    /// Do with each server of voice.ice what a browser would, and what none should be able to; tell what is wrong and
    /// what to change. Works from where it runs: another machine may see the servers otherwise
    Doctor {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

pub(super) async fn run(settings: &IceSettings, verb: Verb) -> Result<(), String> {
    let Verb::Doctor { json } = verb;
    if settings.stun.is_empty() && settings.turn.is_empty() {
        return Err("there is nothing to check: voice.ice.stun and voice.ice.turn are empty".into());
    }
    let diagnosis = doctor::diagnose(settings, &Env::system()).await;
    if json {
        println!("{}", serde_json::to_string_pretty(&diagnosis).map_err(|error| error.to_string())?);
    } else {
        print!("{diagnosis}");
    }
    match diagnosis.failures() {
        0 => Ok(()),
        1 => Err("one check failed".into()),
        failures => Err(format!("{failures} checks failed")),
    }
}
