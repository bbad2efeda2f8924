//! How an answer tells of limits: the header fields `RateLimit-Policy` and `RateLimit` as in
//! draft-ietf-httpapi-ratelimit-headers-11, and `Retry-After` when it is a refusal.

use std::time::Duration;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use backbone::rates::Decision;
use kernel::Code;
use serde_json::{Value, json};

use crate::http::ApiError;

/// The policy: `"requests";q=1000;w=3600;guildhall-burst=100`.
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// How it stands: `"requests";r=99;t=4`, 99 more at once, and one more than that in 4 seconds.
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// Adds what the decision says, unless something was said already: the handler knows more of its own limits.
pub(crate) fn headers(decision: &Decision, headers: &mut HeaderMap) {
    if headers.contains_key(LIMIT) {
        return;
    }
    let (name, rate) = (decision.quota.name, decision.quota.rate);
    let policy = format!("\"{name}\";q={};w={};guildhall-burst={}", rate.count, rate.period_s, rate.burst);
    let limit = format!("\"{name}\";r={};t={}", decision.remaining, seconds(decision.next));
    let retry = (!decision.allowed).then(|| retry_after_s(decision).to_string());
    for (name, value) in [(POLICY, Some(policy)), (LIMIT, Some(limit)), (RETRY_AFTER, retry)] {
        if let Some(value) = value.and_then(|value| HeaderValue::try_from(value).ok()) {
            headers.insert(name, value);
        }
    }
}

/// After how many seconds a refused caller may try again; at least one.
fn retry_after_s(decision: &Decision) -> u64 {
    seconds(decision.retry_after).max(1)
}

/// Whole seconds, not fewer.
fn seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

impl ApiError {
    /// The answer to who was refused.
    pub(crate) fn refused(decision: Decision) -> Self {
        let seconds = retry_after_s(&decision);
        let plural = if seconds == 1 { "" } else { "s" };
        let words = format!("this was too often: try again in {seconds} second{plural}");
        let details = details(&decision);
        let error = Self::new(Code::RateLimited, words);
        Self { details: Some(Box::new(details)), refused: Some(Box::new(decision)), ..error }
    }
}

fn details(decision: &Decision) -> Value {
    let rate = decision.quota.rate;
    json!({
        "policy": decision.quota.name,
        "limit": rate.count,
        "periodSeconds": rate.period_s,
        "burst": rate.burst,
        "retryAfter": retry_after_s(decision),
    })
}

#[cfg(test)]
mod tests {
    use backbone::rates::{Quota, Rate};

    use super::*;

    fn decision(allowed: bool, remaining: u32, next_ms: u64) -> Decision {
        let quota = Quota::new("requests", Rate { count: 1_000, period_s: 3_600, burst: 100 });
        let next = Duration::from_millis(next_ms);
        let retry_after = if allowed { Duration::ZERO } else { next };
        Decision { allowed, quota, remaining, next, reset: next, retry_after }
    }

    #[test]
    fn the_fields_are_those_of_the_draft() {
        let mut told = HeaderMap::new();
        headers(&decision(true, 99, 3_600), &mut told);
        assert_eq!(told.get(POLICY).unwrap(), "\"requests\";q=1000;w=3600;guildhall-burst=100");
        assert_eq!(told.get(LIMIT).unwrap(), "\"requests\";r=99;t=4");
        assert!(!told.contains_key(RETRY_AFTER));
        // A refusal that the handler told of stays.
        headers(&decision(false, 0, 200), &mut told);
        assert_eq!(told.get(LIMIT).unwrap(), "\"requests\";r=99;t=4");
    }

    #[test]
    fn who_is_refused_is_told_when_to_come_back() {
        let mut told = HeaderMap::new();
        headers(&decision(false, 0, 2_001), &mut told);
        assert_eq!(told.get(LIMIT).unwrap(), "\"requests\";r=0;t=3");
        assert_eq!(told.get(RETRY_AFTER).unwrap(), "3");
        let error = ApiError::refused(decision(false, 0, 999));
        assert_eq!(error.message, "this was too often: try again in 1 second");
        assert_eq!(error.details.unwrap()["retryAfter"], 1);
    }
}
