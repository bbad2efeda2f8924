//! A whole channel as one download.

use bytes::Bytes;
use guilds::ChannelView;
use kernel::{Allowed, ChannelId, Internal, Seq, UserId, can};
use messaging::{HistoryPage, PageLimit};
use tokio::sync::mpsc;

use super::export::Chunks;
use super::messages::in_channel;
use crate::http::ApiError;
use crate::services::Services;
use crate::transcript::Format;

/// Pages that wait for a client who reads slowly. Meanwhile nothing is read, and no connection is held.
const AHEAD: usize = 2;
/// Messages that are read at once.
const PAGE: i64 = 100;

/// Begins the download of what is there now.
pub(crate) async fn begin(
    services: &Services,
    user: UserId,
    channel: ChannelId,
    format: Format,
) -> Result<(ChannelView, Chunks), ApiError> {
    // Before the first byte: a refusal is an answer like others.
    let first = page(services, user, channel, 0).await?;
    let view = services.guilds.channel(user, channel).await?;
    let (chunks, read) = mpsc::channel(AHEAD);
    let (services, told) = (services.clone(), view.clone());
    tokio::spawn(async move {
        let reader = Reader { services, user, channel: told, format };
        if let Err(error) = reader.write(first, &chunks).await {
            tracing::warn!(%user, %channel, error = error.message, "the export of a channel broke off");
            // The client sees that the download is not whole.
            let _ = chunks.send(Err(Internal::new(error.message))).await;
        }
    });
    Ok((view, read))
}

struct Reader {
    services: Services,
    user: UserId,
    channel: ChannelView,
    format: Format,
}

impl Reader {
    /// Page by page, each with a right that is proved anew: who loses it gets no more.
    async fn write(
        &self,
        first: HistoryPage,
        chunks: &mpsc::Sender<Result<Bytes, Internal>>,
    ) -> Result<(), ApiError> {
        // What is written meanwhile is not part of it, or the download of a busy channel would never end.
        let end = first.head.last_seq;
        let mut text = self.format.head(&self.channel, self.services.env.now())?;
        let (mut page, mut begun) = (first, false);
        loop {
            let messages = page.messages.iter().filter(|message| message.seq <= end).cloned();
            let messages = messages.collect::<Vec<_>>();
            text.push_str(&self.format.messages(&messages, !begun)?);
            begun |= !messages.is_empty();
            let last = messages.last().map(|message| message.seq).filter(|last| page.has_more && *last < end);
            let Some(last) = last else { break };
            if chunks.send(Ok(std::mem::take(&mut text).into())).await.is_err() {
                // The client has left.
                return Ok(());
            }
            page = self::page(&self.services, self.user, self.channel.id, last).await?;
        }
        text.push_str(self.format.end());
        let _ = chunks.send(Ok(text.into())).await;
        Ok(())
    }
}

/// The page after a place.
async fn page(
    services: &Services,
    user: UserId,
    channel: ChannelId,
    after: Seq,
) -> Result<HistoryPage, ApiError> {
    let read = |allowed: Allowed<can::ManageMessages>| async move {
        let past = allowed.require::<can::ReadHistory>()?;
        services.messaging.everything_after(past, after, PageLimit::new(Some(PAGE))).await
    };
    in_channel(services, user, channel, read).await
}
