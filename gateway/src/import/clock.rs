//! The times of a log: its lines say the minute, its name says the day.

use chrono::{NaiveDate, NaiveTime, TimeDelta};
use kernel::Timestamp;

/// A time that goes back further than this is one of the next day. Less is a line out of order, or a clock of twelve
/// hours, which nothing tells from one of twenty-four.
const TURN: TimeDelta = TimeDelta::hours(12);

/// The time of day in front of a line, `[HH:MM]` or `[HH:MM:SS]`, and what follows.
pub(super) fn stamp(line: &str) -> Option<(TimeDelta, &str)> {
    let (time, rest) = line.strip_prefix('[')?.split_once(']')?;
    let mut parts = time.split(':');
    let hours = number(parts.next()?, 24)?;
    let minutes = number(parts.next()?, 60)?;
    let seconds = parts.next().map_or(Some(0), |seconds| number(seconds, 60))?;
    let time = TimeDelta::seconds((hours * 60 + minutes) * 60 + seconds);
    parts.next().is_none().then_some((time, rest.trim_start()))
}

/// The number of two digits in `text`, below `end`.
fn number(text: &str, end: i64) -> Option<i64> {
    let is_number = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| is_number && *number < end)
}

/// Turns times of day into moments, from line to line.
#[derive(Debug)]
pub(super) struct Clock {
    midnight: Timestamp,
    time: TimeDelta,
}

impl Clock {
    /// A clock that shows `time` of `day` in UTC.
    pub(super) fn at(day: NaiveDate, time: TimeDelta) -> Self {
        Self { midnight: day.and_time(NaiveTime::MIN).and_utc().into(), time }
    }

    /// Goes on to the time of a line; a line without one has the time of the line before it.
    pub(super) fn tick(&mut self, time: Option<TimeDelta>) -> Timestamp {
        if let Some(time) = time {
            if self.time - time > TURN {
                self.midnight = self.midnight.plus(TimeDelta::days(1));
            }
            self.time = time;
        }
        self.midnight.plus(self.time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_a_time_in_brackets() {
        assert_eq!(stamp("[11:22] <ada> hi"), Some((TimeDelta::minutes(682), "<ada> hi")));
        assert_eq!(stamp("[00:00:07]x"), Some((TimeDelta::seconds(7), "x")));
        for line in
            ["[24:00] x", "[1:00] x", "[+1:00] x", "[11:22:33:44] x", "[dugg] x", "[11] x", "11:22", "["]
        {
            assert_eq!(stamp(line), None, "{line}");
        }
    }

    #[test]
    fn a_day_turns_when_the_time_goes_far_back() {
        let mut clock = Clock::at(NaiveDate::from_ymd_opt(2020, 2, 29).unwrap(), TimeDelta::hours(23));
        let mut tick = |hours| clock.tick(Some(TimeDelta::hours(hours))).to_string();
        assert_eq!(tick(23), "2020-02-29T23:00:00.000Z");
        assert_eq!(tick(22), "2020-02-29T22:00:00.000Z");
        assert_eq!(tick(10), "2020-02-29T10:00:00.000Z");
        assert_eq!(tick(23), "2020-02-29T23:00:00.000Z");
        assert_eq!(tick(0), "2020-03-01T00:00:00.000Z");
        assert_eq!(clock.tick(None).to_string(), "2020-03-01T00:00:00.000Z");
    }
}
