//! Somebody with 2,000 conversations: the list, page by page, and what a session begins with.
//!
//! `cargo xtask bench conversations`. The crates themselves, without HTTP: the rest of a call is measured by the other benches.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement that cannot go on fails"
)]

use std::time::{Duration, Instant};

use dm::{ConversationsLimit, Kind};
use gateway::services::Services;
use kernel::UserId;
use tests::App;

/// Conversations of the one who is measured: every tenth is a group.
const CONVERSATIONS: usize = 2_000;
/// Messages in each.
const MESSAGES: usize = 100;
/// Others in a group.
const OTHERS: usize = 20;
/// Lists of each row.
const LISTS: usize = 100;

/// People, conversations with them, and what was written there, by both sides in turn. Of every fifth the reader has read all,
/// of the others half.
const FURNITURE: &str = "
    INSERT INTO users (id, username, username_key, name, created_at, updated_at)
        SELECT gen_random_uuid(), 'person' || n, 'person' || n, 'Person ' || n, now(), now()
        FROM generate_series(1, {conversations}) AS n;
    CREATE TEMPORARY TABLE made AS SELECT gen_random_uuid() AS id, n, u.id AS other,
        CASE WHEN n % 10 = 0 THEN 'group' ELSE 'direct' END AS kind, now() - n * interval '1 hour' AS at
        FROM generate_series(1, {conversations}) AS n JOIN users u ON u.username = 'person' || n;
    INSERT INTO scopes (id) SELECT id FROM made;
    INSERT INTO timelines (id, kind, scope_id, last_seq, rev) SELECT id, kind, id, {messages}, {messages} FROM made;
    INSERT INTO conversations (id, kind, name, member_count, created_at, updated_at)
        SELECT id, kind, CASE WHEN kind = 'group' THEN 'Group ' || n END,
            CASE WHEN kind = 'group' THEN {others} + 1 ELSE 2 END, at, at FROM made;
    INSERT INTO pairs (low_id, high_id, conversation_id)
        SELECT least('{me}'::uuid, other), greatest('{me}'::uuid, other), id FROM made WHERE kind = 'direct';
    INSERT INTO participants (conversation_id, user_id, role, visible_from, joined_at, is_pinned)
        SELECT id, '{me}'::uuid, CASE WHEN kind = 'group' THEN 'owner' ELSE 'member' END, 1, at, n % 400 = 0 FROM made
        UNION ALL SELECT id, other, 'member', 1, at, false FROM made WHERE kind = 'direct'
        UNION ALL SELECT made.id, u.id, 'member', 1, at, false FROM made
            JOIN generate_series(1, {others}) AS k ON true
            JOIN users u ON u.username = 'person' || 1 + (n * 7 + k) % {conversations} WHERE made.kind = 'group';
    INSERT INTO messages (timeline_id, seq, id, author_id, kind, content, created_rev, rev, created_at)
        SELECT id, seq, gen_random_uuid(), CASE WHEN seq % 2 = 0 THEN '{me}'::uuid ELSE other END, 'text',
            'message ' || seq || ' of ' || n, seq, seq, at + seq * interval '1 second'
        FROM generate_series(1, {messages}) AS seq CROSS JOIN made;
    INSERT INTO read_marks (user_id, timeline_id, seq)
        SELECT '{me}'::uuid, id, CASE WHEN n % 5 = 0 THEN {messages} ELSE {messages} / 2 END FROM made;
    ANALYZE";

#[tokio::main]
async fn main() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let numbers = [("{conversations}", CONVERSATIONS), ("{messages}", MESSAGES), ("{others}", OTHERS)];
    let furniture = numbers.iter().fold(FURNITURE.replace("{me}", &ada.id), |text, (name, number)| {
        text.replace(name, &number.to_string())
    });
    app.sql(&furniture).await;
    let (services, user) = (app.services(), ada.id.parse().unwrap());
    println!("{CONVERSATIONS} conversations, {} messages; load {}", app.count("messages").await, load());
    println!("| what | p50 ms | p99 ms |\n| --- | ---: | ---: |");
    for (what, kind, pages) in [
        ("the first page of the list", None, 1),
        ("its first ten pages", None, 10),
        ("the first page of groups", Some(Kind::Group), 1),
    ] {
        let took = measured(async || list(services, user, kind, pages).await).await;
        row(what, took);
    }
    row("what a session hears from the start", measured(async || heard(services, user).await).await);
    row("what `ready` says of them", measured(async || begun(services, user).await).await);
    row("the places that a search looks at", measured(async || readable(services, user).await).await);
    println!("load {}", load());
}

async fn list(services: &Services, user: UserId, kind: Option<Kind>, pages: usize) {
    let mut behind = None;
    for _ in 0..pages {
        let limit = ConversationsLimit::default();
        let (page, next) = services.dm.list(user, kind, behind, limit).await.unwrap();
        assert_eq!(page.items.len(), 50);
        behind = next;
    }
}

async fn heard(services: &Services, user: UserId) {
    assert_eq!(services.dm.scopes_of(user).await.unwrap().len(), CONVERSATIONS);
}

async fn begun(services: &Services, user: UserId) {
    let heard = services.dm.scopes_of(user).await.unwrap().into_iter().map(|(id, ..)| id).collect::<Vec<_>>();
    let views = services.dm.views(user, &heard).await.unwrap();
    let timelines = views.iter().map(|view| view.info.id.into()).collect::<Vec<_>>();
    assert_eq!(services.messaging.unread(user, &[], &timelines).await.unwrap().len(), CONVERSATIONS);
}

async fn readable(services: &Services, user: UserId) {
    assert_eq!(services.dm.readable(user, None).await.unwrap().len(), CONVERSATIONS);
}

/// How long each of some calls takes, one after the other.
async fn measured(call: impl AsyncFn()) -> Vec<Duration> {
    let mut took = Vec::with_capacity(LISTS);
    for _ in 0..LISTS {
        let start = Instant::now();
        call().await;
        took.push(start.elapsed());
    }
    took
}

fn row(what: &str, mut took: Vec<Duration>) {
    took.sort_unstable();
    let millis = |part: usize| took[took.len() * part / 100].as_secs_f64() * 1_000.0;
    println!("| {what} | {:.1} | {:.1} |", millis(50), millis(99));
}

/// What else the machine is doing: the mean number of running tasks in the last minute.
fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_string()
}
