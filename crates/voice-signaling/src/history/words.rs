//! What a conversation tells of a call.

use super::PastCall;
use crate::model::{CallOutcome, seconds};

/// What who called did, in words: "made a call that lasted 5 min 12 s".
pub(crate) fn words(call: &PastCall) -> String {
    let what = if call.is_video { "made a video call" } else { "made a call" };
    match call.outcome {
        CallOutcome::Answered => {
            let lasted = seconds(call.answered_at, call.ended_at).unwrap_or_default();
            format!("{what} that lasted {}", span(lasted))
        }
        CallOutcome::Declined => format!("{what} that was declined"),
        CallOutcome::Missed | CallOutcome::Busy => format!("{what} that nobody answered"),
        CallOutcome::Cancelled => format!("{what} and hung up before anybody answered"),
    }
}

/// Seconds in words.
fn span(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{seconds} s"),
        (0, _) => format!("{minutes} min {seconds} s"),
        _ => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_in_their_two_largest_units() {
        let said = [0, 59, 60, 312, 3_599, 3_600, 7_325].map(span);
        assert_eq!(said, ["0 s", "59 s", "1 min 0 s", "5 min 12 s", "59 min 59 s", "1 h 0 min", "2 h 2 min"]);
    }
}
