//! The table `conversations`.

use diesel::QueryResult;
use diesel::dsl::exists;
use diesel::prelude::{AsChangeset, ExpressionMethods, Insertable, OptionalExtension, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ConversationId, Timestamp};

use crate::Kind;
use crate::schema::conversations;

#[derive(Debug, Insertable)]
#[diesel(table_name = conversations)]
pub(crate) struct NewConversation<'a> {
    pub(crate) id: ConversationId,
    pub(crate) kind: Kind,
    pub(crate) name: Option<&'a str>,
    pub(crate) shares_history: bool,
    pub(crate) member_count: i32,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
}

/// What is to be changed of a group.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = conversations)]
pub(crate) struct ConversationChange<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) shares_history: Option<bool>,
    pub(crate) updated_at: Timestamp,
}

/// What must be known of a conversation to change who is in it.
pub(crate) type Locked = (Kind, bool, i32);

pub(crate) async fn insert(tx: &mut AsyncPgConnection, new: &NewConversation<'_>) -> QueryResult<()> {
    diesel::insert_into(conversations::table).values(new).execute(tx).await.map(drop)
}

/// Keeps others from changing the conversation and who is in it until the transaction ends.
pub(crate) async fn lock(tx: &mut AsyncPgConnection, id: ConversationId) -> QueryResult<Option<Locked>> {
    let columns = (conversations::kind, conversations::shares_history, conversations::member_count);
    conversations::table.find(id).select(columns).for_update().first(tx).await.optional()
}

pub(crate) async fn update(
    tx: &mut AsyncPgConnection,
    id: ConversationId,
    change: &ConversationChange<'_>,
) -> QueryResult<()> {
    diesel::update(conversations::table.find(id)).set(change).execute(tx).await.map(drop)
}

/// So many are in it from now on.
pub(crate) async fn count(tx: &mut AsyncPgConnection, id: ConversationId, members: i32) -> QueryResult<()> {
    let row = diesel::update(conversations::table.find(id));
    row.set(conversations::member_count.eq(members)).execute(tx).await.map(drop)
}

pub(crate) async fn delete(tx: &mut AsyncPgConnection, id: ConversationId) -> QueryResult<()> {
    diesel::delete(conversations::table.find(id)).execute(tx).await.map(drop)
}

/// What kind of conversation it is; `None` when there is none.
pub(crate) async fn kind(conn: &mut AsyncPgConnection, id: ConversationId) -> QueryResult<Option<Kind>> {
    conversations::table.find(id).select(conversations::kind).first(conn).await.optional()
}

pub(crate) async fn exist(conn: &mut AsyncPgConnection, id: ConversationId) -> QueryResult<bool> {
    diesel::select(exists(conversations::table.find(id))).get_result(conn).await
}
