//! The table `second_factors`.

use diesel::prelude::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl,
    Queryable, Selectable, SelectableHelper,
};
use diesel::sql_types::{Binary, Integer, Nullable, Text, Timestamptz, Uuid};
use diesel::upsert::excluded;
use diesel::{PgExpressionMethods, QueryResult};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Timestamp, UserId};

use crate::factor::totp::Step;
use crate::schema::second_factors;

/// An account's second factor, or one that waits for its first code.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = second_factors, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Factor {
    pub(crate) user_id: UserId,
    pub(crate) method: String,
    pub(crate) secret_sealed: Option<Vec<u8>>,
    pub(crate) phone_sealed: Option<Vec<u8>>,
    pub(crate) enabled_at: Option<Timestamp>,
    pub(crate) tries_since: Option<Timestamp>,
    pub(crate) code_hash: Option<Vec<u8>>,
    pub(crate) code_expires_at: Option<Timestamp>,
}

impl Factor {
    /// Whether logins need it.
    pub(crate) fn is_in_force(&self) -> bool {
        self.enabled_at.is_some()
    }
}

/// One that waits for its first code.
#[derive(Insertable)]
#[diesel(table_name = second_factors)]
pub(crate) struct NewFactor {
    pub(crate) user_id: UserId,
    pub(crate) method: &'static str,
    pub(crate) secret_sealed: Option<Vec<u8>>,
    pub(crate) phone_sealed: Option<Vec<u8>>,
}

/// A code that is sent.
#[derive(AsChangeset)]
#[diesel(table_name = second_factors)]
pub(crate) struct SentCode {
    pub(crate) code_hash: Vec<u8>,
    pub(crate) code_expires_at: Timestamp,
    pub(crate) tries: i32,
}

pub(crate) async fn find(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Option<Factor>> {
    second_factors::table.find(user).select(Factor::as_select()).first(conn).await.optional()
}

/// Puts a factor that waits in the place of another that does; whether none is in force.
pub(crate) async fn begin(conn: &mut AsyncPgConnection, factor: &NewFactor) -> QueryResult<bool> {
    use second_factors::{
        code_expires_at, code_hash, enabled_at, last_step, method, phone_sealed, secret_sealed, table, tries,
        user_id,
    };
    let written = diesel::insert_into(table).values(factor).on_conflict(user_id).do_update().set((
        method.eq(excluded(method)),
        secret_sealed.eq(excluded(secret_sealed)),
        phone_sealed.eq(excluded(phone_sealed)),
        last_step.eq(None::<Step>),
        tries.eq(0),
        code_hash.eq(excluded(code_hash)),
        code_expires_at.eq(excluded(code_expires_at)),
    ));
    // Not `QueryDsl::filter`: this is no query.
    let waiting = diesel::query_dsl::methods::FilterDsl::filter(written, enabled_at.is_null());
    waiting.execute(conn).await.map(|rows| rows == 1)
}

backbone::statement! {
    /// Counts a try, unless there were `most` already. Tries of a code that is computed are forgotten when the first of
    /// them is older than `since`; those of a code that was sent when the next one is.
    struct CountTry { user: UserId, now: Timestamp, since: Timestamp, most: i32 } -> (
        Uuid, Text, Nullable<Binary>, Nullable<Binary>, Nullable<Timestamptz>, Nullable<Timestamptz>, Nullable<Binary>, Nullable<Timestamptz>
    );
    "UPDATE second_factors SET
        tries = CASE WHEN method = 'totp' AND tries_since <= " {since as Timestamptz} " THEN 1 ELSE tries + 1 END,
        tries_since = CASE WHEN tries = 0 OR tries_since <= " {since as Timestamptz} " THEN " {now as Timestamptz} "
            ELSE tries_since END
     WHERE user_id = " {user as Uuid} " AND (tries < " {most as Integer} "
        OR method = 'totp' AND tries_since <= " {since as Timestamptz} ")
     RETURNING user_id, method, secret_sealed, phone_sealed, enabled_at, tries_since, code_hash, code_expires_at"
}

/// Counts a try before its code is looked at; `None` when there were too many.
pub(crate) async fn count_try(
    conn: &mut AsyncPgConnection,
    user: UserId,
    now: Timestamp,
    since: Timestamp,
    most: i32,
) -> QueryResult<Option<Factor>> {
    CountTry { user, now, since, most }.get_result(conn).await.optional()
}

/// Uses up a step and those before it; whether it was not before. Forgets the tries.
pub(crate) async fn use_step(conn: &mut AsyncPgConnection, user: UserId, step: Step) -> QueryResult<bool> {
    let fresh = second_factors::last_step.is_null().or(second_factors::last_step.lt(step));
    let used = diesel::update(second_factors::table.find(user).filter(fresh))
        .set((second_factors::last_step.eq(step), second_factors::tries.eq(0)));
    used.execute(conn).await.map(|rows| rows == 1)
}

/// Uses up the code that was sent, when it is this one still; whether it was. Forgets the tries.
pub(crate) async fn use_code(conn: &mut AsyncPgConnection, user: UserId, hash: &[u8]) -> QueryResult<bool> {
    let used = diesel::update(second_factors::table.find(user).filter(second_factors::code_hash.eq(hash)))
        .set((
            second_factors::code_hash.eq(None::<Vec<u8>>),
            second_factors::code_expires_at.eq(None::<Timestamp>),
            second_factors::tries.eq(0),
        ));
    used.execute(conn).await.map(|rows| rows == 1)
}

/// Notes the code that is sent next, in the place of the one before.
pub(crate) async fn note_code(
    conn: &mut AsyncPgConnection,
    user: UserId,
    code: &SentCode,
) -> QueryResult<()> {
    diesel::update(second_factors::table.find(user)).set(code).execute(conn).await.map(drop)
}

/// Puts a factor in force, when it is the one that waits still; whether it was.
pub(crate) async fn enable(
    conn: &mut AsyncPgConnection,
    factor: &Factor,
    now: Timestamp,
) -> QueryResult<bool> {
    let waiting = second_factors::table
        .find(factor.user_id)
        .filter(second_factors::enabled_at.is_null())
        .filter(second_factors::secret_sealed.is_not_distinct_from(&factor.secret_sealed))
        .filter(second_factors::phone_sealed.is_not_distinct_from(&factor.phone_sealed));
    diesel::update(waiting).set(second_factors::enabled_at.eq(now)).execute(conn).await.map(|rows| rows == 1)
}

/// Removes it, and with it the recovery codes.
pub(crate) async fn remove(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    diesel::delete(second_factors::table.find(user)).execute(conn).await.map(drop)
}
