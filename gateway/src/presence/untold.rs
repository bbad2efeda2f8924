//! Changes that are settled and were not told: the database was away, or too slow.

use std::collections::HashMap;

use backbone::presence::Seen;
use kernel::UserId;

/// Changes to be told, one for each who changed.
#[derive(Debug, Default)]
pub(super) struct Untold(HashMap<UserId, Seen>);

impl Untold {
    /// This change as well, which is settled: who changed before and was not told of is compared with what was told last.
    pub(super) fn add(&mut self, change: Seen) {
        let before = self.0.get(&change.user).map_or(change.before, |untold| untold.before);
        self.0.insert(change.user, Seen { before, ..change });
    }

    /// Takes at most so many.
    pub(super) fn take(&mut self, limit: usize) -> Vec<Seen> {
        let users = self.0.keys().take(limit).copied().collect::<Vec<_>>();
        users.iter().filter_map(|user| self.0.remove(user)).collect()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use backbone::presence::Before;
    use kernel::Env;

    use super::*;

    #[test]
    fn of_who_changed_twice_the_later_is_told_seen_from_what_was_told_last() {
        let (mut untold, user) = (Untold::default(), Env::system().id());
        let change = |status: &str, before| Seen {
            status: status.into(),
            before: Some(before),
            ..Seen::nothing(user)
        };
        untold.add(change("online", Before::Gone));
        let [failed] = &*untold.take(10) else { panic!("one") };
        assert_eq!(untold.len(), 0);
        untold.add(failed.clone());
        untold.add(change("busy", Before::There));
        assert_eq!(untold.take(10), [change("busy", Before::Gone)], "nobody has heard that they came");
        untold.add(Seen { user: Env::system().id(), ..change("busy", Before::There) });
        untold.add(change("busy", Before::There));
        assert_eq!((untold.take(1).len(), untold.len()), (1, 1));
    }
}
