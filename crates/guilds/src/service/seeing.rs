//! Reading what members see of their guilds' channels.

use std::collections::HashSet;

use diesel_async::AsyncPgConnection;
use kernel::{ChannelId, Denied, Timestamp, UserId};

use crate::Error;
use crate::permissions::Standing;
use crate::sight::Grounds;
use crate::store::{channels, overwrites, standings};
use crate::view::ChannelView;

/// The channels of the guilds where these members stand, with what is allowed and denied to them there.
pub(crate) async fn grounds(conn: &mut AsyncPgConnection, standings: &[Standing]) -> Result<Grounds, Error> {
    let guilds = standings.iter().map(|standing| standing.guild).collect::<HashSet<_>>();
    let guilds = guilds.into_iter().collect::<Vec<_>>();
    let targets = standings
        .iter()
        .flat_map(|standing| standing.roles.iter().map(|held| held.id.uuid()).chain([standing.user.uuid()]));
    let targets = targets.collect::<HashSet<_>>().into_iter().collect::<Vec<_>>();
    let channels = channels::of(conn, &guilds).await?;
    let overwrites = overwrites::among(conn, &guilds, &targets).await?;
    Ok(Grounds::new(channels, &overwrites))
}

/// The channels that a member may know of, in their order, each with what they may do there.
pub(super) fn views(grounds: &Grounds, standing: &Standing) -> Vec<ChannelView> {
    let seen = grounds.seen_by(standing).into_iter().enumerate();
    seen.map(|(place, (channel, may))| ChannelView::at(place, channel).with(may)).collect()
}

/// One channel that the user may know of.
pub(super) async fn channel(
    conn: &mut AsyncPgConnection,
    user: UserId,
    channel: ChannelId,
    now: Timestamp,
) -> Result<ChannelView, Error> {
    let door = standings::at_channel(conn, user, channel, now).await?;
    let standings = door.into_iter().map(|door| door.standing).collect::<Vec<_>>();
    // Also for whom it is not there: what is missing takes about as long as what is hidden.
    let grounds = grounds(conn, &standings).await?;
    let seen = standings.iter().flat_map(|standing| views(&grounds, standing));
    seen.into_iter().find(|view| view.id == channel).ok_or(Error::Denied(Denied::Hidden))
}
