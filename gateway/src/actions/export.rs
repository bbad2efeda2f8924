//! Everything that is held on somebody, as one download.

use bytes::Bytes;
use futures_util::StreamExt;
use identity::Client;
use kernel::{Actor, Internal, UserId};
use tokio::sync::mpsc;

use crate::archive::Archive;
use crate::http::ApiError;
use crate::services::Services;

/// Chunks that wait for a client who reads slowly.
const AHEAD: usize = 4;

/// The chunks of a zip archive, as they are made. The next ones are made when the client has read.
pub(crate) type Chunks = mpsc::Receiver<Result<Bytes, Internal>>;

/// Begins the download.
pub(crate) async fn begin(services: &Services, actor: Actor, client: &Client) -> Result<Chunks, ApiError> {
    services.identity.begin_export(actor, client).await?;
    let (chunks, read) = mpsc::channel(AHEAD);
    let services = services.clone();
    tokio::spawn(async move {
        if let Err(fault) = write(&services, actor.user, &chunks).await {
            tracing::error!(user = %actor.user, error = %fault.0, "an export broke off");
            // The client sees that the download is not whole.
            let _ = chunks.send(Err(fault)).await;
        }
    });
    Ok(read)
}

async fn write(
    services: &Services,
    user: UserId,
    chunks: &mpsc::Sender<Result<Bytes, Internal>>,
) -> Result<(), Internal> {
    let mut archive = Archive::new(services.env.now());
    // The account first; it is removed last.
    for holder in services.holders().into_iter().rev() {
        let mut pieces = holder.export(user);
        while let Some(piece) = pieces.next().await {
            archive.add(&piece?)?;
            if chunks.send(Ok(archive.take())).await.is_err() {
                // Nobody reads any more.
                return Ok(());
            }
        }
    }
    archive.finish()?;
    let _ = chunks.send(Ok(archive.take())).await;
    Ok(())
}
