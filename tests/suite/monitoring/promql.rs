//! Of PromQL as much as is needed to see which figures an expression asks for.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use tests::Figures;

/// Labels that Prometheus adds.
const ADDED: [&str; 2] = ["instance", "job"];

static SELECTOR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(guildhall_[a-z0-9_]+)(?:\{([^}]*)\})?").unwrap());
static MATCHER: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"([a-z_]+)(=~|!~|!=|=)"([^"]*)""#).unwrap());
static GROUPING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b(?:by|without|on|ignoring)\s*\(([^)]*)\)").unwrap());
static PLACEHOLDER: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{\s*(?:\$labels\.)?([a-z_]+)\s*\}\}").unwrap());

/// What an expression asks for that a gateway does not have, as sentences. The first: nothing at all.
pub(super) fn wrong(expression: &str, figures: &Figures) -> Vec<String> {
    let mut wrong = Vec::new();
    for selector in SELECTOR.captures_iter(expression) {
        let (name, matchers) = (&selector[1], selector.get(2).map_or("", |matchers| matchers.as_str()));
        let mut samples = figures.samples.iter().filter(|sample| sample.name == name).collect::<Vec<_>>();
        if samples.is_empty() {
            wrong.push(format!("there is no {name}: {expression}"));
        }
        for matcher in MATCHER.captures_iter(matchers) {
            let (label, operator, value) = (&matcher[1], &matcher[2], &matcher[3]);
            if ADDED.contains(&label) {
                continue;
            }
            let pattern = Regex::new(&format!("^(?:{value})$")).unwrap();
            let fits = |found: &String| match operator {
                "=" => found == value,
                "=~" => pattern.is_match(found),
                "!=" => found != value,
                _ => !pattern.is_match(found),
            };
            samples.retain(|sample| sample.labels.get(label).is_some_and(fits));
            if samples.is_empty() {
                wrong.push(format!("there is no {name} with {label}{operator}{value}: {expression}"));
            }
        }
    }
    let known = labels(expression, figures);
    for grouping in GROUPING.captures_iter(expression) {
        let unknown = grouping[1].split(',').map(str::trim).filter(|label| !known.contains(*label));
        wrong.extend(unknown.map(|label| format!("nothing has the label {label}: {expression}")));
    }
    wrong
}

/// The labels of what an expression asks for.
fn labels(expression: &str, figures: &Figures) -> BTreeSet<String> {
    let names = SELECTOR.captures_iter(expression).map(|selector| selector[1].to_string());
    let names = names.collect::<BTreeSet<_>>();
    let samples = figures.samples.iter().filter(|sample| names.contains(&sample.name));
    let labels = samples.flat_map(|sample| sample.labels.keys().cloned());
    labels.chain(ADDED.map(String::from)).collect()
}

/// Labels that a text about an expression names and that it does not have, as sentences.
pub(super) fn misnamed(text: &str, expression: &str, figures: &Figures) -> Vec<String> {
    let known = labels(expression, figures);
    let named = PLACEHOLDER.captures_iter(text).map(|placeholder| placeholder[1].to_string());
    let unknown = named.filter(|label| !known.contains(label));
    unknown.map(|label| format!("{text:?} names {label}, which {expression} does not have")).collect()
}

#[test]
fn what_is_not_there_is_found() {
    let text =
        "# HELP guildhall_x x\n# TYPE guildhall_x counter\nguildhall_x_total{a=\"1\",b=\"2\"} 3\n# EOF\n";
    let figures = Figures::parse(text);
    for good in [
        "sum by (a, instance) (rate(guildhall_x_total{b=\"2\",job=~\"$job\"}[5m])) > 1",
        "guildhall_x_total{a=~\"1|7\",b!=\"3\"} / on (job) guildhall_x_total",
    ] {
        assert_eq!(wrong(good, &figures), [""; 0], "{good}");
    }
    for bad in [
        "guildhall_x",
        "guildhall_y_total",
        "guildhall_x_total{c=\"2\"}",
        "guildhall_x_total{a=\"2\"}",
        "guildhall_x_total{a=~\"2|3\"}",
        "guildhall_x_total{a!=\"1\"}",
        "sum by (le) (guildhall_x_total)",
    ] {
        assert_eq!(wrong(bad, &figures).len(), 1, "{bad}: {:?}", wrong(bad, &figures));
    }
    assert_eq!(
        misnamed("{{ $labels.a }} {{b}} {{instance}} {{ $value }}", "guildhall_x_total", &figures).len(),
        0
    );
    assert_eq!(misnamed("{{ $labels.c }}", "guildhall_x_total", &figures).len(), 1);
}
