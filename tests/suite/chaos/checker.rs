//! The checker is fed a history in which all is well, and then one that is wrong in a single place: it must see that.

use std::collections::{BTreeMap, BTreeSet};

use tests::chaos::checker::{Broken, check};
use tests::chaos::history::{Change, Client, Message, News, Outcome, Row, Stay, Told, Tried, Truth, Written};
use uuid::Uuid;

const ADA: Uuid = Uuid::from_u128(1);
const BOB: Uuid = Uuid::from_u128(2);
const HEART: &str = "❤️";
/// When Bob was let in, lost access, and was let in again; and the timeline's change when he lost it.
const LET_IN: i64 = 1_000;
const BACK: i64 = 5_000;
const LOST_AT: i64 = 3;

fn id(seq: i64) -> Uuid {
    Uuid::from_u128(u128::try_from(100 + seq).unwrap())
}

fn message(seq: i64, rev: i64, content: &str) -> Message {
    let (pinned, reactions) = (false, BTreeMap::new());
    Message { id: id(seq), seq, rev, author: ADA, content: content.into(), pinned, reactions }
}

fn row(seq: i64, created_rev: i64, rev: i64, content: &str) -> Row {
    Row {
        timeline: 0,
        id: id(seq),
        seq,
        created_rev,
        rev,
        author: ADA,
        nonce: format!("n{seq}"),
        content: content.into(),
        deleted: false,
        pinned: false,
        reactions: BTreeMap::new(),
    }
}

fn done(change: Change, seq: i64, rev: i64) -> Tried {
    let written = Some(Written { id: id(seq), seq, rev });
    Tried { timeline: 0, change, outcome: Outcome::Done(written), doubtful: false }
}

fn post(seq: i64, rev: i64, content: &str) -> Tried {
    done(Change::Post { nonce: format!("n{seq}"), content: content.into() }, seq, rev)
}

fn event(at: i64, rev: i64, news: News) -> Told {
    Told::Event { at, timeline: 0, rev, news }
}

/// Ada writes three messages, edits the first, deletes the second, pins the third; Bob puts a heart on the third. He is
/// away from 4 to 7 without access, and comes back.
struct Story {
    ada: Client,
    bob: Client,
    truth: Truth,
}

impl Story {
    fn new() -> Self {
        let edit = done(Change::Edit { message: id(1), content: "one!".into() }, 1, 3);
        let delete = Tried {
            timeline: 0,
            change: Change::Delete { message: id(2) },
            outcome: Outcome::Done(None),
            doubtful: false,
        };
        let pin = Tried { change: Change::Pin { message: id(3), on: true }, ..delete.clone() };
        let react = Change::React { message: id(3), emoji: HEART.into(), on: true };
        let react = Tried { change: react, ..delete.clone() };
        let heard = |at: i64| {
            vec![
                event(at, 1, News::New(message(1, 1, "one"))),
                event(at, 2, News::New(message(2, 2, "two"))),
                event(at, 3, News::Whole(message(1, 3, "one!"))),
            ]
        };
        let mut hers = heard(2_000);
        hers.push(event(3_000, 4, News::Gone(id(2))));
        hers.push(event(3_000, 5, News::New(message(3, 5, "three"))));
        hers.push(event(3_000, 6, News::Pinned(id(3), true)));
        hers.push(event(6_000, 7, News::Reacted(id(3), HEART.into(), 1)));
        let mut his = heard(2_000);
        // What he missed, compacted.
        his.push(event(5_500, 4, News::Gone(id(2))));
        let pinned = Message { pinned: true, ..message(3, 6, "three") };
        his.push(event(5_500, 6, News::New(pinned)));
        his.push(Told::Complete { at: 5_500, timeline: 0, rev: 6 });
        his.push(event(6_000, 7, News::Reacted(id(3), HEART.into(), 1)));
        let tried = vec![post(1, 1, "one"), post(2, 2, "two"), edit, delete, post(3, 5, "three"), pin];
        let ada = Client { user: ADA, tried, told: hers };
        let bob = Client { user: BOB, tried: vec![react], told: his };
        let deleted = Row { deleted: true, ..row(2, 2, 4, "") };
        let hearts = BTreeMap::from([(HEART.to_string(), BTreeSet::from([BOB]))]);
        let third = Row { pinned: true, reactions: hearts, ..row(3, 5, 7, "three") };
        let stay = |user, from, lost_at| Stay { user, timeline: 0, from, lost_at };
        let stays = vec![stay(ADA, 0, None), stay(BOB, LET_IN, Some(LOST_AT)), stay(BOB, BACK, None)];
        let truth = Truth { heads: vec![7], rows: vec![row(1, 1, 3, "one!"), deleted, third], stays };
        Self { ada, bob, truth }
    }

    /// What the checker says of the story after something was changed in it.
    fn with(change: impl FnOnce(&mut Self)) -> BTreeSet<Broken> {
        let mut story = Self::new();
        change(&mut story);
        let found = check(&[story.ada, story.bob], &story.truth);
        found.into_iter().map(|violation| violation.broken).collect()
    }
}

#[track_caller]
fn sees(broken: Broken, change: impl FnOnce(&mut Story)) {
    let found = Story::with(change);
    assert!(found.contains(&broken), "{broken:?} was not seen, but {found:?}");
}

