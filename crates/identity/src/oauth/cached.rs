//! What a provider says of itself, asked once for all who want to know.

use std::sync::Arc;

use chrono::TimeDelta;
use kernel::Timestamp;
use tokio::sync::Mutex;

use super::ProviderError;

/// After a failure nobody asks again for so long: those who wait in line would each wait for a provider that hangs.
const PAUSE: TimeDelta = TimeDelta::seconds(5);

/// A value that is fetched when it is needed and too old. Several who want it wait for one call.
#[derive(Debug)]
pub(super) struct Cached<T>(Mutex<State<T>>);

#[derive(Debug)]
struct State<T> {
    value: Option<(Arc<T>, Timestamp)>,
    failed_at: Option<Timestamp>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(Mutex::new(State { value: None, failed_at: None }))
    }
}

impl<T> Cached<T> {
    /// The value, at most `age` old.
    pub(super) async fn get<F: Future<Output = Result<T, ProviderError>>>(
        &self,
        now: Timestamp,
        age: TimeDelta,
        fetch: impl FnOnce() -> F,
    ) -> Result<Arc<T>, ProviderError> {
        let mut state = self.0.lock().await;
        if let Some((value, at)) = &state.value
            && at.plus(age) > now
        {
            return Ok(Arc::clone(value));
        }
        if state.failed_at.is_some_and(|at| at.plus(PAUSE) > now) {
            return Err(ProviderError::Unreachable("it failed a moment ago".into()));
        }
        match fetch().await {
            Ok(value) => {
                let value = Arc::new(value);
                *state = State { value: Some((Arc::clone(&value), now)), failed_at: None };
                Ok(value)
            }
            Err(error) => {
                state.failed_at = Some(now);
                Err(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_value_is_fetched_when_it_is_too_old_and_a_failure_is_not_repeated_at_once() {
        let (cached, calls) = (Cached::default(), AtomicU32::new(0));
        let at = |s: i64| Timestamp::from_millis(1_700_000_000_000 + s * 1_000).unwrap();
        let get = async |s, good: bool| {
            let fetch = || {
                let count = calls.fetch_add(1, Ordering::SeqCst);
                std::future::ready(if good { Ok(count) } else { Err(ProviderError::Wrong("no".into())) })
            };
            cached.get(at(s), TimeDelta::seconds(60), fetch).await.ok().map(|value| *value)
        };
        assert_eq!((get(0, true).await, get(59, true).await), (Some(0), Some(0)));
        assert_eq!((get(60, false).await, get(64, true).await), (None, None));
        assert_eq!(calls.load(Ordering::SeqCst), 2);
        assert_eq!(get(65, true).await, Some(2));
    }
}
