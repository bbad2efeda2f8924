//! A browser is sent to a provider.

use kernel::Invalid;

use crate::Error;
use crate::oauth::{FLOW_TTL, challenge};
use crate::service::Identity;

/// A login through a provider that was begun.
#[derive(Clone)]
pub struct Begun {
    /// Where to send the browser.
    pub url: String,
    /// What the browser must bring back beside the provider's answer, in a cookie that only we read.
    pub cookie: String,
    /// How long it works, seconds.
    pub max_age_s: i64,
    /// Whether it may travel by TLS only.
    pub secure: bool,
}

impl Identity {
    /// Begins a login through `provider`, which ends at the page `redirect` (the usual one when it is not given) for who
    /// knows what `proof` is the SHA-256 of.
    ///
    /// # Errors
    /// [`Error::NoProvider`], [`Error::ProviderOff`], [`Error::Invalid`], [`Error::ProviderDown`].
    pub async fn begin_oauth(
        &self,
        provider: &str,
        redirect: Option<&str>,
        proof: &str,
    ) -> Result<Begun, Error> {
        let known = self.provider(provider)?;
        challenge(proof)?;
        let must = "must be a page of the list in identity.oauth.redirect_targets, to the letter";
        let target = self.providers.target(redirect).ok_or_else(|| Invalid::field("redirect", must))?;
        let flow = self.flows.begin(provider, target, proof);
        let url = known.authorize(&flow, self.env.now()).await.map_err(|error| {
            tracing::warn!(provider, %error, "a login through a provider could not begin");
            Error::ProviderDown { provider: known.label.clone() }
        })?;
        Ok(Begun {
            url: url.into(),
            cookie: self.flows.seal(&flow)?,
            max_age_s: FLOW_TTL.num_seconds(),
            secure: self.providers.secure,
        })
    }
}

impl std::fmt::Debug for Begun {
    /// Without what only the browser may have.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Begun").field("max_age_s", &self.max_age_s).finish_non_exhaustive()
    }
}
