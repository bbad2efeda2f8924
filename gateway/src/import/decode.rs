//! The bytes of a line as plain text: old logs mix encodings, and carry the formatting codes of their clients.

use std::borrow::Cow;

/// What Windows-1252 means by the bytes 0x80 to 0x9F. The five that it leaves out are the control characters of Latin-1.
const UPPER: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];
/// mIRC's code for a colour; one or two numbers of one or two digits may follow.
const COLOUR: char = '\u{3}';

/// The text of a line, and whether it was UTF-8. What is not is read as Windows-1252, which gives every byte a meaning.
pub(super) fn decode(line: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(line) {
        Ok(text) => (text.into(), true),
        Err(_) => (line.iter().copied().map(windows_1252).collect::<String>().into(), false),
    }
}

fn windows_1252(byte: u8) -> char {
    let place = usize::from(byte).checked_sub(0x80);
    place.and_then(|place| UPPER.get(place).copied()).unwrap_or(char::from(byte))
}

/// The text without colours, bold and the like: no control character stays but the tab, and no byte order mark, which
/// some clients sent in front of what was pasted.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            COLOUR => rest = behind_colour(rest),
            '\u{feff}' => {}
            c if c.is_control() && c != '\t' => {}
            c => plain.push(c),
        }
    }
    plain
}

/// What follows the numbers of a colour. A comma that no number follows is text.
fn behind_colour(text: &str) -> &str {
    let Some(front) = behind_number(text) else { return text };
    front.strip_prefix(',').and_then(behind_number).unwrap_or(front)
}

/// What follows a number of one or two digits, if there is one.
fn behind_number(text: &str) -> Option<&str> {
    let digits = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
    if digits == 0 { None } else { text.get(digits..) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_utf8_is_windows_1252() {
        assert_eq!(decode("über €".as_bytes()), ("über €".into(), true));
        assert_eq!(decode(b"caf\xe9 \x80 \x93x\x94 \xff"), ("café € “x” ÿ".into(), false));
    }

    #[test]
    fn formatting_goes_and_text_stays() {
        for (text, expected) in [
            ("\u{2}bold\u{f} \u{1d}italic\u{1d} \u{1f}under\u{16}", "bold italic under"),
            ("\u{3}4red\u{3} \u{3}04,12both \u{3}1,x \u{3}123 \u{3}", "red both ,x 3 "),
            ("a\tb\0c\r", "a\tbc"),
            ("\u{feff}hello", "hello"),
            ("\u{3}é", "é"),
        ] {
            assert_eq!(plain(text), expected);
        }
    }

    proptest! {
        #[test]
        fn nothing_that_a_message_may_not_have_is_left(bytes: Vec<u8>) {
            let text = plain(&decode(&bytes).0);
            prop_assert_eq!(kernel::text::control_character(&text), None);
        }
    }
}
