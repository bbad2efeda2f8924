//! What is true of the rule whatever the roles and overwrites are.

use kernel::{GuildId, Permissions, RoleId, Timestamp, UserId};
use proptest::prelude::*;
use proptest::sample::select;
use uuid::Uuid;

use super::{Held, Membership, Overwrite, TIMED_OUT, WRITING};
use crate::ChannelKind;

const USER: u128 = 1;
const OWNER: u128 = 2;
/// Roles have the ids from here on; the last of them are not theirs.
const ROLES: u128 = 10;

fn bits() -> impl Strategy<Value = Permissions> {
    any::<i64>().prop_map(Permissions::from_bits_truncate)
}

/// Somebody with `@everyone` and up to three roles, rarely an administrator, sometimes the owner or timed out.
fn membership() -> impl Strategy<Value = Membership> {
    let roles = prop::collection::vec((bits(), prop::bool::weighted(0.05)), 1..4);
    (roles, prop::bool::weighted(0.1), prop::bool::weighted(0.2)).prop_map(|(roles, owns, timed_out)| {
        let roles = roles.into_iter().zip(0_u8..).map(|((permissions, admin), number)| Held {
            id: RoleId::from_uuid(Uuid::from_u128(ROLES + u128::from(number))),
            position: i32::from(number),
            permissions: (permissions - Permissions::ADMINISTRATOR)
                | if admin { Permissions::ADMINISTRATOR } else { Permissions::empty() },
        });
        let user = |id| UserId::from_uuid(Uuid::from_u128(id));
        let owner = user(if owns { USER } else { OWNER });
        let guild = GuildId::from_uuid(Uuid::nil());
        let timed_out = timed_out.then(|| Timestamp::from_millis(1)).flatten();
        Membership { guild, user: user(USER), owner, timed_out, roles: roles.collect() }
    })
}

/// At most one for each target: roles, some not theirs, they themselves, somebody else.
fn overwrites() -> impl Strategy<Value = Vec<Overwrite>> {
    let targets = [USER, OWNER, ROLES, ROLES + 1, ROLES + 2, ROLES + 3, ROLES + 4].to_vec();
    let targets = prop::sample::subsequence(targets, 0..=7).prop_shuffle();
    let rule = |target| (Just(target), bits(), bits());
    targets.prop_flat_map(move |targets| targets.into_iter().map(rule).collect::<Vec<_>>()).prop_map(
        |rules| {
            let rule = |(target, allow, deny): (u128, Permissions, Permissions)| Overwrite {
                target: Uuid::from_u128(target),
                allow,
                deny: deny - allow,
            };
            rules.into_iter().map(rule).collect()
        },
    )
}

fn kind() -> impl Strategy<Value = ChannelKind> {
    select(vec![ChannelKind::Text, ChannelKind::Announcement, ChannelKind::Voice, ChannelKind::Category])
}

fn is_sovereign(membership: &Membership) -> bool {
    membership.is_owner()
        || membership.roles.iter().any(|held| held.permissions.contains(Permissions::ADMINISTRATOR))
}

proptest! {
    #[test]
    fn owners_and_administrators_may_do_everything(mut s in membership(), o in overwrites(), kind in kind(), owns in any::<bool>()) {
        if owns {
            s.owner = s.user;
        } else {
            s.roles.iter_mut().for_each(|held| held.permissions |= Permissions::ADMINISTRATOR);
        }
        prop_assert_eq!(s.permissions(), Permissions::all());
        prop_assert_eq!(s.in_channel(&o, kind), Permissions::all());
    }

    #[test]
    fn another_allowance_never_takes_a_right(s in membership(), o in overwrites(), kind in kind(), at in any::<prop::sample::Index>(), more in bits()) {
        prop_assume!(!o.is_empty());
        let before = s.in_channel(&o, kind);
        let mut wider = o.clone();
        let rule = at.get(&o);
        wider.iter_mut().filter(|each| each.target == rule.target).for_each(|each| {
            each.allow |= more;
            each.deny -= more;
        });
        prop_assert!(s.in_channel(&wider, kind).contains(before));
    }

    #[test]
    fn another_denial_never_gives_one(s in membership(), o in overwrites(), kind in kind(), at in any::<prop::sample::Index>(), more in bits()) {
        prop_assume!(!o.is_empty());
        let before = s.in_channel(&o, kind);
        let mut tighter = o.clone();
        let rule = at.get(&o);
        tighter.iter_mut().filter(|each| each.target == rule.target).for_each(|each| {
            each.deny |= more;
            each.allow -= more;
        });
        prop_assert!(before.contains(s.in_channel(&tighter, kind)));
    }

    #[test]
    fn a_role_that_allows_more_never_takes_a_right(s in membership(), o in overwrites(), kind in kind(), at in any::<prop::sample::Index>(), more in bits()) {
        let mut wider = s.clone();
        let role = at.get(&s.roles).id;
        wider.roles.iter_mut().filter(|held| held.id == role).for_each(|held| held.permissions |= more);
        prop_assert!(wider.permissions().contains(s.permissions()));
        prop_assert!(wider.in_channel(&o, kind).contains(s.in_channel(&o, kind)));
    }

    #[test]
    fn what_follows_from_what_is_missing(s in membership(), o in overwrites(), kind in kind()) {
        let may = s.in_channel(&o, kind);
        prop_assert!(may.contains(Permissions::VIEW_CHANNEL) || may.is_empty());
        prop_assert!(may.contains(Permissions::SEND_MESSAGES) || !may.intersects(WRITING));
        prop_assert!(is_sovereign(&s) || s.timed_out.is_none() || TIMED_OUT.contains(may | s.permissions()));
        let announcements = may.contains(Permissions::MANAGE_MESSAGES) || !may.contains(Permissions::SEND_MESSAGES);
        prop_assert!(kind != ChannelKind::Announcement || announcements);
    }

    #[test]
    fn a_channel_gives_what_means_something_there_and_nothing_else(s in membership(), o in overwrites(), kind in kind()) {
        let quiet = Membership { timed_out: None, ..s };
        prop_assert!((quiet.permissions() | Permissions::CHANNEL).contains(quiet.in_channel(&o, kind)));
    }

    #[test]
    fn the_order_of_overwrites_and_those_of_others_mean_nothing(s in membership(), o in overwrites(), kind in kind()) {
        let mine = |rule: &Overwrite| {
            rule.target == s.user.uuid() || s.roles.iter().any(|held| held.id.uuid() == rule.target)
        };
        let own = o.iter().rev().copied().filter(mine).collect::<Vec<_>>();
        prop_assert_eq!(s.in_channel(&own, kind), s.in_channel(&o, kind));
    }

    #[test]
    fn nobody_stands_above_themselves_the_owner_or_those_who_stand_above_them(a in membership(), b in membership()) {
        let b = Membership { user: UserId::from_uuid(Uuid::from_u128(3)), owner: a.owner, ..b };
        prop_assert!(!a.outranks(&a));
        prop_assert!(!a.outranks(&b) || !b.outranks(&a));
        prop_assert!(!a.is_owner() || (a.outranks(&b) && !b.outranks(&a)));
    }
}
