-- Direct and group conversations. Each has a timeline and a scope with its id.
CREATE TABLE conversations (
    id             uuid PRIMARY KEY,
    kind           text NOT NULL CHECK (kind IN ('direct', 'group')),
    -- Of a group only.
    name           text,
    -- Whether those who are added read what was written before.
    shares_history boolean NOT NULL DEFAULT false,
    -- Counted under the row's lock, so that the limit is exact.
    member_count   integer NOT NULL CHECK (member_count BETWEEN 0 AND 100),
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    CONSTRAINT conversations_named CHECK ((kind = 'group') = (name IS NOT NULL))
);

CREATE TABLE participants (
    conversation_id uuid NOT NULL REFERENCES conversations ON DELETE CASCADE,
    user_id         uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    role            text NOT NULL CHECK (role IN ('owner', 'admin', 'member')),
    -- The first message that they may ever see.
    visible_from    bigint NOT NULL,
    joined_at       timestamptz NOT NULL,
    is_pinned       boolean NOT NULL DEFAULT false,
    is_muted        boolean NOT NULL DEFAULT false,
    PRIMARY KEY (conversation_id, user_id)
);
-- Everything that a list is sorted by, but for the newest message.
CREATE INDEX participants_user ON participants (user_id, conversation_id) INCLUDE (is_pinned, joined_at, visible_from);
-- A group has one owner.
CREATE UNIQUE INDEX participants_owner ON participants (conversation_id) WHERE role = 'owner';

-- The conversation of two people. The lesser id comes first, so that a pair has one.
CREATE TABLE pairs (
    low_id          uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    high_id         uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    conversation_id uuid NOT NULL UNIQUE REFERENCES conversations ON DELETE CASCADE,
    PRIMARY KEY (low_id, high_id),
    CONSTRAINT pairs_ordered CHECK (low_id < high_id)
);
CREATE INDEX pairs_high ON pairs (high_id);

-- Whom somebody accepts messages from who has not written to them before; no row: from people who share a server.
CREATE TABLE dm_settings (
    user_id uuid PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    accepts text NOT NULL CHECK (accepts IN ('everyone', 'servers', 'friends'))
);

-- What the timeline of a message that is sent later belongs to: until now, only channels.
ALTER TABLE scheduled_messages ADD COLUMN kind text NOT NULL DEFAULT 'channel';
ALTER TABLE scheduled_messages ALTER COLUMN kind DROP DEFAULT;
