//! Names of files: shown to people, and never a path.

/// Characters that a name may have.
const MAX: usize = 200;
/// What a file is called whose name says nothing.
const NAMELESS: &str = "file";

/// The name that a client gave, as it is shown: without folders, and without characters that cannot be seen or turn the
/// direction of writing, which would hide what kind of file it is. Of a name that is too long, the ending stays.
pub(crate) fn clean(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let seen: String = last.chars().filter(|c| !c.is_control() && !is_unseen(*c)).collect();
    let seen = seen.trim().trim_start_matches('.').trim();
    if seen.is_empty() { NAMELESS.into() } else { shortened(seen) }
}

fn shortened(name: &str) -> String {
    if name.chars().count() <= MAX {
        return name.into();
    }
    let ending =
        name.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.chars().count() <= 16);
    let Some(ending) = ending else { return name.chars().take(MAX).collect() };
    let room = MAX.saturating_sub(ending.chars().count() + 1);
    let stem: String = name.chars().take(room).collect();
    format!("{stem}.{ending}")
}

/// Marks of direction, joiners and spaces of no width, line and paragraph separators.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// The value of `Content-Disposition` for a file of this name.
pub(crate) fn disposition(inline: bool, name: &str) -> String {
    let kind = if inline { "inline" } else { "attachment" };
    let plain = |c: char| if c.is_ascii_alphanumeric() || " ._-()".contains(c) { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    let mut encoded = String::with_capacity(name.len());
    for byte in name.bytes() {
        // RFC 8187, attr-char, as far as names need it.
        if byte.is_ascii_alphanumeric() || b"._-".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_no_path_and_hides_nothing() {
        for (given, shown) in [
            ("holiday.jpg", "holiday.jpg"),
            ("../../etc/passwd", "passwd"),
            ("C:\\Windows\\system.ini", "system.ini"),
            ("..", "file"),
            ("a/..", "file"),
            ("", "file"),
            ("a\0b\r\nc.txt", "abc.txt"),
            (".htaccess", "htaccess"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("grüße 2.pdf", "grüße 2.pdf"),
        ] {
            assert_eq!(clean(given), shown, "{given:?}");
        }
        let long = clean(&format!("{}.pdf", "x".repeat(400)));
        assert!(long.chars().count() == MAX && long.ends_with("x.pdf"), "{long}");
    }

    proptest! {
        #[test]
        fn no_name_breaks_out_of_a_header_or_a_folder(name in ".{0,300}") {
            let name = clean(&name);
            prop_assert!(!name.is_empty() && name.chars().count() <= MAX);
            prop_assert!(!name.contains(['/', '\\', '\0', '\r', '\n']) && !name.starts_with('.'));
            let header = disposition(false, &name);
            prop_assert!(header.is_ascii() && header.matches('"').count() == 2);
            prop_assert!(header.starts_with("attachment; filename=\""));
        }
    }
}
