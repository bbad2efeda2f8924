//! Which topic is subscribed at which node. No IO.

use std::collections::{HashMap, HashSet};

use kernel::Topic;

/// A connection to a node. Another one to the same node has another number.
pub(super) type NodeNumber = u64;

/// Where the topics are that this process wants.
#[derive(Debug, Default)]
pub(super) struct Placement {
    topics: HashMap<Topic, Place>,
    /// Those of which events may be missing.
    amiss: HashSet<Topic>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    /// None: nobody has its slot at present.
    node: Option<NodeNumber>,
    subscribed: bool,
}

impl Placement {
    /// The topic is asked for at this node. What was subscribed elsewhere may have missed something; what is wanted for the
    /// first time has missed nothing, as long as somebody has its slot.
    pub(super) fn ask(&mut self, topic: Topic, node: Option<NodeNumber>) {
        let known = self.topics.insert(topic, Place { node, subscribed: false });
        if known.is_some_and(|place| place.subscribed) || node.is_none() {
            self.amiss.insert(topic);
        }
    }

    /// Whether the topic is subscribed at this node.
    pub(super) fn is_at(&self, topic: Topic, node: Option<NodeNumber>) -> bool {
        self.topics.get(&topic).is_some_and(|place| place.subscribed && place.node == node)
    }

    pub(super) fn topics(&self) -> Vec<Topic> {
        self.topics.keys().copied().collect()
    }

    /// The node has confirmed it. Whether that is news.
    pub(super) fn confirm(&mut self, topic: Topic, node: NodeNumber) -> bool {
        let Some(place) = self.topics.get_mut(&topic).filter(|place| place.node == Some(node)) else {
            return false;
        };
        place.subscribed = true;
        self.amiss.remove(&topic);
        true
    }

    /// The node has refused it. Whether it is missed there.
    pub(super) fn refuse(&mut self, topic: Topic, node: NodeNumber) -> bool {
        let asked = |place: &Place| place.node == Some(node) && !place.subscribed;
        let missed = self.topics.get(&topic).is_some_and(asked);
        if missed {
            self.amiss.insert(topic);
        }
        missed
    }

    /// The node has ended the subscription. Whether that is a loss: of what is not subscribed yet, it is the answer to an
    /// earlier departure.
    pub(super) fn end(&mut self, topic: Topic, node: NodeNumber) -> bool {
        let there = |place: &&mut Place| place.node == Some(node) && place.subscribed;
        let Some(place) = self.topics.get_mut(&topic).filter(there) else { return false };
        *place = Place { node: None, subscribed: false };
        self.amiss.insert(topic);
        true
    }

    /// The connection to the node is gone. Who was there.
    pub(super) fn lose(&mut self, node: NodeNumber) -> Vec<Topic> {
        let mut lost = Vec::new();
        for (topic, place) in self.topics.iter_mut().filter(|(_, place)| place.node == Some(node)) {
            *place = Place { node: None, subscribed: false };
            lost.push(*topic);
        }
        self.amiss.extend(&lost);
        lost
    }

    /// Nobody wants it any more. Where it was.
    pub(super) fn leave(&mut self, topic: Topic) -> Option<NodeNumber> {
        self.amiss.remove(&topic);
        self.topics.remove(&topic).and_then(|place| place.node)
    }

    /// Whether nothing is missing.
    pub(super) fn is_complete(&self) -> bool {
        self.amiss.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    fn topic() -> Topic {
        Topic::User(Env::system().id())
    }

    #[test]
    fn a_first_subscription_misses_nothing_and_a_second_one_may() {
        let (mut placement, one) = (Placement::default(), topic());
        placement.ask(one, Some(1));
        assert!(placement.is_complete());
        assert!(placement.confirm(one, 1) && placement.is_at(one, Some(1)));
        // Its slot moves: what was told at the new node before it is subscribed there is missed.
        placement.ask(one, Some(2));
        assert!(!placement.is_complete());
        assert!(!placement.confirm(one, 1), "an answer of the node before says nothing");
        assert!(placement.confirm(one, 2) && placement.is_complete());
        assert!(!placement.end(one, 1), "it is not there any more");
    }

    #[test]
    fn what_a_node_ends_or_refuses_or_loses_is_missed_until_it_is_confirmed() {
        let (mut placement, one, two) = (Placement::default(), topic(), topic());
        for topic in [one, two] {
            placement.ask(topic, Some(1));
            assert!(!placement.end(topic, 1), "the end of an earlier subscription");
        }
        assert!(placement.confirm(one, 1));
        assert!(placement.refuse(two, 1) && !placement.refuse(one, 1) && !placement.is_complete());
        placement.ask(two, Some(2));
        assert!(placement.confirm(two, 2) && placement.is_complete());
        assert!(placement.end(one, 1) && !placement.is_complete());
        assert_eq!(placement.leave(one), None);
        assert!(placement.is_complete(), "nobody wants it");
        assert_eq!(placement.lose(2), [two]);
        assert!(!placement.is_complete());
        placement.ask(two, None);
        assert!(!placement.is_complete() && !placement.confirm(two, 2));
        placement.ask(two, Some(3));
        assert!(placement.confirm(two, 3) && placement.is_complete());
    }
}
