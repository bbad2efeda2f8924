//! Addresses under which clients visit the store themselves.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use kernel::{Internal, Timestamp};
use rusoto_credential::{AwsCredentials, ProvideAwsCredentials};
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use url::Url;

use super::super::Visit;
use crate::Error;
use crate::settings::S3Settings;

/// Who knows what to sign with.
pub(super) type Keys = Arc<dyn ProvideAwsCredentials + Send + Sync>;

/// Signs addresses for clients.
pub(super) struct Direct {
    bucket: Bucket,
    keys: Keys,
}

impl Direct {
    /// For the bucket that the settings name.
    ///
    /// # Errors
    /// Its endpoint is no URL.
    pub(super) fn new(settings: &S3Settings, keys: Keys) -> Result<Self, Internal> {
        let S3Settings { endpoint, region, bucket, .. } = settings;
        let endpoint = if endpoint.is_empty() { amazons(region) } else { endpoint.clone() };
        let endpoint = Url::parse(&endpoint).map_err(Internal::new)?;
        let bucket = Bucket::new(endpoint, UrlStyle::Path, bucket.clone(), region.clone());
        Ok(Self { bucket: bucket.map_err(Internal::new)?, keys })
    }

    /// Where the client can make the visit until `lifetime` after `now`.
    pub(super) async fn address(
        &self,
        object: &str,
        visit: Visit<'_>,
        now: Timestamp,
        lifetime: TimeDelta,
    ) -> Result<String, Error> {
        let keys = self.keys.credentials().await.map_err(Error::storage)?;
        let at = jiff::Timestamp::from_millisecond(now.millis()).map_err(Internal::new)?;
        let lifetime = lifetime.to_std().map_err(Internal::new)?;
        Ok(self.signed(object, visit, &credentials(&keys), at, lifetime).into())
    }

    fn signed(
        &self,
        object: &str,
        visit: Visit<'_>,
        keys: &Credentials,
        at: jiff::Timestamp,
        lifetime: Duration,
    ) -> Url {
        match visit {
            Visit::Get { content_type, disposition } => {
                let mut get = self.bucket.get_object(Some(keys), object);
                let answer = get.query_mut();
                answer.insert("response-cache-control", "private, no-cache");
                answer.insert("response-content-disposition", disposition);
                answer.insert("response-content-type", content_type);
                get.sign_with_time(lifetime, &at)
            }
            Visit::Put { content_type, length } => {
                let mut put = self.bucket.put_object(Some(keys), object);
                // Signed with the host: the store refuses a request that has others.
                let headers = put.headers_mut();
                headers.insert("content-length", length.to_string());
                headers.insert("content-type", content_type);
                put.sign_with_time(lifetime, &at)
            }
        }
    }
}

fn credentials(keys: &AwsCredentials) -> Credentials {
    let (key, secret) = (keys.aws_access_key_id(), keys.aws_secret_access_key());
    match keys.token() {
        Some(token) => Credentials::new_with_token(key, secret, token),
        None => Credentials::new(key, secret),
    }
}

/// Amazon's endpoint of a region, as rusoto has it.
fn amazons(region: &str) -> String {
    let ending = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
    format!("https://s3.{region}.{ending}")
}

#[cfg(test)]
mod tests {
    use rusoto_credential::StaticProvider;

    use super::*;

    #[test]
    fn length_type_and_host_are_signed_and_a_lent_key_brings_its_token() {
        let endpoint = Url::parse(&amazons("eu-central-1")).unwrap();
        let bucket = Bucket::new(endpoint, UrlStyle::Path, "files", "eu-central-1").unwrap();
        let keys = AwsCredentials::new("AKIAEXAMPLE", "secret", Some("a/b=".into()), None);
        let direct = Direct { bucket, keys: Arc::new(StaticProvider::from(keys.clone())) };
        let at = jiff::Timestamp::from_second(1_369_353_600).unwrap();
        let visit = Visit::Put { content_type: "video/mp4", length: 5 };
        let url = direct.signed("hall/uploads/1", visit, &credentials(&keys), at, Duration::from_secs(60));
        assert!(
            url.as_str().starts_with("https://s3.eu-central-1.amazonaws.com/files/hall/uploads/1?"),
            "{url}"
        );
        let value =
            |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        assert_eq!(value("X-Amz-SignedHeaders").as_deref(), Some("content-length;content-type;host"));
        assert_eq!(value("X-Amz-Date").as_deref(), Some("20130524T000000Z"));
        assert_eq!(value("X-Amz-Expires").as_deref(), Some("60"));
        assert_eq!(value("X-Amz-Security-Token").as_deref(), Some("a/b="));
        assert!(url.as_str().contains("X-Amz-Security-Token=a%2Fb%3D"), "{url}");
        assert!(amazons("cn-north-1").ends_with(".amazonaws.com.cn"));
    }
}
