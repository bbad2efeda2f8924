//! What a page says of itself: Open Graph, Twitter cards, and what pages had before. Pure.

use encoding_rs::{Encoding, UTF_8};
use html5gum::{DefaultEmitter, HtmlString, StartTag, Token, Tokenizer};
use kernel::text::control_character;
use url::Url;

use super::Found;

/// Characters of a title.
const TITLE_MAX: usize = 200;
/// Characters of a description.
const DESCRIPTION_MAX: usize = 500;
/// Characters of a site's name.
const SITE_MAX: usize = 100;
/// Characters of a picture's address.
const IMAGE_MAX: usize = 2_048;
/// Bytes in which a page may say how it is encoded.
const PRESCAN: usize = 1_024;
/// Tokens that are looked at: the head of a page is far shorter.
const TOKENS: usize = 20_000;

/// A page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Page {
    pub(super) found: Found,
    /// Where it says it can be asked for more.
    pub(super) oembed: Option<String>,
    /// Whether it told its title by `<title>` alone.
    pub(super) only_plain_title: bool,
}

/// What was collected, the better sources before the others.
#[derive(Default)]
struct Collected {
    title: [Option<String>; 3],
    description: [Option<String>; 3],
    image: [Option<String>; 2],
    site: Option<String>,
    oembed: Option<String>,
}

/// What the page in `body`, which came from `url` with this content type, says of itself.
pub(super) fn read(body: &[u8], content_type: &str, url: &Url) -> Page {
    let text = decode(body, content_type);
    let mut emitter = DefaultEmitter::default();
    // Titles, scripts and styles have no tags inside.
    emitter.naively_switch_states(true);
    let (mut all, mut in_title) = (Collected::default(), false);
    for Ok(token) in Tokenizer::new_with_emitter(text.as_str(), emitter).take(TOKENS) {
        match token {
            Token::StartTag(tag) => match tag.name.as_slice() {
                b"body" => break,
                b"title" => in_title = all.title[2].is_none(),
                b"meta" => all.meta(&tag),
                b"link" => all.link(&tag, url),
                _ => {}
            },
            Token::EndTag(tag) => match tag.name.as_slice() {
                b"head" => break,
                b"title" => in_title = false,
                _ => {}
            },
            Token::String(text) if in_title => {
                let [.., title] = &mut all.title;
                title.get_or_insert_default().push_str(&lossy(&text.value));
            }
            _ => {}
        }
    }
    all.page(url)
}

impl Collected {
    fn meta(&mut self, tag: &StartTag<()>) {
        let name = attribute(tag, b"property").or_else(|| attribute(tag, b"name")).unwrap_or_default();
        let Some(content) = attribute(tag, b"content") else { return };
        let [og_title, twitter_title, _] = &mut self.title;
        let [og_description, twitter_description, plain_description] = &mut self.description;
        let [og_image, twitter_image] = &mut self.image;
        let slot = match name.trim().to_ascii_lowercase().as_str() {
            "og:title" => og_title,
            "twitter:title" => twitter_title,
            "og:description" => og_description,
            "twitter:description" => twitter_description,
            "description" => plain_description,
            "og:image" | "og:image:url" | "og:image:secure_url" => og_image,
            "twitter:image" | "twitter:image:src" => twitter_image,
            "og:site_name" => &mut self.site,
            _ => return,
        };
        // The first one counts.
        slot.get_or_insert(content);
    }

    fn link(&mut self, tag: &StartTag<()>, url: &Url) {
        let is = |name: &[u8], value: &str| {
            attribute(tag, name).is_some_and(|text| text.trim().eq_ignore_ascii_case(value))
        };
        if is(b"rel", "alternate") && is(b"type", "application/json+oembed") {
            let href = attribute(tag, b"href").and_then(|href| url.join(href.trim()).ok());
            self.oembed = self.oembed.take().or_else(|| href.map(String::from));
        }
    }

    fn page(self, url: &Url) -> Page {
        let better =
            |texts: &[Option<String>], most| texts.iter().flatten().find_map(|text| tidy(text, most));
        let [og, twitter, _] = &self.title;
        let told = better(&[og.clone(), twitter.clone()], TITLE_MAX);
        let only_plain_title = told.is_none();
        let found = Found {
            title: told.or_else(|| better(&self.title, TITLE_MAX)),
            description: better(&self.description, DESCRIPTION_MAX),
            image: self.image.iter().flatten().find_map(|link| picture(link, url)),
            site: self.site.and_then(|site| tidy(&site, SITE_MAX)),
        };
        Page { found, oembed: self.oembed, only_plain_title }
    }
}

