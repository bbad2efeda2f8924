//! What travels from the hub to sessions: bytes that are shared, never copied.

use bytes::Bytes;
use kernel::{Event, Rev, Seq, Topic};
use messaging::FeedItem;

use crate::ws::{TimelineGap, Wire, frame_of};

/// One event on its way to the sessions that listen to its topic.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) topic: Topic,
    /// Its place in the timeline's order, when it is a durable change of one.
    pub(crate) rev: Option<Rev>,
    /// The number of the message that changed, when it is the change of one.
    pub(crate) seq: Option<Seq>,
    frames: Frames,
}

#[derive(Clone, Debug)]
enum Frames {
    /// The same for everybody.
    One(Wire),
    /// A row of the log: told differently to those who know the message already.
    Row { base: Rev, born: Rev, fresh: Option<Wire>, known: Wire },
}

impl Delivery {
    /// A live event; `None` when its frame is no text.
    pub(crate) fn live(event: &Event) -> Option<Self> {
        let published = event.header.published.filter(|_| event.header.rev.is_some());
        let frame = text(&event.frame)?.published(published);
        Some(Self {
            topic: event.topic,
            rev: event.header.rev,
            seq: event.header.seq,
            frames: Frames::One(frame),
        })
    }

    /// A frame for one session.
    pub(super) fn alone(topic: Topic, frame: Wire) -> Self {
        Self { topic, rev: None, seq: None, frames: Frames::One(frame) }
    }

    /// A row that was read from the log by somebody who had everything up to `base`; `None` when its frames are no text.
    pub(crate) fn row(topic: Topic, item: &FeedItem, base: Rev) -> Option<Self> {
        let fresh = match &item.fresh {
            Some(frame) => Some(text(frame)?),
            None => None,
        };
        let frames = Frames::Row { base, born: item.born, fresh, known: text(&item.known)? };
        Some(Self { topic, rev: Some(item.rev), seq: Some(item.seq), frames })
    }

    /// More was missed than is delivered: sessions reload the timeline.
    pub(crate) fn gap(topic: Topic, from_rev: Rev, to_rev: Rev) -> Option<Self> {
        let Topic::Timeline(timeline) = topic else { return None };
        let gap = TimelineGap { timeline: timeline.into(), from_rev, to_rev };
        let frames = Frames::One(frame_of(&gap)?);
        Some(Self { topic, rev: Some(to_rev), seq: None, frames })
    }

    /// The frame for a session that has everything up to `floor` and began with everything up to `joined`; `None` when it
    /// needs nothing. A message that was created after both that and the base of the reading is new to it, however far
    /// it has come since: other rows of the same reading may have taken it further.
    pub(crate) fn frame(&self, floor: Rev, joined: Rev) -> Option<&Wire> {
        if self.rev.is_some_and(|rev| rev <= floor) {
            return None;
        }
        match &self.frames {
            Frames::One(frame) => Some(frame),
            Frames::Row { base, born, known, .. } if *born <= joined.max(*base) => Some(known),
            Frames::Row { fresh, .. } => fresh.as_ref(),
        }
    }

    /// About how much memory the parcel holds.
    pub(crate) fn size(&self) -> usize {
        match &self.frames {
            Frames::One(frame) => frame.size(),
            Frames::Row { fresh, known, .. } => known.size() + fresh.as_ref().map_or(0, |frame| frame.size()),
        }
    }
}

/// A frame for a socket; `None` when it is no text.
pub(super) fn text(frame: &Bytes) -> Option<Wire> {
    std::str::from_utf8(frame).ok().map(Wire::text)
}
