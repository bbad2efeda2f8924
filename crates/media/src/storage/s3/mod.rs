//! A bucket of a store that speaks S3, through `rusoto_s3`. `docs/decisions/0023` says what that can and cannot do. Nothing
//! outside of this folder knows of rusoto.

mod direct;

use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, StreamExt, TryStreamExt, stream};
use kernel::{Internal, Timestamp};
use rusoto_core::request::HttpDispatchError;
use rusoto_core::{ByteStream, HttpClient, Region, RusotoError};
use rusoto_credential::{AutoRefreshingProvider, ChainProvider, ProvideAwsCredentials, StaticProvider};
use rusoto_s3::{
    DeleteObjectRequest, GetObjectError, GetObjectRequest, HeadObjectError, HeadObjectRequest,
    ListObjectsV2Request, PutObjectRequest, S3 as _, S3Client, StreamingBody,
};
use tokio::time::timeout;
use tokio_util::io::ReaderStream;

use self::direct::{Direct, Keys};
use super::{Key, Pieces, Storage, Visit};
use crate::Error;
use crate::settings::S3Settings;

/// Bytes that are read from the disk at once.
const PIECE: usize = 65_536;
/// A store takes at least so many bytes in the time that it may take to begin an answer.
const SLOWEST: u64 = 1_048_576;

/// A bucket.
pub(super) struct S3 {
    client: S3Client,
    bucket: String,
    prefix: String,
    patience: Duration,
    /// What addresses for clients are signed with, if they are to have any.
    direct: Option<Direct>,
}

impl S3 {
    /// The bucket that the settings name. Nothing is asked of the store yet.
    ///
    /// # Errors
    /// The HTTP client could not be made.
    pub(super) fn open(settings: &S3Settings) -> Result<Self, Internal> {
        let http = HttpClient::new().map_err(Internal::new)?;
        let region = match settings.endpoint.trim_end_matches('/') {
            "" => settings.region.parse::<Region>().map_err(Internal::new)?,
            endpoint => Region::Custom { name: settings.region.clone(), endpoint: endpoint.into() },
        };
        let patience = Duration::from_millis(settings.timeout_ms);
        let (key, secret) = (settings.access_key.clone(), settings.secret_key.clone());
        let (client, keys) = if key.is_empty() {
            let mut chain = ChainProvider::new();
            chain.set_timeout(patience);
            signing(http, AutoRefreshingProvider::new(chain).map_err(Internal::new)?, &region)
        } else {
            signing(http, StaticProvider::new_minimal(key, secret), &region)
        };
        let direct = settings.direct.then(|| Direct::new(settings, keys)).transpose()?;
        let (bucket, prefix) = (settings.bucket.clone(), settings.prefix.clone());
        Ok(Self { client, bucket, prefix, patience, direct })
    }

    fn name(&self, key: &Key) -> String {
        format!("{}{}", self.folder(), key.as_str())
    }

    /// What stands before each key.
    fn folder(&self) -> String {
        match self.prefix.trim_end_matches('/') {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        }
    }

    /// The keys of some objects, and what to ask for the next ones with.
    async fn page(&self, token: Option<String>) -> Result<(Vec<Key>, Option<String>), Error> {
        let folder = self.folder();
        let request = ListObjectsV2Request {
            bucket: self.bucket.clone(),
            prefix: Some(folder.clone()).filter(|folder| !folder.is_empty()),
            continuation_token: token,
            ..ListObjectsV2Request::default()
        };
        let page = self.within(0, self.client.list_objects_v2(request)).await.map_err(failed)?;
        let names = page.contents.unwrap_or_default().into_iter().filter_map(|object| object.key);
        let keys = names.filter_map(|name| Some(Key::found(name.strip_prefix(&folder)?.into())));
        Ok((keys.collect(), page.next_continuation_token))
    }

    /// The answer, if it comes in time.
    async fn within<T, E>(
        &self,
        more: u64,
        answer: impl Future<Output = Result<T, RusotoError<E>>>,
    ) -> Result<T, RusotoError<E>> {
        let patience = self.patience.saturating_mul(u32::try_from(more / SLOWEST + 1).unwrap_or(u32::MAX));
        match timeout(patience, answer).await {
            Ok(answer) => answer,
            Err(late) => Err(HttpDispatchError::new(late.to_string()).into()),
        }
    }
}

