//! The forms in which people have tried to reach what is not theirs.

use super::*;

/// Refused before anything is asked of anybody.
const HOSTILE: &[&str] = &[
    // Loopback, in every notation
    "http://127.0.0.1/", "http://127.0.0.1:80/", "https://127.0.0.1/", "http://127.1/", "http://127.0.1/", "http://127.255.255.254/",
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.0.0.1/", "http://0x7f.1/", "http://017700000001/", "http://0177.0.0.1/",
    "http://0177.0.0.01/", "http://00000177.1/", "http://0x7F.0x0.0x0.0x1/", "http://127.0.0.1./", "http://127.000.000.001/",
    "http://①②⑦.⓪.⓪.①/", "http://１２７.０.０.１/", "http://127。0。0。1/", "http://127｡0｡0｡1/", "http://%31%32%37.0.0.1/",
    "http://127%2e0%2e0%2e1/", "http://0/", "http://0.0.0.0/", "http://00.0/", "http://0x0/",
    "http://localhost/", "http://LOCALHOST/", "http://localhost./", "http://ｌｏｃａｌｈｏｓｔ/", "http://foo.localhost/",
    "http://localhost.localdomain/",
    // IPv6
    "http://[::1]/", "http://[::]/", "http://[0:0:0:0:0:0:0:1]/", "http://[0000::1]/", "http://[::1]:80/",
    "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/", "http://[0:0:0:0:0:ffff:127.0.0.1]/", "http://[::127.0.0.1]/",
    "http://[::ffff:0:127.0.0.1]/", "http://[64:ff9b::127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::a00:1]/",
    "http://[2002:7f00:1::]/", "http://[2002:a00:1::1]/", "http://[2002:c0a8:101::1]/", "http://[2001:0:7f00:1::]/",
    "http://[fe80::1]/", "http://[fe80::1%25eth0]/", "http://[fc00::1]/", "http://[fd00:ec2::254]/", "http://[fec0::1]/",
    "http://[ff02::1]/", "http://[100::1]/", "http://[2001:db8::1]/", "http://[::ffff:169.254.169.254]/",
    "http://[::ffff:a9fe:a9fe]/", "http://[2606:4700::1111]/",
    // Private, link-local, carriers'
    "http://10.0.0.1/", "http://10.1/", "http://167772161/", "http://0xa000001/", "http://012.0.0.1/", "http://172.16.0.1/",
    "http://172.31.255.255/", "http://192.168.0.1/", "http://192.168.1/", "http://3232235521/", "http://0xc0a80001/",
    "http://169.254.169.254/latest/meta-data/", "http://2852039166/", "http://0xa9fea9fe/", "http://0xA9.0xFE.0xA9.0xFE/",
    "http://0251.0376.0251.0376/", "http://025177524776/", "http://169.254.43518/", "http://169.16689662/", "http://100.64.0.1/",
    "http://198.18.0.1/", "http://192.0.0.192/", "http://224.0.0.1/", "http://255.255.255.255/", "http://240.0.0.1/",
    "http://8.8.8.8/", "http://134744072/",
    // Names that mean something here only
    "http://metadata/", "http://metadata.google.internal/", "http://redis/", "http://db.local/", "http://router.lan/",
    "http://wiki.corp/", "http://nas.home/", "http://1.0.0.127.in-addr.arpa/", "http://x.home.arpa/", "http://abc.onion/",
    "http://intranet.private/", "http://a.1/", "http://a.0x7f/",
    // Userinfo, ports, schemes
    "http://user@example.org/", "http://user:password@example.org/", "http://:password@example.org/", "http://example.org@127.0.0.1/",
    "http://127.0.0.1@example.org/", "http://example.org:22/", "http://example.org:6379/", "http://example.org:8080/",
    "http://example.org:25/", "https://example.org:0/", "http://example.org:65535/", "ftp://example.org/", "file:///etc/passwd",
    "gopher://example.org:6379/_INFO", "data:text/html,x", "javascript:alert(1)", "ws://example.org/", "dict://example.org/",
    "ldap://example.org/", "http:///", "http://", "https:/\\127.0.0.1/", "http:\\\\127.0.0.1\\", "http:127.0.0.1", "//127.0.0.1/",
    "http://127.0.0.1#@example.org/", "http://127.0.0.1?@example.org/", "http://127.0.0.1\\@example.org/", "http://\t127.0.0.1/",
    "http://127.0.0.1\n.example/", "http://exa mple.org/", "http://[::1", "http://[v1.x]/",
];

#[test]
fn hostile_addresses_are_refused_before_they_are_resolved() {
    assert!(HOSTILE.len() >= 100, "{}", HOSTILE.len());
    let settings = PreviewSettings::default();
    let through = HOSTILE.iter().filter(|text| parse(text, &settings).is_ok()).collect::<Vec<_>>();
    // A line break inside is taken out by every parser of URLs: what is left is another name.
    assert!(through.iter().all(|text| **text == "http://127.0.0.1\n.example/"), "{through:?}");
}

#[test]
fn ordinary_addresses_pass() {
    let settings = PreviewSettings::default();
    for text in [
        "http://example.org/", "https://example.org:443/a?b#c", "http://example.org:80", "https://bücher.example/", "https://EXAMPLE.org./",
        "https://sub.domain.co.uk/path/to/it", "https://1.example.org/", "https://0x7f.example.org/",
    ] {
        assert!(parse(text, &settings).is_ok(), "{text}: {:?}", parse(text, &settings));
    }
}

#[test]
fn only_what_is_routed_to_everybody_is_connected_to() {
    for hidden in [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.8.8.8",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1",
        "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "::",
        "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:10.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1",
        "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1",
        "2002:7f00:1::", "2002:a00:1::", "3fff::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fec0::1", "ff02::1",
    ] {
        assert!(!is_public(hidden.parse().unwrap()), "{hidden}");
    }
    for public in ["1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "193.0.0.1", "223.255.255.254", "2606:4700::1111", "2a00:1450::1", "2001:4860:4860::8888", "3ffe::1"] {
        assert!(is_public(public.parse().unwrap()), "{public}");
    }
}
