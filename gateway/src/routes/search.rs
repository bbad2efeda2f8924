//! Finding messages.

use actix_web::{routes, web};
use kernel::{ChannelId, GuildId, Invalid, Timestamp};
use messaging::MessageView;
use messaging::search::{Has, QUERY_MAX, Search, SearchLimit, Span, Term, Typed, day};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::actions;
use crate::actions::search::{Found, SearchRequest};
use crate::http::{Caller, Fail, Ok200, Query, State, Yes};

/// What to look for. Everything must be so.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(super) struct SearchQuery {
    /// Words, parts of words, "exact phrases" and filters, up to 512 characters: `deploy "rm -rf" from:ada in:general has:link
    /// mentions:grace before:2026-02-01 after:2026-01-01`. Also called `q`.
    #[param(example = "deploy from:ada", max_length = 512)]
    #[serde(alias = "q")]
    query: Option<String>,
    /// In this channel or conversation alone.
    channel_id: Option<ChannelId>,
    /// In this server alone.
    server_id: Option<GuildId>,
    /// Who wrote it: an id or a username.
    #[param(example = "ada")]
    from: Option<String>,
    /// Whom it mentions by name: an id, a username, or `everyone`. Who is mentioned is told by the message's `mentions`.
    #[param(example = "grace")]
    mentions: Option<String>,
    /// What it has in it: `link`, `file`, `image`; several separated by commas.
    #[param(example = "link")]
    has: Option<String>,
    /// Written before this time, or before this day (UTC).
    #[param(example = "2026-02-01T00:00:00Z")]
    before: Option<String>,
    /// Written at this time or later, or after this day (UTC).
    #[param(example = "2026-01-01")]
    after: Option<String>,
    /// Messages in the page: 1 to 50, 20 unless said.
    #[param(minimum = 1, maximum = 50, default = 20)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before; everything else as it was.
    #[param(example = "01890a607c3b7e559c0a1b2d3f4e5a6b")]
    cursor: Option<String>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SearchAnswer {
    success: Yes,
    /// The messages, best first.
    messages: Vec<HitView>,
    /// How many match, counted up to 1000; on later pages those that are left of them or beyond them.
    #[schema(example = 3)]
    total: i64,
    /// Whether there are more than were counted.
    total_is_capped: bool,
    /// Whether there is another page.
    has_more: bool,
    /// The `cursor` of the next page.
    #[schema(example = json!(null))]
    next_cursor: Option<String>,
    /// What was understood of `query`.
    understood: Understood,
}

/// A message that was found.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SearchHit)]
pub(super) struct HitView {
    #[serde(flatten)]
    message: MessageView,
    /// What the channel is called; of a conversation the group's name, or the other one's username.
    #[schema(example = "general")]
    channel_name: Option<String>,
    /// Where `content` is what was looked for, in order, in UTF-16 code units.
    highlights: Vec<Span>,
}

/// A query, as it was understood.
#[derive(Default, Serialize, ToSchema)]
struct Understood {
    /// What the text must contain.
    terms: Vec<TermView>,
    /// Who wrote it.
    #[schema(example = json!(["ada"]))]
    from: Vec<String>,
    /// In which channels and conversations.
    #[serde(rename = "in")]
    #[schema(example = json!(["general"]))]
    places: Vec<String>,
    /// What it has in it.
    has: Vec<Has>,
    /// Whom it mentions.
    #[schema(example = json!([]))]
    mentions: Vec<String>,
    /// Written before.
    before: Option<Timestamp>,
    /// Written then or later.
    after: Option<Timestamp>,
    /// What could not be looked for.
    #[schema(example = json!([]))]
    ignored: Vec<String>,
}

/// Something that a text must contain.
#[derive(Serialize, ToSchema)]
#[schema(as = SearchTerm)]
struct TermView {
    /// As typed.
    #[schema(example = "deploy")]
    text: String,
    /// Exactly so: no other form of the word will do.
    exact: bool,
}

