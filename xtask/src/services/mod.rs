//! A private PostgreSQL and Redis for each profile of this checkout, apart from any the machine runs.

mod account;
mod endpoints;
mod home;
mod lock;
mod port;
mod postgres;
mod profile;
mod redis;
mod running;
mod secret;

use std::fs;
use std::path::Path;

use crate::fail::{Context as _, Failure, Outcome};
use crate::install;
use crate::workspace::shown;

use account::Account;
pub(crate) use account::is_root;
pub(crate) use endpoints::{DATABASE, Endpoints, REDIS};
use home::Home;
pub(crate) use home::local_directory;
use lock::Lock;
pub(crate) use postgres::{Binaries, Login, psql};
pub(crate) use profile::Profile;

/// Starts both servers where they do not run, and tells where they are.
pub(crate) fn start(root: &Path, profile: Profile) -> Outcome {
    ensure(root, profile)?;
    status(root, profile)?;
    println!("their addresses: {}", shown(root, &Endpoints::file(root, profile)));
    Ok(())
}

/// Starts both servers where they do not run, without a word unless it takes long.
pub(crate) fn ensure(root: &Path, profile: Profile) -> Outcome<Endpoints> {
    let _lock = Lock::take(root, profile)?;
    install::ensure(root, || {
        let postgres = postgres::is_missing().then_some("postgresql");
        let redis = redis::is_missing().then_some("redis-server");
        postgres.into_iter().chain(redis).collect()
    })?;
    let known = Home::find(root, profile)?;
    let account = Account::for_servers(known.as_ref())?;
    let home = Home::settle(root, profile, &account)?;
    let database = postgres::start(&home, &account)?;
    let redis = redis::start(&home, &account)?;
    let token_secret = secret::password(&home.data.join("token.secret"))?;
    let keys = secret::keys(&home.data.join("keys.secret"))?;
    let endpoints = Endpoints::of(&database, &redis, token_secret, keys);
    endpoints.write(root, profile)?;
    Ok(endpoints)
}

/// The first process of PostgreSQL and that of Redis.
pub(crate) fn processes(root: &Path, profile: Profile) -> Outcome<(u32, u32)> {
    let home = Home::find(root, profile)?;
    let servers = home.map(|home| Ok::<_, Failure>((postgres::running(&home)?, redis::running(&home)?)));
    match servers.transpose()? {
        Some((Some(postgres), Some(redis))) => Ok((postgres.pid, redis.pid)),
        _ => Err(Failure::new(format!("the {profile} services do not run"))),
    }
}

/// Stops the servers of the profile that run.
pub(crate) fn stop(root: &Path, profile: Profile) -> Outcome {
    let _lock = Lock::take(root, profile)?;
    if let Some(home) = Home::find(root, profile)? {
        let account = Account::for_servers(Some(&home))?;
        postgres::stop(&home, &account)?;
        redis::stop(&home)?;
    }
    status(root, profile)?;
    Ok(())
}

/// Prints a line for each server; true when both run.
pub(crate) fn status(root: &Path, profile: Profile) -> Outcome<bool> {
    let (database, redis) = match Home::find(root, profile)? {
        Some(home) => (postgres::running(&home)?, redis::running(&home)?),
        None => (None, None),
    };
    for (name, server) in [("PostgreSQL", &database), ("Redis", &redis)] {
        match server {
            Some(at) => println!("{name} ({profile}): runs at 127.0.0.1:{}, process {}", at.port, at.pid),
            None => println!("{name} ({profile}): stopped"),
        }
    }
    Ok(database.is_some() && redis.is_some())
}

/// Stops the servers and deletes what they stored.
pub(crate) fn wipe(root: &Path, profile: Profile) -> Outcome {
    stop(root, profile)?;
    let _lock = Lock::take(root, profile)?;
    if let Some(home) = Home::find(root, profile)? {
        fs::remove_dir_all(&home.data).context(|| format!("could not delete {}", home.data.display()))?;
    }
    Ok(())
}
