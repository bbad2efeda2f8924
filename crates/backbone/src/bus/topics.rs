//! Which topics this process wants, and which of them are subscribed. No IO.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::Duration;

use kernel::Topic;
use tokio::sync::watch;
use tokio::time::Instant;

/// Whether a topic is subscribed, to wait for.
pub(super) type Ready = watch::Receiver<bool>;

#[derive(Debug, Default)]
pub(super) struct Topics(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    entries: HashMap<Topic, Entry>,
    /// Joined for the first time and not yet handed to the transport.
    wanted: Vec<Topic>,
    /// Left by the last listener, in that order.
    idle: VecDeque<(Instant, Topic)>,
}

#[derive(Debug)]
struct Entry {
    listeners: usize,
    /// Since when there is no listener. A later join makes an older mark in `idle` void.
    idle_since: Option<Instant>,
    ready: watch::Sender<bool>,
}

impl Topics {
    /// One more listener. The receiver tells when the topic is subscribed.
    pub(super) fn join(&self, topic: Topic) -> Ready {
        let mut state = self.lock();
        let state = &mut *state;
        let entry = state.entries.entry(topic).or_insert_with(|| {
            state.wanted.push(topic);
            Entry { listeners: 0, idle_since: None, ready: watch::Sender::new(false) }
        });
        entry.listeners += 1;
        entry.idle_since = None;
        entry.ready.subscribe()
    }

    /// One listener less.
    pub(super) fn leave(&self, topic: Topic) {
        let mut state = self.lock();
        let Some(entry) = state.entries.get_mut(&topic) else { return };
        entry.listeners = entry.listeners.saturating_sub(1);
        if entry.listeners == 0 {
            let now = Instant::now();
            entry.idle_since = Some(now);
            state.idle.push_back((now, topic));
        }
    }

    /// Whether anybody here listens to the topic, or did until just now.
    pub(super) fn contains(&self, topic: Topic) -> bool {
        self.lock().entries.contains_key(&topic)
    }

    /// How many topics are joined.
    pub(super) fn count(&self) -> usize {
        self.lock().entries.len()
    }

    /// Topics joined since the last call, to be subscribed.
    pub(super) fn take_wanted(&self) -> Vec<Topic> {
        std::mem::take(&mut self.lock().wanted)
    }

    /// All topics, to be subscribed on a new connection. None of them counts as subscribed until [`Self::mark_ready`].
    pub(super) fn restart(&self) -> Vec<Topic> {
        let mut state = self.lock();
        state.wanted.clear();
        for entry in state.entries.values() {
            entry.ready.send_replace(false);
        }
        state.entries.keys().copied().collect()
    }

    /// These topics are subscribed now.
    pub(super) fn mark_ready(&self, topics: &[Topic]) {
        let state = self.lock();
        for entry in topics.iter().filter_map(|topic| state.entries.get(topic)) {
            entry.ready.send_replace(true);
        }
    }

    /// These topics are subscribed no more.
    pub(super) fn mark_lost(&self, topics: &[Topic]) {
        let state = self.lock();
        for entry in topics.iter().filter_map(|topic| state.entries.get(topic)) {
            entry.ready.send_replace(false);
        }
    }

    /// Forgets the topics that have had no listener for `linger`, and returns them: to be unsubscribed.
    pub(super) fn take_idle(&self, linger: Duration) -> Vec<Topic> {
        let mut state = self.lock();
        let state = &mut *state;
        let mut gone = Vec::new();
        while let Some((since, topic)) = state.idle.front().copied() {
            if since.elapsed() < linger {
                break;
            }
            state.idle.pop_front();
            if state.entries.get(&topic).is_some_and(|entry| entry.idle_since == Some(since)) {
                state.entries.remove(&topic);
                state.wanted.retain(|wanted| *wanted != topic);
                gone.push(topic);
            }
        }
        gone
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::Env;

    const LINGER: Duration = Duration::from_secs(1);

    #[tokio::test(start_paused = true)]
    async fn a_topic_is_wanted_once_and_left_after_the_linger() {
        let topics = Topics::default();
        let topic = Topic::User(Env::system().id());
        let ready = topics.join(topic);
        topics.join(topic);
        assert_eq!(topics.take_wanted(), [topic]);
        assert!(topics.take_wanted().is_empty() && !*ready.borrow());
        topics.mark_ready(&[topic]);
        assert!(*ready.borrow());

        topics.leave(topic);
        tokio::time::advance(LINGER * 2).await;
        assert!(topics.take_idle(LINGER).is_empty(), "one listener is left");
        topics.leave(topic);
        assert!(topics.take_idle(LINGER).is_empty(), "it lingers");
        tokio::time::advance(LINGER).await;
        assert_eq!(topics.take_idle(LINGER), [topic]);
        assert!(!topics.contains(topic));
    }

    #[tokio::test(start_paused = true)]
    async fn coming_back_within_the_linger_keeps_the_topic() {
        let topics = Topics::default();
        let topic = Topic::User(Env::system().id());
        topics.join(topic);
        topics.leave(topic);
        tokio::time::advance(LINGER / 2).await;
        topics.join(topic);
        tokio::time::advance(LINGER).await;
        assert!(topics.take_idle(LINGER).is_empty());
        topics.leave(topic);
        assert!(topics.take_idle(LINGER).is_empty(), "the old mark is void");
        tokio::time::advance(LINGER).await;
        assert_eq!(topics.take_idle(LINGER), [topic]);
    }
}
