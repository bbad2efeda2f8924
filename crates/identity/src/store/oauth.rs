//! The tables `oauth_links` and `oauth_codes`.

use diesel::QueryResult;
use diesel::prelude::{
    BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable,
    SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Timestamp, UserId};

use crate::oauth::{Link, Proof};
use crate::schema::{oauth_codes, oauth_links};

/// What a one-time code stands for.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = oauth_codes)]
pub(crate) struct Code {
    pub(crate) hash: Vec<u8>,
    pub(crate) provider: String,
    pub(crate) subject: String,
    pub(crate) email: Option<String>,
    pub(crate) email_verified: bool,
    pub(crate) name: Option<String>,
    pub(crate) challenge: Vec<u8>,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn add_code(conn: &mut AsyncPgConnection, code: &Code) -> QueryResult<()> {
    diesel::insert_into(oauth_codes::table).values(code).execute(conn).await.map(drop)
}

pub(crate) async fn code(conn: &mut AsyncPgConnection, hash: &[u8]) -> QueryResult<Option<Code>> {
    oauth_codes::table.find(hash).select(Code::as_select()).first(conn).await.optional()
}

/// Uses a code up; whether it was there. Of several who try, one does.
pub(crate) async fn take_code(conn: &mut AsyncPgConnection, hash: &[u8]) -> QueryResult<bool> {
    diesel::delete(oauth_codes::table.find(hash)).execute(conn).await.map(|taken| taken == 1)
}

/// Gives who has a code time until then.
pub(crate) async fn keep_code(
    conn: &mut AsyncPgConnection,
    hash: &[u8],
    until: Timestamp,
) -> QueryResult<()> {
    let row = diesel::update(oauth_codes::table.find(hash));
    row.set(oauth_codes::expires_at.eq(until)).execute(conn).await.map(drop)
}

/// Removes at most `limit` codes that expired before `now`.
pub(crate) async fn sweep_codes(
    conn: &mut AsyncPgConnection,
    now: Timestamp,
    limit: i64,
) -> QueryResult<usize> {
    let over = diesel::alias!(oauth_codes as over);
    let hashes = over
        .filter(over.field(oauth_codes::expires_at).lt(now))
        .select(over.field(oauth_codes::hash))
        .limit(limit)
        .for_update()
        .skip_locked();
    diesel::delete(oauth_codes::table.filter(oauth_codes::hash.eq_any(hashes))).execute(conn).await
}

/// Whose the provider's user is.
pub(crate) async fn linked(conn: &mut AsyncPgConnection, proof: &Proof) -> QueryResult<Option<UserId>> {
    let link = oauth_links::table.find((&proof.provider, &proof.subject));
    link.select(oauth_links::user_id).first(conn).await.optional()
}

/// Links, or notes that the link was used; `None` when it is another account's. Fails on `oauth_links_one` when the account
/// is linked to another user of the provider.
pub(crate) async fn link(
    conn: &mut AsyncPgConnection,
    user: UserId,
    proof: &Proof,
    now: Timestamp,
) -> QueryResult<Option<Link>> {
    let row = (
        oauth_links::provider.eq(&proof.provider),
        oauth_links::subject.eq(&proof.subject),
        oauth_links::user_id.eq(user),
        oauth_links::created_at.eq(now),
        oauth_links::last_used_at.eq(now),
    );
    let insert = diesel::insert_into(oauth_links::table)
        .values(row)
        .on_conflict((oauth_links::provider, oauth_links::subject))
        .do_update()
        .set(oauth_links::last_used_at.eq(now));
    // Called by its path: the method of the same name is that of queries.
    let own = diesel::query_dsl::methods::FilterDsl::filter(insert, oauth_links::user_id.eq(user));
    own.returning(Link::as_returning()).get_result(conn).await.optional()
}

/// The links of an account, by the providers' names.
pub(crate) async fn links(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<Link>> {
    let own = oauth_links::table.filter(oauth_links::user_id.eq(user));
    own.order(oauth_links::provider).select(Link::as_select()).load(conn).await
}

/// Removes a link; whether there was one.
pub(crate) async fn unlink(conn: &mut AsyncPgConnection, user: UserId, provider: &str) -> QueryResult<bool> {
    let own = oauth_links::user_id.eq(user).and(oauth_links::provider.eq(provider));
    diesel::delete(oauth_links::table.filter(own)).execute(conn).await.map(|gone| gone == 1)
}
