//! Work at files that takes a processor: on threads of its own, a few at a time.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::PathBuf;
use std::sync::Arc;

use aws_lc_rs::digest::{Context, SHA256};
use kernel::Internal;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::decode::decode;
use super::shrink::{PreviewSize, blurhash, posters, preview, squares};
use super::{Format, write};
use crate::Error;
use crate::settings::MediaSettings;
use crate::spool::Received;

/// Bytes that are hashed at once.
const PIECE: usize = 65_536;

/// Where files are worked at. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Processor {
    places: Arc<Semaphore>,
    folder: PathBuf,
    pixels: u64,
}

/// A file that can be stored.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) file: File,
    pub(crate) length: u64,
    pub(crate) sha256: Vec<u8>,
    pub(crate) picture: Option<Seen>,
}

/// What is known of a picture.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) blurhash: Option<String>,
    pub(crate) small: Option<Preview>,
    pub(crate) large: Option<Preview>,
}

/// A file and its bytes.
#[derive(Debug)]
pub(crate) struct Preview {
    pub(crate) file: File,
    pub(crate) length: u64,
}

impl Processor {
    pub(crate) fn new(settings: &MediaSettings) -> Self {
        let places = Arc::new(Semaphore::new(settings.pictures_at_once));
        Self { places, folder: settings.spool.clone(), pixels: settings.pixels() }
    }

    /// Makes a file that arrived into one that can be stored.
    ///
    /// # Errors
    /// [`Error::Type`] and [`Error::TooManyPixels`] of pictures; [`Error::Storage`].
    pub(crate) async fn finish(&self, received: Received) -> Result<Finished, Error> {
        self.work(move |processor| match received.what.format {
            Some(format) => processor.picture(&received.file, format),
            None => sealed(received.file, None),
        })
        .await
    }

    /// The middle of a picture, square, in all sizes.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub(crate) async fn square(&self, received: Received) -> Result<[Preview; 3], Error> {
        self.work(move |processor| {
            let format = received.what.format.ok_or(Error::Type("a picture is wanted"))?;
            let sizes = squares(&decode(&received.file, format, processor.pixels)?.image)?;
            let [small, medium, large] = sizes.map(|bytes| processor.sized(&bytes));
            Ok([small?, medium?, large?])
        })
        .await
    }

    /// What is to be shown of a video, made of a picture of it: always both previews, for they are all that can be shown.
    ///
    /// # Errors
    /// As [`Self::finish`].
    pub(crate) async fn poster(&self, png: File) -> Result<Seen, Error> {
        self.work(move |processor| {
            let image = decode(&png, Format::Png, processor.pixels)?.image;
            let [small, large] = posters(&image)?.map(|bytes| processor.sized(&bytes));
            Ok(Seen {
                width: image.width(),
                height: image.height(),
                blurhash: blurhash(&image),
                small: Some(small?),
                large: Some(large?),
            })
        })
        .await
    }

    /// Does it where nothing else waits for it, as soon as there is a place.
    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(Internal::new)?;
        let processor = self.clone();
        let done = spawn_blocking(move || {
            // Kept until the work is done, also when nobody waits for it any more.
            let _place = place;
            work(&processor)
        });
        done.await.map_err(Internal::new)?
    }

    fn picture(&self, file: &File, format: Format) -> Result<Finished, Error> {
        let pixels = decode(file, format, self.pixels)?;
        let anew = write::anew(file, format, &pixels, &self.folder)?;
        let image = &pixels.image;
        let sized = |bytes: Option<Vec<u8>>| bytes.map(|bytes| self.sized(&bytes)).transpose();
        let seen = Seen {
            width: image.width(),
            height: image.height(),
            blurhash: blurhash(image),
            small: sized(preview(image, PreviewSize::Small)?)?,
            large: sized(preview(image, PreviewSize::Large)?)?,
        };
        sealed(anew, Some(seen))
    }

    fn sized(&self, bytes: &[u8]) -> Result<Preview, Error> {
        let length = u64::try_from(bytes.len()).map_err(Internal::new)?;
        Ok(Preview { file: write::in_file(bytes, &self.folder)?, length })
    }
}

/// With what its bytes hash to.
fn sealed(mut file: File, picture: Option<Seen>) -> Result<Finished, Error> {
    file.seek(SeekFrom::Start(0)).map_err(Error::storage)?;
    let (mut hash, mut length, mut piece) = (Context::new(&SHA256), 0, vec![0; PIECE]);
    loop {
        let read = file.read(&mut piece).map_err(Error::storage)?;
        if read == 0 {
            break;
        }
        hash.update(piece.get(..read).unwrap_or_default());
        length += u64::try_from(read).map_err(Internal::new)?;
    }
    Ok(Finished { file, length, sha256: hash.finish().as_ref().to_vec(), picture })
}
