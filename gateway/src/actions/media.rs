//! Files: whose they are, and who may see them.

use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream, StreamExt};
use guilds::ServerView;
use guilds::input::UpdateGuildBody;
use identity::input::ProfileBody;
use identity::{PersonalData, Piece, SelfView};
use kernel::{
    AttachmentId, Code, Grant, GuildId, Internal, Invalid, MessageId, Page, TimelineId, UploadId, UserId, can,
};
use media::{
    Announced, Attachment, AttachmentView, Checked, Download, Finding, Kind, Link, Media, Owner, Presigned,
    Received, Wanted,
};
use messaging::{FileStats, FilesLimit, MessageView, SentFile};
use uuid::Uuid;

use super::{messages, place};
use crate::http::ApiError;
use crate::services::Services;

const ABOUT: &str = "The files that you uploaded; each is at its URL.";

/// Keeps files that arrived, for a channel or conversation if that is said.
pub(crate) async fn upload(
    services: &Services,
    user: UserId,
    place: Option<TimelineId>,
    files: Vec<Received>,
) -> Result<Vec<AttachmentView>, ApiError> {
    if let Some(timeline) = place {
        may_send(services, user, timeline).await?;
    }
    reported(services, user, services.media.upload(user, place, files).await).await
}

/// Where the user may send a file to the store itself.
pub(crate) async fn presign(
    services: &Services,
    user: UserId,
    announced: Announced,
) -> Result<Presigned, ApiError> {
    if let Some(timeline) = announced.channel() {
        may_send(services, user, timeline).await?;
    }
    Ok(services.media.presign(user, announced).await?)
}

/// Keeps a file that the user sent to the store itself.
pub(crate) async fn complete(
    services: &Services,
    user: UserId,
    upload: UploadId,
) -> Result<AttachmentView, ApiError> {
    reported(services, user, services.media.complete(user, upload).await).await
}

/// What became of a file that somebody uploaded. Malware is written down for administrators.
pub(super) async fn reported<T>(
    services: &Services,
    user: UserId,
    outcome: Result<T, media::Error>,
) -> Result<T, ApiError> {
    if let Err(media::Error::Infected(malware)) = &outcome {
        tracing::warn!(%user, malware, "malware was found in a file, which was refused");
        if let Err(error) = services.identity.note_malware(user, malware).await {
            tracing::error!(%user, %error, "that malware was found could not be written down");
        }
    }
    Ok(outcome?)
}

/// That the user may send files there.
pub(super) async fn may_send(
    services: &Services,
    user: UserId,
    timeline: TimelineId,
) -> Result<(), ApiError> {
    let may = |grant: &Grant| {
        grant.require::<can::Send>()?;
        grant.require::<can::AttachFiles>().map(drop)
    };
    place::prove(services, user, timeline, may).await
}

/// That a message may have so many files.
pub(crate) fn may_attach(services: &Services, files: usize) -> Result<(), Invalid> {
    let most = services.media.files_of_a_message();
    if files <= most { Ok(()) } else { Err(Invalid::field("attachments", format!("must be at most {most}"))) }
}

/// The files of a channel or conversation.
pub(crate) async fn list(
    services: &Services,
    user: UserId,
    timeline: TimelineId,
    (kind, before): (Option<Kind>, Option<AttachmentId>),
    limit: FilesLimit,
) -> Result<Page<SentFile>, ApiError> {
    let read = |allowed| services.messaging.files(allowed, kind, before, limit);
    messages::in_channel(services, user, timeline, read).await
}

/// What the files of a channel or conversation take.
pub(crate) async fn stats(
    services: &Services,
    user: UserId,
    timeline: TimelineId,
) -> Result<FileStats, ApiError> {
    messages::in_channel(services, user, timeline, |allowed| services.messaging.file_stats(allowed)).await
}

/// Removes the files of a message.
pub(crate) async fn remove_of(
    services: &Services,
    user: UserId,
    message: MessageId,
) -> Result<MessageView, ApiError> {
    let remove = |allowed| services.messaging.remove_files(allowed, message);
    messages::at_message(services, user, message, remove).await
}

/// What is to be read of a file: by its uploader, until it belongs to a message; then by those who may read that now.
pub(crate) async fn download(
    services: &Services,
    user: UserId,
    id: AttachmentId,
    wanted: Wanted,
) -> Result<Download, ApiError> {
    let file = visible(services, user, id).await?;
    Ok(services.media.download(&file, wanted)?)
}

/// Where a file can be had without a token, by whom [`download`] would give it to.
pub(crate) async fn link(
    services: &Services,
    user: UserId,
    id: AttachmentId,
    wanted: Wanted,
) -> Result<Link, ApiError> {
    let file = visible(services, user, id).await?;
    Ok(services.media.link(&file, wanted).await?)
}

