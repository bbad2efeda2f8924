//! The contract, made from the code.

use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, get, web};
use bytes::Bytes;
use kernel::Code;
use utoipa::OpenApi;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{OpenApi as Document, Ref, RefOr, ResponseBuilder};

use crate::http::FailureBody;

/// The parts of the document that no handler has.
#[derive(OpenApi)]
#[openapi(
    info(title = "Guildhall", description = "A self-hosted chat backend: servers with channels, messages, live events. \
        Every answer of a call that succeeded starts with `\"success\": true`; every failure has the shape of \
        `FailureBody`. Times are RFC 3339 in UTC; ids are UUIDv7. Unknown fields are ignored.",
        license(name = "MIT", identifier = "MIT")),
    components(schemas(FailureBody)),
    tags(
        (name = "auth", description = "Accounts and logins."),
        (name = "servers", description = "Servers, their members and invites."),
        (name = "channels", description = "Channels of a server."),
        (name = "messages", description = "Messages of a channel."),
        (name = "product", description = "The product itself."),
    )
)]
pub(super) struct Api;

/// The rendered document, and what it says of paths.
pub(crate) struct Documents {
    openapi: Bytes,
    paths: Vec<(String, Vec<&'static str>)>,
}

impl Documents {
    pub(crate) fn new(document: &Document) -> Result<Self, kernel::Internal> {
        let openapi = document.to_json().map_err(kernel::Internal::new)?.into();
        let paths = document.paths.paths.iter().map(|(path, item)| {
            let methods = [
                ("GET", item.get.is_some()),
                ("POST", item.post.is_some()),
                ("PUT", item.put.is_some()),
                ("PATCH", item.patch.is_some()),
                ("DELETE", item.delete.is_some()),
            ];
            (path.clone(), methods.into_iter().filter(|(_, has)| *has).map(|(name, _)| name).collect())
        });
        Ok(Self { openapi, paths: paths.collect() })
    }

    /// The methods that a path has.
    pub(super) fn methods(&self, path: &str) -> &[&'static str] {
        let fits = |template: &str| {
            let (wanted, given) = (template.split('/'), path.split('/'));
            wanted.clone().count() == given.clone().count()
                && wanted.zip(given).all(|(wanted, given)| wanted.starts_with('{') || wanted == given)
        };
        self.paths.iter().find(|(template, _)| fits(template)).map_or(&[], |(_, methods)| methods)
    }
}

/// Adds what every call has: the failures that it can answer with, by status.
pub(super) fn complete(document: &mut Document) {
    if let Some(components) = document.components.as_mut() {
        components.add_security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    }
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            let mut codes = vec![Code::Internal, Code::Unavailable];
            if operation.security.is_some() {
                codes.extend([Code::Unauthenticated, Code::TokenExpired]);
            }
            let declared = operation.extensions.as_mut().and_then(|extensions| extensions.remove("x-errors"));
            let names = declared
                .and_then(|value| serde_json::from_value::<Vec<String>>(value).ok())
                .unwrap_or_default();
            codes.extend(Code::ALL.iter().filter(|code| names.iter().any(|name| name == code.name())));
            for status in codes.iter().map(|code| code.status()).collect::<std::collections::BTreeSet<_>>() {
                let words = codes.iter().filter(|code| code.status() == status);
                let words = words
                    .map(|code| format!("`{}`: {}", code.name(), code.meaning()))
                    .collect::<std::collections::BTreeSet<_>>();
                let words = words.into_iter().collect::<Vec<_>>().join("\n\n");
                let content =
                    ContentBuilder::new().schema(Some(Ref::from_schema_name("FailureBody"))).build();
                let response =
                    ResponseBuilder::new().description(words).content("application/json", content).build();
                operation.responses.responses.entry(status.to_string()).or_insert(RefOr::T(response));
            }
        }
    }
}

/// This contract, for programs.
#[utoipa::path(tag = "product", responses((status = 200, description = "An OpenAPI 3.1 document.", content_type = "application/json")))]
#[get("/api/openapi.json")]
pub(super) async fn contract(documents: web::Data<Documents>) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(documents.openapi.clone())
}
