//! AWS Signature Version 4 in the query of a URL, for requests that a client makes: "Authenticating Requests: Using Query
//! Parameters" of Amazon's S3 API Reference. Pure.

use std::borrow::Cow;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use chrono::{DateTime, TimeDelta};
use data_encoding::HEXLOWER;
use kernel::{Internal, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use url::Url;

/// What is not escaped in the query: RFC 3986's unreserved characters, as Amazon asks for.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');
/// The same of a path, whose slashes stay.
const PATH: &AsciiSet = &QUERY.remove(b'/');

/// Who signs, and for where.
#[derive(Clone, Copy)]
pub(super) struct Signer<'a> {
    pub(super) access_key: &'a str,
    pub(super) secret_key: &'a str,
    /// Of keys that are lent for a time.
    pub(super) token: Option<&'a str>,
    pub(super) region: &'a str,
}

/// What the client may ask, and nothing else.
pub(super) struct Request<'a> {
    pub(super) method: &'static str,
    /// The store: scheme, host and port.
    pub(super) endpoint: &'a Url,
    /// Begins with a slash; nothing in it is escaped yet.
    pub(super) path: String,
    /// Parameters of the store, in any order.
    pub(super) query: Vec<(&'static str, &'a str)>,
    /// Headers that the client must send as they are here, beside `host`: by names in lower case.
    pub(super) headers: Vec<(&'static str, String)>,
}

impl Signer<'_> {
    /// The URL under which the request can be made until `lifetime` after `now`.
    ///
    /// # Errors
    /// The endpoint has no host, or the time is out of range.
    pub(super) fn presigned(
        self,
        request: &Request<'_>,
        now: Timestamp,
        lifetime: TimeDelta,
    ) -> Result<String, Internal> {
        let at = DateTime::from_timestamp_millis(now.millis())
            .ok_or_else(|| Internal::new("a time that cannot be written"))?;
        let (stamp, day) = (at.format("%Y%m%dT%H%M%SZ").to_string(), at.format("%Y%m%d").to_string());
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let host = host(request.endpoint)?;
        let mut headers = vec![("host", &*host)];
        headers.extend(request.headers.iter().map(|(name, value)| (*name, value.trim())));
        headers.sort_unstable();
        let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let seconds = lifetime.num_seconds().to_string();
        let credential = format!("{}/{scope}", self.access_key);
        let own = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", &credential),
            ("X-Amz-Date", &stamp),
            ("X-Amz-Expires", &seconds),
            ("X-Amz-SignedHeaders", &names),
        ];
        let token = self.token.map(|token| ("X-Amz-Security-Token", token));
        let mut query = own.into_iter().chain(token).chain(request.query.iter().copied()).collect::<Vec<_>>();
        query.sort_unstable();
        let query = query.iter().map(|(name, value)| format!("{}={}", escaped(name), escaped(value)));
        let query = query.collect::<Vec<_>>().join("&");
        let path = utf8_percent_encode(&request.path, PATH);
        let headers = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect::<String>();
        let canonical = format!("{}\n{path}\n{query}\n{headers}\n{names}\nUNSIGNED-PAYLOAD", request.method);
        let text = format!("AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}", hash(&canonical));
        let signature = HEXLOWER.encode(&mac(&self.key(&day, "s3"), &text));
        let scheme = request.endpoint.scheme();
        Ok(format!("{scheme}://{host}{path}?{query}&X-Amz-Signature={signature}"))
    }

    /// The key of a day, the region and a service.
    fn key(self, day: &str, service: &str) -> Vec<u8> {
        let secret = format!("AWS4{}", self.secret_key).into_bytes();
        [day, self.region, service, "aws4_request"].iter().fold(secret, |key, part| mac(&key, part))
    }
}

/// The host as clients send it: with the port, unless it is the scheme's.
fn host(endpoint: &Url) -> Result<Cow<'_, str>, Internal> {
    let host = endpoint.host_str().ok_or_else(|| Internal::new("an endpoint without a host"))?;
    Ok(endpoint.port().map_or(Cow::Borrowed(host), |port| format!("{host}:{port}").into()))
}

fn escaped(text: &str) -> PercentEncode<'_> {
    utf8_percent_encode(text, QUERY)
}

fn hash(text: &str) -> String {
    HEXLOWER.encode(digest(&SHA256, text.as_bytes()).as_ref())
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    sign(&Key::new(HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the key that Amazon's examples are signed with.
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    fn signer() -> Signer<'static> {
        Signer { access_key: "AKIAIOSFODNN7EXAMPLE", secret_key: SECRET, token: None, region: "us-east-1" }
    }

    fn friday() -> Timestamp {
        // 2013-05-24T00:00:00Z
        Timestamp::from_millis(1_369_353_600_000).unwrap()
    }

    fn get(endpoint: &Url) -> Request<'_> {
        Request { method: "GET", endpoint, path: "/test.txt".into(), query: vec![], headers: vec![] }
    }

    /// The example of "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)".
    #[test]
    fn amazons_example_of_an_address_is_signed_as_amazon_does() {
        let endpoint = Url::parse("https://examplebucket.s3.amazonaws.com").unwrap();
        let url = signer().presigned(&get(&endpoint), friday(), TimeDelta::days(1)).unwrap();
        assert_eq!(
            url,
            "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256\
             &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
             &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
             &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
        );
    }

    /// The example of "Deriving the signing key" in Amazon's General Reference.
    #[test]
    fn amazons_example_of_a_key_is_derived_as_amazon_does() {
        let signer = Signer { secret_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ..signer() };
        let key = HEXLOWER.encode(&signer.key("20150830", "iam"));
        assert_eq!(key, "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
    }

    #[test]
    fn names_are_escaped_once_and_parameters_are_in_order() {
        let endpoint = Url::parse("http://127.0.0.1:3900").unwrap();
        let request = Request {
            path: "/files/a b/\u{e4}~1".into(),
            query: vec![("response-content-type", "text/plain; charset=utf-8"), ("partNumber", "1")],
            headers: vec![("content-length", "5".into()), ("content-type", "video/mp4".into())],
            method: "PUT",
            ..get(&endpoint)
        };
        let signer = Signer { token: Some("a/b="), ..signer() };
        let url = signer.presigned(&request, friday(), TimeDelta::seconds(60)).unwrap();
        assert!(url.starts_with("http://127.0.0.1:3900/files/a%20b/%C3%A4~1?X-Amz-Algorithm="), "{url}");
        assert!(url.contains("&X-Amz-Expires=60&X-Amz-Security-Token=a%2Fb%3D&X-Amz-SignedHeaders=content-length%3Bcontent-type%3Bhost&partNumber=1&response-content-type=text%2Fplain%3B%20charset%3Dutf-8&X-Amz-Signature="), "{url}");
    }
}
