//! Text messages by an HTTP request: what most providers understand.

use std::time::Duration;

use backbone::settings::Fault;
use kernel::Internal;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Url};
use serde_json::Value;

use super::{Sending, SmsProvider, SmsSettings};
use crate::Phone;

/// How long a provider may take, with connecting: somebody waits in front of a screen.
const PATIENCE: Duration = Duration::from_secs(5);

/// A provider that takes JSON.
pub(super) struct HttpProvider {
    client: Client,
    url: Url,
    method: Method,
    body: Value,
}

/// The first setting that keeps them from making up a request.
pub(super) fn fault(settings: &SmsSettings, production: bool) -> Option<Fault> {
    let schemes: &[&str] = if production { &["https"] } else { &["https", "http"] };
    let url = Url::parse(&settings.url).is_ok_and(|url| schemes.contains(&url.scheme()));
    let body = body(settings);
    // With marks that occur in no template.
    let filled = body.as_ref().map(|body| fill(body, "\u{1}", "\u{2}").to_string()).unwrap_or_default();
    let marked = filled.contains("\\u0001") && filled.contains("\\u0002");
    Fault::first([
        (url, "identity.sms.url", "must be the URL of the provider; https in production"),
        (method(settings).is_some(), "identity.sms.method", "must be POST or PUT"),
        (headers(settings).is_some(), "identity.sms.headers", "must be names and values of HTTP headers"),
        (body.is_some(), "identity.sms.body", "must be JSON"),
        (marked, "identity.sms.body", "must have {phone} and {text} in its strings"),
    ])
}

fn method(settings: &SmsSettings) -> Option<Method> {
    [Method::POST, Method::PUT].into_iter().find(|method| method.as_str() == settings.method)
}

fn headers(settings: &SmsSettings) -> Option<HeaderMap> {
    let header = |(name, value): (&String, &String)| {
        let mut value = HeaderValue::from_str(value).ok()?;
        value.set_sensitive(true);
        Some((name.parse::<HeaderName>().ok()?, value))
    };
    let mut headers = settings.headers.iter().map(header).collect::<Option<HeaderMap>>()?;
    headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
    Some(headers)
}

fn body(settings: &SmsSettings) -> Option<Value> {
    serde_json::from_str(&settings.body).ok()
}

/// The template with its places filled; a filled-in text is not looked at again.
fn fill(template: &Value, phone: &str, text: &str) -> Value {
    match template {
        Value::String(string) => {
            let parts = string.split("{text}").map(|part| part.replace("{phone}", phone));
            parts.collect::<Vec<_>>().join(text).into()
        }
        Value::Array(items) => items.iter().map(|item| fill(item, phone, text)).collect(),
        Value::Object(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), fill(value, phone, text))).collect()
        }
        other => other.clone(),
    }
}

impl HttpProvider {
    pub(super) fn new(settings: &SmsSettings) -> Result<Self, Internal> {
        let bad = |what: &str| Internal::new(format!("identity.sms.{what} is no good"));
        let url = Url::parse(&settings.url).map_err(|_| bad("url"))?;
        let client = Client::builder()
            .timeout(PATIENCE)
            // A redirect could lead the code to somebody else.
            .redirect(Policy::none())
            .user_agent("guildhall")
            .default_headers(headers(settings).ok_or_else(|| bad("headers"))?);
        // Without TLS no certificates are needed, and a machine may have none.
        let client = if url.scheme() == "http" { client.tls_certs_only([]) } else { client };
        Ok(Self {
            client: client.build().map_err(Internal::new)?,
            url,
            method: method(settings).ok_or_else(|| bad("method"))?,
            body: body(settings).ok_or_else(|| bad("body"))?,
        })
    }
}

impl SmsProvider for HttpProvider {
    fn send<'a>(&'a self, phone: &'a Phone, text: &'a str) -> Sending<'a> {
        let body = fill(&self.body, phone.as_str(), text).to_string();
        Box::pin(async move {
            let request = self.client.request(self.method.clone(), self.url.clone()).body(body);
            // The URL can hold a secret, the answer's body the message.
            let response = request.send().await.map_err(|error| Internal::new(error.without_url()))?;
            match response.status() {
                status if status.is_success() => Ok(()),
                status => Err(Internal::new(format!("the SMS provider answered {status}"))),
            }
        })
    }
}

impl std::fmt::Debug for HttpProvider {
    /// Without URL and headers: they can hold secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HttpProvider").field("method", &self.method).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sms::SmsBy;

    fn settings(change: impl FnOnce(&mut SmsSettings)) -> SmsSettings {
        let mut settings =
            SmsSettings { provider: SmsBy::Http, url: "https://sms.example/x".into(), ..Default::default() };
        change(&mut settings);
        settings
    }

    #[test]
    fn texts_are_put_into_strings_and_nothing_else() {
        let template = json!({ "to": ["{phone}"], "n": 7, "text": "<{text}> {phone}", "{text}": true });
        assert_eq!(
            fill(&template, "+49", "a \"quoted\" {phone}"),
            json!({ "to": ["+49"], "n": 7, "text": "<a \"quoted\" {phone}> +49", "{text}": true })
        );
    }

    #[test]
    fn bad_settings_are_named() {
        assert_eq!(settings(|_| ()).fault(true), None);
        type Change = fn(&mut SmsSettings);
        let bad: [(&str, Change); 6] = [
            ("url", |s| s.url = "http://sms.example/".into()),
            ("url", |s| s.url = String::new()),
            ("method", |s| s.method = "GET".into()),
            ("headers", |s| drop(s.headers.insert("a b".into(), "c".into()))),
            ("body", |s| s.body = "to={phone}&text={text}".into()),
            ("body", |s| s.body = r#"{"to": "{phone}"}"#.into()),
        ];
        for (name, change) in bad {
            assert_eq!(settings(change).fault(true).unwrap().name, format!("identity.sms.{name}"));
        }
        assert_eq!(settings(|s| s.url = "http://127.0.0.1:1/".into()).fault(false), None);
        assert_eq!(
            settings(|s| s.provider = SmsBy::Folder).fault(true).unwrap().name,
            "identity.sms.provider"
        );
    }

    #[test]
    fn secrets_are_not_shown() {
        let settings = settings(|s| {
            s.url = "https://sms.example/hunter2".into();
            s.headers.insert("authorization".into(), "Bearer hunter2".into());
        });
        let shown = format!("{settings:?} {:?}", HttpProvider::new(&settings).unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
