//! AWS Signature Version 4, as far as a store checks it and a test signs by it.

use std::collections::BTreeMap;

use aws_lc_rs::{digest, hmac};
use data_encoding::HEXLOWER;
use kernel::Env;

/// Who signs, and for where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys {
    pub(crate) access: &'static str,
    pub(crate) secret: &'static str,
    pub(crate) region: &'static str,
}

impl Keys {
    /// The scope of a signature of that day.
    pub(crate) fn scope(&self, date: &str) -> String {
        format!("{}/{date}/{}/s3/aws4_request", self.access, self.region)
    }

    /// The signature of the request that is written down as `canonical`.
    pub(crate) fn signature(&self, canonical: &str, stamp: &str) -> String {
        let date = stamp.get(..8).unwrap_or_default();
        let hash = hex(canonical.as_bytes());
        let text = format!("AWS4-HMAC-SHA256\n{stamp}\n{date}/{}/s3/aws4_request\n{hash}", self.region);
        let key = [date, self.region, "s3", "aws4_request"]
            .iter()
            .fold(format!("AWS4{}", self.secret).into_bytes(), |key, part| mac(&key, part));
        HEXLOWER.encode(&mac(&key, &text))
    }

    /// The address of a request that is good for a minute. Nothing of the path needs to be escaped.
    pub(crate) fn address(&self, method: &str, origin: &str, path: &str, query: &[(&str, &str)]) -> String {
        // A store's clock is the system's.
        let now = chrono::DateTime::from_timestamp_millis(Env::system().now().millis()).expect("a time");
        let stamp = now.format("%Y%m%dT%H%M%SZ").to_string();
        let scope = self.scope(&stamp[..8]);
        let own = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", &scope),
            ("X-Amz-Date", &stamp),
            ("X-Amz-Expires", "60"),
            ("X-Amz-SignedHeaders", "host"),
        ];
        let all = own.into_iter().chain(query.iter().copied()).collect::<BTreeMap<_, _>>();
        let escaped = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let all = all.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
        let all = all.collect::<Vec<_>>().join("&");
        let host = origin.strip_prefix("http://").expect("no TLS here");
        let canonical = format!("{method}\n{path}\n{all}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD");
        format!("{origin}{path}?{all}&X-Amz-Signature={}", self.signature(&canonical, &stamp))
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

/// The SHA-256 of some bytes.
pub(crate) fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(digest::digest(&digest::SHA256, bytes).as_ref())
}
