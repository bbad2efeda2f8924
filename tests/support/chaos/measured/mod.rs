//! Single faults under many sockets and steady messages: what is lost (nothing), and how long things take.

mod crowd;
mod deaf;
mod ear;
mod outage;
mod restart;

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;

use super::stage::Stage;

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Scene {
    /// Redis is stopped for a while.
    Outage,
    /// All gateways are stopped and started again, one after the other.
    Restart,
    /// Half of the sockets never read.
    Deaf,
}

/// How much of it.
#[derive(Clone, Debug)]
pub struct Load {
    /// The product.
    pub binary: String,
    /// How many gateways.
    pub gateways: usize,
    /// How many sockets read.
    pub sockets: usize,
    /// So many sockets hear the same channel.
    pub together: usize,
    /// Messages a second, in all channels together.
    pub rate: u32,
    /// Characters of each.
    pub size: usize,
    /// How long what is measured lasts: Redis is away, half of the sockets do not read.
    pub lasts: Duration,
    /// Where the gateways log. It stays.
    pub logs: PathBuf,
}

/// What came out.
#[derive(Debug)]
pub struct Measured {
    /// In words.
    pub lines: Vec<String>,
    /// Broken promises.
    pub wrong: Vec<String>,
}

/// Measures it. None where there is no PostgreSQL that can be started.
pub async fn measure(scene: Scene, load: &Load) -> Option<Measured> {
    let stage = Stage::set(&load.binary, load.gateways, load.logs.clone()).await?;
    Some(match scene {
        Scene::Outage => outage::run(stage, load).await,
        Scene::Restart => restart::run(stage, load).await,
        Scene::Deaf => deaf::run(stage, load).await,
    })
}
