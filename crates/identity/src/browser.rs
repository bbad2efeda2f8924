//! What can be said of a client in a few words: enough to tell a device that was here before from one that was not.

use std::net::IpAddr;

/// What a `User-Agent` contains, and what that is called. The first that is found counts: most browsers also claim to be
/// those that came before them.
const BROWSERS: [(&str, &str); 10] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];
/// How much of a name that we do not know is kept.
const NAME_MAX: usize = 40;

/// The family of a client: browser and system, without versions, so that an update makes no new device.
pub(crate) fn family(agent: Option<&str>) -> String {
    let agent = agent.unwrap_or_default();
    let find = |table: &[(&str, &'static str)]| {
        table.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    // A program of its own begins with its name: "Name/1.2 (…)".
    let own = || {
        let name = agent.split(['/', ' ', '(']).next().unwrap_or_default();
        let name = name.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).take(NAME_MAX);
        Some(name.collect::<String>()).filter(|name| !name.is_empty())
    };
    let browser = find(&BROWSERS).map(ToString::to_string).or_else(own);
    match (browser, find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser,
        (None, _) => "an unknown program".into(),
    }
}

/// The network that an address belongs to: what a provider gives to one customer or one place, roughly. A /24 of IPv4, a
/// /48 of IPv6; empty when there is no address.
pub(crate) fn network(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V4(v4)) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Some(IpAddr::V6(v6)) => {
            let [a, b, c, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_told_apart_and_survive_updates() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
        for (agent, name) in [
            (chrome, "Chrome on Linux"),
            (&chrome.replace("142", "143"), "Chrome on Linux"),
            (&format!("{chrome} Edg/142.0"), "Edge on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0",
                "Firefox on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/142.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("curl/8.5.0", "curl"),
            ("Guildhall-Desk/3.1 (Linux)", "Guildhall-Desk on Linux"),
            ("http://evil.example/ click", "http"),
            ("", "an unknown program"),
            ("<b>", "b"),
        ] {
            assert_eq!(family(Some(agent)), name, "{agent}");
        }
        assert_eq!(family(None), "an unknown program");
    }

    #[test]
    fn neighbours_share_a_network() {
        let of = |text: &str| network(Some(text.parse().unwrap()));
        assert_eq!(of("192.0.2.7"), "192.0.2.0/24");
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.200"));
        assert_ne!(of("192.0.2.7"), of("192.0.3.7"));
        assert_eq!(of("2001:db8:1:2::3"), "2001:db8:1::/48");
        assert_eq!(network(None), "");
    }
}
