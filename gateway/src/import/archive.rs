//! Logs on disk: which files there are, of which day, and what stands beside them.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;

use super::ImportError;
use super::log::{Event, Log};
use super::replies::Links;

/// How logs in a directory end; the rest of their names is what they are called.
const LOG: &str = ".raw.txt";
/// How the reply file beside a log ends.
const REPLIES: &str = ".replies.txt";

/// A log and its links.
#[derive(Debug)]
pub(super) struct Archive {
    /// What its messages are known by, unique in a channel.
    pub(super) name: String,
    /// What was said.
    pub(super) log: Log,
    /// Which line answers which; none, when there is no reply file.
    pub(super) links: Links,
}

impl Archive {
    /// How many of its lines become messages.
    pub(super) fn count(&self) -> usize {
        self.log.lines.iter().filter(|line| !matches!(line.event, Event::Skipped(_))).count()
    }
}

/// A log that was not read yet.
#[derive(Debug)]
struct Source {
    path: PathBuf,
    /// The file's name without its end.
    stem: String,
    name: String,
    day: NaiveDate,
}

/// Reads the logs at `paths`, which may be directories, and puts them in the order of their days. Those whose names say
/// no day are of `day`.
pub(super) fn read(paths: &[PathBuf], day: Option<NaiveDate>) -> Result<Vec<Archive>, ImportError> {
    let mut sources = Vec::new();
    for path in paths {
        for file in files(path)? {
            sources.push(Source::of(file, day)?);
        }
    }
    sources.sort_by(|a, b| (a.day, &a.name).cmp(&(b.day, &b.name)));
    let mut names = HashSet::new();
    if let Some(twice) = sources.iter().find(|source| !names.insert(&source.name)) {
        return Err(ImportError::SameName(twice.name.clone()));
    }
    sources.into_iter().map(Source::read).collect()
}

/// The logs at `path`: itself, or those in it when it is a directory.
fn files(path: &Path) -> Result<Vec<PathBuf>, ImportError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(ImportError::unreadable(path))? {
        let entry = entry.map_err(ImportError::unreadable(path))?;
        if entry.file_name().to_string_lossy().ends_with(LOG) {
            files.push(entry.path());
        }
    }
    if files.is_empty() { Err(ImportError::NoLogs(path.to_owned())) } else { Ok(files) }
}

impl Source {
    fn of(path: PathBuf, day: Option<NaiveDate>) -> Result<Self, ImportError> {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let stem = file.strip_suffix(LOG).or_else(|| file.rsplit_once('.').map(|(stem, _)| stem));
        let stem = stem.unwrap_or(&file).to_string();
        let (name, day) = match (day_of(&stem), day) {
            (Some(day), _) => (stem.clone(), day),
            // The same file name on another day is another log.
            (None, Some(day)) => (format!("{day}.{stem}"), day),
            (None, None) => return Err(ImportError::NoDate(path)),
        };
        Ok(Self { path, stem, name, day })
    }

    fn read(self) -> Result<Archive, ImportError> {
        let bytes = fs::read(&self.path).map_err(ImportError::unreadable(&self.path))?;
        let replies = self.path.with_file_name(self.stem + REPLIES);
        let links = match fs::read(&replies) {
            Ok(bytes) => Links::parse(&String::from_utf8_lossy(&bytes))
                .map_err(|line| ImportError::BadReply { path: replies, line })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Links::default(),
            Err(error) => return Err(ImportError::unreadable(&replies)(error)),
        };
        Ok(Archive { name: self.name, log: Log::parse(&bytes, self.day), links })
    }
}

/// The day that a name starts with, as in `2006-06-01-ubuntu`.
fn day_of(name: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(name.get(..10)?, "%Y-%m-%d").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, day: Option<&str>) -> Result<(String, String), String> {
        let source = Source::of(path.into(), day.and_then(day_of));
        source.map(|source| (source.name, source.day.to_string())).map_err(|error| error.to_string())
    }

    #[test]
    fn a_name_says_the_day_and_the_option_says_it_for_the_others() {
        let found = |name: &str, day: &str| Ok((name.to_string(), day.to_string()));
        assert_eq!(source("logs/2006-06-01.raw.txt", None), found("2006-06-01", "2006-06-01"));
        assert_eq!(source("2006-06-01-kde.log", Some("2007-01-01")), found("2006-06-01-kde", "2006-06-01"));
        assert_eq!(source("#kde.txt", Some("2007-01-01")), found("2007-01-01.#kde", "2007-01-01"));
        for path in ["#kde.txt", "2006-02-30.txt", "2006-6-1.txt", ".."] {
            assert!(source(path, None).is_err_and(|told| told.contains("--date")), "{path}");
        }
    }

    #[test]
    fn a_directory_stands_for_its_logs_with_their_replies() {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/import/sample");
        let archives = read(std::slice::from_ref(&sample), None).unwrap();
        let found = archives.iter().map(|archive| (archive.name.as_str(), archive.links.count()));
        assert_eq!(found.collect::<Vec<_>>(), [("2020-02-29", 9)]);
        let log = sample.join("2020-02-29.raw.txt");
        let told = |paths: &[PathBuf]| read(paths, None).unwrap_err().to_string();
        assert!(told(&[sample.clone(), log]).contains("two logs called 2020-02-29"));
        assert!(told(&[sample.join("absent.txt")]).contains("--date"));
        assert!(told(&[sample.join("2020-01-01.txt")]).contains("could not read"));
        assert!(told(&[sample.with_file_name("")]).contains("no log in"));
    }
}
