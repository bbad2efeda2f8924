//! The table `retired_usernames`: names that nobody may take any more.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::schema::retired_usernames;

/// What is kept of a folded username: enough to recognise it, too little to read it.
fn hash(key: &str) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, key.as_bytes()).as_ref().to_vec()
}

/// Takes a folded username out of use for good.
pub(crate) async fn add(conn: &mut AsyncPgConnection, key: &str) -> QueryResult<()> {
    let row = retired_usernames::key_hash.eq(hash(key));
    diesel::insert_into(retired_usernames::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn)
        .await
        .map(drop)
}

/// Those of `keys` that are out of use.
pub(crate) async fn among(conn: &mut AsyncPgConnection, keys: &[String]) -> QueryResult<Vec<String>> {
    let hashes = keys.iter().map(|key| hash(key)).collect::<Vec<_>>();
    let found = retired_usernames::table.filter(retired_usernames::key_hash.eq_any(&hashes));
    let found: Vec<Vec<u8>> = found.select(retired_usernames::key_hash).load(conn).await?;
    let keys = keys.iter().zip(&hashes).filter(|(_, hash)| found.contains(hash));
    Ok(keys.map(|(key, _)| key.clone()).collect())
}
