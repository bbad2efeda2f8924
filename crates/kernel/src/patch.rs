//! Fields of a change: what is not said stays.

use serde::{Deserialize, Deserializer};

/// A field of a partial change. Give it `#[serde(default)]`, so that a field that is not there is [`Patch::Keep`], and
/// `#[schema(value_type = Option<…>)]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The field was not given: what is there stays.
    #[default]
    Keep,
    /// The field is `null`: what is there goes.
    Clear,
    /// The field has a value: it takes the place of what is there.
    Set(T),
}

impl<T> Patch<T> {
    /// The same of the value where it is.
    pub fn as_ref(&self) -> Patch<&T> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(value),
        }
    }

    /// The same with a value made from the one that it has, if it can be made.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn try_map<U, E>(self, make: impl FnOnce(T) -> Result<U, E>) -> Result<Patch<U>, E> {
        Ok(match self {
            Self::Keep => Patch::Keep,
            Self::Clear => Patch::Clear,
            Self::Set(value) => Patch::Set(make(value)?),
        })
    }

    /// What is to be written: `None` for nothing, `Some(None)` for NULL.
    pub fn into_change(self) -> Option<Option<T>> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(None),
            Self::Set(value) => Some(Some(value)),
        }
    }

    /// What is to be written where there is always a value: `default` takes the place of what goes.
    pub fn or_default_to(self, default: T) -> Option<T> {
        match self {
            Self::Keep => None,
            Self::Clear => Some(default),
            Self::Set(value) => Some(value),
        }
    }
}

impl<T> Patch<Option<T>> {
    /// A value that turned out to be none clears.
    pub fn flatten(self) -> Patch<T> {
        match self {
            Self::Keep => Patch::Keep,
            Self::Clear | Self::Set(None) => Patch::Clear,
            Self::Set(Some(value)) => Patch::Set(value),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    /// `null` or a value; that a field is not there only `#[serde(default)]` can tell.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize)]
    struct Body {
        #[serde(default)]
        field: Patch<u8>,
    }

    #[test]
    fn absent_null_and_a_value_are_three_things() {
        let parse = |json| serde_json::from_str::<Body>(json).map(|body| body.field);
        assert_eq!(parse("{}").unwrap(), Patch::Keep);
        assert_eq!(parse(r#"{"field": null}"#).unwrap(), Patch::Clear);
        assert_eq!(parse(r#"{"field": 7}"#).unwrap(), Patch::Set(7));
        assert!(parse(r#"{"field": "seven"}"#).is_err());
    }

    #[test]
    fn what_is_written() {
        assert_eq!(Patch::<u8>::Keep.into_change(), None);
        assert_eq!(Patch::<u8>::Clear.into_change(), Some(None));
        assert_eq!(Patch::Set(7).into_change(), Some(Some(7)));
        assert_eq!(Patch::Clear.or_default_to(1), Some(1));
        assert_eq!(Patch::Set("7").try_map(str::parse::<u8>), Ok(Patch::Set(7)));
    }
}
