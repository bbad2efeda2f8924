//! What the servers are for.

use std::fmt::{self, Display};

use clap::ValueEnum;

/// Which pair of servers: each has its own data, ports and passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Profile {
    /// To work with: survives a crash.
    Dev,
    /// For the tests: fast, and its data may be lost.
    Test,
}

impl Display for Profile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Dev => "dev",
            Self::Test => "test",
        })
    }
}
