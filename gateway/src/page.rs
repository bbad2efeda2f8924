//! The page at `/`: what this is, and a plain chat to try it with; and the pages to which letters lead. Their files are in `assets/`, and in the binary.

use std::hash::{DefaultHasher, Hasher};

use actix_web::guard::{Any, Get, Head};
use actix_web::http::header::{CacheControl, CacheDirective, ETag, EntityTag, Header, IfNoneMatch};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use crate::routes::wrong_method;

/// Where it is, what it is, what is in it.
type File = (&'static str, &'static str, &'static str);

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// One file for all pages to which letters lead: its script shows the form that the path names.
const ACCOUNT: &str = include_str!("../assets/account.html");

const FILES: [File; 21] = [
    ("/", HTML, include_str!("../assets/index.html")),
    ("/forgot-password", HTML, ACCOUNT),
    ("/reset-password", HTML, ACCOUNT),
    ("/verify-email", HTML, ACCOUNT),
    ("/confirm-email-change", HTML, ACCOUNT),
    ("/assets/style.css", CSS, include_str!("../assets/style.css")),
    ("/assets/icon.svg", SVG, include_str!("../assets/icon.svg")),
    ("/assets/app/main.js", SCRIPT, include_str!("../assets/app/main.js")),
    ("/assets/app/api.js", SCRIPT, include_str!("../assets/app/api.js")),
    ("/assets/app/socket.js", SCRIPT, include_str!("../assets/app/socket.js")),
    ("/assets/app/store.js", SCRIPT, include_str!("../assets/app/store.js")),
    ("/assets/app/timeline.js", SCRIPT, include_str!("../assets/app/timeline.js")),
    ("/assets/app/chat.js", SCRIPT, include_str!("../assets/app/chat.js")),
    ("/assets/app/view.js", SCRIPT, include_str!("../assets/app/view.js")),
    ("/assets/app/messages.js", SCRIPT, include_str!("../assets/app/messages.js")),
    ("/assets/app/composer.js", SCRIPT, include_str!("../assets/app/composer.js")),
    ("/assets/app/dialogs.js", SCRIPT, include_str!("../assets/app/dialogs.js")),
    ("/assets/app/account.js", SCRIPT, include_str!("../assets/app/account.js")),
    ("/assets/app/providers.js", SCRIPT, include_str!("../assets/app/providers.js")),
    ("/assets/app/form.js", SCRIPT, include_str!("../assets/app/form.js")),
    ("/assets/app/dom.js", SCRIPT, include_str!("../assets/app/dom.js")),
];

/// What the browser must keep to: nothing from elsewhere, no script or style inside the page, no frame around it.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    object-src 'none'; require-trusted-types-for 'script'";

/// Every file of the page.
pub(crate) fn files(services: &mut ServiceConfig) {
    for (path, kind, content) in FILES {
        let tag = tag(content);
        let show = move |request: HttpRequest| {
            let answer = answer(&request, kind, content, &tag);
            async move { answer }
        };
        let others = async |request: HttpRequest| wrong_method(&request, "GET, HEAD");
        let file = web::resource(path).route(web::route().guard(Any(Get()).or(Head())).to(show));
        services.service(file.default_service(web::to(others)));
    }
}

fn answer(request: &HttpRequest, kind: &str, content: &'static str, tag: &EntityTag) -> HttpResponse {
    let known = match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    };
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header(ETag(tag.clone()))
        // Kept, but asked for each time: a new version of the server has a new page under the same names.
        .insert_header(CacheControl(vec![CacheDirective::NoCache]))
        .insert_header(("content-security-policy", POLICY))
        .insert_header(("cross-origin-opener-policy", "same-origin"))
        .insert_header(("referrer-policy", "no-referrer"))
        .insert_header(("x-content-type-options", "nosniff"));
    if known { response.finish() } else { response.content_type(kind).body(content) }
}

/// The same for the same content, in every gateway of one build. Weak, because the content may travel compressed.
fn tag(content: &str) -> EntityTag {
    let mut hasher = DefaultHasher::new();
    hasher.write(content.as_bytes());
    EntityTag::new_weak(format!("{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    fn assets() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("assets")
    }

    #[test]
    fn every_file_is_served() {
        let listed = |directory: &Path| {
            let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
            entries.filter(|path| path.is_file()).collect::<Vec<_>>()
        };
        let mut files = listed(&assets());
        files.extend(listed(&assets().join("app")));
        let served = FILES.iter().map(|(_, _, content)| content).collect::<std::collections::HashSet<_>>();
        assert_eq!(files.len(), served.len(), "{files:?}");
        for (path, _, content) in FILES {
            let file = match path {
                "/" => assets().join("index.html"),
                _ if content == ACCOUNT => assets().join("account.html"),
                path => assets().join(path.strip_prefix("/assets/").unwrap()),
            };
            assert_eq!(std::fs::read_to_string(&file).unwrap(), content, "{}", file.display());
        }
    }

    #[test]
    fn nothing_comes_from_elsewhere_and_nobody_is_trusted_with_markup() {
        for (path, _, content) in FILES {
            let own = content.replace("http://www.w3.org/2000/svg", "");
            for word in ["http://", "https://", "innerHTML", "insertAdjacentHTML", "document.write", "eval("]
            {
                assert!(!own.contains(word), "{path} has {word}");
            }
        }
    }
}
