//! A small store that speaks S3 as far as the product needs it, and checks signatures (AWS Signature Version 4). It can
//! misbehave, which a real one ([`Garage`](crate::Garage)) cannot be told to.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use bytes::Bytes;

use crate::sigv4::{Keys, hex};

const KEYS: Keys = Keys { access: "AKIAEXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG", region: "eu-north-1" };

/// How it behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    #[default]
    Well,
    /// It answers 503.
    Overloaded,
    /// It does not answer.
    Silent,
}

/// The store.
#[derive(Clone, Debug, Default)]
pub struct Bucket {
    url: String,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    mood: Mood,
    /// By path, with what they are said to be.
    objects: BTreeMap<String, (String, Bytes)>,
}

impl Bucket {
    /// Starts one on a free port.
    pub async fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let bucket = Self { url, ..Self::default() };
        let shared = web::Data::new(bucket.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .app_data(web::PayloadConfig::new(64 << 20))
                .default_service(web::to(answer))
        });
        tokio::spawn(server.workers(1).disable_signals().listen(listener).expect("a server").run());
        bucket
    }

    /// Behaves like this from now on.
    pub fn be(&self, mood: Mood) {
        self.lock().mood = mood;
    }

    /// Changes what it has behind the product's back: another object, or none.
    pub fn tamper(&self, key: &str, bytes: Option<&'static [u8]>) {
        let object = bytes.map(|bytes| ("text/plain".to_string(), Bytes::from_static(bytes)));
        let mut inner = self.lock();
        match object {
            Some(object) => inner.objects.insert(key.into(), object),
            None => inner.objects.remove(key),
        };
    }

    /// The keys of the objects that it has.
    pub fn keys(&self) -> Vec<String> {
        self.lock().objects.keys().cloned().collect()
    }

    /// Where it is.
    pub fn url(&self) -> String {
        self.url.clone()
    }

    /// What an app needs to know of it.
    pub fn settings(&self) -> [(&str, &str); 7] {
        [
            ("media.storage", "s3"),
            ("media.s3.endpoint", &self.url),
            ("media.s3.region", KEYS.region),
            ("media.s3.bucket", "files"),
            ("media.s3.prefix", "hall/one"),
            ("media.s3.access_key", KEYS.access),
            ("media.s3.secret_key", KEYS.secret),
        ]
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("no test has failed in here")
    }
}

async fn answer(bucket: web::Data<Bucket>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let mood = bucket.lock().mood;
    match mood {
        Mood::Well => {}
        Mood::Overloaded => return fault(503, "SlowDown"),
        Mood::Silent => tokio::time::sleep(Duration::from_secs(600)).await,
    }
    if !is_signed(&request, &body) && !is_presigned(&request) {
        return fault(403, "SignatureDoesNotMatch");
    }
    let key = request.path().to_string();
    let mut inner = bucket.lock();
    match request.method().as_str() {
        "PUT" => {
            let kind = header(&request, "content-type").to_string();
            inner.objects.insert(key, (kind, body));
            HttpResponse::Ok().finish()
        }
        "DELETE" => {
            inner.objects.remove(&key);
            HttpResponse::NoContent().finish()
        }
        "GET" if request.query_string().contains("list-type=2") => list(&request, &inner.objects),
        "GET" | "HEAD" => inner
            .objects
            .get(&key)
            .map_or_else(|| fault(404, "NoSuchKey"), |(kind, all)| get(&request, kind, all)),
        _ => fault(405, "MethodNotAllowed"),
    }
}

