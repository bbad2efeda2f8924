//! Tells what takes long: a spinner on a terminal, a plain line anywhere else.

use std::io::{IsTerminal as _, stderr};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::fail::Outcome;

/// Does `work` while saying `what` is going on.
pub(crate) fn during<T>(what: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    if !stderr().is_terminal() {
        eprintln!("{what} …");
        return work();
    }
    let spinner = ProgressBar::new_spinner().with_message(what.to_owned());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} … {elapsed}") {
        spinner.set_style(style);
    }
    spinner.enable_steady_tick(Duration::from_millis(100));
    let outcome = work();
    let elapsed = spinner.elapsed();
    spinner.finish_and_clear();
    if outcome.is_ok() {
        eprintln!("{what}: done in {}", seconds(elapsed));
    }
    outcome
}

/// A duration to a tenth of a second.
pub(crate) fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}
