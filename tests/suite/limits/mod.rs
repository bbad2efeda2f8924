//! How often people may do things.

#![expect(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod addresses;
mod calls;
mod letters;
mod logins;
mod messages;
mod outage;

use tests::{App, AppBuilder};

/// With limits, that count exactly however busy the machine is, and are wide where a test does not narrow them.
fn limited() -> AppBuilder {
    let wide = ["requests", "messages", "invites", "sign_ups"];
    let wide = wide.into_iter().fold(App::builder(), |app, name| rate(app, name, 1_000, 1, 1_000));
    wide.with("limits.enabled", "true").with("limits.redis_timeout_ms", "10000")
}

/// With this rate: `count` in `period_s`, `burst` at once.
fn rate(app: AppBuilder, name: &str, count: u32, period_s: u32, burst: u32) -> AppBuilder {
    [("count", count), ("period_s", period_s), ("burst", burst)]
        .into_iter()
        .fold(app, |app, (part, value)| app.with(&format!("limits.{name}.{part}"), &value.to_string()))
}
