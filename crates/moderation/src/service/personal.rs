//! What keeping order holds on one person: handed to them, and removed when their account is gone.

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream, StreamExt};
use guilds::audit::AuditLimit;
use identity::{PersonalData, Piece};
use kernel::{AuditId, Internal, ReportId, UserId};
use serde_json::json;

use super::Moderation;
use crate::Error;
use crate::store::{reports, warnings};

/// Reports in one piece.
const REPORTS: i64 = 100;

const RECORD: &str = "What moderators did to you, where, when and why.";
const MADE: &str = "What you reported to moderators, and what became of it.";

/// Where the next piece begins.
#[derive(Clone, Copy, Debug)]
enum Next {
    Record(Option<AuditId>),
    Reports(Option<ReportId>),
    Nothing,
}

impl Moderation {
    async fn piece(&self, user: UserId, next: Next) -> Result<Option<(Piece, Next)>, Error> {
        match next {
            Next::Record(before) => {
                let page = self.record_of(user, before, AuditLimit::new(Some(REPORTS))).await?;
                let last = page.items.last().filter(|_| page.has_more).map(|record| record.id);
                let items = page.items.iter().map(|record| json!(record)).collect();
                let next = last.map_or(Next::Reports(None), |last| Next::Record(Some(last)));
                Ok(Some((Piece { file: "moderation", about: RECORD, items }, next)))
            }
            Next::Reports(after) => {
                let mut conn = self.pool.get().await?;
                let made = reports::made_by(&mut conn, user, after, REPORTS).await?;
                let full = i64::try_from(made.len()).is_ok_and(|count| count == REPORTS);
                let last = made.last().filter(|_| full).map(|report| report.id);
                let items = made.into_iter().map(|report| {
                    json!({
                        "id": report.id, "serverId": report.guild_id, "userId": report.user_id,
                        "messageId": report.message_id, "reason": report.reason, "status": report.status,
                        "createdAt": report.created_at,
                    })
                });
                let piece = Piece { file: "reports", about: MADE, items: items.collect() };
                Ok(Some((piece, last.map_or(Next::Nothing, |last| Next::Reports(Some(last))))))
            }
            Next::Nothing => Ok(None),
        }
    }

    /// Removes warnings and what they reported. Reports of what they did stay for the moderators, without their words.
    async fn forget(self, user: UserId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        warnings::forget(&mut conn, user).await?;
        Ok(reports::forget(&mut conn, user).await?)
    }
}

impl PersonalData for Moderation {
    fn export(&self, user: UserId) -> BoxStream<'static, Result<Piece, Internal>> {
        let pieces =
            stream::try_unfold((self.clone(), Next::Record(None)), move |(moderation, next)| async move {
                let piece = moderation.piece(user, next).await.map_err(Internal::new)?;
                Ok(piece.map(|(piece, next)| (piece, (moderation, next))))
            });
        pieces.boxed()
    }

    fn erase(&self, user: UserId) -> BoxFuture<'static, Result<(), Internal>> {
        self.clone().forget(user).map(|done| done.map_err(Internal::new)).boxed()
    }
}
