//! Refresh tokens: who has one gets a new pair of tokens without a password.
//!
//! Each is used once and makes the next one, its *generation* one higher. The first is random, the next is computed from
//! the last with a key that only gateways have: an answer that got lost can be given again, the same to the byte, without
//! keeping what it said. The database has hashes only.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{self, HMAC_SHA256};
use chrono::TimeDelta;
use kernel::{Env, Timestamp};

/// What every refresh token begins with, so that scanners for leaked secrets know it.
const PREFIX: &str = "ghr_";
const BYTES: usize = 32;
/// How long a token that was used may be used again as long as the next was not: answers get lost.
const GRACE: TimeDelta = TimeDelta::seconds(30);

/// A refresh token.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct RefreshToken([u8; BYTES]);

/// Makes refresh tokens.
#[derive(Clone)]
pub(crate) struct RefreshTokens(hmac::Key);

/// What to do with a token that was presented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Make the next pair.
    Rotate,
    /// Give the present pair again: its answer seems to have been lost.
    Repeat,
    /// It was used before: two have it. End the session.
    Stolen,
}

impl RefreshTokens {
    pub(crate) fn new(secret: &str) -> Self {
        let own = hmac::sign(&hmac::Key::new(HMAC_SHA256, secret.as_bytes()), b"guildhall refresh tokens");
        Self(hmac::Key::new(HMAC_SHA256, own.as_ref()))
    }

    /// The first token of a session.
    pub(crate) fn first(&self, env: &Env) -> RefreshToken {
        RefreshToken(env.bytes())
    }

    /// The token that follows `used`.
    pub(crate) fn next(&self, used: &RefreshToken) -> RefreshToken {
        let tag = hmac::sign(&self.0, &used.0);
        let mut bytes = [0; BYTES];
        bytes.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        RefreshToken(bytes)
    }
}

impl RefreshToken {
    /// Reads what [`Self::reveal`] wrote.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix(PREFIX)?.as_bytes();
        if hex.len() != 2 * BYTES {
            return None;
        }
        let mut bytes = [0; BYTES];
        for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        let token = Self(bytes);
        // One way to write each: from_str_radix also takes capitals and a sign.
        (token.reveal() == text).then_some(token)
    }

    /// The token as its owner gets it.
    pub(crate) fn reveal(&self) -> String {
        let hex = self.0.iter().map(|byte| format!("{byte:02x}"));
        std::iter::once(PREFIX.to_string()).chain(hex).collect()
    }

    /// What the database has of it.
    pub(crate) fn hash(&self) -> Vec<u8> {
        digest(&SHA256, &self.0).as_ref().to_vec()
    }
}

impl std::fmt::Debug for RefreshToken {
    /// Without the token.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshToken(hidden)")
    }
}

impl std::fmt::Debug for RefreshTokens {
    /// Without the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshTokens(hidden)")
    }
}

/// Judges a token of generation `presented` of a session that is at `current` since `rotated_at`.
pub(crate) fn judge(presented: i32, current: i32, rotated_at: Timestamp, now: Timestamp) -> Verdict {
    if presented == current {
        Verdict::Rotate
    } else if presented.checked_add(1) == Some(current) && now < rotated_at.plus(GRACE) {
        Verdict::Repeat
    } else {
        Verdict::Stolen
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_token_is_the_same_each_time_and_needs_the_key() {
        let (ours, theirs) = (RefreshTokens::new("one secret"), RefreshTokens::new("another"));
        let first = ours.first(&Env::system());
        assert_eq!(ours.next(&first), ours.next(&first));
        assert_ne!(ours.next(&first), theirs.next(&first));
        assert_ne!(ours.next(&first), first);
        assert_ne!(ours.first(&Env::system()), first);
    }

    #[test]
    fn a_token_is_written_in_one_way() {
        let token = RefreshTokens::new("s").first(&Env::system());
        let text = token.reveal();
        assert_eq!(RefreshToken::parse(&text).unwrap(), token);
        let capitals = format!("{PREFIX}{}", text[PREFIX.len()..].to_uppercase());
        let signed = format!("{PREFIX}{}", "+1".repeat(BYTES));
        for bad in
            [&text[1..], &text[..text.len() - 1], &format!("{text}00"), &capitals, &signed, "", "ghr_ä"]
        {
            assert!(RefreshToken::parse(bad).is_none() || bad == text, "{bad}");
        }
        assert!(!format!("{token:?}").contains(&text[8..]));
    }

    #[test]
    fn a_used_token_works_for_thirty_seconds_while_the_next_is_unused() {
        let at = Timestamp::from_millis(1_700_000_000_000).unwrap();
        let later = |ms| at.plus(TimeDelta::milliseconds(ms));
        assert_eq!(judge(3, 3, at, later(1_000_000)), Verdict::Rotate);
        assert_eq!(judge(2, 3, at, later(29_999)), Verdict::Repeat);
        assert_eq!(judge(2, 3, at, later(30_000)), Verdict::Stolen);
        assert_eq!(judge(1, 3, at, at), Verdict::Stolen);
        assert_eq!(judge(4, 3, at, at), Verdict::Stolen);
        assert_eq!(judge(i32::MAX, 3, at, at), Verdict::Stolen);
    }
}
