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

/// A file of `assets/`, under its own path.
macro_rules! asset {
    ($kind:expr, $path:literal) => {
        (concat!("/assets/", $path), $kind, include_str!(concat!("../assets/", $path)))
    };
}

const FILES: [File; 48] = [
    ("/", HTML, include_str!("../assets/index.html")),
    ("/forgot-password", HTML, ACCOUNT),
    ("/reset-password", HTML, ACCOUNT),
    ("/verify-email", HTML, ACCOUNT),
    ("/confirm-email-change", HTML, ACCOUNT),
    asset!(CSS, "style.css"),
    asset!(CSS, "voice.css"),
    asset!(SVG, "icon.svg"),
    asset!(SCRIPT, "app/main.js"),
    asset!(SCRIPT, "app/account.js"),
    asset!(SCRIPT, "app/api.js"),
    asset!(SCRIPT, "app/client.js"),
    asset!(SCRIPT, "app/composer.js"),
    asset!(SCRIPT, "app/conversations.js"),
    asset!(SCRIPT, "app/dialogs.js"),
    asset!(SCRIPT, "app/dom.js"),
    asset!(SCRIPT, "app/form.js"),
    asset!(SCRIPT, "app/messages.js"),
    asset!(SCRIPT, "app/notice.js"),
    asset!(SCRIPT, "app/providers.js"),
    asset!(SCRIPT, "app/reading.js"),
    asset!(SCRIPT, "app/servers.js"),
    asset!(SCRIPT, "app/sidebar.js"),
    asset!(SCRIPT, "app/socket.js"),
    asset!(SCRIPT, "app/store.js"),
    asset!(SCRIPT, "app/timeline.js"),
    asset!(SCRIPT, "app/view.js"),
    asset!(SCRIPT, "app/writing.js"),
    asset!(SCRIPT, "app/voice/bar.js"),
    asset!(SCRIPT, "app/voice/bell.js"),
    asset!(SCRIPT, "app/voice/controls.js"),
    asset!(SCRIPT, "app/voice/devices.js"),
    asset!(SCRIPT, "app/voice/ice.js"),
    asset!(SCRIPT, "app/voice/lanes.js"),
    asset!(SCRIPT, "app/voice/media.js"),
    asset!(SCRIPT, "app/voice/membership.js"),
    asset!(SCRIPT, "app/voice/occupants.js"),
    asset!(SCRIPT, "app/voice/peer.js"),
    asset!(SCRIPT, "app/voice/places.js"),
    asset!(SCRIPT, "app/voice/ringing.js"),
    asset!(SCRIPT, "app/voice/roster.js"),
    asset!(SCRIPT, "app/voice/session.js"),
    asset!(SCRIPT, "app/voice/signals.js"),
    asset!(SCRIPT, "app/voice/sound.js"),
    asset!(SCRIPT, "app/voice/speaking.js"),
    asset!(SCRIPT, "app/voice/stage.js"),
    asset!(SCRIPT, "app/voice/state.js"),
    asset!(SCRIPT, "app/voice/view.js"),
];

/// What the browser must keep to: nothing from elsewhere, no script or style inside the page, no frame around it.
const POLICY: &str = "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    object-src 'none'; require-trusted-types-for 'script'";

/// Which of the browser's devices a page may ask the person for, and which none may.
const PERMISSIONS: &str = "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), \
    geolocation=(), payment=(), usb=(), serial=(), hid=(), bluetooth=(), midi=()";

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
        .insert_header(("permissions-policy", PERMISSIONS))
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
        let listed = |directory: &str| {
            let entries =
                std::fs::read_dir(assets().join(directory)).unwrap().map(|entry| entry.unwrap().path());
            entries.filter(|path| path.is_file()).collect::<Vec<_>>()
        };
        let files = [".", "app", "app/voice"].map(listed).concat();
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
