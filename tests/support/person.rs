//! Somebody who speaks HTTP.

use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::contract::{Contract, Seen};

/// The password of everybody.
const PASSWORD: &str = "correct horse battery";

/// An actor, with or without an account.
#[derive(Clone, Debug)]
pub struct Person {
    http: Client,
    url: String,
    token: Option<String>,
    /// The account's id; empty without one.
    pub id: String,
    /// The account's username; empty without one.
    pub username: String,
}

/// An answer of the API.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: reqwest::header::HeaderMap,
    /// Its JSON body; the whole text, where the document promises another.
    pub body: Value,
}

/// A server that somebody made.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its id.
    pub id: String,
    /// Its first text channel.
    pub channel: String,
    /// Its invite code.
    pub code: String,
}

impl Answer {
    /// The answer to a request, which must be as the OpenAPI document says.
    pub async fn to(request: RequestBuilder) -> Self {
        let (client, request) = request.build_split();
        let request = request.expect("a request");
        let (method, url) = (request.method().clone(), request.url().clone());
        let contract = Contract::at(&url.origin().ascii_serialization()).await;
        let response = client.execute(request).await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a body");
        let content_type =
            headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let (method, path, body) = (method.as_str(), url.path(), text.as_str());
        let seen = Seen { method, path, status: status.as_u16(), content_type, body };
        if let Some(wrong) = contract.calls.wrong(seen) {
            panic!("against the OpenAPI document: {wrong}");
        }
        let body = match serde_json::from_str(&text) {
            Err(_) if status.is_redirection() && text.is_empty() => Value::Null,
            Err(_) if !content_type.starts_with("application/json") => Value::String(text),
            parsed => parsed.unwrap_or_else(|error| panic!("{status} without JSON ({error}): {text}")),
        };
        Self { status, headers, body }
    }

    /// The body of an answer that must be a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.body);
        assert_eq!(self.body["success"], true, "{}", self.body);
        self.body
    }

    /// The body of an answer that must fail with this status and code.
    #[track_caller]
    pub fn fails(self, status: u16, code: &str) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        assert_eq!(self.body["success"], false, "{}", self.body);
        assert_eq!(self.body["code"], code, "{}", self.body);
        assert!(self.body["error"].as_str().is_some_and(|words| !words.is_empty()), "{}", self.body);
        self.body
    }

    /// As [`Self::fails`] with `VALIDATION_FAILED`, whose details must name this field.
    #[track_caller]
    pub fn fails_at(self, field: &str) -> Value {
        let body = self.fails(400, "VALIDATION_FAILED");
        assert!(body["details"][field].is_array(), "{field} is not named: {body}");
        body
    }
}

impl Person {
    /// The password of everybody.
    pub const PASSWORD: &str = PASSWORD;

    pub(crate) fn stranger(http: Client, url: String) -> Self {
        Self { http, url, token: None, id: String::new(), username: String::new() }
    }

    /// With a new account.
    pub async fn sign_up(self, username: &str) -> Self {
        let body =
            json!({ "email": format!("{username}@example.org"), "password": PASSWORD, "username": username });
        let answer = self.post("/api/auth/register", body).await.ok();
        self.with_login(&answer)
    }

    /// With a new login.
    pub async fn log_in(&self, username: &str) -> Self {
        let answer =
            self.post("/api/auth/login", json!({ "username": username, "password": PASSWORD })).await.ok();
        self.clone().with_login(&answer)
    }

    /// With the login that an answer tells of.
    #[must_use]
    pub fn with_login(self, answer: &Value) -> Self {
        Self {
            token: Some(answer["token"].as_str().expect("a token").to_string()),
            id: answer["user"]["id"].as_str().expect("an id").to_string(),
            username: answer["user"]["username"].as_str().expect("a username").to_string(),
            ..self
        }
    }

    /// The same person with another token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self { token: Some(token.to_string()), ..self.clone() }
    }

    /// The same person at another gateway.
    #[must_use]
    pub fn at(&self, url: &str) -> Self {
        Self { url: url.to_string(), ..self.clone() }
    }

    /// The access token.
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("somebody with an account")
    }

    /// The access token, if there is one.
    pub fn token_if_any(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// A request to be made up further, with the token if there is one.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// A call with any body.
    pub async fn call(&self, method: Method, path: &str, body: Option<String>) -> Answer {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        Answer::to(request).await
    }

    /// GET.
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }

    /// POST.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call(Method::POST, path, Some(body.to_string())).await
    }

    /// PUT.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.call(Method::PUT, path, Some(body.to_string())).await
    }

    /// DELETE.
    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None).await
    }

    /// A new server of one's own.
    pub async fn create_server(&self, name: &str) -> Server {
        let answer = self.post("/api/servers", json!({ "name": name })).await.ok();
        let server = &answer["server"];
        let text = |value: &Value| value.as_str().expect("a string").to_string();
        Server {
            id: text(&server["id"]),
            channel: text(&server["channels"][0]["id"]),
            code: text(&server["inviteCode"]),
        }
    }

    /// Joins a server.
    pub async fn join(&self, server: &Server) {
        self.post(&format!("/api/servers/join/{}", server.code), json!({})).await.ok();
    }

    /// Sends a message; returns it.
    pub async fn send(&self, channel: &str, content: &str) -> Value {
        let body = json!({ "content": content });
        self.post(&format!("/api/channels/{channel}/messages"), body).await.ok()["message"].clone()
    }

    /// A page of the history; `query` begins with `?` when it is not empty.
    pub async fn history(&self, channel: &str, query: &str) -> Value {
        self.get(&format!("/api/channels/{channel}/messages{query}")).await.ok()
    }
}
