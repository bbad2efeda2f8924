//! Every call, by every kind of caller.

use std::collections::BTreeMap;

use futures_util::stream::{self, StreamExt};
use reqwest::Method;
use serde_json::Value;
use tests::{Answer, App, Person};

use super::callers::Callers;
use super::place::{Place, Places};
use super::row::{Answers, Row};
use super::table;

/// Rows that are looked at at the same time.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn every_call_asks_who_calls() {
    let app = App::builder().with("voice.grace_ms", "40000").with_mail().start().await;
    let document = app.stranger().get("/api/openapi.json").await.body;
    let (documented, rows) = (documented(&document), table::calls());
    let wrong = compare(&documented, &rows);
    assert!(wrong.is_empty(), "tests/suite/rights/table.rs:\n{}", wrong.join("\n"));
    let callers = Callers::gather(&app).await;
    let places = Places::of(&app).await;
    let checks = rows.iter().map(|row| async {
        let mut wrong = Vec::new();
        for name in names(row.call, documented[row.call]) {
            Check { places: &places, callers: &callers, row, name, wrong: &mut wrong }.run().await;
        }
        wrong
    });
    let wrong = stream::iter(checks).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await.concat();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// The operations of the document, by method and path.
fn documented(document: &Value) -> BTreeMap<String, &Value> {
    let items = document["paths"].as_object().unwrap().iter();
    let operations = items.flat_map(|(path, item)| {
        let methods = item.as_object().unwrap().iter().filter(|(_, operation)| operation.is_object());
        methods.map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    });
    operations.collect()
}

/// A call and its aliases.
fn names<'a>(call: &'a str, operation: &'a Value) -> Vec<&'a str> {
    let aliases = operation["x-aliases"].as_array().into_iter().flatten().filter_map(Value::as_str);
    std::iter::once(call).chain(aliases).collect()
}

/// What is missing in the table, too much in it, or said otherwise by the document.
fn compare(documented: &BTreeMap<String, &Value>, rows: &[Row]) -> Vec<String> {
    let mut wrong = rows.iter().filter_map(Row::wrong).collect::<Vec<_>>();
    for (call, operation) in documented {
        match rows.iter().filter(|row| row.call == call).collect::<Vec<_>>().as_slice() {
            [] => wrong.push(format!("a row is missing, such as:\n        {}", suggestion(call, operation))),
            [row] => {
                let open = matches!(row.answers, Answers::Open(_));
                if open == operation.get("security").is_some() {
                    wrong.push(format!(
                        "{call}: by the document, {}",
                        if open { "it needs a token" } else { "it is public" }
                    ));
                }
            }
            _ => wrong.push(format!("{call} has several rows")),
        }
    }
    let unknown = rows.iter().filter(|row| !documented.contains_key(row.call));
    wrong.extend(unknown.map(|row| format!("{} is no call of the product: remove the row", row.call)));
    wrong
}

/// The row that the document lets one guess.
fn suggestion(call: &str, operation: &Value) -> String {
    let statuses =
        operation["responses"].as_object().into_iter().flatten().map(|(status, _)| status.as_str());
    let status = statuses.filter(|status| status.starts_with('2')).min().unwrap_or("200");
    let needs = operation["x-permissions"].to_string();
    let mut row = match needs.as_str() {
        _ if operation.get("security").is_none() => format!("open(\"{call}\", {status}, \"WHY\")"),
        needs if needs.contains("ADMIN\"") => format!("admin(\"{call}\", {status})"),
        "[]" => format!("own(\"{call}\", {status})"),
        _ => format!("place(\"{call}\", [404, 403, {status}])"),
    };
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let mut parameters =
        parameters.filter(|parameter| parameter["in"] == "query" && parameter["required"] == true);
    if let Some(parameter) = parameters.next() {
        row += &format!(".query(\"?{}=…\")", parameter["name"].as_str().unwrap());
    }
    let example = &operation["requestBody"]["content"]["application/json"]["example"];
    if !example.is_null() {
        row += &format!(".body(|_| json!({example}))");
    }
    row + ","
}

/// One call, under one of its names.
struct Check<'a> {
    places: &'a Places<'a>,
    callers: &'a Callers,
    row: &'a Row,
    name: &'a str,
    wrong: &'a mut Vec<String>,
}

impl Check<'_> {
    async fn run(&mut self) {
        if let Answers::Open(status) = self.row.answers {
            for (person, who, _) in self.callers.refused() {
                self.expect(&*self.places.with(self.name).await, person, who, status, None).await;
            }
            return;
        }
        let place = self.places.with(self.name).await;
        for (person, who, code) in self.callers.refused() {
            self.expect(&place, person, who, 401, Some(code)).await;
        }
        // Refusals in the place where the owner succeeds in the end: they changed nothing. Successes in their own.
        match self.row.answers {
            Answers::Open(_) => {}
            Answers::Own(status) => self.expect(&place, &place.owner, "with an account", status, None).await,
            Answers::Place { stranger, member, owner } => {
                for (status, who) in [(stranger, "as a stranger"), (member, "as a member")] {
                    let own = if status < 300 { Some(self.places.with(self.name).await) } else { None };
                    let place = own.as_ref().unwrap_or(&place);
                    let person = if who == "as a member" { &place.member } else { &self.callers.stranger };
                    self.expect(place, person, who, status, None).await;
                }
                self.expect(&place, &place.owner, "as the owner", owner, None).await;
            }
            Answers::Admin(status) => {
                self.expect(&place, &place.owner, "without the role", 403, None).await;
                self.expect(&place, &self.callers.admin, "as an administrator", status, None).await;
            }
        }
    }

    /// Calls, and notes what is not as it should be.
    async fn expect(&mut self, place: &Place, person: &Person, who: &str, status: u16, code: Option<&str>) {
        let (method, template) = self.name.split_once(' ').unwrap();
        let path = format!("{}{}", place.path(template), self.row.query);
        let body = self.row.body.map(|body| body(place).to_string());
        let answer = person.call(method.parse::<Method>().unwrap(), &path, body).await;
        if body_is_wrong(&answer, self.row) {
            self.wrong.push(format!("{} {who}: the row's body is not in order: {}", self.name, answer.body));
        } else if answer.status.as_u16() != status || code.is_some_and(|code| answer.body["code"] != code) {
            let wanted = code.unwrap_or_default();
            let (name, got, body) = (self.name, answer.status, answer.body);
            self.wrong.push(format!("{name} {who}: wanted {status} {wanted}, got {got}: {body}"));
        }
    }
}

/// A body that is refused for its form says nothing of rights.
fn body_is_wrong(answer: &Answer, row: &Row) -> bool {
    row.body.is_some() && answer.body["code"] == "VALIDATION_FAILED"
}
