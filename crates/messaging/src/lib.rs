//! Timelines and their messages: every channel is a log.
