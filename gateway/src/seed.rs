//! Something to look at: two people and a server, made once.

use guilds::input::CreateGuildBody;
use identity::input::{LoginBody, RegisterBody};
use kernel::{Failure, UserId};

use crate::http::ApiError;
use crate::services::Services;

const PEOPLE: [(&str, &str); 2] = [("ada", "Ada Lovelace"), ("charles", "Charles Babbage")];
const PASSWORD: &str = "correct horse battery";
const SERVER: &str = "Analytical engines";

/// What there is after seeding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeded {
    /// Usernames; all have the same password.
    pub usernames: Vec<&'static str>,
    /// The password.
    pub password: &'static str,
    /// The server's name.
    pub server: &'static str,
    /// Its channel `general`, by id.
    pub channel: String,
}

/// Makes two accounts and a server that both are in, unless they are there.
///
/// # Errors
/// What went wrong, in a sentence.
pub async fn seed(services: &Services) -> Result<Seeded, String> {
    let words = |error: ApiError| error.cause.unwrap_or(error.message);
    let mut people = Vec::new();
    for (username, name) in PEOPLE {
        people.push(person(services, username, name).await.map_err(words)?);
    }
    let [owner, guest] = people[..] else { return Err("two people were wanted".into()) };
    let servers = services.guilds.list(owner).await.map_err(|error| words(error.into()))?;
    let server = match servers.into_iter().find(|server| server.name == SERVER) {
        Some(server) => server,
        None => {
            let body = CreateGuildBody {
                name: SERVER.into(),
                description: Some("Cogs, cards and computation".into()),
            };
            services.guilds.create(owner, body).await.map_err(|error| words(error.into()))?
        }
    };
    services.guilds.join(guest, &server.invite_code).await.map_err(|error| words(error.into()))?;
    let channel = server.channels.iter().find(|channel| channel.name == "general");
    Ok(Seeded {
        usernames: PEOPLE.iter().map(|(username, _)| *username).collect(),
        password: PASSWORD,
        server: SERVER,
        channel: channel.map(|channel| channel.id.to_string()).unwrap_or_default(),
    })
}

async fn person(services: &Services, username: &str, name: &str) -> Result<UserId, ApiError> {
    let body = RegisterBody {
        email: format!("{username}@example.org"),
        password: PASSWORD.into(),
        username: Some(username.into()),
        name: Some(name.into()),
    };
    match services.identity.register(body, Some("seed")).await {
        Ok(login) => Ok(login.user.id),
        Err(error) if error.code() == kernel::Code::UserExists => {
            let body = LoginBody { email: None, username: Some(username.into()), password: PASSWORD.into() };
            Ok(services.identity.login(body, Some("seed")).await?.user.id)
        }
        Err(error) => Err(error.into()),
    }
}
