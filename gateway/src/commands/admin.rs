//! The first administrators.

use std::io::{BufRead, IsTerminal};

use clap::Subcommand;
use identity::Client;
use identity::input::RegisterBody;

use crate::services::Services;

/// Where the password of a new administrator may stand: never among the arguments, which every user of the machine can
/// read.
const PASSWORD: &str = "GUILDHALL_ADMIN_PASSWORD";

/// What can be done about administrators.
#[derive(Debug, Subcommand)]
pub(super) enum AdminVerb {
    /// Make an account that is an administrator's (its password: GUILDHALL_ADMIN_PASSWORD, or a line on standard input)
    Create {
        /// 2 to 32 letters, digits or _ . -
        #[arg(long)]
        username: String,
        /// Where mail reaches them
        #[arg(long)]
        email: String,
        /// The display name; the username unless said
        #[arg(long)]
        name: Option<String>,
    },
    /// Make an account that exists an administrator's
    Appoint {
        /// Its username
        username: String,
    },
}

/// Does it; returns what to tell.
pub(super) async fn run(services: &Services, verb: AdminVerb) -> Result<String, String> {
    let words = |error: identity::Error| error.to_string();
    match verb {
        AdminVerb::Create { username, email, name } => {
            let body =
                RegisterBody { email, password: password()?, username: Some(username), name, phone: None };
            let login = services.identity.register(body, &Client::default()).await.map_err(words)?;
            // This ends the session that was opened: nobody has its tokens.
            services.identity.appoint(login.user.id).await.map_err(words)?;
            Ok(format!("{} is an administrator and can log in", login.user.username))
        }
        AdminVerb::Appoint { username } => {
            let user = services.identity.by_username(&username).await.map_err(words)?;
            let user = user.ok_or_else(|| format!("nobody is called {username:?}"))?;
            services.identity.appoint(user.id).await.map_err(words)?;
            Ok(format!("{} is an administrator; they have to log in again", user.username))
        }
    }
}

/// From the environment, else from standard input: asked for, and not shown, when somebody sits there.
fn password() -> Result<String, String> {
    if let Ok(password) = std::env::var(PASSWORD) {
        return Ok(password);
    }
    if std::io::stdin().is_terminal() {
        return rpassword::prompt_password("Password: ").map_err(|error| format!("no password: {error}"));
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).map_err(|error| format!("no password: {error}"))?;
    Ok(line.trim_end_matches(['\n', '\r']).to_string())
}
