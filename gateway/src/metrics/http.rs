//! Requests, by the pattern of their route.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use dashmap::DashMap;
use kernel::{Buckets, Distribution, Histogram};

/// Times of requests: from 512 µs to 8.4 s, fewer than elsewhere, because there are many routes.
const TIMES: Buckets = Buckets::new(9, 2, 8);
/// Stands for the pattern of what no route has: what strangers try must not make new series.
const UNMATCHED: &str = "unmatched";
/// Classes of statuses: 1xx to 5xx.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// Requests that were answered. There are as many entries as routes that were called.
#[derive(Debug, Default)]
pub(crate) struct Http(DashMap<(&'static str, String), Arc<Route>>);

#[derive(Debug)]
struct Route {
    answers: [AtomicU64; CLASSES.len()],
    times: Histogram,
}

/// Requests of one route.
#[derive(Clone, Debug)]
pub(super) struct RouteFigures {
    pub(super) method: &'static str,
    pub(super) route: String,
    /// By class of status.
    pub(super) answers: [(&'static str, u64); CLASSES.len()],
    /// How long they took, microseconds.
    pub(super) times: Distribution,
}

impl Http {
    /// A request was answered. `method` is of [`method_name`], `route` the pattern that it matched.
    pub(crate) fn answered(
        &self,
        method: &'static str,
        route: Option<&str>,
        status: StatusCode,
        took: Duration,
    ) {
        let key = (method, route.unwrap_or(UNMATCHED).to_string());
        let known = self.0.get(&key).map(|route| Arc::clone(&route));
        let route = known.unwrap_or_else(|| Arc::clone(&self.0.entry(key).or_default()));
        let class = usize::from(status.as_u16() / 100).saturating_sub(1);
        if let Some(answers) = route.answers.get(class) {
            answers.fetch_add(1, Ordering::Relaxed);
        }
        route.times.observe_time(took);
    }

    /// What was counted, in the order of the routes.
    pub(super) fn read(&self) -> Vec<RouteFigures> {
        let routes = self.0.iter().map(|entry| {
            let ((method, route), figures) = entry.pair();
            let answers = figures.answers.each_ref().map(|count| count.load(Ordering::Relaxed));
            let mut named = CLASSES.map(|class| (class, 0));
            for ((_, count), answers) in named.iter_mut().zip(answers) {
                *count = answers;
            }
            RouteFigures { method, route: route.clone(), answers: named, times: figures.times.read() }
        });
        let mut routes = routes.collect::<Vec<_>>();
        routes.sort_unstable_by(|a, b| (&a.route, a.method).cmp(&(&b.route, b.method)));
        routes
    }
}

impl Default for Route {
    fn default() -> Self {
        Self { answers: Default::default(), times: Histogram::new(TIMES) }
    }
}

/// A method as it is counted: clients may send any word.
pub(crate) fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_and_class() {
        let (http, took) = (Http::default(), Duration::from_millis(1));
        for status in [200, 201, 404, 503] {
            let status = StatusCode::from_u16(status).unwrap();
            http.answered("GET", Some("/api/servers/{serverId}"), status, took);
        }
        http.answered(method_name(&"BREW".parse().unwrap()), None, StatusCode::NOT_FOUND, took);
        let routes = http.read();
        let first = routes.first().unwrap();
        assert_eq!((first.method, first.route.as_str()), ("GET", "/api/servers/{serverId}"));
        assert_eq!(first.answers, [("1xx", 0), ("2xx", 2), ("3xx", 0), ("4xx", 1), ("5xx", 1)]);
        assert_eq!((first.times.count(), first.times.percentile(100)), (4, Some(2_048)));
        assert_eq!((routes[1].method, routes[1].route.as_str()), ("other", "unmatched"));
    }
}
