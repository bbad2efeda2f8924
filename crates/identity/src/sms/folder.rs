//! Text messages as files: for development and tests.

use std::fs::{DirBuilder, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use kernel::{Env, Internal};
use uuid::Uuid;

use super::{Sending, SmsProvider};
use crate::Phone;

/// A folder with a file for each message: the number in the first line, then the text. Only its owner may read it.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    env: Env,
}

impl Folder {
    pub(super) fn new(path: &Path, env: Env) -> Self {
        Self { path: path.into(), env }
    }
}

impl SmsProvider for Folder {
    fn send<'a>(&'a self, phone: &'a Phone, text: &'a str) -> Sending<'a> {
        // In the order of their names when sorted.
        let file = self.path.join(format!("{}.txt", self.env.id::<Uuid>()));
        let (folder, message) = (self.path.clone(), format!("{}\n{text}\n", phone.as_str()));
        Box::pin(async move {
            let shown = file.clone();
            let written = tokio::task::spawn_blocking(move || write(&folder, &file, &message)).await;
            written.map_err(Internal::new)?.map_err(Internal::new)?;
            tracing::info!(file = %shown.display(), "a text message was written to a file");
            Ok(())
        })
    }
}

fn write(folder: &Path, file: &Path, message: &str) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    // Under another name until it is whole.
    let new = file.with_extension("new");
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?.write_all(message.as_bytes())?;
    std::fs::rename(&new, file)
}
