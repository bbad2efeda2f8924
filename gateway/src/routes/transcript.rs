//! A channel or conversation as a file.

use actix_web::http::header;
use actix_web::{HttpResponse, get, web};
use futures_util::stream;
use kernel::{ChannelId, ConversationId, GuildId, Timestamp};
use messaging::MessageView;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::actions;
use crate::actions::export::Chunks;
use crate::http::{Caller, Fail, Key, Query, State, Yes};
use crate::transcript::{Format, Subject};

/// In which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct TranscriptQuery {
    /// `json` unless said.
    #[param(inline)]
    format: Option<Format>,
}

/// A channel as JSON. Written part by part.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Transcript)]
pub(super) struct TranscriptFile {
    success: Yes,
    /// The channel.
    channel_id: ChannelId,
    /// What it is called.
    #[schema(example = "general")]
    channel_name: String,
    /// The channel's server.
    server_id: GuildId,
    /// When this was made.
    exported_at: Timestamp,
    /// The messages, oldest first, those in threads among the others; without deleted ones.
    messages: Vec<MessageView>,
}

/// A conversation as JSON. Written part by part.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ConversationTranscript)]
pub(super) struct ConversationFile {
    success: Yes,
    /// The conversation.
    conversation_id: ConversationId,
    /// What it is called: a group by its name, a conversation of two by the other one's username.
    #[schema(example = "bob")]
    conversation_name: String,
    /// When this was made.
    exported_at: Timestamp,
    /// The messages, oldest first, those in threads among the others; without deleted ones.
    messages: Vec<MessageView>,
}

/// Download a channel.
///
/// Every message that is there when the download begins, those in threads too, oldest first, as JSON or as Markdown; who may read
/// only what came later gets that. It is made while it is read; one
/// that breaks off was not whole: the server stopped, or the caller lost the right.
#[utoipa::path(tag = "messages", security(("token" = [])), params(("channelId" = ChannelId, Path), TranscriptQuery),
    responses((status = 200, description = "The file.", content((TranscriptFile = "application/json"), (String = "text/markdown")))),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "READ_HISTORY", "MANAGE_MESSAGES"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT"])),
        ("x-rate-limit" = json!("channel-exports"))))]
#[get("/api/channels/{channelId}/export")]
pub(super) async fn transcript(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(channel): Key<ChannelId>,
    Query(query): Query<TranscriptQuery>,
) -> Result<HttpResponse, Fail> {
    let format = query.format.unwrap_or_default();
    let user = actor.user;
    let begun =
        state.run(move |s| async move { actions::transcript::channel(&s, user, channel, format).await });
    let (subject, chunks) = begun.await?;
    Ok(download(format, &subject, chunks))
}

/// Download a conversation.
///
/// As for a channel; everybody who is in it may, from the first message that they may read.
#[utoipa::path(operation_id = "conversation_transcript", tag = "conversations", security(("token" = [])), params(("conversationId" = ConversationId, Path), TranscriptQuery),
    responses((status = 200, description = "The file.", content((ConversationFile = "application/json"), (String = "text/markdown")))),
    extensions(("x-permissions" = json!(["PARTICIPANT"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "CONFLICT"])),
        ("x-rate-limit" = json!("channel-exports"))))]
#[get("/api/dms/conversations/{conversationId}/export")]
pub(super) async fn conversation(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<ConversationId>,
    Query(query): Query<TranscriptQuery>,
) -> Result<HttpResponse, Fail> {
    let format = query.format.unwrap_or_default();
    let user = actor.user;
    let begun =
        state.run(move |s| async move { actions::transcript::conversation(&s, user, id, format).await });
    let (subject, chunks) = begun.await?;
    Ok(download(format, &subject, chunks))
}

fn download(format: Format, subject: &Subject, chunks: Chunks) -> HttpResponse {
    let body = stream::unfold(chunks, |mut chunks| async {
        let chunk = chunks.recv().await?;
        Some((chunk, chunks))
    });
    let name = format!("attachment; filename=\"{}\"", format.file_name(subject));
    HttpResponse::Ok()
        .content_type(format.content_type())
        .insert_header((header::CONTENT_DISPOSITION, name))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(body)
}
