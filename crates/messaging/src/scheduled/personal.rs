//! What is held on one person: what they wanted to send later.

use identity::Piece;
use kernel::UserId;
use serde_json::json;

use super::ScheduledLimit;
use crate::{Error, Messaging};

const SCHEDULED: &str = "What you wanted to be sent later, and what became of it in the last 30 days.";

impl Messaging {
    /// All of it: it is bounded, by how many may wait and how long the others are kept.
    pub(crate) async fn scheduled_piece(&self, user: UserId) -> Result<Piece, Error> {
        let mut items = Vec::new();
        let mut before = None;
        loop {
            let page = self.scheduled(user, None, before, ScheduledLimit::new(Some(100))).await?;
            before = page.items.last().map(|last| last.id);
            items.extend(page.items.into_iter().map(|one| json!(one)));
            if !page.has_more {
                return Ok(Piece { file: "scheduled-messages", about: SCHEDULED, items });
            }
        }
    }
}