impl SearchQuery {
    fn understood(self) -> Result<(SearchRequest, Understood), Invalid> {
        let mut invalid = Invalid::default();
        let query = self.query.unwrap_or_default();
        if query.chars().count() > QUERY_MAX {
            invalid.add("query", format!("must be at most {QUERY_MAX} characters"));
        }
        let mut typed = Typed::parse(&query);
        let understood = Understood::of(&typed);
        let mut wanted = Search::default();
        let moment = |field: &str, text: Option<&str>, behind, invalid: &mut Invalid| {
            let at = text.and_then(|text| day(text, behind));
            if text.is_some() && at.is_none() {
                invalid
                    .add(field, "must be a time such as 2026-01-02T03:04:05Z, or a day such as 2026-01-02");
            }
            at
        };
        let before = moment("before", self.before.as_deref(), false, &mut invalid);
        let after = moment("after", self.after.as_deref(), true, &mut invalid);
        wanted.before = typed.before.into_iter().chain(before).min();
        wanted.after = typed.after.into_iter().chain(after).max();
        for name in self.has.iter().flat_map(|list| list.split(',')) {
            match name.trim().parse() {
                Ok(has) => typed.has.push(has),
                Err(must) => invalid.add("has", must),
            }
        }
        wanted.cursor = match self.cursor.map(|cursor| cursor.parse()) {
            Some(Err(must)) => {
                invalid.add("cursor", must);
                None
            }
            cursor => cursor.and_then(Result::ok),
        };
        let name = |name: String| name.trim_start_matches('@').to_string();
        typed.mentions.extend(self.mentions.map(name));
        // Both must be so: one author cannot be two.
        if let Some(from) = self.from.map(name) {
            typed.from = if typed.from.is_empty() || typed.from.contains(&from) {
                vec![from]
            } else {
                vec![String::new()]
            };
        }
        let asks = !query.trim().is_empty() || !typed.is_empty() || self.channel_id.is_some();
        if !(asks || self.server_id.is_some() || wanted.before.is_some() || wanted.after.is_some()) {
            invalid.add("query", "must be given, or something else to look for");
        }
        invalid.into_result()?;
        wanted.terms = typed.terms.clone();
        wanted.has = typed.has.clone();
        let limit = SearchLimit::new(self.limit);
        Ok((
            SearchRequest { typed, server: self.server_id, channel: self.channel_id, search: wanted, limit },
            understood,
        ))
    }
}

impl Understood {
    fn of(typed: &Typed) -> Self {
        let term = |term: &Term| TermView { text: term.text().into(), exact: term.is_exact() };
        let Typed { terms, from, places, has, mentions, before, after, ignored } = typed.clone();
        Self { terms: terms.iter().map(term).collect(), from, places, has, mentions, before, after, ignored }
    }
}

impl SearchAnswer {
    fn of(found: Found, understood: Understood) -> Self {
        let view = |hit| HitView {
            channel_name: found.name(&hit),
            highlights: hit.highlights,
            message: hit.message,
        };
        let page = found.page.clone();
        Self {
            success: Yes,
            messages: page.hits.into_iter().map(view).collect(),
            total: page.total,
            total_is_capped: page.total_is_capped,
            has_more: page.next.is_some(),
            next_cursor: page.next.map(|cursor| cursor.to_string()),
            understood,
        }
    }
}

/// Find messages in everything that the caller may read now: channels, and the 5,000 conversations with the latest activity. `in:`
/// takes the name of a channel or group, or the username of whom one writes with.
///
/// A word finds its other forms in the installation's language, and what contains it; anything else (parts of words, URLs,
/// addresses, commands, Chinese, emoji) finds what contains it, whatever its case. Words of one and two letters are found as
/// words of their own. The newest thousand matches are ranked by how much they are about the words and how old they are, then the next
/// thousand. A query with odd quotes is no error: `understood` says what was made of it. A message is found a moment after it
/// was sent.
#[utoipa::path(get, path = "/api/search", tag = "messages", security(("token" = [])), params(SearchQuery),
    responses((status = 200, description = "The messages, best first.", body = SearchAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "READ_HISTORY"])),
        ("x-aliases" = json!(["GET /api/chat/search", "GET /api/messages/search"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"]))))]
#[routes]
#[get("/api/search")]
#[get("/api/chat/search")]
#[get("/api/messages/search")]
pub(super) async fn find(
    state: web::Data<State>,
    Caller(actor): Caller,
    Query(query): Query<SearchQuery>,
) -> Result<Ok200<SearchAnswer>, Fail> {
    let (request, understood) = query.understood()?;
    let found = state.run(move |s| async move { actions::search::search(&s, actor.user, request).await });
    Ok(Ok200(SearchAnswer::of(found.await?, understood)))
}
