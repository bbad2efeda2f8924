//! What a measurement answers when it cannot be done: one sentence for the person at the terminal.

use std::fmt::{self, Display};

/// Why a measurement stopped, as a sentence.
#[derive(Debug)]
pub(crate) struct Failure(String);

/// The result of everything here.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// A failure that reads `sentence`.
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Puts what was being done in front of an error that does not know it.
pub(crate) trait Context<T> {
    /// Turns an error into the failure "`doing()`: error".
    fn context(self, doing: impl FnOnce() -> String) -> Outcome<T>;
}

impl<T, E: Display> Context<T> for Result<T, E> {
    fn context(self, doing: impl FnOnce() -> String) -> Outcome<T> {
        self.map_err(|error| Failure(format!("{}: {error}", doing())))
    }
}
