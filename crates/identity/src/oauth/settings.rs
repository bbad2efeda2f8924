//! Which providers there are.

use std::collections::BTreeMap;

use backbone::settings::{Fault, given, list};
use serde::Deserialize;
use url::{Host, Url};

/// Logging in through other providers. None is set up unless it has a client id.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OauthSettings {
    /// Where browsers reach this server: providers send them back to `<public_url>/api/auth/callback/<provider>`.
    #[serde(deserialize_with = "given")]
    pub public_url: Option<String>,
    /// Pages of frontends at which a login may end, the usual one first; compared to the letter.
    #[serde(deserialize_with = "list")]
    pub redirect_targets: Vec<String>,
    /// How long each answer of a provider may take, milliseconds.
    pub timeout_ms: u64,
    /// Google.
    pub google: GoogleSettings,
    /// Facebook.
    pub facebook: FacebookSettings,
    /// Any other issuer of OpenID Connect, by the name that it has in paths.
    pub issuers: BTreeMap<String, IssuerSettings>,
}

/// Google, an issuer whose address is known.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoogleSettings {
    /// What Google calls this installation.
    pub client_id: String,
    /// Proves to Google that it is.
    pub client_secret: String,
}

/// Facebook: OAuth 2 with a call of its own that tells who somebody is.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacebookSettings {
    /// What Facebook calls this installation: the app's id.
    pub client_id: String,
    /// Proves to Facebook that it is: the app's secret.
    pub client_secret: String,
    /// The version of the Graph API.
    pub api_version: String,
    /// Where browsers are sent.
    pub dialog_url: String,
    /// Where the Graph API is.
    pub graph_url: String,
}

/// An issuer of OpenID Connect; the rest is found out by discovery.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerSettings {
    /// Its identifier, to the letter: `<issuer>/.well-known/openid-configuration` says the rest.
    pub issuer: String,
    /// What it calls this installation.
    pub client_id: String,
    /// Proves to it that it is; empty for a public client.
    #[serde(default)]
    pub client_secret: String,
    /// What is asked for.
    #[serde(default = "scopes", deserialize_with = "list")]
    pub scopes: Vec<String>,
    /// What people call it.
    #[serde(default)]
    pub label: Option<String>,
}

fn scopes() -> Vec<String> {
    ["openid", "email", "profile"].map(Into::into).into()
}

impl Default for OauthSettings {
    /// No provider, 5 s.
    fn default() -> Self {
        Self {
            public_url: None,
            redirect_targets: Vec::new(),
            timeout_ms: 5_000,
            google: GoogleSettings::default(),
            facebook: FacebookSettings::default(),
            issuers: BTreeMap::new(),
        }
    }
}

impl Default for FacebookSettings {
    fn default() -> Self {
        Self {
            client_id: String::new(),
            client_secret: String::new(),
            api_version: "v23.0".into(),
            dialog_url: "https://www.facebook.com".into(),
            graph_url: "https://graph.facebook.com".into(),
        }
    }
}

impl GoogleSettings {
    /// As an issuer like any other.
    pub(super) fn issuer(&self) -> IssuerSettings {
        IssuerSettings {
            issuer: "https://accounts.google.com".into(),
            client_id: self.client_id.clone(),
            client_secret: self.client_secret.clone(),
            scopes: scopes(),
            label: Some("Google".into()),
        }
    }
}

impl OauthSettings {
    /// The first setting that contradicts the others. What is not used needs nothing.
    pub fn fault(&self) -> Option<Fault> {
        let (google, facebook) = (&self.google, &self.facebook);
        if google.client_id.is_empty() && facebook.client_id.is_empty() && self.issuers.is_empty() {
            return None;
        }
        let public = self.public_url.as_deref().and_then(|url| Url::parse(url).ok());
        let origin = public.is_some_and(|url| is_safe(&url) && url.path() == "/" && url.query().is_none());
        let page = |target: &String| {
            Url::parse(target).is_ok_and(|page| is_safe(&page) && page.fragment().is_none())
        };
        let pages = !self.redirect_targets.is_empty() && self.redirect_targets.iter().all(page);
        let paired = |id: &str, secret: &str| id.is_empty() || !secret.is_empty();
        let safe = |url: &str| Url::parse(url).is_ok_and(|url| is_safe(&url));
        let own = Fault::first([
            (
                origin,
                "identity.oauth.public_url",
                "must be where browsers reach this server, such as https://chat.example.org",
            ),
            (
                pages,
                "identity.oauth.redirect_targets",
                "must be https:// addresses of pages, at least one, without #",
            ),
            (self.timeout_ms > 0, "identity.oauth.timeout_ms", "must be at least 1"),
            (
                paired(&google.client_id, &google.client_secret),
                "identity.oauth.google.client_secret",
                "must be set",
            ),
            (
                paired(&facebook.client_id, &facebook.client_secret),
                "identity.oauth.facebook.client_secret",
                "must be set",
            ),
            (safe(&facebook.dialog_url), "identity.oauth.facebook.dialog_url", "must be an https:// address"),
            (safe(&facebook.graph_url), "identity.oauth.facebook.graph_url", "must be an https:// address"),
        ]);
        own.or_else(|| self.issuers.iter().find_map(|(name, issuer)| issuer.fault(name)))
    }
}

