//! What the suite found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Deserialize;

/// The results of all cases, by their numbers.
pub(crate) struct Report(BTreeMap<String, Case>);

#[derive(Deserialize)]
struct Case {
    behavior: String,
    #[serde(rename = "behaviorClose")]
    close: String,
    #[serde(rename = "remoteCloseCode")]
    code: Option<u16>,
}

impl Case {
    /// Nothing is wrong with it. What the protocol leaves open is `INFORMATIONAL`. `NON-STRICT` is within the protocol, too:
    /// a fault that is found at the end of a message or frame and not as early as possible, or whose finding swallows
    /// the message before it.
    fn is_good(&self) -> bool {
        matches!(self.behavior.as_str(), "OK" | "NON-STRICT" | "INFORMATIONAL")
            && matches!(self.close.as_str(), "OK" | "INFORMATIONAL")
    }
}

impl Report {
    /// Reads `index.json` as the suite wrote it about one agent.
    pub(crate) fn read(file: &Path, agent: &str) -> std::io::Result<Self> {
        let mut agents: BTreeMap<String, BTreeMap<String, Case>> =
            serde_json::from_str(&std::fs::read_to_string(file)?)?;
        Ok(Self(agents.remove(agent).unwrap_or_default()))
    }

    /// The groups of which no case was run, of these.
    pub(crate) fn missing<'a>(&self, groups: &[&'a str]) -> Vec<&'a str> {
        let run = self.0.keys().filter_map(|case| case.split('.').next()).collect::<BTreeSet<_>>();
        groups.iter().copied().filter(|group| !run.contains(group)).collect()
    }

    /// The cases that went wrong, and how.
    pub(crate) fn failures(&self) -> Vec<String> {
        let bad = self.0.iter().filter(|(_, case)| !case.is_good());
        bad.map(|(number, Case { behavior, close, code })| {
            format!("{number}: {behavior}, close {close} (code {code:?})")
        })
        .collect()
    }

    /// How many cases had which result.
    pub(crate) fn summary(&self) -> String {
        let mut counts = BTreeMap::new();
        for case in self.0.values() {
            *counts.entry(format!("{}, close {}", case.behavior, case.close)).or_insert(0) += 1;
        }
        let counts = counts.iter().map(|(result, count)| format!("  {count:4} {result}\n"));
        format!("{} cases:\n{}", self.0.len(), counts.collect::<String>())
    }
}
