//! Clips and voice messages.

use actix_web::{HttpRequest, delete, get, post, web};
use kernel::{AttachmentId, Invalid, TimelineId, Timestamp, UserId};
use media::{AttachmentPurpose, Received, Seconds};
use messaging::{ClipView, ClipsLimit, MessageView, VoiceNote};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::messages::DoneAnswer;
use crate::actions;
use crate::actions::recordings::Words;
use crate::http::{Caller, Created, Fail, Form, Key, Ok200, Query, State, Yes};

/// The longest that somebody can say that a recording is, seconds: a day.
const LONGEST: f64 = 86_400.0;

/// A clip to be sent.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: it is read piece by piece")]
pub(super) struct ClipBody {
    /// The video or sound, at most 100 MB (configurable).
    #[schema(value_type = String, format = Binary)]
    file: String,
    /// The channel or conversation.
    #[schema(rename = "channelId")]
    channel_id: TimelineId,
    /// What it is about: the text of the message. The file's name unless said.
    title: Option<String>,
    /// As for a message.
    nonce: Option<String>,
}

/// A voice message to be sent.
#[derive(ToSchema)]
#[expect(dead_code, reason = "only described: it is read piece by piece")]
pub(super) struct VoiceBody {
    /// The sound, at most 10 MB (configurable): WebM or Ogg, as browsers record, or any other. `file` means the same.
    #[schema(value_type = String, format = Binary)]
    audio: String,
    /// The channel or conversation.
    #[schema(rename = "channelId")]
    channel_id: TimelineId,
    /// How long it is, seconds: shown until it was looked at.
    duration: Option<f64>,
    /// As for a message.
    nonce: Option<String>,
}

/// Which clips.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClipsQuery {
    /// Those of this channel or conversation; without it, those that the caller sent.
    channel_id: Option<TimelineId>,
    /// A clip's id: those that were uploaded before it.
    before: Option<AttachmentId>,
    /// Clips in the page: 1 to 100, 20 unless said.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
}

/// A clip that was sent.
#[derive(Serialize, ToSchema)]
pub(super) struct ClipAnswer {
    success: Yes,
    /// The clip.
    clip: ClipView,
    /// The message that it came with.
    message: MessageView,
}

/// Clips.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClipsAnswer {
    success: Yes,
    /// The clips, the last uploaded first.
    clips: Vec<ClipView>,
    /// Whether there are more, uploaded before.
    has_more: bool,
}

/// A voice message that was sent.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VoiceAnswer {
    success: Yes,
    /// The voice message.
    voice_message: VoiceMessage,
    /// The message that it is.
    message: MessageView,
}

/// A voice message.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VoiceMessage {
    /// Its id: that of its file.
    id: AttachmentId,
    /// Where it can be heard.
    #[schema(example = "/api/media/01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30?rendition=mp3")]
    url: String,
    /// How long it is, seconds, if that is known.
    #[schema(value_type = Option<f64>)]
    duration: Option<Seconds>,
    /// How loud each hundredth of it is, 0 to 255, once it was looked at.
    #[schema(value_type = Option<Vec<i32>>)]
    waveform: Option<Vec<u8>>,
    /// Who sent it.
    uploaded_by: UserId,
    /// When it was uploaded.
    created_at: Timestamp,
}

/// The one file of a body, where it is to be sent, and as what the client calls the message.
fn parts(form: &mut Form, field: &str) -> Result<(Received, TimelineId, Option<String>), Invalid> {
    let place = form.parsed("channelId", "must be the id of a channel or conversation")?;
    let place = place.ok_or_else(|| Invalid::field("channelId", "must be given"))?;
    let nonce = form.parsed("nonce", "must be a text")?;
    let file = form.files.pop().ok_or_else(|| Invalid::field(field, "must be given: one file"))?;
    Ok((file, place, nonce))
}

/// Seconds, in milliseconds.
fn duration(form: &Form) -> Result<Option<i32>, Invalid> {
    let must = "must be 0 to 86400 seconds";
    let Some(seconds) = form.parsed::<f64>("duration", must)? else { return Ok(None) };
    if !(0.0..=LONGEST).contains(&seconds) {
        return Err(Invalid::field("duration", must));
    }
    // In three decimals it is the number of milliseconds, but for the point.
    let millis = format!("{seconds:.3}").replace('.', "");
    millis.parse().map(Some).map_err(|_| Invalid::field("duration", must))
}

/// Send a clip.
///
/// A video or sound, as a message with the title as its text. What does not play everywhere is converted after the answer, where
/// the server has ffmpeg: `conversion` says so, and the message comes again as `message-updated`. The clip goes by itself
/// after 90 days (configurable); the message stays.
#[utoipa::path(tag = "media", operation_id = "send_clip", security(("token" = [])),
    request_body(content = ClipBody, content_type = "multipart/form-data"),
    responses((status = 201, description = "The clip.", body = ClipAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "SEND_MESSAGES", "ATTACH_FILES"])), ("x-rate-limit" = json!("uploads")),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "INSUFFICIENT_PERMISSIONS", "MESSAGE_BLOCKED", "QUOTA_EXCEEDED", "RESOURCE_NOT_FOUND", "CONFLICT", "FILE_TOO_LARGE", "INVALID_FILE_TYPE", "UNAVAILABLE"]))))]
