//! One of the product's processes, as far as tests look at it.

use gateway::Running;

/// One gateway.
#[derive(Debug)]
pub struct Gateway {
    /// `http://127.0.0.1:port`.
    pub url: String,
    /// The running server.
    pub running: Option<Running>,
}

impl Gateway {
    /// How many topics its sessions listen to, all together: none, once they are all forgotten.
    pub fn topics(&self) -> usize {
        let running = format!("{:?}", self.running);
        let (_, count) = running.split_once("Hub { topics: ").expect("the gateway runs");
        count.split(',').next().and_then(|count| count.parse().ok()).expect("a number")
    }
}
