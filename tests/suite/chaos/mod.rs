//! Faults at random, and the checker that judges what became of everybody.

mod checker;
mod faults;