impl IssuerSettings {
    fn fault(&self, name: &str) -> Option<Fault> {
        let plain = name.len() <= 32
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        let named = plain && !["", "google", "facebook"].contains(&name);
        let issuer = Url::parse(&self.issuer).is_ok_and(|url| is_safe(&url) && url.query().is_none());
        let rules = [
            (named, "must have a name of a-z, 0-9 and -, other than google and facebook"),
            (!self.client_id.is_empty(), "must have a client_id"),
            (issuer, "must have an issuer that is an https:// address"),
            (self.scopes.iter().any(|scope| scope == "openid"), "must ask for the scope openid"),
        ];
        let (_, must) = rules.into_iter().find(|(good, _)| !good)?;
        Some(Fault::new("identity.oauth.issuers", format!("{name} {must}")))
    }
}

/// Whether what is sent there cannot be read on the way: by TLS, or on this machine.
pub(super) fn is_safe(url: &Url) -> bool {
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return false,
    };
    url.scheme() == "https" || url.scheme() == "http" && local
}

impl std::fmt::Debug for GoogleSettings {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GoogleSettings").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for FacebookSettings {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FacebookSettings")
            .field("client_id", &self.client_id)
            .field("api_version", &self.api_version)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for IssuerSettings {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IssuerSettings")
            .field("issuer", &self.issuer)
            .field("client_id", &self.client_id)
            .field("scopes", &self.scopes)
            .field("label", &self.label)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issuer() -> IssuerSettings {
        IssuerSettings {
            issuer: "https://id.example.org/realms/x".into(),
            client_id: "guildhall".into(),
            client_secret: String::new(),
            scopes: scopes(),
            label: None,
        }
    }

    fn settings() -> OauthSettings {
        OauthSettings {
            public_url: Some("https://chat.example.org".into()),
            redirect_targets: vec!["https://app.example.org/login".into()],
            issuers: BTreeMap::from([("house".to_string(), issuer())]),
            ..OauthSettings::default()
        }
    }

    #[test]
    fn what_is_not_used_needs_nothing() {
        assert_eq!(OauthSettings::default().fault(), None);
        assert_eq!(settings().fault(), None);
    }

    #[test]
    fn what_contradicts_itself_is_named() {
        let fault = |change: &dyn Fn(&mut OauthSettings)| {
            let mut settings = settings();
            change(&mut settings);
            settings.fault().unwrap().name.rsplit('.').next().unwrap()
        };
        assert_eq!(fault(&|s| s.public_url = None), "public_url");
        assert_eq!(fault(&|s| s.public_url = Some("http://chat.example.org".into())), "public_url");
        assert_eq!(fault(&|s| s.public_url = Some("https://chat.example.org/x".into())), "public_url");
        assert_eq!(fault(&|s| s.redirect_targets.clear()), "redirect_targets");
        assert_eq!(fault(&|s| s.redirect_targets.push("javascript:alert(1)".into())), "redirect_targets");
        assert_eq!(fault(&|s| s.google.client_id = "x".into()), "client_secret");
        for (name, change) in [
            ("google", None),
            ("a b", None),
            ("x", Some("http://id.example.org")),
            ("y", Some("id.example.org")),
        ] {
            let told = fault(&|s| {
                let issuer = IssuerSettings { issuer: change.unwrap_or("https://a.org").into(), ..issuer() };
                s.issuers.insert(name.into(), issuer);
            });
            assert_eq!(told, "issuers", "{name}");
        }
    }

    #[test]
    fn no_secret_is_shown() {
        let mut settings = settings();
        settings.google.client_secret = "hunter2".into();
        settings.facebook.client_secret = "hunter2".into();
        settings.issuers.values_mut().for_each(|issuer| issuer.client_secret = "hunter2".into());
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
