//! Parsed inputs: after `parse` they are valid.

pub mod automod;

use chrono::TimeDelta;
use guilds::audit::REASON_MAX;
use kernel::text::control_character;
use kernel::{GuildId, Invalid, Patch, ReportId, UserId};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::view::ReportStatus;

/// How long a ban may last, days: ten years.
const BAN_DAYS: std::ops::RangeInclusive<i64> = 1..=3_650;
/// How far back messages are deleted, days.
const DELETE_DAYS: std::ops::RangeInclusive<i64> = 0..=7;
/// How long a time-out may last, minutes: 28 days.
const TIMEOUT_MINUTES: std::ops::RangeInclusive<i64> = 1..=40_320;
/// Characters that a report's text may have.
const REPORT_MAX: usize = 2_000;

/// Why somebody is removed.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KickBody {
    /// What they are told, up to 512 characters.
    #[schema(example = "flooding", max_length = 512)]
    pub reason: Option<String>,
}

/// Why somebody is banned, and for how long.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BanBody {
    /// What they are told, up to 512 characters.
    #[schema(example = "flooding", max_length = 512)]
    pub reason: Option<String>,
    /// Days, 1 to 3650; for ever unless said.
    #[schema(example = 7, minimum = 1, maximum = 3_650)]
    pub duration: Option<i64>,
    /// Their messages of so many days are deleted, 0 to 7; none unless said.
    #[schema(example = 1, minimum = 0, maximum = 7)]
    pub delete_message_days: Option<i64>,
}

/// Why a member is timed out, and for how long.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimeoutBody {
    /// What they are told, up to 512 characters.
    #[schema(example = "flooding", max_length = 512)]
    pub reason: Option<String>,
    /// Minutes, 1 to 40320.
    #[schema(example = 60, minimum = 1, maximum = 40_320)]
    pub duration: i64,
}

/// Why a member is warned.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WarnBody {
    /// What they are told, 1 to 512 characters.
    #[schema(example = "Please follow the rules", min_length = 1, max_length = 512)]
    pub reason: String,
}

/// Why a message is reported.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportBody {
    /// What is wrong with it, 1 to 2000 characters.
    #[schema(example = "This is an insult", min_length = 1, max_length = 2000)]
    pub reason: String,
}

/// Whom somebody reports, and why.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportUserBody {
    /// Whom.
    pub user_id: UserId,
    /// The server whose moderators are to see it: one of the caller's.
    pub server_id: GuildId,
    /// What is wrong with them, 1 to 2000 characters.
    #[schema(example = "Insults by direct message", min_length = 1, max_length = 2000)]
    pub reason: String,
}

/// What becomes of a report: what is not said stays.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UpdateReportBody {
    /// Which.
    pub report_id: ReportId,
    /// What it is now.
    pub status: Option<ReportStatus>,
    /// Who takes care of it: a member; `null` for nobody. Whoever resolves or dismisses it, unless said.
    #[serde(default)]
    #[schema(value_type = Option<UserId>)]
    pub handler_id: Patch<UserId>,
    /// What moderators note, up to 2000 characters; `null` for nothing.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "Talked to both", max_length = 2000)]
    pub note: Patch<String>,
}

/// A ban that may be made.
#[derive(Clone, Debug)]
pub(crate) struct Sentence {
    pub(crate) reason: Option<String>,
    pub(crate) lasts: Option<TimeDelta>,
    pub(crate) deletes: Option<TimeDelta>,
}

/// A reason, trimmed; one without a visible character is none.
pub(crate) fn reason(text: Option<String>) -> Result<Option<String>, Invalid> {
    text.map_or(Ok(None), |text| words("reason", &text, REASON_MAX))
}

/// A reason that must be given.
pub(crate) fn due_reason(text: &str) -> Result<String, Invalid> {
    words("reason", text, REASON_MAX)?.ok_or_else(|| Invalid::field("reason", "must not be empty"))
}

/// What is wrong with somebody or something.
pub(crate) fn complaint(text: &str) -> Result<String, Invalid> {
    words("reason", text, REPORT_MAX)?.ok_or_else(|| Invalid::field("reason", "must not be empty"))
}

/// What moderators note.
pub(crate) fn note(text: &str) -> Result<Option<String>, Invalid> {
    words("note", text, REPORT_MAX)
}

impl Sentence {
    pub(crate) fn parse(body: BanBody) -> Result<Self, Invalid> {
        let reason = reason(body.reason)?;
        let days = |field: &str, days: Option<i64>, range: &std::ops::RangeInclusive<i64>| match days {
            Some(days) if !range.contains(&days) => {
                Err(Invalid::field(field, format!("must be {} to {} days", range.start(), range.end())))
            }
            days => Ok(days.filter(|days| *days > 0).and_then(TimeDelta::try_days)),
        };
        let lasts = days("duration", body.duration, &BAN_DAYS)?;
        let deletes = days("deleteMessageDays", body.delete_message_days, &DELETE_DAYS)?;
        Ok(Self { reason, lasts, deletes })
    }
}

/// How long a time-out lasts.
pub(crate) fn minutes(duration: i64) -> Result<TimeDelta, Invalid> {
    let minutes = Some(duration).filter(|minutes| TIMEOUT_MINUTES.contains(minutes));
    minutes.and_then(TimeDelta::try_minutes).ok_or_else(|| {
        let (from, to) = (TIMEOUT_MINUTES.start(), TIMEOUT_MINUTES.end());
        Invalid::field("duration", format!("must be {from} to {to} minutes"))
    })
}

fn words(field: &str, text: &str, max: usize) -> Result<Option<String>, Invalid> {
    let text = text.trim();
    let length = text.chars().count();
    if length > max {
        return Err(Invalid::field(field, format!("must be at most {max} characters, and has {length}")));
    }
    if let Some(c) = control_character(text) {
        let must = format!("must not contain the control character U+{:04X}", u32::from(c));
        return Err(Invalid::field(field, must));
    }
    Ok((!text.is_empty()).then(|| text.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ban_is_for_ever_unless_said_and_within_limits() {
        let parse = |duration, delete_message_days| {
            Sentence::parse(BanBody { reason: None, duration, delete_message_days })
        };
        let for_ever = parse(None, None).unwrap();
        assert!(for_ever.lasts.is_none() && for_ever.deletes.is_none());
        assert_eq!(parse(Some(7), Some(1)).unwrap().lasts, Some(TimeDelta::days(7)));
        assert!(parse(None, Some(0)).unwrap().deletes.is_none());
        for (duration, days) in [(Some(0), None), (Some(3_651), None), (None, Some(8)), (None, Some(-1))] {
            assert!(parse(duration, days).is_err(), "{duration:?} {days:?}");
        }
    }

    #[test]
    fn a_time_out_lasts_a_minute_to_28_days() {
        assert_eq!(minutes(1).unwrap(), TimeDelta::minutes(1));
        assert_eq!(minutes(40_320).unwrap(), TimeDelta::days(28));
        assert!(minutes(0).is_err() && minutes(40_321).is_err() && minutes(i64::MIN).is_err());
    }

    #[test]
    fn reasons_are_trimmed_bounded_and_printable() {
        assert_eq!(reason(Some(" \n ".into())).unwrap(), None);
        assert_eq!(reason(Some(" why ".into())).unwrap().as_deref(), Some("why"));
        assert!(reason(Some("x".repeat(513))).is_err() && reason(Some("a\0".into())).is_err());
        assert!(due_reason(" ").is_err());
    }
}
