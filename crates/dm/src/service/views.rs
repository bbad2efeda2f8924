//! Assembling what is shown, from batches.

use std::collections::HashMap;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use identity::{Identity, UserCard};
use kernel::{ConversationId, Seq, UserId};

use crate::model::{OwnConversation, Participant};
use crate::store::{lists, participants};
use crate::view::{ConversationInfo, ConversationView, ParticipantView};
use crate::{Error, Rank};

/// The conversations of `ids` that the user is in, in that order, each with the first message that they see there.
pub(super) async fn mine(
    conn: &mut AsyncPgConnection,
    user: UserId,
    ids: &[ConversationId],
) -> QueryResult<Vec<(ConversationView, Seq)>> {
    let rows = lists::by_ids(conn, user, ids).await?;
    let partners = rows.iter().filter_map(|row| row.partner).collect::<Vec<_>>();
    let cards = Identity::cards(conn, &partners).await?;
    let mut leaders = leaders(conn, &rows).await?;
    let mut views = rows.into_iter().map(|row| {
        let (owner, admins) = leaders.remove(&row.id).unwrap_or_default();
        let view = ConversationView {
            info: ConversationInfo::new(&row, owner, admins),
            recipient: row.partner.map(|partner| card(&cards, partner)),
            role: row.role,
            is_pinned: row.is_pinned,
            is_muted: row.is_muted,
        };
        (row.id, (view, row.visible_from))
    });
    let mut views = views.by_ref().collect::<HashMap<_, _>>();
    Ok(ids.iter().filter_map(|id| views.remove(id)).collect())
}

/// One conversation that the user is in.
pub(super) async fn one(
    conn: &mut AsyncPgConnection,
    user: UserId,
    id: ConversationId,
) -> Result<(ConversationView, Seq), Error> {
    mine(conn, user, &[id]).await?.pop().ok_or(Error::NoConversation)
}

/// What those of `ids` that the user is in are called for them: a group by its name, a conversation of two by the other's
/// username.
pub(crate) async fn names(
    conn: &mut AsyncPgConnection,
    user: UserId,
    ids: &[ConversationId],
) -> QueryResult<HashMap<ConversationId, String>> {
    let rows = lists::by_ids(conn, user, ids).await?;
    let partners = rows.iter().filter_map(|row| row.partner).collect::<Vec<_>>();
    let cards = Identity::cards(conn, &partners).await?;
    let name = |row: OwnConversation| {
        let partner = row.partner.map(|partner| card(&cards, partner).username);
        (row.id, row.name.or(partner).unwrap_or_default())
    };
    Ok(rows.into_iter().map(name).collect())
}

/// Owner and admins of each group.
async fn leaders(
    conn: &mut AsyncPgConnection,
    rows: &[OwnConversation],
) -> QueryResult<HashMap<ConversationId, (Option<UserId>, Vec<UserId>)>> {
    let groups = rows.iter().filter(|row| row.name.is_some()).map(|row| row.id).collect::<Vec<_>>();
    let mut leaders: HashMap<_, (Option<UserId>, Vec<UserId>)> = HashMap::new();
    if groups.is_empty() {
        return Ok(leaders);
    }
    for (group, user, rank) in participants::leaders(conn, &groups).await? {
        let (owner, admins) = leaders.entry(group).or_default();
        match rank {
            Rank::Owner => *owner = Some(user),
            Rank::Admin | Rank::Member => admins.push(user),
        }
    }
    Ok(leaders)
}

/// Those who are in a conversation, as others there see them.
pub(super) async fn participants(
    conn: &mut AsyncPgConnection,
    rows: &[Participant],
    read: &HashMap<UserId, Seq>,
) -> QueryResult<Vec<ParticipantView>> {
    let cards = Identity::cards(conn, &super::ids(rows)).await?;
    let views = rows.iter().map(|row| ParticipantView {
        user: card(&cards, row.user_id),
        role: row.role,
        joined_at: row.joined_at,
        last_read_seq: read.get(&row.user_id).copied().unwrap_or(0),
    });
    Ok(views.collect())
}

fn card(cards: &HashMap<UserId, UserCard>, id: UserId) -> UserCard {
    let gone = || UserCard { id, username: "deleted".into(), name: "Deleted account".into(), avatar: None };
    cards.get(&id).cloned().unwrap_or_else(gone)
}
