//! Answers of HTTP/1.1, as far as our servers make them: with a Content-Length.

use memchr::memmem;

/// An answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answer<'a> {
    /// 200.
    pub(crate) status: u16,
    /// Its body.
    pub(crate) body: &'a [u8],
}

/// The first answer in `bytes`, and how many of them it is; `None` until it is complete.
pub(crate) fn decode(bytes: &[u8]) -> Option<(Answer<'_>, usize)> {
    let end = memmem::find(bytes, b"\r\n\r\n")? + 4;
    let (head, rest) = bytes.split_at_checked(end)?;
    let status = head.get(9..12).and_then(number)?;
    let length = if status == 101 { 0 } else { content_length(head)? };
    let body = rest.get(..length)?;
    Some((Answer { status: u16::try_from(status).ok()?, body }, end + length))
}

/// What the header says; nothing that it does not say can be measured here.
fn content_length(head: &[u8]) -> Option<usize> {
    let mut lines = head.split(|byte| *byte == b'\n');
    let value = lines.find_map(|line| {
        let (name, value) = line.split_at_checked(b"content-length:".len())?;
        name.eq_ignore_ascii_case(b"content-length:").then_some(value)
    });
    number(value?.trim_ascii())
}

fn number(digits: &[u8]) -> Option<usize> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_taken_when_it_is_complete() {
        let bytes = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\ndate: x\r\n\r\nhelloHTTP/1.1";
        assert_eq!(decode(bytes), Some((Answer { status: 200, body: b"hello" }, bytes.len() - 8)));
        assert_eq!(decode(&bytes[..50]), None);
        let upgrade = b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n\x81\x00";
        assert_eq!(decode(upgrade), Some((Answer { status: 101, body: b"" }, upgrade.len() - 2)));
    }
}
