//! Whether what is written down and what is kept are the same.

use futures_util::{StreamExt, TryStreamExt, stream};
use kernel::{AttachmentId, PictureId};

use super::square::address;
use super::{Media, sweep};
use crate::Error;
use crate::model::Owner;
use crate::storage::{Key, Named};
use crate::store::checking;

/// Objects, or rows, that are looked at together.
const SLICE: usize = 500;
/// Objects that the store is asked for at the same time.
const AT_ONCE: usize = 8;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// An object to which no row belongs, with its key.
    Orphan(String),
    /// An object with a key that was not made here. It is left alone.
    Stranger(String),
    /// An object that is not there, or is not as long as its row says, with its key.
    Missing(String),
    /// A square picture was removed because it was not whole: whom it showed, and its URL, which leads nowhere now.
    Lost(Owner, String),
}

/// How much was looked at, and what was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Objects in the store.
    pub objects: u64,
    /// Files and square pictures that are written down.
    pub rows: u64,
    /// Objects without a row.
    pub orphans: u64,
    /// Rows without their bytes.
    pub broken: u64,
}

impl Media {
    /// Compares all objects with all rows, and tells each difference. With `fix`, objects without a row are removed, and rows
    /// without their bytes: nobody can have those. Gateways may run meanwhile: a row is there before its object comes and
    /// after it is gone.
    ///
    /// # Errors
    /// [`Error::Storage`]; [`Error::Database`].
    pub async fn check(&self, fix: bool, mut tell: impl FnMut(&Finding)) -> Result<Checked, Error> {
        let mut checked = Checked::default();
        let mut keys = self.storage.keys().try_chunks(SLICE);
        while let Some(some) = keys.next().await {
            let some = some.map_err(|error| error.1)?;
            checked.objects += count(some.len());
            for orphan in self.orphans(some, &mut tell).await? {
                checked.orphans += 1;
                if fix {
                    self.storage.delete(orphan).await?;
                }
            }
        }
        drop(keys);
        self.check_files(fix, &mut checked, &mut tell).await?;
        self.check_pictures(fix, &mut checked, &mut tell).await?;
        Ok(checked)
    }

    /// Those of the objects to which no row belongs.
    async fn orphans(&self, keys: Vec<Key>, tell: &mut impl FnMut(&Finding)) -> Result<Vec<Key>, Error> {
        let named = keys.iter().filter_map(Key::named).collect::<Vec<_>>();
        let files = named.iter().filter_map(|named| match named {
            Named::Attachment(id) => Some(*id),
            Named::Picture(_) | Named::Upload(_) => None,
        });
        let pictures = named.iter().filter_map(|named| match named {
            Named::Picture(id) => Some(*id),
            Named::Attachment(_) | Named::Upload(_) => None,
        });
        let uploads = named.iter().filter_map(|named| match named {
            Named::Upload(id) => Some(*id),
            Named::Attachment(_) | Named::Picture(_) => None,
        });
        let (files, pictures) = (files.collect::<Vec<_>>(), pictures.collect::<Vec<_>>());
        let uploads = uploads.collect::<Vec<_>>();
        let mut conn = self.pool.get().await?;
        let files = checking::files_among(&mut conn, &files).await?;
        let pictures = checking::pictures_among(&mut conn, &pictures).await?;
        let uploads = checking::uploads_among(&mut conn, &uploads).await?;
        let mut orphans = Vec::new();
        for key in keys {
            let is_known = match key.named() {
                Some(Named::Attachment(id)) => files.contains(&id),
                Some(Named::Picture(id)) => pictures.contains(&id),
                Some(Named::Upload(id)) => uploads.contains(&id),
                None => {
                    tell(&Finding::Stranger(format!("{key:?}")));
                    true
                }
            };
            if !is_known {
                tell(&Finding::Orphan(format!("{key:?}")));
                orphans.push(key);
            }
        }
        Ok(orphans)
    }

