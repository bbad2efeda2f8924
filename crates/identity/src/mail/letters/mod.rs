//! What the letters say: one function, or one variant, a letter.

mod notice;
mod proof;

pub(crate) use notice::Notice;
pub(crate) use proof::{confirm_leaving, confirm_moving, reset, verification};
