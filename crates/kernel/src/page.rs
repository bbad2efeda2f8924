//! Bounded lists.

/// How many items a caller wants: at least 1, at most `MAX`, `DEFAULT` when they do not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit<const DEFAULT: i64, const MAX: i64>(i64);

impl<const DEFAULT: i64, const MAX: i64> Limit<DEFAULT, MAX> {
    /// The asked, clamped.
    pub fn new(asked: Option<i64>) -> Self {
        Self(asked.unwrap_or(DEFAULT).clamp(1, MAX))
    }

    /// The number of items.
    pub const fn get(self) -> i64 {
        self.0
    }
}

impl<const DEFAULT: i64, const MAX: i64> Default for Limit<DEFAULT, MAX> {
    fn default() -> Self {
        Self::new(None)
    }
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Whether the list goes on after them.
    pub has_more: bool,
}

impl<T> Page<T> {
    /// A page of at most `limit` of `items`, of which one more than `limit` was asked for to learn whether there is
    /// more.
    pub fn of(mut items: Vec<T>, limit: i64) -> Self {
        let limit = usize::try_from(limit).unwrap_or(0);
        let has_more = items.len() > limit;
        items.truncate(limit);
        Self { items, has_more }
    }
}

#[cfg(test)]
mod tests {
    use super::{Limit, Page};

    #[test]
    fn wishes_are_clamped() {
        let limit = |asked| Limit::<50, 100>::new(asked).get();
        assert_eq!((limit(None), limit(Some(0)), limit(Some(7)), limit(Some(i64::MAX))), (50, 1, 7, 100));
    }

    #[test]
    fn one_item_too_many_means_there_is_more() {
        assert_eq!(Page::of(vec![1, 2, 3], 2), Page { items: vec![1, 2], has_more: true });
        assert_eq!(Page::of(vec![1, 2], 2), Page { items: vec![1, 2], has_more: false });
    }
}
