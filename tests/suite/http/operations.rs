//! The calls that the OpenAPI document tells of, for tests that go through all of them.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, App, Person};

use super::NOTHING;

/// The document.
pub(super) async fn document(app: &App) -> Value {
    let answer = app.stranger().get("/api/openapi.json").await;
    assert_eq!(answer.status, 200);
    answer.body
}

/// A call.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) method: Method,
    /// With its parameters in braces.
    pub(super) template: String,
    /// What the document says of it.
    pub(super) told: Value,
}

/// All calls of the document.
pub(super) fn operations(document: &Value) -> Vec<Operation> {
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        item.as_object().unwrap().iter().map(|(method, told)| Operation {
            method: method.to_uppercase().parse().unwrap(),
            template: path.clone(),
            told: told.clone(),
        })
    });
    operations.collect()
}

impl Operation {
    /// The names of the parameters in its path.
    pub(super) fn parameters(&self) -> Vec<String> {
        let segments = self.template.split('/');
        let names = segments.filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'));
        names.map(ToString::to_string).collect()
    }

    /// Its path, with ids of nothing but for one parameter.
    pub(super) fn path(&self, name: &str, value: &str) -> String {
        let paths = self.parameters().into_iter().fold(self.template.clone(), |path, parameter| {
            let value = if parameter == name { value } else { NOTHING };
            path.replace(&format!("{{{parameter}}}"), value)
        });
        let query = self.told["parameters"].as_array().into_iter().flatten();
        let needed = query.filter(|one| one["in"] == "query" && one["required"] == true);
        let needed = needed.map(|one| match one["name"].as_str().unwrap() {
            "since" => "since=0".to_string(),
            "until" => "until=2100-01-01T00:00:00Z".to_string(),
            other => format!("{other}=x"),
        });
        let query = needed.collect::<Vec<_>>().join("&");
        if query.is_empty() { paths } else { format!("{paths}?{query}") }
    }

    /// Whether it needs a token.
    pub(super) fn needs_token(&self) -> bool {
        self.told["security"].is_array()
    }

    /// Calls it with a body that suits every call that makes or changes something.
    pub(super) async fn call(&self, person: &Person, path: &str) -> Answer {
        let body = json!({
            "name": "x", "content": "x", "reason": "x", "role": "user", "code": "x", "verifier": "x".repeat(43),
            "channelIds": [], "duration": 1, "userId": NOTHING, "serverId": NOTHING, "reportId": NOTHING,
            "rules": [], "ids": [NOTHING], "emoji": "👍",
            "channelId": NOTHING, "isMuted": false, "targetUserId": NOTHING, "signalData": { "type": "rollback" },
        })
        .to_string();
        let takes_body = self.told["requestBody"].is_object();
        person.call(self.method.clone(), path, takes_body.then_some(body)).await
    }
}
