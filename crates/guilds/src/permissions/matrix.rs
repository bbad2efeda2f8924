//! The whole rule as a table that somebody has looked at: who × what a channel overwrites × what they may do there.

use std::fmt::Write;

use kernel::{GuildId, Permissions, RoleId, Timestamp, UserId};
use uuid::Uuid;

use super::{Held, Membership, Overwrite};
use crate::ChannelKind;

/// Each permission as a letter, in the order of the bits.
const LETTERS: &str = "vshraeicpMCRNGLKBTA";

const EVERYONE: u128 = 10;
const CREW: u128 = 11;
const OTHER: u128 = 12;
const FOREIGN: u128 = 13;
const ADA: u128 = 1;
const BOB: u128 = 2;

fn letters(permissions: Permissions) -> String {
    let bit = |(letter, bit): (char, Permissions)| if permissions.contains(bit) { letter } else { '·' };
    LETTERS.chars().zip(Permissions::all().iter()).map(bit).collect()
}

/// Bob, with `@everyone` and these roles.
fn bob(roles: &[(u128, Permissions)]) -> Membership {
    let user = |id| UserId::from_uuid(Uuid::from_u128(id));
    let everyone = (EVERYONE, Permissions::EVERYONE);
    let roles = std::iter::once(&everyone).chain(roles).zip(0..).map(|((id, permissions), position)| Held {
        id: RoleId::from_uuid(Uuid::from_u128(*id)),
        position,
        permissions: *permissions,
    });
    let guild = GuildId::from_uuid(Uuid::from_u128(0));
    Membership { guild, user: user(BOB), owner: user(ADA), timed_out: None, roles: roles.collect() }
}

fn who() -> Vec<(&'static str, Membership)> {
    let staff = Permissions::KICK_MEMBERS | Permissions::MODERATE_MEMBERS | Permissions::MANAGE_MESSAGES;
    let rulers = Permissions::MANAGE_ROLES | Permissions::MANAGE_CHANNELS;
    let member = bob(&[]);
    let crew = bob(&[(CREW, Permissions::empty())]);
    let both = bob(&[(CREW, staff), (OTHER, rulers)]);
    let admin = bob(&[(CREW, Permissions::ADMINISTRATOR)]);
    let owner = Membership { owner: member.user, ..member.clone() };
    let mut nobody = member.clone();
    nobody.roles.iter_mut().for_each(|held| held.permissions = Permissions::empty());
    let quiet =
        |membership: &Membership| Membership { timed_out: Timestamp::from_millis(1), ..membership.clone() };
    vec![
        ("without any permission", nobody),
        ("a member", member.clone()),
        ("with the role crew", crew),
        ("crew (staff) and other (rulers)", both.clone()),
        ("a member, timed out", quiet(&member)),
        ("crew and other, timed out", quiet(&both)),
        ("an administrator", admin.clone()),
        ("an administrator, timed out", quiet(&admin)),
        ("the owner", owner),
    ]
}

fn overwrites() -> Vec<(&'static str, Vec<Overwrite>)> {
    use Permissions as P;
    let rule = |id: u128, allow: P, deny: P| Overwrite { target: Uuid::from_u128(id), allow, deny };
    let none = P::empty();
    let hidden = rule(EVERYONE, none, P::VIEW_CHANNEL);
    vec![
        ("nothing", vec![]),
        ("hidden from everyone", vec![hidden]),
        ("hidden, but shown to crew", vec![hidden, rule(CREW, P::VIEW_CHANNEL, none)]),
        ("hidden, but shown to him", vec![hidden, rule(BOB, P::VIEW_CHANNEL, none)]),
        (
            "shown to crew, hidden from other",
            vec![rule(CREW, P::VIEW_CHANNEL, none), rule(OTHER, none, P::VIEW_CHANNEL)],
        ),
        (
            "hidden from crew, shown to other",
            vec![rule(OTHER, P::VIEW_CHANNEL, none), rule(CREW, none, P::VIEW_CHANNEL)],
        ),
        (
            "hidden from him, shown to crew",
            vec![rule(BOB, none, P::VIEW_CHANNEL), rule(CREW, P::VIEW_CHANNEL, none)],
        ),
        ("nobody writes", vec![rule(EVERYONE, none, P::SEND_MESSAGES)]),
        (
            "nobody writes, crew does",
            vec![rule(EVERYONE, none, P::SEND_MESSAGES), rule(CREW, P::SEND_MESSAGES, none)],
        ),
        (
            "crew does not write, he does",
            vec![rule(CREW, none, P::SEND_MESSAGES), rule(BOB, P::SEND_MESSAGES, none)],
        ),
        ("no history", vec![rule(EVERYONE, none, P::READ_HISTORY)]),
        ("everything allowed to him", vec![rule(BOB, P::all(), none)]),
        ("everything denied to him", vec![rule(BOB, none, P::all())]),
        ("everything denied to everyone", vec![rule(EVERYONE, none, P::all())]),
        ("everything allowed to others", vec![rule(FOREIGN, P::all(), none), rule(ADA, P::all(), none)]),
        ("everything denied to others", vec![rule(FOREIGN, none, P::all()), rule(ADA, none, P::all())]),
    ]
}

#[test]
fn the_rule_as_a_table() {
    let mut table = String::new();
    for (letter, (name, _)) in LETTERS.chars().zip(Permissions::all().iter_names()) {
        writeln!(table, "{letter} {name}").unwrap();
    }
    for (name, membership) in who() {
        let guild = letters(membership.permissions());
        writeln!(table, "\n{name}\n  {:36} {guild}", "in the guild").unwrap();
        for (case, overwrites) in overwrites() {
            let [text, voice, news] = [ChannelKind::Text, ChannelKind::Voice, ChannelKind::Announcement]
                .map(|kind| letters(membership.in_channel(&overwrites, kind)));
            assert_eq!(text, voice, "{name}, {case}: only in announcements others write");
            let news = if news == text { String::new() } else { format!("  announcements: {news}") };
            writeln!(table, "  {case:36} {text}{news}").unwrap();
        }
    }
    insta::assert_snapshot!(table);
}
