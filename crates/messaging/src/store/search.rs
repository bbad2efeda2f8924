//! The tables that messages are found by.

use diesel::QueryResult;
use diesel::prelude::Queryable;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, SmallInt, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{MessageId, Rev, ScopeId, Seq, TimelineId, UserId};

use crate::model::TimelineKind;
use crate::row::{COLUMNS, Columns, Row};

/// How far a timeline is indexed. Locked by who has read it.
#[derive(Clone, Debug, Queryable)]
pub(crate) struct Mark {
    pub(crate) timeline: TimelineId,
    pub(crate) rev: Rev,
}

/// A message that changed since it was indexed.
#[derive(Clone, Debug, Queryable)]
pub(crate) struct ChangedMessage {
    pub(crate) scope: ScopeId,
    pub(crate) timeline: TimelineId,
    pub(crate) seq: Seq,
    pub(crate) id: MessageId,
    pub(crate) author: UserId,
    pub(crate) content: String,
    pub(crate) rev: Rev,
    pub(crate) gone: bool,
    pub(crate) mentioned: Option<Vec<UserId>>,
    pub(crate) everyone: bool,
    /// How many files it has.
    pub(crate) files: i16,
}

/// What a message is found by.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) id: MessageId,
    pub(crate) timeline: TimelineId,
    pub(crate) seq: Seq,
    pub(crate) body: String,
    /// Words of the index that are no words: a JSON list, for an array of arrays must be rectangular.
    pub(crate) tags: String,
}

backbone::statement! {
    struct Begin<'a> { ids: &'a [TimelineId], language: &'a str } -> BigInt;
    "INSERT INTO search_marks (timeline_id, rev, language) SELECT id, 0, " {language as Text}
    " FROM timelines WHERE id = ANY(" {ids as Array<Uuid>} ") AND closed_at IS NULL ON CONFLICT DO NOTHING"
}

backbone::statement! {
    // Past those that another process has at the moment: it reads what we would.
    struct Hold<'a> { ids: &'a [TimelineId], language: &'a str } -> (Uuid, BigInt);
    "SELECT timeline_id, CASE WHEN language = " {language as Text} " THEN rev ELSE 0 END FROM search_marks \
     WHERE timeline_id = ANY(" {ids as Array<Uuid>} ") ORDER BY timeline_id FOR UPDATE SKIP LOCKED"
}

backbone::statement! {
    struct Since<'a> { ids: &'a [TimelineId], revs: &'a [Rev], limit: i64 }
        -> (Uuid, Uuid, BigInt, Uuid, Uuid, Text, BigInt, Bool, Nullable<Array<Uuid>>, Bool, SmallInt);
    "SELECT t.scope_id, m.timeline_id, m.seq, m.id, m.author_id, m.content, m.rev, m.deleted_at IS NOT NULL, \
     m.mentioned_users, m.mentions_everyone, m.files FROM unnest(" {ids as Array<Uuid>} ", " {revs as Array<BigInt>} ") AS mark (id, rev) \
     JOIN timelines t ON t.id = mark.id CROSS JOIN LATERAL (SELECT * FROM messages \
     WHERE timeline_id = mark.id AND rev > mark.rev ORDER BY rev LIMIT " {limit as BigInt} ") AS m"
}

backbone::statement! {
    // What is there already is not written again: most changes of a message are none of its text.
    struct Put<'a> {
        ids: &'a [MessageId], timelines: &'a [TimelineId], seqs: &'a [Seq], bodies: &'a [&'a str], tags: &'a [&'a str],
        language: &'a str,
    } -> BigInt;
    "INSERT INTO search_texts AS old (message_id, timeline_id, seq, body, words) \
     SELECT id, timeline_id, seq, body, to_tsvector(" {language as Text} "::text::regconfig, body) \
     || array_to_tsvector(ARRAY(SELECT jsonb_array_elements_text(tags::jsonb))) FROM unnest("
    {ids as Array<Uuid>} ", " {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ", " {bodies as Array<Text>} ", "
    {tags as Array<Text>} ") AS fresh (id, timeline_id, seq, body, tags) \
     ON CONFLICT (message_id) DO UPDATE SET body = excluded.body, words = excluded.words \
     WHERE (old.body, old.words) IS DISTINCT FROM (excluded.body, excluded.words)"
}

backbone::statement! {
    struct Drop<'a> { ids: &'a [MessageId] } -> BigInt;
    "DELETE FROM search_texts WHERE message_id = ANY(" {ids as Array<Uuid>} ")"
}

backbone::statement! {
    struct Advance<'a> { ids: &'a [TimelineId], revs: &'a [Rev], language: &'a str } -> BigInt;
    "UPDATE search_marks AS m SET rev = u.rev, language = " {language as Text} " FROM unnest("
    {ids as Array<Uuid>} ", " {revs as Array<BigInt>} ") AS u (id, rev) WHERE m.timeline_id = u.id"
}

