//! Writing figures down, one family after the other.

use std::fmt;
use std::time::Duration;

use kernel::Distribution;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;

/// Names of labels with their values.
type Labels<'a> = [(&'static str, &'a str)];

/// Where figures are written.
pub(super) struct Sheet<'a>(DescriptorEncoder<'a>);

/// What only grows. `_total` is added to its name.
pub(super) struct Counter<'a>(MetricEncoder<'a>);
/// What goes up and down.
pub(super) struct Gauge<'a>(MetricEncoder<'a>);
/// How something is spread.
pub(super) struct Spread<'a>(MetricEncoder<'a>);

impl<'a> Sheet<'a> {
    pub(super) fn new(encoder: DescriptorEncoder<'a>) -> Self {
        Self(encoder)
    }

    /// Begins a family of counters.
    pub(super) fn counter<'s>(&'s mut self, name: &'s str, help: &str) -> Result<Counter<'s>, fmt::Error> {
        self.0.encode_descriptor(name, help, None, MetricType::Counter).map(Counter)
    }

    /// Begins a family of gauges.
    pub(super) fn gauge<'s>(&'s mut self, name: &'s str, help: &str) -> Result<Gauge<'s>, fmt::Error> {
        self.0.encode_descriptor(name, help, None, MetricType::Gauge).map(Gauge)
    }

    /// Begins a family of histograms.
    pub(super) fn spread<'s>(&'s mut self, name: &'s str, help: &str) -> Result<Spread<'s>, fmt::Error> {
        self.0.encode_descriptor(name, help, None, MetricType::Histogram).map(Spread)
    }
}

impl Counter<'_> {
    /// One of the family.
    pub(super) fn of(&mut self, labels: &Labels<'_>, value: u64) -> fmt::Result {
        if labels.is_empty() {
            return self.0.encode_counter::<NoLabelSet, _, u64>(&value, None);
        }
        self.0.encode_family(&labels)?.encode_counter::<NoLabelSet, _, u64>(&value, None)
    }
}

impl Gauge<'_> {
    /// One of the family.
    pub(super) fn of(&mut self, labels: &Labels<'_>, value: usize) -> fmt::Result {
        if labels.is_empty() {
            return self.0.encode_gauge(&value);
        }
        self.0.encode_family(&labels)?.encode_gauge(&value)
    }

    /// One of the family, in seconds.
    pub(super) fn seconds(&mut self, labels: &Labels<'_>, value: f64) -> fmt::Result {
        if labels.is_empty() {
            return self.0.encode_gauge(&value);
        }
        self.0.encode_family(&labels)?.encode_gauge(&value)
    }
}

impl Spread<'_> {
    /// Times that were counted in microseconds, in seconds.
    pub(super) fn times(&mut self, labels: &Labels<'_>, times: &Distribution) -> fmt::Result {
        self.scaled(labels, times, |micros| Duration::from_micros(micros).as_secs_f64())
    }

    /// Numbers of things.
    pub(super) fn sizes(&mut self, labels: &Labels<'_>, sizes: &Distribution) -> fmt::Result {
        // As whole seconds, which are whole numbers.
        self.scaled(labels, sizes, |size| Duration::from_secs(size).as_secs_f64())
    }

    fn scaled(
        &mut self,
        labels: &Labels<'_>,
        spread: &Distribution,
        scale: impl Fn(u64) -> f64,
    ) -> fmt::Result {
        let bound = |bound: Option<u64>| bound.map_or(f64::MAX, &scale);
        let buckets = spread.buckets().map(|(upper, count)| (bound(upper), count)).collect::<Vec<_>>();
        let (sum, count) = (scale(spread.sum()), spread.count());
        if labels.is_empty() {
            return self.0.encode_histogram::<NoLabelSet>(sum, count, &buckets, None);
        }
        self.0.encode_family(&labels)?.encode_histogram::<NoLabelSet>(sum, count, &buckets, None)
    }
}
