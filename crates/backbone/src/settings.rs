//! How values of settings are written, where an environment variable can say only text.

use serde::{Deserialize, Deserializer};

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
