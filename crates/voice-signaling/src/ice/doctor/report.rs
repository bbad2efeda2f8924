//! What was found.

use std::fmt;

use serde::Serialize;

/// What was found about all servers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnosis {
    /// Server by server, STUN first.
    pub servers: Vec<ServerReport>,
    /// What is missing among the servers that are configured.
    pub hints: Vec<String>,
}

/// What was found about a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServerReport {
    /// Its address, as clients are told.
    pub server: String,
    /// Check by check, in their order.
    pub checks: Vec<Check>,
}

/// What was found by a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: CheckName,
    /// What was found.
    #[serde(flatten)]
    pub finding: Finding,
}

/// What is looked at. Of a STUN server, only whether it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckName {
    /// It answers.
    Reachable,
    /// Who does not say who they are is not relayed.
    AnonymousRefused,
    /// Our credentials are taken.
    CredentialsAccepted,
    /// A wrong password is not.
    WrongPasswordRefused,
    /// Nor are credentials whose time is over.
    ExpiredRefused,
    /// It does not relay to machines behind it.
    PrivatePeersRefused,
    /// What is sent through it arrives.
    Relays,
}

/// How a check ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Finding {
    /// As it should be.
    Ok {
        /// What was seen.
        told: String,
    },
    /// Not as it should be.
    Failed {
        /// What was seen.
        told: String,
        /// What to change.
        change: String,
    },
    /// It could not be looked at.
    Skipped {
        /// Why not.
        told: String,
    },
}

impl Diagnosis {
    /// How many checks failed.
    pub fn failures(&self) -> usize {
        let checks = self.servers.iter().flat_map(|server| &server.checks);
        checks.filter(|check| matches!(check.finding, Finding::Failed { .. })).count()
    }
}

impl CheckName {
    /// The checks of a TURN server, in their order.
    pub(super) const TURN: [Self; 7] = [
        Self::Reachable,
        Self::AnonymousRefused,
        Self::CredentialsAccepted,
        Self::WrongPasswordRefused,
        Self::ExpiredRefused,
        Self::PrivatePeersRefused,
        Self::Relays,
    ];

    /// For people.
    const fn words(self) -> &'static str {
        match self {
            Self::Reachable => "reachable",
            Self::AnonymousRefused => "refuses who gives no name",
            Self::CredentialsAccepted => "takes our credentials",
            Self::WrongPasswordRefused => "refuses a wrong password",
            Self::ExpiredRefused => "refuses expired credentials",
            Self::PrivatePeersRefused => "refuses private peers",
            Self::Relays => "relays both ways",
        }
    }
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for ServerReport { server, checks } in &self.servers {
            writeln!(f, "{server}")?;
            checks.iter().try_for_each(|check| write!(f, "{check}"))?;
        }
        self.hints.iter().try_for_each(|hint| writeln!(f, "hint: {hint}"))
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.words();
        match &self.finding {
            Finding::Ok { told } => writeln!(f, "  ok       {name:<28} {told}"),
            Finding::Skipped { told } => writeln!(f, "  skipped  {name:<28} {told}"),
            Finding::Failed { told, change } => {
                writeln!(f, "  FAILED   {name:<28} {told}")?;
                change.lines().try_for_each(|line| writeln!(f, "           change: {line}"))
            }
        }
    }
}
