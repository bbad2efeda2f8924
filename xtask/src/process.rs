//! Running other programs, and saying which one failed and how.

use std::env;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::fail::{Context as _, Failure, Outcome};

/// How many of the last lines of an output or a log a failure shows.
const SHOWN_LINES: usize = 15;

/// Runs `command` on our own terminal to its end.
pub(crate) fn stream(command: &mut Command) -> Outcome {
    let name = name(command);
    let status = command.status().context(|| format!("could not run `{name}`"))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("`{name}` failed ({status})"))) }
}

/// Runs `command` on our own terminal, except that its output is returned.
pub(crate) fn stream_errors(command: &mut Command) -> Outcome<String> {
    let name = name(command);
    let output = command.stderr(Stdio::inherit()).output().context(|| format!("could not run `{name}`"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    Err(Failure::new(format!("`{name}` failed ({})", output.status)))
}

/// Runs `command` to its end and returns what it printed; a failure shows the end of that.
pub(crate) fn capture(command: &mut Command) -> Outcome<String> {
    feed(command, "")
}

/// Runs `command` with `input` on its standard input, otherwise as [`capture`].
pub(crate) fn feed(command: &mut Command, input: &str) -> Outcome<String> {
    let name = name(command);
    let doing = || format!("could not run `{name}`");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context(doing)?;
    if let Some(mut stdin) = child.stdin.take() {
        // A program that ends without reading tells why itself.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = child.wait_with_output().context(doing)?;
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(printed);
    }
    let told = printed + &String::from_utf8_lossy(&output.stderr);
    Err(Failure::new(format!("`{name}` failed ({}){}", output.status, last_lines(&told))))
}

/// The first executable called `name` in `PATH`.
pub(crate) fn in_path(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|directory| directory.join(name)).find(|file| file.is_file())
}

/// The last lines of `text`, indented below the sentence they explain; empty when there is nothing to show.
pub(crate) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    let skipped = lines.len().saturating_sub(SHOWN_LINES);
    lines.iter().skip(skipped).fold(String::new(), |mut shown, line| {
        // Writing into a String cannot fail.
        let _ = write!(shown, "\n    {line}");
        shown
    })
}

/// The program's name and its first argument: enough to know it, and never a secret.
fn name(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let program = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    match command.get_args().next() {
        Some(first) => format!("{program} {}", first.to_string_lossy()),
        None => program,
    }
}
