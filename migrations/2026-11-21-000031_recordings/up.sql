-- Videos and sounds: what they are sent as, how long they are, and what was made of them.
ALTER TABLE attachments
    ADD COLUMN purpose     text NOT NULL DEFAULT 'file' CHECK (purpose IN ('file', 'clip', 'voice')),
    -- NULL: nothing is to be made of it.
    ADD COLUMN conversion  text CHECK (conversion IN ('pending', 'done', 'failed', 'unavailable')),
    ADD COLUMN duration_ms integer CHECK (duration_ms >= 0),
    -- How loud it is, a hundred times from its beginning to its end.
    ADD COLUMN waveform    bytea CHECK (octet_length(waveform) = 100),
    -- Bytes of what was made of it. NULL: that was not.
    ADD COLUMN p480        bigint,
    ADD COLUMN p720        bigint,
    ADD COLUMN p1080       bigint,
    ADD COLUMN mp3         bigint,
    -- A clip goes then.
    ADD COLUMN expires_at  timestamptz;
-- Clips whose time is over.
CREATE INDEX attachments_expiring ON attachments (expires_at) WHERE expires_at IS NOT NULL AND removed_at IS NULL;
-- What still waits to be converted.
CREATE INDEX attachments_pending ON attachments (created_at) WHERE conversion = 'pending' AND removed_at IS NULL;
-- The clips of a channel, and those of somebody.
CREATE INDEX attachments_clips ON attachments (timeline_id, id) INCLUDE (seq) WHERE purpose = 'clip' AND removed_at IS NULL;
CREATE INDEX attachments_own_clips ON attachments (uploader_id, id) WHERE purpose = 'clip' AND removed_at IS NULL;
