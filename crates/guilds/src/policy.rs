//! How much there may be.

/// Guilds that one user may own.
pub const OWNED_MAX: i64 = 100;
/// Guilds that one user may be a member of, their own among them.
pub const JOINED_MAX: i64 = 200;
/// Channels that one guild may have.
pub const CHANNELS_MAX: i64 = 500;
/// Invite codes that one guild may have beside the permanent one.
pub const INVITES_MAX: i64 = 500;
/// Roles that one guild may have, `@everyone` among them. As many as Discord allows: every change of one reads them all.
pub const ROLES_MAX: i64 = 250;
/// Roles that one member may have, `@everyone` not counted: each access reads them all.
pub const HELD_MAX: i64 = 100;
/// Overwrites that one channel may have: each role one, and as many members.
pub const OVERWRITES_MAX: i64 = 500;

/// What invite codes look like. 31¹⁰ of them: none is guessed, and no two guilds get the same.
pub const INVITE_CODE: CodeForm = CodeForm { alphabet: b"abcdefghjkmnpqrstuvwxyz23456789", length: 10 };

/// What codes are made of.
#[derive(Clone, Copy, Debug)]
pub struct CodeForm {
    /// Letters and digits that are not mistaken for each other, in lower case.
    pub alphabet: &'static [u8],
    /// How many of them.
    pub length: usize,
}

impl CodeForm {
    /// Whether `text` may be such a code.
    pub fn fits(self, text: &str) -> bool {
        text.len() == self.length && text.bytes().all(|byte| self.alphabet.contains(&byte))
    }
}
