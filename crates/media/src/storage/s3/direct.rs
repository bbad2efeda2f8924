//! Addresses under which clients visit the store themselves.

use std::sync::Arc;

use chrono::TimeDelta;
use kernel::{Internal, Timestamp};
use rusoto_credential::ProvideAwsCredentials;
use url::Url;

use super::super::Visit;
use super::sigv4::{Request, Signer};
use crate::Error;
use crate::settings::S3Settings;

/// Who knows what to sign with.
pub(super) type Keys = Arc<dyn ProvideAwsCredentials + Send + Sync>;

/// Signs addresses for clients.
pub(super) struct Direct {
    endpoint: Url,
    region: String,
    keys: Keys,
}

impl Direct {
    /// For the store that the settings name.
    ///
    /// # Errors
    /// Its endpoint is no URL.
    pub(super) fn new(settings: &S3Settings, keys: Keys) -> Result<Self, Internal> {
        let region = settings.region.clone();
        let endpoint = match settings.endpoint.as_str() {
            "" => amazons(&region),
            endpoint => endpoint.into(),
        };
        Ok(Self { endpoint: Url::parse(&endpoint).map_err(Internal::new)?, region, keys })
    }

    /// Where the client can make the visit.
    pub(super) async fn address(
        &self,
        path: String,
        visit: Visit<'_>,
        now: Timestamp,
        lifetime: TimeDelta,
    ) -> Result<String, Error> {
        let keys = self.keys.credentials().await.map_err(Error::storage)?;
        let signer = Signer {
            access_key: keys.aws_access_key_id(),
            secret_key: keys.aws_secret_access_key(),
            token: keys.token().as_deref(),
            region: &self.region,
        };
        Ok(signer.presigned(&self.request(path, visit), now, lifetime)?)
    }

    fn request<'a>(&'a self, path: String, visit: Visit<'a>) -> Request<'a> {
        let (method, query, headers) = match visit {
            Visit::Get { content_type, disposition } => {
                let answer = vec![
                    ("response-cache-control", "private, no-cache"),
                    ("response-content-disposition", disposition),
                    ("response-content-type", content_type),
                ];
                ("GET", answer, Vec::new())
            }
            Visit::Put { content_type, length } => {
                let headers =
                    vec![("content-length", length.to_string()), ("content-type", content_type.into())];
                ("PUT", Vec::new(), headers)
            }
        };
        Request { method, endpoint: &self.endpoint, path, query, headers }
    }
}

/// Amazon's endpoint of a region, as rusoto has it.
fn amazons(region: &str) -> String {
    let ending = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    format!("https://s3.{region}.{ending}")
}
