//! What may be an invite code in a text: whether it is one is for the table of codes to say.

use std::collections::BTreeSet;

use guilds::INVITE_CODE;

use super::fold::visible;

/// Everything in the text that has the form of an invite code, bare or in an address.
pub(crate) fn candidates(text: &str) -> Vec<String> {
    let text = visible(text).to_lowercase();
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    let codes = words.filter(|word| INVITE_CODE.fits(word)).map(str::to_string);
    codes.collect::<BTreeSet<_>>().into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_wherever_they_stand() {
        for text in [
            "abcde23456",
            "come: ABCDE23456!",
            "https://chat.example.org/invite/abcde23456?x=1",
            "ａｂcde2\u{200b}3456",
            "/api/servers/join/abcde23456",
        ] {
            assert_eq!(candidates(text), ["abcde23456"], "{text}");
        }
        // Too short, too long, letters that no code has.
        assert_eq!(candidates("abcde2345 abcde234567 abcde0iol1"), Vec::<String>::new());
    }
}
