//! An issuer of OpenID Connect: found out by discovery, believed by its signature.

use chrono::TimeDelta;
use jsonwebtoken::Algorithm;
use jsonwebtoken::jwk::Jwk;
use kernel::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::cached::Cached;
use super::client::{Endpoints, Registration, Tokens};
use super::http::Http;
use super::id_token::{self, Claims, Expected, Person};
use super::settings::is_safe;
use super::{Flow, Proof, ProviderError};

/// How long what an issuer says of itself is believed.
const LIFE: TimeDelta = TimeDelta::hours(1);
/// A key that is not known may be new: its keys are asked for again, but no more often.
const KEYS_AGAIN: TimeDelta = TimeDelta::seconds(30);

#[derive(Debug)]
pub(super) struct Oidc {
    issuer: String,
    registration: Registration,
    http: Http,
    document: Cached<Document>,
    keys: Cached<Vec<Jwk>>,
}

/// What an issuer says of itself (OpenID Connect Discovery, 3; RFC 9207).
#[derive(Debug, Deserialize)]
pub(super) struct Document {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    userinfo_endpoint: Option<Url>,
    #[serde(default)]
    id_token_signing_alg_values_supported: Vec<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct UserInfo {
    sub: String,
    #[serde(flatten)]
    person: Person,
}

impl Oidc {
    pub(super) fn new(issuer: String, registration: Registration, http: Http) -> Self {
        Self { issuer, registration, http, document: Cached::default(), keys: Cached::default() }
    }

    pub(super) async fn authorize(&self, flow: &Flow, now: Timestamp) -> Result<Url, ProviderError> {
        let document = self.document(now).await?;
        Ok(self.registration.authorize(&document.endpoints(), flow))
    }

    /// Who the browser's user is there. `iss` is who says that it answers.
    pub(super) async fn prove(
        &self,
        flow: &Flow,
        code: String,
        iss: Option<&str>,
        now: Timestamp,
    ) -> Result<Proof, ProviderError> {
        let document = self.document(now).await?;
        // Another issuer's code must not be shown to this one.
        if iss.map_or(document.authorization_response_iss_parameter_supported, |iss| iss != self.issuer) {
            return Err(ProviderError::Wrong("another issuer answers".into()));
        }
        let tokens = self.registration.exchange(&document.endpoints(), flow, code, &self.http).await?;
        let Some(id) = &tokens.id else { return Err(ProviderError::Wrong("it gives no id_token".into())) };
        let claims = self.check(id, &document, flow, now).await?;
        let person = self.person(&claims, &document, &tokens).await?;
        let verified = person.is_verified();
        let name = person.name.or(person.preferred_username);
        Ok(Proof::new(&flow.provider, claims.sub, person.email, verified, name))
    }

    async fn check(
        &self,
        token: &str,
        document: &Document,
        flow: &Flow,
        now: Timestamp,
    ) -> Result<Claims, ProviderError> {
        let header = id_token::header(token, &document.algorithms())?;
        let (issuer, client_id) = (self.issuer.as_str(), self.registration.client_id.as_str());
        let expected = Expected { issuer, client_id, nonce: &flow.nonce, now };
        for age in [LIFE, KEYS_AGAIN] {
            let keys = self.keys(document, now, age).await?;
            if let Some(key) = id_token::key(&keys, &header) {
                return id_token::check(token, &header, key, expected);
            }
        }
        Err(ProviderError::Wrong("its id_token is signed with a key that it does not have".into()))
    }

    /// What is said of the person: by the token, or by a call of its own where the token has no address.
    async fn person(
        &self,
        claims: &Claims,
        document: &Document,
        tokens: &Tokens,
    ) -> Result<Person, ProviderError> {
        let url = document.userinfo_endpoint.as_ref().filter(|_| claims.person.email.is_none());
        let Some(url) = url else { return Ok(claims.person.clone()) };
        let info: UserInfo = self.http.json(url.clone(), Some(&tokens.access)).await?;
        // OpenID Connect Core, 5.3.2: else it is about somebody else.
        if info.sub != claims.sub {
            return Err(ProviderError::Wrong("its user information is about somebody else".into()));
        }
        Ok(info.person.named_as(&claims.person))
    }

    async fn document(&self, now: Timestamp) -> Result<std::sync::Arc<Document>, ProviderError> {
        self.document.get(now, LIFE, || self.discover()).await
    }

    async fn discover(&self) -> Result<Document, ProviderError> {
        let address = format!("{}/.well-known/openid-configuration", self.issuer.trim_end_matches('/'));
        let address = Url::parse(&address).map_err(|error| ProviderError::Wrong(error.to_string()))?;
        let document: Document = self.http.json(address, None).await?;
        if document.issuer != self.issuer {
            return Err(ProviderError::Wrong(format!("it says that it is {:?}", document.issuer)));
        }
        let [authorize, token, keys] =
            [&document.authorization_endpoint, &document.token_endpoint, &document.jwks_uri];
        let all_safe = [authorize, token, keys].into_iter().chain(&document.userinfo_endpoint).all(is_safe);
        if !all_safe {
            return Err(ProviderError::Wrong("it has an endpoint without TLS".into()));
        }
        Ok(document)
    }

    async fn keys(
        &self,
        document: &Document,
        now: Timestamp,
        age: TimeDelta,
    ) -> Result<std::sync::Arc<Vec<Jwk>>, ProviderError> {
        let fetch = || async {
            let keys: Keys = self.http.json(document.jwks_uri.clone(), None).await?;
            // Those of kinds that we do not know are not for us.
            Ok(keys.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect())
        };
        self.keys.get(now, age, fetch).await
    }
}

impl Document {
    fn endpoints(&self) -> Endpoints {
        let methods = self.token_endpoint_auth_methods_supported.as_deref();
        let has = |method: &str| methods.is_some_and(|all| all.iter().any(|one| one == method));
        Endpoints {
            authorize: self.authorization_endpoint.clone(),
            token: self.token_endpoint.clone(),
            // Without a word the header is understood (OpenID Connect Discovery, 3).
            secret_in_body: has("client_secret_post") && !has("client_secret_basic"),
        }
    }

    fn algorithms(&self) -> Vec<Algorithm> {
        id_token::trusted(&self.id_token_signing_alg_values_supported)
    }
}
