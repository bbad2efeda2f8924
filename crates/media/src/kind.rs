//! What a file is, as people see it.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a file is. It is found in its content; its name does not matter.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow,
)]
#[diesel(sql_type = Text)]
#[serde(rename_all = "lowercase")]
#[schema(as = AttachmentKind)]
pub enum Kind {
    /// A picture.
    Image,
    /// A video.
    Video,
    /// A sound.
    Audio,
    /// Anything else.
    Document,
}

impl Kind {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Image, Self::Video, Self::Audio, Self::Document];

    /// The name in tables and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
        }
    }

    /// Several of them, in a sentence.
    pub(crate) const fn plural(self) -> &'static str {
        match self {
            Self::Image => "pictures",
            Self::Video => "videos",
            Self::Audio => "sounds",
            Self::Document => "documents",
        }
    }
}

/// What a file was sent as.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow,
)]
#[diesel(sql_type = Text)]
#[serde(rename_all = "lowercase")]
pub enum AttachmentPurpose {
    /// A file like any other.
    #[default]
    File,
    /// A clip: it goes by itself after some time.
    Clip,
    /// A voice message.
    Voice,
}

/// What became of a video or sound after it was uploaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
#[serde(rename_all = "lowercase")]
pub enum Conversion {
    /// It will be looked at and converted.
    Pending,
    /// It was.
    Done,
    /// It could not be: it is broken, or too much.
    Failed,
    /// Nothing on this server does that. The file is as it came.
    Unavailable,
}

impl AttachmentPurpose {
    const ALL: [Self; 3] = [Self::File, Self::Clip, Self::Voice];

    const fn as_str(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Clip => "clip",
            Self::Voice => "voice",
        }
    }
}

impl Conversion {
    const ALL: [Self; 4] = [Self::Pending, Self::Done, Self::Failed, Self::Unavailable];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unavailable => "unavailable",
        }
    }
}

/// Enums that stand in a table as their names.
macro_rules! in_table {
    ($($name:ident),+) => {$(
        impl ToSql<Text, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                <str as ToSql<Text, Pg>>::to_sql(self.as_str(), out)
            }
        }

        impl FromSql<Text, Pg> for $name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                let name = <String as FromSql<Text, Pg>>::from_sql(value)?;
                let found = Self::ALL.into_iter().find(|one| one.as_str() == name);
                found.ok_or_else(|| format!("{name} is no {}", stringify!($name)).into())
            }
        }
    )+};
}

in_table!(Kind, AttachmentPurpose, Conversion);
