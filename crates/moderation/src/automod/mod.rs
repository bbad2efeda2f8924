//! Rules for what members write. Pure: no rule here asks anything but the text and itself. What must be counted over
//! time, or looked up, is named here and asked by `service::automod`.

mod fold;
mod invites;
mod links;
mod mentions;
mod rule;
mod ruleset;
mod words;

pub use rule::{Action, Links, Rule, Trigger};

pub(crate) use links::domain;
pub(crate) use ruleset::{Question, Ready, Ruleset, Tally, Text};
pub(crate) use words::Pattern;
