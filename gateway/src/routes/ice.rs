//! How browsers find a way to each other.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::web::{self, Json};
use actix_web::{CustomizeResponder, Responder, get};
use serde::Serialize;
use utoipa::ToSchema;
use voice_signaling::ice::IceServersView;

use crate::http::{Caller, State, Yes};

/// STUN and TURN servers.
#[derive(Serialize, ToSchema)]
pub(super) struct IceServersAnswer {
    success: Yes,
    #[serde(flatten)]
    servers: IceServersView,
}

/// Get STUN and TURN servers.
///
/// `iceServers` is what an `RTCPeerConnection` takes. The credentials are the caller's, and are made anew for each call; they
/// last until `expiresAt` (12 hours, configurable), whatever happens to the session meanwhile. The list is empty where no
/// servers are configured: then people in the same network reach each other, and some others.
#[utoipa::path(tag = "voice", security(("token" = [])),
    responses((status = 200, description = "The servers.", body = IceServersAnswer)),
    extensions(("x-permissions" = json!([]))))]
#[get("/api/voice/ice-servers")]
pub(super) async fn ice_servers(
    state: web::Data<State>,
    Caller(actor): Caller,
) -> CustomizeResponder<Json<IceServersAnswer>> {
    let servers = state.services().ice.for_user(actor.user);
    Json(IceServersAnswer { success: Yes, servers }).customize().insert_header((CACHE_CONTROL, "no-store"))
}
