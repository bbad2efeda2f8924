//! Whom something is counted for. Nothing secret or personal stands in Redis's keys but addresses.

use std::net::{IpAddr, Ipv6Addr};

use aws_lc_rs::hmac;
use kernel::UserId;

/// Of a keyed hash this much is kept, bytes: too much for two names to meet.
const KEPT: usize = 16;

/// Who gets codes and mails, and whose credentials are tried: by what is known of them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Account<'a> {
    /// What was typed for an account that may not exist: an e-mail address, a username or a phone number, in the form in
    /// which it is compared.
    Named(&'a str),
    /// An account.
    User(UserId),
}

/// Makes keys. The same secret in every gateway makes the same keys.
#[derive(Clone)]
pub(super) struct Keys(hmac::Key);

impl Keys {
    pub(super) fn new(secret: &str) -> Self {
        // A key of its own, so that nothing here is of use for what the secret signs.
        let secret = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let own = hmac::sign(&secret, b"guildhall: names in the keys of rates");
        Self(hmac::Key::new(hmac::HMAC_SHA256, own.as_ref()))
    }

    pub(super) fn account(&self, account: Account<'_>) -> String {
        match account {
            Account::User(user) => user.to_string(),
            Account::Named(name) => {
                let hash = hmac::sign(&self.0, name.as_bytes());
                hash.as_ref().iter().take(KEPT).map(|byte| format!("{byte:02x}")).collect()
            }
        }
    }
}

/// An address as it is counted: an IPv6 address by its /64, which is what one customer has at least.
pub(super) fn place(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let net = Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64));
            format!("{net}/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ipv6_counts_by_its_net_and_a_wrapped_address_as_what_it_wraps() {
        let place = |text: &str| place(text.parse().unwrap());
        assert_eq!(place("203.0.113.7"), "203.0.113.7");
        assert_eq!(place("::ffff:203.0.113.7"), "203.0.113.7");
        assert_eq!(place("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
        assert_eq!(place("2001:db8:1:2::1"), place("2001:db8:1:2:ffff::"));
        assert_ne!(place("2001:db8:1:2::1"), place("2001:db8:1:3::1"));
    }

    #[test]
    fn names_are_hashed_the_same_way_for_the_same_secret() {
        let key = |secret, name| Keys::new(secret).account(Account::Named(name));
        let one = key("a secret", "ada@example.org");
        assert_eq!(one, key("a secret", "ada@example.org"));
        assert!(one != key("a secret", "bob@example.org") && one != key("another", "ada@example.org"));
        assert!(one.len() == 2 * KEPT && !one.contains("ada"));
    }
}
