//! Which providers' users may log in to an account, as its owner decides.

use diesel_async::AsyncConnection;
use kernel::{Actor, UserId};

use crate::Error;
use crate::mail::letters::Notice;
use crate::oauth::{Link, LinkBody, LinkView};
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

    /// Links the provider's user whom a code stands for to the actor's account, for who confirms that they are its owner,
    /// and tells them by mail. Linking the same twice is no error.
    ///
    /// # Errors
    /// As [`Self::confirm`]; [`Error::CodeRefused`], [`Error::LinkTaken`], [`Error::LinkedToAnother`],
    /// [`Error::Invalid`].
    pub async fn link(&self, actor: Actor, provider: &str, body: LinkBody) -> Result<LinkView, Error> {
        let owner = actor.user;
        // First: a code works for a minute, and asking for the password again must not use it up.
        self.confirm(actor, body.password).await?;
        let (code, proof) = self.present(provider, &body.code, &body.verifier).await?;
        let mut conn = self.pool.get().await?;
        let linked = conn.transaction(async |tx| {
            users::lock(tx, owner).await?;
            self.admissible(tx, owner).await?;
            if !oauth::take_code(tx, &code).await? {
                return Err(Error::CodeRefused);
            }
            let link = oauth::link(tx, owner, &proof, self.env.now()).await?.ok_or(Error::LinkTaken)?;
            let provider = self.providers.label(provider);
            self.tell(tx, owner, Notice::ProviderLinked { at: self.env.now(), provider }).await?;
            Ok(link)
        });
        let link = linked.await?;
        self.jobs.wake();
        Ok(self.view(link))
    }

    /// Removes the link to a provider, and tells the owner by mail.
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
            let label = self.providers.label(provider);
            self.tell(tx, owner, Notice::ProviderUnlinked { at: self.env.now(), provider: label }).await
        })
        .await?;
        self.jobs.wake();
        Ok(())
    }

    fn view(&self, link: Link) -> LinkView {
        let Link { provider, created_at, last_used_at } = link;
        LinkView { label: self.providers.label(&provider), provider, created_at, last_used_at }
    }
}
