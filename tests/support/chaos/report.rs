//! What is told of a run.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Options;
use super::checker::{Violation, check};
use super::history::{Client, Truth};
use super::plan::Step;
use super::truth;
use super::world::{World, counted};

/// How often it is told how a run goes.
const EVERY: Duration = Duration::from_secs(5);
/// Violations that are told in full.
const SHOWN: usize = 20;

/// What came out.
#[derive(Debug)]
pub struct Report {
    /// The seed.
    pub seed: u64,
    /// The faults, in words.
    pub faults: Vec<String>,
    /// Broken promises.
    pub violations: Vec<Violation>,
    /// What is not as it must be in the database.
    pub broken: Vec<String>,
    /// Answers and frames that are never right, whatever fails.
    pub surprises: Vec<String>,
    /// Whether everybody was back and complete in time.
    pub caught_up: bool,
    figures: String,
    logs: String,
}

impl Report {
    pub(super) async fn new(
        options: &Options,
        world: &World,
        plan: &[Step],
        clients: &[Client],
        truth: &Truth,
        caught_up: bool,
    ) -> Self {
        let (slowest, what) = world.slowest();
        let figures = format!(
            "{}; {} messages in {} timelines; the slowest answer took {:.1} s: {what}",
            figures(world),
            truth.rows.len(),
            truth.heads.len(),
            slowest.as_secs_f64(),
        );
        Self {
            seed: options.seed,
            faults: plan.iter().map(ToString::to_string).collect(),
            violations: check(clients, truth),
            broken: truth::broken(&world.stage.database).await,
            surprises: world.surprises(),
            caught_up,
            figures,
            logs: world.stage.logs.display().to_string(),
        }
    }

    /// Whether all promises were kept.
    pub fn is_clean(&self) -> bool {
        self.violations.is_empty() && self.broken.is_empty() && self.surprises.is_empty() && self.caught_up
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed {}: {}", self.seed, self.figures)?;
        if self.is_clean() {
            return write!(f, "nothing lost, nothing twice, nothing out of order, nothing leaked");
        }
        writeln!(f, "the faults:\n{}", self.faults.join("\n"))?;
        if !self.caught_up {
            writeln!(f, "not everybody was back and complete in time")?;
        }
        for wrong in self.surprises.iter().chain(&self.broken) {
            writeln!(f, "{wrong}")?;
        }
        let mut counts = BTreeMap::new();
        for violation in &self.violations {
            *counts.entry(violation.broken).or_insert(0) += 1;
        }
        writeln!(f, "{counts:?}")?;
        for violation in self.violations.iter().take(SHOWN) {
            writeln!(f, "{violation}")?;
        }
        write!(f, "the gateways' logs are in {}", self.logs)
    }
}

fn figures(world: &World) -> String {
    let counts = &world.counts;
    format!(
        "{} changes done, {} refused, {} unknown; {} events heard; {} connections, {} returns to the server; {} faults",
        counted(&counts.done),
        counted(&counts.refused),
        counted(&counts.unknown),
        counted(&counts.events),
        counted(&counts.connects),
        counted(&counts.returns),
        counted(&counts.faults),
    )
}

/// Tells, on standard error, what is going to fail.
pub(super) fn tell(plan: &[Step]) {
    for step in plan {
        let _ = writeln!(std::io::stderr(), "{step}");
    }
}

/// Tells how it goes, on standard error, until it is ended.
pub(super) async fn talk(world: Arc<World>) {
    let begun = Instant::now();
    loop {
        sleep(EVERY).await;
        let _ = writeln!(std::io::stderr(), "{:5.0} s: {}", begun.elapsed().as_secs_f64(), figures(&world));
    }
}
