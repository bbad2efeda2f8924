//! The providers that are set up, and what one says of somebody.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use kernel::text::display_name;
use kernel::{Internal, Timestamp};
use url::Url;

use super::client::Registration;
use super::facebook::Facebook;
use super::http::Http;
use super::oidc::Oidc;
use super::{Flow, IssuerSettings, OauthSettings, ProviderView};
use crate::input::{Email, NAME_MAX};

/// Why a provider is of no use. For the log: its user learns only that it failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProviderError {
    /// It does not answer, not in time, or with an error.
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    /// It does not take the code, or us.
    #[error("the provider refuses: {0}")]
    Refused(String),
    /// What it says is not as it must be.
    #[error("the provider's answer is not believed: {0}")]
    Wrong(String),
}

/// What a browser brings back from a provider.
#[derive(Clone, Default)]
pub struct Returned {
    /// The provider's code.
    pub code: Option<String>,
    /// What we sent along.
    pub state: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
    /// Who says that it answers (RFC 9207).
    pub iss: Option<String>,
}

/// Why a login through a provider came to nothing; the frontend's page gets the name in `error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginFailure {
    /// The user, or the provider on its own, said no.
    AccessDenied,
    /// It was not begun in this browser, too long ago, or is over already: begin again.
    LoginExpired,
    /// The provider failed, or its answer is not believed.
    ProviderFailed,
    /// A part of this server is down: try again in a few seconds.
    Unavailable,
}

/// What a provider says of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    /// The provider's name here.
    pub(crate) provider: String,
    /// Its id of its user.
    pub(crate) subject: String,
    pub(crate) email: Option<String>,
    /// Whether it says that the address is theirs.
    pub(crate) email_verified: bool,
    pub(crate) name: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Provider {
    pub(crate) label: String,
    kind: Kind,
}

#[derive(Debug)]
enum Kind {
    Oidc(Box<Oidc>),
    Facebook(Box<Facebook>),
}

/// The providers by name, and where a login may end. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Providers {
    all: Arc<BTreeMap<String, Provider>>,
    targets: Arc<[String]>,
    /// Whether browsers reach this server by TLS.
    pub(crate) secure: bool,
}

impl LoginFailure {
    /// Its name in the frontend's address.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::LoginExpired => "login_expired",
            Self::ProviderFailed => "provider_failed",
            Self::Unavailable => "unavailable",
        }
    }
}

impl Proof {
    /// With a name that may be a display name here, cut where it is too long, and an address only if it is one.
    pub(super) fn new(
        provider: &str,
        subject: String,
        email: Option<String>,
        email_verified: bool,
        name: Option<String>,
    ) -> Self {
        let name = name.map(|name| name.chars().take(NAME_MAX).collect::<String>());
        let name = name.and_then(|name| display_name(&name, NAME_MAX).ok());
        let email = email.filter(|email| Email::parse(email).is_ok());
        Self { provider: provider.into(), subject, email, email_verified, name }
    }
}

impl Provider {
    /// Where to send a browser.
    pub(crate) async fn authorize(&self, flow: &Flow, now: Timestamp) -> Result<Url, ProviderError> {
        match &self.kind {
            Kind::Oidc(oidc) => oidc.authorize(flow, now).await,
            Kind::Facebook(facebook) => Ok(facebook.authorize(flow)),
        }
    }

    /// Who the browser's user is there.
    pub(crate) async fn prove(
        &self,
        flow: &Flow,
        code: String,
        iss: Option<&str>,
        now: Timestamp,
    ) -> Result<Proof, ProviderError> {
        match &self.kind {
            Kind::Oidc(oidc) => oidc.prove(flow, code, iss, now).await,
            Kind::Facebook(facebook) => facebook.prove(flow, code).await,
        }
    }
}