backbone::statement! {
    struct Behind<'a> { language: &'a str, limit: i64 } -> Uuid;
    "SELECT t.id FROM timelines t LEFT JOIN search_marks m ON m.timeline_id = t.id WHERE t.closed_at IS NULL AND t.rev > 0 \
     AND (m.timeline_id IS NULL OR m.rev < t.rev OR m.language <> " {language as Text} ") LIMIT " {limit as BigInt}
}

backbone::statement! {
    struct Forms<'a> { words: &'a [&'a str], terms: &'a [&'a str], language: &'a str } -> Text;
    "SELECT word FROM unnest(" {words as Array<Text>} ") AS word WHERE EXISTS (SELECT FROM unnest(" {terms as Array<Text>}
    ") AS term WHERE to_tsvector(" {language as Text} "::text::regconfig, word) @@ plainto_tsquery("
    {language as Text} "::text::regconfig, term))"
}

backbone::statement! {
    struct At<'a> { timelines: &'a [TimelineId], seqs: &'a [Seq] } -> (Columns, Text, Uuid);
    "SELECT " [COLUMNS] ", t.kind, t.scope_id FROM unnest("
    {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ") AS hit (timeline_id, seq) \
     JOIN timelines t ON t.id = hit.timeline_id AND t.closed_at IS NULL \
     JOIN messages m ON m.timeline_id = hit.timeline_id AND m.seq = hit.seq WHERE m.deleted_at IS NULL"
}

/// Locks how far those of `ids` are indexed that nobody else is indexing, until the transaction ends.
pub(crate) async fn hold(
    tx: &mut AsyncPgConnection,
    ids: &[TimelineId],
    language: &str,
) -> QueryResult<Vec<Mark>> {
    Begin { ids, language }.execute(tx).await?;
    Hold { ids, language }.load(tx).await
}

/// The next changes behind the marks, at most `limit` of each timeline, in the order of changes.
pub(crate) async fn since(
    tx: &mut AsyncPgConnection,
    marks: &[Mark],
    limit: i64,
) -> QueryResult<Vec<ChangedMessage>> {
    let ids = marks.iter().map(|mark| mark.timeline).collect::<Vec<_>>();
    let revs = marks.iter().map(|mark| mark.rev).collect::<Vec<_>>();
    Since { ids: &ids, revs: &revs, limit }.load(tx).await
}

/// Writes what messages are found by.
pub(crate) async fn put(tx: &mut AsyncPgConnection, entries: &[Entry], language: &str) -> QueryResult<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let put = Put {
        ids: &entries.iter().map(|one| one.id).collect::<Vec<_>>(),
        timelines: &entries.iter().map(|one| one.timeline).collect::<Vec<_>>(),
        seqs: &entries.iter().map(|one| one.seq).collect::<Vec<_>>(),
        bodies: &entries.iter().map(|one| one.body.as_str()).collect::<Vec<_>>(),
        tags: &entries.iter().map(|one| one.tags.as_str()).collect::<Vec<_>>(),
        language,
    };
    put.execute(tx).await.map(drop)
}

/// Removes what messages were found by.
pub(crate) async fn remove(tx: &mut AsyncPgConnection, ids: &[MessageId]) -> QueryResult<()> {
    if ids.is_empty() { Ok(()) } else { Drop { ids }.execute(tx).await.map(drop) }
}

/// Notes how far timelines are indexed.
pub(crate) async fn advance(tx: &mut AsyncPgConnection, marks: &[Mark], language: &str) -> QueryResult<()> {
    let ids = marks.iter().map(|mark| mark.timeline).collect::<Vec<_>>();
    let revs = marks.iter().map(|mark| mark.rev).collect::<Vec<_>>();
    Advance { ids: &ids, revs: &revs, language }.execute(tx).await.map(drop)
}

/// Timelines that are not indexed up to their heads.
pub(crate) async fn behind(
    conn: &mut AsyncPgConnection,
    language: &str,
    limit: i64,
) -> QueryResult<Vec<TimelineId>> {
    Behind { language, limit }.load(conn).await
}

/// Those of `words` that are forms of one of `terms`.
pub(crate) async fn forms(
    conn: &mut AsyncPgConnection,
    words: &[&str],
    terms: &[&str],
    language: &str,
) -> QueryResult<Vec<String>> {
    Forms { words, terms, language }.load(conn).await
}

/// Those of some messages that were not deleted, with what their timelines belong to.
pub(crate) async fn at(
    conn: &mut AsyncPgConnection,
    places: &[(TimelineId, Seq)],
) -> QueryResult<Vec<(Row, TimelineKind, ScopeId)>> {
    let (timelines, seqs): (Vec<_>, Vec<_>) = places.iter().copied().unzip();
    At { timelines: &timelines, seqs: &seqs }.load(conn).await
}
