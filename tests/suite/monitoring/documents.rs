//! The dashboard, the alerts and the documentation ask for what a gateway has, and name all of it.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::process::Command;

use reqwest::Method;
use serde_json::{Value, json};
use tests::{App, Figures, eventually, skipped};
use yaml_rust2::{Yaml, YamlLoader};

use super::promql::{misnamed, wrong};

const DASHBOARD: &str = include_str!("../../../config/monitoring/dashboard.json");
const RULES: &str = include_str!("../../../config/monitoring/guildhall.rules.yml");
const SCRAPE: &str = include_str!("../../../config/monitoring/prometheus.yml");
const PAGE: &str = include_str!("../../../docs/monitoring.md");

/// The figures of a gateway at which everything was done that makes a figure appear.
async fn used() -> Figures {
    let app = App::builder().with_figures().with_mail().with("limits.enabled", "true").start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut socket = app.socket(&ada, 0).await;
    socket.command("join-channel", json!(server.channel)).await;
    ada.send(&server.channel, "hello").await;
    socket.expect_event("new-message").await;
    // The second is refused.
    for _ in 0..2 {
        ada.request(Method::GET, "/api/users/me/export").send().await.unwrap();
    }
    let mut figures = Figures::default();
    let seen = async || {
        figures = app.figures(0).await;
        let of = |name: &str| figures.sum(name, &[]) > 0.0;
        of("guildhall_job_tries_total")
            && of("guildhall_bus_latency_seconds")
            && of("guildhall_rate_limited_total")
            && figures.samples.iter().any(|sample| sample.name == "guildhall_jobs")
    };
    eventually("all figures are there", seen).await;
    figures
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_asked_for_is_there_and_everything_that_is_there_is_described() {
    let figures = used().await;
    let mut faults = dashboard(&figures);
    faults.extend(rules(&figures));
    assert!(faults.is_empty(), "config/monitoring:\n{}", faults.join("\n"));
    let (_, table) = PAGE.split_once("<!-- figures -->\n").unwrap();
    let (table, _) = table.split_once("<!-- end -->").unwrap();
    let expected = described(&figures);
    assert!(table == expected, "docs/monitoring.md: the table must be\n{expected}");
}

/// What is wrong with the dashboard.
fn dashboard(figures: &Figures) -> Vec<String> {
    let dashboard = serde_json::from_str::<Value>(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap();
    let rows = panels.iter().filter(|panel| panel["type"] == "row").map(|row| row["title"].as_str().unwrap());
    let rows = rows.collect::<BTreeSet<_>>();
    for row in ["Health", "HTTP", "Sockets", "Delivery", "Writers", "Database", "Redis", "Background"] {
        assert!(rows.contains(row), "there is no row {row}");
    }
    let ids = panels.iter().map(|panel| panel["id"].as_u64().unwrap()).collect::<BTreeSet<_>>();
    assert_eq!(ids.len(), panels.len(), "two panels have one id");
    let mut faults = Vec::new();
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        let targets = panel["targets"].as_array().unwrap();
        assert!(!targets.is_empty(), "{panel} shows nothing");
        for target in targets {
            assert_eq!(target["datasource"]["uid"], "${datasource}");
            let expression = target["expr"].as_str().unwrap();
            assert!(expression.contains("guildhall_"), "{expression}");
            faults.extend(wrong(expression, figures));
            faults.extend(misnamed(target["legendFormat"].as_str().unwrap(), expression, figures));
        }
    }
    for variable in dashboard["templating"]["list"].as_array().unwrap() {
        if variable["type"] == "query" {
            faults.extend(wrong(variable["definition"].as_str().unwrap(), figures));
        }
    }
    faults
}

/// What is wrong with the alerts.
fn rules(figures: &Figures) -> Vec<String> {
    let rules = YamlLoader::load_from_str(RULES).unwrap();
    let groups = rules[0]["groups"].as_vec().unwrap();
    let (mut faults, mut names) = (Vec::new(), BTreeSet::new());
    for rule in groups.iter().flat_map(|group| group["rules"].as_vec().unwrap()) {
        let text = |field: &Yaml| field.as_str().unwrap_or_default().to_string();
        let (name, expression) = (text(&rule["alert"]), text(&rule["expr"]));
        assert!(name.starts_with("Guildhall") && names.insert(name.clone()), "{name}");
        assert!(["critical", "warning"].contains(&text(&rule["labels"]["severity"]).as_str()), "{name}");
        faults.extend(wrong(&expression, figures));
        for (told, least) in [("summary", 15), ("description", 60)] {
            let told = text(&rule["annotations"][told]);
            assert!(told.len() >= least, "{name}: {told:?} says too little");
            faults.extend(misnamed(&told, &expression, figures));
        }
    }
    assert!(names.len() >= 12, "{names:?}");
    faults
}

/// The table of all figures.
fn described(figures: &Figures) -> String {
    let mut table = String::from("\n| figure | kind | labels | what it says |\n| --- | --- | --- | --- |\n");
    for family in &figures.families {
        let labels = figures.labels(&family.name).into_iter().map(|label| format!("`{label}`"));
        let labels = labels.collect::<Vec<_>>().join(", ");
        let labels = if labels.is_empty() { "–".to_string() } else { labels };
        let suffix = if family.kind == "counter" { "_total" } else { "" };
        table += &format!("| `{}{suffix}` | {} | {labels} | {} |\n", family.name, family.kind, family.help);
    }
    table + "\n"
}

#[test]
fn the_example_of_a_scrape_configuration_reads_the_rules_and_the_job_that_they_ask_for() {
    let scrape = YamlLoader::load_from_str(SCRAPE).expect("it is YAML");
    let job = &scrape[0]["scrape_configs"][0];
    assert_eq!(scrape[0]["rule_files"][0].as_str(), Some("guildhall.rules.yml"));
    assert!(RULES.contains(&format!("up{{job=\"{}\"}}", job["job_name"].as_str().unwrap())));
    assert!(job["authorization"]["credentials_file"].as_str().is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn promtool_finds_nothing_wrong() {
    let rules =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../config/monitoring/guildhall.rules.yml"));
    let output = Command::new("promtool").args(["check", "rules"]).arg(rules).output();
    match output {
        Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        Err(error) if error.kind() == ErrorKind::NotFound => skipped("there is no promtool"),
        Err(error) => panic!("promtool: {error}"),
    }
}
