-- What messages are found by. Written by a reader of the log (messaging/src/search/index.rs), not by whoever writes messages,
-- and apart from them, so that neither a send nor a reaction waits for these indexes. See docs/decisions/0019.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE search_texts (
    -- A UUIDv7, so the order of the key is that of time.
    message_id  uuid   PRIMARY KEY,
    timeline_id uuid   NOT NULL,
    seq         bigint NOT NULL,
    -- The message's text, folded: compatibility forms, case and white space do not matter.
    body        text   NOT NULL,
    -- Its words in the installation's language; what trigrams do not find; and, as words that nobody can write, where it
    -- stands, who wrote it and what is in it, so that one index answers the whole question.
    words       tsvector NOT NULL
);
CREATE INDEX search_texts_words ON search_texts USING gin (words);
CREATE INDEX search_texts_body ON search_texts USING gin (body gin_trgm_ops);

-- How far each timeline is indexed.
CREATE TABLE search_marks (
    timeline_id uuid   PRIMARY KEY,
    -- Every change up to this one is in `search_texts` …
    rev         bigint NOT NULL,
    -- … in this language; in another one counts as not at all.
    language    text   NOT NULL
) WITH (fillfactor = 50);
