//! Access tokens: whose word is taken.

use identity::input::LoginBody;
use identity::{Identity, IdentitySettings, PasswordSettings, SecretKeys};
use reqwest::Method;
use serde_json::Value;
use tests::{Answer, App, Person};

/// Needs a token and nothing else; the account is not looked up.
const PATH: &str = "/api/servers";
const HOUR_MS: i64 = 3_600_000;

async fn with_header(stranger: &Person, value: &str) -> Answer {
    let request = stranger.request(Method::GET, PATH).header("authorization", value);
    Answer::to(request).await
}

#[track_caller]
fn refused(answer: Answer) -> Value {
    assert_eq!(answer.headers["www-authenticate"], "Bearer");
    answer.fails(401, "UNAUTHENTICATED")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_a_proper_bearer_token_is_refused() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let stranger = app.stranger();
    let none = refused(stranger.get(PATH).await);
    let token = ada.token();
    for header in [
        String::new(),
        "Bearer".into(),
        "Bearer ".into(),
        "Bearer null".into(),
        "Bearer a.b.c".into(),
        "Bearer ..".into(),
        token.into(),
        format!("Bearer{token}"),
        format!("Basic {token}"),
        format!("Token {token}"),
        format!("Bearer {token} x"),
        format!("Bearer \"{token}\""),
    ] {
        assert_eq!(refused(with_header(&stranger, &header).await), none, "{header:?}");
    }
    for header in [format!("bearer {token}"), format!("BEARER   {token} ")] {
        with_header(&stranger, &header).await.ok();
    }
    // Only the header counts.
    refused(stranger.get(&format!("{PATH}?token={token}&access_token={token}")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forged_token_is_refused() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let parts = |token: &str| {
        let mut parts = token.split('.').map(ToString::to_string);
        [parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap()]
    };
    let [head, claims, signature] = parts(ada.token());
    let [_, _, of_bob] = parts(bob.token());
    let headers = [
        ("alg none", "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJub25lIn0"),
        ("alg HS512", "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzUxMiJ9"),
        ("alg RS256", "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJSUzI1NiJ9"),
        ("typ JWT", "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9"),
    ];
    let mut forged = vec![
        ("another's signature", format!("{head}.{claims}.{of_bob}")),
        ("no signature", format!("{head}.{claims}.")),
        ("no third part", format!("{head}.{claims}")),
        ("a short signature", format!("{head}.{claims}.{}", &signature[..signature.len() - 2])),
        ("a long signature", format!("{head}.{claims}.{signature}AA")),
        ("short claims", format!("{head}.{}.{signature}", &claims[..claims.len() - 2])),
        ("a fourth part", format!("{}.{signature}", ada.token())),
        ("parts in disorder", format!("{claims}.{head}.{signature}")),
    ];
    for (what, other) in headers {
        forged.push((what, format!("{other}.{claims}.{signature}")));
        forged.push((what, format!("{other}.{claims}.")));
    }
    for (what, token) in forged {
        assert_ne!(token, ada.token());
        let body = refused(ada.with_token(&token).get(PATH).await);
        assert!(!body.to_string().contains(&claims), "{what}");
    }
    ada.get(PATH).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_signed_with_another_key_is_refused() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let services = app.services();
    let other = IdentitySettings {
        token_secret: "another secret for tests, of more than 32 characters".into(),
        keys: SecretKeys::new([tests::KEY]),
        passwords: PasswordSettings { cost: 4, threads: 1, queue: 1, ..Default::default() },
        ..IdentitySettings::default()
    };
    let (pool, env, bus) = (services.pool.clone(), services.env.clone(), services.bus.clone());
    let mailer = identity::Mailer::none(env.clone()).unwrap();
    let other = Identity::new(pool, env, bus, services.jobs.clone(), mailer, &other).unwrap();
    let body = LoginBody {
        email: None,
        username: Some("ada".into()),
        password: "correct horse battery".into(),
        verification_code: None,
    };
    let login = other.login(body, &identity::Client::default()).await.unwrap();
    assert_eq!(login.user.id.to_string(), ada.id);
    refused(ada.with_token(&login.tokens.access).get(PATH).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_works_for_a_day_and_then_says_that_it_expired() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    app.clock.advance_ms(24 * HOUR_MS - 60_000);
    ada.get("/api/auth/me").await.ok();
    app.clock.advance_ms(60_000);
    for path in [PATH, "/api/auth/me"] {
        let answer = ada.get(path).await;
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
        answer.fails(401, "TOKEN_EXPIRED");
    }
    let again = ada.log_in("ada").await;
    again.get(PATH).await.ok();
    // Not yet.
    app.clock.advance_ms(-24 * HOUR_MS);
    ada.get(PATH).await.ok();
}
