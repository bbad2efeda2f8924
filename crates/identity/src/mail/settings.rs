//! The section `[mail]`.

use backbone::settings::Fault;
use lettre::message::Mailbox;
use serde::Deserialize;

/// How letters leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailTransport {
    /// Not at all: calls that need one are answered `UNAVAILABLE`.
    None,
    /// Into files of a directory, for development.
    Folder,
    /// By a mail server.
    Smtp,
}

/// Letters to people.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSettings {
    /// How they leave.
    pub transport: MailTransport,
    /// `smtps://user:password@host:465`, or `smtp://user:password@host:587?tls=required`.
    pub smtp_url: String,
    /// Where they are put by the transport `folder`.
    pub folder: String,
    /// Who they come from: `Name <address>`.
    pub from: String,
    /// What links begin with: where the gateways are, which have pages for them, or a frontend that has its own.
    pub link_base: String,
    /// How long the mail server may take for a letter, seconds.
    pub timeout_s: u64,
}

impl Default for MailSettings {
    /// No letters.
    fn default() -> Self {
        Self {
            transport: MailTransport::None,
            smtp_url: String::new(),
            folder: String::new(),
            from: "Guildhall <guildhall@localhost>".into(),
            link_base: "http://127.0.0.1:8080".into(),
            timeout_s: 20,
        }
    }
}

impl std::fmt::Debug for MailSettings {
    /// Without the URL: it holds the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailSettings")
            .field("transport", &self.transport)
            .field("folder", &self.folder)
            .field("from", &self.from)
            .field("link_base", &self.link_base)
            .field("timeout_s", &self.timeout_s)
            .finish_non_exhaustive()
    }
}

impl MailSettings {
    /// The first setting that is no good; `production` takes no folder.
    pub fn fault(&self, production: bool) -> Option<Fault> {
        let rules = [
            (
                !(production && self.transport == MailTransport::Folder),
                "mail.transport",
                "must be smtp or none in production",
            ),
            (
                self.transport != MailTransport::Folder || !self.folder.is_empty(),
                "mail.folder",
                "must be a directory for the transport folder",
            ),
            (
                self.transport != MailTransport::Smtp || self.is_safe(),
                "mail.smtp_url",
                "must be smtps://…, or smtp://…?tls=required unless the server is on this machine",
            ),
            (self.from.parse::<Mailbox>().is_ok(), "mail.from", "must be an address, or Name <address>"),
            (
                ["https://", "http://"].iter().any(|scheme| self.link_base.starts_with(scheme)),
                "mail.link_base",
                "must be a URL that starts with https:// or http://",
            ),
            ((1..=50).contains(&self.timeout_s), "mail.timeout_s", "must be 1 to 50"),
        ];
        Fault::first(rules)
    }

    /// Whether nobody on the way can read the password and the letters.
    fn is_safe(&self) -> bool {
        let Some((scheme, rest)) = self.smtp_url.split_once("://") else { return false };
        let (server, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, _) = server.split_once('/').unwrap_or((server, ""));
        let (_, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        let here = ["localhost", "127.0.0.1", "[::1]"]
            .iter()
            .any(|name| host.strip_prefix(name).is_some_and(|port| port.is_empty() || port.starts_with(':')));
        let tls = query.split('&').any(|pair| pair == "tls=required");
        !host.is_empty() && (scheme == "smtps" || scheme == "smtp" && (tls || here))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_passwords_travel_encrypted() {
        let fault = |url: &str| {
            let smtp_url = url.into();
            MailSettings { transport: MailTransport::Smtp, smtp_url, ..MailSettings::default() }.fault(true)
        };
        for good in [
            "smtps://u:p@mail.example.org",
            "smtp://u:p@mail.example.org:587?tls=required",
            "smtp://127.0.0.1:25",
            "smtp://localhost",
        ] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "",
            "smtp://mail.example.org",
            "smtp://mail.example.org?tls=opportunistic",
            "smtp://localhost.example.org",
            "smtp://localhost@mail.example.org",
            "http://mail.example.org",
            "smtps://",
        ] {
            assert_eq!(fault(bad).map(|fault| fault.name), Some("mail.smtp_url"), "{bad}");
        }
    }
}
