//! The id_token: what an OpenID provider says of somebody, signed (OpenID Connect Core, 3.1.3.7).

use aws_lc_rs::constant_time::verify_slices_are_equal;
use chrono::TimeDelta;
use jsonwebtoken::jwk::{Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use kernel::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::ProviderError;

/// The algorithms that are trusted. Nothing symmetric: what checks could then sign as well.
const TRUSTED: [(&str, Algorithm); 4] = [
    ("RS256", Algorithm::RS256),
    ("PS256", Algorithm::PS256),
    ("ES256", Algorithm::ES256),
    ("EdDSA", Algorithm::EdDSA),
];
/// How far the provider's clock may be behind or before ours.
const SKEW: TimeDelta = TimeDelta::seconds(60);
/// The longest `sub` (OpenID Connect Core, 2).
const SUBJECT_MAX: usize = 255;

/// What must be true of it.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

/// What it says.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) sub: String,
    aud: Value,
    azp: Option<String>,
    exp: i64,
    iat: Option<i64>,
    nonce: Option<String>,
    #[serde(flatten)]
    pub(super) person: Person,
}

/// What a provider may say of a person, here or when asked.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Person {
    pub(super) email: Option<String>,
    #[serde(default)]
    email_verified: Value,
    pub(super) name: Option<String>,
    pub(super) preferred_username: Option<String>,
}

impl Person {
    /// With the names of `other` where it has none.
    pub(super) fn named_as(self, other: &Self) -> Self {
        let name = self.name.or_else(|| other.name.clone());
        let preferred_username = self.preferred_username.or_else(|| other.preferred_username.clone());
        Self { name, preferred_username, ..self }
    }

    /// Whether the provider says that the address is theirs. Some say it in a string.
    pub(super) fn is_verified(&self) -> bool {
        self.email_verified == Value::Bool(true) || self.email_verified == "true"
    }
}

/// Of what a provider says that it signs with, what is trusted.
pub(super) fn trusted(names: &[String]) -> Vec<Algorithm> {
    let known = TRUSTED.into_iter().filter(|(name, _)| names.iter().any(|given| given == name));
    known.map(|(_, algorithm)| algorithm).collect()
}

/// The header of a token that is signed with one of `algorithms`.
pub(super) fn header(token: &str, algorithms: &[Algorithm]) -> Result<Header, ProviderError> {
    let header = decode_header(token).map_err(|error| wrong(&format!("header: {error}")))?;
    if algorithms.contains(&header.alg) { Ok(header) } else { Err(wrong("algorithm")) }
}

/// Of a provider's keys, the one that the header means: by its name, or the only one.
pub(super) fn key<'a>(keys: &'a [Jwk], header: &Header) -> Option<&'a Jwk> {
    let fits = |key: &&Jwk| {
        let signs = key.common.public_key_use.as_ref().is_none_or(|role| *role == PublicKeyUse::Signature);
        let same = |named: &KeyAlgorithm| *named == KeyAlgorithm::from(header.alg);
        signs && key.common.key_algorithm.as_ref().is_none_or(same)
    };
    let mut fitting = keys.iter().filter(fits);
    match &header.kid {
        Some(kid) => fitting.find(|key| key.common.key_id.as_ref() == Some(kid)),
        None => fitting.next().filter(|_| fitting.next().is_none()),
    }
}

