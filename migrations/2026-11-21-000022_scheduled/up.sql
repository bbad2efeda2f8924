CREATE TABLE scheduled_messages (
    id          uuid PRIMARY KEY,
    author_id   uuid NOT NULL,
    timeline_id uuid NOT NULL,
    content     text NOT NULL,
    reply_to    uuid,
    parent_id   uuid,
    -- What its author's client called it: the same one twice is one.
    nonce       text,
    due_at      timestamptz NOT NULL,
    -- sending: its time has come. It may have been written, and cannot be cancelled any more.
    status      text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'sending', 'sent', 'failed', 'cancelled')),
    -- What it became.
    message_id  uuid,
    -- Why it could not be sent: a code and a sentence.
    error_code  text,
    error       text,
    created_at  timestamptz NOT NULL,
    -- When it was sent, failed or was cancelled.
    settled_at  timestamptz,
    CHECK ((status = 'sent') = (message_id IS NOT NULL)),
    CHECK ((status = 'failed') = (error_code IS NOT NULL))
);
CREATE INDEX scheduled_messages_author ON scheduled_messages (author_id, id);
CREATE INDEX scheduled_messages_open ON scheduled_messages (author_id) WHERE settled_at IS NULL;
CREATE INDEX scheduled_messages_settled ON scheduled_messages (settled_at) WHERE settled_at IS NOT NULL;
CREATE UNIQUE INDEX scheduled_messages_nonce ON scheduled_messages (author_id, timeline_id, nonce) WHERE nonce IS NOT NULL;
