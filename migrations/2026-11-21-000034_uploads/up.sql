-- Files that people send to the store itself, by an address that was signed for them. The row is there before any bytes can be,
-- and goes after the last that could come.
CREATE TABLE uploads (
    id            uuid PRIMARY KEY,
    user_id       uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- The channel that it is for. NULL: any.
    channel_id    uuid,
    name          text NOT NULL,
    -- Bytes, as they were announced and signed.
    size          bigint NOT NULL CHECK (size > 0),
    created_at    timestamptz NOT NULL,
    -- The file that became of it. NULL: none, or none yet.
    attachment_id uuid,
    -- It cannot be completed any more. NULL: it can, until due_at, and its size counts for the user's quota.
    ended_at      timestamptz,
    -- When its bytes are looked for and removed.
    due_at        timestamptz NOT NULL
);
-- What somebody announced.
CREATE INDEX uploads_user ON uploads (user_id);
CREATE INDEX uploads_due ON uploads (due_at);
