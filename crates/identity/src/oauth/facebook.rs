//! Facebook: OAuth 2, and a call of the Graph API that tells who somebody is.

use aws_lc_rs::hmac::{self, HMAC_SHA256};
use data_encoding::HEXLOWER;
use serde::Deserialize;
use url::Url;

use super::client::{Endpoints, Registration};
use super::http::Http;
use super::{Flow, Proof, ProviderError};

#[derive(Debug)]
pub(super) struct Facebook {
    registration: Registration,
    endpoints: Endpoints,
    /// Who am I?
    me: Url,
    http: Http,
}

#[derive(Deserialize)]
struct Me {
    id: String,
    name: Option<String>,
    email: Option<String>,
}

impl Facebook {
    pub(super) fn new(
        settings: &super::FacebookSettings,
        registration: Registration,
        http: Http,
    ) -> Result<Self, url::ParseError> {
        let version = &settings.api_version;
        let graph = settings.graph_url.trim_end_matches('/');
        let dialog = settings.dialog_url.trim_end_matches('/');
        Ok(Self {
            registration,
            endpoints: Endpoints {
                authorize: Url::parse(&format!("{dialog}/{version}/dialog/oauth"))?,
                token: Url::parse(&format!("{graph}/{version}/oauth/access_token"))?,
                secret_in_body: true,
            },
            me: Url::parse(&format!("{graph}/{version}/me"))?,
            http,
        })
    }

    pub(super) fn authorize(&self, flow: &Flow) -> Url {
        self.registration.authorize(&self.endpoints, flow)
    }

    /// Who the browser's user is there.
    pub(super) async fn prove(&self, flow: &Flow, code: String) -> Result<Proof, ProviderError> {
        let tokens = self.registration.exchange(&self.endpoints, flow, code, &self.http).await?;
        let mut me = self.me.clone();
        // Shows Facebook that who asks has the app's secret, not only somebody's token.
        let proof = hmac::sign(
            &hmac::Key::new(HMAC_SHA256, self.registration.client_secret.as_bytes()),
            tokens.access.as_bytes(),
        );
        me.query_pairs_mut()
            .append_pair("fields", "id,name,email")
            .append_pair("appsecret_proof", &HEXLOWER.encode(proof.as_ref()));
        let me: Me = self.http.json(me, Some(&tokens.access)).await?;
        if me.id.is_empty() || me.id.len() > 255 || !me.id.bytes().all(|b| b.is_ascii_digit()) {
            return Err(ProviderError::Wrong("it gives no id".into()));
        }
        // Facebook does not say whether it ever checked the address.
        Ok(Proof::new(&flow.provider, me.id, me.email, false, me.name))
    }
}
