//! What a gateway tells Prometheus, read as Prometheus would.

use std::collections::{BTreeMap, BTreeSet};

/// The figures of one scrape.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// What is described, in order.
    pub families: Vec<Family>,
    /// The numbers.
    pub samples: Vec<Sample>,
}

/// What is described.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// Without `_total`.
    pub name: String,
    /// `counter`, `gauge` or `histogram`.
    pub kind: String,
    /// What it means.
    pub help: String,
}

/// A number.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// With `_total`, `_bucket` and the like.
    pub name: String,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// It.
    pub value: f64,
}

impl Figures {
    /// The figures in a text of OpenMetrics.
    pub fn parse(text: &str) -> Self {
        let text = text.strip_suffix("# EOF\n").expect("the end is said");
        let mut figures = Self::default();
        for line in text.lines() {
            if let Some(described) = line.strip_prefix("# HELP ") {
                let (name, help) = described.split_once(' ').expect("a name and a help");
                let (name, help) = (name.to_string(), help.to_string());
                figures.families.push(Family { name, kind: String::new(), help });
            } else if let Some(typed) = line.strip_prefix("# TYPE ") {
                let (name, kind) = typed.split_once(' ').expect("a name and a type");
                let family = figures.families.last_mut().filter(|family| family.name == name);
                family.expect("the help comes first").kind = kind.into();
            } else {
                figures.samples.push(Sample::parse(line));
            }
        }
        let names = figures.families.iter().map(|family| &family.name).collect::<BTreeSet<_>>();
        assert_eq!(names.len(), figures.families.len(), "a family is described twice");
        figures
    }

    /// The sum of the samples of this name that have these labels; 0 when there are none.
    pub fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let has = |sample: &&Sample| {
            let same =
                |(label, value): &(&str, &str)| sample.labels.get(*label).is_some_and(|found| found == value);
            sample.name == name && labels.iter().all(same)
        };
        self.samples.iter().filter(has).map(|sample| sample.value).sum()
    }

    /// The names of the labels that samples of this family have, but `le`.
    pub fn labels(&self, family: &str) -> BTreeSet<&str> {
        let of_family = |sample: &&Sample| {
            let rest = sample.name.strip_prefix(family);
            rest.is_some_and(|rest| ["", "_total", "_bucket", "_sum", "_count"].contains(&rest))
        };
        let samples = self.samples.iter().filter(of_family);
        samples
            .flat_map(|sample| sample.labels.keys())
            .map(String::as_str)
            .filter(|name| *name != "le")
            .collect()
    }
}

impl Sample {
    fn parse(line: &str) -> Self {
        let (series, value) = line.rsplit_once(' ').expect("a series and a value");
        let value = value.parse().unwrap_or_else(|_| panic!("no number: {line}"));
        let Some((name, labels)) = series.strip_suffix('}').and_then(|series| series.split_once('{')) else {
            return Self { name: series.into(), labels: BTreeMap::new(), value };
        };
        // No value of ours has a comma or a quote in it.
        let labels = labels.split(',').map(|label| {
            let (name, value) = label.split_once("=\"").expect("a label and its value");
            (name.to_string(), value.strip_suffix('"').expect("a whole value").to_string())
        });
        Self { name: name.into(), labels: labels.collect(), value }
    }
}
