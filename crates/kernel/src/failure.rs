//! What every error of a domain crate answers, and the two that all of them share.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{Code, Denied};

/// An error of a domain crate: a sentence for a person (`Display`), a code for a program.
pub trait Failure: std::error::Error {
    /// The row of the code table.
    fn code(&self) -> Code;

    /// More for a program: field errors, the missing permission.
    fn details(&self) -> Option<Value> {
        None
    }
}

/// A fault that a caller can do nothing about. Its cause is for the log, never for the caller.
#[derive(Debug, thiserror::Error)]
#[error("something went wrong on the server")]
pub struct Internal(#[source] pub Box<dyn std::error::Error + Send + Sync>);

impl Internal {
    /// Wraps the cause.
    pub fn new(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}

/// Input that breaks rules: each field with what it must be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invalid {
    fields: BTreeMap<String, Vec<String>>,
}

impl Invalid {
    /// One field that breaks one rule. `must` completes the sentence "`field` …": "must be at most 32 characters".
    pub fn field(field: impl Into<String>, must: impl Into<String>) -> Self {
        let mut invalid = Self::default();
        invalid.add(field, must);
        invalid
    }

    /// Notes one more broken rule.
    pub fn add(&mut self, field: impl Into<String>, must: impl Into<String>) {
        self.fields.entry(field.into()).or_default().push(must.into());
    }

    /// `Ok` when nothing was noted.
    ///
    /// # Errors
    /// `self` when something was.
    pub fn into_result(self) -> Result<(), Self> {
        if self.fields.is_empty() { Ok(()) } else { Err(self) }
    }
}

impl From<validator::ValidationErrors> for Invalid {
    /// Each field with the messages of its rules; a rule without a message is called by its name.
    fn from(errors: validator::ValidationErrors) -> Self {
        let mut invalid = Self::default();
        for (field, broken) in errors.field_errors() {
            for rule in broken {
                invalid.add(field.to_string(), rule.message.as_deref().unwrap_or(&rule.code).to_string());
            }
        }
        invalid
    }
}

impl std::fmt::Display for Invalid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut first = true;
        for (field, rules) in &self.fields {
            for must in rules {
                write!(f, "{}{field} {must}", if first { "" } else { "; " })?;
                first = false;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Invalid {}

impl Failure for Invalid {
    fn code(&self) -> Code {
        Code::ValidationFailed
    }

    fn details(&self) -> Option<Value> {
        Some(json!(self.fields))
    }
}

impl std::fmt::Display for Denied {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Hidden => f.write_str("no such channel, or you may not see it"),
            Self::Missing(permission) => {
                f.write_str("you lack the permission ")?;
                bitflags::parser::to_writer(permission, f)
            }
            Self::TimedOut(until) => write!(f, "you are timed out in this server until {until}"),
        }
    }
}

impl std::error::Error for Denied {}

impl Failure for Denied {
    fn code(&self) -> Code {
        match self {
            Self::Hidden => Code::ResourceNotFound,
            Self::Missing(_) => Code::InsufficientPermissions,
            Self::TimedOut(_) => Code::TimedOut,
        }
    }

    fn details(&self) -> Option<Value> {
        match self {
            Self::Hidden => None,
            Self::Missing(permission) => {
                Some(json!({ "permission": permission.iter_names().map(|(name, _)| name).next() }))
            }
            Self::TimedOut(until) => Some(json!({ "expiresAt": until })),
        }
    }
}