#[post("/api/clips")]
pub(super) async fn send_clip(
    state: web::Data<State>,
    Caller(actor): Caller,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<Created<ClipAnswer>, Fail> {
    let purpose = AttachmentPurpose::Clip;
    let receiving = state.services().media.receive_recording(purpose)?;
    let mut form = Form::read(&request, payload, &receiving, &["file", "files"]).await?;
    let (file, place, nonce) = parts(&mut form, "file")?;
    let title = form.parsed::<String>("title", "must be a text")?.filter(|title| !title.is_empty());
    let content = title.unwrap_or_else(|| file.name().into());
    let words = Words { purpose, content, nonce, duration_ms: None };
    let sent = state.run(move |s| async move {
        let _receiving = receiving;
        actions::recordings::send(&s, actor.user, place, file, words).await
    });
    let message = sent.await?;
    let clip = ClipView::of(&message).ok_or_else(|| Invalid::field("nonce", "must not be used already"))?;
    Ok(Created(ClipAnswer { success: Yes, clip, message }))
}

/// Send a voice message.
///
/// A message that is a sound. It is looked at after the answer, where the server has ffmpeg: then `voiceNote` of the message has
/// its `waveform` and leads to an MP3, and the message comes again as `message-updated`.
#[utoipa::path(tag = "media", operation_id = "send_voice", security(("token" = [])),
    request_body(content = VoiceBody, content_type = "multipart/form-data"),
    responses((status = 201, description = "The voice message.", body = VoiceAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "SEND_MESSAGES", "ATTACH_FILES"])), ("x-rate-limit" = json!("uploads")),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "INSUFFICIENT_PERMISSIONS", "QUOTA_EXCEEDED", "RESOURCE_NOT_FOUND", "CONFLICT", "FILE_TOO_LARGE", "INVALID_FILE_TYPE", "UNAVAILABLE"]))))]
#[post("/api/voice-messages")]
pub(super) async fn send_voice(
    state: web::Data<State>,
    Caller(actor): Caller,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<Created<VoiceAnswer>, Fail> {
    let purpose = AttachmentPurpose::Voice;
    let receiving = state.services().media.receive_recording(purpose)?;
    let mut form = Form::read(&request, payload, &receiving, &["audio", "file"]).await?;
    let duration_ms = duration(&form)?;
    let (file, place, nonce) = parts(&mut form, "audio")?;
    let words = Words { purpose, content: String::new(), duration_ms, nonce };
    let sent = state.run(move |s| async move {
        let _receiving = receiving;
        actions::recordings::send(&s, actor.user, place, file, words).await
    });
    let message = sent.await?;
    let voice_message =
        VoiceMessage::of(&message).ok_or_else(|| Invalid::field("nonce", "must not be used already"))?;
    Ok(Created(VoiceAnswer { success: Yes, voice_message, message }))
}

impl VoiceMessage {
    fn of(message: &MessageView) -> Option<Self> {
        let file = message.attachments.first()?;
        let VoiceNote { url, duration, waveform } = message.voice_note.clone()?;
        let (uploaded_by, created_at) = (message.author.id, file.created_at);
        Some(Self { id: file.id, url, duration, waveform, uploaded_by, created_at })
    }
}

/// List clips.
///
/// Of a channel or conversation those of messages that the caller may read.
#[utoipa::path(tag = "media", operation_id = "list_clips", security(("token" = [])), params(ClipsQuery),
    responses((status = 200, description = "The clips, the last uploaded first.", body = ClipsAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "READ_HISTORY"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[get("/api/clips")]
pub(super) async fn list_clips(
    state: web::Data<State>,
    Caller(actor): Caller,
    Query(query): Query<ClipsQuery>,
) -> Result<Ok200<ClipsAnswer>, Fail> {
    let ClipsQuery { channel_id, before, limit } = query;
    let limit = ClipsLimit::new(limit);
    let page = state.run(move |s| async move {
        actions::recordings::clips(&s, actor.user, channel_id, before, limit).await
    });
    let page = page.await?;
    Ok(Ok200(ClipsAnswer { success: Yes, clips: page.items, has_more: page.has_more }))
}

/// Delete a clip.
///
/// And the message that it came with: by its author, or who has MANAGE_MESSAGES.
#[utoipa::path(tag = "media", operation_id = "delete_clip", security(("token" = [])), params(("clipId" = AttachmentId, Path)),
    responses((status = 200, description = "It is deleted.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", ["AUTHOR", "MANAGE_MESSAGES"]])),
        ("x-errors" = json!(["VALIDATION_FAILED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"]))))]
#[delete("/api/clips/{clipId}")]
pub(super) async fn delete_clip(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(clip): Key<AttachmentId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { actions::recordings::delete_clip(&s, actor.user, clip).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}
