//! A whole channel or conversation as one download.

use bytes::Bytes;
use kernel::{Allowed, ChannelId, ConversationId, Internal, Seq, UserId, can};
use messaging::{HistoryPage, PageLimit};
use tokio::sync::mpsc;

use super::export::Chunks;
use super::messages::in_channel;
use crate::http::ApiError;
use crate::services::Services;
use crate::transcript::{Format, Subject};

/// Pages that wait for a client who reads slowly. Meanwhile nothing is read, and no connection is held.
const AHEAD: usize = 2;
/// Messages that are read at once.
const PAGE: i64 = 100;

/// Begins the download of what is in a channel now.
pub(crate) async fn channel(
    services: &Services,
    user: UserId,
    channel: ChannelId,
    format: Format,
) -> Result<(Subject, Chunks), ApiError> {
    let place = Place::Channel(channel);
    // Before the first byte: a refusal is an answer like others.
    let first = page(services, user, place, 0).await?;
    let subject = services.guilds.channel(user, channel).await?.into();
    Ok(Reader { services: services.clone(), user, place, subject, format }.start(first))
}

/// Begins the download of what is in a conversation now.
pub(crate) async fn conversation(
    services: &Services,
    user: UserId,
    conversation: ConversationId,
    format: Format,
) -> Result<(Subject, Chunks), ApiError> {
    let place = Place::Conversation(conversation);
    // First: a channel has another path, and asks for another right.
    let subject = services.dm.conversation(user, conversation).await?.into();
    let first = page(services, user, place, 0).await?;
    Ok(Reader { services: services.clone(), user, place, subject, format }.start(first))
}

/// Where to read.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// By who may manage its messages.
    Channel(ChannelId),
    /// By anybody who is in it.
    Conversation(ConversationId),
}

struct Reader {
    services: Services,
    user: UserId,
    place: Place,
    subject: Subject,
    format: Format,
}

impl Reader {
    /// What is read, and where it comes out.
    fn start(self, first: HistoryPage) -> (Subject, Chunks) {
        let (chunks, read) = mpsc::channel(AHEAD);
        let subject = self.subject.clone();
        tokio::spawn(async move {
            if let Err(error) = self.write(first, &chunks).await {
                let (user, place) = (self.user, self.place);
                tracing::warn!(%user, ?place, error = error.message, "the export of a place broke off");
                // The client sees that the download is not whole.
                let _ = chunks.send(Err(Internal::new(error.message))).await;
            }
        });
        (subject, read)
    }

    /// Page by page, each with a right that is proved anew: who loses it gets no more.
    async fn write(
        &self,
        first: HistoryPage,
        chunks: &mpsc::Sender<Result<Bytes, Internal>>,
    ) -> Result<(), ApiError> {
        // What is written meanwhile is not part of it, or the download of a busy channel would never end.
        let end = first.head.last_seq;
        let mut text = self.format.head(&self.subject, self.services.env.now())?;
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
            page = self::page(&self.services, self.user, self.place, last).await?;
        }
        text.push_str(self.format.end());
        let _ = chunks.send(Ok(text.into())).await;
        Ok(())
    }
}

/// The page after a message.
async fn page(services: &Services, user: UserId, place: Place, after: Seq) -> Result<HistoryPage, ApiError> {
    let limit = PageLimit::new(Some(PAGE));
    let read = |past: Allowed<can::ReadHistory>| services.messaging.everything_after(past, after, limit);
    match place {
        Place::Channel(channel) => {
            let read = |keeper: Allowed<can::ManageMessages>| async move { read(keeper.require()?).await };
            in_channel(services, user, channel, read).await
        }
        Place::Conversation(conversation) => in_channel(services, user, conversation, read).await,
    }
}
