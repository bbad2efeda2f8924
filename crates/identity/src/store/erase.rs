//! The end of an account: its row stays for what the person wrote, everything that tells who they were goes.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, QueryDsl};
use diesel::sql_types::{BigInt, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Role, Timestamp, UserId};

use crate::profile::{Preferences, Status};
use crate::schema::{
    api_keys, email_changes, email_codes, erasures, known_devices, oauth_links, password_resets,
    second_factors, sessions, users,
};
use crate::store::{audit, retired};

/// What everybody is called whose account is gone.
const NAME: &str = "Deleted user";

/// Empties the account's row but for its id and dates, gives it the name `username`, takes the name that it had out of
/// use, and forgets where its owner was. In a transaction that holds the row.
pub(crate) async fn anonymise(
    tx: &mut AsyncPgConnection,
    id: UserId,
    username: &str,
    now: Timestamp,
) -> QueryResult<()> {
    let key: String = users::table.find(id).select(users::username_key).first(tx).await?;
    retired::add(tx, &key).await?;
    let usual = Preferences::default();
    let nobody = (
        (users::username.eq(username), users::username_key.eq(username), users::name.eq(NAME)),
        (users::email.eq(None::<String>), users::email_key.eq(None::<String>)),
        (users::email_verified_at.eq(None::<Timestamp>), users::password_hash.eq(None::<String>)),
        (users::phone_sealed.eq(None::<Vec<u8>>), users::phone_key.eq(None::<Vec<u8>>)),
        (users::avatar.eq(None::<String>), users::bio.eq(None::<String>)),
        (users::status.eq(Status::Offline), users::status_message.eq(None::<String>)),
        (users::notifications.eq(usual.notifications), users::sound_enabled.eq(usual.sound_enabled)),
        (users::timezone.eq(usual.timezone), users::discoverable_by_email.eq(false)),
        users::discoverable_by_phone.eq(false),
        (users::role.eq(Role::User), users::suspended_reason.eq(None::<String>)),
        (users::deleted_at.eq(now), users::updated_at.eq(now)),
    );
    diesel::update(users::table.find(id)).set(nobody).execute(tx).await?;
    // The sessions themselves stay until no token of theirs could work any more.
    diesel::update(sessions::table.filter(sessions::user_id.eq(id)))
        .set((sessions::device.eq(None::<String>), sessions::address.eq(None::<String>)))
        .execute(tx)
        .await?;
    diesel::delete(email_changes::table.filter(email_changes::user_id.eq(id))).execute(tx).await?;
    diesel::delete(email_codes::table.filter(email_codes::user_id.eq(id))).execute(tx).await?;
    diesel::delete(password_resets::table.filter(password_resets::user_id.eq(id))).execute(tx).await?;
    diesel::delete(oauth_links::table.filter(oauth_links::user_id.eq(id))).execute(tx).await?;
    // With the recovery codes.
    diesel::delete(second_factors::table.filter(second_factors::user_id.eq(id))).execute(tx).await?;
    // The keys themselves stay until every gateway knows that they are revoked.
    let nameless = diesel::update(api_keys::table.filter(api_keys::user_id.eq(id)));
    nameless.set(api_keys::name.eq("")).execute(tx).await?;
    diesel::delete(known_devices::table.filter(known_devices::user_id.eq(id))).execute(tx).await?;
    audit::blur(tx, id).await
}

/// Notes that what is held elsewhere on the user is to be removed, or looked for again, after `next_at`.
pub(crate) async fn begin(
    tx: &mut AsyncPgConnection,
    id: UserId,
    now: Timestamp,
    next_at: Timestamp,
) -> QueryResult<()> {
    let row = (erasures::user_id.eq(id), erasures::created_at.eq(now), erasures::next_at.eq(next_at));
    diesel::insert_into(erasures::table).values((row, erasures::tries.eq(0))).execute(tx).await.map(drop)
}

backbone::statement! {
    /// Takes what is due: nobody else tries before the next time, which is later with every try, up to a day.
    struct Due { now: Timestamp, limit: i64 } -> (Uuid,);
    "UPDATE erasures SET tries = tries + 1, next_at = " {now as Timestamptz}
    " + least(interval '1 minute' * power(2, tries), interval '1 day') WHERE user_id IN (\
       SELECT user_id FROM erasures WHERE next_at <= " {now as Timestamptz} " ORDER BY next_at LIMIT " {limit as BigInt}
    " FOR UPDATE SKIP LOCKED) RETURNING user_id"
}

/// Takes at most `limit` of those that are due.
pub(crate) async fn due(
    conn: &mut AsyncPgConnection,
    now: Timestamp,
    limit: i64,
) -> QueryResult<Vec<UserId>> {
    let due: Vec<(UserId,)> = Due { now, limit }.load(conn).await?;
    Ok(due.into_iter().map(|(id,)| id).collect())
}

/// Nothing is left of the user.
pub(crate) async fn finish(conn: &mut AsyncPgConnection, id: UserId) -> QueryResult<()> {
    diesel::delete(erasures::table.find(id)).execute(conn).await.map(drop)
}
