//! Calls that nobody answers, and writing down those that are over.

use chrono::TimeDelta;
use diesel_async::AsyncConnection;
use kernel::VoiceSessionId;

use super::super::Voice;
use crate::Error;
use crate::event::call::Silence;
use crate::history::{self, TellCall};
use crate::model::EndedCall;

/// Calls that are looked at in one round.
const ROUND: usize = 200;
/// After this time whoever ended a call would have written it down.
const OVERDUE: TimeDelta = TimeDelta::seconds(5);

impl Voice {
    /// Lets calls stop ringing whose time is over.
    pub(in crate::service) async fn stop_ringing(&self) -> Result<(), Error> {
        let mut over = Vec::new();
        for silenced in self.0.store.unanswered(ROUND).await? {
            self.tell_silenced(&silenced, Silence::Missed)?;
            over.extend(silenced.over);
        }
        self.write_down(&over).await;
        Ok(())
    }

    /// Tells of calls that are over and writes them down, where whoever ended them did not come to it.
    pub(in crate::service) async fn finish_others(&self) -> Result<(), Error> {
        let now = self.0.env.now();
        let mut left = self.0.store.ended(ROUND).await?;
        left.retain(|call| call.ended.plus(OVERDUE) < now);
        for call in &left {
            self.tell_ended(call)?;
        }
        self.write_down(&left).await;
        Ok(())
    }

    /// Writes calls into the history, each once, whoever else does. When it fails they stay where they are kept until then, and
    /// the next round tries again.
    pub(in crate::service) async fn write_down(&self, calls: &[EndedCall]) {
        if calls.is_empty() {
            return;
        }
        let written = match self.insert(calls).await {
            Ok(()) => {
                let ids = calls.iter().map(|call| call.id).collect::<Vec<_>>();
                self.0.store.written(&ids).await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = written {
            tracing::warn!(%error, "calls could not be written down yet");
        }
    }

    async fn insert(&self, calls: &[EndedCall]) -> Result<(), Error> {
        let mut conn = self.0.pool.get().await?;
        let jobs = &self.0.jobs;
        let written = conn.transaction(async |tx| {
            let new: Vec<VoiceSessionId> = history::insert(tx, calls).await?;
            let now = jobs.now();
            let told = new.into_iter().map(|id| TellCall { id }).collect::<Vec<_>>();
            jobs.add_all(tx, told.iter().map(|job| (job, now))).await?;
            Ok::<_, Error>(())
        });
        written.await?;
        jobs.wake();
        Ok(())
    }
}
