//! Who may change a message, and until when. Pure.

use chrono::TimeDelta;
use kernel::{Timestamp, UserId};

use crate::Error;
use crate::model::Kind;
use crate::row::Row;

/// Whether `user` may edit `row` at `now`: its author, within `window` of writing it.
pub(crate) fn may_edit(row: &Row, user: UserId, now: Timestamp, window: TimeDelta) -> Result<(), Error> {
    if row.author_id != user || row.kind == Kind::System {
        return Err(Error::NotTheAuthor);
    }
    if row.created_at.plus(window) < now {
        return Err(Error::TooLate { hours: window.num_hours() });
    }
    Ok(())
}

/// Whether `user` may delete `row`: its author, or a moderator.
pub(crate) fn may_delete(row: &Row, user: UserId, moderator: bool) -> Result<(), Error> {
    if row.author_id == user || moderator { Ok(()) } else { Err(Error::NotTheAuthor) }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    #[test]
    fn authors_edit_for_a_while_and_moderators_only_delete() {
        let env = Env::system();
        let (author, other): (UserId, UserId) = (env.id(), env.id());
        let written = env.now();
        let row = Row { author_id: author, created_at: written, ..Row::sample(&env) };
        let (day, late) = (TimeDelta::hours(24), written.plus(TimeDelta::milliseconds(86_400_001)));
        assert!(may_edit(&row, author, written.plus(day), day).is_ok());
        assert!(matches!(may_edit(&row, author, late, day), Err(Error::TooLate { hours: 24 })));
        assert!(matches!(may_edit(&row, other, written, day), Err(Error::NotTheAuthor)));
        let system = Row { kind: Kind::System, ..row.clone() };
        assert!(matches!(may_edit(&system, author, written, day), Err(Error::NotTheAuthor)));
        assert!(may_delete(&row, author, false).is_ok() && may_delete(&row, other, true).is_ok());
        assert!(matches!(may_delete(&row, other, false), Err(Error::NotTheAuthor)));
    }
}
