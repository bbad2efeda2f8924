//! Who may do what, and how much there may be. Pure.

use kernel::Permissions;

use crate::ChannelKind;

/// Guilds that one user may own.
pub const OWNED_MAX: i64 = 100;
/// Guilds that one user may be a member of, their own among them.
pub const JOINED_MAX: i64 = 200;
/// Channels that one guild may have.
pub const CHANNELS_MAX: i64 = 500;

/// What a member may do in the guild as a whole: the owner and administrators everything, others what any of their roles
/// allows.
pub(crate) fn in_guild(owner: bool, roles: impl IntoIterator<Item = Permissions>) -> Permissions {
    let union = roles.into_iter().fold(Permissions::empty(), Permissions::union);
    if owner || union.contains(Permissions::ADMINISTRATOR) { Permissions::all() } else { union }
}

/// What is left of `guild`, a member's permissions in the guild, in a channel of this kind. Nothing, for whom may not
/// view it.
pub(crate) fn in_channel(guild: Permissions, kind: ChannelKind) -> Permissions {
    if !guild.contains(Permissions::VIEW_CHANNEL) {
        return Permissions::empty();
    }
    let mut here = guild;
    if kind == ChannelKind::Announcement && !here.contains(Permissions::MANAGE_MESSAGES) {
        here.remove(Permissions::SEND_MESSAGES);
    }
    if !here.contains(Permissions::SEND_MESSAGES) {
        here.remove(Permissions::ATTACH_FILES | Permissions::MENTION_EVERYONE | Permissions::ADD_REACTIONS);
    }
    here
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ChannelKind::{Announcement, Category, Text, Voice};

    const EVERYONE: Permissions = Permissions::EVERYONE;

    #[test]
    fn the_owner_and_administrators_may_do_everything_everywhere() {
        for all in [
            in_guild(true, []),
            in_guild(true, [Permissions::empty()]),
            in_guild(false, [EVERYONE, Permissions::ADMINISTRATOR]),
        ] {
            assert_eq!(all, Permissions::all());
            for kind in [Text, Announcement, Voice, Category] {
                assert_eq!(in_channel(all, kind), Permissions::all(), "{kind:?}");
            }
        }
    }

    #[test]
    fn roles_add_up() {
        let two = in_guild(false, [EVERYONE, Permissions::KICK_MEMBERS, Permissions::MANAGE_CHANNELS]);
        assert_eq!(two, EVERYONE | Permissions::KICK_MEMBERS | Permissions::MANAGE_CHANNELS);
        assert_eq!(in_guild(false, []), Permissions::empty());
        assert_eq!(in_channel(two, Text), two);
    }

    #[test]
    fn nothing_holds_in_a_channel_that_one_may_not_view() {
        for bit in Permissions::all().iter().filter(|bit| *bit != Permissions::VIEW_CHANNEL) {
            assert_eq!(in_channel(bit, Text), Permissions::empty(), "{bit:?}");
        }
    }

    #[test]
    fn who_may_not_write_may_not_attach_mention_or_react() {
        let silent = (EVERYONE | Permissions::MENTION_EVERYONE) - Permissions::SEND_MESSAGES;
        let left = Permissions::VIEW_CHANNEL
            | Permissions::READ_HISTORY
            | Permissions::CREATE_INVITE
            | Permissions::CONNECT
            | Permissions::SPEAK;
        assert_eq!(in_channel(silent, Text), left);
    }

    #[test]
    fn announcements_are_written_by_those_who_manage_messages() {
        assert!(!in_channel(EVERYONE, Announcement).contains(Permissions::SEND_MESSAGES));
        assert!(in_channel(EVERYONE, Announcement).contains(Permissions::READ_HISTORY));
        let herald = EVERYONE | Permissions::MANAGE_MESSAGES;
        assert_eq!(in_channel(herald, Announcement), herald);
        let mute = herald - Permissions::SEND_MESSAGES;
        assert!(!in_channel(mute, Announcement).contains(Permissions::SEND_MESSAGES));
    }
}