impl Providers {
    /// # Errors
    /// The settings contradict themselves.
    pub(crate) fn new(settings: &OauthSettings) -> Result<Self, Internal> {
        if let Some(fault) = settings.fault() {
            return Err(Internal::new(fault));
        }
        let mut all = BTreeMap::new();
        let public = settings.public_url.as_deref().unwrap_or_default().trim_end_matches('/');
        if !public.is_empty() {
            let http = Http::new(Duration::from_millis(settings.timeout_ms))?;
            let google = (!settings.google.client_id.is_empty()).then(|| settings.google.issuer());
            let google = google.map(|issuer| ("google".to_string(), issuer));
            for (name, issuer) in google.into_iter().chain(settings.issuers.clone()) {
                all.insert(name.clone(), oidc(public, &name, issuer, &http)?);
            }
            if !settings.facebook.client_id.is_empty() {
                all.insert("facebook".into(), facebook(public, settings, &http)?);
            }
        }
        let targets = settings.redirect_targets.clone().into();
        Ok(Self { all: Arc::new(all), targets, secure: public.starts_with("https://") })
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Provider> {
        self.all.get(name)
    }

    /// What people call a provider; of one that is not set up any more, its name.
    pub(crate) fn label(&self, name: &str) -> String {
        self.get(name).map_or(name, |provider| &provider.label).to_string()
    }

    pub(crate) fn views(&self) -> Vec<ProviderView> {
        let views = self.all.iter().map(|(name, provider)| ProviderView {
            name: name.clone(),
            label: provider.label.clone(),
            url: format!("/api/auth/oauth/{name}"),
        });
        views.collect()
    }

    /// The page that is wanted, when a login may end there; the usual one when none is wanted.
    pub(crate) fn target(&self, wanted: Option<&str>) -> Option<&str> {
        let mut targets = self.targets.iter().map(String::as_str);
        match wanted {
            None => targets.next(),
            Some(wanted) => targets.find(|target| *target == wanted),
        }
    }
}

fn registration(
    public: &str,
    name: &str,
    id: &str,
    secret: &str,
    scopes: Vec<String>,
) -> Result<Registration, Internal> {
    let callback = format!("{public}/api/auth/callback/{name}");
    Ok(Registration {
        client_id: id.into(),
        client_secret: secret.into(),
        callback: Url::parse(&callback).map_err(Internal::new)?,
        scopes,
    })
}

fn oidc(public: &str, name: &str, issuer: IssuerSettings, http: &Http) -> Result<Provider, Internal> {
    let registration = registration(public, name, &issuer.client_id, &issuer.client_secret, issuer.scopes)?;
    let kind = Kind::Oidc(Box::new(Oidc::new(issuer.issuer, registration, http.clone())));
    Ok(Provider { label: issuer.label.unwrap_or_else(|| name.to_string()), kind })
}

fn facebook(public: &str, settings: &OauthSettings, http: &Http) -> Result<Provider, Internal> {
    let settings = &settings.facebook;
    let scopes = ["public_profile", "email"].map(Into::into).into();
    let registration =
        registration(public, "facebook", &settings.client_id, &settings.client_secret, scopes)?;
    let facebook = Facebook::new(settings, registration, http.clone()).map_err(Internal::new)?;
    Ok(Provider { label: "Facebook".into(), kind: Kind::Facebook(Box::new(facebook)) })
}

impl std::fmt::Debug for Returned {
    /// Without the code.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Returned").field("error", &self.error).field("iss", &self.iss).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_ends_only_at_pages_of_the_list() {
        let settings = OauthSettings {
            redirect_targets: vec!["https://app.example.org/login".into(), "https://b.example.org/".into()],
            ..OauthSettings::default()
        };
        let providers = Providers::new(&settings).unwrap();
        assert_eq!(providers.target(None), Some("https://app.example.org/login"));
        assert_eq!(providers.target(Some("https://b.example.org/")), Some("https://b.example.org/"));
        for evil in [
            "https://app.example.org/login/",
            "https://app.example.org/login?x",
            "https://app.example.org.evil.org/login",
            "https://app.example.org@evil.org/login",
            "//evil.org",
            "",
        ] {
            assert_eq!(providers.target(Some(evil)), None, "{evil}");
        }
    }

    #[test]
    fn names_are_made_to_fit() {
        let name = |name: &str| Proof::new("p", "s".into(), None, false, Some(name.into())).name;
        assert_eq!(name(" Ada  Lovelace "), Some("Ada Lovelace".into()));
        assert_eq!(name(&"x".repeat(100)).unwrap().len(), 64);
        assert_eq!((name("\u{202e}evil"), name(" ")), (None, None));
    }
}
