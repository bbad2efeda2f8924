//! The tests: one binary, because linking many is slow.

mod realtime;
