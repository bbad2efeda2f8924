//! What somebody may do in a conversation. Pure.

use diesel::prelude::Queryable;
use kernel::{ConversationId, Permissions, Seq, UserId, Version};

use crate::{Error, Kind, Rank};

/// What everybody may do who is in a conversation.
const READ: Permissions = Permissions::VIEW_CHANNEL.union(Permissions::READ_HISTORY);
/// What one may do where one can be answered.
const WRITE: Permissions =
    Permissions::SEND_MESSAGES.union(Permissions::ADD_REACTIONS).union(Permissions::ATTACH_FILES).union(TALK);
/// To call, and to be in a call or huddle: who may write to each other may talk to each other.
const TALK: Permissions = Permissions::CONNECT.union(Permissions::SPEAK);
/// What a group's admins may do as well.
const KEEP: Permissions = Permissions::MANAGE_MESSAGES.union(Permissions::MENTION_EVERYONE);

/// Where somebody stands in a conversation, at a version of its scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub(crate) struct Membership {
    pub(crate) user: UserId,
    pub(crate) conversation: ConversationId,
    pub(crate) version: Version,
    pub(crate) kind: Kind,
    pub(crate) role: Rank,
    pub(crate) visible_from: Seq,
    /// How many are in it.
    pub(crate) members: i32,
    /// Whether they keep the other one out.
    pub(crate) blocks: bool,
    /// Whether the other one keeps them out.
    pub(crate) blocked: bool,
}

impl Membership {
    /// What they may do there.
    pub(crate) fn permissions(&self) -> Permissions {
        match self.kind {
            Kind::Direct if self.refusal().is_some() => READ,
            Kind::Group if self.role >= Rank::Admin => READ | WRITE | KEEP,
            Kind::Direct | Kind::Group => READ | WRITE,
        }
    }

    /// Why they may not write there; `None` when they may.
    pub(crate) fn refusal(&self) -> Option<Error> {
        match self.kind {
            Kind::Group => None,
            Kind::Direct if self.blocks => Some(Error::Blocked),
            // The same words for all that the other one decides, and for an account that is gone.
            Kind::Direct if self.blocked || self.members < 2 => Some(Error::NotAccepted),
            Kind::Direct => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    fn membership(kind: Kind, role: Rank) -> Membership {
        let env = Env::system();
        Membership {
            user: env.id(),
            conversation: env.id(),
            version: 1,
            kind,
            role,
            visible_from: 1,
            members: 2,
            blocks: false,
            blocked: false,
        }
    }

    #[test]
    fn a_block_leaves_both_sides_what_was_written_and_nothing_more() {
        let free = membership(Kind::Direct, Rank::Member);
        assert_eq!(free.permissions(), READ | WRITE);
        for (blocks, blocked, members) in
            [(true, false, 2), (false, true, 2), (true, true, 2), (false, false, 1)]
        {
            let ended = Membership { blocks, blocked, members, ..free };
            assert_eq!(ended.permissions(), READ);
            let own = matches!(ended.refusal(), Some(Error::Blocked));
            assert_eq!(own, blocks, "only who blocked is told so");
        }
    }

    #[test]
    fn a_group_is_kept_by_its_admins_and_knows_no_blocks() {
        let may =
            |role| Membership { blocked: true, blocks: true, ..membership(Kind::Group, role) }.permissions();
        assert_eq!(may(Rank::Member), READ | WRITE);
        assert_eq!(may(Rank::Admin), READ | WRITE | KEEP);
        assert_eq!(may(Rank::Owner), may(Rank::Admin));
        assert!(Rank::Owner > Rank::Admin && Rank::Admin > Rank::Member);
    }
}
