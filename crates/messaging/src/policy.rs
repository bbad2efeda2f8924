//! Who may change a message, and until when, and what it may have. Pure.

use chrono::TimeDelta;
use kernel::{Grant, Invalid, Timestamp, UserId, can};
use media::Attachment;

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

/// Whether a new message of the grant's user may have these files; `None` is a file that is not there.
pub(crate) fn may_attach<'a>(
    grant: &Grant,
    files: impl IntoIterator<Item = Option<&'a Attachment>>,
) -> Result<(), Error> {
    let mut files = files.into_iter().peekable();
    if files.peek().is_some() {
        grant.require::<can::AttachFiles>()?;
    }
    let free = |file: &Attachment| file.is_free_for(grant.user(), grant.timeline());
    if files.all(|file| file.is_some_and(free)) {
        return Ok(());
    }
    let must = "must be files that you uploaded for this channel, or for any, and did not send yet";
    Err(Invalid::field("attachments", must).into())
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
