//! The figures as Prometheus reads them: OpenMetrics 1.0, of which its own format of old is a dialect.

mod parts;
mod requests;
mod sheet;
mod sockets;

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;

use super::Snapshot;
use sheet::Sheet;

/// Its media type.
pub(crate) const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The figures. Their names begin with `guildhall_`.
pub(crate) fn text(snapshot: Snapshot) -> String {
    let mut registry = Registry::with_prefix("guildhall");
    registry.register_collector(Box::new(snapshot));
    let mut text = String::new();
    // A String takes everything.
    let _ = encode(&mut text, &registry);
    text
}

impl Collector for Snapshot {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut sheet = Sheet::new(encoder);
        parts::process(self, &mut sheet)?;
        requests::http(self, &mut sheet)?;
        requests::limits(self, &mut sheet)?;
        requests::commands(self, &mut sheet)?;
        sockets::sessions(self, &mut sheet)?;
        sockets::traffic(self, &mut sheet)?;
        sockets::queues(self, &mut sheet)?;
        sockets::delivery(self, &mut sheet)?;
        sockets::access(self, &mut sheet)?;
        parts::writers(self, &mut sheet)?;
        parts::database(self, &mut sheet)?;
        parts::bus(self, &mut sheet)?;
        parts::jobs(self, &mut sheet)?;
        parts::passwords(self, &mut sheet)
    }
}
