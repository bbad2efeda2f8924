//! How one is there.

use kernel::{Denied, Permissions, UserId};

use super::{Voice, Which};
use crate::model::FlagsChange;
use crate::{Error, ParticipantView};

impl Voice {
    /// `user` is there otherwise from now on.
    ///
    /// # Errors
    /// [`Error::NoSession`]; [`Error::Denied`] when they want to be seen and lack SPEAK; [`Error::Down`],
    /// [`Error::Database`].
    pub async fn update(
        &self,
        user: UserId,
        which: Which,
        change: FlagsChange,
    ) -> Result<ParticipantView, Error> {
        let there = self.participant(user, which).await?;
        let seen = change.video == Some(true) || change.screen == Some(true);
        if seen && !there.speaks {
            return Err(Denied::Missing(Permissions::SPEAK).into());
        }
        let changed = self.0.store.set(user, there.session, change).await?.ok_or(Error::NoSession)?;
        if changed.changed {
            self.tell_state(&changed.now).await?;
        }
        Ok(ParticipantView::of(&changed.now, self.card(user).await?))
    }
}
