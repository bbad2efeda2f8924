//! What a gateway tells of itself, and what is made of that: dashboard, alerts, documentation.

mod access;
mod documents;
mod overview;
mod promql;
mod shown;
