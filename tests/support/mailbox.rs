//! The letters that an app has sent, as people get them.

use std::path::{Path, PathBuf};

use crate::eventually;

/// Where the letters of an app arrive.
#[derive(Clone, Debug)]
pub struct Mailbox(PathBuf);

/// A letter that arrived.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Whom it is addressed to.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// Its plain side.
    pub text: String,
    /// All of it, as it was sent.
    pub raw: String,
}

impl Mailbox {
    /// Those that are put into a directory.
    pub fn at(folder: &Path) -> Self {
        Self(folder.into())
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// All letters, in the order in which they were written.
    pub fn letters(&self) -> Vec<Letter> {
        let files = std::fs::read_dir(&self.0).into_iter().flatten().flatten().map(|file| file.path());
        let mut files =
            files.filter(|path| path.extension().is_some_and(|ending| ending == "eml")).collect::<Vec<_>>();
        files.sort();
        files.iter().map(|path| Letter::read(&std::fs::read_to_string(path).expect("a letter"))).collect()
    }

    /// The letters to an address.
    pub fn letters_to(&self, address: &str) -> Vec<Letter> {
        self.letters().into_iter().filter(|letter| letter.to == address).collect()
    }

    /// Waits for the letter to an address that makes so many; returns it.
    pub async fn letter(&self, address: &str, number: usize) -> Letter {
        let what = format!("letter {number} to {address}");
        eventually(&what, async || self.letters_to(address).len() >= number).await;
        self.letters_to(address).swap_remove(number - 1)
    }

    /// As [`Self::letter`], of those about something: letters that are written at the same time come in any order.
    pub async fn letter_about(&self, subject: &str, address: &str, number: usize) -> Letter {
        let about = || {
            let all = self.letters_to(address).into_iter();
            all.filter(|letter| letter.subject == subject).collect::<Vec<_>>()
        };
        let what = format!("letter {number} about {subject:?} to {address}");
        eventually(&what, async || about().len() >= number).await;
        about().swap_remove(number - 1)
    }
}

impl Letter {
    fn read(raw: &str) -> Self {
        let header = |name: &str| {
            let start = format!("{name}: ");
            raw.lines().find_map(|line| line.strip_prefix(&start)).unwrap_or_default().trim().to_string()
        };
        let (_, plain) = raw.split_once("Content-Type: text/plain").expect("a plain side");
        let (headers, body) = plain.split_once("\r\n\r\n").expect("a body");
        let (body, _) = body.split_once("\r\n--").expect("an end");
        let text = if headers.contains("quoted-printable") { unquoted(body) } else { body.to_string() };
        Self { to: header("To"), subject: header("Subject"), text, raw: raw.to_string() }
    }

    /// The six digits in it.
    #[track_caller]
    pub fn code(&self) -> String {
        let digits = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
        self.text.split_whitespace().find(digits).expect("a code").to_string()
    }

    /// The token of the link in it.
    #[track_caller]
    pub fn token(&self) -> String {
        let (_, rest) = self.text.split_once("?token=").expect("a link");
        rest.split_whitespace().next().expect("a token").to_string()
    }
}

/// The text in quoted-printable.
fn unquoted(body: &str) -> String {
    let body = body.replace("=\r\n", "");
    let mut parts = body.split('=');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).expect("two digits"));
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).expect("text")
}
