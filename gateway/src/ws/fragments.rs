//! From frames to whole messages. Pure.

use actix_http::ws::Item;
use bytes::{Bytes, BytesMut};
use bytestring::ByteString;

use super::CloseReason;
use super::frames::{FRAME_MAX, Message};

/// A message of which a part has come.
#[derive(Debug)]
struct Begun {
    is_text: bool,
    bytes: BytesMut,
}

/// Puts fragments together. That they come in an order that makes sense is certain already.
#[derive(Debug, Default)]
pub(super) struct Fragments(Option<Box<Begun>>);

impl Fragments {
    /// One more; the message, when it is the last.
    ///
    /// # Errors
    /// The message is larger than [`FRAME_MAX`], or text that is not UTF-8.
    pub(super) fn add(&mut self, item: Item) -> Result<Option<Message>, CloseReason> {
        let (part, is_last) = match item {
            Item::FirstText(part) => return self.begin(true, part),
            Item::FirstBinary(part) => return self.begin(false, part),
            Item::Continue(part) => (part, false),
            Item::Last(part) => (part, true),
        };
        let Some(begun) = &mut self.0 else { return Err(CloseReason::Protocol) };
        if begun.bytes.len() + part.len() > FRAME_MAX {
            return Err(CloseReason::TooLarge);
        }
        begun.bytes.extend_from_slice(&part);
        if !is_last {
            return Ok(None);
        }
        self.0.take().map(|whole| message(whole.is_text, whole.bytes.freeze())).transpose()
    }

    fn begin(&mut self, is_text: bool, part: Bytes) -> Result<Option<Message>, CloseReason> {
        self.0 = Some(Box::new(Begun { is_text, bytes: part.into() }));
        Ok(None)
    }
}

/// A whole message.
///
/// # Errors
/// It is to be text, and is not UTF-8.
pub(super) fn message(is_text: bool, bytes: Bytes) -> Result<Message, CloseReason> {
    if !is_text {
        return Ok(Message::Binary(bytes));
    }
    ByteString::try_from(bytes).map(Message::Text).map_err(|_| CloseReason::NotUtf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(parts: &[&[u8]]) -> Result<Option<String>, CloseReason> {
        let mut fragments = Fragments::default();
        let (last, before) = parts.split_last().unwrap();
        for (n, part) in before.iter().enumerate() {
            let part = Bytes::copy_from_slice(part);
            let item = if n == 0 { Item::FirstText(part) } else { Item::Continue(part) };
            assert!(fragments.add(item)?.is_none());
        }
        Ok(match fragments.add(Item::Last(Bytes::copy_from_slice(last)))? {
            Some(Message::Text(text)) => Some(text.to_string()),
            other => panic!("{other:?}"),
        })
    }

    #[test]
    fn parts_make_a_whole_also_where_they_cut_a_character() {
        assert_eq!(text(&[b"a\xc3", b"", b"\xa4b"]), Ok(Some("aäb".into())));
        assert_eq!(text(&[b"a\xc3", b"b"]), Err(CloseReason::NotUtf8));
        let mut fragments = Fragments::default();
        fragments.add(Item::FirstBinary(Bytes::from_static(b"\xff"))).unwrap();
        let whole = fragments.add(Item::Last(Bytes::from_static(b"\xfe"))).unwrap();
        assert!(matches!(whole, Some(Message::Binary(bytes)) if bytes.as_ref() == b"\xff\xfe"));
    }

    #[test]
    fn a_message_in_parts_may_be_as_large_as_one_in_one() {
        let half = vec![b'x'; FRAME_MAX / 2];
        assert_eq!(text(&[&half, &half]).unwrap().unwrap().len(), FRAME_MAX);
        assert_eq!(text(&[&half, &half, b"x"]), Err(CloseReason::TooLarge));
    }
}
