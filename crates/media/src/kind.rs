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

impl ToSql<Text, Pg> for Kind {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <str as ToSql<Text, Pg>>::to_sql(self.as_str(), out)
    }
}

impl FromSql<Text, Pg> for Kind {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let name = <String as FromSql<Text, Pg>>::from_sql(value)?;
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == name);
        found.ok_or_else(|| format!("{name} is no kind of file").into())
    }
}
