//! Codes by time (RFC 6238): HMAC-SHA-1, 30 seconds, six digits. What every authenticator app understands.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, Key, sign};
use data_encoding::BASE32_NOPAD;
use kernel::{Env, Timestamp};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Seconds that a code stands.
const PERIOD: i64 = 30;
/// Steps before and after the present one whose codes are accepted: clocks differ, and people type slowly.
const WINDOW: i64 = 1;
/// Bytes of a secret: as long as the hash (RFC 4226, 4).
const SECRET: usize = 20;

/// A number that counts the periods since 1970.
pub(crate) type Step = i64;

/// A new secret.
pub(crate) fn secret(env: &Env) -> [u8; SECRET] {
    env.bytes()
}

/// The secret as one types it into an app.
pub(crate) fn written(secret: &[u8]) -> String {
    BASE32_NOPAD.encode(secret)
}

/// What an app reads from a QR code (<https://github.com/google/google-authenticator/wiki/Key-Uri-Format>).
pub(crate) fn url(issuer: &str, account: &str, secret: &[u8]) -> String {
    let [issuer, account] = [issuer, account].map(|text| utf8_percent_encode(text, NON_ALPHANUMERIC));
    let secret = written(secret);
    format!(
        "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period={PERIOD}"
    )
}

/// The step of the newest code that is acceptable now and equals `code`; takes as long for every code.
pub(crate) fn matching(secret: &[u8], now: Timestamp, code: &str) -> Option<Step> {
    let present = now.seconds().div_euclid(PERIOD);
    let steps = present - WINDOW..=present + WINDOW;
    steps.fold(None, |found, step| {
        let right = verify_slices_are_equal(at(secret, step).as_bytes(), code.as_bytes()).is_ok();
        if right { Some(step) } else { found }
    })
}

/// The code of a step.
fn at(secret: &[u8], step: Step) -> String {
    let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    // RFC 4226, 5.3: the last four bits say which four bytes are the number.
    let offset = tag.last().map_or(0, |last| usize::from(last & 0xf));
    let bytes = tag.get(offset..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
    format!("{:06}", (u32::from_be_bytes(bytes) & 0x7fff_ffff) % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"12345678901234567890";

    fn at_second(second: i64) -> Timestamp {
        Timestamp::from_millis(second * 1_000).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B, SHA-1; the last six of its eight digits.
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(at(KEY, second / PERIOD), code);
            assert_eq!(matching(KEY, at_second(second), code), Some(second / PERIOD));
        }
    }

    #[test]
    fn a_code_works_one_step_early_and_one_late() {
        let code = at(KEY, 1_000);
        for (step, works) in [(998, false), (999, true), (1_000, true), (1_001, true), (1_002, false)] {
            let found = matching(KEY, at_second(step * PERIOD), &code);
            assert_eq!(found, works.then_some(1_000), "{step}");
        }
        assert_eq!(matching(KEY, at_second(1_000 * PERIOD), ""), None);
    }

    #[test]
    fn an_app_can_read_the_url() {
        assert_eq!(
            url("Ada & Co", "ada:x", KEY),
            "otpauth://totp/Ada%20%26%20Co:ada%3Ax?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Ada%20%26%20Co&algorithm=SHA1&digits=6&period=30"
        );
    }
}
