//! What becomes of calls.

use kernel::{UserId, VoiceSessionId};

use super::Store;
use crate::Error;
use crate::model::{EndedCall, Silenced};

impl Store {
    /// Somebody does not want a call that rings them. `None` when it does not ring them.
    pub(crate) async fn decline(
        &self,
        user: UserId,
        session: VoiceSessionId,
    ) -> Result<Option<Silenced>, Error> {
        self.maybe(&self.scripts.decline, &[user.to_string(), session.to_string()]).await
    }

    /// Those who have not answered in time: each is in one answer only, whoever asks.
    pub(crate) async fn unanswered(&self, limit: usize) -> Result<Vec<Silenced>, Error> {
        self.all(&self.scripts.unanswered, &[limit.to_string()]).await
    }

    /// Calls that are over, and were not written down yet.
    pub(crate) async fn ended(&self, about: usize) -> Result<Vec<EndedCall>, Error> {
        self.all(&self.scripts.ended, &[about.to_string()]).await
    }

    /// These calls were written down.
    pub(crate) async fn written(&self, calls: &[VoiceSessionId]) -> Result<(), Error> {
        let ids = calls.iter().map(ToString::to_string).collect::<Vec<_>>();
        self.run::<i64>(&self.scripts.written, &ids).await.map(drop)
    }
}
