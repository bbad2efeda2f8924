//! Text messages, by whatever provider the operator has.

mod folder;
mod http;

use std::collections::HashMap;
use std::fmt::Debug;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use backbone::settings::Fault;
use kernel::{Env, Internal};
use serde::Deserialize;

use crate::Phone;
use folder::Folder;
use http::HttpProvider;

/// How a text message is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmsBy {
    /// Not at all: SMS as a second factor is answered `UNAVAILABLE`.
    #[default]
    None,
    /// Into a folder, a file each: for development.
    Folder,
    /// By an HTTP request to a provider.
    Http,
}

/// How text messages are sent.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmsSettings {
    /// By which way.
    pub provider: SmsBy,
    /// Where `folder` writes them.
    pub folder: PathBuf,
    /// Where `http` sends its requests.
    pub url: String,
    /// POST or PUT.
    pub method: String,
    /// Headers of the requests; most providers want a secret in one.
    pub headers: HashMap<String, String>,
    /// The JSON that is sent: `{phone}` and `{text}` in its strings are replaced.
    pub body: String,
}

impl Default for SmsSettings {
    /// No messages.
    fn default() -> Self {
        Self {
            provider: SmsBy::None,
            folder: ".local/sms".into(),
            url: String::new(),
            method: "POST".into(),
            headers: HashMap::new(),
            body: r#"{"to": "{phone}", "text": "{text}"}"#.into(),
        }
    }
}

impl Debug for SmsSettings {
    /// Without the headers and the URL: they can hold secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmsSettings")
            .field("provider", &self.provider)
            .field("folder", &self.folder)
            .field("method", &self.method)
            .finish_non_exhaustive()
    }
}

impl SmsSettings {
    /// The first setting that is no good; `production` takes no folder and no URL without TLS.
    pub fn fault(&self, production: bool) -> Option<Fault> {
        match self.provider {
            SmsBy::Folder => {
                Fault::first([(!production, "identity.sms.provider", "must be none or http in production")])
            }
            SmsBy::Http => http::fault(self, production),
            SmsBy::None => None,
        }
    }
}

/// What a provider is doing.
pub type Sending<'a> = Pin<Box<dyn Future<Output = Result<(), Internal>> + Send + 'a>>;

/// Sends text messages.
pub trait SmsProvider: Send + Sync + Debug {
    /// Hands `text` over for `phone`, within seconds. The error's words must hold neither.
    fn send<'a>(&'a self, phone: &'a Phone, text: &'a str) -> Sending<'a>;
}

/// The provider of the settings, if there is one.
pub(crate) fn provider(settings: &SmsSettings, env: &Env) -> Result<Option<Arc<dyn SmsProvider>>, Internal> {
    Ok(match settings.provider {
        SmsBy::None => None,
        SmsBy::Folder => Some(Arc::new(Folder::new(&settings.folder, env.clone()))),
        SmsBy::Http => Some(Arc::new(HttpProvider::new(settings)?)),
    })
}
