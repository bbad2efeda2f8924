//! Logging in through somebody else.

use std::future::{Ready, ready};

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::Payload;
use actix_web::http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY};
use actix_web::{FromRequest, HttpRequest, HttpResponse, get, routes, web};
use identity::{OauthCodeBody, ProviderView, Returned};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::LoginAnswer;
use crate::actions::second_factor;
use crate::http::{Client, Fail, Ok200, Query, State, Valid, Yes};

/// What a browser carries while it is away at a provider.
const COOKIE: &str = "guildhall_oauth";

/// The provider that a path names: its parameter, or its last part where the provider is written out.
pub(super) struct Provider(pub(super) String);

impl FromRequest for Provider {
    type Error = Fail;
    type Future = Ready<Result<Self, Fail>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let named = request.match_info().get("provider");
        let name = named.or_else(|| request.path().rsplit('/').next()).unwrap_or_default();
        ready(Ok(Self(name.to_string())))
    }
}

/// The providers that one can log in through.
#[derive(Serialize, ToSchema)]
pub(super) struct ProvidersAnswer {
    success: Yes,
    /// By name.
    providers: Vec<ProviderView>,
}

#[derive(Deserialize)]
pub(super) struct BeginParams {
    challenge: Option<String>,
    redirect: Option<String>,
}

#[derive(Default, Deserialize)]
struct CallbackParams {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// Which providers.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ProvidersQuery {
    /// Only those whose logins may end at this page.
    #[param(example = "https://chat.example.org/login")]
    redirect: Option<String>,
}

/// Through whom can I log in?
#[utoipa::path(tag = "auth", params(ProvidersQuery),
    responses((status = 200, description = "The providers that are set up.", body = ProvidersAnswer)))]
#[get("/api/auth/providers")]
pub(super) async fn providers(
    state: web::Data<State>,
    Query(query): Query<ProvidersQuery>,
) -> Ok200<ProvidersAnswer> {
    let providers = state.identity().oauth_providers(query.redirect.as_deref());
    Ok200(ProvidersAnswer { success: Yes, providers })
}

/// Begin to log in through a provider.
///
/// For browsers, which are sent on to the provider, and come back to the page `redirect` with `provider` and either `code`,
/// for `POST /api/auth/oauth/{provider}`, or `error`: `access_denied`, `login_expired` (begin again, in one browser),
/// `provider_failed` or `unavailable`. The page makes a random `verifier`, keeps it, and gives its SHA-256 here, so that a
/// code is of use to nobody else.
#[utoipa::path(get, path = "/api/auth/oauth/{provider}", tag = "auth",
    params(("provider" = String, Path, description = "One of `GET /api/auth/providers`.", example = "google"),
        ("challenge" = String, Query, description = "SHA-256 of the verifier, in base64url without padding.",
            example = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("redirect" = Option<String>, Query, description = "Where to end: a page of `identity.oauth.redirect_targets`, the first one when not given.",
            example = "https://chat.example.org/login")),
    responses((status = 303, description = "On to the provider.")),
    extensions(("x-aliases" = json!(["GET /api/auth/google", "GET /api/auth/facebook"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "UNAVAILABLE"]))))]
#[routes]
#[get("/api/auth/oauth/{provider}")]
#[get("/api/auth/google")]
#[get("/api/auth/facebook")]
pub(super) async fn go_to_provider(
    state: web::Data<State>,
    Provider(provider): Provider,
    Query(params): Query<BeginParams>,
) -> Result<HttpResponse, Fail> {
    let mut cookie = cookie(&provider);
    let begun = state.run(move |s| async move {
        let challenge = params.challenge.unwrap_or_default();
        s.identity.begin_oauth(&provider, params.redirect.as_deref(), &challenge).await
    });
    let begun = begun.await?;
    cookie.set_value(begun.cookie);
    cookie.set_max_age(Duration::seconds(begun.max_age_s));
    cookie.set_secure(begun.secure);
    Ok(sent_to(&begun.url, cookie))
}

