//! How values of settings are written, where an environment variable can say only text, and what is wrong with them.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};

/// A setting that is no good.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name} {must}")]
pub struct Fault {
    /// Which: `redis.url`.
    pub name: &'static str,
    /// What it must be; completes the sentence "`redis.url` …".
    pub must: Cow<'static, str>,
}

impl Fault {
    /// That a setting must be something else.
    pub fn new(name: &'static str, must: impl Into<Cow<'static, str>>) -> Self {
        Self { name, must: must.into() }
    }

    /// The first rule that is broken. A rule is whether it is kept, the setting, and what that must be.
    pub fn first(rules: impl IntoIterator<Item = (bool, &'static str, &'static str)>) -> Option<Self> {
        rules.into_iter().find(|(good, ..)| !good).map(|(_, name, must)| Self::new(name, must))
    }
}

/// A list, or its items in one string, separated by commas.
///
/// # Errors
/// It is neither.
pub fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        List(Vec<String>),
        Text(String),
    }
    Ok(match Either::deserialize(deserializer)? {
        Either::List(items) => items,
        Either::Text(text) => {
            text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(Into::into).collect()
        }
    })
}

/// A text, or `None` when it is empty: the settings' way to say that something is not given.
///
/// # Errors
/// It is no text.
pub fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    String::deserialize(deserializer).map(|text| Some(text).filter(|text| !text.trim().is_empty()))
}
