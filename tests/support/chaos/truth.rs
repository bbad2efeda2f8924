//! What the database says when all is over, and the triggers that note who could see what when.

use std::collections::HashMap;

use diesel::sql_types::Text;
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use serde_json::Value;

use super::history::{Row, Stay, Timeline, Truth};

/// Notes, in the transaction that lets somebody in, the moment; and in that of each loss the last change that was committed
/// before it. It is exact: a loss holds the scope's lock alone until its own commit, so that nothing is written in between.
/// The members that there are stay from the beginning.
const NOTE_STAYS: &str = "
    CREATE TABLE stays (
        n bigserial, user_id uuid, timeline_id uuid, began double precision, lost_at bigint);
    INSERT INTO stays (user_id, timeline_id, began)
        SELECT m.user_id, t.id, 0 FROM members m JOIN timelines t ON t.scope_id = m.guild_id;
    CREATE FUNCTION note_stay() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            INSERT INTO stays (user_id, timeline_id, began)
            SELECT NEW.user_id, t.id, extract(epoch FROM clock_timestamp()) * 1000
            FROM timelines t WHERE t.scope_id = NEW.guild_id;
            RETURN NULL;
        END $$;
    CREATE TRIGGER note_stay AFTER INSERT ON members FOR EACH ROW EXECUTE FUNCTION note_stay();
    CREATE FUNCTION note_loss() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE stays s SET lost_at = t.rev FROM timelines t
            WHERE t.scope_id = OLD.guild_id AND s.timeline_id = t.id AND s.user_id = OLD.user_id AND s.lost_at IS NULL;
            RETURN NULL;
        END $$;
    CREATE TRIGGER note_loss AFTER DELETE ON members FOR EACH ROW EXECUTE FUNCTION note_loss()";

const ROWS: &str = "
    SELECT json_build_object('timeline', m.timeline_id, 'id', m.id, 'seq', m.seq, 'created', m.created_rev, 'rev', m.rev,
        'author', m.author_id, 'nonce', coalesce(m.nonce, ''), 'content', m.content,
        'deleted', m.deleted_at IS NOT NULL, 'pinned', m.pinned_at IS NOT NULL,
        'reactions', (SELECT coalesce(json_agg(json_build_array(r.emoji, r.user_id)), '[]') FROM reactions r
            WHERE r.timeline_id = m.timeline_id AND r.seq = m.seq))::text AS name FROM messages m";

const STAYS: &str = "
    SELECT json_build_object('user', user_id, 'timeline', timeline_id, 'from', floor(began)::bigint, 'lost', lost_at)::text
    AS name FROM stays ORDER BY n";

const HEADS: &str = "SELECT json_build_object('timeline', id, 'rev', rev)::text AS name FROM timelines";

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Begins to note who can see what.
pub(super) async fn note_stays(database: &str) {
    connect(database).await.batch_execute(NOTE_STAYS).await.expect("the triggers are made");
}

/// Where the timelines stand.
pub(super) async fn heads(database: &str, timelines: &HashMap<String, Timeline>) -> Vec<i64> {
    let mut heads = vec![0; timelines.len()];
    for row in objects(database, HEADS).await {
        if let Some(timeline) = timelines.get(text(&row["timeline"])) {
            heads[*timeline] = int(&row["rev"]);
        }
    }
    heads
}

/// All that the checker compares with.
pub(super) async fn read(database: &str, timelines: &HashMap<String, Timeline>) -> Truth {
    let heads = heads(database, timelines).await;
    let rows = objects(database, ROWS).await;
    let rows = rows.iter().filter_map(|row| Some(message(*timelines.get(text(&row["timeline"]))?, row)));
    let stays = objects(database, STAYS).await;
    let stays = stays.iter().filter_map(|row| {
        let timeline = *timelines.get(text(&row["timeline"]))?;
        let (user, from) = (text(&row["user"]).parse().unwrap(), int(&row["from"]));
        Some(Stay { user, timeline, from, lost_at: row["lost"].as_i64() })
    });
    Truth { heads, rows: rows.collect(), stays: stays.collect() }
}

/// The number that a query finds, as text called `name`.
pub(super) async fn number(database: &str, query: &str) -> i64 {
    names(database, query).await[0].parse().expect("a number")
}

/// What is not as it must be of every database, in words.
pub(super) async fn broken(database: &str) -> Vec<String> {
    let mut broken = Vec::new();
    for query in [crate::invariants::MESSAGES, crate::invariants::GUILDS] {
        broken.extend(names(database, query).await);
    }
    broken
}

fn message(timeline: Timeline, row: &Value) -> Row {
    let mut reactions: std::collections::BTreeMap<String, std::collections::BTreeSet<_>> = Default::default();
    for one in row["reactions"].as_array().unwrap() {
        reactions.entry(text(&one[0]).into()).or_default().insert(text(&one[1]).parse().unwrap());
    }
    Row {
        timeline,
        id: text(&row["id"]).parse().unwrap(),
        seq: int(&row["seq"]),
        created_rev: int(&row["created"]),
        rev: int(&row["rev"]),
        author: text(&row["author"]).parse().unwrap(),
        nonce: text(&row["nonce"]).into(),
        content: text(&row["content"]).into(),
        deleted: row["deleted"] == true,
        pinned: row["pinned"] == true,
        reactions,
    }
}

async fn connect(database: &str) -> AsyncPgConnection {
    AsyncPgConnection::establish(database).await.expect("PostgreSQL answers")
}

async fn names(database: &str, query: &str) -> Vec<String> {
    let rows: Vec<Named> = sql_query(query).load(&mut connect(database).await).await.expect("a query");
    rows.into_iter().map(|row| row.name).collect()
}

async fn objects(database: &str, query: &str) -> Vec<Value> {
    let names = names(database, query).await;
    names.iter().map(|text| serde_json::from_str(text).expect("an object")).collect()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn int(value: &Value) -> i64 {
    value.as_i64().expect("a number")
}
