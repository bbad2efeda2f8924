//! Looking for malware in files: ClamAV's daemon is asked, over its socket. What it has to be told is in clamd(8), "INSTREAM".

use std::fmt;
use std::fs::File;
use std::io::SeekFrom;
use std::sync::Arc;
use std::time::Duration;

use kernel::Internal;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeekExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::Error;
use crate::settings::ScanSettings;

/// Bytes that are sent at once.
const PIECE: usize = 65_536;
/// Bytes that an answer may have: a line with the name of what was found.
const ANSWER_MAX: u64 = 4_096;
/// How often it is tried before it is said that nobody answers.
const TRIES: u32 = 2;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(250);

/// Asks the daemon. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Scanner {
    address: Address,
    patience: Duration,
    places: Arc<Semaphore>,
}

/// Where the daemon listens.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Address {
    /// A host and a port.
    Net(String),
    /// A socket of this machine, by its path.
    Local(String),
}

/// What the daemon says of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Clean,
    /// With the name of what was found.
    Infected(String),
}

/// Why it is not known what is in a file.
#[derive(Debug)]
enum Trouble {
    /// Nobody answered: perhaps the next time.
    Away(std::io::Error),
    /// It took too long.
    Late,
    /// Something else was answered than was asked.
    Answer(String),
}

impl Scanner {
    /// The one that the settings name, if they do.
    pub(crate) fn new(settings: &ScanSettings) -> Option<Self> {
        Some(Self {
            address: Address::of(&settings.clamd)?,
            patience: Duration::from_secs(settings.timeout_s),
            places: Arc::new(Semaphore::new(settings.at_once)),
        })
    }

    /// Looks at a file.
    ///
    /// # Errors
    /// [`Error::Infected`]; [`Error::Unscanned`] when it is not known.
    pub(crate) async fn look(&self, file: &File) -> Result<(), Error> {
        let _place = self.places.acquire().await.map_err(Internal::new)?;
        let mut tries = 1;
        let trouble = loop {
            let asked = match timeout(self.patience, self.ask(file)).await {
                Ok(asked) => asked,
                Err(_) => Err(Trouble::Late),
            };
            match asked {
                Ok(Verdict::Clean) => return Ok(()),
                Ok(Verdict::Infected(name)) => return Err(Error::Infected(name)),
                Err(Trouble::Away(_)) if tries < TRIES => tokio::time::sleep(PAUSE).await,
                Err(trouble) => break trouble,
            }
            tries += 1;
        };
        tracing::error!(error = %trouble, "a file could not be looked at for malware, and was refused");
        Err(Error::Unscanned(Arc::new(Internal::new(trouble.to_string()))))
    }

    async fn ask(&self, file: &File) -> Result<Verdict, Trouble> {
        match &self.address {
            Address::Net(address) => {
                converse(TcpStream::connect(address).await.map_err(Trouble::Away)?, file).await
            }
            Address::Local(path) => {
                converse(UnixStream::connect(path).await.map_err(Trouble::Away)?, file).await
            }
        }
    }
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(stream: S, file: &File) -> Result<Verdict, Trouble> {
    let mut file = tokio::fs::File::from_std(file.try_clone().map_err(Trouble::Away)?);
    file.seek(SeekFrom::Start(0)).await.map_err(Trouble::Away)?;
    let (mut from, mut to) = tokio::io::split(stream);
    let mut answer = Vec::new();
    let mut limited = (&mut from).take(ANSWER_MAX);
    let read = limited.read_to_end(&mut answer);
    // It answers, and hangs up, before it has everything when that is more than it takes: then writing fails, and only what it
    // says tells why.
    let (sent, read) = tokio::join!(send(&mut file, &mut to), read);
    if answer.is_empty() {
        sent.and(read.map(drop)).map_err(Trouble::Away)?;
    }
    understood(&answer)
}

async fn send(file: &mut tokio::fs::File, to: &mut (impl AsyncWrite + Unpin)) -> std::io::Result<()> {
    to.write_all(b"zINSTREAM\0").await?;
    let mut piece = vec![0; PIECE];
    loop {
        let length = file.read(&mut piece).await?;
        let announced = u32::try_from(length).map_err(std::io::Error::other)?;
        // A piece of no bytes says that this was all.
        to.write_all(&announced.to_be_bytes()).await?;
        to.write_all(piece.get(..length).unwrap_or_default()).await?;
        if length == 0 {
            return to.flush().await;
        }
    }
}

/// `stream: OK`, or `stream: Name FOUND`.
fn understood(answer: &[u8]) -> Result<Verdict, Trouble> {
    let text = String::from_utf8_lossy(answer);
    let text = text.trim_end_matches(['\0', '\n']);
    match text.strip_prefix("stream: ") {
        Some("OK") => Ok(Verdict::Clean),
        Some(found) if found.ends_with(" FOUND") => {
            let name = found.trim_end_matches(" FOUND").chars().filter(|c| !c.is_control()).take(200);
            Ok(Verdict::Infected(name.collect()))
        }
        _ => Err(Trouble::Answer(text.chars().filter(|c| !c.is_control()).take(200).collect())),
    }
}

impl Address {
    /// `unix:/path`, or a host and a port; `None` of nothing.
    fn of(text: &str) -> Option<Self> {
        match text.strip_prefix("unix:") {
            _ if text.is_empty() => None,
            Some(path) => Some(Self::Local(path.into())),
            None => Some(Self::Net(text.into())),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Away(error) => write!(f, "clamd does not answer: {error}"),
            Self::Late => f.write_str("clamd did not answer in time"),
            Self::Answer(text) => write!(
                f,
                "clamd answered {text:?}; files larger than its StreamMaxLength it does not look at"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ok_is_clean() {
        assert!(matches!(understood(b"stream: OK\0"), Ok(Verdict::Clean)));
        let eicar = Verdict::Infected("Eicar-Test-Signature".into());
        assert!(matches!(understood(b"stream: Eicar-Test-Signature FOUND\0"), Ok(found) if found == eicar));
        for other in [
            b"".as_slice(),
            b"OK",
            b"stream: ",
            b"stream: OKAY",
            b"stream: x ERROR\0",
            b"INSTREAM size limit exceeded. ERROR\0",
            b"\xff\xfe",
            b"HTTP/1.1 200 OK\r\n\r\nstream: OK",
        ] {
            assert!(matches!(understood(other), Err(Trouble::Answer(_))), "{other:?}");
        }
    }

    #[test]
    fn an_address_is_of_the_net_or_of_this_machine() {
        assert_eq!(Address::of(""), None);
        assert_eq!(Address::of("unix:/run/clamd"), Some(Address::Local("/run/clamd".into())));
        assert_eq!(Address::of("[::1]:3310"), Some(Address::Net("[::1]:3310".into())));
    }
}
