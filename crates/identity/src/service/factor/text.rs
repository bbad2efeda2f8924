//! Codes by text message.

use std::sync::Arc;

use kernel::{Internal, UserId};

use super::SENT_TTL;
use crate::factor::Method;
use crate::service::Identity;
use crate::store::factors::{self, SentCode};
use crate::vault::{FACTOR_PHONE, Purpose};
use crate::{Error, Phone, SmsProvider};

impl Identity {
    /// Sends a new code to the number of the account's second factor, in force or waiting; the code before works no more.
    /// The caller has seen to it that this is not done too often.
    ///
    /// # Errors
    /// [`Error::NoFactor`] when there is none with text messages, [`Error::NoTexts`], [`Error::TextNotSent`] (after
    /// 5 seconds at the latest), [`Error::Database`].
    pub async fn text_code(&self, user: UserId) -> Result<(), Error> {
        let provider = self.texts()?;
        let mut conn = self.pool.get().await?;
        let factor = factors::find(&mut conn, user).await?;
        let factor = factor.filter(|factor| Method::named(&factor.method) == Method::Sms);
        let sealed = factor.and_then(|factor| factor.phone_sealed).ok_or(Error::NoFactor)?;
        let phone = self.vault.open_text(FACTOR_PHONE.of(user), &sealed)?;
        let phone = Phone::parse(&phone).map_err(Internal::new)?;
        let code = self.env.code(b"0123456789", 6);
        let sent = SentCode {
            // With a key: of six digits all can be tried.
            code_hash: self.vault.digest(Purpose::Codes, &owned(user, &code))?,
            code_expires_at: self.env.now().plus(SENT_TTL),
            tries: 0,
        };
        factors::note_code(&mut conn, user, &sent).await?;
        // Given back before the slow part.
        drop(conn);
        let (name, minutes) = (&self.factor.name, SENT_TTL.num_minutes());
        let text =
            format!("{code} is your code for {name}. It works for {minutes} minutes. Tell it to nobody.");
        provider.send(&phone, &text).await.map_err(Error::TextNotSent)
    }

    pub(super) fn texts(&self) -> Result<Arc<dyn SmsProvider>, Error> {
        self.sms.clone().ok_or(Error::NoTexts)
    }

    /// Whether `hash` is that of a code that was sent to the user.
    pub(super) fn is_sent(&self, user: UserId, code: &str, hash: &[u8]) -> bool {
        self.vault.is_digest(Purpose::Codes, &owned(user, code), hash)
    }
}

/// A code of one account.
fn owned(user: UserId, code: &str) -> Vec<u8> {
    [user.uuid().as_bytes().as_slice(), code.as_bytes()].concat()
}
