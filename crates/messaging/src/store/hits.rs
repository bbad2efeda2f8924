//! The question of a search, whose text depends on what is asked.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Float, Text, Uuid};
use kernel::{MessageId, Seq, TimelineId};

/// The newest messages that match, newest first.
#[derive(Debug)]
pub(crate) struct Hits<'a> {
    /// Older than this one …
    pub(crate) below: MessageId,
    /// … and not older than this one.
    pub(crate) from: MessageId,
    /// In one of these.
    pub(crate) timelines: &'a [TimelineId],
    /// Those of them whose past begins later for the reader, and where.
    pub(crate) late: &'a [TimelineId],
    pub(crate) late_from: &'a [Seq],
    /// What the words of the index must be: a `tsquery`; empty for anything.
    pub(crate) tags: &'a str,
    /// All of these.
    pub(crate) conditions: &'a [Condition],
    pub(crate) language: &'a str,
    pub(crate) limit: i64,
}

/// What a text must contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Condition {
    /// It as a pattern of LIKE.
    pub(crate) pattern: String,
    /// Or a form of this word.
    pub(crate) word: Option<String>,
}

impl Hits<'_> {
    fn word<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>, word: &'b String) -> QueryResult<()> {
        out.push_sql("plainto_tsquery(");
        out.push_bind_param::<Text, _>(self.language)?;
        out.push_sql("::text::regconfig, ");
        out.push_bind_param::<Text, _>(word)?;
        out.push_sql(")");
        Ok(())
    }

    /// How much the text is about the words that were looked for.
    fn rank<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut words = self.conditions.iter().filter_map(|condition| condition.word.as_ref());
        let Some(first) = words.next() else {
            out.push_sql("0::float4");
            return Ok(());
        };
        // 1: divided by 1 + the logarithm of the length.
        out.push_sql("ts_rank(s.words, ");
        self.word(out, first)?;
        for word in words {
            out.push_sql(" || ");
            self.word(out, word)?;
        }
        out.push_sql(", 1)");
        Ok(())
    }
}

impl QueryFragment<Pg> for Hits<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // A plan for what is asked, not one for anything.
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT s.message_id, s.timeline_id, s.seq, ");
        self.rank(&mut out.reborrow())?;
        out.push_sql(" FROM search_texts s WHERE s.message_id < ");
        out.push_bind_param::<Uuid, _>(&self.below)?;
        out.push_sql(" AND s.message_id >= ");
        out.push_bind_param::<Uuid, _>(&self.from)?;
        out.push_sql(" AND s.timeline_id = ANY(");
        out.push_bind_param::<Array<Uuid>, _>(self.timelines)?;
        out.push_sql(")");
        if !self.late.is_empty() {
            out.push_sql(" AND NOT EXISTS (SELECT FROM unnest(");
            out.push_bind_param::<Array<Uuid>, _>(self.late)?;
            out.push_sql(", ");
            out.push_bind_param::<Array<BigInt>, _>(self.late_from)?;
            out.push_sql(") AS late (id, seq) WHERE late.id = s.timeline_id AND s.seq < late.seq)");
        }
        if !self.tags.is_empty() {
            out.push_sql(" AND s.words @@ ");
            out.push_bind_param::<Text, _>(self.tags)?;
            out.push_sql("::text::tsquery");
        }
        for condition in self.conditions {
            out.push_sql(" AND (s.body LIKE ");
            out.push_bind_param::<Text, _>(&condition.pattern)?;
            if let Some(word) = &condition.word {
                out.push_sql(" OR s.words @@ ");
                self.word(&mut out.reborrow(), word)?;
            }
            out.push_sql(")");
        }
        out.push_sql(" ORDER BY s.message_id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

impl QueryId for Hits<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Hits<'_> {
    type SqlType = (Uuid, Uuid, BigInt, Float);
}
