//! The buckets of one process: what counts while Redis does not.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::Charge;
use super::gcra::{Step, gcra};

/// Buckets at most; some hundred bytes each.
const MAX: usize = 50_000;

/// When each bucket will be full, microseconds since 1970. A full one need not be here.
#[derive(Debug, Default)]
pub(super) struct Table(Mutex<HashMap<String, i64>>);

impl Table {
    /// What happens to the buckets: to all of them, or to none when one refuses.
    pub(super) fn charge(&self, charges: &[Charge], now: i64, cost: i64) -> (Vec<Step>, bool) {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let step = |charge: &Charge| {
            let full_at = buckets.get(&charge.key).copied().unwrap_or(now);
            gcra(charge.quota.rate, full_at, now, cost)
        };
        let steps = charges.iter().map(step).collect::<Vec<_>>();
        let allowed = steps.iter().all(|step| step.fits);
        if allowed {
            for (charge, step) in charges.iter().zip(&steps) {
                if step.after > now {
                    buckets.insert(charge.key.clone(), step.after);
                } else {
                    buckets.remove(&charge.key);
                }
            }
            if buckets.len() > MAX {
                shed(&mut buckets, now);
            }
        }
        (steps, allowed)
    }

    /// Forgets everything: Redis counts again.
    pub(super) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = HashMap::new();
    }
}

/// Makes room: forgets full buckets, and when that is not enough the fullest half. Who floods the table with new keys
/// does not make it forget the one that they have emptied.
fn shed(buckets: &mut HashMap<String, i64>, now: i64) {
    buckets.retain(|_, full_at| *full_at > now);
    if buckets.len() > MAX / 2 {
        let mut moments = buckets.values().copied().collect::<Vec<_>>();
        let middle = moments.len() / 2;
        let (_, median, _) = moments.select_nth_unstable(middle);
        let median = *median;
        buckets.retain(|_, full_at| *full_at > median);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Quota, Rate};
    use super::*;

    const START: i64 = 1_790_000_000_000_000;

    fn charge(name: &'static str, burst: u32, key: &str) -> Charge {
        Charge { quota: Quota::new(name, Rate { count: 60, period_s: 60, burst }), key: key.to_string() }
    }

    #[test]
    fn one_that_refuses_charges_none() {
        let table = Table::default();
        let (narrow, wide) = (charge("narrow", 1, "n"), charge("wide", 3, "w"));
        let both = [narrow, wide.clone()];
        assert!(table.charge(&both, START, 1).1);
        for _ in 0..20 {
            assert!(!table.charge(&both, START, 1).1);
        }
        let wide = [wide];
        assert!(table.charge(&wide, START, 1).1 && table.charge(&wide, START, 1).1);
        assert!(!table.charge(&wide, START, 1).1);
        // Given back to both.
        table.charge(&both, START, -1);
        assert!(table.charge(&both, START, 1).1);
    }

    #[test]
    fn a_flood_of_keys_is_bounded_and_frees_nobody() {
        let table = Table::default();
        let mine = [charge("x", 5, "mine")];
        while table.charge(&mine, START, 1).1 {}
        for number in 0..3 * MAX {
            table.charge(&[charge("x", 5, &number.to_string())], START, 1);
        }
        assert!(table.0.lock().unwrap().len() <= MAX);
        assert!(!table.charge(&mine, START, 1).1);
        // What is full again takes no room for long.
        table.charge(&[charge("x", 5, "later")], START + 6_000_000, 1);
        shed(&mut table.0.lock().unwrap(), START + 6_000_000);
        assert_eq!(table.0.lock().unwrap().len(), 1);
    }
}