/// Come back from a provider.
///
/// Where providers send browsers back to; not for programs. The browser goes on to the frontend's page.
#[utoipa::path(tag = "auth",
    params(("provider" = String, Path, description = "Who sends the browser.", example = "google"),
        ("code" = Option<String>, Query, description = "The provider's code.", example = "4/0AX4XfWh"),
        ("state" = Option<String>, Query, description = "What was sent along.", example = "af0ifjsldkj"),
        ("error" = Option<String>, Query, description = "Why there is no code.", example = "access_denied"),
        ("iss" = Option<String>, Query, description = "The provider's identifier.", example = "https://accounts.google.com")),
    responses((status = 303, description = "On to the frontend's page.")),
    extensions(("x-errors" = json!(["RESOURCE_NOT_FOUND", "UNAVAILABLE"]))))]
#[get("/api/auth/callback/{provider}")]
pub(super) async fn come_back(
    request: HttpRequest,
    state: web::Data<State>,
    Provider(provider): Provider,
) -> Result<HttpResponse, Fail> {
    // What is malformed is nothing that a provider sent: it ends as such.
    let params = Query::<CallbackParams>::parse(&request).map(|Query(params)| params).unwrap_or_default();
    let CallbackParams { code, state: token, error, iss } = params;
    let sealed = request.cookie(COOKIE).map(|cookie| cookie.value().to_string());
    let mut cookie = cookie(&provider);
    cookie.make_removal();
    let url = state.run(move |s| async move {
        let returned = Returned { code, state: token, error, iss };
        s.identity.finish_oauth(&provider, returned, sealed.as_deref()).await
    });
    Ok(sent_to(&url.await?, cookie))
}

/// Log in with the code of a provider's login.
///
/// The account is the one that the provider's user is linked to; else the one with the same e-mail address, if both sides
/// checked that it is theirs; else a new one. `USER_EXISTS`: there is an account with the address, and not both checked
/// it: log in to it and link the provider from there. A code works once, for a minute, and with its verifier only. An
/// account with a second factor needs `verificationCode` too; without one the answer is 402 as at `POST /api/auth/login`, and
/// the code works for ten minutes more.
#[utoipa::path(post, path = "/api/auth/oauth/{provider}", tag = "auth", request_body = OauthCodeBody,
    params(("provider" = String, Path, description = "The `provider` with which the browser came back.", example = "google")),
    responses((status = 200, description = "The account and a token.", body = LoginAnswer)),
    extensions(("x-aliases" = json!(["POST /api/auth/google", "POST /api/auth/facebook"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INVALID_CODE", "RESOURCE_NOT_FOUND", "USER_EXISTS", "ACCOUNT_SUSPENDED", "EMAIL_NOT_VERIFIED", "TWO_FACTOR_REQUIRED", "RATE_LIMITED",
            "UNAVAILABLE"]))))]
#[routes]
#[post("/api/auth/oauth/{provider}")]
#[post("/api/auth/google")]
#[post("/api/auth/facebook")]
pub(super) async fn sign_in_through(
    state: web::Data<State>,
    Provider(provider): Provider,
    Client(client): Client,
    Valid(body): Valid<OauthCodeBody>,
) -> Result<Ok200<LoginAnswer>, Fail> {
    let login =
        state.run(move |s| async move { second_factor::log_in_through(&s, &provider, body, &client).await });
    Ok(Ok200(login.await?.into()))
}

/// The cookie, which goes to the callback of one provider and nowhere else. Lax: the provider's page sends the browser
/// back.
fn cookie(provider: &str) -> Cookie<'static> {
    Cookie::build(COOKIE, "")
        .path(format!("/api/auth/callback/{provider}"))
        .http_only(true)
        .same_site(SameSite::Lax)
        .finish()
}

fn sent_to(url: &str, cookie: Cookie<'_>) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, url))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .cookie(cookie)
        .finish()
}
