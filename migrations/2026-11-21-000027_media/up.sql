-- Files that people uploaded. The row is written before the bytes are stored and removed after they are, so that there are
-- never bytes without a row.
CREATE TABLE attachments (
    id           uuid PRIMARY KEY,
    uploader_id  uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    -- The channel that it was uploaded for: a part of its key in the store. NULL: for any.
    channel_id   uuid,
    -- The message that it belongs to, that one's seq, and its place there. NULL: none yet.
    timeline_id  uuid,
    message_id   uuid,
    seq          bigint,
    -- The server or conversation where that was written.
    scope_id     uuid,
    position     smallint,
    -- The message that will be sent later and is to have it; its place there is in position. NULL: none.
    scheduled_id uuid,
    kind         text NOT NULL CHECK (kind IN ('image', 'video', 'audio', 'document')),
    content_type text NOT NULL,
    -- For people: never a path.
    name         text NOT NULL,
    size         bigint NOT NULL CHECK (size >= 0),
    sha256       bytea NOT NULL CHECK (octet_length(sha256) = 32),
    width        integer,
    height       integer,
    blurhash     text,
    -- Bytes of the previews of 200 and 800 pixels. NULL: there is none.
    small        bigint,
    large        bigint,
    created_at   timestamptz NOT NULL,
    -- NULL: its bytes are on their way, or did not arrive.
    stored_at    timestamptz,
    -- Its bytes are to be removed. Nobody sees it any more.
    removed_at   timestamptz,
    CHECK ((message_id IS NULL) = (timeline_id IS NULL) AND (message_id IS NULL) = (seq IS NULL)),
    CHECK ((message_id IS NULL) = (scope_id IS NULL)),
    CHECK ((message_id IS NULL AND scheduled_id IS NULL) = (position IS NULL))
);
-- The files of messages that are read.
CREATE INDEX attachments_message ON attachments (message_id, position) WHERE message_id IS NOT NULL AND removed_at IS NULL;
-- What somebody's files take; what is held on them.
CREATE INDEX attachments_uploader ON attachments (uploader_id, id) INCLUDE (size);
-- The files of messages that will be sent later.
CREATE INDEX attachments_scheduled ON attachments (scheduled_id, position) WHERE scheduled_id IS NOT NULL;
-- What nobody used.
CREATE INDEX attachments_unused ON attachments (created_at)
    WHERE message_id IS NULL AND scheduled_id IS NULL AND removed_at IS NULL;
-- The files of a channel, of all kinds and of one; what is left of those that are gone.
CREATE INDEX attachments_timeline ON attachments (timeline_id, id) INCLUDE (seq, kind, size)
    WHERE timeline_id IS NOT NULL AND removed_at IS NULL;
CREATE INDEX attachments_timeline_kind ON attachments (timeline_id, kind, id) INCLUDE (seq)
    WHERE timeline_id IS NOT NULL AND removed_at IS NULL;
-- What all files of a server take.
CREATE INDEX attachments_scope ON attachments (scope_id) INCLUDE (size) WHERE scope_id IS NOT NULL AND removed_at IS NULL;
CREATE INDEX attachments_removed ON attachments (removed_at) WHERE removed_at IS NOT NULL;

-- How many files a message has: without any, nobody looks for them.
ALTER TABLE messages ADD COLUMN files smallint NOT NULL DEFAULT 0;

-- Avatars and the icons of servers: square, in several sizes, for everybody who has the address.
CREATE TABLE pictures (
    id         uuid PRIMARY KEY,
    purpose    text NOT NULL CHECK (purpose IN ('avatar', 'server-icon')),
    -- The user or the guild.
    owner_id   uuid NOT NULL,
    -- Bytes of each size.
    small      bigint NOT NULL,
    medium     bigint NOT NULL,
    large      bigint NOT NULL,
    created_at timestamptz NOT NULL,
    stored_at  timestamptz,
    removed_at timestamptz
);
CREATE INDEX pictures_owner ON pictures (owner_id);
CREATE INDEX pictures_removed ON pictures (removed_at) WHERE removed_at IS NOT NULL;
-- What never arrived whole.
CREATE INDEX pictures_broken ON pictures (created_at) WHERE stored_at IS NULL AND removed_at IS NULL;