/// What the token says, when it is as expected.
pub(super) fn check(
    token: &str,
    header: &Header,
    key: &Jwk,
    expected: Expected<'_>,
) -> Result<Claims, ProviderError> {
    let mut validation = Validation::new(header.alg);
    validation.set_issuer(&[expected.issuer]);
    validation.set_audience(&[expected.client_id]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    // Compared by us, with our clock.
    validation.validate_exp = false;
    let key = DecodingKey::from_jwk(key).map_err(|error| wrong(&format!("key: {error}")))?;
    let claims =
        decode::<Claims>(token, &key, &validation).map_err(|error| wrong(&error.to_string()))?.claims;
    let seconds = |at: i64| Timestamp::from_millis(at.saturating_mul(1_000));
    if seconds(claims.exp).is_none_or(|at| at.plus(SKEW) <= expected.now) {
        return Err(wrong("expired"));
    }
    if claims.iat.and_then(seconds).is_some_and(|at| at.plus(-SKEW) > expected.now) {
        return Err(wrong("of the future"));
    }
    let nonce = claims.nonce.as_deref().unwrap_or_default();
    if verify_slices_are_equal(nonce.as_bytes(), expected.nonce.as_bytes()).is_err() {
        return Err(wrong("nonce"));
    }
    let alone = claims.aud.as_array().is_none_or(|all| all.len() == 1);
    // Made for several, it must say who asked for it.
    if claims.azp.as_deref().map_or(!alone, |azp| azp != expected.client_id) {
        return Err(wrong("authorized party"));
    }
    if claims.sub.is_empty() || claims.sub.len() > SUBJECT_MAX || claims.sub.contains('\0') {
        return Err(wrong("subject"));
    }
    Ok(claims)
}

fn wrong(what: &str) -> ProviderError {
    ProviderError::Wrong(format!("its id_token is not as it must be: {what}"))
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
    use jsonwebtoken::{EncodingKey, encode};
    use kernel::Env;
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_700_000_000;

    /// A signing key and what is published of it.
    fn signer(kid: &str) -> (EncodingKey, Jwk) {
        let pair = Ed25519KeyPair::from_seed_unchecked(&Env::system().bytes::<32>()).unwrap();
        let x = data_encoding::BASE64URL_NOPAD.encode(pair.public_key().as_ref());
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": kid, "use": "sig", "alg": "EdDSA" });
        let der = pair.to_pkcs8v1().unwrap();
        (EncodingKey::from_ed_der(der.as_ref()), serde_json::from_value(jwk).unwrap())
    }

    fn claims() -> Value {
        json!({ "iss": "https://id.example.org", "aud": "us", "sub": "7", "exp": NOW + 60, "iat": NOW, "nonce": "n" })
    }

    fn judge(claims: &Value, change: impl Fn(&mut Header)) -> Result<Claims, ProviderError> {
        let (signing, public) = signer("k");
        let mut head = Header::new(Algorithm::EdDSA);
        head.kid = Some("k".into());
        change(&mut head);
        let token = encode(&head, claims, &signing).map_err(|error| wrong(&error.to_string()))?;
        let keys = [signer("other").1, public];
        let head = header(&token, &trusted(&["RS256".into(), "EdDSA".into()]))?;
        let key = key(&keys, &head).ok_or_else(|| wrong("kid"))?;
        let now = Timestamp::from_millis(NOW * 1_000).unwrap();
        check(
            &token,
            &head,
            key,
            Expected { issuer: "https://id.example.org", client_id: "us", nonce: "n", now },
        )
    }

    #[test]
    fn a_token_is_taken_when_all_is_right_and_refused_when_one_thing_is_not() {
        assert_eq!(judge(&claims(), |_| ()).unwrap().sub, "7");
        let with = |name: &str, value: Value| {
            let mut claims = claims();
            claims[name] = value;
            judge(&claims, |_| ())
        };
        for (name, bad) in [
            ("iss", json!("https://evil.example.org")),
            ("iss", Value::Null),
            ("aud", json!("them")),
            ("aud", json!(["us", "them"])),
            ("aud", json!([])),
            ("azp", json!("them")),
            ("exp", json!(NOW - 60)),
            ("exp", Value::Null),
            ("exp", json!(i64::MAX)),
            ("iat", json!(NOW + 61)),
            ("nonce", json!("m")),
            ("nonce", Value::Null),
            ("sub", json!("")),
            ("sub", json!("x".repeat(256))),
        ] {
            assert!(with(name, bad.clone()).is_err(), "{name} {bad}");
        }
        let mut several = claims();
        (several["aud"], several["azp"]) = (json!(["us", "them"]), json!("us"));
        assert!(judge(&several, |_| ()).is_ok());
        assert!(with("exp", json!(NOW - 59)).is_ok(), "clocks differ a little");
    }

    #[test]
    fn keys_are_chosen_by_name_and_never_taken_from_the_token() {
        assert!(judge(&claims(), |head| head.kid = Some("other".into())).is_err(), "another key");
        assert!(judge(&claims(), |head| head.kid = Some("unknown".into())).is_err(), "an unknown key");
        assert!(judge(&claims(), |head| head.kid = None).is_err(), "two could be meant");
        assert!(
            judge(&claims(), |head| head.jku = Some("https://evil.example.org".into())).is_ok(),
            "not looked at"
        );
    }

    #[test]
    fn only_what_is_pinned_may_sign() {
        let trusted = trusted(&["none", "HS256", "RS256", "ES512"].map(Into::into));
        assert_eq!(trusted, [Algorithm::RS256]);
        let part = |json: Value| data_encoding::BASE64URL_NOPAD.encode(json.to_string().as_bytes());
        for algorithm in ["none", "HS256", "EdDSA"] {
            let token = format!("{}.{}.AAAA", part(json!({ "alg": algorithm })), part(claims()));
            assert!(header(&token, &trusted).is_err(), "{algorithm}");
        }
        assert!(header("nonsense", &trusted).is_err());
    }

    #[test]
    fn an_address_is_verified_when_the_provider_says_so() {
        let verified = |value: Value| {
            serde_json::from_value::<Person>(json!({ "email": "a@b.org", "email_verified": value }))
                .unwrap()
                .is_verified()
        };
        assert!(verified(json!(true)) && verified(json!("true")));
        assert!(
            !verified(json!(false))
                && !verified(json!("false"))
                && !verified(json!(1))
                && !verified(Value::Null)
        );
        assert!(!serde_json::from_value::<Person>(json!({ "email": "a@b.org" })).unwrap().is_verified());
    }
}
