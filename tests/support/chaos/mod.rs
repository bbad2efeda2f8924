//! Faults at random while people write and read, and a checker that compares what each of them was told with the database.
//!
//! `docs/decisions/0034-fault-tests.md` says why it is made like this.

pub mod checker;
pub mod history;
