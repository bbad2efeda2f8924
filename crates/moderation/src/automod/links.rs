//! Addresses in a text, and the hosts that they lead to.
//!
//! A text is cut where an address cannot go on. What stands behind a scheme and two slashes (behind one, for `http` and
//! `https`: browsers take that too) is a host, and so is what begins with `www.` or is a name under one of the domains
//! that people write bare. Hosts are read as browsers read them (`url::Host`): percent-encoding, international names and odd
//! forms of IP addresses are undone before they are compared.

use std::collections::HashSet;

use url::Host;

use super::fold::visible;
use super::rule::Links;

/// Top-level domains of addresses that are written without a scheme. Few, so that "main.rs" and "readme.md" are none.
const BARE: [&str; 24] = [
    "biz", "cc", "click", "cn", "co", "com", "gg", "icu", "info", "link", "live", "ly", "net", "online",
    "org", "pw", "ru", "shop", "site", "store", "tk", "top", "vip", "xyz",
];
/// Where an address cannot go on; `/` and `\` are looked at as well.
const ENDS: [char; 16] = ['/', '\\', '?', '#', '(', ')', '<', '>', '"', '\'', '`', '|', ',', ';', '*', '!'];

/// What leads somewhere else.
#[derive(Clone, Debug)]
pub(crate) struct LinkRule {
    links: Links,
    domains: HashSet<String>,
}

/// A place in a text that may be a host.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mention {
    host: String,
    /// Whether it is certainly an address; else it only looks like a name.
    is_link: bool,
}

impl LinkRule {
    pub(crate) fn new(links: Links, domains: &[String]) -> Self {
        Self { links, domains: domains.iter().cloned().collect() }
    }

    /// Whether the text has an address that the rule is against.
    pub(crate) fn is_broken_by(&self, text: &str) -> bool {
        let mut found = mentions(text).into_iter();
        match self.links {
            Links::All => found.any(|mention| mention.is_link),
            Links::Allow => found.any(|mention| mention.is_link && !self.lists(&mention.host)),
            // The name alone will do: it says where to go.
            Links::Deny => found.any(|mention| self.lists(&mention.host)),
        }
    }

    /// Whether the host or a domain above it is listed.
    fn lists(&self, host: &str) -> bool {
        let above = host.match_indices('.').filter_map(|(at, _)| host.get(at + 1..));
        std::iter::once(host).chain(above).any(|name| self.domains.contains(name))
    }

    /// Memory that it takes, bytes.
    pub(crate) fn size(&self) -> usize {
        self.domains.iter().map(|domain| domain.len() + 64).sum()
    }
}

/// A domain of a list, as hosts are compared.
///
/// # Errors
/// What it must be.
pub(crate) fn domain(text: &str) -> Result<String, &'static str> {
    let text = visible(text.trim());
    match Host::parse(text.trim_end_matches('.')) {
        Ok(Host::Domain(name)) if name.contains('.') && name.len() <= 253 && text.chars().all(is_part) => {
            Ok(name)
        }
        _ => Err("must be a domain such as example.org, without scheme, port and path"),
    }
}

fn mentions(text: &str) -> Vec<Mention> {
    let text = visible(text);
    text.split(char::is_whitespace).filter(|token| token.contains(['.', ':'])).flat_map(in_token).collect()
}

fn in_token(token: &str) -> Vec<Mention> {
    let mut found = Vec::new();
    // The scheme before, and how many slashes stood behind it.
    let mut scheme: Option<(bool, usize)> = None;
    for piece in token.split_inclusive(ENDS) {
        let bare = piece.trim_end_matches(ENDS);
        let slash = piece.ends_with(['/', '\\']);
        if bare.is_empty() {
            scheme = scheme.filter(|_| slash).map(|(web, slashes)| (web, slashes + 1));
            continue;
        }
        let behind = scheme.take().is_some_and(|(web, slashes)| web || slashes > 1);
        found.extend(host(bare, behind));
        scheme = scheme_of(bare).filter(|_| slash).map(|web| (web, 1));
    }
    found
}

/// The scheme that ends here, whether it is that of web pages.
fn scheme_of(piece: &str) -> Option<bool> {
    let name = piece.strip_suffix(':')?;
    let name = name.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let web = ["http", "https"].iter().any(|web| name.eq_ignore_ascii_case(web));
    (name.len() > 1).then_some(web)
}

