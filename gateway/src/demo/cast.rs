//! Who is in the community.

use std::collections::HashMap;

use identity::Client;
use identity::input::{LoginBody, RegisterBody};
use kernel::{Code, Failure, UserId};

use super::{PASSWORD, words};
use crate::services::Services;

/// Usernames and display names.
const PEOPLE: [(&str, &str); 6] = [
    ("ada", "Ada Brandt"),
    ("charles", "Charles Okoro"),
    ("mira", "Mira Petrov"),
    ("jonas", "Jonas Lind"),
    ("yuki", "Yuki Tanaka"),
    ("sam", "Sam Whitfield"),
];
/// What they log in from, in the list of their logins.
const DEVICE: &str = "demo";

/// Everybody's username.
pub(super) fn usernames() -> impl Iterator<Item = &'static str> {
    PEOPLE.iter().map(|(username, _)| *username)
}

/// Everybody, by username. Who has no account gets one.
pub(super) async fn gather(services: &Services) -> Result<HashMap<&'static str, UserId>, String> {
    let mut people = HashMap::new();
    for (username, name) in PEOPLE {
        people.insert(username, person(services, username, name).await?);
    }
    Ok(people)
}

async fn person(services: &Services, username: &str, name: &str) -> Result<UserId, String> {
    let body = RegisterBody {
        email: format!("{username}@example.org"),
        password: PASSWORD.into(),
        username: Some(username.into()),
        name: Some(name.into()),
        phone: None,
    };
    match services.identity.register(body, &Client::new(Some(DEVICE), None)).await {
        Ok(login) => return Ok(login.user.id),
        Err(error) if error.code() == Code::UserExists => {}
        Err(error) => return Err(words(error.into())),
    }
    // What will be printed must be true: that one can log in with this password.
    let body = LoginBody {
        email: None,
        username: Some(username.into()),
        password: PASSWORD.into(),
        verification_code: None,
    };
    match services.identity.login(body, &Client::new(Some(DEVICE), None)).await {
        Ok(login) => Ok(login.user.id),
        Err(error) if error.code() == Code::InvalidCredentials => Err(format!(
            "somebody else is called {username} here: the demo wants a database where its names are free"
        )),
        Err(error) => Err(words(error.into())),
    }
}
