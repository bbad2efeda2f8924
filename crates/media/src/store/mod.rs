//! The tables of this crate.

pub(crate) mod attachments;
pub(crate) mod checking;
pub(crate) mod converting;
pub(crate) mod listing;
pub(crate) mod pictures;
pub(crate) mod sweeping;
pub(crate) mod uploads;
