//! What a member may do, as bits and as names.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

bitflags::bitflags! {
    /// A set of permissions. In tables: a bigint. On the wire: a list of names.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
    pub struct Permissions: i64 {
        /// See a channel at all. Without it no other permission holds there.
        const VIEW_CHANNEL = 1;
        /// Write messages. Without it no attaching, mentioning or reacting anew.
        const SEND_MESSAGES = 1 << 1;
        /// Read what was written before one came to look.
        const READ_HISTORY = 1 << 2;
        /// Put a new reaction on a message.
        const ADD_REACTIONS = 1 << 3;
        /// Attach files to messages.
        const ATTACH_FILES = 1 << 4;
        /// Mention `@everyone`.
        const MENTION_EVERYONE = 1 << 5;
        /// Make invite codes.
        const CREATE_INVITE = 1 << 6;
        /// Join voice channels.
        const CONNECT = 1 << 7;
        /// Speak in voice channels.
        const SPEAK = 1 << 8;
        /// Delete and pin messages of others; write in announcement channels.
        const MANAGE_MESSAGES = 1 << 9;
        /// Create, change and delete channels.
        const MANAGE_CHANNELS = 1 << 10;
        /// Create, change, delete and assign roles below one's own.
        const MANAGE_ROLES = 1 << 11;
        /// Change the nicknames of others.
        const MANAGE_NICKNAMES = 1 << 12;
        /// Change the guild itself.
        const MANAGE_SERVER = 1 << 13;
        /// Read the audit log.
        const VIEW_AUDIT_LOG = 1 << 14;
        /// Remove members; they may come back.
        const KICK_MEMBERS = 1 << 15;
        /// Remove members and keep them out.
        const BAN_MEMBERS = 1 << 16;
        /// Time out and warn members.
        const MODERATE_MEMBERS = 1 << 17;
        /// Everything, everywhere in the guild.
        const ADMINISTRATOR = 1 << 18;
    }
}

impl Permissions {
    /// What `@everyone` may do in a new guild.
    pub const EVERYONE: Self = Self::VIEW_CHANNEL
        .union(Self::SEND_MESSAGES)
        .union(Self::READ_HISTORY)
        .union(Self::ADD_REACTIONS)
        .union(Self::ATTACH_FILES)
        .union(Self::CREATE_INVITE)
        .union(Self::CONNECT)
        .union(Self::SPEAK);

    /// What a channel's overwrites may allow and deny: that which means something in a channel.
    pub const CHANNEL: Self = Self::VIEW_CHANNEL
        .union(Self::SEND_MESSAGES)
        .union(Self::READ_HISTORY)
        .union(Self::ADD_REACTIONS)
        .union(Self::ATTACH_FILES)
        .union(Self::MENTION_EVERYONE)
        .union(Self::CREATE_INVITE)
        .union(Self::CONNECT)
        .union(Self::SPEAK)
        .union(Self::MANAGE_MESSAGES)
        .union(Self::MANAGE_CHANNELS)
        .union(Self::MANAGE_ROLES);

    /// The permissions named in `names`.
    ///
    /// # Errors
    /// The first name that is no permission.
    pub fn from_names<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, &'a str> {
        names.into_iter().try_fold(Self::empty(), |all, name| Ok(all | Self::from_name(name).ok_or(name)?))
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter_names().map(|(name, _)| name))
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        Self::from_names(names.iter().map(String::as_str))
            .map_err(|name| D::Error::custom(format!("{name} is no permission")))
    }
}

impl utoipa::PartialSchema for Permissions {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let names = Self::all().iter_names().map(|(name, _)| name).collect::<Vec<_>>();
        utoipa::openapi::schema::ArrayBuilder::new()
            .items(
                utoipa::openapi::schema::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .enum_values(Some(names)),
            )
            .into()
    }
}

impl utoipa::ToSchema for Permissions {}

#[cfg(test)]
mod tests {
    use super::Permissions;

    #[test]
    fn names_go_out_and_come_back() {
        let some = Permissions::VIEW_CHANNEL | Permissions::KICK_MEMBERS;
        let json = serde_json::to_string(&some).unwrap();
        assert_eq!(json, r#"["VIEW_CHANNEL","KICK_MEMBERS"]"#);
        assert_eq!(serde_json::from_str::<Permissions>(&json).unwrap(), some);
        assert!(serde_json::from_str::<Permissions>(r#"["FLY"]"#).unwrap_err().to_string().contains("FLY"));
    }
}
