//! What becomes of videos and sounds, in the table `attachments`.

use diesel::QueryResult;
use diesel::prelude::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::AttachmentId;

use crate::kind::{Conversion, Kind};
use crate::model::Attachment;
use crate::rendition::Rendition;
use crate::schema::attachments::{self, dsl};

/// What a file is after it was looked at.
#[derive(Clone, Debug, AsChangeset)]
#[diesel(table_name = attachments, treat_none_as_null = true)]
pub(crate) struct Outcome {
    pub(crate) kind: Kind,
    pub(crate) content_type: String,
    pub(crate) conversion: Option<Conversion>,
    pub(crate) duration_ms: Option<i32>,
    pub(crate) width: Option<i32>,
    pub(crate) height: Option<i32>,
    pub(crate) blurhash: Option<String>,
    pub(crate) small: Option<i64>,
    pub(crate) large: Option<i64>,
    pub(crate) waveform: Option<Vec<u8>>,
    pub(crate) p480: Option<i64>,
    pub(crate) p720: Option<i64>,
    pub(crate) p1080: Option<i64>,
    pub(crate) mp3: Option<i64>,
}

impl Outcome {
    /// The file as it is.
    pub(crate) fn of(file: &Attachment) -> Self {
        Self {
            kind: file.kind,
            content_type: file.content_type.clone(),
            conversion: file.conversion,
            duration_ms: file.duration_ms,
            width: file.width,
            height: file.height,
            blurhash: file.blurhash.clone(),
            small: file.small,
            large: file.large,
            waveform: file.waveform.clone(),
            p480: file.p480,
            p720: file.p720,
            p1080: file.p1080,
            mp3: file.mp3,
        }
    }

    /// Bytes of a copy.
    pub(crate) fn length_of(&mut self, rendition: Rendition) -> &mut Option<i64> {
        match rendition {
            Rendition::P480 => &mut self.p480,
            Rendition::P720 => &mut self.p720,
            Rendition::P1080 => &mut self.p1080,
            Rendition::Mp3 => &mut self.mp3,
        }
    }
}

/// Writes down what became of a file that waits for it; the file after that, with the message that it belongs to by now: one that
/// is being sent is waited for.
pub(crate) async fn finish(
    conn: &mut AsyncPgConnection,
    id: AttachmentId,
    outcome: &Outcome,
) -> QueryResult<Option<Attachment>> {
    let waiting = dsl::conversion.eq(Conversion::Pending).and(dsl::removed_at.is_null());
    let row = attachments::table.find(id).filter(waiting);
    diesel::update(row).set(outcome).returning(Attachment::as_returning()).get_result(conn).await.optional()
}
