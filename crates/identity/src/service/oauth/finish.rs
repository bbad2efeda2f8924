//! A browser comes back from a provider, and goes on to the frontend with a code of ours.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use url::Url;

use super::CODE_TTL;
use crate::Error;
use crate::bearer::Secret;
use crate::oauth::{Flow, LoginFailure, PREFIX, Proof, Provider, Returned, challenge};
use crate::service::Identity;
use crate::store::oauth::{self, Code};

impl Identity {
    /// Where to send a browser that came back from `provider` with `returned` and, in the cookie, `sealed`: to the page
    /// that it began from, with `code` or `error`.
    ///
    /// # Errors
    /// [`Error::NoProvider`], [`Error::ProviderOff`]: nothing could have begun.
    pub async fn finish_oauth(
        &self,
        provider: &str,
        returned: Returned,
        sealed: Option<&str>,
    ) -> Result<String, Error> {
        let known = self.provider(provider)?;
        let flow = sealed.and_then(|sealed| self.flows.open(sealed)).filter(|flow| flow.provider == provider);
        // Also that of a page which is not in the list any more.
        let target = self.providers.target(flow.as_ref().map(|flow| flow.target.as_str()));
        let target = target.or_else(|| self.providers.target(None)).unwrap_or_default().to_string();
        let done = match flow {
            Some(flow) => self.finish(known, flow, returned).await,
            None => Err(LoginFailure::LoginExpired),
        };
        Ok(page(&target, provider, done))
    }

    async fn finish(
        &self,
        provider: &Provider,
        flow: Flow,
        returned: Returned,
    ) -> Result<String, LoginFailure> {
        let state = returned.state.unwrap_or_default();
        // First: what another browser began, or another page, is nothing that was asked for.
        verify_slices_are_equal(state.as_bytes(), flow.state.as_bytes())
            .map_err(|_| LoginFailure::LoginExpired)?;
        let code = match (returned.error.as_deref(), returned.code) {
            (Some("access_denied"), _) => return Err(LoginFailure::AccessDenied),
            (None, Some(code)) => code,
            _ => return Err(LoginFailure::ProviderFailed),
        };
        let proof = provider.prove(&flow, code, returned.iss.as_deref(), self.env.now()).await;
        let proof = proof.map_err(|error| {
            tracing::warn!(provider = flow.provider, %error, "a login through a provider failed");
            LoginFailure::ProviderFailed
        })?;
        self.hand_out(&flow, proof).await.map_err(|error| {
            tracing::error!(%error, "the code of a login through a provider could not be kept");
            LoginFailure::Unavailable
        })
    }

    /// A code for what was proved.
    async fn hand_out(&self, flow: &Flow, proof: Proof) -> Result<String, Error> {
        let secret = Secret::new(&self.env);
        let code = Code {
            hash: secret.hash().into(),
            provider: proof.provider,
            subject: proof.subject,
            email: proof.email,
            email_verified: proof.email_verified,
            name: proof.name,
            challenge: challenge(&flow.challenge)?.into(),
            expires_at: self.env.now().plus(CODE_TTL),
        };
        let mut conn = self.pool.get().await?;
        oauth::add_code(&mut conn, &code).await?;
        Ok(secret.reveal(PREFIX))
    }
}

/// A frontend's page with what came of it.
fn page(target: &str, provider: &str, done: Result<String, LoginFailure>) -> String {
    let Ok(mut url) = Url::parse(target) else { return target.to_string() };
    let (name, value) = match &done {
        Ok(code) => ("code", code.as_str()),
        Err(trouble) => ("error", trouble.name()),
    };
    url.query_pairs_mut().append_pair("provider", provider).append_pair(name, value);
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_keeps_its_own_parameters() {
        let page = |target| page(target, "house", Ok("gho_1".into()));
        assert_eq!(page("https://a.org/login"), "https://a.org/login?provider=house&code=gho_1");
        assert_eq!(page("https://a.org/?x=1"), "https://a.org/?x=1&provider=house&code=gho_1");
    }
}