fn host(piece: &str, behind_scheme: bool) -> Option<Mention> {
    // Before the @ stands a user, who may be called like a host.
    let (is_address, host) = piece.rsplit_once('@').map_or((false, piece), |(_, host)| (true, host));
    let host = host.trim_start_matches(|c: char| !behind_scheme && !c.is_alphanumeric());
    let end = host.char_indices().find(|(_, c)| !is_part(*c)).map_or(host.len(), |(end, _)| end);
    let written = host.get(..end).unwrap_or_default().trim_end_matches('.');
    if !behind_scheme && !written.contains('.') {
        return None;
    }
    let host = match Host::parse(written) {
        Ok(host) => host.to_string(),
        // No browser goes there, or it is an IPv6 address: in no list, and a link all the same.
        Err(_) if behind_scheme => written.to_lowercase(),
        Err(_) => return None,
    };
    let is_bare =
        || host.starts_with("www.") || host.rsplit('.').next().is_some_and(|top| BARE.contains(&top));
    Some(Mention { is_link: behind_scheme || (!is_address && is_bare()), host })
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '%') || kernel::text::is_mark(c)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rule(links: Links, domains: &[&str]) -> LinkRule {
        let domains = domains.iter().map(|text| domain(text).unwrap()).collect::<Vec<_>>();
        LinkRule::new(links, &domains)
    }

    #[test]
    fn addresses_are_found_however_they_are_written() {
        let all = rule(Links::All, &[]);
        for text in [
            "https://example.org",
            "HTTP://EXAMPLE.ORG/x",
            "see www.example.de.",
            "go to evil.com!",
            "evil.com/path",
            "[text](https://example.dev/a)",
            "<https://example.dev>",
            "https:/example.dev",
            r"https:\\example.dev",
            "ftp://example.dev",
            "https://1.2.3.4/",
            "https://[::1]/",
            "hxxp https://localhost:80",
            "ｈttps://example.dev",
            "ht\u{200b}tps://example.dev",
            "evil\u{3002}com",
            "x=https://example.dev&y",
            "https://müller.example",
            "(https://a)b@evil.dev",
        ] {
            assert!(all.is_broken_by(text), "{text}");
        }
        for text in [
            "no link",
            "main.rs",
            "e.g. this",
            "readme.md",
            "1.2.3",
            "and/or",
            "10:30",
            "note: this",
            "ada@example.org",
            "C:\\Users\\ada",
            "path:/etc/x",
            "3.5/5",
            "...",
            "a:b",
            "wait...what",
            "std::vec::Vec",
            "@ada.com",
        ] {
            assert!(!all.is_broken_by(text), "{text}");
        }
    }

    #[test]
    fn lists_hold_for_subdomains_and_for_nothing_that_looks_like_them() {
        let deny = rule(Links::Deny, &["evil.example", "Bücher.example"]);
        for text in [
            "https://evil.example",
            "http://a.b.EVIL.example:8080/x",
            "evil.example",
            "https://evil.example./",
            "https://good.example@evil.example/",
            "https://a&b@evil.example",
            "https://a(b@evil.example",
            "https://ev%69l.example",
            "https://xn--bcher-kva.example",
            "BÜCHER.example",
            "https://good.example/?u=https://evil.example",
            "https://good.example/evil.example",
        ] {
            assert!(deny.is_broken_by(text), "{text}");
        }
        for text in
            ["https://notevil.example", "https://evil.example.org", "https://evil.examples", "evil example"]
        {
            assert!(!deny.is_broken_by(text), "{text}");
        }
        let allow = rule(Links::Allow, &["good.example"]);
        for text in ["https://good.example/x", "https://www.good.example", "nothing", "good.example"] {
            assert!(!allow.is_broken_by(text), "{text}");
        }
        for text in [
            "https://good.example https://evil.dev",
            "https://good.example@evil.dev",
            "https://good.example.evil.dev",
            "https://goodxexample",
            r"https://evil.dev\@good.example",
            "https://evil.dev#@good.example",
        ] {
            assert!(allow.is_broken_by(text), "{text}");
        }
    }

    #[test]
    fn a_domain_of_a_list_is_a_name_and_nothing_else() {
        assert_eq!(domain(" Example.ORG. ").unwrap(), "example.org");
        assert_eq!(domain("bücher.example").unwrap(), "xn--bcher-kva.example");
        for not in ["", "localhost", "https://x.org", "x.org/a", "x.org:80", "*.x.org", "1.2.3.4", "a b.org"]
        {
            assert!(domain(not).is_err(), "{not}");
        }
    }

    /// Counted, not timed: the pieces that are read as hosts do not overlap, so a text is read a constant number of times.
    #[test]
    fn hosts_do_not_overlap() {
        for text in ["http://".repeat(571), "a.b@".repeat(1_000), "://".repeat(1_333), "www.".repeat(1_000)] {
            let read = mentions(&text).iter().map(|mention| mention.host.len()).sum::<usize>();
            assert!(read <= text.len(), "{read} bytes of {}", text.len());
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text: String, more in r"(https?:/{0,3}|www\.|@|[a-z.%/\\:\[\]]){0,30}") {
            for text in [text.clone(), more.clone(), format!("{more}{text}")] {
                let _ = rule(Links::Deny, &["evil.example"]).is_broken_by(&text);
            }
        }

        #[test]
        fn what_is_denied_is_found_in_any_text(before in "[a-z .,]{0,20}", after in "(:[0-9]{1,5})?([ /?#].{0,20})?") {
            let text = format!("{before} https://evil.example{after}");
            prop_assert!(rule(Links::Deny, &["evil.example"]).is_broken_by(&text), "{}", text);
        }
    }
}
