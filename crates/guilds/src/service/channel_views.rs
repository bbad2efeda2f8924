//! Reading what members see of their guilds' channels.

use std::collections::HashSet;

use diesel_async::AsyncPgConnection;
use kernel::{ChannelId, Denied, Timestamp, UserId};

use crate::Error;
use crate::permissions::Membership;
use crate::store::{channels, memberships, overwrites};
use crate::view::ChannelView;
use crate::visibility::ChannelAccess;

/// The channels of the guilds where these members stand, with what is allowed and denied to them there.
pub(crate) async fn channel_access(
    conn: &mut AsyncPgConnection,
    memberships: &[Membership],
) -> Result<ChannelAccess, Error> {
    let guilds = memberships.iter().map(|membership| membership.guild).collect::<HashSet<_>>();
    let guilds = guilds.into_iter().collect::<Vec<_>>();
    let targets = memberships.iter().flat_map(|membership| {
        membership.roles.iter().map(|held| held.id.uuid()).chain([membership.user.uuid()])
    });
    let targets = targets.collect::<HashSet<_>>().into_iter().collect::<Vec<_>>();
    let channels = channels::of(conn, &guilds).await?;
    let overwrites = overwrites::among(conn, &guilds, &targets).await?;
    Ok(ChannelAccess::new(channels, &overwrites))
}

/// The channels that a member may know of, in their order, each with what they may do there.
pub(super) fn views(channel_access: &ChannelAccess, membership: &Membership) -> Vec<ChannelView> {
    let seen = channel_access.seen_by(membership).into_iter().enumerate();
    seen.map(|(place, (channel, may))| ChannelView::at(place, channel).with(may)).collect()
}

/// One channel that the user may know of.
pub(super) async fn channel(
    conn: &mut AsyncPgConnection,
    user: UserId,
    channel: ChannelId,
    now: Timestamp,
) -> Result<ChannelView, Error> {
    let member = memberships::at_channel(conn, user, channel, now).await?;
    let memberships = member.into_iter().map(|member| member.membership).collect::<Vec<_>>();
    // Also for whom it is not there: what is missing takes about as long as what is hidden.
    let channel_access = channel_access(conn, &memberships).await?;
    let seen = memberships.iter().flat_map(|membership| views(&channel_access, membership));
    seen.into_iter().find(|view| view.id == channel).ok_or(Error::Denied(Denied::Hidden))
}
