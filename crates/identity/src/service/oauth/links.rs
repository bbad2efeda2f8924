//! Which providers' users may log in to an account, as its owner decides.

use diesel_async::AsyncConnection;
use kernel::UserId;

use crate::Error;
use crate::oauth::{Link, LinkView, OauthCodeBody};
use crate::service::Identity;
use crate::store::{oauth, users};

impl Identity {
    /// The links of an account, and whether it has a password.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn links(&self, owner: UserId) -> Result<Vec<LinkView>, Error> {
        let mut conn = self.pool.get().await?;
        let links = oauth::links(&mut conn, owner).await?;
        Ok(links.into_iter().map(|link| self.view(link)).collect())
    }

    /// Links the provider's user whom a code stands for to an account. Linking the same twice is no error.
    ///
    /// # Errors
    /// [`Error::CodeRefused`], [`Error::LinkTaken`], [`Error::LinkedToAnother`], [`Error::Invalid`],
    /// [`Error::Database`].
    pub async fn link(&self, owner: UserId, provider: &str, body: OauthCodeBody) -> Result<LinkView, Error> {
        let (code, proof) = self.present(provider, &body).await?;
        let mut conn = self.pool.get().await?;
        let linked = conn.transaction(async |tx| {
            users::lock(tx, owner).await?;
            self.admissible(tx, owner).await?;
            if !oauth::take_code(tx, &code).await? {
                return Err(Error::CodeRefused);
            }
            oauth::link(tx, owner, &proof, self.env.now()).await?.ok_or(Error::LinkTaken)
        });
        let link = linked.await?;
        Ok(self.view(link))
    }

    /// Removes the link to a provider.
    ///
    /// # Errors
    /// [`Error::NoLink`], [`Error::LastCredential`], [`Error::Database`].
    pub async fn unlink(&self, owner: UserId, provider: &str) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        conn.transaction(async |tx| {
            users::lock(tx, owner).await?;
            let standing = users::standing(tx, owner).await?.ok_or(Error::NoLink)?;
            if !oauth::unlink(tx, owner, provider).await? {
                return Err(Error::NoLink);
            }
            if standing.password_hash.is_none() && oauth::links(tx, owner).await?.is_empty() {
                return Err(Error::LastCredential);
            }
            Ok(())
        })
        .await
    }

    fn view(&self, link: Link) -> LinkView {
        let Link { provider, created_at, last_used_at } = link;
        LinkView { label: self.providers.label(&provider), provider, created_at, last_used_at }
    }
}
