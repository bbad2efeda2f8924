//! Answers that are files: in ranges, and only when the client has no copy.

use std::ops::Range as Bytes;

use actix_web::body::SizedStream;
use actix_web::http::header::{
    ACCEPT_RANGES, ByteRangeSpec, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ContentEncoding, ETAG, EntityTag, Header as _, IfNoneMatch, IfRange, Range,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use media::Download;

use super::{ApiError, State};

/// Nothing in a file may run, load anything, or know where it is from, whatever a browser takes it for.
const POLICY: &str =
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox";

/// For how long a copy may be used.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Keep {
    /// By who was allowed to see it, when we say that it still holds: rights can be lost.
    Ask,
    /// By everybody, for ever: under its address there is never anything else.
    Forever,
}

/// What the client wants of the bytes.
#[derive(Debug, PartialEq, Eq)]
enum Part {
    /// Nothing: it has them.
    None,
    All,
    Some(Bytes<u64>),
    /// There are none where it wants them.
    Outside,
}

/// The file, as the request wants it.
pub(crate) async fn deliver(
    state: &State,
    request: &HttpRequest,
    download: Download,
    keep: Keep,
) -> Result<HttpResponse, ApiError> {
    let (part, length) = (part(request, &download), download.length);
    let range = match &part {
        Part::None => return Ok(head(&mut HttpResponse::NotModified(), &download, keep).finish()),
        Part::Outside => return Err(media::Error::Range(length).into()),
        Part::All => 0..length,
        Part::Some(range) => range.clone(),
    };
    let mut response = HttpResponse::Ok();
    if let Part::Some(range) = &part {
        let last = range.end.saturating_sub(1);
        response = HttpResponse::PartialContent();
        response.insert_header((CONTENT_RANGE, format!("bytes {}-{last}/{length}", range.start)));
    }
    head(&mut response, &download, keep)
        .insert_header((CONTENT_TYPE, download.content_type.clone()))
        .insert_header((CONTENT_DISPOSITION, download.disposition.clone()))
        // Ranges are of the bytes as they are.
        .insert_header(ContentEncoding::Identity);
    let size = range.end.saturating_sub(range.start);
    let pieces = state.run(move |s| async move { s.media.read(&download, range).await }).await?;
    Ok(response.body(SizedStream::new(size, pieces)))
}

fn head<'a>(
    response: &'a mut HttpResponseBuilder,
    download: &Download,
    keep: Keep,
) -> &'a mut HttpResponseBuilder {
    let keep = match keep {
        Keep::Ask => "private, no-cache",
        Keep::Forever => "public, max-age=31536000, immutable",
    };
    response
        .insert_header((ETAG, format!("\"{}\"", download.etag)))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header((CACHE_CONTROL, keep))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
}

/// RFC 9110, sections 13 and 14. Of several ranges none is taken, which is allowed: the answer is everything.
fn part(request: &HttpRequest, download: &Download) -> Part {
    let tag = EntityTag::new_strong(download.etag.clone());
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) if request.headers().contains_key("if-none-match") => return Part::None,
        Ok(IfNoneMatch::Items(tags)) if tags.iter().any(|known| known.weak_eq(&tag)) => return Part::None,
        _ => {}
    }
    let same = match request.headers().contains_key("if-range").then(|| IfRange::parse(request)) {
        None => true,
        Some(Ok(IfRange::EntityTag(known))) => known.strong_eq(&tag),
        // We have no dates.
        Some(_) => false,
    };
    if !same || !request.headers().contains_key("range") {
        return Part::All;
    }
    let Ok(Range::Bytes(specs)) = Range::parse(request) else { return Part::All };
    let [spec] = specs.as_slice() else { return Part::All };
    satisfied(spec, download.length)
}

fn satisfied(spec: &ByteRangeSpec, length: u64) -> Part {
    match spec.to_satisfiable_range(length) {
        Some((first, last)) => Part::Some(first..last.saturating_add(1)),
        None => Part::Outside,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_of_what_is_there() {
        let part = |from_to| satisfied(&from_to, 10);
        assert_eq!(part(ByteRangeSpec::FromTo(2, 4)), Part::Some(2..5));
        assert_eq!(part(ByteRangeSpec::FromTo(8, 400)), Part::Some(8..10));
        assert_eq!(part(ByteRangeSpec::From(9)), Part::Some(9..10));
        assert_eq!(part(ByteRangeSpec::Last(3)), Part::Some(7..10));
        assert_eq!(part(ByteRangeSpec::Last(30)), Part::Some(0..10));
        assert_eq!(part(ByteRangeSpec::From(10)), Part::Outside);
        assert_eq!(part(ByteRangeSpec::Last(0)), Part::Outside);
        assert_eq!(part(ByteRangeSpec::FromTo(u64::MAX, u64::MAX)), Part::Outside);
    }
}