    async fn check_files(
        &self,
        fix: bool,
        checked: &mut Checked,
        tell: &mut impl FnMut(&Finding),
    ) -> Result<(), Error> {
        let mut after = AttachmentId::from_uuid(uuid::Uuid::nil());
        loop {
            let rows = checking::files(&mut *self.pool.get().await?, after, SLICE_ROWS).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            checked.rows += count(rows.len());
            let expected =
                rows.iter().flat_map(|file| sweep::lengths(file).into_iter().map(|one| (file.id, one)));
            let broken = self.missing(expected.collect()).await?;
            // What was removed meanwhile is not missing.
            let ids = broken.iter().map(|(id, _)| *id).collect::<Vec<_>>();
            let still = checking::files_there(&mut *self.pool.get().await?, &ids).await?;
            checked.broken += count(still.len());
            broken.iter().filter(|(id, _)| still.contains(id)).for_each(|(_, key)| tell(&missing(key)));
            if fix {
                let still = still.into_iter().collect::<Vec<_>>();
                let now = self.env.now();
                crate::store::attachments::remove(&mut *self.pool.get().await?, &still, now).await?;
            }
        }
    }

    async fn check_pictures(
        &self,
        fix: bool,
        checked: &mut Checked,
        tell: &mut impl FnMut(&Finding),
    ) -> Result<(), Error> {
        let mut after = PictureId::from_uuid(uuid::Uuid::nil());
        loop {
            let rows = checking::pictures(&mut *self.pool.get().await?, after, SLICE_ROWS).await?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = last.id;
            checked.rows += count(rows.len());
            let expected = rows.iter().flat_map(|one| sweep::square_lengths(one).map(|size| (one.id, size)));
            let broken = self.missing(expected.collect()).await?;
            let ids = broken.iter().map(|(id, _)| *id).collect::<Vec<_>>();
            let still = checking::pictures_there(&mut *self.pool.get().await?, &ids).await?;
            checked.broken += count(still.len());
            broken.iter().filter(|(id, _)| still.contains(id)).for_each(|(_, key)| tell(&missing(key)));
            if fix {
                let gone = still.iter().copied().collect::<Vec<_>>();
                checking::remove_pictures(&mut *self.pool.get().await?, &gone, self.env.now()).await?;
                let lost = rows.iter().filter(|one| still.contains(&one.id));
                lost.for_each(|one| tell(&Finding::Lost(one.owner(), address(one.id))));
            }
        }
    }

    /// Those of the objects that are not there, or not as long.
    async fn missing<T: Copy>(&self, expected: Vec<(T, (Key, i64))>) -> Result<Vec<(T, Key)>, Error> {
        let found = stream::iter(expected).map(|(id, (key, length))| async move {
            let found = self.storage.length(key.clone()).await?;
            let is_whole = found.is_some_and(|found| i64::try_from(found) == Ok(length));
            Ok::<_, Error>((!is_whole).then_some((id, key)))
        });
        let found = found.buffer_unordered(AT_ONCE).try_filter_map(|one| async move { Ok(one) });
        found.try_collect().await
    }
}

/// [`SLICE`] for the database.
const SLICE_ROWS: i64 = 500;

fn missing(key: &Key) -> Finding {
    Finding::Missing(format!("{key:?}"))
}

fn count(some: usize) -> u64 {
    u64::try_from(some).unwrap_or(u64::MAX)
}

impl Checked {
    /// Whether everything was as it should be.
    pub fn is_clean(&self) -> bool {
        self.orphans == 0 && self.broken == 0
    }
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Orphan(key) => write!(f, "{key}: no row belongs to it"),
            Self::Stranger(key) => write!(f, "{key}: was not put there by Guildhall"),
            Self::Missing(key) => write!(f, "{key}: is not there, or not as long as it should be"),
            Self::Lost(Owner::User(user), url) => write!(f, "{url}: was the picture of the user {user}"),
            Self::Lost(Owner::Guild(guild), url) => write!(f, "{url}: was the icon of the server {guild}"),
        }
    }
}
