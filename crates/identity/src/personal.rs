//! What is held on a person, wherever it is held.

use std::fmt::Debug;

use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use kernel::{Internal, UserId};
use serde_json::Value;

/// A part of the product that holds data on people: it can hand out what it holds on one, and remove it. The gateway
/// knows all parts and asks each.
pub trait PersonalData: Debug + Send + Sync {
    /// Everything that is held on the user, in pieces that are small enough to be held in memory. Pieces of one file
    /// come one after the other.
    fn export(&self, user: UserId) -> BoxStream<'static, Result<Piece, Internal>>;

    /// Removes what is held on the user, or what tells that it was them, for good. Called after their account is gone;
    /// again, when it failed half-way; and again when there is nothing left, which is no error.
    fn erase(&self, user: UserId) -> BoxFuture<'static, Result<(), Internal>>;
}

/// Some of the items of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// The file's name, without an ending: `servers`.
    pub file: &'static str,
    /// What it holds, for people who are no programmers: a sentence.
    pub about: &'static str,
    /// The items. None, for a file that is empty.
    pub items: Vec<Value>,
}
