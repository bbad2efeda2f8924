//! The bus inside one process: for other binaries and for tests of the hub.

use std::sync::{Arc, Mutex, Weak};

use kernel::Event;

use super::topics::Topics;
use super::{LINGER, Slot};

/// What several local buses share: each hears what the others publish. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct LocalNet(Arc<Mutex<Vec<Weak<Station>>>>);

#[derive(Debug)]
struct Station {
    topics: Arc<Topics>,
    listener: Arc<Slot>,
}

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Slot").field(&self.0.get().is_some()).finish()
    }
}

pub(super) struct LocalTransport {
    net: LocalNet,
    me: Arc<Station>,
}

impl LocalTransport {
    pub(super) fn start(net: &LocalNet, topics: Arc<Topics>, listener: Arc<Slot>) -> Self {
        let me = Arc::new(Station { topics, listener });
        net.stations().push(Arc::downgrade(&me));
        Self { net: net.clone(), me }
    }

    pub(super) fn publish(&self, event: &Event) {
        self.me.topics.take_idle(LINGER);
        let others = {
            let mut stations = self.net.stations();
            stations.retain(|station| station.strong_count() > 0);
            stations.iter().filter_map(Weak::upgrade).collect::<Vec<_>>()
        };
        for other in others {
            other.topics.take_idle(LINGER);
            if Arc::ptr_eq(&other, &self.me) || !other.topics.contains(event.topic) {
                continue;
            }
            if let Some(listener) = other.listener.get() {
                listener.heard(event.clone());
            }
        }
    }
}

impl LocalNet {
    fn stations(&self) -> std::sync::MutexGuard<'_, Vec<Weak<Station>>> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Env, Header, Topic};

    use super::super::{Bus, Listener};
    use super::*;

    #[derive(Default)]
    struct Ear(Mutex<Vec<Event>>);

    impl Listener for Ear {
        fn heard(&self, event: Event) {
            self.0.lock().unwrap().push(event);
        }
        fn lost(&self) {}
        fn restored(&self) {}
    }

    fn bus(net: &LocalNet) -> (Bus, Arc<Ear>) {
        let (bus, ear) = (Bus::local(net), Arc::new(Ear::default()));
        let listener: Arc<dyn Listener> = ear.clone();
        bus.attach(Arc::downgrade(&listener));
        (bus, ear)
    }

    #[tokio::test(start_paused = true)]
    async fn others_hear_what_they_joined_and_oneself_hears_everything_once() {
        let net = LocalNet::default();
        let ((one, ear_one), (two, ear_two)) = (bus(&net), bus(&net));
        let topic = Topic::User(Env::system().id());
        let event = Event { topic, header: Header::default(), frame: "{}".into() };

        one.publish(event.clone());
        assert_eq!((ear_one.0.lock().unwrap().len(), ear_two.0.lock().unwrap().len()), (1, 0));
        let joined = two.join(topic).await;
        one.publish(event.clone());
        assert_eq!((ear_one.0.lock().unwrap().len(), ear_two.0.lock().unwrap().len()), (2, 1));
        drop(joined);
        tokio::time::advance(LINGER).await;
        one.publish(event);
        assert_eq!(ear_two.0.lock().unwrap().len(), 1);
    }
}