impl Storage for S3 {
    fn put(
        &self,
        key: Key,
        mut file: File,
        length: u64,
        content_type: &str,
    ) -> BoxFuture<'_, Result<(), Error>> {
        let (name, content_type) = (self.name(&key), content_type.to_string());
        async move {
            file.seek(SeekFrom::Start(0)).map_err(Error::storage)?;
            let pieces = ReaderStream::with_capacity(tokio::fs::File::from_std(file), PIECE);
            let size = usize::try_from(length).map_err(Error::storage)?;
            let request = PutObjectRequest {
                bucket: self.bucket.clone(),
                key: name,
                body: Some(StreamingBody::new_with_size(pieces, size)),
                content_length: Some(i64::try_from(length).map_err(Error::storage)?),
                content_type: Some(content_type),
                ..PutObjectRequest::default()
            };
            self.within(length, self.client.put_object(request)).await.map(drop).map_err(failed)
        }
        .boxed()
    }

    fn get(&self, key: Key, range: Range<u64>) -> BoxFuture<'_, Result<Pieces, Error>> {
        let request = GetObjectRequest {
            bucket: self.bucket.clone(),
            key: self.name(&key),
            // The last byte is named, not the one behind it.
            range: Some(format!("bytes={}-{}", range.start, range.end.saturating_sub(1))),
            ..GetObjectRequest::default()
        };
        async move {
            if range.is_empty() {
                return Ok(stream::empty().boxed());
            }
            let answer = self.within(0, self.client.get_object(request)).await;
            let answer = answer.map_err(|error| match error {
                RusotoError::Service(GetObjectError::NoSuchKey(_)) => Error::NoFile,
                RusotoError::Unknown(answer) if answer.status.as_u16() == 404 => Error::NoFile,
                other => failed(other),
            })?;
            let body = answer.body.ok_or_else(|| Error::storage("the store sent no body"))?;
            Ok(patiently(body, self.patience))
        }
        .boxed()
    }

    fn address<'a>(
        &'a self,
        key: Key,
        visit: Visit<'a>,
        now: Timestamp,
        lifetime: TimeDelta,
    ) -> BoxFuture<'a, Result<Option<String>, Error>> {
        async move {
            let Some(direct) = &self.direct else { return Ok(None) };
            let name = self.name(&key);
            let signed = timeout(self.patience, direct.address(&name, visit, now, lifetime)).await;
            signed.map_err(Error::storage)?.map(Some)
        }
        .boxed()
    }

    fn length(&self, key: Key) -> BoxFuture<'_, Result<Option<u64>, Error>> {
        let request = HeadObjectRequest {
            bucket: self.bucket.clone(),
            key: self.name(&key),
            ..HeadObjectRequest::default()
        };
        async move {
            match self.within(0, self.client.head_object(request)).await {
                Ok(found) => Ok(found.content_length.and_then(|length| u64::try_from(length).ok())),
                Err(RusotoError::Service(HeadObjectError::NoSuchKey(_))) => Ok(None),
                Err(RusotoError::Unknown(answer)) if answer.status.as_u16() == 404 => Ok(None),
                Err(error) => Err(failed(error)),
            }
        }
        .boxed()
    }

    fn keys(&self) -> BoxStream<'_, Result<Key, Error>> {
        let pages = stream::try_unfold(Some(None), move |next| async move {
            let Some(token) = next else { return Ok(None) };
            let (keys, next) = self.page(token).await?;
            Ok::<_, Error>(Some((stream::iter(keys.into_iter().map(Ok)), next.map(Some))))
        });
        pages.try_flatten().boxed()
    }

    fn delete(&self, key: Key) -> BoxFuture<'_, Result<(), Error>> {
        let request = DeleteObjectRequest {
            bucket: self.bucket.clone(),
            key: self.name(&key),
            ..DeleteObjectRequest::default()
        };
        // Of an object that is not there the store says that it is gone.
        async move { self.within(0, self.client.delete_object(request)).await.map(drop).map_err(failed) }
            .boxed()
    }
}

/// A client that signs by `keys`, and the same keys for addresses.
fn signing<P: ProvideAwsCredentials + Clone + Send + Sync + 'static>(
    http: HttpClient,
    keys: P,
    region: &Region,
) -> (S3Client, Keys) {
    (S3Client::new_with(http, keys.clone(), region.clone()), Arc::new(keys))
}

/// The body, as long as each piece of it comes in time.
fn patiently(body: ByteStream, patience: Duration) -> Pieces {
    let pieces = stream::unfold(Some(body), move |body| async move {
        let mut body = body?;
        match timeout(patience, body.try_next()).await {
            Ok(Ok(Some(piece))) => Some((Ok(piece), Some(body))),
            Ok(Ok(None)) => None,
            Ok(Err(error)) => Some((Err(Internal::new(error)), None)),
            Err(late) => Some((Err(Internal::new(late)), None)),
        }
    });
    pieces.boxed()
}

/// What the store said, without what it may have said of our keys.
fn failed<E: std::error::Error + 'static>(error: RusotoError<E>) -> Error {
    match error {
        RusotoError::Unknown(answer) => {
            let words = format!("the store answered {}: {}", answer.status, code(answer.body_as_str()));
            Error::storage(words)
        }
        other => Error::storage(other.to_string()),
    }
}

/// The code in an error of the store.
fn code(body: &str) -> &str {
    let code = body.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    code.map_or("without a code", |(code, _)| code)
}

impl std::fmt::Debug for S3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3")
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}
