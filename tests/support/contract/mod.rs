//! What the product says of itself, held against what it does: every answer and every frame that any test sees must be
//! as the documents of the running server say.

mod calls;
mod frames;
mod strict;

use serde_json::Value;
use tokio::sync::OnceCell;

pub use calls::{Calls, Seen};
pub use frames::Frames;
pub use strict::{Schemas, Strict};

static CONTRACT: OnceCell<Contract> = OnceCell::const_new();

/// The documents, ready to check against. Read once a process, from the first server that somebody speaks to.
#[derive(Debug)]
pub struct Contract {
    /// The calls.
    pub calls: Calls,
    /// The frames of `/ws`.
    pub frames: Frames,
}

impl Contract {
    /// The contract, read from the server at `url` if it was not read before.
    pub async fn at(url: &str) -> &'static Self {
        CONTRACT
            .get_or_init(|| async {
                let calls = document(&format!("{url}/api/openapi.json")).await;
                let frames = document(&format!("{url}/api/asyncapi.json")).await;
                Self { calls: Calls::new(&calls), frames: Frames::new(&frames) }
            })
            .await
    }
}

/// A document that the server serves.
async fn document(url: &str) -> Value {
    crate::http()
        .build()
        .expect("a client")
        .get(url)
        .send()
        .await
        .expect("the server answers")
        .json()
        .await
        .expect("a document")
}