#[test]
fn it_has_nothing_to_say_when_all_is_well() {
    assert_eq!(Story::with(|_| {}), BTreeSet::new());
}

#[test]
fn it_sees_what_was_lost() {
    // Live, though the client comes to the end; in a replay; a deletion; and a change of what was never told.
    sees(Broken::Lost, |story| drop(story.ada.told.remove(3)));
    sees(Broken::Lost, |story| drop(story.bob.told.remove(4)));
    sees(Broken::Lost, |story| drop(story.bob.told.remove(3)));
    sees(Broken::Lost, |story| drop(story.ada.told.remove(4)));
    // It stands at the end and is told of one thing less.
    sees(Broken::Lost, |story| story.truth.rows.push(row(4, 6, 6, "nobody was told")));
}

#[test]
fn it_sees_what_came_twice_and_out_of_order() {
    sees(Broken::Twice, |story| story.ada.told.insert(2, event(2_000, 2, News::New(message(2, 2, "two")))));
    sees(Broken::Twice, |story| story.ada.told[3] = event(2_500, 4, News::New(message(2, 4, "two"))));
    sees(Broken::OutOfOrder, |story| story.ada.told.swap(0, 1));
}

#[test]
fn it_sees_what_was_told_without_access() {
    sees(Broken::LeakedBeforeAccess, |story| {
        story.bob.told[0] = event(LET_IN - 2, 1, News::New(message(1, 1, "one")));
    });
    sees(Broken::LeakedAfterLoss, |story| story.bob.told[3] = event(BACK - 2, 4, News::Gone(id(2))));
    // What was committed before the loss may come late.
    assert_eq!(
        Story::with(|story| story.bob.told[2] = event(4_900, 3, News::Whole(message(1, 3, "one!")))),
        BTreeSet::new()
    );
    sees(Broken::LeakedAfterLoss, |story| {
        let messages = vec![message(1, 3, "one!"), message(3, 5, "three")];
        story.bob.told.insert(3, Told::Loaded { at: 4_000, timeline: 0, rev: 5, upto: 5, messages });
    });
}

#[test]
fn it_sees_what_became_of_writes() {
    sees(Broken::AcknowledgedButAbsent, |story| story.ada.tried.push(post(9, 7, "nine")));
    sees(Broken::AcknowledgedButAbsent, |story| story.truth.rows[1].deleted = false);
    sees(Broken::AcknowledgedButAbsent, |story| story.truth.rows[2].pinned = false);
    sees(Broken::AcknowledgedButAbsent, |story| story.truth.rows[2].reactions.clear());
    sees(Broken::RefusedButPresent, |story| story.ada.tried[4].outcome = Outcome::Refused);
    sees(Broken::RefusedButPresent, |story| story.ada.tried[5].outcome = Outcome::Refused);
    sees(Broken::WrittenTwice, |story| {
        story.truth.rows.push(Row { id: id(9), ..row(3, 6, 6, "three") });
    });
    sees(Broken::Unexplained, |story| drop(story.ada.tried.remove(0)));
    sees(Broken::Unexplained, |story| drop(story.ada.tried.remove(3)));
    sees(Broken::Diverged, |story| story.truth.rows[0].content = "one".into());
    sees(Broken::Diverged, |story| story.truth.rows[0].seq = 5);
}

#[test]
fn of_what_nobody_knows_it_says_nothing() {
    assert_eq!(Story::with(|story| story.ada.tried[4].outcome = Outcome::Unknown), BTreeSet::new());
    let unknown = |nonce: &str| Tried { outcome: Outcome::Unknown, ..post(9, 0, nonce) };
    assert_eq!(Story::with(|story| story.ada.tried.push(unknown("never came"))), BTreeSet::new());
    // An edit that was tried again before a later one, and may have happened after it.
    let late = Change::Edit { message: id(1), content: "one!".into() };
    let late = Tried { doubtful: true, ..done(late, 1, 3) };
    let later = done(Change::Edit { message: id(1), content: "one?".into() }, 1, 3);
    assert_eq!(
        Story::with(|story| drop(story.ada.tried.splice(2..3, [late, later.clone()]))),
        BTreeSet::new()
    );
    sees(Broken::Diverged, |story| drop(story.ada.tried.splice(3..3, [later])));
}

#[test]
fn it_sees_what_a_client_has_wrong() {
    sees(Broken::Diverged, |story| {
        story.ada.told[2] = event(2_000, 3, News::Whole(message(1, 3, "something else")));
    });
    sees(Broken::Diverged, |story| {
        story.ada.told[6] = event(6_000, 7, News::Reacted(id(3), HEART.into(), 2));
    });
    sees(Broken::Diverged, |story| story.ada.told[0] = event(2_000, 1, News::New(message(8, 1, "nowhere"))));
    sees(Broken::LeftBehind, |story| drop(story.bob.told.pop()));
}

#[test]
fn what_was_read_by_http_counts_as_told() {
    let story = Story::with(|story| {
        let third = Message { pinned: true, ..message(3, 6, "three") };
        let messages = vec![message(1, 3, "one!"), third];
        let loaded = Told::Loaded { at: 5_500, timeline: 0, rev: 6, upto: 6, messages };
        // Covered by it, and told all the same.
        let again = event(5_600, 6, News::Pinned(id(3), true));
        story.bob.told.splice(3..6, [loaded, again]);
    });
    assert_eq!(story, BTreeSet::new());
}
