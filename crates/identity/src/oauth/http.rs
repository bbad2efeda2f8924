//! Calls to providers: bounded in time and size, and never sent elsewhere by a redirect.

use std::sync::Arc;
use std::time::Duration;

use kernel::Internal;
use oauth2::{HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use url::Url;

use super::ProviderError;

/// The largest answer, bytes. Sets of keys and tokens are far smaller.
const MAX: usize = 262_144;

/// Calls at the same time, to all providers together. Anybody can cause them, and none may take the whole server.
const AT_ONCE: usize = 64;

/// Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    client: Client,
    places: Arc<Semaphore>,
}

impl Http {
    /// A client whose calls end after `patience`, whatever happens.
    pub(crate) fn new(patience: Duration) -> Result<Self, Internal> {
        let client = Client::builder()
            .timeout(patience)
            .connect_timeout(patience)
            .redirect(Policy::none())
            .referer(false)
            .user_agent(concat!("guildhall/", env!("CARGO_PKG_VERSION")));
        let client = client.build().map_err(Internal::new)?;
        Ok(Self { client, places: Arc::new(Semaphore::new(AT_ONCE)) })
    }

    /// The JSON at an address, for who has the token when there is one.
    pub(super) async fn json<T: DeserializeOwned>(
        &self,
        url: Url,
        token: Option<&str>,
    ) -> Result<T, ProviderError> {
        let mut request = self.client.get(url).header("accept", "application/json");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let (status, body) = self.answer(request).await?;
        if status != StatusCode::OK {
            return Err(ProviderError::Unreachable(format!("it answers {status}")));
        }
        serde_json::from_slice(&body).map_err(|error| ProviderError::Wrong(format!("no such JSON: {error}")))
    }

    /// A call as the oauth2 crate wants it.
    pub(super) async fn exchange(&self, request: HttpRequest) -> Result<HttpResponse, ProviderError> {
        let (parts, body) = request.into_parts();
        let request =
            self.client.request(parts.method, parts.uri.to_string()).headers(parts.headers).body(body);
        let (status, body) = self.answer(request).await?;
        let mut response = HttpResponse::new(body);
        *response.status_mut() = status;
        Ok(response)
    }

    async fn answer(&self, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), ProviderError> {
        let place = self.places.try_acquire();
        let _place = place.map_err(|_| ProviderError::Unreachable("too many wait for providers".into()))?;
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        Ok((status, body(response).await?))
    }
}

async fn body(mut response: Response) -> Result<Vec<u8>, ProviderError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
        if body.len() + chunk.len() > MAX {
            return Err(ProviderError::Wrong(format!("it answers more than {MAX} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Without the address: it can have a code in it.
fn unreachable(error: reqwest::Error) -> ProviderError {
    let error = error.without_url();
    let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
    ProviderError::Unreachable(format!("{error}{cause}"))
}
