//! Enums that stand in tables and on the wire by their names.

/// An enum that is stored in a column of type `text`, and said on the wire, by the name that is given to each variant.
///
/// It gets `as_str`, `from_name` and `ALL`, serde's and utoipa's traits, and diesel's for `Text`. A name in a table that
/// none of the variants has is an error of the row that holds it.
///
/// ```
/// backbone::stored_enum! {
///     /// What a message is.
///     pub enum Kind {
///         /// Written by its author.
///         Text = "text",
///         /// Tells of something that its author did.
///         System = "system",
///     }
/// }
///
/// assert_eq!(Kind::System.as_str(), "system");
/// assert_eq!(Kind::from_name("text"), Some(Kind::Text));
/// assert_eq!(Kind::from_name("Text"), None);
/// assert_eq!(Kind::ALL, [Kind::Text, Kind::System]);
/// ```
// `tt` and not `literal`: utoipa does not see into what was matched as a literal, and would describe other names.
#[macro_export]
macro_rules! stored_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $text:tt),+ $(,)?
    }) => {
        #[derive(
            Clone,
            Copy,
            Debug,
            PartialEq,
            Eq,
            Hash,
            serde::Serialize,
            serde::Deserialize,
            utoipa::ToSchema,
            diesel::expression::AsExpression,
            diesel::deserialize::FromSqlRow,
        )]
        #[diesel(sql_type = diesel::sql_types::Text)]
        $(#[$meta])*
        $vis enum $name {
            $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in tables and on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            /// The one of this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                <str as diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg>>::to_sql(
                    self.as_str(),
                    out,
                )
            }
        }

        impl diesel::deserialize::FromSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn from_sql(value: diesel::pg::PgValue<'_>) -> diesel::deserialize::Result<Self> {
                let name = <String as diesel::deserialize::FromSql<
                    diesel::sql_types::Text,
                    diesel::pg::Pg,
                >>::from_sql(value)?;
                Self::from_name(&name)
                    .ok_or_else(|| format!(concat!("no ", stringify!($name), ": {:?}"), name).into())
            }
        }
    };
}
