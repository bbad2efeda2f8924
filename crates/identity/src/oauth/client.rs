//! The code flow itself, by the oauth2 crate.

use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, ExtraTokenFields, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    Scope, StandardRevocableToken, StandardTokenResponse, TokenResponse, TokenUrl,
};
use serde::{Deserialize, Serialize};
use url::Url;

use super::http::Http;
use super::{Flow, ProviderError};

/// What this installation is to a provider.
#[derive(Clone)]
pub(super) struct Registration {
    pub(super) client_id: String,
    pub(super) client_secret: String,
    /// Where the provider sends browsers back to.
    pub(super) callback: Url,
    pub(super) scopes: Vec<String>,
}

/// Where a provider is.
#[derive(Clone, Debug)]
pub(super) struct Endpoints {
    pub(super) authorize: Url,
    pub(super) token: Url,
    /// Whether the secret goes into the body instead of a header.
    pub(super) secret_in_body: bool,
}

/// What a provider gives for a code.
pub(super) struct Tokens {
    pub(super) access: String,
    pub(super) id: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
struct IdToken {
    id_token: Option<String>,
}

impl ExtraTokenFields for IdToken {}

type CodeClient = Client<
    BasicErrorResponse,
    StandardTokenResponse<IdToken, BasicTokenType>,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

impl Registration {
    fn at(&self, endpoints: &Endpoints) -> CodeClient {
        let client = Client::new(ClientId::new(self.client_id.clone()));
        let client = if self.client_secret.is_empty() {
            client
        } else {
            client.set_client_secret(ClientSecret::new(self.client_secret.clone()))
        };
        let style = if endpoints.secret_in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        client
            .set_auth_type(style)
            .set_redirect_uri(RedirectUrl::from_url(self.callback.clone()))
            .set_auth_uri(AuthUrl::from_url(endpoints.authorize.clone()))
            .set_token_uri(TokenUrl::from_url(endpoints.token.clone()))
    }

    /// Where to send a browser.
    pub(super) fn authorize(&self, endpoints: &Endpoints, flow: &Flow) -> Url {
        let client = self.at(endpoints);
        let verifier = PkceCodeVerifier::new(flow.verifier.clone());
        let request = client
            .authorize_url(|| CsrfToken::new(flow.state.clone()))
            .add_scopes(self.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_extra_param("nonce", &flow.nonce);
        request.url().0
    }

    /// Exchanges a provider's code.
    pub(super) async fn exchange(
        &self,
        endpoints: &Endpoints,
        flow: &Flow,
        code: String,
        http: &Http,
    ) -> Result<Tokens, ProviderError> {
        let call = |request| {
            let http = http.clone();
            async move { http.exchange(request).await }
        };
        let client = self.at(endpoints);
        let exchange = client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(flow.verifier.clone()));
        let tokens = exchange.request_async(&call).await.map_err(|error| match error {
            RequestTokenError::Request(error) => error,
            RequestTokenError::ServerResponse(refusal) => ProviderError::Refused(refusal.error().to_string()),
            RequestTokenError::Parse(error, _) => {
                ProviderError::Wrong(format!("no answer with tokens: {error}"))
            }
            RequestTokenError::Other(error) => ProviderError::Wrong(error),
        })?;
        let id = tokens.extra_fields().id_token.clone();
        Ok(Tokens { access: tokens.access_token().secret().clone(), id })
    }
}

impl std::fmt::Debug for Registration {
    /// Without the secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Registration").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}
