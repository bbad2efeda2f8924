//! Files that clients send to the store itself.

use actix_web::{post, web};
use kernel::{TimelineId, Timestamp, UploadId};
use media::{Announced, AttachmentView, Presigned};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

use crate::actions;
use crate::http::{Caller, Created, Fail, Ok200, State, Valid, Yes};

/// A file that will be sent to the store.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PresignBody {
    /// What it is called.
    #[schema(example = "launch.mp4")]
    name: String,
    /// Its bytes: the store takes exactly so many.
    #[schema(example = 48_234_496, minimum = 1)]
    size: i64,
    /// What it is sent as; `application/octet-stream` unless said. What it is, is found in its content.
    #[schema(example = "video/mp4", max_length = 127)]
    content_type: Option<String>,
    /// The channel or conversation where it will be sent, if that is known. It cannot be sent anywhere else then.
    #[schema(example = json!(null))]
    channel_id: Option<TimelineId>,
}

/// Where to send the file.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PresignAnswer {
    success: Yes,
    /// What to complete when it was sent.
    upload_id: UploadId,
    /// The method of the request to the store.
    #[schema(example = "PUT")]
    method: &'static str,
    /// Where to send it: the bytes of the file are the whole body.
    #[schema(
        example = "https://s3.example.org/guildhall/uploads/01890a63-4f10-7c4d-8b21-6e5f4d3c2b1a?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=9f86d081"
    )]
    url: String,
    /// The headers that the request must have, exactly like this; `Content-Length` is `size`.
    headers: StoreHeaders,
    /// When the request must have begun.
    expires_at: Timestamp,
}

/// Headers of the request to the store.
#[derive(Serialize, ToSchema)]
pub(super) struct StoreHeaders {
    /// What the file was said to be.
    #[serde(rename = "Content-Type")]
    #[schema(example = "video/mp4")]
    content_type: String,
}

/// What was sent.
#[derive(Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CompleteBody {
    /// The `uploadId` of `POST /api/upload/presign`.
    upload_id: UploadId,
}

/// A file that was uploaded.
#[derive(Serialize, ToSchema)]
pub(super) struct CompleteAnswer {
    success: Yes,
    /// The file.
    attachment: AttachmentView,
}

/// Announce a file that is sent to the store itself.
///
/// For large files: their bytes go to the store (S3) and not through this server. Send the file to `url` within 15 minutes
/// (configurable), with the method and headers of the answer; then call `POST /api/upload/complete`. The address takes one file
/// of exactly this length and type. The size counts for the caller's quota from now on; what is not completed is removed half
/// an hour later (configurable). Where the installation has no store that clients reach, the answer is `CONFLICT`: use
/// `POST /api/upload`.
#[utoipa::path(tag = "media", operation_id = "presign_upload", security(("token" = [])), request_body = PresignBody,
    responses((status = 201, description = "Where to send it.", body = PresignAnswer)),
    extensions(("x-permissions" = json!([])), ("x-rate-limit" = json!("uploads")),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "INSUFFICIENT_PERMISSIONS", "QUOTA_EXCEEDED", "RESOURCE_NOT_FOUND", "CONFLICT", "FILE_TOO_LARGE", "UNAVAILABLE"]))))]
#[post("/api/upload/presign")]
pub(super) async fn presign(
    state: web::Data<State>,
    Caller(actor): Caller,
    Valid(body): Valid<PresignBody>,
) -> Result<Created<PresignAnswer>, Fail> {
    let announced = Announced::new(&body.name, body.size, body.content_type, body.channel_id)?;
    let signed = state.run(move |s| async move { actions::media::presign(&s, actor.user, announced).await });
    let Presigned { id, url, content_type, until } = signed.await?;
    Ok(Created(PresignAnswer {
        success: Yes,
        upload_id: id,
        method: "PUT",
        url,
        headers: StoreHeaders { content_type },
        expires_at: until,
    }))
}

/// Complete an upload to the store.
///
/// The server looks at what arrived as at every file that is uploaded: at its length and content, for malware; pictures are
/// written anew. What is refused is removed. `CONFLICT` says that nothing has arrived yet, or that another call completes it at
/// this moment; after `UNAVAILABLE` the call can be made again. Made again after it went well, it answers the same.
#[utoipa::path(tag = "media", operation_id = "complete_upload", security(("token" = [])), request_body = CompleteBody,
    responses((status = 200, description = "The file.", body = CompleteAnswer)),
    extensions(("x-permissions" = json!(["UPLOADER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "QUOTA_EXCEEDED", "RESOURCE_NOT_FOUND", "CONFLICT", "FILE_TOO_LARGE", "INVALID_FILE_TYPE", "UNAVAILABLE"]))))]
#[post("/api/upload/complete")]
pub(super) async fn complete(
    state: web::Data<State>,
    Caller(actor): Caller,
    Valid(body): Valid<CompleteBody>,
) -> Result<Ok200<CompleteAnswer>, Fail> {
    let id = body.upload_id;
    let kept = state.run(move |s| async move { actions::media::complete(&s, actor.user, id).await });
    Ok(Ok200(CompleteAnswer { success: Yes, attachment: kept.await? }))
}
