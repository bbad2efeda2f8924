//! Phone numbers of accounts: stored sealed, found by a keyed hash.

use std::collections::HashMap;

use diesel_async::AsyncPgConnection;
use kernel::{Internal, UserId};

use super::Identity;
use crate::store::phones::{self, StoredPhone};
use crate::vault::{PHONE, Purpose};
use crate::{Error, Phone, User};

impl Identity {
    /// The number in an account that was read. One that does not open is as none: a key that is missing must not keep
    /// anybody from their account.
    pub fn phone_of(&self, user: &User) -> Option<Phone> {
        let sealed = user.phone_sealed.as_deref()?;
        let opened = self.vault.open_text(PHONE.of(user.id), sealed);
        let opened = opened.and_then(|text| Phone::parse(&text).map_err(Internal::new));
        opened
            .inspect_err(|error| tracing::error!(%error, user = %user.id, "a phone number does not open"))
            .ok()
    }

    /// The numbers of those of `ids` that have one, in one query. They are for their owners and for admins.
    ///
    /// # Errors
    /// [`Error::Database`]; [`Error::Internal`] when a key is missing.
    pub async fn phones(
        &self,
        conn: &mut AsyncPgConnection,
        ids: &[UserId],
    ) -> Result<HashMap<UserId, Phone>, Error> {
        let sealed = phones::sealed(conn, ids).await?;
        let open = |(id, sealed): (UserId, Vec<u8>)| {
            let text = self.vault.open_text(PHONE.of(id), &sealed)?;
            Ok((id, Phone::parse(&text).map_err(Internal::new)?))
        };
        sealed.into_iter().map(open).collect()
    }

    /// Gives an account a number, or takes it away. Several accounts may have the same.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn set_phone(
        &self,
        conn: &mut AsyncPgConnection,
        user: UserId,
        phone: Option<&Phone>,
    ) -> Result<(), Error> {
        let sealed = phone.map(|phone| self.seal_phone(user, phone)).transpose()?;
        let (phone_sealed, phone_key) = sealed.unzip();
        Ok(phones::set(conn, user, StoredPhone { phone_sealed, phone_key }, self.env.now()).await?)
    }

    /// A number as it is stored in an account, and what it is found by.
    pub(super) fn seal_phone(&self, user: UserId, phone: &Phone) -> Result<(Vec<u8>, Vec<u8>), Error> {
        let number = phone.as_str().as_bytes();
        Ok((self.vault.seal(PHONE.of(user), number)?, self.vault.digest(Purpose::Phones, number)?))
    }

    /// What a number may be stored as, to be found by it.
    pub(super) fn phone_keys(&self, phone: &Phone) -> Vec<Vec<u8>> {
        self.vault.digests(Purpose::Phones, phone.as_str().as_bytes())
    }

    /// Whose number this is: at most `limit` accounts, the oldest first. Nobody is found by a part of a number.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn by_phone(
        &self,
        conn: &mut AsyncPgConnection,
        phone: &Phone,
        limit: i64,
    ) -> Result<Vec<UserId>, Error> {
        Ok(phones::having(conn, &self.phone_keys(phone), limit).await?)
    }
}
