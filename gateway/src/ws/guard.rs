//! Refusing large frames by their headers.
//!
//! actix looks at a frame's size only once all of it has arrived, so that a client could make the server keep as much as
//! it cares to send. This walks over the headers as they pass and ends the stream at the first that announces too much.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::FromRequest;
use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::web;
use bytes::Bytes;
use futures_util::Stream;

/// The payload, which fails with `PayloadError::Overflow` where a frame of more than `max` bytes begins.
pub(super) async fn guarded(
    request: &HttpRequest,
    payload: web::Payload,
    max: u64,
) -> Result<web::Payload, actix_web::Error> {
    let guard = Guard { inner: payload.into_inner(), walk: Walk::default(), max };
    let guard: Pin<Box<dyn Stream<Item = Result<Bytes, PayloadError>>>> = Box::pin(guard);
    let mut payload = Payload::Stream { payload: guard };
    web::Payload::from_request(request, &mut payload).await
}

struct Guard {
    inner: Payload,
    walk: Walk,
    max: u64,
}

impl Stream for Guard {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let next = Pin::new(&mut this.inner).poll_next(cx);
        if let Poll::Ready(Some(Ok(bytes))) = &next
            && !this.walk.passes(bytes, this.max)
        {
            return Poll::Ready(Some(Err(PayloadError::Overflow)));
        }
        next
    }
}

/// Where in the sequence of frames the stream is. Pure.
#[derive(Debug, Default)]
struct Walk {
    /// Bytes of the present frame's payload that are still to come.
    payload: u64,
    /// The header so far.
    header: Vec<u8>,
}

impl Walk {
    /// Whether these bytes announce no frame of more than `max` bytes.
    fn passes(&mut self, mut bytes: &[u8], max: u64) -> bool {
        while !bytes.is_empty() {
            if self.payload > 0 {
                let skip = usize::try_from(self.payload).unwrap_or(usize::MAX).min(bytes.len());
                self.payload -= u64::try_from(skip).unwrap_or(0);
                bytes = bytes.get(skip..).unwrap_or_default();
                continue;
            }
            let Some((byte, rest)) = bytes.split_first() else { break };
            self.header.push(*byte);
            bytes = rest;
            if let Some(size) = size(&self.header) {
                if size > max {
                    return false;
                }
                self.payload = size;
                self.header.clear();
            }
        }
        true
    }
}

/// The payload's size, once the header is whole (RFC 6455, section 5.2).
fn size(header: &[u8]) -> Option<u64> {
    let second = *header.get(1)?;
    let mask = if second & 0x80 == 0 { 0 } else { 4 };
    let (extended, size) = match second & 0x7f {
        126 => (2, u64::from(u16::from_be_bytes(*header.get(2..)?.first_chunk()?))),
        127 => (8, u64::from_be_bytes(*header.get(2..)?.first_chunk()?)),
        small => (0, u64::from(small)),
    };
    (header.len() == 2 + extended + mask).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(size: u64) -> Vec<u8> {
        let mut frame = vec![0x81];
        match size {
            0..126 => frame.push(0x80 | u8::try_from(size).unwrap()),
            126..65_536 => {
                frame.push(0x80 | 126);
                frame.extend(u16::try_from(size).unwrap().to_be_bytes());
            }
            _ => {
                frame.push(0x80 | 127);
                frame.extend(size.to_be_bytes());
            }
        }
        frame.extend([1, 2, 3, 4]);
        frame
    }

    #[test]
    fn a_large_frame_is_refused_by_its_header_however_the_bytes_are_cut() {
        let mut stream = Vec::new();
        for size in [0, 5, 125, 126, 300, 65_536] {
            stream.extend(frame(size));
            stream.extend(vec![0xff; usize::try_from(size).unwrap()]);
        }
        let good = stream.len();
        stream.extend(frame(65_537));
        for cut in [1, 2, 3, 7, 1_000, stream.len()] {
            let mut walk = Walk::default();
            let mut seen = 0;
            let refused = stream.chunks(cut).any(|chunk| {
                seen += chunk.len();
                !walk.passes(chunk, 65_536)
            });
            assert!(refused && seen > good, "cut by {cut}");
            let mut walk = Walk::default();
            assert!(stream[..good].chunks(cut).all(|chunk| walk.passes(chunk, 65_536)));
        }
        let terabyte = frame(1 << 40);
        assert!(!Walk::default().passes(&terabyte, 65_536));
    }
}
