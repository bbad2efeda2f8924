//! A zip archive of JSON files that is made piece by piece and never held as a whole.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use identity::Piece;
use kernel::{Internal, Timestamp};
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, StreamWriter, ZipWriter};

/// What stands in the archive's README before the list of files.
const README: &str = "This is what is held on you here, as of ";

/// The archive: pieces go in, bytes come out.
pub(crate) struct Archive {
    zip: ZipWriter<StreamWriter<Out>>,
    out: Out,
    made_at: Timestamp,
    /// The files so far, each with what it holds; the last one is open.
    files: Vec<(&'static str, &'static str)>,
    /// Whether the open file has an item.
    begun: bool,
}

/// The bytes that were made and not taken yet.
#[derive(Clone, Debug, Default)]
struct Out(Arc<Mutex<BytesMut>>);

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Archive {
    /// An empty archive, which says that it was made at this moment.
    pub(crate) fn new(made_at: Timestamp) -> Self {
        let out = Out::default();
        Self { zip: ZipWriter::new_stream(out.clone()), out, made_at, files: Vec::new(), begun: false }
    }

    /// Adds some items to their file: the one that was added to last, or a new one.
    ///
    /// # Errors
    /// The file was finished before, or an item cannot be written.
    pub(crate) fn add(&mut self, piece: &Piece) -> Result<(), Internal> {
        self.add_items(piece).map_err(Internal::new)
    }

    fn add_items(&mut self, piece: &Piece) -> io::Result<()> {
        if self.files.last().is_none_or(|(open, _)| *open != piece.file) {
            self.close()?;
            self.zip.start_file(format!("{}.json", piece.file), options())?;
            self.zip.write_all(b"[")?;
            self.files.push((piece.file, piece.about));
            self.begun = false;
        }
        for item in &piece.items {
            self.zip.write_all(if self.begun { b",\n" } else { b"\n" })?;
            serde_json::to_writer(&mut self.zip, item)?;
            self.begun = true;
        }
        Ok(())
    }

    /// Ends the open file, if there is one.
    fn close(&mut self) -> io::Result<()> {
        if self.files.is_empty() { Ok(()) } else { self.zip.write_all(b"\n]\n") }
    }

    /// Ends the archive with a README and its directory.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub(crate) fn finish(&mut self) -> Result<(), Internal> {
        self.end().map_err(Internal::new)
    }

    fn end(&mut self) -> io::Result<()> {
        self.close()?;
        self.zip.start_file("README.txt", options())?;
        writeln!(self.zip, "{README}{}. Times are in UTC. Each file is a list in JSON.\n", self.made_at)?;
        for (file, about) in &self.files {
            writeln!(self.zip, "{file}.json: {about}")?;
        }
        let zip = std::mem::replace(&mut self.zip, ZipWriter::new_stream(Out::default()));
        zip.finish()?;
        Ok(())
    }

    /// The bytes that were made since the last call.
    pub(crate) fn take(&mut self) -> Bytes {
        std::mem::take(&mut *self.out.0.lock().unwrap_or_else(PoisonError::into_inner)).freeze()
    }
}

/// Large, for nobody knows how large a file will be; without a date, for the clock is the caller's.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).large_file(true)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use serde_json::{Value, json};
    use zip::ZipArchive;

    use super::*;

    fn piece(file: &'static str, items: Vec<Value>) -> Piece {
        Piece { file, about: "Something.", items }
    }

    #[test]
    fn pieces_become_files_of_valid_json() {
        let mut archive = Archive::new(Timestamp::from_millis(0).unwrap());
        let mut bytes = Vec::new();
        let pieces =
            [piece("a", vec![]), piece("b", vec![json!(1), json!(2)]), piece("b", vec![json!({ "c": "ü" })])];
        for piece in pieces {
            archive.add(&piece).unwrap();
            bytes.extend(archive.take());
        }
        archive.finish().unwrap();
        bytes.extend(archive.take());
        let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = |name: &str| {
            let mut text = String::new();
            zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
            text
        };
        assert_eq!(serde_json::from_str::<Value>(&text("a.json")).unwrap(), json!([]));
        assert_eq!(serde_json::from_str::<Value>(&text("b.json")).unwrap(), json!([1, 2, { "c": "ü" }]));
        assert!(text("README.txt").contains("1970-01-01T00:00:00.000Z"));
    }
}
