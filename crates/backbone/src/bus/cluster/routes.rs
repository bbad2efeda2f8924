//! Which events go to which node.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tokio::sync::mpsc;

use super::slots::{SlotMap, slot_of};
use crate::bus::shared::Outgoing;
use crate::redis::Address;

/// Queues of the nodes, and whose turn an event is. Read by everybody who publishes.
#[derive(Debug, Default)]
pub(in crate::bus) struct Routes(RwLock<Table>);

#[derive(Debug, Default)]
struct Table {
    map: SlotMap,
    queues: HashMap<Address, mpsc::Sender<Outgoing>>,
}

impl Routes {
    /// Queues an event at the node that has its channel. Whether there is one, with room.
    pub(in crate::bus) fn send(&self, event: Outgoing) -> bool {
        let table = self.read();
        let queue = table.map.owner(slot_of(&event.channel)).and_then(|node| table.queues.get(node));
        queue.is_some_and(|queue| queue.try_send(event).is_ok())
    }

    /// Queues an event at this node, which another has named. Not twice: the log has it.
    pub(super) fn redirect(&self, to: &Address, event: Outgoing) -> bool {
        let event = Outgoing { redirected: true, ..event };
        self.read().queues.get(to).is_some_and(|queue| queue.try_send(event).is_ok())
    }

    pub(super) fn map(&self, map: SlotMap) {
        self.write().map = map;
    }

    pub(super) fn add(&self, node: Address, queue: mpsc::Sender<Outgoing>) {
        self.write().queues.insert(node, queue);
    }

    pub(super) fn remove(&self, node: &Address) {
        self.write().queues.remove(node);
    }

    fn read(&self) -> RwLockReadGuard<'_, Table> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Table> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
