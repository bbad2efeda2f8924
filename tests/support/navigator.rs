//! A browser as far as logins through providers need one: it keeps cookies, and goes where it is sent step by step.

use std::collections::HashMap;

use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};

use crate::{Answer, PATIENCE};

/// The browser.
#[derive(Clone, Debug)]
pub struct Navigator {
    http: Client,
    /// By origin and name.
    cookies: HashMap<(String, String), String>,
}

/// Where it came to.
#[derive(Clone, Debug)]
pub struct Page {
    /// Its status.
    pub status: u16,
    /// Where it is sent on to.
    pub location: Option<String>,
    /// The cookies that were set, as they came.
    pub set: Vec<String>,
    /// What stands there.
    pub text: String,
}

impl Default for Navigator {
    fn default() -> Self {
        let http =
            Client::builder().redirect(Policy::none()).timeout(PATIENCE * 2).build().expect("a client");
        Self { http, cookies: HashMap::new() }
    }
}

impl Navigator {
    /// Goes to a page of the product, whose answer must be as the OpenAPI document says.
    pub async fn visit(&mut self, url: &str) -> Answer {
        let answer = Answer::to(self.with_cookies(self.http.get(url), url)).await;
        self.keep(url, &answer.headers);
        answer
    }

    /// Goes to any page.
    pub async fn go(&mut self, url: &str) -> Page {
        self.load(self.http.get(url), url).await
    }

    /// Sends a form to any page.
    pub async fn submit(&mut self, url: &str, form: &[(&str, &str)]) -> Page {
        let pairs = form.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
        let request = self.http.post(url).header("content-type", "application/x-www-form-urlencoded");
        self.load(request.body(pairs.join("&")), url).await
    }

    /// The cookie of this name that a page of this origin set.
    pub fn cookie(&self, url: &str, name: &str) -> Option<String> {
        self.cookies.get(&(origin_of(url), name.to_string())).cloned()
    }

    /// Has a cookie of this origin from now on.
    pub fn set_cookie(&mut self, url: &str, name: &str, value: &str) {
        self.cookies.insert((origin_of(url), name.into()), value.into());
    }

    async fn load(&mut self, request: RequestBuilder, url: &str) -> Page {
        let response = self.with_cookies(request, url).send().await.expect("an answer");
        self.keep(url, response.headers());
        let location = response.headers().get("location").map(|to| to.to_str().expect("text").to_string());
        let set = set(response.headers());
        let status = response.status().as_u16();
        Page { status, location, set, text: response.text().await.expect("text") }
    }

    fn with_cookies(&self, request: RequestBuilder, url: &str) -> RequestBuilder {
        let own = self.cookies.iter().filter(|((origin, _), _)| *origin == origin_of(url));
        let pairs = own.map(|((_, name), value)| format!("{name}={value}")).collect::<Vec<_>>();
        if pairs.is_empty() { request } else { request.header("cookie", pairs.join("; ")) }
    }

    fn keep(&mut self, url: &str, headers: &reqwest::header::HeaderMap) {
        for cookie in set(headers) {
            let (name, value) =
                cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            let key = (origin_of(url), name.to_string());
            if value.is_empty() {
                drop(self.cookies.remove(&key))
            } else {
                drop(self.cookies.insert(key, value.into()))
            }
        }
    }
}

fn set(headers: &reqwest::header::HeaderMap) -> Vec<String> {
    headers.get_all("set-cookie").iter().map(|value| value.to_str().expect("text").to_string()).collect()
}

fn origin_of(url: &str) -> String {
    url::Url::parse(url).expect("an address").origin().ascii_serialization()
}
