//! Fetching what strangers name: bounded in time, size and steps, and never from inside.

use std::collections::HashMap;
use std::fmt::Debug;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use futures_util::future::BoxFuture;
use kernel::Internal;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, CONTENT_TYPE, LOCATION};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder, Response};
use tokio::time::timeout;
use url::Url;

use super::address::{self, Refused};
use super::{Found, PreviewSettings, html, oembed};

/// Redirects that are followed.
const REDIRECTS: usize = 4;
/// Bytes that are read of a page; what comes after them is not looked at.
const PAGE_MAX: usize = 1_048_576;
/// Bytes that are read of an oEmbed answer.
const OEMBED_MAX: usize = 65_536;

/// Who knows the addresses of names.
pub trait Lookup: Send + Sync + Debug + 'static {
    /// The addresses of a name at this moment.
    fn lookup(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>>;
}

/// The names of this machine: its DNS, and those in the settings.
#[derive(Debug, Default)]
pub struct Names(HashMap<String, IpAddr>);

impl Names {
    /// DNS and the names of the settings.
    pub fn new(settings: &PreviewSettings) -> Self {
        Self(settings.names().collect())
    }
}

impl Lookup for Names {
    fn lookup(&self, name: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        let known = self.0.get(&name.to_lowercase()).copied();
        Box::pin(async move {
            match known {
                Some(address) => Ok(vec![address]),
                None => Ok(tokio::net::lookup_host((name, 0)).await?.map(|found| found.ip()).collect()),
            }
        })
    }
}

/// Resolves names for connections: what it returns is what is connected to, so no second answer of DNS comes in between.
#[derive(Debug)]
struct Guard {
    names: Arc<dyn Lookup>,
    settings: Arc<PreviewSettings>,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, settings) = (self.names.lookup(name.as_str().to_string()), Arc::clone(&self.settings));
        Box::pin(async move {
            let found = found.await?;
            // One that may not be connected to spoils all: whoever mixes them is up to something.
            if found.is_empty() || !found.iter().all(|address| address::may_connect(*address, &settings)) {
                return Err("the name has an address that may not be connected to".into());
            }
            // Port 0: that of the URL.
            let addresses: Addrs = Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}

/// Why nothing was found.
#[derive(Debug, thiserror::Error)]
pub enum NotFetched {
    /// It may not be fetched.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// It took too long.
    #[error("it took too long")]
    TooSlow,
    /// Too many redirects, or one to nowhere.
    #[error("it redirects too often, or to nowhere")]
    Redirects,
    /// It is no page.
    #[error("it is no HTML: {0}")]
    NoPage(String),
    /// The connection or the answer failed.
    #[error("{0}")]
    Failed(String),
}

/// Fetches pages. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Fetcher {
    client: Client,
    settings: Arc<PreviewSettings>,
}

impl Fetcher {
    /// A fetcher that asks `names`, with the certificates that `builder` trusts.
    ///
    /// # Errors
    /// There is no TLS here.
    pub fn new(
        settings: &PreviewSettings,
        names: Arc<dyn Lookup>,
        builder: ClientBuilder,
    ) -> Result<Self, Internal> {
        let settings = Arc::new(settings.clone());
        let patience = Duration::from_millis(settings.timeout_ms);
        let client = builder
            .dns_resolver(Guard { names, settings: Arc::clone(&settings) })
            // A proxy of the environment would resolve names by itself.
            .no_proxy()
            .redirect(Policy::none())
            .referer(false)
            .timeout(patience)
            .connect_timeout(patience)
            // No connection is used twice: each is resolved and checked.
            .pool_max_idle_per_host(0)
            .user_agent(concat!(
                "Mozilla/5.0 (compatible; Guildhall/",
                env!("CARGO_PKG_VERSION"),
                "; link preview)"
            ));
        Ok(Self { client: client.build().map_err(Internal::new)?, settings })
    }

    /// What the page at `url` says of itself. Ends after the time of the settings, whatever happens.
    ///
    /// # Errors
    /// Why nothing is known of it.
    pub async fn fetch(&self, url: &str) -> Result<Found, NotFetched> {
        let url = address::parse(url, &self.settings)?;
        let patience = Duration::from_millis(self.settings.timeout_ms);
        timeout(patience, self.look(url)).await.map_err(|_| NotFetched::TooSlow)?
    }

    async fn look(&self, url: Url) -> Result<Found, NotFetched> {
        let (url, response) = self.get(url, "text/html, application/xhtml+xml;q=0.9").await?;
        let kind = content_type(&response);
        if !is_page(&kind) {
            return Err(NotFetched::NoPage(kind.chars().take(64).collect()));
        }
        let body = body(response, PAGE_MAX).await?;
        let page = html::read(&body, &kind, &url);
        match page.oembed {
            Some(link) if page.found.title.is_none() || page.only_plain_title => {
                Ok(page.found.clone().or(self.oembed(&link).await.unwrap_or_default()))
            }
            _ => Ok(page.found),
        }
    }

    async fn oembed(&self, link: &str) -> Result<Found, NotFetched> {
        let url = address::parse(link, &self.settings)?;
        let (url, response) = self.get(url, "application/json").await?;
        if !content_type(&response).contains("json") {
            return Ok(Found::default());
        }
        Ok(oembed::read(&body(response, OEMBED_MAX).await?, &url))
    }

    /// The answer at an address or at the end of its redirects, each of which is checked as the first one.
    async fn get(&self, mut url: Url, accept: &str) -> Result<(Url, Response), NotFetched> {
        for _ in 0..=REDIRECTS {
            address::check(&url, &self.settings)?;
            let response =
                self.client.get(url.clone()).header(ACCEPT, accept).send().await.map_err(failed)?;
            if !response.status().is_redirection() {
                let response = response.error_for_status().map_err(failed)?;
                return Ok((url, response));
            }
            let next = response.headers().get(LOCATION).and_then(|next| next.to_str().ok());
            url = next.and_then(|next| url.join(next).ok()).ok_or(NotFetched::Redirects)?;
        }
        Err(NotFetched::Redirects)
    }
}

fn content_type(response: &Response) -> String {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.unwrap_or_default().to_ascii_lowercase()
}

fn is_page(kind: &str) -> bool {
    let name = kind.split(';').next().unwrap_or_default().trim();
    matches!(name, "text/html" | "application/xhtml+xml")
}

/// The first bytes of a body.
async fn body(mut response: Response, most: usize) -> Result<BytesMut, NotFetched> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(failed)? {
        let room = most.saturating_sub(body.len());
        body.extend_from_slice(chunk.get(..room).unwrap_or(&chunk));
        if body.len() >= most {
            break;
        }
    }
    Ok(body)
}

/// Without the address, which is somebody's.
fn failed(error: reqwest::Error) -> NotFetched {
    let error = error.without_url();
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    NotFetched::Failed(format!("{error}{cause}"))
}
