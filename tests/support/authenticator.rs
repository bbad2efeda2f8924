//! An authenticator app: another implementation of RFC 6238 than the product's.

use kernel::Clock;
use serde_json::Value;
use totp_rs::Totp;

use crate::App;

/// An app that was shown a QR code.
#[derive(Clone, Debug)]
pub struct Authenticator(Totp);

impl Authenticator {
    /// Reads the `otpauthUrl` of an answer.
    #[track_caller]
    pub fn scan(answer: &Value) -> Self {
        Self(Totp::from_url(answer["otpauthUrl"].as_str().expect("an URL")).expect("an URL for an app"))
    }

    /// The code that it shows now, by the app's clock.
    pub fn code(&self, app: &App) -> String {
        self.code_in(app, 0)
    }

    /// The code that it will show in some seconds, or showed before.
    pub fn code_in(&self, app: &App, seconds: i64) -> String {
        let at = u64::try_from(app.clock.now().seconds() + seconds).expect("a time after 1970");
        self.0.generate(at).to_string()
    }

    /// Moves the app's clock to just after the beginning of the next code, so that it stands for a while.
    pub fn next(app: &App) {
        let into = app.clock.now().millis().rem_euclid(30_000);
        app.clock.advance_ms(30_000 - into + 500);
    }

    /// Six digits that are not among its codes of this time.
    pub fn wrong_code(&self, app: &App) -> String {
        let codes = [-60, -30, 0, 30, 60].map(|seconds| self.code_in(app, seconds));
        let wrong = (0..).map(|n| format!("{n:06}")).find(|code| !codes.contains(code));
        wrong.expect("there are six codes")
    }
}