/// Two keys at a time.
fn list(request: &HttpRequest, objects: &BTreeMap<String, (String, Bytes)>) -> HttpResponse {
    let asked = asked(request);
    let after = asked.get("continuation-token").map(String::as_str).unwrap_or_default();
    let prefix = asked.get("prefix").map(String::as_str).unwrap_or_default();
    let names = objects.keys().filter_map(|path| path.strip_prefix("/files/"));
    let rest = names.filter(|name| name.starts_with(prefix) && *name > after).collect::<Vec<_>>();
    let page = rest.iter().take(2).map(|name| format!("<Contents><Key>{name}</Key></Contents>"));
    let page = page.collect::<String>();
    let next = rest.get(1).filter(|_| rest.len() > 2);
    let next = next.map(|name| format!("<NextContinuationToken>{name}</NextContinuationToken>"));
    let body = format!("<ListBucketResult>{page}{}</ListBucketResult>", next.unwrap_or_default());
    HttpResponse::Ok().content_type("application/xml").body(body)
}

fn get(request: &HttpRequest, kind: &str, all: &Bytes) -> HttpResponse {
    let range = header(request, "range").strip_prefix("bytes=").and_then(|range| range.split_once('-'));
    let asked = asked(request);
    let named = |name: &str| asked.get(&format!("response-content-{name}")).cloned();
    let kind = named("type").unwrap_or_else(|| kind.to_string());
    let disposition = named("disposition").unwrap_or_default();
    let Some((first, last)) = range else {
        let mut answer = HttpResponse::Ok();
        return answer
            .content_type(kind)
            .insert_header(("content-disposition", disposition))
            .body(all.clone());
    };
    let (first, last): (usize, usize) = (first.parse().expect("a number"), last.parse().expect("a number"));
    HttpResponse::PartialContent().content_type(kind).body(all.slice(first..=last.min(all.len() - 1)))
}

fn fault(status: u16, code: &str) -> HttpResponse {
    let status = StatusCode::from_u16(status).expect("a status");
    HttpResponse::build(status)
        .content_type("application/xml")
        .body(format!("<Error><Code>{code}</Code></Error>"))
}

fn header<'a>(request: &'a HttpRequest, name: &str) -> &'a str {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The parameters of a request.
fn asked(request: &HttpRequest) -> BTreeMap<String, String> {
    form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect()
}

/// Whether the address itself is signed with our key.
fn is_presigned(request: &HttpRequest) -> bool {
    let query = asked(request);
    let part = |name: &str| query.get(&format!("X-Amz-{name}")).map(String::as_str).unwrap_or_default();
    let (scope, names, stamp) = (part("Credential"), part("SignedHeaders"), part("Date"));
    let date = stamp.get(..8).unwrap_or_default();
    if scope != KEYS.scope(date) {
        return false;
    }
    let signed = request.query_string().split('&').filter(|pair| !pair.starts_with("X-Amz-Signature="));
    let mut signed = signed.collect::<Vec<_>>();
    signed.sort_unstable();
    let canonical = format!(
        "{}\n{}\n{}\n{}\n{names}\nUNSIGNED-PAYLOAD",
        request.method(),
        request.uri().path(),
        signed.join("&"),
        headers(request, names)
    );
    KEYS.signature(&canonical, stamp) == part("Signature")
}

/// The headers of these names, as they are signed.
fn headers(request: &HttpRequest, names: &str) -> String {
    names.split(';').map(|name| format!("{name}:{}\n", header(request, name).trim())).collect()
}

/// Whether the request is signed with our key as Amazon describes it, and the body is the one that was signed.
fn is_signed(request: &HttpRequest, body: &Bytes) -> bool {
    let words = header(request, "authorization");
    let part =
        |name: &str| words.split([' ', ',']).find_map(|word| word.strip_prefix(name)).unwrap_or_default();
    let (scope, names, signature) = (part("Credential="), part("SignedHeaders="), part("Signature="));
    let hash = header(request, "x-amz-content-sha256");
    if hash != "UNSIGNED-PAYLOAD" && hash != hex(body) {
        return false;
    }
    let date = scope.split('/').nth(1).unwrap_or_default();
    if scope != KEYS.scope(date) {
        return false;
    }
    let canonical = format!(
        "{}\n{}\n{}\n{}\n{names}\n{hash}",
        request.method(),
        request.uri().path(),
        request.query_string(),
        headers(request, names)
    );
    KEYS.signature(&canonical, header(request, "x-amz-date")) == signature
}
