-- A guild's or conversation's access version, raised by every change that can take a right away.
CREATE TABLE scopes (
    id      uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 1
);

-- The head of each log. Narrow, and half empty pages, so that a send updates it in place.
CREATE TABLE timelines (
    id        uuid PRIMARY KEY,
    kind      text NOT NULL CHECK (kind IN ('channel', 'direct', 'group', 'ai')),
    scope_id  uuid NOT NULL,
    last_seq  bigint NOT NULL DEFAULT 0,
    rev       bigint NOT NULL DEFAULT 0,
    -- Its place is gone; its messages are removed in slices.
    closed_at timestamptz
) WITH (fillfactor = 50);
CREATE INDEX timelines_closed ON timelines (closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE messages (
    timeline_id uuid   NOT NULL,
    seq         bigint NOT NULL,
    id          uuid   NOT NULL,
    author_id   uuid   NOT NULL,
    kind        text   NOT NULL CHECK (kind IN ('text', 'system')),
    content     text   NOT NULL,
    reply_to    uuid,
    -- The head's rev when the row was created and when it changed last.
    created_rev bigint NOT NULL,
    rev         bigint NOT NULL,
    nonce       text,
    created_at  timestamptz NOT NULL,
    edited_at   timestamptz,
    deleted_at  timestamptz,
    PRIMARY KEY (timeline_id, seq)
) WITH (fillfactor = 90);
CREATE INDEX messages_id ON messages (id);
CREATE INDEX messages_rev ON messages (timeline_id, rev);
CREATE UNIQUE INDEX messages_nonce ON messages (timeline_id, author_id, nonce) WHERE nonce IS NOT NULL;
