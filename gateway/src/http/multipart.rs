//! Bodies that bring files: `multipart/form-data`, read piece by piece.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::str::FromStr;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use actix_web::{HttpRequest, web};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use kernel::Invalid;
use media::{Received, Receiving};
use serde_json::{Map, Value};
use tokio::time::{Instant, timeout, timeout_at};

use super::{ApiError, discard};

/// Bytes that a part may have that is no file.
const TEXT_MAX: usize = 65_536;
/// Parts that are no files.
const TEXTS_MAX: usize = 32;

/// What a body brought.
#[derive(Debug, Default)]
pub(crate) struct Form {
    /// The files, in their order.
    pub(crate) files: Vec<Received>,
    texts: Vec<(String, String)>,
}

/// Whether the body is one that can bring files.
pub(crate) fn is_multipart(request: &HttpRequest) -> bool {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.trim_start().get(..10).is_some_and(|kind| kind.eq_ignore_ascii_case("multipart/"))
}

impl Form {
    /// Reads a body; parts of one of the names `files` are files. What has come of it is gone when it fails, also when the
    /// client hangs up.
    ///
    /// # Errors
    /// What [`media`] says of a file; `VALIDATION_FAILED`.
    pub(crate) async fn read(
        request: &HttpRequest,
        payload: web::Payload,
        receiving: &Receiving,
        files: &[&str],
    ) -> Result<Self, ApiError> {
        if !is_multipart(request) {
            return Err(Invalid::field("body", "must be multipart/form-data").into());
        }
        let shared = Shared(Rc::new(RefCell::new(payload.into_inner())));
        let announced = request.headers().get(CONTENT_LENGTH);
        let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok()).unwrap_or(0);
        let most = receiving.most();
        let form = if announced > most {
            Err(media::Error::TooLarge { what: "all files together", limit: most }.into())
        } else {
            let parts = Multipart::new(request.headers(), shared.clone());
            Reader { parts, receiving, names: files, deadline: Instant::now() + receiving.patience() }
                .read()
                .await
        };
        if form.is_err() {
            // A client that is cut off while it sends never reads the answer.
            discard(shared.0.replace(Payload::None)).await;
        }
        form
    }

    /// The value of a part, if it came.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` that names the field.
    pub(crate) fn parsed<T: FromStr>(&self, name: &str, must: &str) -> Result<Option<T>, Invalid> {
        let text = self.texts.iter().find(|(field, _)| field == name);
        text.map(|(_, text)| text.trim().parse().map_err(|_| Invalid::field(name, must))).transpose()
    }

    /// The parts that are no files, as a JSON object. A part that is named in `json` holds JSON, every other one text.
    ///
    /// # Errors
    /// `VALIDATION_FAILED` that names the field.
    pub(crate) fn object(&self, json: &[&str]) -> Result<Value, Invalid> {
        let mut object = Map::new();
        for (name, text) in &self.texts {
            let value = match json.contains(&name.as_str()) {
                true => serde_json::from_str(text).map_err(|_| Invalid::field(name, "must be JSON"))?,
                false => Value::String(text.clone()),
            };
            object.insert(name.clone(), value);
        }
        Ok(object.into())
    }
}

/// A body that can be read on when its parts are not wanted any more.
#[derive(Clone)]
struct Shared(Rc<RefCell<Payload>>);

impl Stream for Shared {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

/// Reads the parts.
struct Reader<'a> {
    parts: Multipart,
    receiving: &'a Receiving,
    names: &'a [&'a str],
    deadline: Instant,
}

impl Reader<'_> {
    async fn read(mut self) -> Result<Form, ApiError> {
        let (pause, deadline) = (self.receiving.pause(), self.deadline);
        let mut form = Form::default();
        while let Some(part) = in_time(pause, deadline, self.parts.next()).await? {
            let part = part.map_err(|error| bad(&error))?;
            let name = part.name().unwrap_or_default().to_string();
            if self.names.contains(&name.as_str()) {
                if form.files.len() >= self.receiving.files() {
                    let must = format!("must be at most {}", self.receiving.files());
                    return Err(Invalid::field(name, must).into());
                }
                form.files.push(self.file(part).await?);
            } else {
                if form.texts.len() >= TEXTS_MAX {
                    return Err(Invalid::field("body", "has too many parts").into());
                }
                let text = self.text(&name, part).await?;
                form.texts.push((name, text));
            }
        }
        Ok(form)
    }

    async fn file(&self, mut part: Field) -> Result<Received, ApiError> {
        let name = part.content_disposition().and_then(|words| words.get_filename()).unwrap_or_default();
        let mut spool = self.receiving.begin(name).await?;
        while let Some(piece) = in_time(self.receiving.pause(), self.deadline, part.next()).await? {
            spool.write(&piece.map_err(|error| bad(&error))?).await?;
        }
        Ok(spool.end().await?)
    }

    async fn text(&self, name: &str, mut part: Field) -> Result<String, ApiError> {
        let mut text = Vec::new();
        while let Some(piece) = in_time(self.receiving.pause(), self.deadline, part.next()).await? {
            text.extend_from_slice(&piece.map_err(|error| bad(&error))?);
            if text.len() > TEXT_MAX {
                return Err(Invalid::field(name, format!("must be at most {TEXT_MAX} bytes")).into());
            }
        }
        Ok(String::from_utf8(text).map_err(|_| Invalid::field(name, "must be UTF-8"))?)
    }
}

/// What comes before the pause is too long or the time is over.
async fn in_time<T>(
    pause: Duration,
    deadline: Instant,
    next: impl Future<Output = T>,
) -> Result<T, ApiError> {
    let late = |_| ApiError::from(Invalid::field("body", "must arrive faster, and without long pauses"));
    timeout_at(deadline, timeout(pause, next)).await.map_err(late)?.map_err(late)
}

fn bad(error: &MultipartError) -> ApiError {
    let must = match error {
        MultipartError::Payload(_) | MultipartError::Incomplete => {
            "must arrive whole; the connection broke off".to_string()
        }
        other => format!("must be multipart/form-data: {other}"),
    };
    Invalid::field("body", must).into()
}