async fn visible(services: &Services, user: UserId, id: AttachmentId) -> Result<Attachment, ApiError> {
    let file = services.media.attachment(id).await?;
    match file.message_id.zip(file.timeline_id) {
        Some((message, timeline)) => {
            let read = messages::get(services, user, timeline, message).await;
            read.map_err(|error| match error.code {
                Code::ResourceNotFound => media::Error::NoFile.into(),
                _ => error,
            })?;
        }
        None if file.uploader_id == user => {}
        None => return Err(media::Error::NoFile.into()),
    }
    Ok(file)
}

/// Changes what a user says of themselves, with it how they want to be seen, and their picture if one came.
pub(crate) async fn change_profile(
    services: &Services,
    user: UserId,
    body: ProfileBody,
    avatar: Option<Received>,
) -> Result<SelfView, ApiError> {
    let owner = Owner::User(user);
    let changed = match avatar {
        None => services.identity.change_profile(user, body).await?,
        Some(picture) => {
            let url = reported(services, user, services.media.keep_square(owner, picture).await).await?;
            match services.identity.change_avatar(user, body, url.clone()).await {
                Ok(changed) => changed,
                Err(error) => return Err(unused(services, owner, &url, error.into()).await),
            }
        }
    };
    services.media.retire(owner, changed.former_avatar.as_deref()).await?;
    services.presence.choose(&changed.user).await;
    Ok(services.identity.own_view(changed.user))
}

/// Changes a server, and its picture if one came.
pub(crate) async fn change_server(
    services: &Services,
    user: UserId,
    guild: GuildId,
    body: UpdateGuildBody,
    picture: Option<Received>,
) -> Result<ServerView, ApiError> {
    let owner = Owner::Guild(guild);
    let url = match picture {
        Some(picture) => {
            Some(reported(services, user, services.media.keep_square(owner, picture).await).await?)
        }
        None => None,
    };
    let updated = match (services.guilds.update(user, guild, body, url.clone()).await, url) {
        (Ok(updated), _) => updated,
        (Err(error), None) => return Err(error.into()),
        (Err(error), Some(url)) => return Err(unused(services, owner, &url, error.into()).await),
    };
    services.media.retire(owner, updated.former_icon.as_deref()).await?;
    Ok(updated.server)
}

/// Compares what is kept of files with what is written down, and tells each difference. With `fix`, what belongs to nothing is
/// removed, and nobody keeps the address of a picture that is not there any more.
pub(crate) async fn check(
    services: &Services,
    fix: bool,
    mut tell: impl FnMut(&Finding),
) -> Result<Checked, ApiError> {
    let mut lost = Vec::new();
    let checked = services.media.check(fix, |finding| {
        tell(finding);
        if let Finding::Lost(owner, url) = finding {
            lost.push((*owner, url.clone()));
        }
    });
    let checked = checked.await?;
    for (owner, url) in lost {
        match owner {
            Owner::User(user) => services.identity.lose_avatar(user, &url).await?,
            Owner::Guild(guild) => services.guilds.lose_icon(guild, &url).await?,
        };
    }
    Ok(checked)
}

/// A picture was kept for nothing.
async fn unused(services: &Services, owner: Owner, url: &str, error: ApiError) -> ApiError {
    if let Err(fault) = services.media.retire(owner, Some(url)).await {
        tracing::warn!(error = %fault, url, "a picture that nobody has could not be removed");
    }
    error
}

/// The files of people, as data that is held on them.
#[derive(Clone, Debug)]
pub(crate) struct PersonalFiles(pub(crate) Media);

impl PersonalData for PersonalFiles {
    fn export(&self, user: UserId) -> BoxStream<'static, Result<Piece, Internal>> {
        let none = Piece { file: "files", about: ABOUT, items: Vec::new() };
        let (media, first) = (self.0.clone(), AttachmentId::from_uuid(Uuid::nil()));
        let pieces = stream::try_unfold(first, move |after| {
            let media = media.clone();
            async move {
                let held = media.held(user, after).await.map_err(Internal::new)?;
                Ok(held.map(|(items, last)| (Piece { file: "files", about: ABOUT, items }, last)))
            }
        });
        // Also of nobody's files there is a file.
        stream::once(async { Ok(none) }).chain(pieces).boxed()
    }

    fn erase(&self, user: UserId) -> BoxFuture<'static, Result<(), Internal>> {
        let media = self.0.clone();
        async move { media.forget(user).await.map_err(Internal::new) }.boxed()
    }
}
