//! New invite codes.

use chrono::TimeDelta;
use kernel::Invalid;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// How many may join by one code.
const USES_MAX: i32 = 100_000;
/// How short and how long a code may last, seconds: a minute and a year.
const LASTS: std::ops::RangeInclusive<i64> = 60..=31_536_000;

/// A further invite code.
#[derive(Clone, Copy, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CreateInviteBody {
    /// How many may join by it, 1 to 100000; as many as want unless said.
    #[schema(example = 10, minimum = 1, maximum = 100_000)]
    pub max_uses: Option<i32>,
    /// How long it leads there, 60 to 31536000 seconds; for ever unless said.
    #[schema(example = 86_400, minimum = 60, maximum = 31_536_000)]
    pub expires_in: Option<i64>,
}

/// A code that may be made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InviteDraft {
    pub(crate) max_uses: Option<i32>,
    pub(crate) lasts: Option<TimeDelta>,
}

impl InviteDraft {
    pub(crate) fn parse(body: CreateInviteBody) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        if body.max_uses.is_some_and(|uses| !(1..=USES_MAX).contains(&uses)) {
            invalid.add("maxUses", format!("must be 1 to {USES_MAX}"));
        }
        if body.expires_in.is_some_and(|seconds| !LASTS.contains(&seconds)) {
            invalid.add("expiresIn", format!("must be {} to {} seconds", LASTS.start(), LASTS.end()));
        }
        invalid.into_result()?;
        Ok(Self { max_uses: body.max_uses, lasts: body.expires_in.and_then(TimeDelta::try_seconds) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_kept() {
        let parse = |max_uses, expires_in| InviteDraft::parse(CreateInviteBody { max_uses, expires_in });
        assert!(parse(None, None).is_ok() && parse(Some(1), Some(60)).is_ok());
        let told = parse(Some(0), Some(59)).unwrap_err().to_string();
        assert!(told.contains("maxUses must be 1 to 100000") && told.contains("expiresIn must be"), "{told}");
        assert!(parse(Some(i32::MAX), None).is_err() && parse(None, Some(i64::MAX)).is_err());
    }
}
