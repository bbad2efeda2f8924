-- Two rows a friendship, one for each side: whose friends are asked for is always the first column.
CREATE TABLE friendships (
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    friend_id  uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, friend_id),
    CHECK (user_id <> friend_id)
);

-- Ids are UUIDv7, so their order is that of time.
CREATE TABLE friend_requests (
    id          uuid PRIMARY KEY,
    sender_id   uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    receiver_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at  timestamptz NOT NULL,
    CHECK (sender_id <> receiver_id)
);
-- One between two people, whoever asked.
CREATE UNIQUE INDEX friend_requests_pair
    ON friend_requests (least(sender_id, receiver_id), greatest(sender_id, receiver_id));
CREATE INDEX friend_requests_sent ON friend_requests (sender_id, id);
CREATE INDEX friend_requests_received ON friend_requests (receiver_id, id);

-- Whom somebody does not want to hear of.
CREATE TABLE blocks (
    user_id    uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    blocked_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, blocked_id),
    CHECK (user_id <> blocked_id)
);
-- Of some people, those who blocked somebody.
CREATE INDEX blocks_blocked ON blocks (blocked_id, user_id);
