//! Rules for text that people write, shared by names and messages.

use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// A display name: NFC, white space trimmed and runs of it made one space.
///
/// # Errors
/// What it must be, when it is empty, longer than `max` characters, or has characters that cannot be seen.
pub fn display_name(text: &str, max: usize) -> Result<String, String> {
    let name = text.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > max {
        return Err(format!("must have 1 to {max} characters"));
    }
    match name.chars().find(|c| !printable(*c)) {
        Some(c) => Err(format!("must not contain U+{:04X}, which cannot be seen", u32::from(c))),
        None => Ok(name),
    }
}

/// Text with nothing in it that HTML would take for its own, between tags as in quoted attributes.
pub fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

/// The first character of `text` that no message may have: a control character other than line break and tab.
pub fn control_character(text: &str) -> Option<char> {
    text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

/// Whether a character may stand in a name: no control, format (direction marks, joiners), private or unassigned ones.
fn printable(c: char) -> bool {
    c == ' '
        || !matches!(
            c.general_category_group(),
            GeneralCategoryGroup::Other | GeneralCategoryGroup::Separator
        )
        // Emoji are joined by it.
        || c == '\u{200d}'
}

/// Whether a character is a combining mark: part of the letter before it in many scripts.
pub fn is_mark(c: char) -> bool {
    matches!(
        c.general_category(),
        GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark | GeneralCategory::EnclosingMark
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_printable() {
        assert_eq!(display_name("  Ada \n Lovelace ", 64).unwrap(), "Ada Lovelace");
        assert_eq!(display_name("👩\u{200d}🚀 été", 64).unwrap(), "👩\u{200d}🚀 été");
        assert!(display_name(" \u{a0} ", 64).is_err());
        assert!(display_name("a\u{202e}b", 64).unwrap_err().contains("U+202E"));
        assert!(display_name("a\0b", 64).unwrap_err().contains("U+0000"));
        assert!(display_name(&"x".repeat(65), 64).is_err());
    }

    #[test]
    fn messages_may_have_lines_but_no_nul() {
        assert_eq!(control_character("a\r\n\tb"), None);
        assert_eq!(control_character("a\0b"), Some('\0'));
        assert_eq!(control_character("\u{1b}[31m"), Some('\u{1b}'));
    }
}
