//! Removing bytes that nobody can ask for any more.

use chrono::TimeDelta;

use super::Media;
use crate::Error;
use crate::kind::Conversion;
use crate::model::{Attachment, Picture};
use crate::picture::{PreviewSize, SQUARES};
use crate::rendition::Rendition;
use crate::storage::Key;
use crate::store::{sweeping, uploads};

/// How long an upload may be on its way before it is taken for broken, hours: longer than `media.upload_s` lets one take.
const BROKEN: i64 = 24;

impl Media {
    /// Removes at most `limit` files and `limit` square pictures: those that were removed, that belong to no message after
    /// the configured time, or that never arrived whole; and of as many uploads to the store itself what was not completed.
    /// Their bytes first, so that there are never any without a row. Returns how many went; several gateways may do it at
    /// the same time.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep(&self, limit: i64) -> Result<usize, Error> {
        let now = self.env.now();
        let unused = now.plus(-TimeDelta::days(i64::from(self.settings.unused_days)));
        let broken = now.plus(-TimeDelta::hours(BROKEN));
        let mut conn = self.pool.get().await?;
        sweeping::expire(&mut conn, (unused, broken), now).await?;
        sweeping::give_up(&mut conn, broken).await?;
        let files = sweeping::attachments(&mut conn, limit).await?;
        let squares = sweeping::pictures(&mut conn, limit).await?;
        let uploads = uploads::due(&mut conn, now, limit).await?;
        // A connection is not kept while the store is asked.
        drop(conn);
        let (mut gone_files, mut gone_squares, mut gone_uploads) = (Vec::new(), Vec::new(), Vec::new());
        for file in files {
            if self.gone(keys(&file)).await {
                gone_files.push(file.id);
            }
        }
        for square in squares {
            if self.gone(square_lengths(&square).map(|(key, _)| key).collect()).await {
                gone_squares.push(square.id);
            }
        }
        for upload in uploads {
            if self.gone(vec![Key::upload(upload)]).await {
                gone_uploads.push(upload);
            }
        }
        let mut conn = self.pool.get().await?;
        sweeping::forget(&mut conn, &gone_files, &gone_squares).await?;
        let last = TimeDelta::hours(BROKEN);
        let forgotten = uploads::forget(&mut conn, &gone_uploads, last, now).await?;
        Ok(gone_files.len() + gone_squares.len() + forgotten)
    }
}

/// The objects of a file, and how many bytes each has.
pub(super) fn lengths(file: &Attachment) -> Vec<(Key, i64)> {
    let whole = (Key::attachment(file.channel_id, file.id, None), file.size);
    let previews = [(PreviewSize::Small, file.small), (PreviewSize::Large, file.large)].into_iter();
    let previews = previews.filter_map(|(size, length)| {
        Some((Key::attachment(file.channel_id, file.id, Some(size.side())), length?))
    });
    let copies = file.renditions();
    let copies = copies.map(|(copy, length)| (Key::rendition(file.channel_id, file.id, copy), length));
    std::iter::once(whole).chain(previews).chain(copies).collect()
}

/// All objects that a file can have. Of one that was being converted it is not known which of them there are.
pub(super) fn keys(file: &Attachment) -> Vec<Key> {
    if file.conversion != Some(Conversion::Pending) {
        return lengths(file).into_iter().map(|(key, _)| key).collect();
    }
    let (channel, id) = (file.channel_id, file.id);
    let previews =
        [PreviewSize::Small, PreviewSize::Large].map(|size| Key::attachment(channel, id, Some(size.side())));
    let copies = Rendition::ALL.map(|copy| Key::rendition(channel, id, copy));
    std::iter::once(Key::attachment(channel, id, None)).chain(previews).chain(copies).collect()
}

/// The objects of a square picture, and how many bytes each has.
pub(super) fn square_lengths(square: &Picture) -> impl Iterator<Item = (Key, i64)> {
    let lengths = [square.small, square.medium, square.large];
    let (purpose, id) = (square.purpose, square.id);
    SQUARES.into_iter().map(move |side| Key::picture(purpose, id, side)).zip(lengths)
}
