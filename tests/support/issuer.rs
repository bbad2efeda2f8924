//! An issuer of OpenID Connect that does as it is told, well or badly; Facebook, too.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, web};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use data_encoding::BASE64URL_NOPAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use kernel::{Clock, Env, SystemClock};
use serde_json::{Value, json};

/// How it behaves. What is not said is as it should be.
#[derive(Clone, Debug)]
pub struct Conduct {
    /// What the id_token says of the person, or says otherwise; `null` leaves a claim out.
    pub claims: Value,
    /// What `/userinfo` says; the person's id alone unless it is set.
    pub userinfo: Value,
    /// What the discovery document says otherwise.
    pub document: Value,
    /// The algorithm in the id_token's header.
    pub algorithm: &'static str,
    /// Which of its keys it signs with and shows: another number, another key.
    pub key: u8,
    /// The key's name in the id_token, when it lies about it.
    pub kid: Option<&'static str>,
    /// What it sends the browser back with instead of a code.
    pub error: Option<&'static str>,
    /// Whether it forgets what PKCE is for.
    pub ignores_pkce: bool,
    /// A path that it answers only after ten minutes.
    pub hangs_at: Option<&'static str>,
    /// A path at which it answers a megabyte.
    pub floods_at: Option<&'static str>,
    /// A path at which it sends on to another.
    pub redirects_at: Option<(&'static str, String)>,
}

impl Default for Conduct {
    fn default() -> Self {
        Self {
            claims: json!({ "sub": "1001", "email": "ada@example.org", "email_verified": true, "name": "Ada Lovelace" }),
            userinfo: Value::Null,
            document: json!({}),
            algorithm: "EdDSA",
            key: 1,
            kid: None,
            error: None,
            ignores_pkce: false,
            hangs_at: None,
            floods_at: None,
            redirects_at: None,
        }
    }
}

/// The issuer.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// Its identifier.
    pub url: String,
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug, Default)]
struct Inner {
    conduct: Conduct,
    /// What was asked for with each code: challenge and nonce.
    codes: HashMap<String, (String, String)>,
    calls: Vec<String>,
}

type Query = web::Query<HashMap<String, String>>;
type Form = web::Form<HashMap<String, String>>;
type Shared = web::Data<Issuer>;

impl Issuer {
    /// Starts one on a free port.
    pub async fn start() -> Self {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let issuer = Self { url, inner: Arc::default() };
        let shared = web::Data::new(issuer.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .route("/.well-known/openid-configuration", web::get().to(document))
                .route("/authorize", web::get().to(authorize))
                .route("/token", web::post().to(token))
                .route("/keys", web::get().to(keys))
                .route("/userinfo", web::get().to(userinfo))
                .route("/v23.0/dialog/oauth", web::get().to(authorize))
                .route("/v23.0/oauth/access_token", web::post().to(token))
                .route("/v23.0/me", web::get().to(userinfo))
        });
        let server = server.workers(1).disable_signals().listen(listener).expect("a server").run();
        tokio::spawn(server);
        issuer
    }

    /// Behaves like this from now on.
    pub fn be(&self, conduct: Conduct) {
        self.lock().conduct = conduct;
    }

    /// The calls that it got, with their queries or bodies.
    pub fn calls(&self) -> Vec<String> {
        self.lock().calls.clone()
    }

    /// What an app needs to know of it, as the provider `house`.
    pub fn settings(&self) -> Vec<(String, String)> {
        [
            ("identity.oauth.public_url", "http://localhost:8080"),
            ("identity.oauth.redirect_targets", "https://app.example.org/login,https://b.example.org/?x=1"),
            ("identity.oauth.timeout_ms", "2000"),
            ("identity.oauth.issuers.house.issuer", self.url.as_str()),
            ("identity.oauth.issuers.house.client_id", "guildhall"),
            ("identity.oauth.issuers.house.client_secret", "house-secret"),
            ("identity.oauth.issuers.house.label", "The house"),
            ("identity.oauth.facebook.client_id", "4711"),
            ("identity.oauth.facebook.client_secret", "facebook-secret"),
            ("identity.oauth.facebook.dialog_url", self.url.as_str()),
            ("identity.oauth.facebook.graph_url", self.url.as_str()),
        ]
        .map(|(name, value)| (name.to_string(), value.to_string()))
        .into()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().expect("nobody panicked")
    }

    /// Notes a call; answers it when something is wrong with its path.
    async fn at(&self, path: &str, what: &str) -> Result<Conduct, HttpResponse> {
        let conduct = {
            let mut inner = self.lock();
            inner.calls.push(format!("{path}?{what}"));
            inner.conduct.clone()
        };
        if conduct.hangs_at == Some(path) {
            tokio::time::sleep(Duration::from_secs(600)).await;
        }
        if conduct.floods_at == Some(path) {
            return Err(HttpResponse::Ok().body(format!("{{\"x\": \"{}\"}}", "x".repeat(1_000_000))));
        }
        match &conduct.redirects_at {
            Some((at, to)) if *at == path => {
                Err(HttpResponse::TemporaryRedirect().insert_header(("location", to.clone())).finish())
            }
            _ => Ok(conduct),
        }
    }

    fn id_token(&self, conduct: &Conduct, nonce: &str) -> String {
        let now = SystemClock.now().seconds();
        let mut claims =
            json!({ "iss": self.url, "aud": "guildhall", "exp": now + 300, "iat": now, "nonce": nonce });
        merge(&mut claims, &conduct.claims);
        let kid = conduct.kid.map_or_else(|| format!("key-{}", conduct.key), Into::into);
        match conduct.algorithm {
            "EdDSA" => {
                let mut header = Header::new(Algorithm::EdDSA);
                header.kid = Some(kid);
                let der = pair(conduct.key).to_pkcs8v1().expect("a key");
                encode(&header, &claims, &EncodingKey::from_ed_der(der.as_ref())).expect("a token")
            }
            "HS256" => {
                let mut header = Header::new(Algorithm::HS256);
                header.kid = Some(kid);
                // What checks is public: signing with it is the classic forgery.
                let public = pair(conduct.key).public_key().as_ref().to_vec();
                encode(&header, &claims, &EncodingKey::from_secret(&public)).expect("a token")
            }
            other => {
                let part = |json: &Value| BASE64URL_NOPAD.encode(json.to_string().as_bytes());
                format!("{}.{}.", part(&json!({ "alg": other, "kid": kid })), part(&claims))
            }
        }
    }
}

