//! Accounts and servers, made as anybody makes them: by calls.

use std::net::SocketAddrV4;
use std::sync::Arc;
use std::thread;

use serde_json::json;

use super::http::{Client, text};
use crate::fail::{Failure, Outcome};

/// Calls at once.
const THREADS: usize = 8;
/// Servers that one account may own.
const OWNED: usize = 100;

/// What everybody's is.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// Somebody with an account.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// The account's id.
    pub(crate) id: String,
    /// Their access token.
    pub(crate) token: Arc<str>,
}

/// A server with one channel.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The server's id.
    pub(crate) server: String,
    /// Its channel's.
    pub(crate) channel: Arc<str>,
}

/// Makes `count` accounts.
pub(crate) fn people(address: SocketAddrV4, count: usize) -> Outcome<Vec<Person>> {
    in_parallel(address, count, |client, number| {
        let body = json!({
            "email": format!("bench{number}@example.org"),
            "username": format!("bench{number}"),
            "password": PASSWORD,
        });
        let answer = client.post("/api/auth/register", None, &body)?;
        Ok(Person { id: text(&answer, "/user/id")?, token: text(&answer, "/token")?.into() })
    })
}

/// Makes `count` servers; `people` own them by turns of a hundred.
pub(crate) fn places(address: SocketAddrV4, count: usize, people: &[Person]) -> Outcome<Vec<Place>> {
    in_parallel(address, count, |client, number| {
        let owner =
            people.get(number / OWNED).ok_or_else(|| Failure::new("too few people to own servers"))?;
        let body = json!({ "name": format!("Bench {number}") });
        let answer = client.post("/api/servers", Some(&owner.token), &body)?;
        let channel = text(&answer, "/server/channels/0/id")?.into();
        Ok(Place { server: text(&answer, "/server/id")?, channel })
    })
}

/// `count` results, made on some threads with a connection each, in their order.
fn in_parallel<T: Send>(
    address: SocketAddrV4,
    count: usize,
    make: impl Fn(&mut Client, usize) -> Outcome<T> + Sync,
) -> Outcome<Vec<T>> {
    let share = count.div_ceil(THREADS).max(1);
    let make = &make;
    thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .step_by(share)
            .map(|from| {
                scope.spawn(move || {
                    let mut client = Client::connect(address)?;
                    (from..count.min(from + share))
                        .map(|number| make(&mut client, number))
                        .collect::<Outcome<Vec<T>>>()
                })
            })
            .collect();
        let parts = threads.into_iter().map(|thread| {
            thread.join().unwrap_or_else(|_| Err(Failure::new("a thread that prepares things panicked")))
        });
        Ok(parts.collect::<Outcome<Vec<_>>>()?.into_iter().flatten().collect())
    })
}
