//! What people say of themselves, and how they want things.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Patch, UserId};

use super::Identity;
use crate::event::{Renamed, UserStatusUpdated, UserUpdated};
use crate::input::{ProfileBody, ProfileChange, StatusBody};
use crate::store::profiles::{self, Columns};
use crate::store::retired;
use crate::{Error, SelfView, User};

/// An account that was changed.
#[derive(Clone, Debug)]
pub struct Changed {
    /// As it is now.
    pub user: User,
    /// The URL of the picture that it has no more.
    pub former_avatar: Option<String>,
}

impl Identity {
    /// The account of `id` as its owner sees it.
    ///
    /// # Errors
    /// As [`Self::me`].
    pub async fn myself(&self, id: UserId) -> Result<SelfView, Error> {
        Ok(self.own_view(self.me(id).await?))
    }

    /// An account as its owner sees it.
    pub fn own_view(&self, user: User) -> SelfView {
        let phone = self.phone_of(&user);
        SelfView::of(user, phone.as_ref())
    }

    /// The account of somebody, as anybody may know that it is there.
    ///
    /// # Errors
    /// [`Error::NoUser`] also when it was deleted; [`Error::Database`].
    pub async fn user(&self, id: UserId) -> Result<User, Error> {
        let mut conn = self.pool.get().await?;
        profiles::alive(&mut conn, id).await?.ok_or(Error::NoUser)
    }

    /// Changes what `user` says of themselves; returns the account as it is then. What others see of it, and the
    /// status, are told to their sessions.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::UsernameTaken`] also when the name looks like one that is, or belonged to an account
    /// that is gone; [`Error::Unauthenticated`] when their own is gone; [`Error::Database`].
    pub async fn change_profile(&self, user: UserId, body: ProfileBody) -> Result<Changed, Error> {
        self.apply(user, ProfileChange::parse(body)?).await
    }

    /// Takes a picture that does not exist any more from a user who still has it; whether they had. Nobody is told: it could
    /// not be shown before either.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn lose_avatar(&self, user: UserId, avatar: &str) -> Result<bool, Error> {
        let mut conn = self.pool.get().await?;
        Ok(profiles::lose_avatar(&mut conn, user, avatar, self.env.now()).await?)
    }

    /// As [`Self::change_profile`], and gives the user another picture, whose URL is `avatar`.
    ///
    /// # Errors
    /// As [`Self::change_profile`].
    pub async fn change_avatar(
        &self,
        user: UserId,
        body: ProfileBody,
        avatar: String,
    ) -> Result<Changed, Error> {
        let change = ProfileChange { avatar: Patch::Set(avatar), ..ProfileChange::parse(body)? };
        self.apply(user, change).await
    }

    /// Changes how `user` wants to be seen, and tells their sessions; returns the account as it is then.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::Unauthenticated`] when the account is gone; [`Error::Database`].
    pub async fn change_status(&self, user: UserId, body: StatusBody) -> Result<User, Error> {
        Ok(self.apply(user, ProfileChange::parse_status(body)?).await?.user)
    }

    async fn apply(&self, id: UserId, change: ProfileChange) -> Result<Changed, Error> {
        let (status, card, named) = (change.is_of_status(), change.is_of_card(), change.username.is_some());
        let mut conn = self.pool.get().await?;
        let changed = conn.transaction(async |tx| self.apply_in(tx, id, change).await).await?;
        drop(conn);
        let user = &changed.user;
        if named {
            self.bus.publish(Renamed::tell(user)?);
        }
        if card {
            self.bus.publish(UserUpdated::tell(user.clone())?);
        }
        if status {
            self.bus.publish(UserStatusUpdated::tell(user)?);
        }
        Ok(changed)
    }

    async fn apply_in(
        &self,
        tx: &mut AsyncPgConnection,
        id: UserId,
        change: ProfileChange,
    ) -> Result<Changed, Error> {
        let former_avatar = match change.avatar {
            Patch::Keep => None,
            // Behind the row's lock: each picture is the former one of one change.
            _ => profiles::lock(tx, id).await?.ok_or(Error::Unauthenticated)?.avatar,
        };
        let key = change.username.as_ref().map(|username| username.key());
        let name = match (change.name, &change.username) {
            (Patch::Keep, _) => None,
            (Patch::Set(name), _) => Some(name),
            (Patch::Clear, Some(username)) => Some(username.as_str().to_string()),
            (Patch::Clear, None) => {
                let user = profiles::alive(tx, id).await?.ok_or(Error::Unauthenticated)?;
                Some(user.username)
            }
        };
        let preferences = change.preferences;
        let phone = change.phone.try_map(|phone| self.seal_phone(id, &phone))?.into_change();
        let (phone_sealed, phone_key) = phone.map(Option::unzip).unzip();
        let columns = Columns {
            username: change.username.map(|username| username.as_str().to_string()),
            username_key: key.clone(),
            name,
            bio: change.bio.into_change(),
            avatar: change.avatar.into_change(),
            status: change.status,
            status_message: change.status_message.into_change(),
            notifications: preferences.notifications,
            sound_enabled: preferences.sound_enabled,
            timezone: preferences.timezone.into_change(),
            discoverable_by_email: preferences.discoverable_by_email,
            discoverable_by_phone: preferences.discoverable_by_phone,
            phone_sealed,
            phone_key,
            updated_at: self.env.now(),
        };
        let user = profiles::change(tx, id, &columns).await?.ok_or(Error::Unauthenticated)?;
        // After the name was taken: whoever gives it up at this moment has done so by now, or is waited for.
        claim(tx, key.as_slice()).await?;
        Ok(Changed { user, former_avatar })
    }
}

/// Sees to it that none of the folded usernames, which were just taken in this transaction, is out of use.
///
/// # Errors
/// [`Error::UsernameTaken`]: then roll back.
pub(in crate::service) async fn claim(tx: &mut AsyncPgConnection, keys: &[String]) -> Result<(), Error> {
    if keys.is_empty() || retired::among(tx, keys).await?.is_empty() {
        return Ok(());
    }
    Err(Error::UsernameTaken)
}