fn merge(into: &mut Value, other: &Value) {
    for (name, value) in other.as_object().into_iter().flatten() {
        match value {
            Value::Null => drop(into.as_object_mut().expect("an object").remove(name)),
            value => into[name] = value.clone(),
        }
    }
}

fn pair(number: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[number; 32]).expect("a key")
}

async fn document(issuer: Shared) -> HttpResponse {
    let conduct = match issuer.at("/discovery", "").await {
        Ok(conduct) => conduct,
        Err(answer) => return answer,
    };
    let at = |path: &str| format!("{}{path}", issuer.url);
    let mut document = json!({
        "issuer": issuer.url,
        "authorization_endpoint": at("/authorize"),
        "token_endpoint": at("/token"),
        "jwks_uri": at("/keys"),
        "userinfo_endpoint": at("/userinfo"),
        "id_token_signing_alg_values_supported": ["RS256", "EdDSA", "HS256", "none"],
        "authorization_response_iss_parameter_supported": true,
    });
    merge(&mut document, &conduct.document);
    HttpResponse::Ok().json(document)
}

/// Its user agrees at once.
async fn authorize(issuer: Shared, query: Query, request: actix_web::HttpRequest) -> HttpResponse {
    let conduct = match issuer.at("/authorize", request.query_string()).await {
        Ok(conduct) => conduct,
        Err(answer) => return answer,
    };
    let code = format!("{:032x}", u128::from_le_bytes(Env::system().bytes()));
    let asked = (query["code_challenge"].clone(), query["nonce"].clone());
    issuer.lock().codes.insert(code.clone(), asked);
    let mut back = url::Url::parse(&query["redirect_uri"]).expect("an address");
    let (name, value) = conduct.error.map_or(("code", code.as_str()), |error| ("error", error));
    back.query_pairs_mut()
        .append_pair(name, value)
        .append_pair("state", &query["state"])
        .append_pair("iss", &issuer.url);
    HttpResponse::Found().insert_header(("location", back.to_string())).finish()
}

async fn token(issuer: Shared, form: Form, request: actix_web::HttpRequest) -> HttpResponse {
    let secret =
        request.headers().get("authorization").map(|value| value.to_str().expect("text").to_string());
    let secret = secret.or_else(|| form.get("client_secret").cloned()).unwrap_or_default();
    let conduct = match issuer.at("/token", &secret).await {
        Ok(conduct) => conduct,
        Err(answer) => return answer,
    };
    let refused = |error: &str| HttpResponse::BadRequest().json(json!({ "error": error }));
    let Some((challenge, nonce)) = issuer.lock().codes.remove(&form["code"]) else {
        return refused("invalid_grant");
    };
    let hash = digest(&SHA256, form["code_verifier"].as_bytes());
    if !conduct.ignores_pkce && BASE64URL_NOPAD.encode(hash.as_ref()) != challenge {
        return refused("invalid_grant");
    }
    HttpResponse::Ok().json(json!({
        "access_token": "an-access-token",
        "token_type": "Bearer",
        "expires_in": 300,
        "id_token": issuer.id_token(&conduct, &nonce),
    }))
}

async fn keys(issuer: Shared) -> HttpResponse {
    let conduct = match issuer.at("/keys", "").await {
        Ok(conduct) => conduct,
        Err(answer) => return answer,
    };
    let key = |number: u8| {
        let x = BASE64URL_NOPAD.encode(pair(number).public_key().as_ref());
        json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": format!("key-{number}"), "x": x })
    };
    HttpResponse::Ok().json(json!({ "keys": [{ "kty": "new kind" }, key(conduct.key), key(99)] }))
}

async fn userinfo(issuer: Shared, request: actix_web::HttpRequest) -> HttpResponse {
    match issuer.at("/userinfo", request.query_string()).await {
        Ok(Conduct { userinfo: Value::Null, claims, .. }) => {
            HttpResponse::Ok().json(json!({ "sub": claims["sub"] }))
        }
        Ok(conduct) => HttpResponse::Ok().json(conduct.userinfo),
        Err(answer) => answer,
    }
}
