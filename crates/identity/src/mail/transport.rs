//! The ways out.

use std::path::PathBuf;
use std::time::Duration;

use backbone::jobs::JobError;
use kernel::{Env, Internal};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use tokio::time::timeout;

use super::{MailSettings, MailTransport};

#[derive(Debug)]
pub(super) enum Transport {
    None,
    Folder(PathBuf),
    /// One connection a letter: there are few, and a conversation that is broken off can spoil nobody else's.
    Smtp {
        server: AsyncSmtpTransport<Tokio1Executor>,
        patience: Duration,
    },
}

impl Transport {
    pub(super) fn new(settings: &MailSettings) -> Result<Self, Internal> {
        Ok(match settings.transport {
            MailTransport::None => Self::None,
            MailTransport::Folder => Self::Folder(settings.folder.clone().into()),
            MailTransport::Smtp => {
                let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(&settings.smtp_url);
                let server = server.map_err(Internal::new)?;
                let patience = Duration::from_secs(settings.timeout_s);
                Self::Smtp { server: server.timeout(Some(patience)).build(), patience }
            }
        })
    }

    pub(super) async fn send(&self, env: &Env, message: Message) -> Result<(), JobError> {
        match self {
            Self::None => Err(JobError::never("mail.transport is none")),
            Self::Folder(folder) => put(folder.clone(), env, message).await,
            // Lettre's own time-out is over once it is connected.
            Self::Smtp { server, patience } => match timeout(*patience, server.send(message)).await? {
                Ok(_) => Ok(()),
                // The server said no, and would again.
                Err(error) if error.is_permanent() => Err(JobError::never(error)),
                Err(error) => Err(error.into()),
            },
        }
    }
}

/// Writes the letter to a file whose name sorts by time. It is there as a whole or not at all.
async fn put(folder: PathBuf, env: &Env, message: Message) -> Result<(), JobError> {
    let name = env.id::<uuid::Uuid>().to_string();
    let path = folder.join(format!("{name}.eml"));
    let written = path.display().to_string();
    let write = move || {
        std::fs::create_dir_all(&folder)?;
        let part = folder.join(format!("{name}.part"));
        std::fs::write(&part, message.formatted())?;
        std::fs::rename(part, path)
    };
    tokio::task::spawn_blocking(write).await??;
    tracing::info!(letter = written, "a letter was put into the folder");
    Ok(())
}
