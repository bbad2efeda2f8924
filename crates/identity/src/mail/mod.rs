//! Letters: what they say, and how they leave the house.

mod letter;
pub(crate) mod letters;
mod settings;
mod transport;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use backbone::jobs::JobError;
use kernel::{Env, Internal};
use lettre::Message;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

pub(crate) use letter::{Letter, Part};
pub use settings::{MailSettings, MailTransport};

use transport::Transport;

/// Writes letters and sends them. Cheap to clone.
#[derive(Clone)]
pub struct Mailer(Arc<Inner>);

struct Inner {
    env: Env,
    from: Mailbox,
    link_base: String,
    transport: Transport,
}

impl Mailer {
    /// A mailer of the given settings. Opens no connection yet.
    ///
    /// # Errors
    /// The sender's address or the server's URL is malformed.
    pub fn new(settings: &MailSettings, env: Env) -> Result<Self, Internal> {
        let from = settings.from.parse().map_err(Internal::new)?;
        let link_base = settings.link_base.trim_end_matches('/').to_string();
        Ok(Self(Arc::new(Inner { env, from, link_base, transport: Transport::new(settings)? })))
    }

    /// A mailer that sends nothing, for programs that need none.
    ///
    /// # Errors
    /// None, while the default sender's address is one.
    pub fn none(env: Env) -> Result<Self, Internal> {
        Self::new(&MailSettings::default(), env)
    }

    /// Whether letters leave at all.
    pub fn is_configured(&self) -> bool {
        !matches!(self.0.transport, Transport::None)
    }

    /// A page of the frontend; `path` begins with `/`.
    pub(crate) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.0.link_base)
    }

    /// Sends a letter to an address.
    pub(crate) async fn send(&self, to: &str, letter: &Letter) -> Result<(), JobError> {
        let message = self.message(to, letter).map_err(JobError::never)?;
        self.0.transport.send(&self.0.env, message).await
    }

    fn message(&self, to: &str, letter: &Letter) -> Result<Message, Internal> {
        let Inner { env, from, .. } = &*self.0;
        let id = env.id::<uuid::Uuid>();
        let now = u64::try_from(env.now().millis()).map_err(Internal::new)?;
        Message::builder()
            .from(from.clone())
            // Without a name: what people call themselves has no place in a header.
            .to(Mailbox::new(None, to.parse().map_err(Internal::new)?))
            .subject(letter.subject.clone())
            .date(SystemTime::UNIX_EPOCH + Duration::from_millis(now))
            .message_id(Some(format!("<{id}@{}>", from.email.domain())))
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(letter.text(), letter.html()))
            .map_err(Internal::new)
    }
}

impl std::fmt::Debug for Mailer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mailer").field("transport", &self.0.transport).finish_non_exhaustive()
    }
}

/// No person wrote it, so no machine is to answer (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(to: &str, letter: &Letter) -> Result<String, Internal> {
        let mailer = Mailer::none(Env::system()).unwrap();
        mailer.message(to, letter).map(|message| String::from_utf8(message.formatted()).unwrap())
    }

    #[test]
    fn a_letter_has_a_plain_and_a_formatted_side_and_says_that_a_machine_wrote_it() {
        let letter = Letter::new("Grüße").part(Part::Words("1 < 2".into()));
        let raw = raw("ada@example.org", &letter).unwrap();
        for there in ["Auto-Submitted: auto-generated", "text/plain", "text/html", "1 < 2", "1 &lt; 2"] {
            assert!(raw.contains(there), "{there}: {raw}");
        }
        assert!(raw.contains("To: ada@example.org\r\n") && raw.is_ascii(), "{raw}");
    }

    #[test]
    fn no_address_and_no_subject_adds_a_header() {
        let letter = Letter::new("Hello\r\nBcc: eve@example.org");
        for to in [
            "ada@example.org\r\nBcc: eve@example.org",
            "ada@example.org\nBcc: eve@example.org",
            "ada@example.org, eve@example.org",
            "Ada <ada@example.org>",
            "",
        ] {
            assert!(raw(to, &letter).is_err(), "{to:?}");
        }
        let raw = raw("ada@example.org", &letter).unwrap();
        // The subject is the title of the formatted side as well: there it is text.
        let (headers, _) = raw.split_once("\r\n\r\n").unwrap();
        assert!(!headers.lines().any(|line| line.starts_with("Bcc")), "{headers}");
    }
}