impl Found {
    /// With what `other` knows and this does not.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            title: other.title.or(self.title),
            description: self.description.or(other.description),
            image: self.image.or(other.image),
            site: self.site.or(other.site),
        }
    }
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    tag.attributes.get(&HtmlString(name.to_vec())).map(|value| lossy(value))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A text as a line: without control characters, and not too long. `None` when nothing is left.
pub(super) fn tidy(text: &str, most: usize) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut line = line.chars().filter(|c| control_character(c.encode_utf8(&mut [0; 4])).is_none());
    let mut short = line.by_ref().take(most).collect::<String>();
    if line.next().is_some() {
        short.pop();
        short.push('…');
    }
    (!short.is_empty()).then_some(short)
}

/// The address of a picture that a browser may be given.
pub(super) fn picture(link: &str, url: &Url) -> Option<String> {
    let link = url.join(link.trim()).ok()?;
    let good =
        matches!(link.scheme(), "http" | "https") && link.username().is_empty() && link.password().is_none();
    (good && link.as_str().len() <= IMAGE_MAX).then(|| link.into())
}

/// The text of a page: by its byte order mark, what the server says, what the page says, else UTF-8.
fn decode(body: &[u8], content_type: &str) -> String {
    let told = label(content_type.as_bytes());
    let encoding = told.or_else(|| label(body.get(..PRESCAN).unwrap_or(body))).unwrap_or(UTF_8);
    encoding.decode(body).0.into_owned()
}

/// The encoding behind the first `charset=` of some bytes.
fn label(bytes: &[u8]) -> Option<&'static Encoding> {
    let text = lossy(bytes).to_ascii_lowercase();
    let (_, rest) = text.split_once("charset")?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ';' | '>' | '/'));
    Encoding::for_label(rest.get(..end.unwrap_or(rest.len()))?.as_bytes())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn page(html: &str) -> Page {
        read(html.as_bytes(), "text/html", &Url::parse("https://example.org/a/b").unwrap())
    }

    #[test]
    fn better_sources_come_first() {
        let found = page(
            "<head><title>Plain</title><meta name=description content='old'><meta name='twitter:title' content=T>\
             <META PROPERTY='og:title' CONTENT='A &amp; B'><meta property=og:image content='../i.png'>\
             <meta property=og:site_name content=Site></head><meta property=og:description content=late>",
        );
        let told = |text: &str| Some(text.to_string());
        assert_eq!(found.found.title, told("A & B"));
        assert_eq!(found.found.description, told("old"));
        assert_eq!(found.found.image, told("https://example.org/i.png"));
        assert_eq!(found.found.site, told("Site"));
    }

    #[test]
    fn broken_pages_are_read_as_browsers_do() {
        let title = |html: &str| page(html).found.title;
        assert_eq!(title("<title>\n a <b> \u{0}c\n</title>").as_deref(), Some("a <b> \u{fffd}c"));
        assert_eq!(title("<script>\"<title>no</title>\"</script><title>yes").as_deref(), Some("yes"));
        assert_eq!(title("<!-- <title>no</title> --><title>yes</title><title>no").as_deref(), Some("yes"));
        assert_eq!(title("<meta property=og:title content='open><title>yes</title>"), None);
        assert_eq!(title(&format!("<title>{}</title>", "x".repeat(999))).unwrap().chars().count(), TITLE_MAX);
        assert_eq!(page("<meta property=og:image content='javascript:x'>").found.image, None);
    }

    #[test]
    fn charsets_are_those_that_are_told() {
        let url = Url::parse("https://example.org/").unwrap();
        let title = |body: &[u8], kind: &str| read(body, kind, &url).found.title.unwrap();
        assert_eq!(title(b"<title>Gr\xf6\xdfe</title>", "text/html; charset=iso-8859-1"), "Größe");
        assert_eq!(title(b"<meta charset=windows-1251><title>\xcf\xf0\xe8</title>", "text/html"), "При");
        assert_eq!(
            title(
                b"<meta http-equiv=x content='text/html; charset=Shift_JIS'><title>\x93\xfa\x96{</title>",
                "text/html"
            ),
            "日本"
        );
        assert_eq!(title("<title>Größe</title>".as_bytes(), "text/html; charset=nonsense"), "Größe");
        assert_eq!(title(b"<title>\xff\xfe</title>", "text/html"), "\u{fffd}\u{fffd}");
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_odd(body in proptest::collection::vec(any::<u8>(), 0..400), kind in ".{0,40}") {
            let url = Url::parse("https://example.org/").unwrap();
            let found = read(&body, &kind, &url).found;
            prop_assert!(found.title.is_none_or(|title| title.chars().count() <= TITLE_MAX));
        }
    }
}
