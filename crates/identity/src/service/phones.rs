//! Phone numbers of accounts: stored sealed, found by a keyed hash.

use std::collections::HashMap;

use diesel_async::AsyncPgConnection;
use kernel::{Internal, UserId};

use super::Identity;
use crate::store::phones::{self, StoredPhone};
use crate::vault::{PHONE, Purpose};
use crate::{Error, Phone};

impl Identity {
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
        let seal = |phone: &Phone| {
            let number = phone.as_str().as_bytes();
            Ok::<_, Internal>((
                self.vault.seal(PHONE.of(user), number)?,
                self.vault.digest(Purpose::Phones, number)?,
            ))
        };
        let (phone_sealed, phone_key) = phone.map(seal).transpose()?.unzip();
        Ok(phones::set(conn, user, StoredPhone { phone_sealed, phone_key }, self.env.now()).await?)
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
        let keys = self.vault.digests(Purpose::Phones, phone.as_str().as_bytes());
        Ok(phones::having(conn, &keys, limit).await?)
    }
}
