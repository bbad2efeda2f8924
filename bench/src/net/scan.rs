//! Taking single values out of JSON text without reading all of it: the generator looks at a million frames a second.

use memchr::memmem;

/// The number right behind the first `mark`.
pub(crate) fn number_after(text: &[u8], mark: &memmem::Finder<'_>) -> Option<u64> {
    let start = mark.find(text)? + mark.needle().len();
    number(text.get(start..)?)
}

/// The number that `text` begins with.
pub(crate) fn number(text: &[u8]) -> Option<u64> {
    let mut value = None;
    for digit in text.iter().map(|byte| byte.wrapping_sub(b'0')).take_while(|digit| *digit <= 9) {
        value = Some(value.unwrap_or(0_u64).checked_mul(10)?.checked_add(u64::from(digit))?);
    }
    value
}

/// The numbers behind every `mark`.
pub(crate) fn numbers_after<'a>(
    text: &'a [u8],
    mark: &'a memmem::Finder<'_>,
) -> impl Iterator<Item = Option<u64>> + 'a {
    let behind = mark.needle().len();
    mark.find_iter(text).map(move |place| text.get(place + behind..).and_then(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found() {
        let mark = memmem::Finder::new(r#""seq":"#);
        let text = br#"{"seq":12,"x":[{"seq":345}],"seq":"none"}"#;
        assert_eq!(number_after(text, &mark), Some(12));
        assert_eq!(numbers_after(text, &mark).collect::<Vec<_>>(), [Some(12), Some(345), None]);
        assert_eq!(number_after(b"{}", &mark), None);
        assert_eq!(number(b"99999999999999999999999"), None);
    }
}
