-- How many of the messages ever created in a timeline are replies in threads: those stand in no history of the channel.
ALTER TABLE timelines ADD COLUMN replies bigint NOT NULL DEFAULT 0;

ALTER TABLE messages
    -- The message in whose thread it stands.
    ADD COLUMN parent_id         uuid,
    -- How many replies in threads the timeline had when it was created, itself included: so that those between two places
    -- are known without counting.
    ADD COLUMN replies           bigint  NOT NULL DEFAULT 0,
    -- How many replies its own thread has that were not deleted, and when the newest was written.
    ADD COLUMN thread_count      integer NOT NULL DEFAULT 0,
    ADD COLUMN last_reply_at     timestamptz,
    -- Whom it mentions: named users, the holders of roles, everybody.
    ADD COLUMN mentioned_users   uuid[],
    ADD COLUMN mentioned_roles   uuid[],
    ADD COLUMN mentions_everyone boolean NOT NULL DEFAULT false,
    ADD COLUMN pinned_at         timestamptz,
    ADD COLUMN pinned_by         uuid,
    -- How many different emoji are on it: without any, nobody looks for reactions.
    ADD COLUMN emoji             smallint NOT NULL DEFAULT 0;
CREATE INDEX messages_thread ON messages (timeline_id, parent_id, seq) WHERE parent_id IS NOT NULL;
CREATE INDEX messages_pins ON messages (timeline_id, pinned_at) WHERE pinned_at IS NOT NULL;
-- What mentions many at once, counted when it is read.
CREATE INDEX messages_calls ON messages (timeline_id, seq)
    WHERE deleted_at IS NULL AND (mentions_everyone OR mentioned_roles IS NOT NULL);

ALTER TABLE read_marks
    -- The message's `replies`, where the mark stands.
    ADD COLUMN replies bigint NOT NULL DEFAULT 0;

-- Named users whom a message mentions, until it is deleted.
CREATE TABLE mentions (
    user_id     uuid   NOT NULL,
    timeline_id uuid   NOT NULL,
    seq         bigint NOT NULL,
    PRIMARY KEY (user_id, timeline_id, seq)
);
-- For removing those of a timeline that is gone.
CREATE INDEX mentions_timeline ON mentions (timeline_id);

CREATE TABLE reactions (
    timeline_id uuid   NOT NULL,
    seq         bigint NOT NULL,
    emoji       text   NOT NULL,
    user_id     uuid   NOT NULL,
    -- The timeline's rev when it was put there: the first come first.
    rev         bigint NOT NULL,
    PRIMARY KEY (timeline_id, seq, emoji, user_id)
);
CREATE UNIQUE INDEX reactions_order ON reactions (timeline_id, seq, emoji, rev);

-- How many have put an emoji on a message, counted by whoever changes it; no row for none.
CREATE TABLE reaction_counts (
    timeline_id uuid    NOT NULL,
    seq         bigint  NOT NULL,
    emoji       text    NOT NULL,
    count       integer NOT NULL CHECK (count > 0),
    -- The rev at which the first one came.
    since       bigint  NOT NULL,
    PRIMARY KEY (timeline_id, seq, emoji)
);

-- What a message said before it was edited, until it is deleted.
CREATE TABLE message_edits (
    timeline_id uuid   NOT NULL,
    seq         bigint NOT NULL,
    -- The rev of the edit that replaced it.
    rev         bigint NOT NULL,
    content     text   NOT NULL,
    written_at  timestamptz NOT NULL,
    PRIMARY KEY (timeline_id, seq, rev)
);

-- What has reached a session of a member of a conversation. No row means 0; a mark never goes back.
CREATE TABLE delivery_marks (
    user_id     uuid   NOT NULL,
    timeline_id uuid   NOT NULL,
    seq         bigint NOT NULL,
    PRIMARY KEY (timeline_id, user_id)
) WITH (fillfactor = 80);
CREATE INDEX delivery_marks_user ON delivery_marks (user_id);
