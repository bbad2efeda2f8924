//! `guildhall secrets`: which keys are in use, and bringing everything under the newest one.

use clap::Subcommand;
use identity::{Identity, KeyUse, Rotation};
use indicatif::ProgressBar;

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum Verb {
    /// Tell which keys encrypted what is stored; fails when one of them is not in identity.keys
    Check,
    /// Encrypt everything anew that is not under the first of identity.keys. May be stopped and begun again, and
    /// gateways may run meanwhile, when all of them have both keys
    Rotate {
        /// Rows at a time
        #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(i64).range(1..=10_000))]
        slice: i64,
    },
}

pub(super) async fn run(identity: &Identity, verb: Verb) -> Result<(), String> {
    match verb {
        Verb::Check => check(identity).await,
        Verb::Rotate { slice } => rotate(identity, slice).await,
    }
}

async fn check(identity: &Identity) -> Result<(), String> {
    let uses = identity.secret_key_uses().await.map_err(|error| words(&error))?;
    let keys = identity.secret_key_ids();
    if uses.is_empty() {
        println!("nothing is stored encrypted");
    }
    for KeyUse { column, key_id, count } in &uses {
        let remark = match keys.iter().position(|key| key == key_id) {
            Some(0) => "the key that encrypts now",
            Some(_) => "older: `guildhall secrets rotate`",
            None => "NOT in identity.keys: these cannot be read",
        };
        println!("{column:<30} {key_id:<32} {count:>10}  {remark}");
    }
    let used = |key: &String| uses.iter().any(|one| one.key_id == *key);
    for key in keys.iter().skip(1).filter(|key| !used(key)) {
        println!("the key {key:?} encrypted nothing that is stored: it may be removed");
    }
    match uses.iter().filter(|one| !keys.contains(&one.key_id)).map(|one| one.count).sum() {
        0 => Ok(()),
        unreadable => Err(format!("{unreadable} values cannot be read: put their keys into identity.keys")),
    }
}

async fn rotate(identity: &Identity, slice: i64) -> Result<(), String> {
    // Hidden when standard error is no terminal.
    let shown = ProgressBar::new_spinner();
    let told = |column: &str, so_far: &Rotation| {
        shown.set_message(format!("{} encrypted anew, now {column}", so_far.renewed));
        shown.tick();
    };
    let done = identity.rotate_secrets(slice, told).await.map_err(|error| words(&error))?;
    shown.finish_and_clear();
    println!("encrypted anew: {}; changed by others meanwhile: {}", done.renewed, done.changed);
    if done.failed > 0 {
        let failures = done.failures.join("\n  ");
        return Err(format!(
            "{} values were left as they are, for they do not open:\n  {failures}",
            done.failed
        ));
    }
    let first = identity.secret_key_ids().into_iter().next().unwrap_or_default();
    let uses = identity.secret_key_uses().await.map_err(|error| words(&error))?;
    match uses.iter().filter(|one| one.key_id != first).map(|one| one.count).sum() {
        0 => Ok(()),
        left => Err(format!(
            "{left} values came under other keys meanwhile: is {first:?} the first key of every gateway? Then run this again"
        )),
    }
}

/// An error with what caused it, for the person at the terminal.
fn words(error: &identity::Error) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}
